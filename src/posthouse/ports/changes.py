"""What is committed together: a change, and the writes that ride in it; no SQL here.

A change holds the mark of an update, the states it changed, the deliveries it sends, and writes
beside them. Each sort of write is one class; those of a change are applied in order.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

from posthouse.ports.records import (
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    MessageRow,
    PartRow,
    QuarantineRow,
    StateWrite,
    TimerRow,
)


class PutInbox(Struct):
    """Insert an inbox row.

    If its update is done or quarantined, the whole change is void (DUPLICATE): whoever brought it
    must learn that nothing of it is left to do. One that is in the inbox already stays as it is.
    """

    row: InboxRow


class DropInbox(Struct):
    """Delete an inbox row and leave no mark: for one that moves elsewhere in the same change."""

    mark: Mark


class CountAttempt(Struct):
    """Add one to an inbox row's attempts."""

    mark: Mark


class PutQuarantine(Struct):
    """Move an update to the quarantine: its inbox row, if any, goes.

    Its mark then reads quarantined.
    """

    row: QuarantineRow


class Replay(Struct):
    """Move a quarantined update to the tail of its lane's inbox, with `late` set.

    STALE when nothing is set aside under that number.
    """

    id: int


class DropQuarantine(Struct):
    """Forget a quarantined update, so that its mark reads done; STALE when there is none."""

    id: int


class SetAside(Struct):
    """Keep state bytes that no longer decode."""

    account: int
    key: str
    name: str
    body: bytes
    error: str
    at: float


class PutTimer(Struct):
    """Insert or replace a timer."""

    row: TimerRow


class TakeTimer(Struct):
    """Delete a timer that must be there with this due moment.

    If it is not, the whole change is void (STALE).
    """

    id: str
    due: float


class Settle(Struct):
    """Record how a delivery ended, or that it waits again.

    SENT and RIDDEN and MERGED and CANCELLED delete the outbox row; the others keep it with its
    error.
    """

    id: int
    state: DeliveryState
    message: MessageRow | None = None
    error: str | None = None
    not_before: float = 0.0
    attempts: int = 0


class Rewrite(Struct):
    """Replace the body of a delivery that is still pending (coalesced edits).

    Void when it is not.
    """

    id: int
    body: bytes


class PutPayload(Struct):
    """Keep a button payload that did not fit."""

    key: bytes
    account: int
    delivery: int
    body: bytes
    at: float


class UseMedia(Struct):
    """Keep content for as long as a message may need it."""

    key: str
    message: int
    """Delivery key of the message that shows it."""
    at: float


class PutNative(Struct):
    """Remember a messenger's own key of content the site keeps, in place of the one before."""

    key: str
    account: int
    form: str
    native: str
    at: float


class UseNumber(Struct):
    """Bind a number of a sequence to an update."""

    mark: Mark
    sequence: str
    value: int


class PutPart(Struct):
    """Keep a part of an album."""

    row: PartRow


class TakeParts(Struct):
    """Note that a turn has had an album's parts.

    If there are not as many as it had, the whole change is void (STALE).
    """

    account: int
    chat: str
    album: str
    count: int


class MoveChat(Struct):
    """Let everything of a chat go on under another id.

    Conversations that the new chat has already are kept, since they are the newer ones. What is
    known of messages goes: their ids belong to the chat that is no more.
    """

    account: int
    before: str
    after: str


class PutStanding(Struct):
    """Note that a chat cannot be reached; what waits for it ends as rejected."""

    account: int
    chat: str
    since: float
    why: str


class DropStanding(Struct):
    """Note that a chat can be reached again."""

    account: int
    chat: str


class PutPerson(Struct):
    """Note that a person was met, and what the messenger tells of them."""

    account: int
    person: str
    chat: str | None
    """Where they talk with the bot alone; None where this was not there."""
    name: str
    username: str
    language: str
    day: int
    """Days since the epoch."""


class PutSaid(Struct):
    """Keep what was said, in the journal of messages."""

    account: int
    chat: str
    person: str | None
    """Who said it, or whom the bot answers; None where it speaks by itself."""
    at: float
    way: str
    """"in" or "out"."""
    kind: str
    text: str
    media: str
    """Keys of photos and files, a line each."""
    route: str
    message: str | None
    """The messenger's id of the message."""
    delivery: int | None


class PutIntent(Struct):
    """Write down that a once() call is about to run; STALE when it is there already."""

    mark: Mark
    key: str
    at: float


class PutResult(Struct):
    """Keep a once() call's result beside its intent."""

    mark: Mark
    key: str
    result: bytes


class Observed(Struct):
    """Mark (update, observer) done; when it is marked already the observer's effects are void."""

    mark: Mark
    observer: str


class Execute(Struct):
    """Run a user's statement inside the change's savepoint."""

    statement: Any
    expect_rows: int | None = None


class FinishCommand(Struct):
    """Record a command's result."""

    id: int
    ok: bool
    result: str


Write: TypeAlias = (
    PutInbox
    | DropInbox
    | CountAttempt
    | PutQuarantine
    | Replay
    | DropQuarantine
    | SetAside
    | PutTimer
    | TakeTimer
    | Settle
    | Rewrite
    | PutPayload
    | UseMedia
    | PutNative
    | UseNumber
    | PutPart
    | TakeParts
    | MoveChat
    | PutStanding
    | DropStanding
    | PutPerson
    | PutSaid
    | PutIntent
    | PutResult
    | Observed
    | Execute
    | FinishCommand
)


class Verdict(StrEnum):
    """What became of a change."""

    WON = "won"
    """Committed."""
    DUPLICATE = "duplicate"
    """Its update was done already: nothing of it was written."""
    STALE = "stale"
    """A version, timer or intent was not as expected: nothing of it was written.

    Run again on fresh data.
    """
    FAILED = "failed"
    """A statement broke a constraint or touched other rows than expected; nothing was written."""


class Change:
    """All that one turn (or one piece of housekeeping) commits: everything or nothing.

    A mutable object with slots instead of a Struct: the engine builds one per turn on the hot path.
    """

    __slots__ = (
        "afterwards",
        "attempt",
        "deliveries",
        "done",
        "error",
        "inbox",
        "mark",
        "observers",
        "states",
        "verdict",
        "writes",
    )

    def __init__(self, mark: Mark | None = None) -> None:
        self.mark = mark
        """Update that becomes done, or None for housekeeping."""
        self.inbox = False
        """The update has an inbox row, which goes in the same transaction."""
        self.states: list[StateWrite] = []
        self.deliveries: list[DeliveryRow] = []
        self.writes: list[Write] = []
        self.observers: list[Change] = []
        """Effects of observers: each in a savepoint of its own, applied after this change won.

        Their failures do not touch it.
        """
        self.afterwards: tuple[Callable[[], object], ...] = ()
        """Called once it is durable: what is kept in memory beside the database follows."""
        self.done: Callable[[Change], None] | None = None
        """Called in the loop once the verdict is known and durable."""
        self.verdict: Verdict | None = None
        self.error: Exception | None = None
        """Why it FAILED."""
        self.attempt = 0
        """Times this very change was tried with an unknown end.

        The store then reads the mark first.
        """

    def __repr__(self) -> str:
        return f"<Change {self.mark} {self.verdict}>"
