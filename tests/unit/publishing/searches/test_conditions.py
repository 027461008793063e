"""What conditions mean: values, ranges, words, and what is refused when one is written."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from posthouse.errors import MistakeError
from posthouse.model.values import Money, Place
from posthouse.publishing.searches.conditions import (
    EVERYTHING,
    All,
    Condition,
    Either,
    Not,
    decode_condition,
    evaluate,
    every,
)
from posthouse.publishing.searches.values import plain_item
from posthouse.publishing.searches.where import where
from posthouse.publishing.searches.words import words_in


class Colour(Enum):
    RED = "red"
    TWO = 2


@dataclass
class Seller:
    name: str


class Thing(Struct):
    price: Decimal
    sum: Money
    town: Place
    colour: Colour
    day: date
    at: datetime
    open: time
    took: timedelta
    weight: float
    new: bool
    tags: tuple[str, ...]
    sellers: list[Seller]
    huge: int = 2**80
    nothing: None = None


KYIV = ZoneInfo("Europe/Kyiv")
THING = Thing(
    price=Decimal("12.50"),
    sum=Money(amount=Decimal("99.90"), currency="UAH"),
    town=Place(id="7", name="Bucha", region="Kyiv region"),
    colour=Colour.RED,
    day=date(2026, 5, 4),
    at=datetime(2026, 5, 4, 3, 0, tzinfo=KYIV),
    open=time(9, 30),
    took=timedelta(minutes=1, milliseconds=500),
    weight=0.1,
    new=True,
    tags=("one", "Two"),
    sellers=[Seller("Ann"), Seller("Bob")],
)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (where("price") >= Decimal("12.5"), True),
        (where("price") >= 12, True),
        (where("price") <= Decimal("12.49"), False),
        (where("price").between(None, 13), True),
        (where("price") == Decimal("12.500"), True),
        (where("price") != 12, True),
        (where("price").one_of(1, "12.50"), True),
        (where("sum") >= Money(amount=Decimal(99), currency="UAH"), True),
        (where("sum") >= Money(amount=Decimal(99), currency="USD"), False),
        (where("sum") == Money(amount=Decimal("99.9"), currency="UAH"), True),
        (where("sum").one_of(Money(amount=Decimal(1), currency="UAH"), 99), False),
        (where("sum") <= 100, True),
        (where("town.region") == "Kyiv region", True),
        (where("town") == Place(id="7", name="renamed since", region="elsewhere"), True),
        (where("colour").one_of(Colour.RED, Colour.TWO), True),
        (where("colour") == Colour.TWO, False),
        (where("day").between(date(2026, 5, 4), date(2026, 5, 4)), True),
        (where("day") >= date(2026, 5, 5), False),
        (where("at") <= datetime(2026, 5, 4, 0, 0, tzinfo=UTC), True),
        (where("at") <= datetime(2026, 5, 3, 23, 59, tzinfo=UTC), False),
        (where("open") >= time(9), True),
        (where("took") >= timedelta(seconds=60), True),
        (where("took") >= timedelta(seconds=61), False),
        (where("weight") == 0.1, True),
        (where("weight") == Decimal("0.1"), True),
        (where("new") == True, True),  # noqa: E712  a condition, no test
        (where("new") == 1, False),
        (where("huge") == 2**80, True),
        (where("huge") >= 2**80 + 1, False),
        (where("tags") == "Two", True),
        (where("tags") == "two", False),
        (where("sellers.name") == "Bob", True),
        (where("nothing") >= 0, False),
        (where("missing.deep") == "x", False),
        (~(where("missing") == "x"), True),
        (where("town").one_of(), False),
        (where("sellers.name").has("bob"), True),
        (where("tags", "sellers").has("two ann"), True),
        (where("tags").has_any("three two"), True),
        (where().has_phrase("kyiv Region"), True),
        (where().has_phrase("region kyiv"), False),
        (EVERYTHING, True),
        (Either(()), False),
        ((where("new") == False) | (where("price") >= 5), True),  # noqa: E712  a condition
        ((where("price") >= 5) & ~(where("tags") == "one"), False),
    ],
)
def test_what_a_condition_means(condition: Condition, fits: bool) -> None:
    """A typed item, as plain data, fits or does not."""
    assert evaluate(condition, plain_item(THING)) is fits


def test_both_ends_of_a_range_are_kept_by_one_value() -> None:
    """Two values on either side of it are not in it."""
    assert not evaluate(where("n").between(4, 6), {"n": [3, 7]})
    assert evaluate((where("n") >= 4) & (where("n") <= 6), {"n": [3, 7]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Red-CAR, it's  new!", ["red", "car", "its", "new"]),
        ("Опель Астра, Київ", ["опель", "астра", "киів"]),
        ("naïve_CAFÉ 4x4", ["naive", "cafe", "4x4"]),
        ("大众汽车 VW", ["大", "众", "汽", "车", "vw"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("... –", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    """They are folded; a script without blanks counts by its characters."""
    assert words_in(text) == words


def test_a_word_without_blanks_is_found_within_others() -> None:
    """Its characters have to stand one after the other."""
    assert evaluate(where("t").has("汽车"), {"t": "大众汽车"})
    assert not evaluate(where("t").has("车汽"), {"t": "大众汽车"})


def test_conditions_are_combined_flatly() -> None:
    """Several parts of one kind stand side by side, and two negations are none."""
    a, b, c = (where(name) == 1 for name in "abc")
    assert a & b & c == All((a, b, c)) == every(a, All((b, c)))
    assert a | b | c == Either((a, b, c))
    assert ~a == Not(a)
    assert ~~a == a


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda: where("a", "b") >= 1, "name one field"),
        (lambda: where("a").between(None, None), "at least one"),
        (lambda: where("a").between(1, "b"), "give numbers, or dates or texts"),
        (lambda: where("a") >= True, "give numbers"),
        (lambda: where("a") >= float("inf"), "no number to compare"),
        (lambda: where("a") == [1], "compares numbers, texts"),
        (lambda: where("a").has(" ... "), "no word to look for"),
        (lambda: where("a") > 5, r"where\(...\) > 5 cannot be asked; write >= or <="),
        (lambda: where("a") < 5, r"where\(...\) < 5 cannot be asked; write <= or >="),
        (lambda: where("a").between(Money(amount=Decimal(1), currency="USD"), 5), "one currency"),
    ],
)
def test_what_cannot_be_asked_is_told(write: Any, told: str) -> None:
    """At the line that writes it."""
    with pytest.raises(MistakeError, match=told):
        write()


@pytest.mark.parametrize(
    "write",
    [
        lambda: 1 <= where("price") <= 5,
        lambda: where("price") >= 1 and where("price") <= 5,
        lambda: where("price") == 1 or where("price") == 5,
        lambda: not where("name").has("red"),
        lambda: bool(EVERYTHING),
    ],
)
def test_a_condition_is_neither_true_nor_false(write: Any) -> None:
    """What Python would take for a truth, and drop a part of, is told."""
    with pytest.raises(MistakeError, match=r"combine conditions with &, \| and ~"):
        write()


def test_bytes_that_are_no_condition_are_refused() -> None:
    """They raise ValueError."""
    with pytest.raises(ValueError, match="is"):
        decode_condition(b"\x81\xa2is\xa3foo")
