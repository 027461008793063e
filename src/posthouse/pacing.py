"""Rates: how often something may happen in a scope, and how long to wait until it may again.

How this works: a `Rate` allows a number of events in every stretch of its period, looking back at
the moments of the last ones, so that a burst after a pause is as allowed as an even flow, and no
stretch ever holds more. A `Pacing` asks several scopes at once (a bot, a chat) and takes from all
or none. While somebody's answer waits for a scope, bulk keeps out of it, so the next free place is
the answer's. Bulk that must wait is given different moments, so that not all of it comes back at
once.
"""

from collections import deque
from collections.abc import Hashable, Sequence

from msgspec import Struct

SWEEP_EVERY = 1024
"""After so many takes, scopes that nothing remembers are forgotten."""


YIELD_S = 0.02
"""How long bulk lets an answer that may go at last go first."""


_NOTHING_S = 1e-9
"""What sums of fractions may be wrong by."""


class Rate(Struct, frozen=True):
    """At most `count` events within any `per_s` seconds."""

    count: int
    per_s: float


class _Scope:
    """The last events of one scope."""

    __slots__ = ("awaited_s", "booked_s", "frozen_s", "moments", "rate")

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.moments: deque[float] = deque()
        self.frozen_s = 0.0
        self.booked_s = 0.0
        """Until when bulk is waiting."""
        self.awaited_s = float("-inf")
        """When the answer that waits longest may go."""

    def wait_s(self, now: float, cost: int, *, hurry: bool) -> float:
        """Return how long `cost` events must wait; more than the rate allows wait for all of it."""
        if self.frozen_s > now:
            return self.frozen_s - now
        rate, moments = self.rate, self.moments
        while moments and moments[0] <= now - rate.per_s + _NOTHING_S:
            moments.popleft()
        over = len(moments) + min(cost, rate.count) - rate.count
        wait = moments[over - 1] + rate.per_s - now if over > 0 else 0.0
        if hurry:
            if wait > 0:
                self.awaited_s = max(self.awaited_s, now + wait)
            return wait
        # A moment more, so that the answer that waits comes first.
        return max(wait, self.awaited_s + YIELD_S - now) if self.awaited_s + YIELD_S > now else wait

    def take(self, now: float, cost: int) -> None:
        self.moments.extend([now] * min(cost, self.rate.count))

    def is_idle(self, now: float) -> bool:
        return self.frozen_s <= now and (
            not self.moments or self.moments[-1] <= now - self.rate.per_s
        )


class Pacing:
    """Events in scopes, each with a rate of its own."""

    def __init__(self) -> None:
        self._scopes: dict[Hashable, _Scope] = {}
        self._takes = 0

    def wait_s(
        self,
        now: float,
        scopes: Sequence[tuple[Hashable, Rate]],
        *,
        cost: int = 1,
        hurry: bool = True,
    ) -> float:
        """Return 0 and count the events in all scopes, or the wait in seconds and count nothing.

        Args:
            now: Monotonic seconds.
            scopes: Every scope the events fall into, with its rate.
            cost: How many events, such as the messages of an album.
            hurry: Somebody waits for it; otherwise a share of every rate stays free for those.
        """
        found = [self._scope(key, rate) for key, rate in scopes]
        waits = [scope.wait_s(now, cost, hurry=hurry) for scope in found]
        wait = max(waits, default=0.0)
        if wait > 0:
            return wait if hurry else _booked(now, wait, found[waits.index(wait)], cost)
        for scope in found:
            scope.take(now, cost)
        self._takes += 1
        if self._takes % SWEEP_EVERY == 0:
            self.sweep(now)
        return 0.0

    def freeze(self, now: float, key: Hashable, rate: Rate, wait_s: float) -> None:
        """Let nothing happen in a scope for a while."""
        scope = self._scope(key, rate)
        scope.frozen_s = max(scope.frozen_s, now + wait_s)

    def frozen_s(self, now: float, key: Hashable) -> float:
        """Return how long a scope stays frozen, in seconds; 0 when it is not."""
        scope = self._scopes.get(key)
        return max(scope.frozen_s - now, 0.0) if scope is not None else 0.0

    def sweep(self, now: float) -> None:
        """Forget scopes in which nothing happened for the length of their period."""
        for key in [key for key, scope in self._scopes.items() if scope.is_idle(now)]:
            del self._scopes[key]

    def __len__(self) -> int:
        return len(self._scopes)

    def _scope(self, key: Hashable, rate: Rate) -> _Scope:
        scope = self._scopes.get(key)
        if scope is None or scope.rate is not rate:
            kept, scope = scope, _Scope(rate)
            if kept is not None:  # the settings changed: what happened stays counted
                scope.moments, scope.frozen_s = kept.moments, kept.frozen_s
            self._scopes[key] = scope
        return scope


def _booked(now: float, wait: float, scope: _Scope, cost: int) -> float:
    """Return a moment behind the others that wait for the same scope."""
    step_s = cost * scope.rate.per_s / scope.rate.count
    scope.booked_s = max(scope.booked_s + step_s, now + wait)
    return scope.booked_s - now
