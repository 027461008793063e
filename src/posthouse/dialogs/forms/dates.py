"""Fields that are a date: picked from a calendar by months, or typed."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from msgspec import UNSET, UnsetType

from posthouse.dialogs.forms.choices import turn_of
from posthouse.dialogs.forms.digits import plain_digits
from posthouse.dialogs.forms.offers import (
    NOTHING,
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

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEK: Final = 7
_YEAR: Final = 12
_ISO: Final = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", re.ASCII)
_LOCAL: Final = re.compile(
    r"([0-9]{1,2})\s*([-./ ])\s*([0-9]{1,2})\s*\2\s*([0-9]{4}|[0-9]{2})(?:\s*[^\W\d_]{1,4}\.?)?"
)
_TOKEN: Final = re.compile(r"\d{8}", re.ASCII)
_CENTURY: Final = 70
"""A year of two digits from here on is of the last century."""


class Dates(Kind, frozen=True, kw_only=True):
    """A day; the state is how many months the calendar is turned from its first one."""

    sorts: ClassVar[tuple[type[Any], ...]] = (date,)
    ge: date | timedelta | None = None
    le: date | timedelta | None = None

    def limits(self, draft: Draft | None) -> tuple[date, date]:
        """Return the first and the last day that fit."""
        return (
            _moved(self.ge, _today(draft), date.min),
            _moved(self.le, _today(draft), date.max),
        )

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the calendar at the month of the value."""
        return value.year * _YEAR + value.month - 1 if isinstance(value, date) else None

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return a month: a head of weekdays, then its days in weeks."""
        first, last = self.limits(draft)
        month = self._month(state, draft)
        if month is None:
            return Offer()
        year, number = month // _YEAR, month % _YEAR + 1
        blank = Option(NOTHING, " ")
        cells = [Option(NOTHING, day.title()[:2], (f"posthouse-day-{day}",)) for day in DAYS]
        weekday, length = monthrange(year, number)
        cells += [blank] * weekday
        for day in (date(year, number, n + 1) for n in range(length)):
            fits = first <= day <= last
            cells.append(Option(f"{day:%Y%m%d}", str(day.day)) if fits else blank)
        cells += [blank] * (-len(cells) % _WEEK)
        values = {"month": number, "year": f"{year:04}"}
        label = f"{_MONTHS[number - 1]} {year:04}"
        return Offer(
            options=tuple(cells),
            columns=_WEEK,
            page=int(month > _month_of(first)),
            pages=3,
            more=month < _month_of(last),
            place=Option(NOTHING, label, ("posthouse-month",), values),
        )

    def _month(self, state: Scratch, draft: Draft | None) -> int | None:
        """Return the month shown, counted from year 0; None where none is likelier."""
        first, last = self.limits(draft)
        month = state if isinstance(state, int) else None
        if month is None:
            start = _today(draft)
            if start is None:
                start = first if first > date.min else None if last == date.max else last
            if start is None:
                return None
            month = _month_of(start)
        return min(max(month, _month_of(first)), _month_of(last))

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the day pressed or typed, or another month."""
        turned = turn_of(given)
        if turned:
            month = self._month(state, draft)
            return Staying(None, changed=False) if month is None else Staying(month + turned)
        if isinstance(given, Pick):
            if given.token == NOTHING:
                return Staying(state, changed=False)
            found: date | Wrong | None = _of_token(given.token)
        else:
            found = date_of(typed(given) or "")
        if found is None:
            return self.expected(draft)
        if isinstance(found, Wrong):
            return found
        first, last = self.limits(draft)
        if not first <= found <= last:
            return Wrong(f"posthouse-date-{_bounds(first, last)}", _told(first, last))
        return Answered(found)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a date is expected, and between which."""
        first, last = self.limits(draft)
        return Wrong(f"posthouse-expected-date-{_bounds(first, last)}", _told(first, last))

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it as the language writes dates."""
        return voice.say("posthouse-date", date=value)

    def to_plain(self, value: Value, /) -> str:
        """Return it as ISO 8601 writes it."""
        return str(value.isoformat())

    def from_plain(self, raw: Plain, /) -> date:
        """Return the day; raises ValueError when it is none, or beyond a limit that never moves."""
        if not isinstance(raw, str):
            raise ValueError(f"{raw!r:.40} is no date")  # noqa: TRY004  as promised
        day = date.fromisoformat(raw)
        first = self.ge if isinstance(self.ge, date) else date.min
        last = self.le if isinstance(self.le, date) else date.max
        if not first <= day <= last:
            raise ValueError(f"{day} is not between {first} and {last}")
        return day


def date_of(text: str) -> date | Wrong | None:
    """Return the day that a text is; None when it is none.

    Between slashes or hyphens both the day and the month may come first; where both would do, the
    text is said to be ambiguous. Between points the day comes first.
    """
    text = plain_digits(text.strip())
    iso = _ISO.fullmatch(text)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    local = _LOCAL.fullmatch(text)
    if local is None:
        return None
    one, mark, other, year = int(local[1]), local[2], int(local[3]), _full_year(local[4])
    day_first, month_first = _day(year, other, one), _day(year, one, other)
    if mark in ". " or day_first == month_first or month_first is None:
        return day_first
    if day_first is None:
        return month_first
    values = {"one": day_first.isoformat(), "other": month_first.isoformat()}
    return Wrong("posthouse-date-ambiguous", values)


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  all its digits
        return year
    return year + (1900 if year >= _CENTURY else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _of_token(token: str) -> date | None:
    if _TOKEN.fullmatch(token) is None:
        return None
    return _day(int(token[:4]), int(token[4:6]), int(token[6:]))


def _month_of(day: date) -> int:
    return day.year * _YEAR + day.month - 1


def _today(draft: Draft | None) -> date | None:
    today: date | None = None if draft is None else draft.surroundings.today
    return today


def _moved(limit: date | timedelta | None, today: date | None, otherwise: date) -> date:
    if isinstance(limit, timedelta):
        return otherwise if today is None else today + limit
    return otherwise if limit is None else limit


def _bounds(first: date, last: date) -> str:
    if first > date.min:
        return "least" if last == date.max else "between"
    return "any" if last == date.max else "most"


def _told(first: date, last: date) -> dict[str, Any]:
    values = {}
    if first > date.min:
        values["least"] = first
    if last < date.max:
        values["most"] = last
    return values


def date_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a date."""
    bounds = wanted.bounds("ge", "le")
    for name, value in bounds.items():
        # A datetime is a date to Python, and comparing the two fails.
        if not (type(value) is date or isinstance(value, timedelta)):
            raise wanted.error(
                f"{name}={value!r} is no limit of a date; give a date, or a timedelta from today"
            )
    wanted.ordered("ge", "le")
    return Dates(**bounds)
