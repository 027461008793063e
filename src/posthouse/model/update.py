"""What a messenger tells a bot: one type per kind, narrowed, so a `TextMessage` always has a text.

Handlers ask for a kind by annotating their parameter with it; asking for a base (`Message`,
`ChatUpdate`, `Update`) asks for all kinds below it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import UNSET, Struct

from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.native import Unopened, opened_on_look
from posthouse.model.text import Text


class Update(Struct, frozen=True, kw_only=True):
    """Anything a messenger tells a bot."""

    id: str
    """The messenger's own id of this update, unique per account."""
    bot: str
    """Name of the bot that received it."""
    at: datetime
    """When it happened, as the messenger says (aware, UTC)."""
    native: Any = None
    """The messenger's own typed object; every key it sent is an attribute, known or not."""


_kept_native: Any = opened_on_look(Update, "native")


def is_opened(update: Update) -> bool:
    """Whether somebody has looked at an update's `native`, or it was read from the beginning."""
    held = _kept_native.__get__(update)
    return type(held) is not Unopened or held.found is not UNSET


class ChatUpdate(Update, frozen=True, kw_only=True):
    """An update that happened in a chat."""

    chat: Chat
    person: Person
    """Who acted; a broadcast chat's own post has the chat as its person."""


class Message(ChatUpdate, frozen=True, kw_only=True):
    """A new message of any kind."""

    message_id: str
    """The messenger's own id of the message, unique within its chat."""
    reply_to: str | None = None
    """Id of the message this one answers."""


class TextMessage(Message, frozen=True, kw_only=True):
    """A message that is text."""

    text: str
    """What was written, literally."""
    formatted: Text | None = None
    """The same with its formatting, or None when there is none."""


class PhotoMessage(Message, frozen=True, kw_only=True):
    """A message that is a photo."""

    photo: Photo
    caption: str | None = None


class FileMessage(Message, frozen=True, kw_only=True):
    """A message that is a file."""

    file: File
    caption: str | None = None


class AlbumMessage(Message, frozen=True, kw_only=True):
    """Photos and files that were sent together.

    A bot gets albums when one of its handlers names this class; else every photo and file comes as
    a message of its own, as one that was sent alone always does.
    """

    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    caption: str | None = None
    """The words under it; a line each where several parts have some."""
    message_ids: tuple[str, ...]
    """Ids of all its messages; `message_id` is the first."""
    amends: bool = False
    """A part came too late: this is the whole album, of which a handler has had the rest."""


class ContactMessage(Message, frozen=True, kw_only=True):
    """A message that is somebody's phone number, out of an address book."""

    phone: str
    """As the messenger gives it, with or without a plus."""
    name: str
    is_own: bool
    """It is the sender's own number: the messenger itself vouches for that."""


class LocationMessage(Message, frozen=True, kw_only=True):
    """A message that is a point on the map."""

    latitude: float
    """Degrees north of the equator, -90 to 90."""
    longitude: float
    """Degrees east of Greenwich, -180 to 180."""
    name: str = ""
    """What is there, when a place was picked instead of a bare point."""


class OtherMessage(Message, frozen=True, kw_only=True):
    """A message of a kind that has no type of its own; look into `native`."""

    what: str
    """The messenger's own word for it."""


class Edit(ChatUpdate, frozen=True, kw_only=True):
    """A message whose text or caption was changed by its author."""

    message_id: str
    text: str


class Press(ChatUpdate, frozen=True, kw_only=True):
    """A press on a button under a message; actions take these, handlers seldom need to."""

    message_id: str | None
    """Id of the message under which the button is, or None when the messenger does not tell."""
    payload: str
    """What the button carried, as it came; nothing in it is to be trusted before it is verified."""


class Reaction(ChatUpdate, frozen=True, kw_only=True):
    """A person's reactions to a message changed."""

    message_id: str
    emoji: tuple[str, ...]
    """All reactions of that person to the message now; empty when the last was taken back."""


class Deletion(ChatUpdate, frozen=True, kw_only=True):
    """A message was deleted."""

    message_id: str


class StatusKind(StrEnum):
    """What changed in a chat that is not a message."""

    JOINED = "joined"
    LEFT = "left"
    BLOCKED = "blocked"
    """The person stopped the bot."""
    UNBLOCKED = "unblocked"
    CHAT = "chat"
    """The chat's title, picture or settings changed."""
    READ = "read"
    TYPING = "typing"


class Status(ChatUpdate, frozen=True, kw_only=True):
    """Something in a chat that is not a message: members, the chat itself, reading, typing."""

    what: StatusKind
    message_id: str | None = None
    """Up to which message was read, for READ."""


class ThreadOpened(ChatUpdate, frozen=True, kw_only=True):
    """A post of a broadcast chat got a thread in the group where it is discussed.

    Telegram forwards each of a channel's posts into the linked group by itself; answers to that
    message are the comments.
    """

    message_id: str
    """Id, in the group, of the message that the thread begins with."""
    of_chat: str
    """Id of the broadcast chat."""
    of_message: str
    """Id of the post in the broadcast chat."""
    of_name: str | None = None
    """Public name of the broadcast chat, with an @ before it, where it has one."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a delivery ended."""

    state: str
    """One word: sent, ridden, rejected, expired, cancelled, merged or unknown."""
    message_id: str | None = None
    """The messenger's own id of the message, when it is known and the delivery sent one."""
    error: str | None = None
    """What the messenger said against it."""
    is_gone: bool = False
    """It was refused because the message it was to change is not there any more."""


class TimerDue(ChatUpdate, frozen=True, kw_only=True):
    """A timer set with `turn.later` came due; its action takes it."""

    timer_id: str
    action: str
    args: bytes
    """The action's arguments, as they were encoded when the timer was set."""
    outcome: Outcome | None = None
    """How the delivery ended that it waited for, if it was set with `Sent.then`."""


AnyUpdate: TypeAlias = (
    TextMessage
    | PhotoMessage
    | FileMessage
    | AlbumMessage
    | ContactMessage
    | LocationMessage
    | OtherMessage
    | Edit
    | Press
    | Reaction
    | Deletion
    | Status
    | ThreadOpened
    | TimerDue
)
"""Every concrete kind."""
