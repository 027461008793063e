"""How far a broadcast is: its receipts, counted by what a person wants to know."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from posthouse.publishing.broadcasting.rows import WENT
from posthouse.publishing.rows import UNDONE

_FAILED = ("rejected", "expired")


class Tally(Struct, frozen=True, kw_only=True):
    """How the recipients of a broadcast stand."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    """Of these nobody knows whether they got it; it is not sent to them again."""
    stopped: int = 0
    """Not sent any more, or taken back."""
    left: int = 0

    @property
    def total(self) -> int:
        """To how many it goes, as far as is planned."""
        return self.done + self.left

    @property
    def done(self) -> int:
        """How many are over, whichever way."""
        return self.sent + self.failed + self.unknown + self.stopped


def tally(rows: Iterable[Any]) -> Tally:
    """Return how recipients stand, of rows of a state and how many."""
    counts = {"sent": 0, "failed": 0, "unknown": 0, "stopped": 0, "left": 0}
    for state, count in rows:
        counts[_name(state)] += count
    return Tally(**counts)


def tallies(rows: Iterable[Any]) -> dict[int, Tally]:
    """Return how several broadcasts stand, of rows of the number, a state and how many."""
    by: dict[int, list[tuple[str, int]]] = {}
    for id, state, count in rows:
        by.setdefault(id, []).append((state, count))
    return {id: tally(found) for id, found in by.items()}


def _name(state: str) -> str:
    if state in WENT:
        return "sent"
    if state in _FAILED:
        return "failed"
    if state in UNDONE:
        return "left"
    return "unknown" if state == "unknown" else "stopped"
