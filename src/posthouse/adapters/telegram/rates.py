"""How often a bot may call Telegram, below every call.

The numbers are those of https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
as far as it gives any; Telegram's real limits are not published and change with the bot, so they
are settings, and a "too many requests" is taken as it comes: it freezes the chat it was about, and
the bot when several chats are frozen at once.
"""

from collections.abc import Hashable
from typing import Any

from msgspec import Struct

from posthouse.model.outgoing import DeliveryClass, Operation
from posthouse.pacing import Pacing, Rate
from posthouse.ports.adapter import Delivery
from posthouse.ports.clock import Clock, SystemClock

FROZEN_CHATS = 3
"""As many chats frozen within `FROZEN_WITHIN_S` mean that the bot itself is too fast."""
FROZEN_WITHIN_S = 5.0
_BOT = "bot"
_COUNTED = (
    "send", "forward", "copy", "editMessage", "editEphemeral", "deleteMessage", "deleteEphemeral",
    "deleteBusiness", "stopMessage", "stopPoll",
)  # fmt: skip
"""How the methods begin that show or change messages."""
_FREE = frozenset({"sendChatAction", "sendChatJoinRequestWebApp"})


class RateSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a bot may send."""

    enabled: bool = True
    per_second: int = 30
    """Messages of a bot, in all chats together, edits and deletes among them."""
    chat_burst: int = 3
    """Messages a chat takes at once; then one a second."""
    group_per_minute: int = 20
    """Messages to one group or channel."""


class Rates:
    """The rates of one bot; the `pacer` of its adapter."""

    def __init__(self, settings: RateSettings, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self._pacing = Pacing()
        self._bot = Rate(settings.per_second, 1.0)
        self._chat = Rate(settings.chat_burst, float(settings.chat_burst))
        self._group = Rate(settings.group_per_minute, 60.0)
        self._frozen: dict[str, float] = {}
        """Chats that were frozen lately, and when."""
        self.refusals = 0
        """How often Telegram asked to wait."""
        self.refused_s = float("-inf")
        """When it last did, monotonic."""

    @property
    def per_second(self) -> float:
        """How many messages the bot may send in a second, in all chats together."""
        return self._bot.count / self._bot.per_s

    # --- deliveries

    def wait_s(self, delivery: Delivery) -> float:
        """Return 0 and count the delivery, or the seconds to wait and count nothing."""
        outgoing = delivery.outgoing
        if outgoing.operation is Operation.ANSWER:
            return self._pacing.frozen_s(self.clock.monotonic(), _BOT)
        if outgoing.method is not None:
            return self._wait(delivery.chat, _cost(outgoing.method, 1), hurry=_hurries(delivery))
        content = outgoing.content
        cost = max(len(content.photos) + len(content.files), 1)
        return self._wait(delivery.chat, cost, hurry=_hurries(delivery))

    def frozen(self, delivery: Delivery, retry_after_s: float) -> None:
        """Note that Telegram asked to wait with a delivery."""
        self._freeze(delivery.chat, retry_after_s)

    # --- calls

    async def pass_through(self, method: Any, clock: Clock) -> None:
        """Wait until a method may be called, and count it."""
        cost = cost_of(method)
        while wait_s := self._wait(chat_of(method), cost, hurry=True):
            await clock.sleep(wait_s)

    def refused(self, method: Any, wait_s: float) -> None:
        """Note that Telegram asked to wait with a call."""
        self._freeze(chat_of(method), wait_s)

    def is_calm(self, chat: str, within_s: float) -> bool:
        """Whether nothing is frozen and Telegram has not asked to wait for a while."""
        now = self.clock.monotonic()
        return now - self.refused_s >= within_s and not (
            self._pacing.frozen_s(now, _BOT) or self._pacing.frozen_s(now, _without_topic(chat))
        )

    def _wait(self, chat: str | None, cost: int, *, hurry: bool) -> float:
        scopes: list[tuple[Hashable, Rate]] = [(_BOT, self._bot)]
        if chat is not None:
            key = _without_topic(chat)
            scopes.append((key, self._chat))
            if not key.isdecimal():  # groups and channels are negative numbers, or @names
                scopes.append(((key, "group"), self._group))
        if not cost:
            now = self.clock.monotonic()
            return max(self._pacing.frozen_s(now, key) for key, _ in scopes)
        return self._pacing.wait_s(self.clock.monotonic(), scopes, cost=cost, hurry=hurry)

    def _freeze(self, chat: str | None, wait_s: float) -> None:
        now = self.clock.monotonic()
        self.refusals += 1
        self.refused_s = now
        if chat is None:
            self._pacing.freeze(now, _BOT, self._bot, wait_s)
            return
        key = _without_topic(chat)
        self._pacing.freeze(now, key, self._chat, wait_s)
        self._frozen = {each: at for each, at in self._frozen.items() if now - at < FROZEN_WITHIN_S}
        self._frozen[key] = now
        if len(self._frozen) >= FROZEN_CHATS:
            self._pacing.freeze(now, _BOT, self._bot, wait_s)


def _hurries(delivery: Delivery) -> bool:
    return delivery.klass is not DeliveryClass.BULK


def chat_of(method: Any) -> str | None:
    """Return the raw id of the chat that a method is about, or None."""
    chat = getattr(method, "chat_id", None)
    return None if chat is None else str(chat)


def cost_of(method: Any) -> int:
    """Return how many messages a method counts for."""
    name = method.api_name
    several = getattr(method, "media", None) if name == "sendMediaGroup" else None
    several = several or getattr(method, "message_ids", None)
    return _cost(name, len(several) if isinstance(several, list | tuple) and several else 1)


def _cost(name: str, messages: int) -> int:
    """Return what a method costs that is about so many messages."""
    if name in _FREE or not name.startswith(_COUNTED):
        return 0
    # Nobody sees more than one change when several messages are deleted together.
    return 1 if name.startswith("delete") else messages


def _without_topic(chat: str) -> str:
    return chat.partition("/")[0]
