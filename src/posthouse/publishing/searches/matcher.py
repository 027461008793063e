"""Matcher: which of many saved searches an item fits.

How this works: searches lie in a few segments that never change. A search that was added or changed
since stands aside, and its condition is evaluated as it is; `compact` makes a segment of those, in
any thread, and joins small segments into larger ones. What was changed or removed stays in its old
segment until then, and counts no more: a search counts with its present condition alone.
"""

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Final

from posthouse.publishing.searches.conditions import Condition
from posthouse.publishing.searches.segment import Segment
from posthouse.publishing.searches.values import Facts

MOST_ASIDE: Final = 256
"""Searches that may stand aside before it pays to compact."""


class Matcher:
    """Finds the searches that an item fits.

    `add`, `remove` and `match` belong to one thread; `compact` may run in another one meanwhile.
    """

    def __init__(self, searches: Iterable[tuple[int, Condition]] = ()) -> None:
        self._current: dict[int, Condition] = dict(searches)
        self._aside: dict[int, Condition] = dict(self._current)
        self._segments: tuple[Segment, ...] = ()
        self._swapping = Lock()
        self._compacting = Lock()

    def __len__(self) -> int:
        return len(self._current)

    def __contains__(self, id: int) -> bool:
        return id in self._current

    def __repr__(self) -> str:
        return f"<Matcher of {len(self)} searches>"

    def add(self, id: int, condition: Condition) -> None:
        """Take a search, or its changed condition."""
        with self._swapping:
            self._current[id] = condition
            self._aside[id] = condition

    def remove(self, id: int) -> None:
        """Forget a search; one that is not known is no mistake."""
        with self._swapping:
            self._current.pop(id, None)
            self._aside.pop(id, None)

    def match(self, item: Mapping[str, Any] | Facts) -> list[int]:
        """Return the ids of the searches that an item fits, sorted."""
        facts = item if isinstance(item, Facts) else Facts(item)
        with self._swapping:
            segments, aside = self._segments, self._aside
        found = {id for id, condition in aside.items() if condition.holds(facts)}
        for segment in segments:
            found |= segment.find(facts, self._current)
        return sorted(found)

    def _is_current(self, id: int, condition: Condition) -> bool:
        return self._current.get(id) is condition

    @property
    def is_due(self) -> bool:
        """Whether it pays to compact."""
        return len(self._aside) > MOST_ASIDE or self._stale() > max(MOST_ASIDE, len(self))

    def _stale(self) -> int:
        return sum(each.searches for each in self._segments) + len(self._aside) - len(self)

    def compact(self) -> None:
        """Take what stands aside into a segment, and leave out what counts no more."""
        with self._compacting:
            with self._swapping:
                segments, aside = self._segments, dict(self._aside)
                is_stale = self._stale() > len(self)
            entries = dict(aside)
            kept = list(segments)
            # Joining what is no more than twice as large keeps the segments few.
            while kept and (is_stale or kept[-1].searches <= 2 * len(entries)):
                last = kept.pop()
                entries |= dict(pair for pair in last.entries() if self._is_current(*pair))
            if entries:
                kept.append(Segment(list(entries.items())))
            with self._swapping:
                self._segments = tuple(kept)
                self._aside = {
                    id: condition
                    for id, condition in self._aside.items()
                    if aside.get(id) is not condition
                }

    @property
    def room(self) -> int:
        """How many bytes the segments take, beside the conditions themselves."""
        return sum(segment.room for segment in self._segments)
