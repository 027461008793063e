"""A calendar: the days of a month, the months of a year, the years of a dozen."""

from calendar import monthrange
from datetime import date

from posthouse.dialogs.showing.sheet import Row, Sheet, in_columns, inert
from posthouse.model.elements import Dates
from posthouse.model.reply import Button
from posthouse.turn.view import Move

MONTHS, YEARS = 1, 2
"""Levels of a calendar; 0 are the days."""
WEEK = 7
YEAR = 12
DOZEN = 12
_FREE = "·"


def draw_dates(dates: Dates, sheet: Sheet) -> list[Row]:
    """Return the rows of a calendar."""
    first, last = dates.first or date.min, dates.last or date.max
    today = sheet.turn.now.astimezone(sheet.turn.zone).date()
    start = month_of(min(max(today, first), last))
    month = start if sheet.seen.month is None else sheet.seen.month
    month = min(max(month, month_of(first)), month_of(last))
    drawing = _Drawing(dates, sheet, first, last)
    if sheet.seen.level == YEARS:
        return drawing.years(month)
    if sheet.seen.level == MONTHS:
        return drawing.months(month)
    return drawing.days(month)


def month_of(day: date) -> int:
    """Return the number of a day's month, from the year 0 on."""
    return day.year * YEAR + day.month - 1


class _Drawing:
    """One calendar that is being drawn."""

    def __init__(self, dates: Dates, sheet: Sheet, first: date, last: date) -> None:
        # Names of months and weekdays are heavy, and many bots never show a calendar.
        from posthouse.words.values import locale_of  # noqa: PLC0415

        self._dates = dates
        self._sheet = sheet
        self._first, self._last = first, last
        self._locale = locale_of(sheet.turn.language)

    def days(self, month: int) -> list[Row]:
        """Return the days of a month under their weekdays."""
        year, number = divmod(month, YEAR)
        begins, length = monthrange(year, number + 1)
        every = [date(year, number + 1, day) for day in range(1, length + 1)]
        head = self._turning(f"{self._month_name(number)} {year}", Move.DAYS, month, 1)
        if self._sheet.plain:
            from babel.dates import format_date  # noqa: PLC0415

            named = [(format_date(day, "EEEE, d MMMM", locale=self._locale), day) for day in every]
            rows = [
                (self._sheet.calls(name, self._dates, day),)
                for name, day in named
                if self._first <= day <= self._last
            ]
            return [*rows, *([head] if head else [])]
        starts = self._locale.first_week_day
        names = self._locale.days["stand-alone"]["short"]
        week = tuple(inert(names[(starts + at) % WEEK]) for at in range(WEEK))
        cells = [inert(_FREE)] * ((begins - starts) % WEEK) + [self._day(day) for day in every]
        cells += [inert(_FREE)] * (-len(cells) % WEEK)
        return [head, week, *in_columns(cells, WEEK)]

    def months(self, month: int) -> list[Row]:
        """Return the months of a year."""
        year = month // YEAR
        head = self._turning(str(year), Move.MONTHS, month, YEAR)
        cells = []
        for number in range(YEAR):
            at = year * YEAR + number
            there = month_of(self._first) <= at <= month_of(self._last)
            name = self._month_name(number)
            cells.append(self._sheet.step(name, Move.DAYS, at) if there else inert(_FREE))
        return self._with_head(head, cells, 3)

    def years(self, month: int) -> list[Row]:
        """Return a dozen of years."""
        year = month // YEAR
        begins = year - year % DOZEN
        head = self._turning(f"{begins}–{begins + DOZEN - 1}", Move.YEARS, month, YEAR * DOZEN)
        cells = []
        for each in range(begins, begins + DOZEN):
            there = self._first.year <= each <= self._last.year
            at = each * YEAR + month % YEAR
            cells.append(self._sheet.step(str(each), Move.MONTHS, at) if there else inert(_FREE))
        return self._with_head(head, cells, 4)

    def _with_head(self, head: Row, cells: list[Button], columns: int) -> list[Row]:
        if self._sheet.plain:
            return [*in_columns(cells, 1), head]
        return [head, *in_columns(cells, columns)]

    def _day(self, day: date) -> Button:
        if not self._first <= day <= self._last:
            return inert(_FREE)
        return self._sheet.calls(str(day.day), self._dates, day)

    def _turning(self, name: str, move: Move, month: int, by: int) -> Row:
        """Return the row with the name of what is shown, which leads up, and the ways on."""
        up = {Move.DAYS: Move.MONTHS, Move.MONTHS: Move.YEARS}.get(move)
        row = [self._sheet.step(name, up, month) if up is not None else inert(name)]
        # What is shown begins at a multiple, counted from the year 0.
        span = YEAR * DOZEN if by > YEAR else by
        begins = month - month % span
        if begins > month_of(self._first):
            row.insert(0, self._sheet.step("‹", move, max(month - by, month_of(self._first))))
        if begins + span <= month_of(self._last):
            row.append(self._sheet.step("›", move, min(month + by, month_of(self._last))))
        return tuple(row)

    def _month_name(self, number: int) -> str:
        """Return the name of a month, from 0 on, as a heading."""
        name = str(self._locale.months["stand-alone"]["wide"][number + 1])
        return name[:1].upper() + name[1:]
