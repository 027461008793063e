"""Whether a chat can show a reply: found out before anything is queued, and said to the handler."""

from collections.abc import Sequence

from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.outgoing import Content
from posthouse.model.splitting import obstacle


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
    parts: Sequence[tuple[str, bool, Level]] = (
        ("photos", bool(content.photos), able.photos),
        ("files", bool(content.files), able.files),
        ("buttons", bool(content.rows), able.buttons),
        ("choices", bool(content.choices), able.choices),
    )
    for name, wanted, level in parts:
        if wanted and level is Level.REJECTED:
            raise InvalidReplyError(
                f"chat {chat} on {messenger} cannot show {name}; leave them out there"
            )
    buttons = sum(len(row) for row in content.rows)
    if buttons > able.max_buttons:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {buttons} buttons, the most under one message is "
            f"{able.max_buttons}; show pages"
        )
