"""What a feed or a page of data has: entries, and how they are known again."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.publishing.publishers.links import canonical

MOST_GUID = 120
"""Longer ones are known by their digest."""
_ID_BYTES = 12


class FeedEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of a feed; all text is plain."""

    title: str = ""
    link: str | None = None
    summary: str = ""
    """What the feed gives as summary; the beginning of the content where it gives none."""
    content: str = ""
    author: str = ""
    published: datetime | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    feed: str = ""
    """Title of the feed."""


class RawEntry(Struct, frozen=True):
    """An entry with the id that its feed gives it, if any."""

    guid: str
    entry: FeedEntry


class Parsed(Struct, frozen=True, kw_only=True):
    """A feed that was read."""

    entries: tuple[RawEntry, ...] = ()
    """In the order of the document."""
    rest_s: float = 0.0
    """How long it asks not to be fetched (ttl)."""
    error: str = ""
    """Why it could not be read."""


class Found(Struct, frozen=True, kw_only=True):
    """An item of a page, ready to be held against what is known."""

    key: str
    item: Any
    digest: bytes
    """Changes when the item does, in anything that a reader would notice."""
    print: bytes
    """The same for the same item under another key; empty where that cannot be told."""
    published: float | None = None


def digest_of(*parts: object) -> bytes:
    """Return a short digest of plain data."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=_ID_BYTES).digest()


def found_in(entries: Iterable[RawEntry]) -> list[Found]:
    """Return the entries of a feed with what they are known by, the oldest first."""
    listed = list(entries)
    links: dict[str, set[str]] = {}
    for raw in listed:
        links.setdefault(raw.guid, set()).add(canonical(raw.entry.link or ""))
    shared = Counter(canonical(raw.entry.link) for raw in listed if raw.entry.link and not raw.guid)
    found: dict[str, Found] = {}
    for raw in listed:
        link = canonical(raw.entry.link or "")
        # An id that a feed gives to all its entries, and a link to its front page, tell nothing.
        guid = raw.guid if len(links[raw.guid]) == 1 else f"{raw.guid} {link}".strip()
        key = _key(guid if raw.guid else "", link if shared[link] <= 1 else "", raw.entry)
        found.setdefault(key, _found(key, raw, link))
    return _oldest_first(list(found.values()))


def _key(guid: str, link: str, entry: FeedEntry) -> str:
    if guid:
        return guid if len(guid) <= MOST_GUID else f"id:{digest_of(guid).hex()}"
    if link:
        return f"link:{link}" if len(link) <= MOST_GUID else f"link:{digest_of(link).hex()}"
    return f"text:{digest_of(entry.title, entry.content or entry.summary).hex()}"


def _found(key: str, raw: RawEntry, link: str) -> Found:
    entry = raw.entry
    at = None if entry.published is None else entry.published.timestamp()
    digest = digest_of(entry.title, link, entry.summary, entry.content, entry.image)
    # Two alarms may say the same; that they are one is sure only when they are of one moment.
    is_sure = at is not None or not raw.guid
    print_ = digest_of(digest, at) if is_sure else b""
    return Found(key=key, item=entry, digest=digest, print=print_, published=at)


def _oldest_first(found: Sequence[Found]) -> list[Found]:
    """Return entries as they were published; documents have the newest first nearly always."""
    backwards = list(reversed(found))
    if all(each.published is not None for each in backwards):
        backwards.sort(key=lambda each: each.published or 0.0)
    return backwards
