"""What a turn wants done, in the order it was asked for; nothing happens before it commits."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from posthouse.model.chat import Chat
from posthouse.model.reply import Reply, Screen
from posthouse.ports.changes import PutPayload
from posthouse.ports.records import Statement


class Send(Struct, frozen=True):
    """Send a new message."""

    key: int
    """Its delivery key."""
    reply: Reply | Screen
    to: Chat
    handle: bool
    """Somebody holds its handle, so it may be edited or deleted later."""
    keys: tuple[int, ...] = ()
    """Delivery keys of all its messages, in order, when it is too much for one; `key` is one of
    them."""
    origin: tuple[str, bytes] | None = None
    """For screens: the action that shows it and its encoded arguments."""
    apart: bool = False
    """A screen becomes a message of its own, even where a button was pressed."""
    reply_to: str | None = None
    """Id of the message it answers."""


class Amend(Struct, frozen=True):
    """Replace the content of a message of ours."""

    key: int
    reply: Reply | Screen
    to: Chat
    own: int
    """Delivery key of the change itself."""


class Delete(Struct, frozen=True):
    """Delete a message of ours."""

    key: int
    to: Chat
    own: int
    """Delivery key of the deletion itself."""


class Native(Struct, frozen=True):
    """Make a call of the messenger's own."""

    method: str
    parameters: bytes
    to: Chat


class Later(Struct, frozen=True):
    """Call an action after a while."""

    after_s: float
    action: str
    args: bytes


class Follow(Struct, frozen=True):
    """Call an action once it is known how deliveries ended."""

    keys: tuple[int, ...]
    """Delivery keys of one operation: several where a message took several."""
    action: str
    args: bytes


class Afterwards(Struct, frozen=True):
    """Make a plain call once the turn has been committed."""

    call: Callable[[], object]


class Run(Struct, frozen=True):
    """Run a statement in the turn's own transaction."""

    statement: Statement
    expect_rows: int | None


class Keep(Struct, frozen=True):
    """Keep what a link stands for."""

    row: PutPayload


class Number(Struct, frozen=True):
    """Bind a number of a sequence to this update."""

    sequence: str
    value: int


Effect: TypeAlias = (
    Send | Amend | Delete | Native | Later | Follow | Afterwards | Run | Keep | Number
)
