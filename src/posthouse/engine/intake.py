"""Intake: where updates enter, are told from repetitions, and are made durable when they wait.

How this works: `receive` never waits. An update gets its place in its lane at once; a repetition of
one that is still under way attaches to it, one that was done a moment ago is settled at once, and
one that was done long ago runs once more and loses at its commit. What is not done after a while is
*spilled*: written to the inbox and acknowledged, so that the messenger may forget it; it keeps its
place in the lane.
"""

import logging
from collections import deque
from collections.abc import Callable

from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import decode_timer
from posthouse.engine.journal import Journal
from posthouse.engine.lanes import Entry, Lane, Stage
from posthouse.engine.points import Point
from posthouse.engine.turns import Turns
from posthouse.errors import OverloadedError
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.adapter import Delivery, Incoming, OnSettled, Settled
from posthouse.ports.records import (
    Change,
    CountAttempt,
    InboxRow,
    Mark,
    PutInbox,
    PutQuarantine,
    QuarantineRow,
    TimerRow,
    Verdict,
)

log = logging.getLogger("posthouse.intake")

MOST_IN_MEMORY = 100
"""Updates of one lane kept in memory.

Further ones are in the inbox, and their bodies only there.
"""
MOST_SPILLED = 1000
"""Updates of one lane in the inbox; further ones are set aside."""
MOST_ATTEMPTS = 3
"""Processes an update may take down with it."""
RECENT = 10_000
"""Of so many of a bot's latest updates, at least, repetitions are settled without a run."""
HELD_S = 0.1
"""How long a request is held before it can be the one that goes into the inbox."""
PRESS_ANSWER_AFTER_S = 8.0
"""A press whose turn has not committed by then is answered outside its lane."""

_OVER = Stage.OVER
"""A member's look-up through its class costs as much as a call."""


class Intake:
    """The updates of one bot that are not settled; the `Receiver` its adapter gets."""

    def __init__(
        self,
        bot: BotRuntime,
        desk: Desk,
        turns: Turns,
        journal: Journal,
        *,
        refuses: Callable[[], str | None],
        timer_done: Callable[[], None],
    ) -> None:
        self.bot = bot
        self._desk = desk
        self._turns = turns
        self._journal = journal
        self._refuses = refuses
        self._timer_done = timer_done
        self._profile = bot.adapter.profile
        self._lanes: dict[str, Lane] = {}
        self._unsettled: dict[Mark, Entry] = {}
        self._recent: set[Mark] = set()
        self._older: set[Mark] = set()
        self._order: deque[Entry] = deque()
        self._presses: deque[Entry] = deque()

    # --- Receiver

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Give an update its place in its lane, at once and without waiting."""
        refusal = self._refuses()
        if refusal is not None:
            raise OverloadedError(refusal)
        mark = Mark(self.bot.account, incoming.update_id)
        known = self._unsettled.get(mark)
        if known is not None:
            self._attach(known, on_settled)
            return
        if mark in self._recent or mark in self._older:
            if on_settled is not None:
                on_settled(Settled.DUPLICATE)
            return
        entry = self._enter(incoming, mark)
        if on_settled is not None:
            entry.callbacks.append(on_settled)
        self._order.append(entry)
        if incoming.kind == "press":
            self._presses.append(entry)
        self._desk.points.reach(Point.RECEIVED)
        self._admit(entry)

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        """Set aside an update whose body cannot be decoded."""
        mark = Mark(self.bot.account, update_id)
        now = self._desk.clock.timestamp()
        row = QuarantineRow(
            mark=mark, lane="", kind="malformed", body=body, reason="decode", detail=reason, at=now
        )
        log.error(
            "update %s of bot %s cannot be decoded and was set aside: %s",
            update_id,
            self.bot.name,
            reason,
        )
        change = Change(mark)
        change.writes.append(PutQuarantine(row))

        def done(change: Change) -> None:
            self._turns.quarantined += change.verdict is Verdict.WON
            if on_settled is not None:
                on_settled(
                    Settled.QUARANTINED if change.verdict is Verdict.WON else Settled.DUPLICATE
                )

        change.done = done
        self._desk.writer.submit(change)

    # --- from elsewhere than the messenger

    def restore(self, row: InboxRow, *, suspect: bool = False) -> None:
        """Give an update that was in the inbox its place again.

        A suspect may have taken the process down.
        """
        if row.mark in self._unsettled:
            return
        incoming = Incoming(
            update_id=row.mark.update_id,
            chat=row.chat,
            person=row.person,
            kind=row.kind,
            body=row.body,
        )
        entry = self._enter(incoming, row.mark, lane=row.lane)
        entry.in_inbox = True
        entry.fresh = False
        entry.late = row.late
        died = max(self._journal.attempts(row.mark), int(suspect))
        entry.attempts = row.attempts + died
        entry.lane.spilled += 1
        if not entry.attempts:  # a suspect may be set aside without a run, with its body
            self._trim(entry)
        if died:
            self._count_attempts(entry, died)
        elif entry.attempts >= MOST_ATTEMPTS:
            self._kill(entry)
        else:
            self._turns.start(entry.lane)

    def timer(self, row: TimerRow) -> bool:
        """Let a timer that came due enter its lane; False when it is there already."""
        mark = Mark(self.bot.account, f"timer:{row.id}:{row.due!r}")
        if mark in self._unsettled:
            return False
        incoming = Incoming(
            update_id=mark.update_id, chat=row.lane, person=None, kind="timerdue", body=row.body
        )
        body = decode_timer(row.body)
        incoming.chat, incoming.person = body.chat.id, body.person.id
        entry = self._enter(incoming, mark, lane=row.lane)
        entry.timer_due = row.due
        entry.fresh = False
        entry.attempts = self._journal.attempts(mark)
        self._desk.points.reach(Point.TIMER_FIRED)
        if entry.attempts >= MOST_ATTEMPTS:
            self._kill(entry)
        else:
            self._turns.start(entry.lane)
        return True

    # --- entering

    def _attach(self, entry: Entry, on_settled: OnSettled | None) -> None:
        """Let a repetition wait for the run of the first."""
        if on_settled is None:
            return
        if entry.in_inbox:
            on_settled(Settled.INBOX)
        else:
            entry.callbacks.append(on_settled)

    def _enter(self, incoming: Incoming, mark: Mark, *, lane: str | None = None) -> Entry:
        key = lane or _lane_key(incoming)
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = Lane(self.bot, key, self)
        entry = Entry(incoming, mark, found, received_s=self._desk.clock.monotonic())
        self._unsettled[mark] = entry
        found.queue.append(entry)
        return entry

    def _admit(self, entry: Entry) -> None:
        """Decide whether an update may run, goes into the inbox first, or is one too many."""
        lane = entry.lane
        entry.attempts = self._journal.attempts(entry.mark)
        if entry.attempts >= MOST_ATTEMPTS:
            self._kill(entry)
        elif entry.attempts:
            entry.fresh = False
            self.spill(entry, first=True)
        elif lane.spilled >= MOST_SPILLED:
            self._overflow(entry)
        elif not self._repeated(entry.incoming.kind):
            self.spill(entry, first=True)
        elif len(lane.queue) - lane.spilled > MOST_IN_MEMORY:
            self.spill(entry)
        elif lane.current is None:
            self._turns.start(lane)

    def _repeated(self, kind: str) -> float:
        repeats_s = self._profile.repeats_s
        return repeats_s.get(kind, repeats_s.get("*", 0.0))

    # --- the inbox

    def spill(self, entry: Entry, *, first: bool = False) -> None:
        """Write an update to the inbox and acknowledge it; with `first` it does not run before."""
        if entry.in_inbox or entry.spilling or entry.stage in (Stage.COMMITTING, Stage.OVER):
            return
        entry.spilling = True
        entry.awaits_inbox = first
        incoming = entry.incoming
        row = InboxRow(
            mark=entry.mark,
            lane=entry.lane.key,
            kind=incoming.kind,
            body=incoming.body,
            chat=incoming.chat,
            person=incoming.person,
            received=self._desk.clock.timestamp(),
            attempts=entry.attempts,
        )
        change = Change()
        change.writes.append(PutInbox(row))
        change.done = lambda change: self._spilled(entry, change)
        self._desk.writer.submit(change)

    def _spilled(self, entry: Entry, change: Change) -> None:
        entry.spilling = False
        entry.awaits_inbox = False
        if change.verdict is not Verdict.WON:
            if entry.stage is Stage.QUEUED:
                self._remove(entry)
                entry.settle(Settled.DUPLICATE)
            return
        self._desk.points.reach(Point.INBOX_COMMITTED)
        if entry.attempts:
            self._journal.cleared(entry.mark)
        if entry.stage is not Stage.OVER:
            entry.in_inbox = True
            if entry.stage is Stage.QUEUED and entry.lane.current is not entry:
                entry.lane.spilled += 1
                self._trim(entry)
        entry.settle(Settled.INBOX)
        self._turns.start(entry.lane)

    def _trim(self, entry: Entry) -> None:
        """Keep only the inbox's copy of a body that will not be needed soon."""
        if len(entry.lane.queue) > MOST_IN_MEMORY:
            entry.incoming = Incoming(
                update_id=entry.mark.update_id,
                chat=entry.incoming.chat,
                person=entry.incoming.person,
                kind=entry.incoming.kind,
                body=b"",
            )
            entry.update = None
            entry.trimmed = True

    def _count_attempts(self, entry: Entry, died: int) -> None:
        entry.awaits_inbox = True
        change = Change()
        change.writes.extend(CountAttempt(entry.mark) for _ in range(died))

        def done(change: Change) -> None:
            entry.awaits_inbox = False
            self._journal.cleared(entry.mark)
            if entry.attempts >= MOST_ATTEMPTS:
                self._kill(entry)
            else:
                self._turns.start(entry.lane)

        change.done = done
        self._desk.writer.submit(change)

    def _kill(self, entry: Entry) -> None:
        self._take(entry)
        why = f"{entry.attempts} processes died while this update ran, so it was not run again"
        self._turns.set_aside(entry, "killed", OverloadedError(why))
        self._journal.cleared(entry.mark)

    def _overflow(self, entry: Entry) -> None:
        self._take(entry)
        why = (
            f"chat {entry.incoming.chat} has {MOST_SPILLED} updates in the inbox already; its "
            f"handlers are too slow or hang"
        )
        self._turns.set_aside(entry, "overflow", OverloadedError(why))

    def _take(self, entry: Entry) -> None:
        """Take an update out of its queue, to be set aside without a run."""
        entry.lane.queue.remove(entry)
        if entry.in_inbox:
            entry.lane.spilled -= 1
        entry.aside = True

    # --- leaving

    def over(self, entry: Entry) -> None:
        """Forget an update that is settled."""
        self._unsettled.pop(entry.mark, None)
        if entry.timer_due is not None:
            if entry.attempts:
                self._journal.cleared(entry.mark)
            self._timer_done()
            return
        self._recent.add(entry.mark)
        if len(self._recent) >= RECENT:
            self._older, self._recent = self._recent, set()

    def emptied(self, lane: Lane) -> None:
        """Forget a lane with nothing in it."""
        if not lane.queue and lane.current is None:
            self._lanes.pop(lane.key, None)

    def _remove(self, entry: Entry) -> None:
        entry.lane.queue.remove(entry)
        self.over(entry)
        self._turns.start(entry.lane)
        self.emptied(entry.lane)

    # --- from time to time

    def go(self) -> None:
        """Route what was held until now."""
        for lane in list(self._lanes.values()):
            self._turns.start(lane)

    def sweep(self, now_s: float) -> None:
        """Spill what waited too long, and answer presses that nobody may keep waiting."""
        order = self._order
        looked_at: list[Entry] = []
        while order and (
            order[0].stage is _OVER or now_s - order[0].received_s >= self._profile.spill_s
        ):
            entry = order.popleft()
            if entry.stage is _OVER:
                continue
            if entry.stage is Stage.COMMITTING:
                looked_at.append(entry)  # it may lose and run again
            self.spill(entry)
        order.extend(looked_at)
        if self._profile.max_connections is not None:
            self._spill_oldest(now_s, self._profile.max_connections // 2)
        while self._presses and (
            self._presses[0].stage is Stage.OVER
            or now_s - self._presses[0].received_s >= PRESS_ANSWER_AFTER_S
        ):
            entry = self._presses.popleft()
            if entry.stage is not Stage.OVER:
                self._desk.spawn(self._answer(entry))

    def _spill_oldest(self, now_s: float, most: int) -> None:
        held = [entry for entry in self._order if entry.callbacks]
        for entry in held[: max(0, len(held) - most)]:
            if now_s - entry.received_s > HELD_S:
                self.spill(entry)

    async def _answer(self, entry: Entry) -> None:
        """Tell the messenger that a press was taken, though its turn still runs.

        Nothing of it is durable.
        """
        entry.answered_s = self._desk.clock.monotonic()
        if entry.turn is not None:
            entry.turn.answered_s = entry.answered_s
        outgoing = Outgoing(operation=Operation.ANSWER, press_id=entry.mark.update_id)
        delivery = Delivery(
            id=self._desk.keys.next(), chat=entry.incoming.chat or "", outgoing=outgoing
        )
        await self.bot.outbox.answer(delivery)

    def find(self, update_id: str) -> Entry | None:
        """Return an update that is not settled, None for one that is or that is not known."""
        return self._unsettled.get(Mark(self.bot.account, update_id))

    @property
    def unsettled(self) -> int:
        """Updates that are not settled."""
        return len(self._unsettled)

    def load_of(self) -> tuple[int, int]:
        """Return how many lanes there are and how many updates wait in the longest."""
        return len(self._lanes), max((len(lane.queue) for lane in self._lanes.values()), default=0)


def _lane_key(incoming: Incoming) -> str:
    """Return an update's lane: its chat, else its person.

    Payments and inline queries have one each.
    """
    if incoming.fast:
        return f"!{incoming.update_id}"
    return incoming.chat if incoming.chat is not None else f"@{incoming.person}"
