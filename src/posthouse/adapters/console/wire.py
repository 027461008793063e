"""What a person types and what a bot shows, as plain data: no terminal and no files here."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from posthouse.errors import DecodeError
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content
from posthouse.model.text import Text
from posthouse.model.update import FileMessage, PhotoMessage, Press, TextMessage

HELP = (
    "A number presses a button. photo PATH and file PATH send files. "
    "A line that begins with \\ is sent as it is. /quit ends."
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES = {
    "bold": "1",
    "italic": "3",
    "underline": "4",
    "strike": "9",
    "spoiler": "2",
    "code": "36",
    "pre": "36",
    "quote": "3",
    "link": "4",
    "mention": "1",
}
_KILOBYTE = 1000


# --- what a person typed


class Input(StrEnum):
    """What a typed line is."""

    TEXT = "text"
    NUMBER = "number"
    PHOTO = "photo"
    FILE = "file"
    QUIT = "quit"
    NOTHING = "nothing"


class Typed(NamedTuple):
    """One typed line, understood."""

    kind: Input
    value: str = ""


def understand(line: str, *, offers: int) -> Typed:
    """Return what a line means while `offers` numbers are on the screen."""
    line = line.rstrip("\r\n")
    bare = line.strip()
    if not bare:
        return Typed(Input.NOTHING)
    if line.startswith("\\"):
        return Typed(Input.TEXT, line[1:]) if bare != "\\" else Typed(Input.NOTHING)
    if bare == "/quit":
        return Typed(Input.QUIT)
    if bare.isascii() and bare.isdecimal() and 1 <= int(bare[:6]) <= offers:
        return Typed(Input.NUMBER, bare[:6])
    word, _, path = bare.partition(" ")
    if word in ("photo", "file") and path.strip():
        return Typed(Input(word), path.strip().strip("'\""))
    return Typed(Input.TEXT, line)


class Body(Struct, kw_only=True, omit_defaults=True):
    """An update of the console as it is kept."""

    kind: str
    id: str
    at: datetime
    bot: str
    chat: str
    person: Person
    text: str = ""
    payload: str = ""
    message_id: str | None = None
    photo: Photo | None = None
    file: File | None = None


_decode = msgspec.json.Decoder(Body).decode


def decode(raw: bytes) -> TextMessage | PhotoMessage | FileMessage | Press:
    """Return the update of a body; raises DecodeError."""
    try:
        body = _decode(raw)
    except msgspec.DecodeError as error:
        raise DecodeError(f"not an update of the console: {error}") from None
    chat = Chat(id=body.chat, bot=body.bot, messenger="console")
    at = body.at if body.at.tzinfo else body.at.replace(tzinfo=UTC)
    common: dict[str, Any] = {
        "id": body.id,
        "bot": body.bot,
        "at": at,
        "chat": chat,
        "person": body.person,
    }
    match body:
        case Body(kind="textmessage"):
            return TextMessage(**common, message_id=body.id, text=body.text, native=body)
        case Body(kind="press"):
            return Press(**common, message_id=body.message_id, payload=body.payload, native=body)
        case Body(kind="photomessage", photo=Photo() as photo):
            return PhotoMessage(**common, message_id=body.id, photo=photo, native=body)
        case Body(kind="filemessage", file=File() as file):
            return FileMessage(**common, message_id=body.id, file=file, native=body)
    raise DecodeError(f"the console knows no update of kind {body.kind!r} with these parts")


# --- what a bot shows


class Offer(NamedTuple):
    """What a number stands for."""

    label: str
    message_id: str | None = None
    payload: str | None = None
    """The button's, or None for a ready answer or a link."""
    url: str | None = None


def offers_of(content: Content, message_id: str) -> list[list[Offer]]:
    """Return the rows of what can be chosen under a message: its buttons, or else ready answers."""
    if content.rows:
        return [
            [Offer(plain(key.label), message_id, key.payload, key.url) for key in row]
            for row in content.rows
        ]
    return [[Offer(plain(label)) for label in row] for row in content.choices or ()]


def numbered(rows: Sequence[Sequence[Offer]]) -> Iterator[str]:
    """Return a line per row: `[1] Tea  [2] Coffee`."""
    number = 0
    for row in rows:
        parts: list[str] = []
        for offer in row:
            number += 1
            link = f" ({plain(offer.url)})" if offer.url else ""
            parts.append(f"[{number}] {offer.label}{link}")
        yield "  ".join(parts)


def rendered(words: Text, *, styled: bool) -> str:
    """Return a text for the terminal; links show their address, styles only where they can."""
    out: list[str] = []
    edges = sorted({0, len(words.plain), *(e for s in words.spans for e in (s.start, s.end))})
    for start, end in pairwise(edges):
        piece = plain(words.plain[start:end])
        inside = [s for s in words.spans if s.start <= start and s.end >= end]
        codes = [_STYLES[s.kind] for s in inside] if styled else []
        out.append(f"\x1b[{';'.join(codes)}m{piece}\x1b[0m" if codes else piece)
        out.extend(
            f" ({plain(s.url)})"
            for s in inside
            if s.kind == "link" and s.end == end and s.url and s.url != words.plain[s.start : s.end]
        )
    return "".join(out)


def plain(words: str) -> str:
    """Return a text without control characters, which could command the terminal."""
    return _CONTROL.sub("�", words)


def size(size_bytes: int) -> str:
    """Return a size as people read it: `34 kB`."""
    if size_bytes < _KILOBYTE:
        return f"{size_bytes} bytes"
    if size_bytes < _KILOBYTE * _KILOBYTE:
        return f"{size_bytes / _KILOBYTE:.0f} kB"
    return f"{size_bytes / _KILOBYTE / _KILOBYTE:.1f} MB"
