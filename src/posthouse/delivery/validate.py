"""Whether a chat can show a reply: found out before anything is queued, and said to the handler."""

from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.outgoing import Content
from posthouse.model.splitting import obstacle

# A member's look-up through its class costs as much as a call.
_REJECTED = Level.REJECTED


def check_content(content: Content, able: Capabilities, *, chat: str, messenger: str) -> None:
    """Raise InvalidReplyError when a chat cannot show the content."""
    why = obstacle(content, able)
    if why is not None:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {why}; screens and edits are one message each, so "
            f"shorten it, or answer with a plain reply, which is divided"
        )
    check_levels(content, able, chat=chat, messenger=messenger)


def check_levels(content: Content, able: Capabilities, *, chat: str, messenger: str) -> None:
    """Raise InvalidReplyError when a chat cannot show what is in a content, however divided."""
    if not (content.photos or content.files or content.rows or content.choices):
        return
    refused = ""
    if content.photos and able.photos is _REJECTED:
        refused = "photos"
    elif content.files and able.files is _REJECTED:
        refused = "files"
    elif content.rows and able.buttons is _REJECTED:
        refused = "buttons"
    elif content.choices and able.choices is _REJECTED:
        refused = "choices"
    if refused:
        raise InvalidReplyError(
            f"chat {chat} on {messenger} cannot show {refused}; leave them out there"
        )
    buttons = sum(map(len, content.rows))
    if buttons > able.max_buttons:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {buttons} buttons, the most under one message is "
            f"{able.max_buttons}; show pages"
        )
