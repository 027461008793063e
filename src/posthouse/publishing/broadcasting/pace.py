"""How long a broadcast takes: by what the messenger allows, and by what was measured."""

from collections import deque
from typing import Any, Protocol, runtime_checkable

WINDOW_S = 30.0
"""How far back is looked to measure."""
LEAST_S = 3.0
"""Shorter than this nothing is measured."""


@runtime_checkable
class Even(Protocol):
    """A pacer that lets so much through in a second."""

    @property
    def per_second(self) -> float:
        """Messages of a bot, in all chats together."""


def per_second_of(adapter: Any) -> float | None:
    """Return how many messages a second an adapter lets a bot send; None where it sets no limit."""
    pacer = getattr(adapter, "pacer", None)
    return pacer.per_second if isinstance(pacer, Even) else None


class Measured:
    """How fast something goes on, by how far it was at some moments."""

    def __init__(self, limit: float | None) -> None:
        self.limit = limit
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        """Note how far it is."""
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW_S:  # noqa: PLR2004  two ends
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """What was measured, else the limit, or None."""
        if not self._seen:
            return self.limit
        (begin, before), (end, after) = self._seen[0], self._seen[-1]
        if end - begin < LEAST_S:
            return self.limit
        return (after - before) / (end - begin)

    def left_s(self, left: int) -> float | None:
        """Return how long the rest takes; None where nobody can tell."""
        rate = self.per_second
        return left / rate if rate else None


def lasting(seconds: float | None) -> str:
    """Return a time as people say it, such as "2 h 5 min"."""
    if seconds is None:
        return "?"
    if seconds < 60:  # noqa: PLR2004  a minute
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes else [])])
