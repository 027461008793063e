"""Entries and posts as they stand in the database, and the statements that change them.

Every change names the version it was made from, so that of two that were made at once the second
finds another one there: its turn runs again on what the first has left.
"""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import insert, literal, select, update

from posthouse.model.chat import Chat
from posthouse.posts.ids import new_id
from posthouse.storage.publishing import item
from posthouse.storage.schema import audit, entry, message, post, thread
from posthouse.turn.turn import Turn

PUBLISHED, WITHDRAWN, REMOVED = "published", "withdrawn", "removed"
"""How an entry stands: removed is what staff did."""
SENDING, LIVE, FAILED, UNKNOWN = "sending", "live", "failed", "unknown"
"""How the present post of an entry stands."""
GONE, MOVED = "gone", "moved"
"""How a former one ended, beside WITHDRAWN and REMOVED: its message is there no more, or it was
posted again and still has one."""
NONE, WAITING, SENT = "none", "waiting", "sent"
"""What becomes of its further photos, beside SENDING and FAILED."""


class Entry(Struct, frozen=True, kw_only=True):
    """A completed form."""

    id: str
    account: int
    form: str
    """`app.Form`."""
    person: str
    chat: str
    """The private chat of its author."""
    name: str
    """What its author was called then."""
    language: str
    answers: bytes
    state: str
    standing: str = PUBLISHED
    number: int | None = None
    """Public number of its newest edition."""
    edition: int = 1
    subject: str | None = None
    """The entry that it is a follow-up of."""
    screen: int | None = None
    """Delivery key of the message that tells its author how it stands."""
    version: int = 1
    created: float
    changed: float

    @property
    def plain(self) -> dict[str, Any]:
        """The answers as plain data, by field."""
        found: dict[str, Any] = msgspec.msgpack.decode(self.answers)
        return found


class Post(Struct, frozen=True, kw_only=True):
    """One publication of an entry in one chat."""

    id: str
    entry: str
    account: int
    place: str
    """The name of the chat in the bot's settings."""
    chat: str
    edition: int = 1
    sequence: str | None = None
    number: int | None = None
    delivery: int
    """Delivery key of the message."""
    message: str | None = None
    """The messenger's own id of it; of an album those of all its messages, with commas between."""
    link: str | None = None
    shown: str
    """Name of the state that the message shows."""
    status: str = SENDING
    live: bool = True
    """It is the present post of its entry in that chat."""
    extra: str = NONE
    """What becomes of the photos that are not in the post itself."""
    album: int | None = None
    """Delivery key of the message with them."""
    card: int | None = None
    """Delivery key of the card for staff."""
    version: int = 1
    created: float
    sent: float | None = None


StructT = TypeVar("StructT", bound=Struct)
_ENTRY = [entry.c[name] for name in Entry.__struct_fields__]
_POST = [post.c[name] for name in Post.__struct_fields__]


def _made(kind: type[StructT], row: Any) -> StructT:
    return kind(**dict(zip(kind.__struct_fields__, row, strict=True)))


async def entries(turn: Turn, *where: Any, limit: int = 500, newest: bool = True) -> list[Entry]:
    """Return the entries of this account that fit, the newest first unless told otherwise."""
    order = entry.c.created.desc() if newest else entry.c.created
    found = select(*_ENTRY).where(entry.c.account == turn.account, *where).order_by(order)
    return [_made(Entry, row) for row in await turn.fetch(found.limit(limit))]


async def entry_of(turn: Turn, id: str) -> Entry | None:
    """Return an entry of this account."""
    return next(iter(await entries(turn, entry.c.id == id, limit=1)), None)


async def posts(turn: Turn, *where: Any, limit: int = 500) -> list[Post]:
    """Return the posts of this account that fit, in the order in which they were made."""
    found = select(*_POST).where(post.c.account == turn.account, *where)
    rows = await turn.fetch(found.order_by(post.c.created, post.c.id).limit(limit))
    return [_made(Post, row) for row in rows]


async def post_of(turn: Turn, id: str) -> Post | None:
    """Return a post of this account."""
    return next(iter(await posts(turn, post.c.id == id, limit=1)), None)


async def edition_of(turn: Turn, found: Entry, edition: int | None = None) -> list[Post]:
    """Return the posts of an entry's newest edition, or of another one."""
    wanted = found.edition if edition is None else edition
    return await posts(turn, post.c.entry == found.id, post.c.edition == wanted)


async def still_there(turn: Turn, found: Entry) -> list[Post]:
    """Return the posts of an entry whose messages may be there, those of former editions too."""
    is_there = post.c.live | (post.c.status == MOVED)
    return await posts(turn, post.c.entry == found.id, is_there)


async def chat_of_delivery(turn: Turn, key: int, otherwise: Chat) -> Chat:
    """Return the chat that a message went to, which the settings may name otherwise by now.

    `otherwise` is meant where that is not known, because it is on its way or was long ago.
    """
    wanted = select(message.c.chat).where(message.c.delivery == key)
    known = next((row.chat for row in await turn.fetch(wanted)), None)
    return otherwise if known is None else msgspec.structs.replace(otherwise, id=known)


def add_entry(turn: Turn, made: Entry) -> None:
    """Write a new entry."""
    turn.execute(insert(entry).values(**msgspec.structs.asdict(made)))


def add_post(turn: Turn, made: Post) -> None:
    """Write a new post."""
    turn.execute(insert(post).values(**msgspec.structs.asdict(made)))


def change_entry(turn: Turn, found: Entry, **values: Any) -> Entry:
    """Change an entry that nobody else has changed meanwhile; return it as it will be."""
    values |= {"version": found.version + 1, "changed": turn.now_s}
    mine = (entry.c.id == found.id, entry.c.version == found.version)
    turn.execute(update(entry).where(*mine).values(**values), expect_rows=1)
    if values.get("standing", PUBLISHED) != PUBLISHED:
        _withdraw_items(turn, found)
    return msgspec.structs.replace(found, **values)


def _withdraw_items(turn: Turn, found: Entry) -> None:
    """Take back what was published of an entry: who has not got it does not get it any more."""
    mine = (item.c.entry == found.id, item.c.state == "live")
    turn.execute(update(item).where(*mine).values(state="withdrawn", changed=turn.now.timestamp()))


def change_post(turn: Turn, found: Post, **values: Any) -> Post:
    """Change a post that nobody else has changed meanwhile; return it as it will be."""
    values |= {"version": found.version + 1}
    mine = (post.c.id == found.id, post.c.version == found.version)
    turn.execute(update(post).where(*mine).values(**values), expect_rows=1)
    return msgspec.structs.replace(found, **values)


def first_id(message: str) -> str:
    """Return the message that stands for a post: the first one of an album."""
    return message.partition(",")[0]


class Opened(Struct, frozen=True, kw_only=True):
    """The thread of a post, in the group where its chat is discussed."""

    place: str
    """Raw id of the group."""
    thread: str
    """Id of the message there that answers go to."""
    at: float


async def thread_of(turn: Turn, found: Post) -> Opened | None:
    """Return the thread of a post, if one was opened."""
    if found.message is None:
        return None
    wanted = select(thread.c.place, thread.c.thread, thread.c.at).where(
        thread.c.account == found.account,
        thread.c.chat == found.chat,
        thread.c.message == first_id(found.message),
    )
    return next((_made(Opened, row) for row in await turn.fetch(wanted)), None)


def keep_thread(turn: Turn, *, chat: str, message: str, opened: str) -> None:
    """Write down the thread of a post, known or not yet; the first one stays."""
    row = {
        "account": turn.account,
        "chat": chat,
        "message": message,
        "place": turn.chat.id,
        "thread": opened,
        "at": turn.now_s,
    }
    known = select(thread.c.thread).where(
        thread.c.account == turn.account, thread.c.chat == chat, thread.c.message == message
    )
    values = select(*(literal(value).label(name) for name, value in row.items()))
    turn.execute(insert(thread).from_select([*row], values.where(~known.exists())))


def note(turn: Turn, deed: str, *, of: str | None, about: str, detail: str = "") -> None:
    """Write down what the person of a turn did, for staff to look up.

    Args:
        turn: Who did it, and when.
        deed: One word: "remove", "ban", "transition" and so on.
        of: The entry it was done to.
        about: Whom it concerns: the id of a person.
        detail: What else there is to say.
    """
    row: dict[str, Any] = {
        "id": new_id(turn.now),
        "account": turn.account,
        "at": turn.now_s,
        "person": turn.person.id,
        "name": turn.person.name,
        "deed": deed,
        "entry": of,
        "about": about,
        "detail": detail,
    }
    turn.execute(insert(audit).values(**row))
