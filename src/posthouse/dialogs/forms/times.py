"""Fields that are a time of day: picked by hour and minute, or typed."""

import re
from datetime import time
from typing import Any, ClassVar, Final

from posthouse.dialogs.forms.choices import turn_of
from posthouse.dialogs.forms.digits import plain_digits
from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Offer,
    Option,
    Pick,
    Plain,
    Reading,
    Scratch,
    Staying,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.texts import typed
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.text import Words

STEP: Final = 5
"""Minutes between the times that are offered; any other can be typed."""
_HOURS, _MINUTES, _NOON = 24, 60, 12
_TYPED: Final = re.compile(
    r"(\d{1,2})(?:\s*[:.h\-]\s*(\d{2}))?\s*([ap])?\.?(?:m\.?)?|(\d{2})(\d{2})", re.ASCII
)
_TOKEN: Final = re.compile(r"(\d{2})(\d{2})?", re.ASCII)


class Times(Kind, frozen=True, kw_only=True):
    """A time of day, to the minute; the state is the hour once it was pressed."""

    sorts: ClassVar[tuple[type[Any], ...]] = (time,)
    ge: time = time.min
    le: time = time(23, 59)

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return the hours, then the minutes of one."""
        if isinstance(state, int) and self._minutes(state):
            found = self._minutes(state)
            options = tuple(Option(f"{each:%H%M}", f"{each:%H:%M}") for each in found)
            return Offer(options=options, columns=4, page=1, pages=2)
        hours = [hour for hour in range(_HOURS) if self._minutes(hour)]
        return Offer(options=tuple(Option(f"{h:02}", f"{h:02}") for h in hours), columns=6)

    def _minutes(self, hour: int) -> list[time]:
        if not 0 <= hour < _HOURS:
            return []
        times = (time(hour, minute) for minute in range(0, _MINUTES, STEP))
        return [each for each in times if self.ge <= each <= self.le]

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the time pressed or typed, or the hour as a step towards it."""
        if turn_of(given):
            return Staying(None, changed=state is not None)
        if isinstance(given, Pick):
            match = _TOKEN.fullmatch(given.token)
            if match and match[2] is None and self._minutes(int(match[1])):
                return Staying(int(match[1]))
            found = _time(int(match[1]), int(match[2] or 0)) if match else None
        else:
            found = time_of(typed(given) or "")
        if found is None:
            return self.expected(draft)
        if not self.ge <= found <= self.le:
            return Wrong("posthouse-time-between", self._told())
        return Answered(found)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a time is expected, and between which."""
        return Wrong("posthouse-expected-time", self._told())

    def _told(self) -> dict[str, Any]:
        return {"least": f"{self.ge:%H:%M}", "most": f"{self.le:%H:%M}"}

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it with hours to 24."""
        return f"{value:%H:%M}"

    def to_plain(self, value: Value, /) -> str:
        """Return it as ISO 8601 writes it."""
        return f"{value:%H:%M}"

    def from_plain(self, raw: Plain, /) -> time:
        """Return the time; raises ValueError when it is none or out of the limits."""
        found = time_of(raw) if isinstance(raw, str) else None
        if found is None or not self.ge <= found <= self.le:
            raise ValueError(f"{raw!r:.40} is no time from {self.ge} to {self.le}")
        return found


def time_of(text: str) -> time | None:
    """Return the time of day that a text is, or None: 14:30, 14.30, 1430, 2 pm, 14h30."""
    match = _TYPED.fullmatch(plain_digits(text.strip()).casefold())
    if match is None:
        return None
    if match[4]:
        return _time(int(match[4]), int(match[5]))
    hour, half = int(match[1]), match[3]
    if half is None:
        # A bare "m" after the digits says nothing.
        return (
            None if text.rstrip(" .").casefold().endswith("m") else _time(hour, int(match[2] or 0))
        )
    if not 1 <= hour <= _NOON:
        return None
    return _time(hour % _NOON + (_NOON if half == "p" else 0), int(match[2] or 0))


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < _HOURS and minute < _MINUTES else None


def time_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a time of day."""
    bounds = wanted.bounds("ge", "le")
    for name, value in bounds.items():
        if type(value) is not time or value.tzinfo is not None or value.second or value.microsecond:
            raise wanted.error(f"{name}={value!r} is no limit; give a time such as time(9, 30)")
    wanted.ordered("ge", "le")
    return Times(**bounds)
