"""Setting when the items of a subscription come: at once or in digests, quiet hours, the zone."""

import asyncio
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any
from zoneinfo import available_timezones

from msgspec.structs import replace

from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.publishing.subscriptions.offers import Offers
from posthouse.publishing.subscriptions.parts import Part, Register, back_to, button_to, ticked
from posthouse.publishing.subscriptions.rhythms import RHYTHMS, Rhythm, When, when_of
from posthouse.publishing.subscriptions.rows import Own, change_zone, own_of
from posthouse.publishing.subscriptions.timing import load_zones
from posthouse.publishing.subscriptions.words import days, told_rhythm, zone_name
from posthouse.turn.action import Action
from posthouse.turn.turn import Turn

USUAL = "22:00-07:00"
_STEP = timedelta(minutes=15)


class Schedule(Part):
    """The actions that set when items come."""

    def __init__(self, action: Register, offers: Offers, shows: Action[[int]]) -> None:
        super().__init__(offers, shows)
        self.when_action: Action[[int]] = action("when", self.when)
        self._set_when: Action[[Rhythm, int]] = action("set-when", self.set_when)
        self._clock: Action[[int]] = action("clock", self.clock)
        self._set_clock: Action[[time, int]] = action("set-clock", self.set_clock)
        self._set_day: Action[[int, int]] = action("set-day", self.set_day)
        self.quiet_action: Action[[int]] = action("quiet", self.quiet)
        self._set_quiet: Action[[str, int]] = action("set-quiet", self.set_quiet)
        self._from: Action[[int]] = action("quiet-from", self.quiet_from)
        self._until: Action[[time, int]] = action("quiet-until", self.quiet_until)
        self._set_until: Action[[time, int, time]] = action("set-until", self.set_until)
        self.areas_action: Action[[int]] = action("areas", self.areas)
        self._zones: Action[[str, int]] = action("zones", self.zones)
        self._set_zone: Action[[str, int]] = action("set-zone", self.set_zone)

    # --- when

    async def when(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask how often, at what time and on which day."""
        found = await self.found(turn, id)
        return SILENT if found is None else await self._asked_when(turn, found)

    async def _asked_when(self, turn: Turn, found: Own) -> Screen:
        id, say, now = found.id, turn.say, when_of(found.digest)
        usual = now or When()
        items = []
        for rhythm in RHYTHMS:
            label = await told_rhythm(turn, replace(usual, rhythm=rhythm))
            items.append((ticked(label, now is not None and now.rhythm == rhythm), rhythm))
        screen = Screen(say("posthouse-subscription-ask-when", title=found.title))
        screen = screen.options(items, self._set_when, id)
        if now is not None and now.rhythm != "now":
            screen = screen.row(button_to(say("posthouse-subscription-clock"), self._clock, id))
        if now is not None and now.rhythm == "weekly":
            names = [(name, n) for n, name in enumerate(await days(turn), start=1)]
            screen = replace(screen, columns=2).options(names, self._set_day, id)
        screen = screen.row(back_to(turn, self.shows, id))
        turn.shown_by(screen, (self.when_action.name, self.when_action.encode((id,), {})))
        return screen

    async def set_when(self, turn: Turn, rhythm: Rhythm, id: int) -> Screen | Answer:
        """Let the items come at once or in digests."""
        return await self._timed(turn, id, rhythm=rhythm)

    async def clock(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask at what time the digest comes."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        screen = Screen(turn.say("posthouse-subscription-ask-clock"), step=_STEP)
        return screen.times(self._set_clock, id).row(back_to(turn, self.when_action, id))

    async def set_clock(self, turn: Turn, at: time, id: int) -> Screen | Answer:
        """Let the digest come at a time."""
        return await self._timed(turn, id, at=at)

    async def set_day(self, turn: Turn, day: int, id: int) -> Screen | Answer:
        """Let the digest come on a day of the week."""
        return await self._timed(turn, id, day=day)

    async def _timed(self, turn: Turn, id: int, **values: Any) -> Screen | Answer:
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        when = replace(when_of(found.digest) or When(), **values)
        found = self.changed(turn, found, digest=when.cron)
        if "rhythm" in values and when.rhythm != "now":
            return await self._asked_when(turn, found)  # the time and the day, too
        return await self.whole(turn, found)

    # --- quiet hours

    async def quiet(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask when nothing shall come."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        none = turn.say("posthouse-subscription-none")
        hours = list(dict.fromkeys((found.quiet or USUAL, USUAL)))
        items = [(ticked(none, found.quiet is None), "")]
        items += [(ticked(each.replace("-", "–"), each == found.quiet), each) for each in hours]
        screen = Screen(turn.say("posthouse-subscription-ask-quiet"))
        screen = screen.options(items, self._set_quiet, id)
        other = button_to(turn.say("posthouse-subscription-quiet-other"), self._from, id)
        return screen.row(other).row(back_to(turn, self.shows, id))

    async def set_quiet(self, turn: Turn, quiet: str, id: int) -> Screen | Answer:
        """Let nothing come in some hours, or let it come in all."""
        return await self.set(turn, id, quiet=quiet or None)

    async def quiet_from(self, turn: Turn, id: int) -> Screen:
        """Ask when the quiet hours begin."""
        screen = Screen(turn.say("posthouse-subscription-ask-from"), step=_STEP)
        return screen.times(self._until, id).row(back_to(turn, self.quiet_action, id))

    async def quiet_until(self, turn: Turn, begins: time, id: int) -> Screen:
        """Ask when the quiet hours end."""
        shown = turn.say("posthouse-subscription-ask-until", begins=f"{begins:%H:%M}")
        screen = Screen(shown, step=_STEP).times(self._set_until, id, begins)
        return screen.row(back_to(turn, self._from, id))

    async def set_until(self, turn: Turn, ends: time, id: int, begins: time) -> Screen | Answer:
        """Set the quiet hours; a whole day is none."""
        if ends == begins:
            turn.notify(turn.say("posthouse-subscription-whole-day"))
            return await self._until(turn, begins, id)
        return await self.set(turn, id, quiet=f"{begins:%H:%M}-{ends:%H:%M}")

    # --- the time zone

    async def areas(self, turn: Turn, id: int) -> Screen:
        """Ask in which part of the world one is."""
        areas = sorted({zone.partition("/")[0] for zone in await _zones()})
        screen = Screen(turn.say("posthouse-subscription-ask-area"), per_page=12, columns=2)
        screen = screen.options([(each, each) for each in areas], self._zones, id)
        return screen.row(back_to(turn, self.shows, id))

    async def zones(self, turn: Turn, area: str, id: int) -> Screen:
        """Ask in which zone one is; a few letters find it."""
        mine = [each for each in await _zones() if each.partition("/")[0] == area]
        items = [(zone_name(each.partition("/")[2] or each), each) for each in mine]
        shown = turn.say("posthouse-subscription-ask-zone")
        screen = Screen(shown, per_page=12, columns=2, search=True)
        return screen.options(items, self._set_zone, id).row(back_to(turn, self.areas_action, id))

    async def set_zone(self, turn: Turn, zone: str, id: int) -> Screen | Answer:
        """Keep the time of a zone, with all subscriptions of the chat."""
        found = await self.found(turn, id)
        if found is None or zone not in await _zones():
            return SILENT
        mine = await own_of(turn)
        await load_zones([zone])
        change_zone(turn, mine, zone)
        turn.on_commit(self.offers.wake)
        return await self.whole(turn, replace(found, zone=zone, version=found.version + 1))


async def _zones() -> Sequence[str]:
    """Return the names of all time zones that are places."""
    # They are read from a folder, once.
    return await asyncio.to_thread(_named)


_names: list[str] = []


def _named() -> Sequence[str]:
    if not _names:
        areas = ("Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico")
        found = sorted(available_timezones())
        places = [each for each in found if "/" in each and each.partition("/")[0] not in areas]
        _names.extend([*places, "UTC"])
    return _names
