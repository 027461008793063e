"""A part of an index that never changes: the rows of some searches, and its dimensions.

How this works: an item leaves the rows that none of the dimensions fails. Those whose dimensions
say all that is asked are found; the conditions of the others are evaluated.
"""

from collections.abc import Mapping, Sequence
from sys import getsizeof
from typing import Any

from posthouse.publishing.searches.bits import bits_of, rows_in
from posthouse.publishing.searches.conditions import AnyOf, Condition, Range, Words
from posthouse.publishing.searches.dimensions import Bounds, Dimension, Values, WordsAsked
from posthouse.publishing.searches.rows import rows_of
from posthouse.publishing.searches.values import Comparable, Facts, comparable

_Edge = tuple[str, bool, bool]
"""A field, whether the bound is the lower one, whether it is a text."""


class Segment:
    """Some searches, ready to be matched."""

    __slots__ = ("_all", "_bounds", "_dimensions", "_entries", "_exact", "_of_row", "searches")

    def __init__(self, entries: Sequence[tuple[int, Condition]]) -> None:
        self._entries = entries
        self.searches = len(entries)
        gathered = _Gathered()
        self._of_row: list[tuple[int, Condition]] = []
        doubtful: list[int] = []
        for entry in entries:
            for row in rows_of(entry[1]):
                place = len(self._of_row)
                self._of_row.append(entry)
                if not gathered.take(place, row.parts) or not row.is_whole:
                    doubtful.append(place)
        size = len(self._of_row)
        self._all = (1 << size) - 1
        self._exact = self._all ^ bits_of(doubtful, size)
        self._dimensions, self._bounds = gathered.dimensions(size)

    def find(self, facts: Facts, current: Mapping[int, Condition]) -> set[int]:
        """Return the searches that an item fits, of those whose condition is still this one."""
        left = self._all
        for dimension in self._dimensions:
            left &= dimension.fits(facts)
            if not left:
                return set()
        exact = 0 if any(each.is_many(facts) for each in self._bounds) else self._exact
        present, of_row = current.get, self._of_row
        sure = [of_row[row] for row in rows_in(left & exact)]
        found = {id for id, condition in sure if present(id) is condition}
        for row in rows_in(left & ~exact):
            id, condition = of_row[row]
            if id not in found and present(id) is condition and condition.holds(facts):
                found.add(id)
        return found

    def entries(self) -> Sequence[tuple[int, Condition]]:
        """Return the searches and their conditions."""
        return self._entries

    @property
    def room(self) -> int:
        """How many bytes it takes, beside the conditions themselves."""
        own = sum(map(getsizeof, (self._entries, self._of_row, self._all, self._exact)))
        return own + sum(dimension.room for dimension in self._dimensions)


class _Gathered:
    """What the rows of a segment ask for, by dimension."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Comparable, list[int]]] = {}
        self._asking: dict[str, list[int]] = {}
        self._edges: dict[_Edge, dict[int, Any]] = {}
        self._words: dict[tuple[str, ...], dict[int, Words]] = {}

    def take(self, row: int, parts: Sequence[AnyOf | Range | Words]) -> bool:
        """Note what a row asks for; return whether that is all that its parts say."""
        is_whole = True
        for part in parts:
            if isinstance(part, AnyOf):
                is_whole &= self._take_values(row, part)
            elif isinstance(part, Range):
                is_whole &= self._take_range(row, part)
            elif part.all or part.any:
                is_whole &= self._take_words(row, part)
        return is_whole

    def _take_values(self, row: int, part: AnyOf) -> bool:
        asking = self._asking.setdefault(part.field, [])
        if asking and asking[-1] == row:
            return False
        asking.append(row)
        rows = self._values.setdefault(part.field, {})
        for value in {comparable(each) for each in part.values}:
            rows.setdefault(value, []).append(row)
        return True

    def _take_range(self, row: int, part: Range) -> bool:
        is_new = True
        for given, is_low in ((part.low, True), (part.high, False)):
            if given is None:
                continue
            bound: Any = comparable(given)
            edge = self._edges.setdefault((part.field, is_low, isinstance(bound, str)), {})
            if row in edge:
                is_new = False
                bound = max(bound, edge[row]) if is_low else min(bound, edge[row])
            edge[row] = bound
        return is_new

    def _take_words(self, row: int, part: Words) -> bool:
        asked = self._words.setdefault(part.fields, {})
        if row in asked:
            return False
        asked[row] = part
        if part.all:
            return not part.any and len(part.all) == 1 and " " not in part.all[0]
        return not any(" " in phrase for phrase in part.any)

    def dimensions(self, size: int) -> tuple[list[Dimension], list[Bounds]]:
        """Return the dimensions, and those among them that are bounds."""
        everyone = (1 << size) - 1
        bounds = [
            Bounds(field, edge, is_low=is_low, is_text=is_text,
                   free=everyone ^ bits_of(edge, size), size=size)
            for (field, is_low, is_text), edge in self._edges.items()
        ]  # fmt: skip
        found: list[Dimension] = [
            Values(field, rows, free=everyone ^ bits_of(self._asking[field], size), size=size)
            for field, rows in self._values.items()
        ]
        found += [
            WordsAsked(fields, asked, free=everyone ^ bits_of(asked, size), size=size)
            for fields, asked in self._words.items()
        ]
        return [*found, *bounds], bounds
