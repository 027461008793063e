"""A bot's queue of updates, as the official server keeps it (TQueue.cpp)."""

import asyncio
from collections.abc import Iterable
from typing import Any

from posthouse.ports.clock import Clock
from posthouse.testing.telegram.wire import Json

ALL_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "subscription",
        "stopped_message_generation",
    ]
)
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
DEFAULT = ALL_KINDS - NOT_BY_DEFAULT
LIFETIME_S = {
    "chosen_inline_result": 600.0,
    "callback_query": 150.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
    "inline_query": 30.0,
}
DAY_S = 86400.0
MOST = 100_000
LAST_ID = 2_000_000_000
ANSWER_BYTES = 4 * 1024 * 1024
FAR_AHEAD = 10
FAR_BEHIND = 100_000


class Pending:
    """An update that waits for its bot."""

    __slots__ = ("body", "expires_s", "kind", "lane", "number")

    def __init__(self, number: int, kind: str, body: Json, lane: str, expires_s: float) -> None:
        self.number = number
        self.kind = kind
        self.body = body
        self.lane = lane
        """Updates of one lane reach a webhook one after the other."""
        self.expires_s = expires_s

    def as_json(self) -> Json:
        """The Update."""
        return {"update_id": self.number, self.kind: self.body}


class Queue:
    """Updates of one bot, the oldest first.

    Args:
        first_id: The number of the first update; the real server begins anywhere.
    """

    def __init__(self, clock: Clock, *, first_id: int) -> None:
        self._clock = clock
        self._next = first_id
        self._pending: dict[int, Pending] = {}
        self._waiting: asyncio.Future[str] | None = None
        self._news: list[asyncio.Future[None]] = []
        self.allowed = DEFAULT
        self.last_offset: int | None = None
        self.last_asked_s = float("-inf")
        self.last_done_s = float("-inf")

    def __len__(self) -> int:
        self._drop_expired()
        return len(self._pending)

    def put(self, kind: str, body: Json, *, lane: str, age_s: float = 0.0) -> Pending | None:
        """Queue an update, unless the bot does not want its kind; a kept number never returns."""
        lifetime_s = LIFETIME_S.get(kind, DAY_S) - age_s
        if kind not in self.allowed or len(self._pending) >= MOST or lifetime_s <= 0:
            return None
        pending = Pending(self._next, kind, body, lane, self._clock.monotonic() + lifetime_s)
        self._pending[pending.number] = pending
        self._next += 1
        self._wake("news")
        return pending

    def allow(self, kinds: Any) -> None:
        """Set which kinds are queued from now on; what is no list changes nothing."""
        if not isinstance(kinds, list):
            return
        known = {str(kind).lower() for kind in kinds} & ALL_KINDS
        self.allowed = frozenset(known) or DEFAULT

    def pending(self) -> list[Pending]:
        """What waits, the oldest first."""
        self._drop_expired()
        return list(self._pending.values())

    def holds(self, pending: Pending) -> bool:
        """Whether an update still waits."""
        return pending.number in self._pending

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop updates: they were delivered."""
        for number in list(numbers):
            self._pending.pop(number, None)

    def clear(self) -> None:
        """Drop everything."""
        self._pending.clear()

    def confirm(self, offset: int) -> int:
        """Forget what an offset confirms; return the number to read from."""
        head = min(self._pending, default=self._next)
        if offset < 0:
            kept = list(self._pending)[offset:]
            self.forget(number for number in list(self._pending) if number not in set(kept))
            return kept[0] if kept else self._next
        wild = offset > self._next + FAR_AHEAD or offset < head - FAR_BEHIND
        if offset == 0 or wild:
            return head
        self.forget(number for number in list(self._pending) if number < offset)
        return offset

    def read(self, since: int, limit: int) -> list[Json]:
        """Updates from a number on, as many as asked for and as fit into an answer."""
        self._drop_expired()
        found = [one for one in self._pending.values() if one.number >= since][:limit]
        room = ANSWER_BYTES
        answer: list[Json] = []
        for one in found:
            room -= len(repr(one.body))
            if room < 0 and answer:
                break
            answer.append(one.as_json())
        return answer

    # --- waiting

    async def wait(self, timeout_s: float) -> str:
        """Wait for news; returns "news", "timeout", or why somebody else ended the wait."""
        self._wake("polling")
        mine = self._waiting = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as group:
            timer = group.create_task(self._ring(mine, timeout_s))
            try:
                why: str = await mine
            finally:
                timer.cancel()
                if self._waiting is mine:
                    self._waiting = None
        return why

    def end_wait(self, why: str) -> None:
        """End the wait of a getUpdates, if there is one."""
        self._wake(why)

    async def news(self) -> None:
        """Wait until something is queued or freed; for the webhook's runner."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._news.append(mine)
        await mine

    def nudge(self) -> None:
        """Let the webhook's runner look again."""
        for waiting in self._news:
            if not waiting.done():
                waiting.set_result(None)
        self._news.clear()

    def _wake(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(why)
        self.nudge()

    async def _ring(self, waiting: "asyncio.Future[str]", timeout_s: float) -> None:
        await self._clock.sleep(timeout_s)
        if not waiting.done():
            waiting.set_result("timeout")

    def _drop_expired(self) -> None:
        now_s = self._clock.monotonic()
        self.forget(one.number for one in list(self._pending.values()) if one.expires_s <= now_s)
