"""Dimensions of an index: for one thing that rows ask of items, which rows an item does not fail.

A row that asks nothing of a dimension is never failed by it; those rows are its `free` ones.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from sys import getsizeof
from typing import Any, Final, Protocol

from posthouse.publishing.searches.bits import Posting, bits_of, posting_of, room_of, union
from posthouse.publishing.searches.conditions import Words
from posthouse.publishing.searches.values import Comparable, Facts

_STEP: Final = 256
"""Bounds between two sets of rows that are kept ready."""


class Dimension(Protocol):
    """One thing that rows ask of items."""

    def fits(self, facts: Facts) -> int:
        """Return the rows that an item does not fail, as bits."""

    @property
    def room(self) -> int:
        """How many bytes it takes."""


class Values:
    """Rows by the values that a field may have."""

    __slots__ = ("_field", "_free", "_postings", "_size")

    def __init__(self, field: str, asked: dict[Comparable, list[int]], *, free: int, size: int):
        self._field, self._free, self._size = field, free, size
        self._postings: dict[Comparable, Posting] = {
            value: posting_of(rows, size) for value, rows in asked.items()
        }

    def fits(self, facts: Facts) -> int:
        """Return the rows that want one of the item's values, and the free ones."""
        known = self._postings
        found = (known[key] for key in facts.at(self._field).keys if key in known)
        return self._free | union(found, self._size)

    @property
    def room(self) -> int:
        """How many bytes it takes."""
        return getsizeof(self._postings) + getsizeof(self._free) + room_of(self._postings.values())


class WordsAsked:
    """Rows by one word each that the texts of some fields must have."""

    __slots__ = ("_fields", "_free", "_postings", "_size")

    def __init__(
        self, fields: tuple[str, ...], asked: dict[int, Words], *, free: int, size: int
    ) -> None:
        self._fields, self._free, self._size = fields, free, size
        often = Counter(word for part in asked.values() for word in _words(part))
        rows: dict[str, list[int]] = {}
        for row, part in asked.items():
            for word in keys_of(part, often):
                rows.setdefault(word, []).append(row)
        self._postings: dict[str, Posting] = {
            word: posting_of(some, size) for word, some in rows.items()
        }

    def fits(self, facts: Facts) -> int:
        """Return the rows whose word the item has, and the free ones."""
        known = self._postings
        found = (known[word] for word in facts.words(self._fields).words if word in known)
        return self._free | union(found, self._size)

    @property
    def room(self) -> int:
        """How many bytes it takes."""
        return getsizeof(self._postings) + getsizeof(self._free) + room_of(self._postings.values())


def _words(part: Words) -> list[str]:
    return [word for phrase in (*part.all, *part.any) for word in phrase.split(" ")]


def keys_of(part: Words, often: Counter[str]) -> set[str]:
    """Return the words under which a row is kept: the rarest that it needs, or one of each."""
    if part.all:
        return {min(_words(Words(all=part.all)), key=often.__getitem__)}
    return {min(phrase.split(" "), key=often.__getitem__) for phrase in part.any}


class Bounds:
    """Rows by a lower or an upper bound of a field."""

    __slots__ = ("_bounds", "_field", "_free", "_is_low", "_is_text", "_ready", "_rows", "_size")

    def __init__(
        self,
        field: str,
        asked: dict[int, Any],
        *,
        is_low: bool,
        is_text: bool,
        free: int,
        size: int,
    ) -> None:
        self._field, self._free, self._size = field, free, size
        self._is_low, self._is_text = is_low, is_text
        pairs = sorted(asked.items(), key=lambda pair: pair[1])
        self._bounds: Sequence[Any] = [bound for _, bound in pairs]
        self._rows = [row for row, _ in pairs]
        self._ready: list[int] = [0]
        held = bytearray(size // 8 + 1)
        for n, row in enumerate(self._rows, 1):
            held[row >> 3] |= 1 << (row & 7)
            if n % _STEP == 0 or n == len(self._rows):
                self._ready.append(int.from_bytes(held, "little"))

    def fits(self, facts: Facts) -> int:
        """Return the rows whose bound the item keeps, and the free ones."""
        leaves = facts.at(self._field)
        found: Sequence[Any] = leaves.texts if self._is_text else leaves.numbers
        if not found:
            return self._free
        if self._is_low:
            return self._free | self._first(bisect_right(self._bounds, max(found)))
        return self._free | (self._ready[-1] ^ self._first(bisect_left(self._bounds, min(found))))

    def _first(self, count: int) -> int:
        """Return the rows with the first so many bounds."""
        if count == len(self._rows):
            return self._ready[-1]
        full = count // _STEP
        return self._ready[full] | bits_of(self._rows[full * _STEP : count], self._size)

    def is_many(self, facts: Facts) -> bool:
        """Whether an item has several values here: no single one may keep both bounds."""
        leaves = facts.at(self._field)
        return len(leaves.texts if self._is_text else leaves.numbers) > 1

    @property
    def room(self) -> int:
        """How many bytes it takes."""
        lists = getsizeof(self._bounds) + getsizeof(self._rows) + getsizeof(self._free)
        return lists + room_of(self._ready)
