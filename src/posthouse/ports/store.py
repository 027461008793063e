"""Storage as the engine needs it; implementations are in `posthouse.storage`."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from posthouse.ports.changes import Change
from posthouse.ports.records import (
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    MessageRow,
    PartRow,
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


DAY_S = 86400.0


class Retention(Struct, frozen=True, kw_only=True):
    """How long is kept what nobody needs for the work itself, in seconds."""

    marks_s: float = 2 * DAY_S
    """Marks of updates that are done, at least: a repetition is known by them."""
    messages_s: float = 400 * DAY_S
    """What is known of messages of ours, what their buttons carry, and finished commands."""
    ended_s: float = 30 * DAY_S
    """Deliveries that ended as rejected, expired or unknown, since they were queued."""
    quarantine_s: float = 90 * DAY_S
    """Updates and states that were set aside."""
    media_s: float = 30 * DAY_S
    """Content of photos and files, since it was last sent and nothing refers to it any more."""


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

    async def waiting_timers(self, *, account: int, after: str, limit: int) -> list[TimerRow]:
        """Return timers of an account that wait for something and are never due by themselves.

        By id, those with `id` above `after`.
        """

    async def next_timer(self) -> float | None:
        """Return the moment of the earliest timer."""

    async def albums(self, *, account: int) -> list[TimerRow]:
        """Return the timers of albums, those whose ids begin with "album"."""

    async def parts(self, album: str, *, account: int, chat: str) -> list[PartRow]:
        """Return the parts of an album in the order in which they came."""

    async def aliases(self, *, account: int) -> dict[str, str]:
        """Return the chats that moved: their ids before, and their ids now."""

    async def unreachable(self, *, account: int, chats: Sequence[str] | None = None) -> set[str]:
        """Return those of some chats (None: of all) that cannot be reached."""

    async def quarantine(self, *, limit: int = 100) -> list[QuarantineRow]:
        """Return what is set aside, the newest first."""

    async def native(self, key: str, *, account: int, form: str) -> str | None:
        """Return a messenger's own key of content the site keeps."""

    async def content_of(self, native: str, *, account: int, form: str) -> str | None:
        """Return the key of the content that a messenger has under a key of its own."""

    async def media(self) -> set[str]:
        """Return the keys of all content that is kept."""

    async def sweep(self, *, now: float, keep: Retention) -> None:
        """Rotate the tables of done marks when it is time, and forget what is old.

        An update that is set aside for so long that it is forgotten stays done. Rows that wait for
        something are never forgotten.
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
