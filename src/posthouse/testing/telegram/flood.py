"""How often a bot may write, by what Telegram tells and bot authors have seen.

The numbers are those of Telegram's page for bot authors: about 30 messages a second in all, one a
second in a chat with short bursts, 20 a minute in a group. What the real servers allow is not
published; a client that keeps to these is on the safe side, and one that is refused by this module
would not always be refused by them.
"""

import math

from msgspec import Struct

_COUNTED = ("send", "forward", "copy")
_NOT_COUNTED = frozenset({"sendchataction", "sendmessagedraft", "sendrichmessagedraft"})


class Rate(Struct, frozen=True):
    """So many in so many seconds, with a burst of as many at once."""

    count: float
    per_s: float
    burst: float


class _Bucket:
    """A bucket of tokens that fills with time."""

    __slots__ = ("at_s", "left", "rate")

    def __init__(self, rate: Rate, at_s: float) -> None:
        self.rate = rate
        self.left = rate.burst
        self.at_s = at_s

    def wait_s(self, now_s: float, wanted: int) -> float:
        """Seconds until that many tokens are there."""
        passed_s = now_s - self.at_s
        self.left = min(self.rate.burst, self.left + passed_s * self.rate.count / self.rate.per_s)
        self.at_s = now_s
        missing = min(wanted, self.rate.burst) - self.left
        return max(0.0, missing * self.rate.per_s / self.rate.count)


class Flood:
    """The limits of all bots; off until `is_on` is set."""

    def __init__(self) -> None:
        self.is_on = False
        self.per_bot = Rate(30, 1.0, 30)
        self.per_chat = Rate(1, 1.0, 5)
        self.per_group = Rate(20, 60.0, 20)
        self._buckets: dict[tuple[int, str], _Bucket] = {}

    def wait_s(self, bot: int, method: str, chat_id: str, now_s: float, messages: int = 1) -> int:
        """Whole seconds a call has to wait, 0 where it may go on; what may, is counted."""
        name = method.lower()
        if not self.is_on or not name.startswith(_COUNTED) or name in _NOT_COUNTED:
            return 0
        is_group = chat_id.startswith(("-", "@"))
        wanted = [(self.per_bot, ""), (self.per_chat, chat_id)]
        if is_group:
            wanted.append((self.per_group, f"{chat_id} group"))
        buckets = [self._bucket(bot, key, rate, now_s) for rate, key in wanted]
        longest_s = max(bucket.wait_s(now_s, messages) for bucket in buckets)
        if longest_s > 0:
            return math.ceil(longest_s)
        for bucket in buckets:
            bucket.left -= messages
        return 0

    def _bucket(self, bot: int, key: str, rate: Rate, now_s: float) -> _Bucket:
        found = self._buckets.get((bot, key))
        if found is None or found.rate != rate:
            found = self._buckets[bot, key] = _Bucket(rate, now_s)
        return found
