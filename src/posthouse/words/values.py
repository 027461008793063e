"""Values in a language's own manner: numbers, money, dates, times and durations."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_datetime_format
from babel.numbers import format_currency, format_decimal

from posthouse.model.values import Money

UNGROUPED = 10_000
"""Whole numbers below it are written without separators of thousands: most of four digits are
years, and languages that group nevertheless may leave such short ones as they are."""
ROOMY = Context(prec=200)
"""Babel rounds in the present context, whose 28 digits a person's 10^30 does not fit."""


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """Return how a language writes things; English for one that nobody knows."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en") if "-" not in tag else locale_of(tag.partition("-")[0])


def shown(value: Any, locale: Locale) -> str:
    """Return a value as a language writes it; what has no such form is shown by `str()`."""
    with localcontext(ROOMY):
        return _shown(value, locale)


def _shown(value: Any, locale: Locale) -> str:
    if isinstance(value, bool):
        said = str(value).lower()
    elif isinstance(value, int) and -UNGROUPED < value < UNGROUPED:
        said = format_decimal(value, locale=locale, group_separator=False)
    elif isinstance(value, int | float | Decimal):
        said = format_decimal(value, locale=locale, decimal_quantization=False)
    elif isinstance(value, date | time | timedelta):
        said = _moment(value, locale)
    elif isinstance(value, Money):
        said = _money(value, locale)
    else:
        said = str(value)
    return said


def _moment(value: date | time | timedelta, locale: Locale) -> str:
    if isinstance(value, timedelta):
        return format_timedelta(value, locale=locale)
    if isinstance(value, time):
        return format_time(value, "short", locale=locale)
    day = format_date(value, locale=locale)
    if not isinstance(value, datetime):
        return day
    hour = format_time(value, "short", locale=locale, tzinfo=value.tzinfo)
    return str(get_datetime_format(locale=locale)).replace("'", "").format(hour, day)


def _money(money: Money, locale: Locale) -> str:
    """A whole amount has no zeros behind it: people write 4 500, not 4 500.00."""
    amount = money.amount
    if not math.isfinite(amount) or amount != amount.to_integral_value():
        return format_currency(amount, money.currency, locale=locale)
    pattern = locale.currency_formats["standard"].pattern
    whole = pattern.replace(".00", "")
    return format_currency(amount, money.currency, whole, locale=locale, currency_digits=False)
