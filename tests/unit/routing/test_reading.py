"""posthouse.routing.reading: one word as a value of a type."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal, NewType

import pytest
from hypothesis import given, strategies as st

from posthouse.routing.reading import READERS, reader_of


class Region(Enum):
    NORTH = "North"
    SOUTH = "South Side"


class Odd(Enum):
    A = "B"
    B = "A"


class Size(IntEnum):
    SMALL = 1


Many = Enum("Many", ["A", "B", "C", "D", "E", "F"])


class Shape(Enum):
    ROUND = (1, 1)


Number = NewType("Number", int)


def read(kind: Any, word: str) -> Any:
    """Read a word as a type."""
    reader = reader_of(kind)
    assert reader is not None
    return reader.read(word)


@pytest.mark.parametrize(
    ("kind", "word", "value"),
    [
        (str, "tea", "tea"),
        (int, "-12", -12),
        (int, "+3", 3),
        (Number, "7", 7),
        (float, "2", 2.0),
        (float, "-.5", -0.5),
        (float, "1e3", 1000.0),
        (Decimal, "2.50", Decimal("2.50")),
        (bool, "Yes", True),
        (bool, "on", True),
        (bool, "1", True),
        (bool, "OFF", False),
        (bool, "false", False),
        (timedelta, "10s", timedelta(seconds=10)),
        (timedelta, "1h30m", timedelta(minutes=90)),
        (timedelta, "1.5H", timedelta(minutes=90)),
        (timedelta, "2d", timedelta(days=2)),
        (timedelta, "1w", timedelta(weeks=1)),
        (timedelta, "PT1H30M", timedelta(minutes=90)),
        (timedelta, "P1W", timedelta(weeks=1)),
        (timedelta, "p2dt0.5s", timedelta(days=2, seconds=0.5)),
        (datetime, "2031-05-17", datetime(2031, 5, 17, tzinfo=UTC)),
        (datetime, "2031-05-17T16:30", datetime(2031, 5, 17, 16, 30, tzinfo=UTC)),
        (datetime, "2031-05-17 16:30+02:00", datetime(2031, 5, 17, 14, 30, tzinfo=UTC)),
        (datetime, "2031-05-17T16:30Z", datetime(2031, 5, 17, 16, 30, tzinfo=UTC)),
        (Region, "North", Region.NORTH),
        (Region, "SOUTH", Region.SOUTH),
        (Region, "south side", Region.SOUTH),
        (Odd, "A", Odd.B),
        (Odd, "a", Odd.B),
        (Size, "1", Size.SMALL),
        (Size, "small", Size.SMALL),
        (Shape, "round", Shape.ROUND),
        (Literal["up", "down"], "UP", "up"),
        (Literal[1, 2], "2", 2),
    ],
)
def test_a_word_that_fits_is_read(kind: Any, word: str, value: Any) -> None:
    """Each type reads the ways in which people write it."""
    assert read(kind, word) == value


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (int, "1.0"),
        (int, "1_000"),
        (int, "٣"),
        (int, "9" * 301),
        (int, ""),
        (float, "nan"),
        (float, "inf"),
        (float, "1e999"),
        (float, "1,5"),
        (float, "."),
        (Decimal, "NaN"),
        (Decimal, "1e9"),
        (bool, "maybe"),
        (timedelta, "10"),
        (timedelta, "-10s"),
        (timedelta, "1m1m"),
        (timedelta, "999999999999w"),
        (timedelta, "P999999999999W"),
        (timedelta, "P"),
        (timedelta, "PT"),
        (timedelta, "P1DT"),
        (timedelta, "٣s"),
        (datetime, "tomorrow"),
        (datetime, "\uff12031-05-17"),
        (datetime, "0001-01-01T00:00+23:00"),
        (Region, "West"),
        (Literal["up"], "down"),
    ],
)
def test_a_word_that_does_not_fit_is_refused(kind: Any, word: str) -> None:
    """Readers are strict: no other digits, no separators, nothing infinite, no bare durations."""
    with pytest.raises(ValueError, match=r".*"):
        read(kind, word)


@pytest.mark.parametrize("kind", [object, list[int], None, "int"])
def test_other_types_have_no_reader(kind: Any) -> None:
    """Whoever asks makes an error of it."""
    assert reader_of(kind) is None


def test_choices_name_themselves_until_they_are_many() -> None:
    """The usage line spells out five choices, then the type's name."""
    few, more = reader_of(Region), reader_of(Many)
    assert few is not None
    assert more is not None
    assert (few.label, few.expected, few.example) == (
        "North|South Side",
        "one of North, South Side",
        "North",
    )
    assert more.label == "many"
    assert reader_of(Literal["two words"]).example == '"two words"'  # type: ignore[union-attr]  # known to exist


@pytest.mark.parametrize("kind", list(READERS))
def test_every_example_can_be_read(kind: Any) -> None:
    """The example in an answer is never wrong itself."""
    reader = READERS[kind]
    reader.read(reader.example)


@given(st.integers(min_value=-(10**299), max_value=10**299))
def test_integers_come_back(value: int) -> None:
    """What Python writes is read."""
    assert read(int, str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back(value: float) -> None:
    """What Python writes is read."""
    assert read(float, str(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_come_back(value: Decimal) -> None:
    """Written without an exponent, a Decimal is read exactly."""
    assert read(Decimal, f"{value:f}") == value


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001  zones are drawn beside it
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_moments_come_back_in_utc(moment: datetime) -> None:
    """ISO 8601 is read whatever its zone."""
    found = read(datetime, moment.isoformat())
    assert found == moment
    assert found.tzinfo is UTC


@given(st.integers(0, 10**6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_durations_come_back(days: int, hours: int, minutes: int, seconds: int) -> None:
    """Both ways of writing a duration mean the same."""
    value = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert read(timedelta, f"{days}d{hours}h{minutes}m{seconds}s") == value
    assert read(timedelta, f"P{days}DT{hours}H{minutes}M{seconds}S") == value
