"""One run of an update: its decoded form, the turn its handler gets, the states it leaves."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec

from posthouse.delivery.outbox import Placement
from posthouse.engine.backing import Desk, EntryBacking
from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import Composer
from posthouse.engine.lanes import Entry
from posthouse.engine.timer_body import decode_timer
from posthouse.errors import DecodeError, MistakeError
from posthouse.model.update import ChatUpdate, Status, StatusKind, TimerDue, Update
from posthouse.ports.adapter import Incoming
from posthouse.ports.changes import Change, DropStanding, PutStanding, SetAside
from posthouse.ports.records import StateWrite
from posthouse.ports.store import StateKey, StateRead
from posthouse.turn.conversation import Conversations, Scope
from posthouse.turn.turn import Turn

log = logging.getLogger("posthouse.turns")

_SCOPES = {
    Scope.PERSON_IN_CHAT: lambda chat, person: f"i{chat}\0{person}",
    Scope.CHAT: lambda chat, person: f"c{chat}",
    Scope.PERSON: lambda chat, person: f"p{person}",
}
USUAL_SCOPES = (Scope.PERSON_IN_CHAT,)
"""What most bots have."""


def update_of(entry: Entry, desk: Desk) -> ChatUpdate:
    """Decode an update's body and remember the result; raises DecodeError."""
    incoming, bot = entry.incoming, entry.lane.bot
    update: Update
    if incoming.kind == "timerdue":
        update = _timer_update(incoming, bot=bot.name, at=desk.clock.now())
    else:
        update = bot.adapter.decode(incoming.body)
    if not isinstance(update, ChatUpdate):
        raise DecodeError(f"{type(update).__name__} {update.id} belongs to no chat")
    entry.update = update
    return update


def turn_of(entry: Entry, update: ChatUpdate, desk: Desk, composer: Composer) -> Turn:
    """Build the turn of one run; it is the entry's only one that still counts."""
    bot = entry.lane.bot
    states = entry.states
    if len(states) == 1:
        rows = {bot.scopes[0]: states[0].body}
    else:
        rows = {scope: read.body for scope, read in zip(bot.scopes, states, strict=True)}
    backing = EntryBacking(entry, desk, bot, composer)
    turn = Turn(bot.crowd.dressed(update), backing=backing, conversations=Conversations(rows))
    if entry.late:
        turn.late = True
    turn.received_s = entry.received_s
    if entry.conflict is not None:
        turn.conflict = entry.conflict
    if entry.answered_s is not None:
        turn.answered_s = entry.answered_s
    entry.turn = turn
    return turn


def keep_states(entry: Entry, turn: Turn, change: Change, desk: Desk) -> None:
    """Add the conversations that a turn changed; observers that follow build on them."""
    changed = turn.conversations.changed()
    if not changed:
        return
    scopes = entry.lane.bot.scopes
    for scope, body in changed.items():
        index = scopes.index(scope)
        key, version = entry.keys[index], entry.states[index].version
        change.states.append(StateWrite(key.account, key.key, version, body))
        entry.states[index] = StateRead(version + 1, body)
    if turn.conversations.broken:
        _set_states_aside(entry, turn, change, desk.clock.timestamp())


def keep_standing(
    bot: BotRuntime, update: ChatUpdate, change: Change, desk: Desk, *, route: str
) -> None:
    """Add to a turn's change who was met, and whether the chat can be reached, if that is news."""
    outbox = bot.outbox
    if not bot.crowd.hears(update):
        return
    now = desk.clock.timestamp()
    bot.crowd.meet(update, change, now)
    if bot.journal is not None:
        bot.journal.heard(update, route, change, now)
    if isinstance(update, Status) and update.what is StatusKind.BLOCKED:
        change.writes.append(PutStanding(bot.account, update.chat.id, now, "the bot was blocked"))
    elif (
        outbox.unreachable
        and update.chat.id in outbox.unreachable
        and not isinstance(update, TimerDue)  # that is the bot's own doing
    ):
        change.writes.append(DropStanding(bot.account, update.chat.id))


def keys_of(entry: Entry) -> list[StateKey]:
    """Return the keys of the conversations that an update may reach."""
    bot, incoming = entry.lane.bot, entry.incoming
    chat, person = incoming.chat or "", incoming.person or ""
    if bot.moved:
        chat = bot.moved.get(chat, chat)
    if bot.scopes == USUAL_SCOPES:
        return [StateKey(bot.account, f"i{chat}\0{person}")]
    return [StateKey(bot.account, _SCOPES[scope](chat, person)) for scope in bot.scopes]


def chat_now(entry: Entry) -> str:
    """Return the id under which an update's chat goes on."""
    chat = entry.incoming.chat or ""
    return entry.lane.bot.moved.get(chat, chat)


def drop(bot: BotRuntime, placements: Sequence[Placement]) -> None:
    """Give back the places of deliveries that are not to be."""
    for placement in reversed(placements):
        bot.outbox.lost(placement)


def is_cancelled() -> bool:
    """Whether somebody cancelled this task, as opposed to something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def let_through(error: asyncio.CancelledError) -> MistakeError:
    """Return what to say of a handler that ends as if it had been cancelled."""
    mistake = MistakeError(
        "the handler waited for something that was cancelled, and let CancelledError through"
    )
    mistake.__cause__ = error
    return mistake


def _set_states_aside(entry: Entry, turn: Turn, change: Change, now: float) -> None:
    scopes = entry.lane.bot.scopes
    for broken in turn.conversations.broken:
        log.error(
            "state %s of %s no longer decodes and was set aside: %s",
            broken.name,
            turn.route,
            broken.error,
        )
        key = entry.keys[scopes.index(broken.scope)]
        change.writes.append(
            SetAside(key.account, key.key, broken.name, broken.body, broken.error, now)
        )


def _timer_update(incoming: Incoming, *, bot: str, at: datetime) -> TimerDue:
    """Return the update of a timer that came due; raises DecodeError."""
    try:
        body = decode_timer(incoming.body)
    except msgspec.DecodeError as error:
        raise DecodeError(f"timer {incoming.update_id}: {error}") from None
    return TimerDue(
        id=incoming.update_id,
        bot=bot,
        at=at,
        chat=body.chat,
        person=body.person,
        timer_id=incoming.update_id,
        action=body.action,
        args=body.args,
        outcome=body.outcome,
    )
