"""Faults on demand: what a network and a busy server do to a client."""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class FaultKind(StrEnum):
    """What goes wrong. Where nothing else is said, the call itself has no effect."""

    TOO_MANY = "too_many"
    """429 with `retry_after_s`, in the header too unless `has_header` is false."""
    REFUSED = "refused"
    """A refusal with `code` and `description`."""
    SERVER_ERROR = "server_error"
    """500, as the server answers while it restarts."""
    BAD_GATEWAY = "bad_gateway"
    """502 with a page of HTML, as a proxy makes it."""
    GATEWAY_TIMEOUT = "gateway_timeout"
    """504 with a page of HTML, after the effect."""
    EMPTY = "empty"
    """200 with nothing in it, after the effect."""
    NOT_OK = "not_ok"
    """200 with `ok` false in it."""
    CUT = "cut"
    """200 whose JSON ends half-way, after the effect."""
    SILENCE = "silence"
    """No answer for `delay_s`, after the effect; then the connection ends."""
    RESET_BEFORE = "reset_before"
    """The connection is reset before anything happens."""
    RESET_AFTER = "reset_after"
    """The connection is reset after the effect, before the answer."""
    SLOW = "slow"
    """The true answer, a few bytes at a time, over `delay_s`."""
    DUPLICATE = "duplicate"
    """The effect twice; of getUpdates and deliveries to a webhook, every update twice."""
    REORDER = "reorder"
    """After the next such call; of getUpdates, the updates in reverse; of deliveries to a webhook,
    an update after the next one of its chat."""


NO_EFFECT = frozenset(
    {
        FaultKind.TOO_MANY,
        FaultKind.REFUSED,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_GATEWAY,
        FaultKind.NOT_OK,
        FaultKind.RESET_BEFORE,
    }
)
"""Faults that come instead of what was asked."""


class Fault(Struct, kw_only=True):
    """One fault and when it strikes."""

    kind: FaultKind
    method: str = ""
    """Only this method, whatever its capitals; `webhook` for deliveries of updates, which can come
    twice or out of order."""
    chat_id: str = ""
    """Only calls with this `chat_id`."""
    bot: int = 0
    """Only calls of this bot."""
    times: int = 1
    """How many calls it strikes; 0 for all until it is removed."""
    skip: int = 0
    """How many calls it lets pass first."""
    retry_after_s: int = 1
    has_header: bool = True
    delay_s: float = 5.0
    code: int = 400
    description: str = "Bad Request: a fault on demand"

    def strikes(self, method: str, parameters: Mapping[str, str], bot: int) -> bool:
        """Whether a call is one this fault is for."""
        return (
            self.method.lower() in {"", method.lower()}
            and self.chat_id in {"", parameters.get("chat_id", "")}
            and self.bot in {0, bot}
        )


class Faults:
    """The faults that are to come, the first that fits first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._held: list[asyncio.Future[None]] = []
        self.played: list[tuple[str, FaultKind]] = []
        """Which method met which fault, in order."""

    def add(self, kind: FaultKind | str, **when: Any) -> Fault:
        """Plan a fault; the arguments are the fields of `Fault`."""
        return self.plan(Fault(kind=FaultKind(kind), **when))

    def plan(self, fault: Fault) -> Fault:
        """Plan a fault."""
        self._waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take a planned fault back; one that is over already is no error."""
        if fault in self._waiting:
            self._waiting.remove(fault)

    def clear(self) -> None:
        """Take all planned faults back."""
        self._waiting.clear()

    def next(self, method: str, parameters: Mapping[str, str], bot: int) -> Fault | None:
        """The fault a call meets, which counts as played."""
        for fault in self._waiting:
            if method == "webhook" and fault.method != "webhook":
                continue  # a fault for every method is not meant for what the simulator sends
            if not fault.strikes(method, parameters, bot):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times:
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
            self.played.append((method, fault.kind))
            return fault
        return None

    # --- calls that overtake each other

    async def hold(self) -> None:
        """Wait until another call has passed."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held.append(mine)
        await mine

    def release(self) -> None:
        """Let those go on who were overtaken."""
        for held in self._held:
            if not held.done():
                held.set_result(None)
        self._held.clear()
