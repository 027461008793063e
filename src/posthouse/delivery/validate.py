"""Whether a chat can show a reply: found out before anything is queued, and said to the handler."""

from collections.abc import Sequence

from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.outgoing import Content


def check_content(content: Content, able: Capabilities, *, chat: str, messenger: str) -> None:
    """Raise InvalidReplyError when a chat cannot show the content."""
    length = len(content.text.plain)
    media = len(content.photos) + len(content.files)
    limit = able.caption_length if media else able.text_length
    if length > limit:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: the {'caption' if media else 'text'} has {length} "
            f"characters, the most is {limit}; "
            f"shorten it or send several messages"
        )
    if media or content.rows or content.choices:
        _check_parts(content, able, chat=chat, messenger=messenger)


def _check_parts(content: Content, able: Capabilities, *, chat: str, messenger: str) -> None:
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
    if len(content.photos) > able.max_photos:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {len(content.photos)} photos, the most in one message is "
            f"{able.max_photos}"
        )
    buttons = sum(len(row) for row in content.rows)
    if buttons > able.max_buttons:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {buttons} buttons, the most under one message is "
            f"{able.max_buttons}; show pages"
        )
