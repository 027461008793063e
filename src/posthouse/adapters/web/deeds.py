"""What frames with an id mean: checked, ready for the engine and for the history."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from posthouse.adapters.web.archive import EMPTY, FileRow, MessageRow, content_of
from posthouse.adapters.web.hub import Change, Connection
from posthouse.adapters.web.office import Office
from posthouse.adapters.web.wire import (
    DeleteOwn,
    Done,
    EditOwn,
    PressKey,
    React,
    Say,
    Stored,
    own_message_id,
)
from posthouse.model.chat import Person
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content
from posthouse.model.text import Text

Write: TypeAlias = Callable[[Change], Awaitable[None]]


class Deed(NamedTuple):
    """A frame that may be taken."""

    stored: Stored
    message_id: str | None = None
    """For the acknowledgement of a new message."""
    write: Write | None = None
    """Puts it into the history."""


async def prepare(frame: Done, office: Office, connection: Connection) -> Deed | str:
    """Check a frame; return what it means, or a sentence that says why it is refused."""
    match frame:
        case Say():
            return await _say(frame, office, connection)
        case EditOwn():
            return await _edit(frame, office, connection)
        case DeleteOwn():
            return await _delete(frame, office, connection)
        case React():
            return await _react(frame, office, connection)
        case PressKey():
            if not office.sees(connection.person, frame.chat):
                return _NO_CHAT
            return Deed(_stored(frame, office, connection, frame.chat))


_START = "/start"
_FOLLOWED = re.compile(r"/start [\w-]{20,64}", re.ASCII)
_NO_CHAT = "There is no such chat."
_NO_MESSAGE = "That message is not there any more."
_NOT_YOURS = "Only your own messages can be changed."


async def _say(frame: Say, office: Office, connection: Connection) -> Deed | str:
    person = connection.person
    if frame.chat is not None and frame.chat != person:
        return "Only the bot writes here." if office.is_broadcast(frame.chat) else _NO_CHAT
    if wrong := _wrong_text(frame.text, office, may_be_empty=frame.file is not None):
        return wrong
    stored = _stored(frame, office, connection, person)
    # What follows a link is for the bot alone.
    content = Content(text=Text(_START if _FOLLOWED.fullmatch(frame.text) else frame.text))
    if frame.file is not None:
        file = await _file(frame.file, office, person)
        if file is None:
            return "That file is not there any more; please send it again."
        stored, content = _with_file(file, stored, content)

    async def write(change: Change) -> None:
        row = MessageRow(
            chat=person,
            place=change.seq,
            seq=change.seq,
            message=own_message_id(frame.id),
            author=person,
            body=msgspec.json.encode(content),
            at=stored.at.timestamp(),
            reply_to=frame.reply_to,
        )
        await office.add(change, row, content)

    return Deed(stored, own_message_id(frame.id), write)


async def _edit(frame: EditOwn, office: Office, connection: Connection) -> Deed | str:
    row = await office.archive.find(connection.person, frame.message_id)
    if row is None or row.deleted:
        return _NO_MESSAGE
    if row.author != connection.person:
        return _NOT_YOURS
    old = content_of(row.body)
    has_media = bool(old.photos or old.files)
    if wrong := _wrong_text(frame.text, office, may_be_empty=has_media):
        return wrong
    content = replace(old, text=Text(frame.text))
    changed = row._replace(body=msgspec.json.encode(content), edited=True)

    async def write(change: Change) -> None:
        await office.alter(change, changed, content)

    return Deed(_stored(frame, office, connection, connection.person), None, write)


async def _delete(frame: DeleteOwn, office: Office, connection: Connection) -> Deed | str:
    row = await office.archive.find(connection.person, frame.message_id)
    if row is None:
        return _NO_MESSAGE
    if row.author != connection.person:
        return _NOT_YOURS
    gone = row._replace(body=EMPTY, deleted=True)

    async def write(change: Change) -> None:
        await office.alter(change, gone, Content())

    return Deed(_stored(frame, office, connection, connection.person), None, write)


async def _react(frame: React, office: Office, connection: Connection) -> Deed | str:
    if not office.sees(connection.person, frame.chat):
        return _NO_CHAT
    row = await office.archive.find(frame.chat, frame.message_id)
    if row is None or row.deleted:
        return _NO_MESSAGE

    async def write(change: Change) -> None:
        await office.react(change, row, connection.person, frame.emoji)

    return Deed(_stored(frame, office, connection, frame.chat), None, write)


def _stored(frame: Done, office: Office, connection: Connection, chat: str) -> Stored:
    person = Person(id=connection.person, name=connection.name, language=connection.language)
    return Stored(
        id=f"{person.id}:{frame.id}",
        at=office.host.clock.now(),
        chat=office.chat(chat, person),
        person=person,
        frame=frame,
    )


def _wrong_text(text: str, office: Office, *, may_be_empty: bool) -> str | None:
    most = office.settings.max_text_bytes
    # A character takes at least one byte, so most long texts need no encoding to be known as such.
    if len(text) > most or len(text.encode()) > most:
        return f"That is too long: {most // 1024 or 1} KiB are the most in one message."
    if not may_be_empty and not text.strip():
        return "There is nothing in that message."
    return None


async def _file(key: str, office: Office, person: str) -> FileRow | None:
    file = (await office.archive.files([key])).get(key)
    if file is None or file.person == person:
        return file
    return file if await office.archive.is_shown(key, office.chats_of(person)) else None


def _with_file(file: FileRow, stored: Stored, content: Content) -> tuple[Stored, Content]:
    if file.is_picture:
        photo = Photo(
            key=file.key,
            width=file.width,
            height=file.height,
            size_bytes=file.size_bytes,
            mime=file.mime,
        )
        return replace(stored, photo=photo), replace(content, photos=(photo,))
    plain = File(key=file.key, name=file.name, size_bytes=file.size_bytes, mime=file.mime)
    return replace(stored, file=plain), replace(content, files=(plain,))
