"""Ids that are made here and sort by when they were made: UUIDs of version 7 (RFC 9562)."""

from datetime import datetime
from secrets import randbits
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 2 << 62


def new_id(now: datetime) -> str:
    """Return an id that nobody else has."""
    millis = int(now.timestamp() * 1000)
    return str(UUID(int=(millis << 80) | _VERSION | (randbits(12) << 64) | _VARIANT | randbits(62)))
