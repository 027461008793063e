"""Texts as people mean them: without what cannot be seen, and folded for comparing."""

import re
import unicodedata
from typing import Final

_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""
_TAGS: Final = range(0xE0020, 0xE0080)
_APOSTROPHES: Final = (
    "'`\"\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\uff07\u055a\ua78c"
)
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d\u2043"
_FOLDS: Final = (
    dict.fromkeys(map(ord, _APOSTROPHES))
    | dict.fromkeys(map(ord, _DASHES), " ")
    | str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
)
_EMBEDDINGS: Final = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_END_EMBEDDING: Final = "\u202c"
_END_ISOLATE: Final = "\u2069"
_DIRECTING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS: Final = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
"""Accents once they are split off, and what cannot be seen."""


def cleaned(text: str) -> str:
    """Return a text as it is kept: without control characters, and trimmed of all that is blank.

    A run of letters that was given a direction of its own ends where its line does, also if the
    sign that ends it was trimmed, or was never there: what is shown behind it would be turned, too.
    """
    # Nearly always: what Python calls printable has no controls, directions or breaks in it, and
    # of blanks the plain one.
    if text.isprintable() and text and not _is_blank(text[0]) and not _is_blank(text[-1]):
        return text
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    text = text[start:end]
    if _DIRECTING.search(text) is None:  # nearly always
        return text
    return "\n".join(map(_balanced, text.split("\n")))


def _balanced(line: str) -> str:
    """Return a line in which each change of direction is ended, and no other one."""
    kept: list[str] = []
    ends: list[str] = []
    for c in line:
        if c in _EMBEDDINGS:
            ends.append(_END_EMBEDDING)
        elif c in _ISOLATES:
            ends.append(_END_ISOLATE)
        elif c == _END_EMBEDDING:
            if ends[-1:] != [c]:  # it ends none, or one outside the isolated run
                continue
            ends.pop()
        elif c == _END_ISOLATE:
            if c not in ends:
                continue
            while (end := ends.pop()) != c:  # those begun within it end with it
                kept.append(end)
        kept.append(c)
    return "".join((*kept, *reversed(ends)))


def _is_blank(character: str) -> bool:
    if character > "~":
        return character in _FILLERS or (
            unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cf", "Cc"}
            and ord(character) not in _TAGS
        )
    return character.isspace()


def on_one_line(text: str) -> str:
    """Return a text with each run of white space as one space."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """Return a text for comparing: case, accents, apostrophes, hyphens and spacing do not count.

    Apostrophes vanish; hyphens and all white space are one space.
    """
    text = text.casefold().translate(_FOLDS)
    if not text.isascii():
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
        text = unicodedata.normalize("NFC", bare)
    return " ".join(text.split())
