"""Long polling: asks for updates, and for the next only when these are durable."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from posthouse.adapters.telegram.api.codec import split_updates
from posthouse.adapters.telegram.api.encoding import encode_call
from posthouse.adapters.telegram.api.methods import GetUpdates
from posthouse.adapters.telegram.client import TelegramClient
from posthouse.adapters.telegram.failures import TakenError
from posthouse.errors import NotSentError, OverloadedError
from posthouse.ports.adapter import Settled
from posthouse.ports.clock import Clock

log = logging.getLogger("posthouse.telegram")

HOLD_S: Final = 30
"""How long Telegram holds a question open when there is nothing new; 50 at most."""
MARGIN_S: Final = 15.0
"""How much longer an answer may take before the connection counts as lost."""
LONGEST_WAIT_S: Final = 30.0
TAKEN_WAIT_S: Final = 3.0
CONFIRM_S: Final = 5.0
"""How long the last confirmation at stop may take."""

Take = Callable[[bytes, Callable[[Settled], None]], None]
"""Hands over the bytes of one update, and is told when it is durable."""


class Numbered(msgspec.Struct):
    """The one thing every update has."""

    update_id: int


_number = msgspec.json.Decoder(Numbered).decode


class Polling:
    """Asks Telegram for one bot's updates, in order, until it is stopped."""

    def __init__(
        self, client: TelegramClient, take: Take, *, allowed: Sequence[str], clock: Clock
    ) -> None:
        self._client = client
        self._take = take
        self._allowed = allowed
        self._clock = clock
        self._next: int | None = None
        """The number after the last update that is durable."""

    async def run(self) -> None:
        """Ask until cancelled.

        Raises:
            TakenError: A webhook is set.
            TokenError: The token was revoked.
        """
        failures = 0
        while True:
            try:
                updates = await self._ask()
            except NotSentError as error:
                failures += 1
                wait_s = error.retry_after_s or min(LONGEST_WAIT_S, 0.5 * 2 ** min(failures, 8))
                log.warning("no updates: %s; asked again in %.1f s", error, wait_s)
                await self._clock.sleep(wait_s * random.uniform(0.8, 1.2))  # noqa: S311  no secret
                continue
            except TakenError as error:
                if "webhook" in str(error):
                    raise
                log.error(  # noqa: TRY400  the sentence says it all
                    "another process receives the updates of this bot (%s): stop it, or give it "
                    "another token; two of them get half of the messages each",
                    error,
                )
                await self._clock.sleep(TAKEN_WAIT_S)
                continue
            failures = 0
            if updates:
                await self._hand_over(updates)

    async def confirm(self) -> None:
        """Tell Telegram what is durable, so that it repeats nothing at the next start."""
        if self._next is None:
            return
        question = encode_call(GetUpdates(offset=self._next, limit=1))
        try:
            await self._client.raw_call(question, timeout_s=CONFIRM_S)
        except Exception as error:  # noqa: BLE001  it only saves Telegram a repetition
            log.info("what was received could not be confirmed: %s", error)

    async def _ask(self) -> list[msgspec.Raw]:
        question = GetUpdates(
            offset=self._next, timeout=HOLD_S, allowed_updates=self._allowed, limit=100
        )
        raw = await self._client.raw_call(encode_call(question), timeout_s=HOLD_S + MARGIN_S)
        return split_updates(raw)

    async def _hand_over(self, updates: Sequence[msgspec.Raw]) -> None:
        """Give updates their places in their lanes, and wait until all are durable."""
        left = len(updates)
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def settled(_: Settled) -> None:
            nonlocal left
            left -= 1
            if not left and not durable.done():
                durable.set_result(None)

        last = -1
        for update in updates:
            body = bytes(update)
            last = max(last, number_of(body))
            while True:
                try:
                    self._take(body, settled)
                except OverloadedError as error:
                    log.warning("updates wait: %s", error)
                    await self._clock.sleep(1.0)
                else:
                    break
        await durable
        if last >= 0:
            self._next = last + 1


def number_of(body: bytes) -> int:
    """Return the number of an update, or -1 when it has none."""
    try:
        return _number(body).update_id
    except msgspec.DecodeError:
        return -1
