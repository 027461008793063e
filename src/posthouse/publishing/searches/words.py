"""Words of texts as searches compare them: folded, and split where any script splits them."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from posthouse.dialogs.forms.folding import folded

_RUN: Final = re.compile(r"[^\W_]+")
_PLAIN_UNTIL: Final = "\u0530"
"""Below it are scripts whose words are letters and digits alone, with blanks between them."""
_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3040, 0x30FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Scripts that put no blanks between words: each of their characters counts as a word."""


def words_in(text: str) -> list[str]:
    """Return the words of a text in their order, folded."""
    text = folded(text)
    if text.isascii() or max(text) < _PLAIN_UNTIL:
        return _RUN.findall(text)
    return _split(text)


def phrase_of(text: str) -> str:
    """Return a text as its words with one space between them; "" where it has none."""
    return " ".join(words_in(text))


def phrases_of(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Return what one looks for: the words of a text, or each of several texts as a phrase."""
    if isinstance(texts, str):
        texts = folded(texts).split()
    return tuple(dict.fromkeys(filter(None, map(phrase_of, texts))))


def _split(text: str) -> list[str]:
    found: list[str] = []
    run = ""
    for character in text:
        is_word = character.isalnum() or (run and unicodedata.category(character)[0] == "M")
        alone = is_word and any(low <= ord(character) <= high for low, high in _UNSPACED)
        if run and (alone or not is_word):
            found.append(run)
            run = ""
        if alone:
            found.append(character)
        elif is_word:
            run += character
    return [*found, run] if run else found
