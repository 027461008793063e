"""JSON Feed, as generously as the XML kinds are read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from posthouse.publishing.publishers.entries import FeedEntry, Parsed, RawEntry
from posthouse.publishing.publishers.links import web_link
from posthouse.publishing.publishers.plain import plain_text, tidy

VERSION = "jsonfeed.org/version/"
_MOST = 40_000
_SPACE = b" \t\r\n\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Return whether a document is JSON rather than XML."""
    return body[:64].lstrip(_SPACE).startswith(b"{")


def read(body: bytes, url: str) -> Parsed:
    """Read a JSON Feed."""
    try:
        found = msgspec.json.decode(body.lstrip(_SPACE))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Parsed(error=f"it is not valid JSON: {error}")
    items = found.get("items")
    if VERSION not in str(found.get("version", "")) or not isinstance(items, list):
        return Parsed(error="it is JSON, but no JSON Feed; JsonPublisher reads other JSON")
    title = _plain(found.get("title"))
    return Parsed(
        entries=tuple(_entry(each, title, url) for each in items if isinstance(each, dict))
    )


def _entry(found: Mapping[str, Any], feed: str, base: str) -> RawEntry:
    text, picture = _plain(found.get("content_text")), None
    if not text and isinstance(html := found.get("content_html"), str):
        text, picture = plain_text(html)
    link = web_link(found.get("url") or found.get("external_url"), base)
    tags = found.get("tags")
    return RawEntry(
        _id(found.get("id")),
        FeedEntry(
            title=_plain(found.get("title"))[:500],
            link=link,
            summary=(_plain(found.get("summary")) or text)[:4_000],
            content=text[:_MOST],
            author=_author(found)[:500],
            published=_moment(found.get("date_published") or found.get("date_modified")),
            image=web_link(found.get("image") or found.get("banner_image") or picture, base),
            tags=tuple(dict.fromkeys(_plain(tag) for tag in tags if _plain(tag)))[:30]
            if isinstance(tags, list)
            else (),
            feed=feed[:500],
        ),
    )


def _plain(value: object) -> str:
    return tidy(value) if isinstance(value, str) else ""


def _id(value: object) -> str:
    # Ids are text, says the standard, and numbers, say many feeds.
    return tidy(str(value)) if isinstance(value, str | int | float) else ""


def _author(found: Mapping[str, Any]) -> str:
    authors = found.get("authors")
    listed = authors if isinstance(authors, list) else [found.get("author")]
    return ", ".join(_plain(each.get("name")) for each in listed if isinstance(each, dict))


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
