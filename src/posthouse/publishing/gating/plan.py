"""Plans: what somebody may do for a while, and how long that is."""

import calendar
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol, TypeAlias
from weakref import WeakSet

from msgspec import Struct

from posthouse.errors import MistakeError

_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
NOTICE = timedelta(days=3)


class Months(Struct, frozen=True):
    """So many calendar months."""

    count: int


Period: TypeAlias = timedelta | Months


def months(count: int = 1) -> Months:
    """Return a period of calendar months; raises MistakeError for less than one."""
    if count < 1:
        raise MistakeError(f"months({count}): a period is at least one month")
    return Months(count)


def after(begins: datetime, period: Period, zone: tzinfo) -> datetime:
    """Return when a period that begins at a moment ends, in UTC.

    Months are counted on the calendar of a zone: the same day and time so many months later, or the
    last day of that month where it has no such day. A time that the zone skips is the moment when
    the clock goes on; of one that it has twice, the first counts. Anything else is as long as it
    says.
    """
    if isinstance(period, timedelta):
        return begins.astimezone(UTC) + period
    local = begins.astimezone(zone)
    number = local.year * 12 + local.month - 1 + period.count
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    wanted = local.replace(year=year, month=month + 1, day=min(local.day, last), fold=0)
    # Before a gap the offset is the old one, so this is as long after it as the clock jumps.
    found = wanted.astimezone(UTC)
    seen = found.astimezone(zone)
    if seen.replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return found
    return _end_of_gap(found, zone)


def _end_of_gap(inside: datetime, zone: tzinfo) -> datetime:
    """Return the moment when the clock went on, shortly before one."""
    early, late = inside - timedelta(hours=3), inside
    new = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == new:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


class Listens(Protocol):
    """Wants to know when something of a plan was given or taken back."""

    def look(self) -> None:
        """Look what it was."""


class Plan:
    """What somebody may do for a while, such as use the searches of a bot.

    ```python
    CARS = Plan("cars", title="Car alerts", period=months(1), trial=months(1))
    ```

    Args:
        name: What it is called in the database: small letters, digits, hyphens; do not change it.
        period: How long one has it each time: a timedelta, or `months(1)`.
        trial: How long everybody may have it once for nothing; not at all when left out.
        title: What people read; the name when left out.
        notice: How long before its end a person is told.
    """

    def __init__(
        self,
        name: str,
        *,
        period: Period,
        trial: Period | None = None,
        title: str = "",
        notice: timedelta = NOTICE,
    ) -> None:
        if not name or not set(name) <= _NAME:
            raise MistakeError(
                f"Plan({name!r}): write its name with small letters, digits and hyphens only"
            )
        for what, each in (("period", period), ("trial", trial)):
            if not isinstance(each, timedelta | Months) and not (what == "trial" and each is None):
                raise MistakeError(
                    f"Plan({name!r}): {what} is {each!r}; give a timedelta or months(1)"
                )
            if isinstance(each, timedelta) and each <= timedelta(0):
                raise MistakeError(f"Plan({name!r}): a period of {each} is none; give a longer one")
        if notice < timedelta(0):
            raise MistakeError(f"Plan({name!r}): notice={notice} is no time before its end")
        self.name = name
        self.period = period
        self.trial = trial
        self.title = title or name
        self.notice = notice
        self.listeners: WeakSet[Listens] = WeakSet()
        """For the framework: told when something of it was given or taken back."""

    def __repr__(self) -> str:
        return f"<Plan {self.name}>"

    def tell(self) -> None:
        """For the framework: let the sites that know this plan look whom there is to tell."""
        for listener in list(self.listeners):
            listener.look()
