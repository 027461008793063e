"""Storage as the engine needs it; implementations are in `posthouse.storage`."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from posthouse.ports.records import (
    Change,
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    MessageRow,
    QuarantineRow,
    Statement,
    TimerRow,
)


class StateKey(NamedTuple):
    """Which conversation row."""

    account: int
    key: str


class StateRead(NamedTuple):
    """A conversation row; version 0 and None when it is not there."""

    version: int
    body: bytes | None


class CommandRow(Struct, kw_only=True):
    """A command given by the command line or the admin pages, for the running site to execute."""

    id: int
    kind: str
    args: str
    """JSON."""
    at: float
    ok: bool | None = None
    """None while it waits."""
    result: str = ""


class Store(Protocol):
    """Durable storage of one site.

    All methods that write go through one writer in the order of the calls. Unless said otherwise
    every method raises StoreUnavailableError when the database cannot be used now (full disk,
    locked or unreadable file); after that nothing of the call has been written, except where
    `commit` says otherwise.
    """

    async def open(self) -> None:
        """Take the file, migrate it from any earlier revision, or refuse.

        Raises AlreadyRunningError naming the process that holds the file, SchemaError when the file
        is newer or not ours, StoreUnavailableError when it cannot be read.
        """

    async def aclose(self) -> None:
        """Finish what was given to `commit`, then let go of the file.

        A second call does nothing.
        """

    async def account(self, messenger: str, native_id: str, *, bot: str) -> int:
        """Return the number of an account in this database, giving it one at first sight."""

    async def load(self, keys: Sequence[StateKey]) -> list[StateRead]:
        """Read conversation rows as last committed, in the order of the keys."""

    async def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in one transaction and set `verdict` (and `error`) on each.

        A change that loses or fails takes nothing of the others with it. Changes of one batch that
        share a mark or a conversation are applied in order. When this raises StoreUnavailableError
        nothing was committed, or the end of the COMMIT itself is unknown: call again with the same
        changes (their `attempt` raised by the caller), and a change whose mark is found done then
        counts as WON.
        """

    async def settled(self, marks: Sequence[Mark]) -> set[Mark]:
        """Return those of the marks that are done, quarantined or in the inbox."""

    async def reserve(self, sequence: str, count: int) -> int:
        """Reserve durably `count` numbers of a sequence and return the first.

        Sequences start at 1.
        """

    async def number_of(self, mark: Mark, sequence: str) -> int | None:
        """Return the number of a sequence that is bound to an update, if it was committed."""

    async def intent(self, mark: Mark, key: str) -> tuple[bool, bytes | None]:
        """Return (is there an intent, its result) for a once() call."""

    async def payload(self, key: bytes, *, account: int) -> bytes | None:
        """Return a spilled button payload."""

    async def message_of(self, delivery: int) -> MessageRow | None:
        """Return what is known of one of our messages."""

    async def delivery_of(self, message_id: str, *, account: int, chat: str) -> int | None:
        """Return the delivery key of one of our messages by its own id."""

    async def inbox(self, *, account: int, after: int = 0, limit: int = 1000) -> list[InboxRow]:
        """Return inbox rows of an account in order of receipt, those with `seq` above `after`."""

    async def inbox_row(self, mark: Mark) -> InboxRow | None:
        """Return one inbox row, or None when it is no longer there."""

    async def outbox(
        self,
        *,
        account: int | None,
        chat: str | None = None,
        states: Sequence[DeliveryState] = (DeliveryState.PENDING, DeliveryState.CLAIMED),
        after: int = 0,
        limit: int = 1000,
    ) -> list[DeliveryRow]:
        """Return deliveries of an account (None: of all.

        Of one chat, if named) by id, those with `id` above `after`.
        """

    async def timers(self, *, until: float, limit: int) -> list[TimerRow]:
        """Return timers due until a moment, the earliest first."""

    async def next_timer(self) -> float | None:
        """Return the moment of the earliest timer."""

    async def quarantine(self, *, limit: int = 100) -> list[QuarantineRow]:
        """Return what is set aside, the newest first."""

    async def sweep(self, *, now: float, marks_s: float, messages_s: float) -> None:
        """Rotate the tables of done marks when the current one is older than `marks_s`.

        Forget messages and payloads older than `messages_s`.
        """

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data and return its rows.

        A statement that writes raises MistakeError.
        """

    async def add_command(self, kind: str, args: str, *, at: float) -> int:
        """Give the site a command and return its id.

        May be called by a process that does not own the file.
        """

    async def commands(self, *, after: int = 0) -> list[CommandRow]:
        """Return the commands that wait."""

    async def command(self, id: int) -> CommandRow | None:
        """Return one command with its result."""

    def healthy(self) -> str | None:
        """Return None, or a sentence that says what is wrong, such as who else holds the file."""


class Database(Protocol):
    """What adapters and modules get of the store: reads, and writes that join the group commit."""

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data and return its rows."""

    async def execute(self, *statements: Statement) -> None:
        """Run statements together, in one transaction with others; return once durable.

        Raises ConflictError when one breaks a constraint (none of them is then written) and
        StoreUnavailableError when the database cannot write now.
        """
