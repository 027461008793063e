"""How the lists, calendars and clocks of a screen are seen: the page, the month, what is chosen.

How this works: a screen's view is kept beside the call that drew it, for each of its elements. A
button that changes only the view carries a `Step`: which call it belongs to, which element, and
what to see next, in absolute terms ("page 3", "this one chosen"), so that a press of an old drawing
or the same press twice leads to where its button says.
"""

from enum import IntEnum
from hashlib import sha256
from typing import TypeAlias

import msgspec
from msgspec import Struct

DIGEST_BYTES = 4


class Seen(Struct, frozen=True, omit_defaults=True):
    """How one element is seen; None and empty stand for how it is at first."""

    page: int = 0
    find: str = ""
    """What a list is narrowed by."""
    chosen: tuple[bytes, ...] | None = None
    """Digests of the chosen values."""
    level: int = 0
    """Of a calendar: days, months or years."""
    month: int | None = None
    """Of a calendar: months since the year 0."""
    hour: int | None = None
    """Of a clock, once it was chosen."""


View: TypeAlias = dict[int, Seen]
"""How the elements of a screen are seen, by their place."""
AT_FIRST = Seen()


class Move(IntEnum):
    """What a step changes."""

    PAGE = 0
    TAKE = 1
    LEAVE = 2
    ALL = 3
    NONE = 4
    DONE = 5
    DAYS = 6
    MONTHS = 7
    YEARS = 8
    HOUR = 9
    HOURS = 10
    CLEAR = 11


class Step(Struct, frozen=True, array_like=True):
    """What a button carries that changes how a screen is seen."""

    call: bytes
    """Digest of the call that drew the screen."""
    element: int
    move: Move
    to: int | bytes = 0
    """The page, month or hour; the digest of a value."""


def call_digest(action: str, args: bytes) -> bytes:
    """Return what stands for the call of an action."""
    return sha256(action.encode() + b"\0" + args).digest()[:DIGEST_BYTES]


encode_step = msgspec.msgpack.Encoder().encode
decode_step = msgspec.msgpack.Decoder(Step).decode
