"""Observers: they see every update after its turn, and what they want commits beside it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping

from posthouse.delivery.outbox import Placement
from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import Composer
from posthouse.engine.handling import drop, is_cancelled, keep_states, let_through, turn_of
from posthouse.engine.lanes import Entry
from posthouse.model.update import ChatUpdate
from posthouse.ports.changes import Change, Observed, UseNumber, Verdict
from posthouse.routing.dispatch import Observer
from posthouse.turn.effects import Number

log = logging.getLogger("posthouse.turns")


class Observing:
    """Runs the observers of updates.

    Args:
        submit: Commits a turn once its observers have ended.
    """

    def __init__(
        self,
        desk: Desk,
        composers: Mapping[int, Composer],
        submit: Callable[[Entry, Change, list[Placement]], None],
    ) -> None:
        self._desk = desk
        self._composers = composers
        self._submit = submit
        self.abandoned = 0
        """Observers that were cut and did not end."""

    def run(
        self,
        entry: Entry,
        update: ChatUpdate,
        change: Change,
        placements: list[Placement],
        left: deque[Observer],
    ) -> None:
        """Run observers, one after another, then commit; what each wants is part of the change."""
        if not left:
            self._submit(entry, change, placements)
            return
        observer = left.popleft()
        entry.observed = lambda: self.run(entry, update, change, placements, left)
        entry.started_s = self._desk.clock.monotonic()
        entry.task = self._desk.spawn(self._call(entry, observer, update, change))

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
            if is_cancelled() and entry.observed is go_on:
                raise
            failure = let_through(error)
        except Exception as error:  # noqa: BLE001  an observer is a handler
            failure = error
        if entry.observed is not go_on or go_on is None:  # it was cut, and its update went on
            drop(entry.lane.bot, places)
            self.abandoned -= 1
            return
        if failure is not None:
            what, update_id = observer.name, entry.mark.update_id
            log.error("observer %s failed on update %s", what, update_id, exc_info=failure)
        elif extra.deliveries or extra.writes or extra.states:
            extra.writes.insert(0, Observed(entry.mark, observer.name))
            extra.done = self._told(entry.lane.bot, observer.name, places)
            change.observers.append(extra)
        entry.observed = None
        go_on()

    async def _observed_by(
        self, entry: Entry, observer: Observer, update: ChatUpdate, extra: Change
    ) -> list[Placement]:
        turn = turn_of(entry, update, self._desk, self._composers[entry.mark.account])
        try:
            await observer.call(turn)
            turn.require_open()
        finally:
            turn.close()
            await self._desk.modules.end_turn(turn)
        if entry.turn is not turn:
            return []
        places = await self._composers[entry.mark.account].compose(turn, None, extra)
        for effect in turn.effects:
            if isinstance(effect, Number):
                extra.writes.append(UseNumber(entry.mark, effect.sequence, effect.value))
        keep_states(entry, turn, extra, self._desk)
        return places

    def _told(
        self, bot: BotRuntime, name: str, placements: list[Placement]
    ) -> Callable[[Change], None]:
        def done(extra: Change) -> None:
            if extra.verdict is Verdict.WON:
                for placement in placements:
                    bot.outbox.won(placement)
                return
            if extra.error is not None:
                log.error("what observer %s wanted was not committed: %s", name, extra.error)
            drop(bot, placements)

        return done
