"""Rhythms and cron expressions are the same thing."""

from datetime import time

import pytest

from posthouse.publishing.subscriptions.rhythms import When, when_of


@pytest.mark.parametrize(
    ("cron", "when"),
    [
        (None, When()),
        ("0 9 * * *", When(rhythm="daily")),
        ("30 19 * * 1-5", When(rhythm="weekdays", at=time(19, 30))),
        ("15 0 * * 3", When(rhythm="weekly", at=time(0, 15), day=3)),
        ("0 9 * * 0", When(rhythm="weekly", day=7)),
    ],
)
def test_a_rhythm_is_a_cron_expression(cron: str | None, when: When) -> None:
    """Both ways."""
    assert when_of(cron) == when
    assert when.cron == cron


def test_sunday_has_two_numbers() -> None:
    """Both are read."""
    assert when_of("0 9 * * 7") == when_of("0 9 * * 0")


@pytest.mark.parametrize("cron", ["0 9 1 * *", "*/5 * * * *", "0 24 * * *", "60 9 * * *", "soon"])
def test_other_expressions_are_no_rhythm(cron: str) -> None:
    """They are shown as they are written."""
    assert when_of(cron) is None
