"""Setting aside: updates that cannot be handled go to the quarantine, and their lanes go on."""

import logging
import traceback
from collections.abc import Callable, Mapping

from posthouse.delivery.outbox import Placement
from posthouse.engine.backing import Desk
from posthouse.engine.compose import Composer
from posthouse.engine.handling import drop
from posthouse.engine.lanes import Entry, Stage
from posthouse.engine.points import Point
from posthouse.ports.adapter import OnSettled, Settled
from posthouse.ports.changes import Change, PutQuarantine, TakeTimer, Verdict
from posthouse.ports.records import Mark, QuarantineRow

log = logging.getLogger("posthouse.turns")

APOLOGY = "posthouse-sorry"
_NOBODY_WAITS = frozenset({"timerdue", "status", "reaction", "deletion", "edit"})


class Asides:
    """Sets updates aside.

    Args:
        leave: Told that an update runs no more.
        over: Told that an update is settled, and how.
        next_up: Lets the update's lane go on.
    """

    def __init__(
        self,
        desk: Desk,
        composers: Mapping[int, Composer],
        *,
        leave: Callable[[Entry], None],
        over: Callable[[Entry, Settled], None],
        next_up: Callable[[Entry], None],
    ) -> None:
        self._desk = desk
        self._composers = composers
        self._leave = leave
        self._over = over
        self._next_up = next_up
        self.count = 0
        """Updates set aside since the start."""

    def put(self, entry: Entry, reason: str, error: Exception) -> None:
        """Move an update to the quarantine, apologise where a person waits, let its lane go on."""
        self._leave(entry)
        entry.stage = Stage.COMMITTING
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
        change.writes.append(PutQuarantine(self._row(entry, reason, error)))
        if entry.timer_due is not None:
            timer_id = entry.incoming.update_id.split(":")[1]
            change.writes.append(TakeTimer(timer_id, entry.timer_due))
        placements = self._say(entry, change)
        change.done = lambda change: self._done(entry, change, placements)
        self._desk.writer.submit(change)

    def malformed(
        self, mark: Mark, body: bytes, *, bot: str, reason: str, on_settled: OnSettled | None
    ) -> None:
        """Set aside an update whose body cannot be decoded."""
        now = self._desk.clock.timestamp()
        row = QuarantineRow(
            mark=mark, lane="", kind="malformed", body=body, reason="decode", detail=reason, at=now
        )
        log.error(
            "update %s of bot %s cannot be decoded and was set aside: %s",
            mark.update_id,
            bot,
            reason,
        )
        change = Change(mark)
        change.writes.append(PutQuarantine(row))

        def done(change: Change) -> None:
            won = change.verdict is Verdict.WON
            self.count += won
            if on_settled is not None:
                on_settled(Settled.QUARANTINED if won else Settled.DUPLICATE)

        change.done = done
        self._desk.writer.submit(change)

    def _row(self, entry: Entry, reason: str, error: Exception) -> QuarantineRow:
        incoming = entry.incoming
        return QuarantineRow(
            mark=entry.mark,
            lane=entry.lane.key,
            kind=incoming.kind,
            body=incoming.body,
            reason=reason,
            detail=(
                "".join(traceback.format_exception(error)) if reason == "raised" else str(error)
            ),
            at=self._desk.clock.timestamp(),
            chat=incoming.chat,
            person=incoming.person,
        )

    def _say(self, entry: Entry, change: Change) -> list[Placement]:
        """Tell the person, and let go of the button that was pressed."""
        incoming = entry.incoming
        if incoming.chat is None or incoming.kind in _NOBODY_WAITS:
            return []
        bot = entry.lane.bot
        composer = self._composers[bot.account]
        language = bot.language if entry.turn is None else entry.turn.language
        sorry = bot.words.say(APOLOGY, language).plain
        placements: list[Placement] = []
        if incoming.kind == "press" and entry.answered_s is None:
            placements.append(composer.press_answer(change, incoming.chat, entry.mark.update_id))
        placements.append(composer.plain(change, incoming.chat, sorry))
        return placements

    def _done(self, entry: Entry, change: Change, placements: list[Placement]) -> None:
        self._desk.points.reach(Point.QUARANTINED)
        if change.verdict is Verdict.WON:
            self.count += 1
            self._over(entry, Settled.QUARANTINED)
            for placement in placements:
                entry.lane.bot.outbox.won(placement)
        else:
            self._over(entry, Settled.DUPLICATE)
            drop(entry.lane.bot, placements)
        self._next_up(entry)
