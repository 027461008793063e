"""`match`: one ad against a hundred thousand saved searches.

Budget: less than 5 ms for an ad, and 20 times the speed of evaluating each search in plain Python.
The second peer is one indexed SQL query, whose findings are evaluated where SQL has no words. All
three must find the same searches.
"""

import random
import sqlite3
import tracemalloc
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.rounds import Failed, Result, ratio
from posthouse.publishing.searches.conditions import EVERYTHING, Condition, every
from posthouse.publishing.searches.matcher import Matcher
from posthouse.publishing.searches.values import Facts
from posthouse.publishing.searches.where import where

SEARCHES = 100_000
ITEMS = 500
SLOW_ITEMS = 5
"""Items that the peers get in a round: each takes them long."""
MIB = 1024 * 1024
REGIONS = tuple(f"Region {n}" for n in range(25))
CARS = tuple(f"make{n} model{m}" for n in range(30) for m in range(8))
WORDS = ("diesel", "petrol", "automatic", "manual", "leather", "crashed", "new", "winter", "tow")


class Search:
    """A saved search as one would have it."""

    def __init__(self, id: int, chance: random.Random) -> None:
        self.id = id
        self.low = chance.randrange(0, 20_000, 500) if chance.random() < 0.7 else None
        self.high = (self.low or 0) + chance.randrange(500, 5000, 250)
        self.regions = tuple(chance.sample(REGIONS, k=chance.randrange(1, 5)))
        if chance.random() < 0.2:
            self.regions = ()
        parts: list[Condition] = []
        if chance.random() < 0.4:
            parts.append(where("car").has(chance.choice(CARS)))
        if chance.random() < 0.2:
            parts.append(where("car", "description").has(chance.choice(WORDS)))
        if chance.random() < 0.1:
            parts.append(~where("description").has_any("crashed leather"))
        if chance.random() < 0.05:
            parts.append((where("year") >= 2015) | where("description").has("new"))
        self.rest = every(*parts)

    @property
    def condition(self) -> Condition:
        """What it asks for."""
        region = where("town.region").one_of(*self.regions) if self.regions else EVERYTHING
        return every(where("price").between(self.low, self.high), region, self.rest)


def ad(chance: random.Random) -> dict[str, Any]:
    """Return an item."""
    words = " ".join(chance.choices(WORDS, k=6)) + " good car for a good price " * 4
    return {
        "price": chance.randrange(100, 25_000),
        "year": chance.randrange(1990, 2026),
        "town": {"id": "1", "name": "Town", "region": chance.choice(REGIONS)},
        "car": chance.choice(CARS),
        "description": words,
    }


def measure(*, rounds: int, searches: int = SEARCHES, peers: bool = True) -> Result:
    """Measure all in the same rounds, on the same items."""
    chance = random.Random(7)
    made = [Search(id, chance) for id in range(1, searches + 1)]
    tracemalloc.start()
    conditions = {search.id: search.condition for search in made}
    kept_bytes = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    began = perf_counter()
    matcher = Matcher(conditions.items())
    matcher.compact()
    build_s = perf_counter() - began
    each = {"each in Python": lambda item: evaluated(conditions, item)}
    others: dict[str, Callable[[dict[str, Any]], list[int]]] = {**each, "SQL": Queried(made).match}
    spent: dict[str, list[float]] = {"ours": [], **{name: [] for name in others if peers}}
    found: list[int] = []
    for _ in range(rounds):
        items = [ad(chance) for _ in range(ITEMS)]
        for number, item in enumerate(items):
            ours = _timed(matcher.match, item, spent["ours"])
            found.append(len(ours))
            for name in others if peers and number < SLOW_ITEMS else ():
                if _timed(others[name], item, spent[name]) != ours:
                    raise Failed(f"match: {name} finds other searches than the index")
    rates = {name: round(1 / median(times), 2) for name, times in spent.items()}
    ours_rate = rates.pop("ours")
    slowest = sorted(spent["ours"])
    return Result(
        name="match",
        unit="items/s",
        ours=ours_rate,
        peers=rates,
        ratio_to_best_peer=ratio(ours_rate, max(rates.values(), default=None)),
        p99_ms=round(slowest[int(len(slowest) * 0.99)] * 1e3, 3),
        details={
            "ours": {
                "p50_ms": round(median(slowest) * 1e3, 3),
                "worst_ms": round(slowest[-1] * 1e3, 3),
                "found": median(found),
                "build_s": round(build_s, 2),
                "index_mib": round(matcher.room / MIB, 1),
                "conditions_mib": round(kept_bytes / MIB, 1),
            }
        },
    )


def _timed(call: Callable[[Any], list[int]], item: Any, times: list[float]) -> list[int]:
    began = perf_counter()
    found = call(item)
    times.append(perf_counter() - began)
    return found


def evaluated(conditions: dict[int, Condition], item: dict[str, Any]) -> list[int]:
    """Return the searches that fit, by looking at each."""
    facts = Facts(item)
    return [id for id, condition in conditions.items() if condition.holds(facts)]


class Queried:
    """The same searches in tables, asked with one query."""

    def __init__(self, searches: Sequence[Search]) -> None:
        self._rest = {each.id: each.rest for each in searches if each.rest != EVERYTHING}
        self._sql = sqlite3.connect(":memory:")
        self._sql.executescript(
            "CREATE TABLE wanted (region TEXT, low INT, high INT, search INT,"
            " PRIMARY KEY (region, low, high, search)) WITHOUT ROWID;"
        )
        rows = [(region, each.low or 0, each.high, each.id)
                for each in searches for region in each.regions or ("",)]  # fmt: skip
        self._sql.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", rows)
        self._sql.execute("ANALYZE")

    def match(self, item: dict[str, Any]) -> list[int]:
        """Return the searches that fit."""
        price = item["price"]
        found = self._sql.execute(
            "SELECT search FROM wanted WHERE region IN (?, '') AND low <= ? AND high >= ?"
            " ORDER BY search",
            (item["town"]["region"], price, price),
        )
        facts, rest = Facts(item), self._rest
        return [id for (id,) in found if id not in rest or rest[id].holds(facts)]
