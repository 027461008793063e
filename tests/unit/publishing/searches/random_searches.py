"""Items and conditions by chance, of everything that conditions are made of."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from posthouse.publishing.searches.conditions import All, Condition, Either, Not, Range, Words
from posthouse.publishing.searches.where import where

REGIONS = tuple(f"region {n}" for n in range(12))
WORDS = ("red", "car", "diesel", "Crashed", "Київ", "café", "汽车", "new", "wheel")


def item(chance: Random) -> dict[str, Any]:
    """Return an item; now and then it lacks fields, or has several values."""
    made: dict[str, Any] = {
        "price": chance.choice([chance.randrange(50), f"{chance.randrange(50)}.5", None]),
        "town": {"id": str(chance.randrange(20)), "region": chance.choice(REGIONS)},
        "year": [chance.randrange(20) for _ in range(chance.choice([0, 1, 1, 3]))],
        "day": (date(2026, 1, 1) + timedelta(days=chance.randrange(30))).isoformat(),
        "new": chance.random() < 0.5,
        "car": " ".join(chance.choices(WORDS, k=chance.randrange(5))),
        "about": {"text": ", ".join(chance.choices(WORDS, k=4))},
        "tags": chance.sample(WORDS, k=chance.randrange(3)),
    }
    for name in list(made):
        if chance.random() < 0.05:
            del made[name]
    return made


def leaf(chance: Random) -> Condition:
    """Return a condition that is made of no others."""
    low, high = sorted((chance.randrange(-5, 50), chance.randrange(55)))
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(30))
    some = " ".join(chance.choices(WORDS, k=chance.randrange(1, 3)))
    makers: list[Callable[[], Condition]] = [
        lambda: where("price").between(low, chance.choice([None, high])),
        lambda: where("price") <= Decimal(high) / 2,
        lambda: where("year").between(low // 3, high // 3),
        lambda: where("day") >= day,
        lambda: where("new") == chance.choice([True, False, 1]),
        lambda: where("town.region").one_of(*chance.sample(REGIONS, k=chance.randrange(4))),
        lambda: where("tags").one_of(*chance.sample(WORDS, k=2)),
        lambda: where("car", "about").has(some),
        lambda: where("car").has_any(some),
        lambda: where().has_phrase(some),
        lambda: Words(("car",), all=("red",), any=("car", "diesel")),
        lambda: Range("price"),
        Words,
    ]  # fmt: skip
    return chance.choice(makers)()


def condition(chance: Random, depth: int = 3) -> Condition:
    """Return a condition."""
    sort = chance.random()
    if depth == 0 or sort < 0.35:
        return leaf(chance)
    parts = tuple(condition(chance, depth - 1) for _ in range(chance.randrange(4)))
    if sort < 0.75:
        return All(parts)
    return Either(parts) if sort < 0.9 else Not(condition(chance, depth - 1))
