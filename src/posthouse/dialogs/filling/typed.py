"""Typed labels: what somebody types who reads a button's words and does not press it."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from posthouse.dialogs.filling.pages import LONGEST_LABEL, Row

SIGNS = 8
"""So many signs and blanks more than the label has may stand around it."""
LONGEST = LONGEST_LABEL + SIGNS
"""What is longer is no label."""


def folded(words: str) -> str:
    """Return words without case, signs and repeated blanks, to be compared with a label.

    Letters and digits of any script stay, and so does a text of signs alone.
    """
    wide = unicodedata.normalize("NFKC", words).casefold()
    kept = "".join(sign if sign.isalnum() else " " for sign in wide)
    return " ".join(kept.split()) or wide.strip()


def token_of(words: str, rows: Sequence[Row]) -> str | None:
    """Return the token of the button whose label was typed; None for none, or for two alike."""
    longest = 0
    for row in rows:
        for label, _ in row:
            longest = max(longest, len(label))
    if len(words) > longest + SIGNS:
        return None
    meant = folded(words)
    if not meant:
        return None
    found = {token for row in rows for label, token in row if token and _label(label) == meant}
    return found.pop() if len(found) == 1 else None


_label = lru_cache(maxsize=4096)(folded)
