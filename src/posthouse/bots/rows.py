"""Bots as rows in the database, beside those of the settings file."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

OPTIONS_OF_BOTS = ("title", "ask", "chats", "timezone", "language", "journal", "country", "drafts")
"""Options that are the bot's own and not its adapter's."""


class BotRow(Struct, frozen=True, kw_only=True):
    """One bot of the database."""

    name: str
    messenger: str
    apps: tuple[str, ...]
    """Names of presets or apps, asked in this order."""
    options: Mapping[str, Any] = {}
    """What its adapter understands, and title, ask and chats; nothing secret."""
    sealed: bytes
    """What it keeps secret, see `posthouse.bots.sealing`."""
    enabled: bool = True
    remembered: Mapping[str, str] = {}
    """What its adapter need not ask the messenger again."""
    created: float = 0.0
    changed: float = 0.0


class Rows(Protocol):
    """The table of bots.

    Writes join the group commit.
    """

    async def all(self) -> list[BotRow]:
        """Return every bot, by name."""

    async def one(self, name: str) -> BotRow:
        """Return one bot; raises ConflictError when it is not there."""

    async def add(self, row: BotRow) -> None:
        """Add a bot; raises ConflictError when one has its name."""

    async def put(self, row: BotRow) -> None:
        """Write a bot anew."""

    async def remove(self, name: str) -> None:
        """Forget a bot."""

    async def reseal(self, sealed: Mapping[str, bytes]) -> None:
        """Write what bots keep secret anew, all of it or nothing."""

    def remember(self, name: str, remembered: Mapping[str, str]) -> None:
        """Keep what a bot's adapter wants to remember, with one of the next commits."""

    async def accounts(self) -> dict[tuple[str, str], int]:
        """Return the numbers of all accounts that were ever seen: (messenger, its own id)."""

    async def busy(self) -> set[int]:
        """Return the accounts with something in the inbox or the outbox."""


class Memory:
    """What the adapter of one bot remembers, in the bot's row."""

    __slots__ = ("_name", "_rows", "_values")

    def __init__(self, row: BotRow, rows: Rows) -> None:
        self._name = row.name
        self._rows = rows
        self._values = row.remembered

    def recall(self, key: str) -> str | None:
        """Return what was remembered under a name."""
        return self._values.get(key)

    def remember(self, key: str, value: str | None) -> None:
        """Remember something, or forget it."""
        if self._values.get(key) == value:
            return
        others = {each: known for each, known in self._values.items() if each != key}
        self._values = others if value is None else {**others, key: value}
        self._rows.remember(self._name, self._values)
