"""Numbers as people type them, read exactly or not at all.

How this works: digits of every script and of emoji become 0-9 first. Then the one question is what
the marks between them are. Groups of three tell a separator of thousands; two kinds of marks tell
that the last is the decimal one. A single comma or point with three digits behind it can be both
("1,500"), and then the number is said to be ambiguous: a guess would be wrong by a factor of 1000.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Final, NamedTuple

MOST_DIGITS: Final = 40
_SPACES: Final = "\u0020\u00a0\u2000-\u200a\u202f\u205f\u3000"
_QUOTES: Final = "'\u2019\u02bc\u00b4`\u02b9\uff07"
_MARKS: Final = str.maketrans(
    {"\u066b": ".", "\u066c": ",", "\uff0c": ",", "\uff0e": ".", "\u060c": ",", "\u2212": "-",
     "\u2013": "-", "\uff0d": "-", "\ufe63": "-", "\uff0b": "+", "\ufe0f": None, "\u20e3": None}
)  # fmt: skip
"""Marks of other scripts, and what makes an emoji of a digit."""
_SHAPE: Final = re.compile(rf"([+-]?)([0-9][0-9.,{_SPACES}{_QUOTES}]*|[.,][0-9]+)")
_GAPS: Final = re.compile(rf"[{_SPACES}{_QUOTES}]")
_BY_GAPS: Final = re.compile(
    rf"[0-9]{{1,3}}(?:([{_SPACES}])[0-9]{{3}}(?:\1[0-9]{{3}})*|([{_QUOTES}])[0-9]{{3}}(?:\2[0-9]{{3}})*)(?=[.,]|$)"
)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{2,3})*[.,][0-9]{3}")


class Ambiguous(NamedTuple):
    """A number that can be read in two ways."""

    whole: str
    """How to write the one in which the mark separates thousands."""
    broken: str
    """How to write the one in which it is the decimal mark."""


def number_of(text: str, *, decimals: int | None = None) -> Decimal | Ambiguous | None:
    """Return the number that a text is, exactly; None when it is none.

    Args:
        decimals: Most digits there can be after the decimal mark, which tells what a mark before
            three digits is.
    """
    text = plain_digits(text.strip())
    shape = _SHAPE.fullmatch(text)
    if shape is None or sum(c.isdigit() for c in text) > MOST_DIGITS:
        return None
    sign, body = shape.groups()
    ungapped = _without_gaps(body)
    if ungapped is None:
        return None
    found = _marked(ungapped, decimals, is_grouped=ungapped != body)
    if found is None or isinstance(found, Ambiguous):
        return found and Ambiguous(sign + found.whole, sign + found.broken)
    return Decimal(sign + found)


def plain_digits(text: str) -> str:
    """Return a text with digits of every script and of emoji as 0-9, and marks as in English."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c)) if c > "9" and unicodedata.category(c) == "Nd" else c
        for c in text.translate(_MARKS)
    )


def _without_gaps(body: str) -> str | None:
    """Return the digits and marks without spaces and apostrophes between thousands."""
    if _GAPS.search(body) is None:
        return body
    match = _BY_GAPS.match(body)
    rest = "" if match is None else body[match.end() :]
    if match is None or _GAPS.search(rest):
        return None
    return _GAPS.sub("", match.group()) + rest


def _marked(body: str, decimals: int | None, *, is_grouped: bool) -> str | Ambiguous | None:
    """Return the digits with a point as the decimal mark, if they have one."""
    marks = [c for c in body if c in ",."]
    if not marks:
        return body
    if len(set(marks)) > 1:
        whole, _, part = body.rpartition(marks[-1])
        whole = (not is_grouped and _ungrouped(whole)) or ""
        fits = whole and part and marks.count(marks[-1]) == 1
        return f"{whole}.{part}" if fits else None
    if len(marks) > 1:
        return None if is_grouped else _ungrouped(body)
    return _single(body, decimals, is_grouped=is_grouped)


def _single(body: str, decimals: int | None, *, is_grouped: bool) -> str | Ambiguous | None:
    """Return the digits around the only mark."""
    whole, _, part = body.replace(",", ".").partition(".")
    could_group = not is_grouped and _ungrouped(body) is not None and whole.lstrip("0") == whole
    if could_group and decimals is None:
        return Ambiguous(whole + part, f"{whole}.{part}0")
    if could_group and decimals is not None and decimals < len(part):
        return whole + part
    return f"{whole or 0}.{part}" if part else None


def _ungrouped(body: str) -> str | None:
    """Return digits without the marks between thousands (or lakhs), or None if they are none."""
    if body.isdecimal():
        return body
    return re.sub(r"[.,]", "", body) if _GROUPED.fullmatch(body) else None
