"""Intake: where updates enter, are told from repetitions, and are made durable when they wait.

How this works: `receive` never waits. An update gets its place in its lane at once; a repetition of
one that is still under way attaches to it, one that was done a moment ago is settled at once, and
one that was done long ago runs once more and loses at its commit. What is not done after a while is
*spilled*: written to the inbox and acknowledged, so that the messenger may forget it; it keeps its
place in the lane.
"""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from itertools import takewhile

from msgspec.structs import replace

from posthouse.engine.albums import ALBUM, Albums, album_in, is_album
from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.journal import Journal
from posthouse.engine.lanes import Entry, Lane, Stage, lane_key
from posthouse.engine.points import Point
from posthouse.engine.timer_body import decode_timer, encode_timer
from posthouse.engine.turns import Turns
from posthouse.errors import OverloadedError
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.adapter import Delivery, Incoming, OnSettled, Rider, Settled
from posthouse.ports.changes import Change, CountAttempt, MoveChat, PutInbox, Verdict
from posthouse.ports.records import InboxRow, Mark, TimerRow

log = logging.getLogger("posthouse.intake")

MOST_IN_MEMORY = 100
"""Updates of one lane kept in memory; of further ones the bodies are only in the inbox."""
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
        self._repeats_s = self._profile.repeats_s
        self._repeats_others_s = self._repeats_s.get("*", 0.0)
        self._lanes: dict[str, Lane] = {}
        self._unsettled: dict[Mark, Entry] = {}
        self._recent: set[Mark] = set()
        self._older: set[Mark] = set()
        # Both in the order of receipt; what is settled leaves at once, so that its memory is used
        # again while it is in the processor's cache.
        self._order: dict[Entry, None] = {}
        self._presses: dict[Entry, None] = {}
        self.albums = Albums(
            bot,
            desk,
            enter=self._enter_album,
            known=self._know,
            start=lambda entry: turns.start(entry.lane),
            timer_set=turns.timer_set,
        )

    # --- Receiver

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Give an update its place in its lane, at once and without waiting."""
        refusal = self._refuses()
        if refusal is not None:
            raise OverloadedError(refusal)
        mark = Mark(self.bot.account, incoming.update_id)
        rider = incoming.rider
        if rider is not None and incoming.chat is not None:
            self.bot.outbox.arrived(incoming.chat)
        if mark in self._unsettled or mark in self._recent or mark in self._older:
            self._repeat(mark, rider, on_settled)
            return
        if (incoming.group is not None or self.albums.coming) and self._is_part(
            incoming, mark, on_settled
        ):
            return
        entry = self._enter(incoming, mark)
        if on_settled is not None:
            entry.callbacks.append(on_settled)
        if rider is not None:
            entry.rider = rider
        self._order[entry] = None
        if incoming.kind == "press":
            self._presses[entry] = None
        if (hook := self._desk.points.hook) is not None:
            hook(Point.RECEIVED)
        self._admit(entry)

    def _is_part(self, incoming: Incoming, mark: Mark, on_settled: OnSettled | None) -> bool:
        """Whether an update is a part of an album, and kept; any other closes its sender's."""
        albums = self.albums
        if incoming.group is not None and albums.are_wanted:
            self._desk.points.reach(Point.RECEIVED)
            return albums.take(incoming, mark, on_settled)
        if albums.coming:
            albums.close(incoming.chat or "", incoming.person or "")
        return False

    def _repeat(self, mark: Mark, rider: Rider | None, on_settled: OnSettled | None) -> None:
        """Tell whoever waits for an update that came before; it needs no place."""
        known = self._unsettled.get(mark)
        if known is not None:
            known.rider = rider  # the newest connection gets the answer
            self._attach(known, on_settled)
            return

        def forgets() -> None:
            if on_settled is not None:
                on_settled(Settled.DUPLICATE)

        self.bot.outbox.repeated(mark.update_id, rider, forgets)

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        """Set aside an update whose body cannot be decoded."""
        mark = Mark(self.bot.account, update_id)
        self._turns.asides.malformed(
            mark, body, bot=self.bot.name, reason=reason, on_settled=on_settled
        )

    def moved(self, before: str, after: str) -> None:
        """Let everything of a chat go on under another id."""
        moved = self.bot.moved
        if before == after or moved.get(before) == after:
            return
        log.info("chat %s of bot %s goes on as %s", before, self.bot.name, after)
        moved.pop(after, None)
        moved.update({old: after for old, new in moved.items() if new == before})
        moved[before] = after
        self.bot.outbox.moved(before, after)
        lane = self._lanes.get(before)
        if lane is not None and after not in self._lanes:  # what comes there waits its turn here
            del self._lanes[before]
            lane.key, self._lanes[after] = after, lane
        change = Change()
        change.writes.append(MoveChat(self.bot.account, before, after))
        # What turns read meanwhile is of no use either.
        self._turns.forget_states()
        change.done = lambda _: self._turns.forget_states()
        self._desk.writer.submit(change)

    # --- from elsewhere than the messenger

    def restore(self, row: InboxRow, *, suspect: bool = False) -> None:
        """Give an update that was in the inbox its place again.

        A suspect may have taken the process down.
        """
        if row.mark in self._unsettled:
            return
        if self.albums.coming:
            self.albums.close_before(row.chat or "", row.person or "", row.received)
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
        if row.kind == ALBUM:  # it was set aside, and is replayed
            entry.album, entry.trimmed = album_in(row.body), True
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
        entry = self._enter_timer(row)
        if entry is None:
            return False
        if entry.album is not None:
            self.albums.entered(row)
        entry.by_clock = True
        self._desk.points.reach(Point.TIMER_FIRED)
        if entry.attempts >= MOST_ATTEMPTS:
            self._kill(entry)
        else:
            self._turns.start(entry.lane)
        return True

    def _enter_album(self, row: TimerRow) -> Entry | None:
        """Let an album into its lane before its time."""
        entry = self._enter_timer(row)
        if entry is not None and entry.attempts >= MOST_ATTEMPTS:
            self._kill(entry)
            return None
        return entry

    def _enter_timer(self, row: TimerRow) -> Entry | None:
        mark = Mark(self.bot.account, f"timer:{row.id}:{row.due!r}")
        if mark in self._unsettled:
            return None
        data, body = row.body, decode_timer(row.body)
        now_in = self.bot.moved.get(body.chat.id)
        if now_in is not None:
            body = replace(body, chat=replace(body.chat, id=now_in))
            data = encode_timer(body)
        kind = ALBUM if is_album(row) else "timerdue"
        incoming = Incoming(
            update_id=mark.update_id,
            chat=body.chat.id,
            person=body.person.id,
            kind=kind,
            body=data,
        )
        entry = self._enter(incoming, mark, lane=row.lane)
        entry.timer_due = row.due
        entry.fresh = False
        entry.attempts = self._journal.attempts(mark)
        if kind is ALBUM:
            entry.album, entry.trimmed = album_in(row.body), True
        return entry

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
        bot = self.bot
        key = lane or lane_key(incoming)
        if bot.moved:
            key = bot.moved.get(key, key)
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = Lane(bot, key, self)
        entry = Entry(incoming, mark, found, received_s=self._desk.clock.monotonic())
        self._unsettled[mark] = entry
        self._turns.awake.add(bot.account)
        found.queue.append(entry)
        return entry

    def _admit(self, entry: Entry) -> None:
        """Decide whether an update may run, goes into the inbox first, or is one too many."""
        lane = entry.lane
        if self._journal.before.turns and (died := self._journal.attempts(entry.mark)):
            entry.attempts = died
            if died >= MOST_ATTEMPTS:
                self._kill(entry)
            else:
                entry.fresh = False
                self.spill(entry, first=True)
        elif lane.spilled >= MOST_SPILLED:
            self._overflow(entry)
        elif not self._repeats_s.get(entry.incoming.kind, self._repeats_others_s):
            self.spill(entry, first=True)
        elif len(lane.queue) - lane.spilled > MOST_IN_MEMORY:
            self.spill(entry)
        elif lane.current is None:
            self._turns.start(lane)

    # --- the inbox

    def spill(self, entry: Entry, *, first: bool = False) -> None:
        """Write an update to the inbox and acknowledge it; with `first` it does not run before."""
        if entry.in_inbox or entry.spilling or entry.stage in (Stage.COMMITTING, Stage.OVER):
            return
        entry.spilling = True
        entry.awaits_inbox = first
        incoming, clock = entry.incoming, self._desk.clock
        row = InboxRow(
            mark=entry.mark,
            lane=entry.lane.key,
            kind=incoming.kind,
            body=incoming.body,
            chat=incoming.chat,
            person=incoming.person,
            received=clock.timestamp() - (clock.monotonic() - entry.received_s),
            attempts=entry.attempts,
        )
        change = Change()
        change.writes.append(PutInbox(row))
        change.done = lambda change: self._spilled(entry, change)
        self._desk.writer.submit(change)

    def _spilled(self, entry: Entry, change: Change) -> None:
        entry.spilling = False
        entry.awaits_inbox = False
        waits = entry.stage is Stage.QUEUED and entry.lane.current is not entry
        if change.verdict is not Verdict.WON:
            if waits:  # else its commit finds out that it is done
                self._remove(entry)
                if entry.attempts:
                    self._journal.cleared(entry.mark)
                settle = partial(entry.settle, Settled.DUPLICATE)
                self.bot.outbox.repeated(entry.mark.update_id, entry.rider, settle)
            return
        self._desk.points.reach(Point.INBOX_COMMITTED)
        if entry.attempts:
            self._journal.cleared(entry.mark)
        if entry.stage is not Stage.OVER:
            entry.in_inbox = True
            if waits:
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
        self._turns.asides.put(entry, "killed", OverloadedError(why))
        self._journal.cleared(entry.mark)

    def _overflow(self, entry: Entry) -> None:
        self._take(entry)
        why = (
            f"chat {entry.incoming.chat} has {MOST_SPILLED} updates in the inbox already; its "
            f"handlers are too slow or hang"
        )
        self._turns.asides.put(entry, "overflow", OverloadedError(why))

    def _take(self, entry: Entry) -> None:
        """Take an update out of its queue, to be set aside without a run."""
        entry.lane.queue.remove(entry)
        if entry.in_inbox:
            entry.lane.spilled -= 1
        entry.aside = True

    # --- leaving

    def over(self, entry: Entry) -> None:
        """Forget an update that is settled."""
        mark = entry.mark
        self._unsettled.pop(mark, None)
        self._order.pop(entry, None)
        if self._presses:
            self._presses.pop(entry, None)
        if entry.timer_due is None:
            self._know(mark)
            return
        if entry.attempts:
            self._journal.cleared(mark)
        if entry.by_clock:
            self._timer_done()

    def _know(self, mark: Mark) -> None:
        """Remember that an update is done, so that a repetition needs no run."""
        self._recent.add(mark)
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

    def leave(self) -> None:
        """Put what is not done into the inbox: its bot stops while the site goes on."""
        for entry in list(self._unsettled.values()):
            if entry.timer_due is None:  # a timer has its own row
                self.spill(entry)

    # --- from time to time

    def go(self) -> None:
        """Route what was held until now."""
        for lane in list(self._lanes.values()):
            self._turns.start(lane)

    def sweep(self, now_s: float) -> None:
        """Spill what waited too long, and answer presses that nobody may keep waiting."""
        for entry in _oldest(self._order, now_s, self._profile.spill_s):
            del self._order[entry]
            if entry.stage is Stage.COMMITTING:
                self._order[entry] = None  # it may lose and run again
            self.spill(entry)
        if self._profile.max_connections is not None:
            self._spill_oldest(now_s, self._profile.max_connections // 2)
        for entry in _oldest(self._presses, now_s, PRESS_ANSWER_AFTER_S):
            del self._presses[entry]
            self._desk.spawn(self._answer(entry))

    def _spill_oldest(self, now_s: float, most: int) -> None:
        held = [entry for entry in self._order if entry.callbacks]
        for entry in held[: max(0, len(held) - most)]:
            if now_s - entry.received_s > HELD_S:
                self.spill(entry)

    async def _answer(self, entry: Entry) -> None:
        """Tell the messenger that a press was taken, though its turn runs; nothing is durable."""
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

    def has_album(self, chat: str) -> bool:
        """Whether an album of a chat is in its lane."""
        entries = self._unsettled.values()
        return any(entry.album is not None and entry.incoming.chat == chat for entry in entries)

    @property
    def unsettled(self) -> int:
        """Updates that are not settled."""
        return len(self._unsettled)

    def load_of(self) -> tuple[int, int]:
        """Return how many lanes there are and how many updates wait in the longest."""
        return len(self._lanes), max((len(lane.queue) for lane in self._lanes.values()), default=0)


def _oldest(order: Iterable[Entry], now_s: float, age_s: float) -> list[Entry]:
    """Return those that were received so long ago, of some in the order of receipt."""
    return list(takewhile(lambda entry: now_s - entry.received_s >= age_s, order))
