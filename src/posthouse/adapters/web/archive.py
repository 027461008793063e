"""The messenger's own memory: persons, messages, files, reactions, all through the site's database.

Writes return once durable.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw
from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, literal, select, update

from posthouse.adapters.web.tables import (
    web_file,
    web_message,
    web_person,
    web_reaction,
    web_read,
    web_shown,
)
from posthouse.adapters.web.wire import MessageShown
from posthouse.model.outgoing import Content
from posthouse.ports.records import Statement
from posthouse.ports.store import Database

_MESSAGE = (
    web_message.c.chat,
    web_message.c.place,
    web_message.c.seq,
    web_message.c.message,
    web_message.c.author,
    web_message.c.body,
    web_message.c.at,
    web_message.c.reply_to,
    web_message.c.edited,
    web_message.c.deleted,
)
_FILE = (
    web_file.c.key,
    web_file.c.name,
    web_file.c.mime,
    web_file.c.size_bytes,
    web_file.c.width,
    web_file.c.height,
    web_file.c.person,
    web_file.c.at,
)
UNREAD_MOST = 100
"""Nobody counts further."""
EMPTY = msgspec.json.encode(Content())


class MessageRow(NamedTuple):
    """A message as it is kept."""

    chat: str
    place: int
    seq: int
    message: str
    author: str
    body: bytes
    at: float
    reply_to: str | None = None
    edited: bool = False
    deleted: bool = False


class FileRow(NamedTuple):
    """An uploaded file."""

    key: str
    name: str
    mime: str
    size_bytes: int
    width: int
    height: int
    person: str
    at: float

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it in place."""
        return self.width > 0


class Tally(NamedTuple):
    """Reactions to one message."""

    counts: dict[str, int]
    own: tuple[str, ...]


NO_REACTIONS = Tally({}, ())


def shown(row: MessageRow, tally: Tally = NO_REACTIONS, *, to_one: bool = False) -> MessageShown:
    """Return a row as the frame that shows it."""
    return MessageShown(
        chat=row.chat,
        id=row.message,
        seq=row.seq,
        place=row.place,
        at=row.at,
        mine=bool(row.author),
        content=Raw(row.body),
        reply_to=row.reply_to,
        edited=bool(row.edited),
        deleted=bool(row.deleted),
        reactions=tally.counts,
        reacted=tally.own if to_one else None,
    )


class Archive:
    """What one bot's web messenger knows."""

    def __init__(self, database: Database, bot: str) -> None:
        self._database = database
        self._bot = bot

    async def last_number(self) -> int:
        """Return the highest `seq` in use."""
        rows = await self._database.fetch(
            select(func.max(web_message.c.seq)).where(web_message.c.bot == self._bot)
        )
        return int(rows[0][0] or 0) if rows else 0

    # -- persons

    async def name_of(self, person: str) -> str | None:
        """Return a person's name, or None for nobody."""
        rows = await self._database.fetch(
            select(web_person.c.name).where(
                web_person.c.bot == self._bot, web_person.c.id == person
            )
        )
        return str(rows[0][0]) if rows else None

    async def add_person(self, person: str, name: str, *, at: float) -> None:
        """Remember a new person."""
        await self._database.execute(
            insert(web_person).values(bot=self._bot, id=person, name=name, created=at)
        )

    async def rename(self, person: str, name: str) -> None:
        """Give a person another name."""
        where = (web_person.c.bot == self._bot, web_person.c.id == person)
        await self._database.execute(update(web_person).where(*where).values(name=name))

    # -- messages: writing

    async def add(self, row: MessageRow, content: Content) -> None:
        """Keep a new message; raises ConflictError when it is kept already."""
        values = row._asdict() | {"bot": self._bot, "choices": content.choices is not None}
        await self._database.execute(
            insert(web_message).values(**values), *self._showing(content, row.chat)
        )

    async def change(self, row: MessageRow, content: Content, *, seq: int) -> None:
        """Give a message other content, or none when the row says deleted."""
        values = {
            "seq": seq,
            "body": row.body,
            "edited": row.edited,
            "deleted": row.deleted,
        }
        if content.choices is not None or row.deleted:
            values["choices"] = not row.deleted
        await self._database.execute(
            update(web_message).where(*self._is(row.chat, row.message)).values(**values),
            *self._showing(content, row.chat),
        )

    async def touch(self, row: MessageRow, *, seq: int) -> None:
        """Have a message shown once more to whoever may have missed it."""
        where = self._is(row.chat, row.message)
        await self._database.execute(update(web_message).where(*where).values(seq=seq))

    async def react(
        self, chat: str, message: str, person: str, emoji: Sequence[str], *, seq: int
    ) -> None:
        """Set all reactions of a person to a message."""
        mine = (*self._reactions_to(chat, [message]), web_reaction.c.person == person)
        key = {"bot": self._bot, "chat": chat, "message": message, "person": person}
        await self._database.execute(
            delete(web_reaction).where(*mine),
            *(insert(web_reaction).values(**key, emoji=one) for one in dict.fromkeys(emoji)),
            update(web_message).where(*self._is(chat, message)).values(seq=seq),
        )

    async def mark_read(self, person: str, chat: str, place: int) -> None:
        """Remember up to where a person has read a chat."""
        mine = (
            web_read.c.bot == self._bot,
            web_read.c.person == person,
            web_read.c.chat == chat,
        )
        values = (literal(v) for v in (self._bot, person, chat, place))
        await self._database.execute(
            update(web_read).where(*mine, web_read.c.place < place).values(place=place),
            insert(web_read).from_select(
                ["bot", "person", "chat", "place"],
                select(*values).where(~exists(select(web_read.c.place).where(*mine))),
            ),
        )

    def _showing(self, content: Content, chat: str) -> list[Statement]:
        keys = dict.fromkeys(media_keys(content))
        return [self._show(key, chat) for key in keys]

    def _show(self, key: str, chat: str) -> Statement:
        there = select(web_shown.c.key).where(
            web_shown.c.bot == self._bot, web_shown.c.key == key, web_shown.c.chat == chat
        )
        values = (literal(v) for v in (self._bot, key, chat))
        return insert(web_shown).from_select(
            ["bot", "key", "chat"], select(*values).where(~exists(there))
        )

    # -- messages: reading

    async def find(self, chat: str, message: str) -> MessageRow | None:
        """Return one message."""
        rows = await self._messages(select(*_MESSAGE).where(*self._is(chat, message)))
        return rows[0] if rows else None

    async def page(self, chat: str, *, before: int, limit: int) -> tuple[list[MessageRow], bool]:
        """Return the newest messages before a place, the oldest first, and whether there are more.

        Place 0 asks for the newest of all.
        """
        where = [web_message.c.bot == self._bot, web_message.c.chat == chat]
        where.append(web_message.c.deleted.is_(False))
        if before:
            where.append(web_message.c.place < before)
        rows = await self._messages(
            select(*_MESSAGE).where(*where).order_by(web_message.c.place.desc()).limit(limit + 1)
        )
        return rows[:limit][::-1], len(rows) > limit

    async def since(
        self, chats: Sequence[str], *, seq: int, until: int, limit: int
    ) -> list[MessageRow]:
        """Return what changed in some chats after a number and until another, in order."""
        return await self._messages(
            select(*_MESSAGE)
            .where(
                web_message.c.bot == self._bot,
                web_message.c.chat.in_(chats),
                web_message.c.seq > seq,
                web_message.c.seq <= until,
            )
            .order_by(web_message.c.seq)
            .limit(limit)
        )

    async def tallies(
        self, rows: Sequence[MessageRow], person: str
    ) -> dict[tuple[str, str], Tally]:
        """Return the reactions to some messages, with those of one reader."""
        found: dict[tuple[str, str], Tally] = {}
        own = func.max(web_reaction.c.person == person)
        for chat in {row.chat for row in rows}:
            names = [row.message for row in rows if row.chat == chat]
            tallied = await self._database.fetch(
                select(web_reaction.c.message, web_reaction.c.emoji, func.count(), own)
                .where(*self._reactions_to(chat, names))
                .group_by(web_reaction.c.message, web_reaction.c.emoji)
            )
            for message, emoji, count, is_own in tallied:
                tally = found.setdefault((chat, message), Tally({}, ()))
                tally.counts[emoji] = count
                if is_own:
                    found[chat, message] = tally._replace(own=(*tally.own, emoji))
        return found

    async def unread(self, person: str, chat: str) -> tuple[int, int]:
        """Return the place a person has read a chat to, and how many of the bot's came since."""
        rows = await self._database.fetch(
            select(web_read.c.place).where(
                web_read.c.bot == self._bot, web_read.c.person == person, web_read.c.chat == chat
            )
        )
        place = int(rows[0][0]) if rows else 0
        some = (
            select(web_message.c.place)
            .where(
                web_message.c.bot == self._bot,
                web_message.c.chat == chat,
                web_message.c.place > place,
                web_message.c.author == "",
                web_message.c.deleted.is_(False),
            )
            .limit(UNREAD_MOST)
        )
        counted = await self._database.fetch(select(func.count()).select_from(some.subquery()))
        return place, int(counted[0][0])

    async def choices(self, chat: str) -> tuple[tuple[str, ...], ...]:
        """Return the reply keyboard that holds in a chat."""
        rows = await self._database.fetch(
            select(web_message.c.body)
            .where(
                web_message.c.bot == self._bot,
                web_message.c.chat == chat,
                web_message.c.choices.is_(True),
            )
            .order_by(web_message.c.place.desc())
            .limit(1)
        )
        return content_of(rows[0][0]).choices or () if rows else ()

    async def _messages(self, statement: Select[Any]) -> list[MessageRow]:
        return [MessageRow(*row) for row in await self._database.fetch(statement)]

    def _is(self, chat: str, message: str) -> tuple[ColumnElement[bool], ...]:
        return (
            web_message.c.bot == self._bot,
            web_message.c.chat == chat,
            web_message.c.message == message,
        )

    def _reactions_to(self, chat: str, messages: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
        return (
            web_reaction.c.bot == self._bot,
            web_reaction.c.chat == chat,
            web_reaction.c.message.in_(messages),
        )

    # -- files

    async def add_file(self, row: FileRow) -> None:
        """Remember an uploaded file."""
        await self._database.execute(insert(web_file).values(bot=self._bot, **row._asdict()))

    async def files(self, keys: Sequence[str]) -> dict[str, FileRow]:
        """Return the files that exist of those named."""
        rows = await self._database.fetch(
            select(*_FILE).where(web_file.c.bot == self._bot, web_file.c.key.in_(keys))
        )
        return {row[0]: FileRow(*row) for row in rows}

    async def is_shown(self, key: str, chats: Sequence[str]) -> bool:
        """Say whether a file was shown in one of some chats."""
        rows = await self._database.fetch(
            select(web_shown.c.key)
            .where(
                web_shown.c.bot == self._bot,
                web_shown.c.key == key,
                web_shown.c.chat.in_(chats),
            )
            .limit(1)
        )
        return bool(rows)


def media_keys(content: Content) -> list[str]:
    """Return the keys of all files that a content shows."""
    return [*(photo.key for photo in content.photos), *(file.key for file in content.files)]


def content_of(body: bytes) -> Content:
    """Return the content that a row keeps."""
    return msgspec.json.decode(body, type=Content)
