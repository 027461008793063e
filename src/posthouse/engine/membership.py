"""Who is in which chat, as the messenger says, asked again after ten minutes."""

from posthouse.errors import RejectedError
from posthouse.ports.adapter import Adapter, Members
from posthouse.ports.clock import Clock

FRESH_S = 600.0
"""How old an answer may be."""
MOST = 100_000
"""Answers that are kept; beyond that all are asked for anew."""


class Membership:
    """Asks the messenger of one bot who is in a chat, and keeps the answers for a while."""

    def __init__(self, adapter: Adapter, clock: Clock) -> None:
        self._adapter = adapter
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}
        """Answers by chat and person, each with its moment, monotonic."""

    async def is_member(self, chat: str, person: str, *, again: bool = False) -> bool:
        """Return whether a person is in a chat, both by raw ids.

        Raises RejectedError where the bot may not know, NotSentError or OSError where nobody
        answers now.

        Args:
            chat: Which one.
            person: Who.
            again: Ask again where the last answer was no: they may have joined since.
        """
        at, known = self._known.get((chat, person), (-FRESH_S, False))
        if self._clock.monotonic() - at < FRESH_S and (known or not again):
            return known
        if not isinstance(self._adapter, Members):
            messenger = self._adapter.profile.messenger
            raise RejectedError(f"the messenger {messenger} does not tell who is in a chat")
        if len(self._known) >= MOST:
            self._known.clear()
        answer = await self._adapter.is_member(chat, person)
        self._known[chat, person] = self._clock.monotonic(), answer
        return answer

    def last(self, chat: str, person: str) -> bool | None:
        """Return the last answer, however old; None where there was none."""
        known = self._known.get((chat, person))
        return None if known is None else known[1]

    async def way_in(self, chat: str) -> str | None:
        """Return an address where a chat can be joined, if there is one."""
        adapter = self._adapter
        return await adapter.way_in(chat) if isinstance(adapter, Members) else None
