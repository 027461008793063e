"""Sets of rows as whole numbers, one bit a row: a hundred thousand are combined in microseconds."""

import re
from array import array
from collections.abc import Iterable, Sequence
from sys import getsizeof
from typing import Final, TypeAlias

_USED: Final = re.compile(rb"[^\0]", re.DOTALL)
_PLACES: Final = tuple(tuple(n for n in range(8) if byte >> n & 1) for byte in range(256))
_SPARSE: Final = 512
"""Rows are kept one by one where there are fewer than one in so many."""

Posting: TypeAlias = "int | array[int]"
"""A set of rows: as bits, or a few of them one by one."""


def bits_of(rows: Iterable[int], size: int) -> int:
    """Return the rows as bits."""
    held = bytearray(size // 8 + 1)
    for row in rows:
        held[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(held, "little")


def rows_in(bits: int) -> list[int]:
    """Return the rows of bits, in order."""
    held = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    found: list[int] = []
    for each in _USED.finditer(held):
        start = each.start()
        first = start << 3
        for place in _PLACES[held[start]]:
            found.append(first + place)  # noqa: PERF401  faster than looking twice
    return found


def posting_of(rows: Sequence[int], size: int) -> Posting:
    """Return rows in the form that takes less room."""
    return bits_of(rows, size) if len(rows) * _SPARSE >= size else array("I", rows)


def union(postings: Iterable[Posting], size: int) -> int:
    """Return the rows that are in one of several sets."""
    bits, held = 0, None
    for posting in postings:
        if isinstance(posting, int):
            bits |= posting
            continue
        if held is None:
            held = bytearray(size // 8 + 1)
        for row in posting:
            held[row >> 3] |= 1 << (row & 7)
    return bits if held is None else bits | int.from_bytes(held, "little")


def room_of(postings: Iterable[Posting]) -> int:
    """Return how many bytes some sets take."""
    return sum(map(getsizeof, postings))
