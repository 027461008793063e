"""The words of a command line as a person typed it, each with its place in the text."""

import re
from typing import NamedTuple

_WORD = re.compile(
    r'"(?P<straight>(?:[^"\\]|\\.)*)"(?=\s|$)'
    r"|[“„«](?P<curly>[^“”„«»]*)[”“»](?=\s|$)"
    r"|\S+",
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\])')


class Word(NamedTuple):
    """One word, or several within quotes."""

    value: str
    """What was meant: without the quotes around it."""
    start: int
    """First character in the text, quotes included."""
    end: int
    """One past the last character in the text, quotes included."""


def next_word(text: str, start: int) -> Word | None:
    """Return the first word at or after `start`, or None at the end.

    Straight quotes and those that phones put in their place hold several words together; a quote
    that is not closed is a character like any other. Within straight quotes a backslash makes the
    next quote or backslash literal.
    """
    found = _WORD.search(text, start)
    if found is None:
        return None
    if found["straight"] is not None:
        value = _ESCAPED.sub(r"\1", found["straight"])
    elif found["curly"] is not None:
        value = found["curly"]
    else:
        value = found[0]
    return Word(value, found.start(), found.end())


def clipped(typed: str, *, length: int = 40) -> str:
    """Return what a person typed, cut to a length that fits a sentence."""
    return typed if len(typed) <= length else f"{typed[: length - 1]}…"
