"""One outgoing operation as final data: what an adapter gets, with nothing left to decide."""

from enum import StrEnum

from msgspec import Struct

from posthouse.model.chat import Chat
from posthouse.model.media import File, Photo
from posthouse.model.text import Text


class Operation(StrEnum):
    """What is to be done in the chat."""

    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    ANSWER = "answer"
    """Tell the messenger that a button press was taken, with an optional sentence."""
    CALL = "call"
    """A call of the messenger's own that has no neutral name."""


class DeliveryClass(StrEnum):
    """Who waits for a delivery; each class has a queue of its own per chat."""

    ANSWER = "answer"
    """A person waits for it."""
    BRIDGE = "bridge"
    """Carried over from another chat."""
    BULK = "bulk"
    """Published to many."""


class Key(Struct, frozen=True, omit_defaults=True, gc=False):
    """A button as the messenger gets it."""

    label: str
    payload: str | None = None
    """Signed bytes in URL-safe base64, or None for a link."""
    url: str | None = None


class Content(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a message shows."""

    text: Text = Text()
    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    rows: tuple[tuple[Key, ...], ...] = ()
    choices: tuple[tuple[str, ...], ...] | None = None
    """Reply keyboard: None leaves it as it is, an empty tuple takes it away."""
    requests: tuple[tuple[str, str], ...] = ()
    """Labels of choices that share something, each with what: "contact" or "location"."""


class Outgoing(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One operation in one chat, final: no user code runs between this and the messenger."""

    operation: Operation = Operation.SEND
    content: Content = Content()
    target: int | None = None
    """Delivery key of the message to edit or delete, when it is one of ours whose own id may not
    be known yet."""
    message_id: str | None = None
    """The messenger's own id of the message to edit, delete or answer a press on, when it is
    known."""
    reply_to: str | None = None
    """Id of the message this one answers."""
    method: str | None = None
    """The messenger's own name of the method, for CALL."""
    parameters: bytes = b""
    """Its parameters as JSON, for CALL."""
    rides_on: str | None = None
    """Id of the update in whose answer it rides."""
    press_id: str | None = None
    """Update id of the press to answer, for ANSWER."""


class Departure(Struct, frozen=True, kw_only=True):
    """What an outbound middleware gets: one operation, final but for those that follow."""

    chat: Chat
    outgoing: Outgoing
    update_id: str
    """The update whose turn wants it."""
    bot: str
