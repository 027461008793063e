"""Which code points people see as one character: emoji and accents that are made of several."""

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_EXTENDING: Final = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_TONES: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
"""Invisible letters that make a flag of England out of a black one."""
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
_PLAIN: Final = "\u0300"
"""Below it nothing combines."""


def is_torn(plain: str, at: int) -> bool:
    """Whether a cut before `plain[at]` goes through what people see as one character."""
    if not 0 < at < len(plain):
        return False
    before, after = plain[at - 1], plain[at]
    if before == "\r" and after == "\n":
        return True
    if after < _PLAIN:
        return False
    number = ord(after)
    return (
        after in _EXTENDING
        or (before == _JOINER and not after.isspace())
        or number in _TONES
        or number in _TAGS
        or unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or (number in _FLAG_LETTERS and _flag_letters_before(plain, at) % 2 == 1)
    )


def _flag_letters_before(plain: str, at: int) -> int:
    """Return how many letters of flags stand right before: two make a flag."""
    first = at
    while first > 0 and ord(plain[first - 1]) in _FLAG_LETTERS:
        first -= 1
    return at - first
