"""Frames between the chat page and its server, as data: parse and build, no I/O.

A client needs three addresses, all relative to the adapter's path ("/" unless the settings say
otherwise):

`POST person` with JSON `{"name": "Ann"}` makes a person and answers `{"id", "name"}` with a `Set-
Cookie`; keep that cookie and send it with everything else. With the cookie it renames. `GET me`
answers `{"title", "person"}`, the person being null without a valid cookie. A client that is no
browser sends no `Origin` header; one that is sent must fit.

`WebSocket socket` carries the frames, one JSON object in each text message, `t` naming its kind.
The client opens with `{"t": "hello", "seq": N}`, N being the `seq` of the last `message` or
`synced` frame it has seen, 0 at first. The server answers `welcome` (person, title, chats,
commands, limits), then either `history` (the newest messages of each chat; at first and after a
long absence, when `welcome.fresh` is true: forget what you had) or a `message` for each change
since N, then `synced`. From then on every change comes as a `message`, in the order of `seq`; the
same message may come again, and the one with the highest `seq` holds. `{"t": "more", "chat",
"before": place}` asks for older messages, answered by `history`.

What a person does is `say` (`{"t": "say", "id", "text", "file"?, "reply_to"?}`), `edit`, `delete`,
`react` and `press`; each bears an `id` the client makes up (up to 64 letters, digits, `_` and `-`,
never used again by this person). The server answers each id with exactly one of
    ack      it is durable; `message_id` names the message that was said
    later    not now: wait `retry_s`, then send everything that is not acknowledged once more, in
             order, with the same ids. Until the id named first comes again, all that follows it on
             this connection is answered `later` too, so that nothing overtakes it
    refused  it never will be taken; `reason` is a sentence for the person
or with nothing, when the connection ends first: say hello again and repeat what is not
acknowledged, in order, with the same ids. What was taken already is acknowledged and not done
twice. A press is acknowledged like the rest and answered, once the bot has taken it, by `pressed`
with the same id. `typing` and `read` bear no id and get no answer.

The bot's messages have ids "b" + delivery key; a person's own are "p" + client id and come back as
`message` frames on all of that person's connections, so `reply_to`, `edit`, `delete` and `react`
use the id that `message` bears.

A message that is not a frame is answered `refused` and the connection goes on; after 20 it is
closed (1008). Close codes: 1012 the server restarts, 1013 the client reads too slowly (reconnect
and catch up), 4401 no valid cookie.

`POST files?name=NAME` with the raw bytes as body answers `{"key", "name", "size_bytes", "mime",
"width", "height"}`; `say` then takes the key as `file`. Too large a file is answered 413 with
`{"error": sentence}`. `GET files/KEY` gives the bytes to whoever sees a chat where the file was
shown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from posthouse.errors import DecodeError
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.update import (
    ChatUpdate,
    Deletion,
    Edit,
    FileMessage,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    StatusKind,
    TextMessage,
    Update,
)

ClientId: TypeAlias = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
ShortId: TypeAlias = Annotated[str, Meta(max_length=128)]
Emoji: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16)]

# -- from the client


class _Frame(Struct, tag_field="t", frozen=True, kw_only=True, omit_defaults=True):
    pass


class Hello(_Frame, frozen=True, tag="hello"):
    """Opens a connection: what have I missed?"""

    seq: Annotated[int, Meta(ge=0)] = 0
    """The highest `seq` the client has seen."""
    language: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]{1,35}\Z")] = "en"


class More(_Frame, frozen=True, tag="more"):
    """Asks for older messages of a chat."""

    chat: ShortId
    before: Annotated[int, Meta(ge=0)]


class Typing(_Frame, frozen=True, tag="typing"):
    """The person is typing to the bot."""


class Read(_Frame, frozen=True, tag="read"):
    """The person has seen a chat up to a message."""

    chat: ShortId
    message_id: ShortId
    place: Annotated[int, Meta(ge=0)]


class Say(_Frame, frozen=True, tag="say"):
    """A new message to the bot."""

    id: ClientId
    text: str = ""
    file: ShortId | None = None
    """Key of an uploaded file; the text is then its caption."""
    reply_to: ShortId | None = None
    chat: ShortId | None = None
    """Left out, it is the own chat with the bot; nobody but the bot writes in any other."""


class EditOwn(_Frame, frozen=True, tag="edit"):
    """Other words for a message of one's own."""

    id: ClientId
    message_id: ShortId
    text: str


class DeleteOwn(_Frame, frozen=True, tag="delete"):
    """Takes a message of one's own back."""

    id: ClientId
    message_id: ShortId


class React(_Frame, frozen=True, tag="react"):
    """All reactions of this person to a message, from now on."""

    id: ClientId
    chat: ShortId
    message_id: ShortId
    emoji: Annotated[tuple[Emoji, ...], Meta(max_length=3)]


class PressKey(_Frame, frozen=True, tag="press"):
    """A press on a button under a message."""

    id: ClientId
    chat: ShortId
    message_id: ShortId
    payload: Annotated[str, Meta(max_length=4096)]


Asked: TypeAlias = Hello | More | Typing | Read
"""Frames without an id: nothing is lost when they are."""
Done: TypeAlias = Say | EditOwn | DeleteOwn | React | PressKey
"""Frames with an id: each is acknowledged once durable."""
FromClient: TypeAlias = Asked | Done


class Head(Struct, frozen=True, kw_only=True):
    """What is legible of a frame that is wrong."""

    t: str
    id: ClientId | None = None


class NotAFrameError(DecodeError):
    """A message is not a frame; `head` is what was legible of it."""

    def __init__(self, reason: str, head: Head | None) -> None:
        super().__init__(reason)
        self.head = head


_parse: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)
_parse_head = msgspec.json.Decoder(Head)


def head_of(raw: bytes | str) -> Head | None:
    """Return kind and id of a message, or None when there is no making them out."""
    try:
        return _parse_head.decode(raw)
    except (msgspec.DecodeError, UnicodeError):
        return None


def parse(raw: bytes | str) -> FromClient:
    """Parse a message of a client; raises NotAFrameError."""
    try:
        return _parse.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotAFrameError(str(error), head_of(raw)) from None


# -- to the client


class ChatShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A chat in the person's list."""

    id: str
    title: str
    kind: str
    unread: int = 0
    read: int = 0
    """Place of the last message that was read."""
    choices: tuple[tuple[str, ...], ...] = ()
    """The reply keyboard to show now."""


class Limits(Struct, frozen=True, kw_only=True):
    """What the server takes."""

    text_bytes: int
    upload_bytes: int


class Welcome(_Frame, frozen=True, tag="welcome"):
    """Who you are and what there is."""

    person: Person
    title: str
    chats: Sequence[ChatShown]
    commands: Sequence[tuple[str, str]]
    limits: Limits
    fresh: bool
    """Forget what you had: `history` follows."""


class MessageShown(_Frame, frozen=True, tag="message"):
    """A message as it is now."""

    chat: str
    id: str
    seq: int
    place: int
    at: float
    mine: bool
    """Whether a person said it; false for the bot."""
    content: Raw
    """A `Content`."""
    reply_to: str | None = None
    edited: bool = False
    deleted: bool = False
    reactions: dict[str, int] = {}
    """How many persons react with what."""
    reacted: tuple[str, ...] | None = None
    """The reader's own reactions, where this frame is for one reader."""


class History(_Frame, frozen=True, tag="history"):
    """A page of a chat, the oldest first."""

    chat: str
    messages: Sequence[MessageShown]
    more: bool
    """There are older ones."""
    before: int = 0
    """What was asked for; 0 for the newest."""


class Synced(_Frame, frozen=True, tag="synced"):
    """You have seen all changes up to here."""

    seq: int


class Ack(_Frame, frozen=True, tag="ack"):
    """A frame of yours is durable."""

    id: str
    message_id: str | None = None


class Later(_Frame, frozen=True, tag="later"):
    """A frame of yours could not be taken now."""

    id: str
    retry_s: float


class Refused(_Frame, frozen=True, tag="refused"):
    """A frame of yours will not be taken."""

    reason: str
    id: str | None = None


class Pressed(_Frame, frozen=True, tag="pressed"):
    """The bot has taken your press."""

    id: str
    text: str = ""


class BotTyping(_Frame, frozen=True, tag="typing"):
    """The bot is at work on an answer."""

    chat: str


class Renamed(_Frame, frozen=True, tag="you"):
    """Your name has changed."""

    name: str


ToClient: TypeAlias = (
    Welcome
    | MessageShown
    | History
    | Synced
    | Ack
    | Later
    | Refused
    | Pressed
    | BotTyping
    | Renamed
)

_encoder = msgspec.json.Encoder()


def build(frame: ToClient) -> str:
    """Build the message for a client."""
    return _encoder.encode(frame).decode()


# -- what is kept of a frame until its turn


class Stored(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frame with all that makes it an update, as the engine keeps it."""

    id: str
    at: datetime
    chat: Chat
    person: Person
    frame: Done | Typing | Read
    photo: Photo | None = None
    file: File | None = None


_stored = msgspec.json.Decoder(Stored)


def store(stored: Stored) -> bytes:
    """Build the body of an update."""
    return _encoder.encode(stored)


def restore(body: bytes) -> Update:
    """Parse the body of an update; raises DecodeError."""
    try:
        stored = _stored.decode(body)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise DecodeError(f"not an update of the web messenger: {error}") from None
    return update_of(stored)


def own_message_id(client_id: str) -> str:
    """Return the id of the message that a person said with this client id."""
    return f"p{client_id}"


def update_of(stored: Stored) -> ChatUpdate:  # noqa: PLR0911  one return for each kind
    """Return the update that a frame is."""
    at: dict[str, Any] = {
        "id": stored.id,
        "bot": stored.chat.bot,
        "at": stored.at,
        "chat": stored.chat,
        "person": stored.person,
        "native": stored.frame,
    }
    match stored.frame:
        case Say() as frame:
            return _said(frame, stored, at)
        case EditOwn() as frame:
            return Edit(**at, message_id=frame.message_id, text=frame.text)
        case DeleteOwn() as frame:
            return Deletion(**at, message_id=frame.message_id)
        case React() as frame:
            return Reaction(**at, message_id=frame.message_id, emoji=frame.emoji)
        case PressKey() as frame:
            return Press(**at, message_id=frame.message_id, payload=frame.payload)
        case Read() as frame:
            return Status(**at, what=StatusKind.READ, message_id=frame.message_id)
        case Typing():
            return Status(**at, what=StatusKind.TYPING)


def _said(frame: Say, stored: Stored, at: dict[str, Any]) -> ChatUpdate:
    at |= {"message_id": own_message_id(frame.id), "reply_to": frame.reply_to}
    if stored.photo is not None:
        photo = replace(stored.photo, bot=stored.chat.bot)
        return PhotoMessage(**at, photo=photo, caption=frame.text or None)
    if stored.file is not None:
        file = replace(stored.file, bot=stored.chat.bot)
        return FileMessage(**at, file=file, caption=frame.text or None)
    return TextMessage(**at, text=frame.text)
