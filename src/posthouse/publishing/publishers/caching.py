"""What the headers of an answer say about when to come again."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY_S = 86_400.0
LONGEST_S = DAY_S
"""Nobody's headers make a source wait for longer."""


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Return the wait that a Retry-After header asks for, or None when it asks for none."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:10]), LONGEST_S)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_S)


def fresh_s(cache_control: str | None, age: str | None) -> float:
    """Return for how long an answer says it stays good, 0 when it does not say."""
    found = 0.0
    for part in (cache_control or "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name in ("no-cache", "no-store"):
            return 0.0
        if name == "max-age":
            found = _seconds(value)
    return min(max(found - _seconds(age or ""), 0.0), LONGEST_S)


def _seconds(value: str) -> float:
    value = value.strip().strip('"')
    return float(value[:10]) if value.isascii() and value.isdigit() else 0.0
