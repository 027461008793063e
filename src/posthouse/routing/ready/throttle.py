"""Throttle: a person who sends too fast is asked once to slow down, then not heard for a while."""

from enum import Enum, auto
from typing import Any

from msgspec import Struct

from posthouse.errors import SettingsError
from posthouse.model.update import ChatUpdate, Edit, Message, Press, Reaction
from posthouse.ports.clock import Clock, SystemClock
from posthouse.routing.middleware import CallNext

_COUNTED = (Message, Edit, Press, Reaction)
"""What a person does on purpose; statuses and timers cost nothing."""
_KEPT = 10_000
"""Buckets that may be full of tokens before they are looked through."""


class Verdict(Enum):
    """What happens to one update."""

    PASS = auto()
    TELL = auto()
    DROP = auto()


class _Bucket(Struct):
    tokens: float
    at_s: float
    verdict: Verdict = Verdict.PASS
    update_id: str = ""
    """What the verdict is about: a turn that runs again costs nothing and ends the same."""


class Throttle:
    """Middleware: a token bucket per person and bot."""

    def __init__(
        self,
        *,
        rate: float = 1.0,
        burst: int = 5,
        answer: str = "Slow down, please.",
        clock: Clock | None = None,
    ) -> None:
        """Set the limit.

        Args:
            rate: updates per second that a person may send for long.
            burst: updates that a person may send at once.
            answer: said once when the limit is passed; empty to say nothing.
        """
        if rate <= 0 or burst < 1:
            raise SettingsError(
                f"middleware throttle: rate = {rate} and burst = {burst} let nobody through; give "
                f"a rate above 0 and a burst of at least 1"
            )
        self._rate = rate
        self._burst = float(burst)
        self._answer = answer
        self._clock = clock or SystemClock()
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._sweep_at = _KEPT

    async def __call__(self, update: ChatUpdate, call_next: CallNext) -> Any:
        """Pass the update on while the person's bucket has tokens."""
        if not isinstance(update, _COUNTED):
            return await call_next(update)
        bucket = self._bucket(update)
        if bucket.update_id != update.id:
            bucket.update_id = update.id
            bucket.verdict = self._verdict(bucket)
        if bucket.verdict is Verdict.PASS:
            return await call_next(update)
        return self._answer or None if bucket.verdict is Verdict.TELL else None

    def _verdict(self, bucket: _Bucket) -> Verdict:
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.PASS
        return Verdict.TELL if bucket.verdict is Verdict.PASS else Verdict.DROP

    def _bucket(self, update: ChatUpdate) -> _Bucket:
        now_s = self._clock.monotonic()
        key = (update.bot, update.person.id)
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._sweep_at:
                self._sweep(now_s)
            bucket = self._buckets[key] = _Bucket(self._burst, now_s)
        else:
            bucket.tokens = self._refilled(bucket, now_s)
            bucket.at_s = now_s
        return bucket

    def _refilled(self, bucket: _Bucket, now_s: float) -> float:
        return min(self._burst, bucket.tokens + (now_s - bucket.at_s) * self._rate)

    def _sweep(self, now_s: float) -> None:
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if self._refilled(bucket, now_s) < self._burst
        }
        self._sweep_at = max(_KEPT, 2 * len(self._buckets))
