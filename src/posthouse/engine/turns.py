"""Turns: from the head of a lane to a confirmed commit, one at a time per lane.

How this works: a lane that is free takes its next update. Its conversation rows are read (from the
cache mostly), its handler runs in a task that no other turn shares meanwhile (see `runners`), what
it asked for becomes one change, and the change joins the group commit. Only when that is confirmed
does the lane take its next update. A handler that raises is tried again within its lane; after
three tries within five seconds the update is set aside and the lane goes on.
"""

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime

import msgspec

from posthouse.delivery.outbox import Placement
from posthouse.engine.backing import Desk, EntryBacking
from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import Composer, decode_timer
from posthouse.engine.journal import Journal
from posthouse.engine.lanes import Entry, Lane, Stage
from posthouse.engine.points import Point
from posthouse.engine.runners import Runners
from posthouse.engine.states import Locks, StateCache
from posthouse.errors import (
    ActionError,
    ConflictError,
    DecodeError,
    MistakeError,
    OutcomeUnknownError,
    StoreUnavailableError,
)
from posthouse.model.update import ChatUpdate, TimerDue, Update
from posthouse.ports.adapter import Incoming, Settled
from posthouse.ports.records import (
    Change,
    Observed,
    PutQuarantine,
    PutTimer,
    QuarantineRow,
    SetAside,
    StateWrite,
    TakeTimer,
    UseNumber,
    Verdict,
)
from posthouse.ports.store import StateKey, StateRead
from posthouse.routing.dispatch import Observer
from posthouse.turn.conversation import Conversations, Scope
from posthouse.turn.effects import Number
from posthouse.turn.turn import Turn

log = logging.getLogger("posthouse.turns")

RETRY_AFTER_S = (0.2, 1.0)
"""Waits before the second and the third run of a handler that raised: three runs within 5 s."""
MOST_RERUNS = 5
"""Re-runs after a commit that lost to another process."""
MOST_CONFLICTS = 3
"""Re-runs after a statement that touched other rows than expected."""
APOLOGY = (
    "Sorry, something went wrong here. It was noted, and the people who run this bot can see it."
)
_SCOPES = {
    Scope.PERSON_IN_CHAT: lambda chat, person: f"i{chat}\0{person}",
    Scope.CHAT: lambda chat, person: f"c{chat}",
    Scope.PERSON: lambda chat, person: f"p{person}",
}
_USUAL = (Scope.PERSON_IN_CHAT,)
# A member's look-up through its class costs as much as a call.
_, _RUNNING, _COMMITTING, _OVER = Stage
_WON, _DONE = Verdict.WON, Settled.DONE


class Turns:
    """Runs the turns of a site."""

    def __init__(self, desk: Desk, *, journal: Journal, cache: StateCache) -> None:
        self._desk = desk
        self._journal = journal
        self._cache = cache
        self._locks = Locks()
        self._spawn = desk.spawn
        self._runners = Runners(desk.spawn, self._run)
        self._waiting: deque[Lane] = deque()
        self._suspended: deque[Lane] = deque()
        self.composers: dict[int, Composer] = {}
        """By account."""
        self.running: dict[Entry, None] = {}
        """Updates whose handlers run, the longest first."""
        self.timer_set: Callable[[float], None] = lambda due: None
        """Told the moment of every timer that was set."""
        self.open = False
        """Nothing is routed before every adapter polls."""
        self.stopping = False
        self.committing = 0
        """Updates whose commit is under way."""
        self.handled = 0
        self.quarantined = 0
        self.abandoned = 0
        """Handlers that were cut and did not end."""

    @property
    def busy(self) -> int:
        """Handlers that run, and updates whose commit is under way."""
        return len(self.running) + self.committing

    # --- lanes

    def start(self, lane: Lane) -> None:
        """Let a free lane take its next update."""
        if lane.current is not None or not lane.queue or not self.open or self.stopping:
            return
        entry = lane.queue[0]
        if entry.awaits_inbox:
            return
        if entry.attempts and lane.bot.suspect:
            self._suspended.append(lane)
            return
        if self._journal.full:
            self._waiting.append(lane)
            return
        lane.queue.popleft()
        lane.current = entry
        if entry.attempts:
            lane.bot.suspect = True
        if entry.in_inbox:
            lane.spilled -= 1
        self._load(entry)

    def _load(self, entry: Entry) -> None:
        if entry.trimmed:
            self._spawn(self._fetch_body(entry))
            return
        bot = entry.lane.bot
        incoming = entry.incoming
        if not bot.scopes:
            self._loaded(entry, [])
            return
        chat, person = incoming.chat or "", incoming.person or ""
        if bot.scopes == _USUAL:  # nearly always
            entry.keys = [StateKey(bot.account, f"i{chat}\0{person}")]
            self._desk.loader.load(entry.keys, self._loaded, entry)
            return
        entry.keys = [StateKey(bot.account, _SCOPES[scope](chat, person)) for scope in bot.scopes]
        if Scope.PERSON in bot.scopes and not incoming.fast and not entry.locks:
            entry.locks = (f"{bot.account} p{person}",)
            self._locks.acquire(
                entry.locks, lambda: self._desk.loader.load(entry.keys, self._loaded, entry)
            )
        else:
            self._desk.loader.load(entry.keys, self._loaded, entry)

    async def _fetch_body(self, entry: Entry) -> None:
        """Read back the body of an update that was only in the inbox."""
        try:
            row = await self._desk.store.inbox_row(entry.mark)
        except StoreUnavailableError as error:
            log.warning(
                "cannot read update %s from the inbox, tried again: %s", entry.mark.update_id, error
            )
            await self._desk.clock.sleep(1.0)
        else:
            if row is not None:
                entry.incoming.body = row.body
            entry.trimmed = False
        if not self.stopping:
            self._load(entry)

    def _loaded(self, entry: Entry, reads: list[StateRead]) -> None:
        entry.states = reads
        entry.slot = self._journal.enter(entry.mark)
        entry.stage = _RUNNING
        entry.started_s = self._desk.clock.monotonic()
        self.running[entry] = None
        self._runners.start(entry)

    # --- one run

    async def _run(self, entry: Entry) -> None:
        bot = entry.lane.bot
        placements: list[Placement] = []
        change = Change(entry.mark)
        try:
            turn = self._turn(entry, entry.update or self._decoded(entry, bot))
            handled = await bot.process(turn)
            turn.require_open()
            if not handled.dropped:
                composer = self.composers[bot.account]
                usual = composer.plain_answer(turn, handled.answer, change)
                if usual is not None:
                    placements.append(usual)
                else:
                    placements = await composer.compose(turn, handled.answer, change)
                self._keep_states(entry, turn, change)
            turn.close()
        except asyncio.CancelledError as error:
            self._drop(bot, placements)
            if not _is_cancelled():
                self._raised(entry, _let_through(error))
            elif not entry.cut:
                raise
        except Exception as error:  # noqa: BLE001  the one place around a handler
            self._drop(bot, placements)
            self._raised(entry, error)
        else:
            if bot.dispatcher.observers:
                observers = bot.dispatcher.observing(turn.update)
                self._observe(entry, turn.update, change, placements, deque(observers))
            else:
                self._submit(entry, change, placements)
        finally:
            if entry.cut:
                self.abandoned -= 1

    def _decoded(self, entry: Entry, bot: BotRuntime) -> ChatUpdate:
        incoming = entry.incoming
        update: Update
        if incoming.kind == "timerdue":
            update = timer_update(incoming, bot=bot.name, at=self._desk.clock.now())
        else:
            update = bot.adapter.decode(incoming.body)
        if not isinstance(update, ChatUpdate):
            raise DecodeError(f"{type(update).__name__} {update.id} belongs to no chat")
        entry.update = update
        return update

    def _turn(self, entry: Entry, update: ChatUpdate) -> Turn:
        bot = entry.lane.bot
        states = entry.states
        if len(states) == 1:
            rows = {bot.scopes[0]: states[0].body}
        else:
            rows = {scope: read.body for scope, read in zip(bot.scopes, states, strict=True)}
        backing = EntryBacking(entry, self._desk, bot, self.composers[bot.account])
        turn = Turn(update, backing=backing, conversations=Conversations(rows))
        if entry.late:
            turn.late = True
        turn.received_s = entry.received_s
        if entry.conflict is not None:
            turn.conflict = entry.conflict
        if entry.answered_s is not None:
            turn.answered_s = entry.answered_s
        entry.turn = turn
        return turn

    def _keep_states(self, entry: Entry, turn: Turn, change: Change) -> None:
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
            self._set_states_aside(entry, turn, change)

    def _set_states_aside(self, entry: Entry, turn: Turn, change: Change) -> None:
        scopes = entry.lane.bot.scopes
        now = self._desk.clock.timestamp()
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

    def _observe(
        self,
        entry: Entry,
        update: ChatUpdate,
        change: Change,
        placements: list[Placement],
        left: deque[Observer],
    ) -> None:
        """Run observers, one after another, then commit."""
        if not left:
            self._submit(entry, change, placements)
            return
        observer = left.popleft()
        entry.observed = lambda: self._observe(entry, update, change, placements, left)
        entry.started_s = self._desk.clock.monotonic()
        entry.task = self._spawn(self._call(entry, observer, update, change))

    async def _call(
        self, entry: Entry, observer: Observer, update: ChatUpdate, change: Change
    ) -> None:
        """Run one observer in a turn and a savepoint of its own; what it raises stays its own."""
        go_on = entry.observed
        extra = Change()
        places: list[Placement] = []
        failure: Exception | None = None
        try:
            places = await self._observed_by(entry, observer, update, extra)
        except asyncio.CancelledError as error:
            if _is_cancelled() and entry.observed is go_on:
                raise
            failure = _let_through(error)
        except Exception as error:  # noqa: BLE001  an observer is a handler
            failure = error
        if entry.observed is not go_on or go_on is None:  # it was cut, and its update went on
            self._drop(entry.lane.bot, places)
            self.abandoned -= 1
            return
        if failure is not None:
            what, update_id = observer.name, entry.mark.update_id
            log.error("observer %s failed on update %s", what, update_id, exc_info=failure)
        elif extra.deliveries or extra.writes or extra.states:
            extra.writes.insert(0, Observed(entry.mark, observer.name))
            extra.done = self._observed(entry.lane.bot, observer.name, places)
            change.observers.append(extra)
        entry.observed = None
        go_on()

    async def _observed_by(
        self, entry: Entry, observer: Observer, update: ChatUpdate, extra: Change
    ) -> list[Placement]:
        turn = self._turn(entry, update)
        try:
            await observer.call(turn)
            turn.require_open()
        finally:
            turn.close()
            await self._desk.modules.end_turn(turn)
        if entry.turn is not turn:
            return []
        places = await self.composers[entry.mark.account].compose(turn, None, extra)
        for effect in turn.effects:
            if isinstance(effect, Number):
                extra.writes.append(UseNumber(entry.mark, effect.sequence, effect.value))
        self._keep_states(entry, turn, extra)
        return places

    def _observed(
        self, bot: BotRuntime, name: str, placements: list[Placement]
    ) -> Callable[[Change], None]:
        def done(extra: Change) -> None:
            if extra.verdict is Verdict.WON:
                for placement in placements:
                    bot.outbox.won(placement)
                return
            if extra.error is not None:
                log.error("what observer %s wanted was not committed: %s", name, extra.error)
            self._drop(bot, placements)

        return done

    # --- the commit

    def _submit(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        del self.running[entry]
        self.committing += 1
        entry.stage = _COMMITTING
        change.inbox = entry.in_inbox or entry.spilling
        if entry.timer_due is not None:
            change.writes.insert(
                0, TakeTimer(entry.incoming.update_id.split(":")[1], entry.timer_due)
            )
        change.done = lambda change: self._committed(entry, change, placements)
        self._desk.points.reach(Point.HANDLED)
        self._desk.writer.submit(change)

    def _committed(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        verdict = change.verdict
        bot = entry.lane.bot
        self.committing -= 1
        if verdict is _WON:
            self._durable(change)
            for extra in change.observers:  # the lane's next turn builds on what they wrote
                if extra.verdict is _WON:
                    self._durable(extra)
            self.handled += 1
            self._over(entry, _DONE)
            for placement in placements:
                bot.outbox.won(placement)
            self._next(entry)
            return
        self._drop(bot, placements)
        if verdict is Verdict.DUPLICATE or (
            verdict is Verdict.STALE and entry.timer_due is not None
        ):
            self._over(entry, Settled.DUPLICATE)
            self._next(entry)
        elif verdict is Verdict.STALE:
            entry.reruns += 1
            why = f"its state was changed {entry.reruns} times while it ran"
            self._again(entry, change, ConflictError(why), gives_up=entry.reruns > MOST_RERUNS)
        else:
            error = change.error or ConflictError("its commit was refused")
            entry.conflicts += 1
            broken = isinstance(error, ConflictError) and error.constraint
            gives_up = isinstance(error, MistakeError) or entry.conflicts > MOST_CONFLICTS
            gives_up = gives_up or (broken and entry.conflict is not None)
            entry.conflict = error if broken else None
            self._again(entry, change, error, gives_up=gives_up)

    def _again(self, entry: Entry, change: Change, why: Exception, *, gives_up: bool) -> None:
        """Run a turn again on fresh data, or set it aside after too many times."""
        self._journal.leave(entry.slot)
        for write in change.states:
            self._cache.forget(StateKey(write.account, write.key))
        for key in entry.keys:
            self._cache.forget(key)
        if gives_up:
            entry.slot = -1
            self.set_aside(entry, "conflict", why)
        else:
            entry.fresh = False
            self._load(entry)

    def _durable(self, change: Change) -> None:
        """Remember the states that a change wrote, and look after the timers it set."""
        for state in change.states:
            read = StateRead(state.version + 1, state.body)
            self._cache.put(StateKey(state.account, state.key), read)
        for write in change.writes:
            if isinstance(write, PutTimer):
                self.timer_set(write.row.due)

    def _over(self, entry: Entry, how: Settled) -> None:
        entry.stage = _OVER
        # Else every turn would be garbage in a circle, for the collector to find; and what the
        # update brought would stay in memory until the next sweep.
        entry.turn = entry.task = entry.update = None
        self._journal.leave(entry.slot)
        entry.lane.owner.over(entry)
        entry.settle(how)
        self._desk.points.reach(Point.ACKNOWLEDGED)

    def _next(self, entry: Entry) -> None:
        lane = entry.lane
        if entry.aside:
            self.start(lane)
            lane.owner.emptied(lane)
            return
        if entry.locks:
            self._locks.release(entry.locks)
            entry.locks = ()
        lane.current = None
        if entry.attempts:
            lane.bot.suspect = False
            # Those of other bots suspend themselves again, and so do all but the first of this one.
            suspended, self._suspended = self._suspended, deque()
            for each in suspended:
                self.start(each)
        if lane.queue:
            self.start(lane)
        else:
            lane.owner.emptied(lane)
        if self._waiting:
            self._start_waiting()

    def _start_waiting(self) -> None:
        """Give a slot of the journal that is free again to a lane that waits for one."""
        while self._waiting and not self._journal.full:
            lane = self._waiting.popleft()
            if lane.current is None and lane.queue:
                self.start(lane)
                return

    def _drop(self, bot: BotRuntime, placements: list[Placement]) -> None:
        for placement in reversed(placements):
            bot.outbox.lost(placement)

    # --- when a run did not end well

    def cut(self, entry: Entry, why: str) -> None:
        """Abandon a run: its turn is closed, its task cancelled, and nothing of it commits.

        What an observer is cut for stays its own: the others follow, and the turn commits.
        """
        go_on, entry.observed = entry.observed, None
        if go_on is None or why == "stop":
            entry.cut = why
        if entry.turn is not None:
            entry.turn.close()
        if entry.task is not None:  # else it has not begun, and never will
            self.abandoned += 1
            entry.task.cancel()
        if why == "stop":
            return
        limit_s = (
            entry.turn.limit_s if entry.turn and entry.turn.limit_s else entry.lane.bot.limit_s
        )
        said = (
            f"{entry.turn.route if entry.turn else '?'} ran longer than {limit_s:g} s and was cut"
        )
        if go_on is None:
            self.set_aside(entry, "timeout", TimeoutError(said))
        else:
            log.error("observer %s, on update %s", said, entry.mark.update_id)
            go_on()

    def _raised(self, entry: Entry, error: Exception) -> None:
        if entry.cut:
            return
        if isinstance(error, DecodeError) and entry.update is None:
            self.set_aside(entry, "decode", error)
            return
        route = entry.turn.route if entry.turn else "?"
        if entry.turn is not None:
            entry.turn.close()
        if isinstance(error, StoreUnavailableError):
            log.warning(
                "%s could not read the database, update %s waits: %s",
                route,
                entry.mark.update_id,
                error,
            )
            self._spawn(self._run_later(entry, 1.0))
            return
        entry.tries += 1
        hopeless = isinstance(error, MistakeError | OutcomeUnknownError | ActionError)
        if hopeless or entry.tries > len(RETRY_AFTER_S):
            self.set_aside(entry, "raised", error)
            return
        delay_s = RETRY_AFTER_S[entry.tries - 1]
        log.warning(
            "%s raised on update %s, tried again in %.1f s",
            route,
            entry.mark.update_id,
            delay_s,
            exc_info=error,
        )
        self._spawn(self._run_later(entry, delay_s))

    async def _run_later(self, entry: Entry, delay_s: float) -> None:
        self.running.pop(entry, None)
        entry.stage = Stage.QUEUED
        entry.fresh = False
        self._journal.leave(entry.slot)
        entry.slot = -1
        await self._desk.clock.sleep(delay_s)
        if not self.stopping:
            self._load(entry)

    def set_aside(self, entry: Entry, reason: str, error: Exception) -> None:
        """Move an update to the quarantine, apologise where a person waits, let its lane go on."""
        self.running.pop(entry, None)
        entry.stage = Stage.COMMITTING
        incoming = entry.incoming
        detail = "".join(traceback.format_exception(error)) if reason == "raised" else str(error)
        log.error(
            "update %s of bot %s was set aside (%s): %s",
            entry.mark.update_id,
            entry.lane.bot.name,
            reason,
            error,
        )
        # With its mark, so that a repetition of what is set aside already loses and apologises to
        # nobody.
        change = Change(entry.mark)
        change.inbox = entry.in_inbox or entry.spilling
        now = self._desk.clock.timestamp()
        row = QuarantineRow(
            mark=entry.mark,
            lane=entry.lane.key,
            kind=incoming.kind,
            body=incoming.body,
            reason=reason,
            detail=detail,
            at=now,
            chat=incoming.chat,
            person=incoming.person,
        )
        change.writes.append(PutQuarantine(row))
        if entry.timer_due is not None:
            change.writes.append(TakeTimer(incoming.update_id.split(":")[1], entry.timer_due))
        placements: list[Placement] = []
        if incoming.chat is not None and incoming.kind not in _NOBODY_WAITS:
            placements = self.composers[entry.lane.bot.account].plain(
                change, incoming.chat, APOLOGY
            )
        change.done = lambda change: self._was_set_aside(entry, change, placements)
        self._desk.writer.submit(change)

    def _was_set_aside(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        self._desk.points.reach(Point.QUARANTINED)
        if change.verdict is Verdict.WON:
            self.quarantined += 1
            self._over(entry, Settled.QUARANTINED)
            for placement in placements:
                entry.lane.bot.outbox.won(placement)
        else:
            self._over(entry, Settled.DUPLICATE)
            self._drop(entry.lane.bot, placements)
        self._next(entry)


_NOBODY_WAITS = frozenset({"timerdue", "status", "reaction", "deletion", "edit"})


def _is_cancelled() -> bool:
    """Whether somebody cancelled this task, as opposed to something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _let_through(error: asyncio.CancelledError) -> MistakeError:
    mistake = MistakeError(
        "the handler waited for something that was cancelled, and let CancelledError through"
    )
    mistake.__cause__ = error
    return mistake


def timer_update(incoming: Incoming, *, bot: str, at: datetime) -> TimerDue:
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
    )
