"""How long a plan is had: calendar months in a zone, and plain durations."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from posthouse.errors import MistakeError
from posthouse.publishing.gating.gates import require_member, require_plan
from posthouse.publishing.gating.plan import Plan, after, months

KYIV, NEW_YORK, LORD_HOWE = (
    ZoneInfo(each) for each in ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe")
)


@pytest.mark.parametrize(
    ("begins", "count", "ends"),
    [
        ("2026-01-15 10:00", 1, "2026-02-15 10:00"),
        ("2026-01-31 10:00", 1, "2026-02-28 10:00"),
        ("2024-01-31 10:00", 1, "2024-02-29 10:00"),
        ("2026-03-31 10:00", 1, "2026-04-30 10:00"),
        ("2026-12-31 23:59", 2, "2027-02-28 23:59"),
        ("2026-05-31 10:00", 12, "2027-05-31 10:00"),
        ("2024-02-29 10:00", 12, "2025-02-28 10:00"),
        ("2026-03-10 09:00", 1, "2026-04-10 09:00"),  # summer time began in between
        ("2026-10-10 09:00", 1, "2026-11-10 09:00"),  # and ended
    ],
)
def test_a_month_later_is_the_same_day_and_time_where_there_is_one(
    begins: str, count: int, ends: str
) -> None:
    """In the zone of the bot, whatever its clock did meanwhile."""
    begun = datetime.fromisoformat(begins).replace(tzinfo=KYIV)
    found = after(begun.astimezone(UTC), months(count), KYIV)
    assert f"{found.astimezone(KYIV):%Y-%m-%d %H:%M}" == ends


@pytest.mark.parametrize(
    ("begins", "zone", "ends"),
    [
        # 2:30 is skipped: the clock goes on at 3:00.
        ("2026-02-08 02:30", NEW_YORK, "2026-03-08 07:00"),
        ("2026-09-04 02:10", LORD_HOWE, "2026-10-03 15:30"),
        # 1:30 comes twice: the first counts.
        ("2026-10-01 01:30", NEW_YORK, "2026-11-01 05:30"),
    ],
)
def test_a_time_that_the_clock_skips_or_has_twice(begins: str, zone: ZoneInfo, ends: str) -> None:
    """It is the moment when the clock goes on, or the first of both."""
    begun = datetime.fromisoformat(begins).replace(tzinfo=zone)
    assert f"{after(begun, months(1), zone):%Y-%m-%d %H:%M:%S}" == f"{ends}:00"


def test_a_duration_is_as_long_as_it_says() -> None:
    """Whatever the clock does."""
    begun = datetime(2026, 3, 28, 12, tzinfo=KYIV)
    assert after(begun, timedelta(days=1), KYIV) - begun.astimezone(UTC) == timedelta(hours=24)


@pytest.mark.parametrize(
    "options",
    [
        {"period": timedelta(0)},
        {"period": months(1), "trial": timedelta(seconds=-1)},
        {"period": months(1), "notice": timedelta(seconds=-1)},
    ],
)
def test_a_plan_has_a_length(options: dict[str, object]) -> None:
    """Its trial, too."""
    with pytest.raises(MistakeError, match="Plan\\('cars'\\)"):
        Plan("cars", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"period": 30}, "period is 30; give a timedelta or months"),
        ({"period": None}, "period is None; give a timedelta or months"),
        ({"period": months(1), "trial": 7}, "trial is 7; give a timedelta or months"),
    ],
)
def test_a_length_is_no_bare_number(options: dict[str, object], told: str) -> None:
    """It would not say of what."""
    with pytest.raises(MistakeError, match=f"Plan\\('cars'\\): {told}"):
        Plan("cars", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "Cars", "car alerts"])
def test_a_plan_has_a_plain_name(name: str) -> None:
    """It stands in the database."""
    with pytest.raises(MistakeError, match="small letters"):
        Plan(name, period=months(1))


def test_what_is_no_gate_is_told() -> None:
    """Where it is written."""
    with pytest.raises(MistakeError, match="at least one month"):
        months(0)
    with pytest.raises(MistakeError, match="give the chat's name"):
        require_member("")
    with pytest.raises(MistakeError, match="give a Plan"):
        require_plan("cars")  # type: ignore[arg-type]
