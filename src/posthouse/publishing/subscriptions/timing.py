"""When a subscriber gets what is there: digests, quiet hours, days; pure functions of moments.

How this works: moments are aware datetimes; what is said of hours and days is said of the
subscriber's zone and found in its wall clock. A time that the zone skips, as in the hour that
summer time takes, is the moment when the clock goes on; of one that it has twice, the first counts.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from posthouse.errors import MistakeError

_DAY = timedelta(days=1)
_zones: dict[str, tzinfo | None] = {}
"""Zones by their names, None for one that is none; they are few."""


def next_by_cron(cron: str, after: datetime, zone: tzinfo) -> datetime:
    """Return the first moment after another one that a cron expression names in a zone.

    Raises MistakeError for an expression that is none, or that names no moment.
    """
    try:
        return next(CronSim(cron, after.astimezone(zone))).astimezone(UTC)
    except CronSimError as error:
        raise MistakeError(
            f"{cron!r} is no cron expression ({error}); write minute, hour, day, month and "
            f'weekday, such as "0 9 * * 1-5"'
        ) from None
    except StopIteration:
        raise MistakeError(f"{cron!r} names no moment in the next fifty years") from None


class Quiet:
    """Hours in which nothing is sent, such as "22:00-07:00"."""

    def __init__(self, begins: time, ends: time) -> None:
        self.begins = begins
        self.ends = ends

    def __contains__(self, local: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def __repr__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return the moment, or the end of the quiet hours it falls into."""
        local = moment.astimezone(zone)
        if local.time() not in self:
            return moment
        day = local.date()
        if self.begins >= self.ends and local.time() >= self.begins:
            day += _DAY
        ended = _instant(datetime.combine(day, self.ends), zone)
        # Where the clock goes back over the end, it is quiet a second time: that has passed then.
        return max(ended, moment)


@lru_cache(maxsize=256)
def quiet_of(words: str) -> Quiet:
    """Return the quiet hours that are written "22:00-07:00"; raises MistakeError for others."""
    begins, _, ends = words.partition("-")
    try:
        quiet = Quiet(_time(begins), _time(ends))
    except ValueError:
        raise MistakeError(
            f'{words!r} are no quiet hours; write from and to, such as "22:00-07:00"'
        ) from None
    if quiet.begins == quiet.ends:
        raise MistakeError(f"{words!r} are quiet hours without an end; pause the subscription")
    return quiet


def zone_of(name: str | None, otherwise: tzinfo = UTC) -> tzinfo:
    """Return a time zone by its name, or the other one when it has none or an unknown one.

    The first time it reads a file; await `load_zones` before, where that must not hold up others.
    """
    if not name:
        return otherwise
    if name not in _zones:
        _load(name)
    return _zones[name] or otherwise


async def load_zones(names: Iterable[str | None]) -> None:
    """Read zones that are not known yet, without holding up others."""
    for name in {name for name in names if name and name not in _zones}:
        await asyncio.to_thread(_load, name)


def _load(name: str) -> None:
    try:
        _zones[name] = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        _zones[name] = None


def due(now: datetime, *, digest: str | None, quiet: str | None, zone: tzinfo) -> datetime:
    """Return when something is to be sent that is there now.

    With a digest at its next moment, else now; if that is in quiet hours, when they end.
    """
    moment = next_by_cron(digest, now, zone) if digest else now
    return quiet_of(quiet).after(moment, zone) if quiet else moment


def day_begins(now: datetime, zone: tzinfo) -> datetime:
    """Return when the present day began in a zone."""
    return _instant(datetime.combine(now.astimezone(zone).date(), time()), zone)


def next_day(now: datetime, zone: tzinfo) -> datetime:
    """Return when the next day begins in a zone."""
    return _instant(datetime.combine(now.astimezone(zone).date() + _DAY, time()), zone)


def _time(words: str) -> time:
    hour, minute = words.strip().split(":")
    return time(int(hour), int(minute))


def _instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which a zone's clock shows a time, or goes past it."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # The clock skips it. Its offset after the gap gives a moment before it, and the other way
    # round: what lies between is when the clock went on.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = first
    while late - early > timedelta(milliseconds=500):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
