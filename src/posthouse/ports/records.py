"""The rows that the engine commits and reads back, as plain data; no SQL here.

Moments in rows are float seconds since the epoch (UTC), taken from the Clock; bodies are bytes that
only the layer that wrote them can read.
"""

from enum import StrEnum
from typing import NamedTuple, Protocol

from msgspec import Struct

from posthouse.model.outgoing import DeliveryClass


class Statement(Protocol):
    """A SQLAlchemy Core statement; the engine only carries it."""


class Mark(NamedTuple):
    """Identity of an update: the account's number in this database, the messenger's own id."""

    account: int
    update_id: str


class StateWrite(NamedTuple):
    """A conversation row to be written by compare-and-set."""

    account: int
    key: str
    version: int
    """Version that was read; 0 for a row that was not there. The written row gets this + 1."""
    body: bytes


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    PARKED = "parked"
    RIDING = "riding"
    """Given to the messenger in an answer; that it got it is not sure yet."""
    SENT = "sent"
    RIDDEN = "ridden"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MERGED = "merged"
    UNKNOWN = "unknown"


ENDED = (DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN)
"""Ends whose rows are kept for a person to look at."""


class DeliveryRow(Struct, kw_only=True):
    """One delivery in the outbox."""

    id: int
    """Delivery key: a number from reserved blocks, at most 48 bits, increasing within a chat."""
    account: int
    chat: str
    klass: DeliveryClass
    state: DeliveryState
    body: bytes
    """An `Outgoing`, encoded."""
    created: float
    not_before: float = 0.0
    expires: float | None = None
    attempts: int = 0
    target: int | None = None
    """Delivery key of the message this operation edits or deletes."""
    remember: bool = False
    """Keep the sent message's own id (buttons, screens, handles).

    Plain replies are forgotten once sent.
    """
    guard: bytes | None = None
    """Conditions checked when the row is claimed, as encoded plain data."""
    late: bool = False
    error: str | None = None


class InboxRow(Struct, kw_only=True):
    """An update that is acknowledged and durable but not done."""

    mark: Mark
    lane: str
    kind: str
    body: bytes
    received: float
    chat: str | None = None
    """The raw chat id; None where the update belongs to no chat."""
    person: str | None = None
    seq: int = 0
    """Order of receipt within the database; set by the store when 0."""
    attempts: int = 0
    """How often a process died while this update ran."""
    late: bool = False


class QuarantineRow(Struct, kw_only=True):
    """An update that was set aside, with everything needed to see why and to try again."""

    mark: Mark
    lane: str
    kind: str
    body: bytes
    reason: str
    """One word: decode, raised, killed, timeout, overflow, conflict, state."""
    detail: str
    """What a person reads: the error and its traceback, without message bodies."""
    at: float
    id: int = 0
    """Set by the store."""
    chat: str | None = None
    """The raw chat id; None where the update belongs to no chat."""
    person: str | None = None


NEVER = 1e11
"""Moment of a timer that waits for something else than time, in seconds since the epoch."""


class TimerRow(Struct, kw_only=True):
    """A timer of a lane."""

    id: str
    account: int
    lane: str
    due: float
    body: bytes
    """A `TimerDue` without its moment, encoded."""


class MessageRow(Struct, kw_only=True):
    """A message of ours whose own id is known."""

    delivery: int
    account: int
    chat: str
    message_id: str
    at: float


class PartRow(Struct, kw_only=True):
    """A message that is part of an album which is put together before it is handled."""

    mark: Mark
    chat: str
    album: str
    """The messenger's own id of the album."""
    body: bytes
    received: float
    handled: bool = False
    """A turn has had it."""
