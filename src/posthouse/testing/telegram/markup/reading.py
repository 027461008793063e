"""From what a call says to a text with entities, as a message carries it."""

import re
from collections.abc import Callable
from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.checking import misfit
from posthouse.testing.telegram.markup.html import parse_html
from posthouse.testing.telegram.markup.markdown import parse_markdown, parse_markdown_v2
from posthouse.testing.telegram.markup.pieces import MarkupError, units
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Kind
from posthouse.testing.telegram.wire import Json

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_RAW_BYTES = 32768
_PARSERS: dict[str, Callable[[str], tuple[str, list[Json]]]] = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}
_NAME = r"(?:@[A-Za-z][A-Za-z0-9_]{2,31})"
_FOUND = re.compile(
    rf"""(?P<url>(?:https?|ftp)://[^\s<>"'/?\#:@]+\.[^\s<>"'/?\#:@.]+[^\s<>"']*(?<![.,;:!?()])
    |(?<![\w@./])(?:[a-z0-9-]+\.)+(?:com|org|net|io|ru|de|dev|app|me|info)\b(?![@.\w])
        (?:/[^\s<>"']*(?<![.,;:!?()]))?)
    |(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w@]))
    |(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{{1,64}}{_NAME}?(?![\w/<>@]))
    |(?P<mention>(?<![\w@]){_NAME}(?!\w))
    |(?P<hashtag>(?<![\w\#])\#(?=\w*[^\W\d])\w{{1,255}}{_NAME}?(?![\w\#]))
    |(?P<cashtag>(?<![\w$])\$(?-i:[A-Z]{{3,8}}){_NAME}?(?![\w$]))""",
    re.VERBOSE | re.IGNORECASE,
)
_SILENT = {"code", "pre", "text_link", "text_mention", "custom_emoji"}
"""What nothing is found inside of."""


def read_text(
    text: str, mode: str, entities: Any, user: Callable[[int], Json | None]
) -> tuple[str, list[Json]]:
    """Read a text by its parse_mode, or with the entities given; refuses wrong markup.

    Args:
        user: The User of an id, for mentions; None where nobody has it.
    """
    if len(text.encode()) > MOST_RAW_BYTES:
        raise refuse(refusals.RAW_TEXT_TOO_LONG)
    found: list[Json] = []
    if mode and mode.lower() != "none" and text:
        parser = _PARSERS.get(mode.lower())
        if parser is None:
            raise refuse(refusals.UNSUPPORTED_MODE)
        try:
            text, found = parser(text)
        except MarkupError as error:
            raise refuse(refusals.CANT_PARSE.format(why=error)) from None
    elif isinstance(entities, list):
        found = [_given(entity, units(text)) for entity in entities]
    found = [one for one in found if _resolve(one, user)]
    text, found = _trim(text, found)
    return text, _sort(found + _detect(text, found))


def detect(text: str) -> list[Json]:
    """The entities Telegram finds by itself: commands, addresses, mentions, hashtags."""
    return _sort(_detect(text, []))


def message_text(text: str, mode: str, entities: Any, user: Callable[[int], Json | None]) -> Json:
    """The text and entities of a message; refuses what is empty or too long."""
    if not text:
        raise refuse(refusals.TEXT_EMPTY)
    read, found = read_text(text, mode, entities, user)
    if not read:
        raise refuse(refusals.TEXT_BLANK)
    if len(read) > MOST_TEXT:
        raise refuse(refusals.TEXT_TOO_LONG)
    return {"text": read} | ({"entities": found} if found else {})


def caption_text(text: str, mode: str, entities: Any, user: Callable[[int], Json | None]) -> Json:
    """The caption of a message, which may be missing."""
    read, found = read_text(text, mode, entities, user)
    if len(read) > MOST_CAPTION:
        raise refuse(refusals.CAPTION_TOO_LONG)
    if not read:
        return {}
    return {"caption": read} | ({"caption_entities": found} if found else {})


def _given(entity: Any, length: int) -> Json:
    why = misfit(Kind("ref", "MessageEntity"), entity)
    if why is not None:
        raise refuse(refusals.CANT_PARSE_ENTITY.format(why=why))
    offset, size = int(entity["offset"]), int(entity["length"])
    begin, end = max(0, offset), min(length, offset + size)
    found = dict(entity) | {"offset": begin, "length": max(0, end - begin)}
    if isinstance(found.get("user"), dict):
        found["user"] = int(found["user"]["id"])
    return {key: value for key, value in found.items() if value is not None}


def _resolve(entity: Json, user: Callable[[int], Json | None]) -> bool:
    """Put in who is mentioned; whether the entity stays."""
    if entity["type"] == "text_mention":
        entity["user"] = user(int(entity.get("user", 0)))
        return entity["user"] is not None
    return bool(entity["length"] > 0)


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Take away blanks at both ends, and what entities lose by it."""
    first = min((one["offset"] for one in entities), default=units(text))
    bare = text.rstrip()
    kept = bare.lstrip()
    cut = min(first, units(bare) - units(kept))
    encoded = bare.encode("utf-16-le", "surrogatepass")[2 * cut :]
    trimmed = encoded.decode("utf-16-le", "surrogatepass")
    length = units(trimmed)
    found = []
    for one in entities:
        begin = one["offset"] - cut
        end = min(begin + one["length"], length)
        if begin < end:
            found.append({**one, "offset": begin, "length": end - begin})
    return (trimmed if trimmed.strip() else ""), found


def _detect(text: str, there: list[Json]) -> list[Json]:
    found = []
    for match in _FOUND.finditer(text):
        begin = units(text[: match.start()])
        one = {"type": match.lastgroup, "offset": begin, "length": units(match[0])}
        if not any(_touch(one, other) for other in there if other["type"] in _SILENT):
            found.append(one)
    return found


def _touch(one: Json, other: Json) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )


def _sort(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda one: (one["offset"], -one["length"], one["type"]))
