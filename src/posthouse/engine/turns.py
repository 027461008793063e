"""Turns: from the head of a lane to a confirmed commit, one at a time per lane.

How this works: a lane that is free takes its next update. Its conversation rows are read (from the
cache mostly), its handler runs in a task that no other turn shares meanwhile (see `runners`), what
it asked for becomes one change, and the change joins the group commit. Only when that is confirmed
does the lane take its next update. A handler that raises is tried again within its lane; after
three tries within five seconds the update is set aside and the lane goes on.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from functools import partial

from posthouse.delivery.outbox import Placement
from posthouse.engine.albums import album_of
from posthouse.engine.asides import Asides
from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import Composer
from posthouse.engine.handling import (
    USUAL_SCOPES,
    chat_now,
    drop,
    is_cancelled,
    keep_standing,
    keep_states,
    keys_of,
    let_through,
    turn_of,
    update_of,
)
from posthouse.engine.journal import Journal
from posthouse.engine.lanes import Entry, Lane, Stage
from posthouse.engine.observing import Observing
from posthouse.engine.points import Point
from posthouse.engine.room import Room
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
from posthouse.ports.adapter import Settled
from posthouse.ports.changes import (
    Change,
    DropStanding,
    PutStanding,
    PutTimer,
    TakeParts,
    TakeTimer,
    Verdict,
)
from posthouse.ports.records import TimerRow
from posthouse.ports.store import StateKey, StateRead
from posthouse.routing.handled import Handled
from posthouse.turn.conversation import Scope

log = logging.getLogger("posthouse.turns")

UNHEARD = Handled([], "banned")
"""What becomes of an update of somebody who is banned."""

RETRY_AFTER_S = (0.2, 1.0)
"""Waits before the second and the third run of a handler that raised: three runs within 5 s."""
MOST_RERUNS = 5
"""Re-runs after a commit that lost to another process."""
MOST_CONFLICTS = 3
"""Re-runs after a statement that touched other rows than expected."""
# A member's look-up through its class costs as much as a call.
_, _RUNNING, _COMMITTING, _OVER = Stage
_WON, _DONE = Verdict.WON, Settled.DONE
_HANDLED, _ACKNOWLEDGED = Point.HANDLED, Point.ACKNOWLEDGED


class Turns:
    """Runs the turns of a site."""

    def __init__(self, desk: Desk, *, journal: Journal, cache: StateCache) -> None:
        self._desk = desk
        self._journal = journal
        self._cache = cache
        self._locks = Locks()
        self._spawn, self._reach = desk.spawn, desk.points.reach
        self._runners = Runners(desk.spawn, self._run)
        self._room = Room(journal)
        self._suspended: deque[Lane] = deque()
        self.composers: dict[int, Composer] = {}
        """By account."""
        self._observing = Observing(desk, self.composers, self._submit)
        self.asides = Asides(
            desk,
            self.composers,
            leave=lambda entry: self.running.pop(entry, None),
            over=self._over,
            next_up=self._next,
        )
        """Where updates go that cannot be handled."""
        self.awake: set[int] = set()
        """Accounts that have something under way; the watch looks at no others all the time."""
        self.running: dict[Entry, None] = {}
        """Updates whose handlers run, the longest first."""
        self.timer_set: Callable[[TimerRow], None] = lambda row: None
        """Told every timer that was set."""
        self.open = False
        """Nothing is routed before every adapter polls."""
        self.stopping = False
        self.committing = 0
        """Updates whose commit is under way."""
        self.handled = 0
        self._abandoned = 0

    @property
    def busy(self) -> int:
        """Handlers that run, and updates whose commit is under way."""
        return len(self.running) + self.committing

    @property
    def abandoned(self) -> int:
        """Handlers and observers that were cut and did not end."""
        return self._abandoned + self._observing.abandoned

    def forget_states(self) -> None:
        """Read conversations anew: somebody else than a turn wrote them."""
        self._cache.clear()

    # --- lanes

    def start(self, lane: Lane) -> None:
        """Let a free lane take its next update."""
        bot = lane.bot
        closed = bot.left or self.stopping or not self.open
        if lane.current is not None or not lane.queue or closed:
            return
        entry = lane.queue[0]
        if entry.awaits_inbox:
            return
        if entry.attempts and bot.suspect:
            self._suspended.append(lane)
            return
        if not self._room.has(bot):
            self._room.wait(lane)
            return
        lane.queue.popleft()
        lane.current = entry
        bot.running += 1
        if entry.attempts:
            bot.suspect = True
        if entry.in_inbox:
            lane.spilled -= 1
        self._load(entry)

    def _load(self, entry: Entry) -> None:
        if entry.trimmed:
            self._spawn(self._fetch_body(entry))
            return
        bot, incoming = entry.lane.bot, entry.incoming
        if not bot.scopes:
            self._loaded(entry, [])
            return
        keys = entry.keys = keys_of(entry)
        if bot.scopes == USUAL_SCOPES:  # nearly always
            read = self._cache.get(keys[0])
            if read is not None:
                self._loaded(entry, [read])
                return
        elif Scope.PERSON in bot.scopes and not incoming.fast and not entry.locks:
            entry.locks = (f"{bot.account} p{incoming.person or ''}",)
            load = self._desk.loader.load
            self._locks.acquire(entry.locks, lambda: load(keys, self._loaded, entry))
            return
        self._desk.loader.load(keys, self._loaded, entry)

    async def _fetch_body(self, entry: Entry) -> None:
        """Read back the body of an update that was only in the inbox."""
        try:
            if entry.album is not None:
                await self._gather(entry, entry.album)
            else:
                row = await self._desk.store.inbox_row(entry.mark)
                if row is not None:
                    entry.incoming.body = row.body
        except DecodeError as error:
            self.asides.put(entry, "decode", error)
            return
        except StoreUnavailableError as error:
            log.warning(
                "cannot read update %s from the inbox, tried again: %s", entry.mark.update_id, error
            )
            await self._desk.clock.sleep(1.0)
        else:
            entry.trimmed = False
        if not self.stopping and not entry.lane.bot.left:
            self._load(entry)

    async def _gather(self, entry: Entry, album: str) -> None:
        """Read the parts of an album and put them together; raises DecodeError."""
        bot, chat = entry.lane.bot, chat_now(entry)
        rows = await self._desk.store.parts(album, account=bot.account, chat=chat)
        update_id = entry.mark.update_id
        entry.update = album_of(rows, bot.adapter.decode, update_id=update_id)
        entry.parts = len(rows)

    def _loaded(self, entry: Entry, reads: list[StateRead]) -> None:
        entry.states = reads
        entry.slot = self._journal.enter(entry.mark)
        entry.stage = _RUNNING
        entry.started_s = self._desk.clock.monotonic()
        self.running[entry] = None
        self._runners.start(entry)

    # --- one run

    async def _run(self, entry: Entry) -> None:
        bot, desk = entry.lane.bot, self._desk
        placements: list[Placement] = []
        change = Change(entry.mark)
        try:
            composer = self.composers[bot.account]
            update = entry.update or update_of(entry, desk)
            turn = turn_of(entry, update, desk, composer)
            handled = await bot.process(turn) if bot.crowd.hears(update) else UNHEARD
            turn.require_open()
            if not handled.dropped:
                usual = composer.plain_answer(turn, handled.answer, change)
                if usual is not None:
                    placements.append(usual)
                else:
                    placements = await composer.compose(turn, handled.answer, change)
                keep_states(entry, turn, change, desk)
            keep_standing(bot, update, change, desk, route=turn.route)
            turn.close()
        except asyncio.CancelledError as error:
            drop(bot, placements)
            if not is_cancelled():
                self._raised(entry, let_through(error))
            elif not entry.cut:
                raise
        except Exception as error:  # noqa: BLE001  the one place around a handler
            drop(bot, placements)
            self._raised(entry, error)
        else:
            if bot.dispatcher.observers and handled is not UNHEARD:
                observers = bot.dispatcher.observing(turn.update)
                self._observing.run(entry, turn.update, change, placements, deque(observers))
            else:
                self._submit(entry, change, placements)
        finally:
            if entry.cut:
                self._abandoned -= 1

    # --- the commit

    def _submit(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        del self.running[entry]
        # Nothing of it is needed any more, and the next turn uses its memory while that is still in
        # the processor's cache.
        entry.turn = None
        bot = entry.lane.bot
        if bot.moved and entry.keys != keys_of(entry):  # its chat moved while it ran
            drop(bot, placements)
            self._again(entry, change, ConflictError("its chat moved"), gives_up=False)
            return
        self.committing += 1
        entry.stage = _COMMITTING
        change.inbox = entry.in_inbox or entry.spilling
        if entry.timer_due is not None:
            change.writes.insert(
                0, TakeTimer(entry.incoming.update_id.split(":")[1], entry.timer_due)
            )
        if entry.album is not None:
            chat = chat_now(entry)
            taken = TakeParts(entry.mark.account, chat, entry.album, entry.parts)
            change.writes.insert(0, taken)
        # In the inbox, its request has been answered, or is about to be.
        alone = len(placements) == 1 and not change.observers and not change.inbox
        if alone and entry.rider is not None:
            entry.lane.bot.outbox.may_ride(placements[0], entry.mark.update_id, entry.rider)
        change.done = lambda change: self._committed(entry, change, placements)
        self._reach(_HANDLED)
        self._desk.writer.submit(change)

    def _committed(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        verdict = change.verdict
        bot = entry.lane.bot
        self.committing -= 1
        if verdict is _WON:
            self._durable(bot, change)
            for extra in change.observers:  # the lane's next turn builds on what they wrote
                if extra.verdict is _WON:
                    self._durable(bot, extra)
            self.handled += 1
            self._over(entry, _DONE)
            for placement in placements:
                bot.outbox.won(placement, entry.rider)
            self._next(entry)
            return
        drop(bot, placements)
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
            if entry.update is not None:  # it says what language the apology is in
                composer = self.composers[entry.mark.account]
                turn_of(entry, entry.update, self._desk, composer).close()
            self.asides.put(entry, "conflict", why)
        else:
            entry.fresh = False
            if entry.album is not None:
                entry.update, entry.trimmed = None, True  # there may be further parts
            self._load(entry)

    def _durable(self, bot: BotRuntime, change: Change) -> None:
        """Remember the states that a change wrote, and look after the timers it set."""
        for state in change.states:
            read = StateRead(state.version + 1, state.body)
            self._cache.put(StateKey(state.account, state.key), read)
        for call in change.afterwards:
            call()
        for write in change.writes:
            if isinstance(write, PutTimer):
                self.timer_set(write.row)
            elif isinstance(write, PutStanding):
                bot.outbox.closed(write.chat, write.why)
            elif isinstance(write, DropStanding):
                bot.outbox.unreachable.discard(write.chat)

    def _over(self, entry: Entry, how: Settled) -> None:
        entry.stage = _OVER
        # Else every turn would be garbage in a circle, for the collector to find; and what the
        # update brought would stay in memory until the next sweep.
        entry.turn = entry.task = entry.update = None
        self._journal.leave(entry.slot)
        entry.lane.owner.over(entry)
        if how is Settled.DUPLICATE:
            settle = partial(entry.settle, how)
            entry.lane.bot.outbox.repeated(entry.mark.update_id, entry.rider, settle)
        else:
            entry.settle(how)
        self._reach(_ACKNOWLEDGED)

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
        lane.bot.running -= 1
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
        if self._room.waiting and (waiting := self._room.next()) is not None:
            self.start(waiting)

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
            if go_on is None:
                self._abandoned += 1
            else:
                self._observing.abandoned += 1
            entry.task.cancel()
        if why == "stop":
            return
        turn = entry.turn
        limit_s = (turn and turn.limit_s) or entry.lane.bot.limit_s
        said = f"{turn.route if turn else '?'} ran longer than {limit_s:g} s and was cut"
        if go_on is None:
            self.asides.put(entry, "timeout", TimeoutError(said))
        else:
            log.error("observer %s, on update %s", said, entry.mark.update_id)
            go_on()

    def leave(self, bot: BotRuntime) -> None:
        """Let go of everything of a bot that stops alone; its updates are in the inbox."""
        bot.left = True
        self._room.leave(bot)
        self._suspended = deque(lane for lane in self._suspended if lane.bot is not bot)
        for entry in [entry for entry in self.running if entry.lane.bot is bot]:
            log.warning(
                "update %s of bot %s was cut and runs again when the bot does",
                entry.mark.update_id,
                bot.name,
            )
            self.cut(entry, "stop")
            del self.running[entry]
            self._journal.leave(entry.slot)
            if entry.locks:
                self._locks.release(entry.locks)
                entry.locks = ()
        self.composers.pop(bot.account, None)

    def _raised(self, entry: Entry, error: Exception) -> None:
        if entry.cut:
            return
        if isinstance(error, DecodeError) and entry.update is None:
            self.asides.put(entry, "decode", error)
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
            self.asides.put(entry, "raised", error)
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
        if not self.stopping and not entry.lane.bot.left:
            self._load(entry)
