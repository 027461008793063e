"""What the three parsers share: a text being read, and the text and entities being made."""

import re
from typing import Any

from posthouse.testing.telegram.wire import Json

END = "\0"
"""What is read behind the end of a text."""
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST = re.compile(r"^[^\s/?#@:]+\.[^\s/?#@:.]+|^localhost")


class MarkupError(ValueError):
    """A text's markup is wrong; the message is Telegram's own."""


def units(text: str) -> int:
    """Length in UTF-16 code units, in which entities are counted."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Source:
    """A text being read."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, index: int) -> str:
        """The character at an index."""
        return self.text[index] if index < len(self.text) else END

    def byte(self, index: int) -> int:
        """How many bytes lie before an index; complaints count in bytes."""
        return len(self.text[:index].encode())


class Made:
    """The text and the entities that come out."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.offset = 0
        self.entities: list[Json] = []

    def add(self, piece: str) -> None:
        """Append to the text."""
        self.pieces.append(piece)
        self.offset += units(piece)

    def since(self, number: int) -> str:
        """The text from a piece on."""
        return "".join(self.pieces[number:])

    def mark(self, kind: str, begin: int, **more: Any) -> None:
        """Add an entity that ends here."""
        if self.offset > begin:
            self.entities.append(
                {"type": kind, "offset": begin, "length": self.offset - begin, **more}
            )


def link(url: str) -> Json | None:
    """The entity a link makes: a mention of a user, a link, or none where it is no address."""
    if found := re.fullmatch(r"tg:(?://)?user\?id=(\d+)", url.strip()):
        return {"type": "text_mention", "user": int(found[1])}
    bare = url.strip()
    if not bare or re.search(r"\s", bare):
        return None
    if scheme := _SCHEME.match(bare):
        rest = bare[scheme.end() :].removeprefix("//")
        known = scheme[0].lower() in {"http:", "https:", "tg:", "ton:", "tonsite:", "ftp:"}
        if known and rest:
            plain = scheme[0].lower() not in {"http:", "https:", "ftp:"}
            if plain or _HOST.match(rest):
                return {"type": "text_link", "url": _with_slash(scheme[0].lower(), bare)}
        if known:
            return None
    if _HOST.match(bare):
        return {"type": "text_link", "url": _with_slash("", "http://" + bare)}
    return None


def _with_slash(scheme: str, url: str) -> str:
    """An address as Telegram writes it: with a slash where nothing follows the host."""
    if scheme and not scheme.startswith(("http", "ftp")):
        return url
    head, mark, rest = url.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(host) :]
    if not mark:
        return url
    return f"{head.lower()}://{host.lower()}{tail if tail.startswith('/') else '/' + tail}"
