"""What staff can do on Telegram alone: silence somebody in a group, delete what they wrote there.

Nothing here is reached on other messengers, and Telegram's own classes are imported on first use:
whoever has no bot there need not have them.
"""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from posthouse.errors import RejectedError
from posthouse.model.chat import ChatKind
from posthouse.model.text import Text
from posthouse.turn.turn import Turn

MESSENGER = "telegram"
_IN_CHARGE = ("creator", "administrator")


def written_by(native: Any, *, besides: str) -> tuple[str, str, bool] | None:
    """Return id and name of whoever wrote the message that this one answers, and if it was there.

    What somebody passed on to answer it themselves, or a bot did, is of whom it came from.

    Args:
        native: Telegram's message.
        besides: Who answers.
    """
    answered = native.reply_to_message
    if answered is None:
        return None
    sender = None if answered.sender_chat is not None else answered.from_
    if sender is not None and not sender.is_bot and str(sender.id) != besides:
        return str(sender.id), _name(sender), True
    origin = getattr(answered.forward_origin, "sender_user", None)
    if origin is not None and not origin.is_bot:
        return str(origin.id), _name(origin), False
    return None if sender is None or sender.is_bot else (str(sender.id), _name(sender), True)


def is_of_bot(native: Any) -> bool:
    """Whether the message that this one answers is a bot's."""
    answered = native.reply_to_message
    return answered is not None and answered.from_ is not None and answered.from_.is_bot


async def is_in_charge(turn: Turn, person: str) -> bool:
    """Whether somebody owns or administers the group, so that Telegram lets no bot silence them."""
    if not is_group(turn):
        return False
    client = await _client(turn)
    try:
        member = await client.get_chat_member(chat_id=_chat(turn), user_id=int(person))
    except RejectedError:  # nobody whom the group knows
        return False
    return member.status in _IN_CHARGE


async def silence(turn: Turn, person: str, *, until: datetime | None) -> str:
    """Let somebody write nothing in this group until a moment, or let them write again.

    Returns:
        What Telegram says against it, or nothing.
    """
    from posthouse.adapters.telegram.api import types  # noqa: PLC0415  heavy

    allowed = types.ChatPermissions()
    if until is None:
        every = types.ChatPermissions.__struct_fields__
        names = [name for name in every if name.startswith("can_")]
        allowed = types.ChatPermissions(**dict.fromkeys(names, True))
    client = await _client(turn)
    return await _refusal(
        client.restrict_chat_member(
            chat_id=_chat(turn),
            user_id=int(person),
            permissions=allowed,
            until_date=None if until is None else int(until.timestamp()),
        )
    )


async def delete(turn: Turn, message_id: str) -> str:
    """Delete a message of this group, whoever wrote it; return what Telegram says against it."""
    client = await _client(turn)
    return await _refusal(client.delete_message(chat_id=_chat(turn), message_id=int(message_id)))


def formatted_caption(native: Any) -> Text | None:
    """Return a caption with its formatting, if it has some."""
    from posthouse.adapters.telegram.entities import from_entities  # noqa: PLC0415  heavy

    return from_entities(native.caption, native.caption_entities)


def is_group(turn: Turn) -> bool:
    """Whether a turn is that of a group on Telegram."""
    return turn.chat.messenger == MESSENGER and turn.chat.kind is ChatKind.GROUP


async def _client(turn: Turn) -> Any:
    from posthouse.adapters.telegram.client import TelegramClient  # noqa: PLC0415  heavy

    provided = await turn.provide({"client": TelegramClient})
    return provided["client"]


async def _refusal(call: Awaitable[Any]) -> str:
    try:
        await call
    except RejectedError as error:
        return str(error)
    return ""


def _chat(turn: Turn) -> int:
    return int(turn.chat.id.partition("/")[0])  # a topic has the rules of its group


def _name(user: Any) -> str:
    return " ".join(part for part in (user.first_name, user.last_name) if part)
