"""Moments: digests, quiet hours and days in the subscriber's zone."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from posthouse.errors import MistakeError
from posthouse.publishing.subscriptions.timing import (
    day_begins,
    due,
    next_by_cron,
    next_day,
    quiet_of,
    zone_of,
)

KYIV = ZoneInfo("Europe/Kyiv")


def utc(*parts: int) -> datetime:
    """Return a moment."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # its parts


@pytest.mark.parametrize(
    ("quiet", "now", "sent"),
    [
        ("22:00-07:00", utc(2026, 1, 10, 12), utc(2026, 1, 10, 12)),
        ("22:00-07:00", utc(2026, 1, 10, 20), utc(2026, 1, 11, 5)),  # it begins with 22:00
        ("22:00-07:00", utc(2026, 1, 11, 4, 59), utc(2026, 1, 11, 5)),
        ("22:00-07:00", utc(2026, 1, 11, 5), utc(2026, 1, 11, 5)),  # and ends with 07:00
        ("13:00-15:00", utc(2026, 1, 10, 12), utc(2026, 1, 10, 13)),
        ("13:00-15:00", utc(2026, 1, 10, 10), utc(2026, 1, 10, 10)),
        ("22:00-07:00", utc(2026, 3, 28, 23), utc(2026, 3, 29, 4)),  # the night is an hour shorter
        ("22:00-07:00", utc(2026, 10, 24, 23), utc(2026, 10, 25, 5)),  # or longer
        ("22:00-03:30", utc(2026, 3, 28, 23), utc(2026, 3, 29, 1)),  # 03:30 is skipped that night
        ("22:00-03:30", utc(2026, 10, 24, 23), utc(2026, 10, 25, 0, 30)),  # the first of the two
        ("22:00-03:30", utc(2026, 10, 25, 1, 10), utc(2026, 10, 25, 1, 10)),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(
    quiet: str, now: datetime, sent: datetime
) -> None:
    """Across midnight, and in the nights when the clock is changed."""
    assert due(now, digest=None, quiet=quiet, zone=KYIV) == sent


def test_a_digest_is_due_at_its_next_moment() -> None:
    """In the zone; one that falls into quiet hours, when they end."""
    noon = utc(2026, 3, 28, 12)
    assert due(noon, digest="0 9 * * *", quiet=None, zone=KYIV) == utc(2026, 3, 29, 6)
    assert due(noon, digest="0 9 * * 1", quiet=None, zone=KYIV) == utc(2026, 3, 30, 6)
    assert due(noon, digest="0 5 * * *", quiet="22:00-07:00", zone=KYIV) == utc(2026, 3, 29, 4)
    assert next_by_cron("0 9 * * *", utc(2026, 1, 10, 7), KYIV) == utc(2026, 1, 11, 7)


@pytest.mark.parametrize("words", ["22", "22:00", "22:00-25:00", "x-y", "07:00-07:00", ""])
def test_quiet_hours_that_are_none_are_refused(words: str) -> None:
    """With what is wrong about them."""
    with pytest.raises(MistakeError, match="quiet hours"):
        quiet_of(words)


@pytest.mark.parametrize("cron", ["", "x", "* * *", "61 * * * *", "0 0 30 2 *"])
def test_a_cron_expression_that_is_none_is_refused(cron: str) -> None:
    """With an example of one."""
    with pytest.raises(MistakeError, match="cron"):
        next_by_cron(cron, utc(2026, 1, 1), UTC)


def test_days_begin_at_midnight_of_the_zone() -> None:
    """Which may be 23 hours after the one before."""
    assert day_begins(utc(2026, 3, 29, 12), KYIV) == utc(2026, 3, 28, 22)
    assert next_day(utc(2026, 3, 29, 12), KYIV) == utc(2026, 3, 29, 21)


def test_an_unknown_zone_is_the_other_one() -> None:
    """As for somebody who told none."""
    assert zone_of("Europe/Kyiv") == KYIV
    assert zone_of("Nowhere/At_all") is UTC
    assert zone_of(None, KYIV) == KYIV
    assert time(23) in quiet_of("22:00-07:00")
    assert repr(quiet_of("22:00-07:00")) == "22:00-07:00"
