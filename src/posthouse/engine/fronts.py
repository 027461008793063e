"""Fronts: what typed words may refer to in a chat from now on, kept with the message."""

import msgspec

from posthouse.engine.bot import BotRuntime
from posthouse.engine.drafts import Draft
from posthouse.model.outgoing import Operation
from posthouse.ports.records import StateWrite
from posthouse.turn.front import Front, decode_front, encode_front, front_key, has_buttons

_SHOWING = (Operation.SEND, Operation.EDIT)


def chats_with_fronts(draft: Draft, bot: BotRuntime) -> set[str]:
    """Return the chats that a change shows something in where typed words may refer to it."""
    able, has_searches = bot.adapter.capabilities, bot.showing.has_searches
    return {
        leaving.chat
        for leaving in draft.leaving
        if leaving.outgoing.operation in _SHOWING
        and (has_searches or leaving.chat in draft.fronts or not has_buttons(able(leaving.chat)))
    }


async def keep_fronts(draft: Draft, bot: BotRuntime, chats: set[str]) -> None:
    """Add to a change what typed words may refer to in these chats from now on."""
    for chat in chats:
        await _keep(draft, bot, chat, draft.fronts.get(chat))
    if any(front.search is not None for front in draft.fronts.values()):
        await _note_searches(draft, bot)


async def _keep(draft: Draft, bot: BotRuntime, chat: str, new: Front | None) -> None:
    read = await draft.turn.load_front(chat)
    old = _decoded(read.body)
    if new is not None and _only_amends(draft, new) and (old is None or not _is_same(old, new)):
        new = None  # an older message was edited, and numbers stand for those of a newer one
    elif new is None and old is not None and old.is_newest and _is_left_behind(draft, chat, old):
        new = msgspec.structs.replace(old, is_newest=False, search=None)
    if new is not None and new != old:
        key = front_key(bot.moved.get(chat, chat))
        draft.change.states.append(StateWrite(bot.account, key, read.version, encode_front(new)))


async def _note_searches(draft: Draft, bot: BotRuntime) -> None:
    """Note for the next start that the bot has searching lists."""
    read = await draft.turn.load_front("")
    if read.body is None:
        body = encode_front(Front(delivery=0))
        draft.change.states.append(StateWrite(bot.account, front_key(""), read.version, body))


def _only_amends(draft: Draft, front: Front) -> bool:
    """Whether a message was edited otherwise than by a press on it."""
    opened = draft.turn.screen
    if opened is not None and opened.delivery == front.delivery:
        return False
    return any(
        leaving.outgoing.operation is Operation.EDIT and leaving.outgoing.target == front.delivery
        for leaving in draft.leaving
    )


def _is_left_behind(draft: Draft, chat: str, front: Front) -> bool:
    """Whether something new is shown in a chat, or something else in the same message."""
    return any(
        leaving.outgoing.operation is Operation.SEND or leaving.outgoing.target == front.delivery
        for leaving in draft.leaving
        if leaving.chat == chat and leaving.outgoing.operation in _SHOWING
    )


def _is_same(old: Front, new: Front) -> bool:
    return old.delivery == new.delivery


def _decoded(body: bytes | None) -> Front | None:
    if body is None:
        return None
    try:
        return decode_front(body)
    except msgspec.DecodeError:  # of another version: it is written anew
        return None
