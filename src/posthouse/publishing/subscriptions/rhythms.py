"""Rhythms: the few ways in which a subscription's digest comes, as cron expressions."""

import re
from datetime import time
from typing import Literal, TypeAlias

from msgspec import Struct

Rhythm: TypeAlias = Literal["now", "daily", "weekdays", "weekly"]
RHYTHMS: tuple[Rhythm, ...] = ("now", "daily", "weekdays", "weekly")
WEEKDAYS = range(1, 8)
"""Monday to Sunday."""
_CRON = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\*|1-5|[0-7])")
_LAST_MINUTE, _LAST_HOUR = 59, 23


class When(Struct, frozen=True, kw_only=True):
    """How often something comes, and at what time."""

    rhythm: Rhythm = "now"
    at: time = time(9)
    day: int = 1
    """Of the week, of what comes weekly: 1 to 7, Monday to Sunday."""

    @property
    def cron(self) -> str | None:
        """Itself as a cron expression; None for what comes at once."""
        if self.rhythm == "now":
            return None
        days = {"daily": "*", "weekdays": "1-5", "weekly": str(self.day % 7)}[self.rhythm]
        return f"{self.at.minute} {self.at.hour} * * {days}"


def when_of(cron: str | None) -> When | None:
    """Return what a cron expression says; None for one that is none of these few."""
    if cron is None:
        return When()
    found = _CRON.fullmatch(cron)
    if found is None:
        return None
    minute, hour, days = int(found[1]), int(found[2]), found[3]
    if minute > _LAST_MINUTE or hour > _LAST_HOUR:
        return None
    at = time(hour, minute)
    if days == "*":
        return When(rhythm="daily", at=at)
    if days == "1-5":
        return When(rhythm="weekdays", at=at)
    return When(rhythm="weekly", at=at, day=int(days) or 7)
