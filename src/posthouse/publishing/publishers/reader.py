"""Reading feeds in a process of its own, where a hostile one can only harm itself.

How this works: `parsing.Parser` starts this module, writes requests to its standard input and reads
answers from its output, each with its length before it. A reader that takes too long is killed; its
memory is bounded here. It ends with its input.
"""

import calendar
import io
import re
import signal
import struct
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from posthouse.publishing.publishers import jsonfeed
from posthouse.publishing.publishers.entries import FeedEntry, Parsed, RawEntry
from posthouse.publishing.publishers.links import web_link
from posthouse.publishing.publishers.plain import plain_text, tidy

MEMORY_BYTES = 2 * 1024**3
MOST_TITLE, MOST_SUMMARY, MOST_CONTENT, MOST_TAGS = 500, 4_000, 40_000, 30
FRAME = struct.Struct(">I")
_ROOTS = (b"</rss>", b"</feed>", b"</rdf>", b":rdf>", b":rss>", b":feed>", b"</channel>")
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_LAST_BYTES = 2048


class Request(Struct, frozen=True, kw_only=True):
    """A feed to read."""

    body: bytes
    kind: str
    """Content-Type as it was given."""
    url: str


def read(request: Request) -> Parsed:
    """Read a feed, whatever its kind."""
    if jsonfeed.is_json(request.body):
        return jsonfeed.read(request.body, request.url)
    # UTF-16 and UTF-32 have zeros between the letters.
    if _ENTITY.search(request.body.replace(b"\0", b"")):
        return Parsed(error="it declares entities of its own (<!ENTITY), which no feed needs")
    return _read_xml(request)


def _read_xml(request: Request) -> Parsed:
    import feedparser  # type: ignore[import-untyped]  # noqa: PLC0415  heavy, and part of an extra

    found = feedparser.parse(
        io.BytesIO(request.body),  # never the bytes themselves: they could name a file
        response_headers={"content-type": request.kind, "content-location": request.url},
        sanitize_html=False,  # text alone is kept
        resolve_relative_uris=False,
    )
    if not found.get("version"):
        return Parsed(error=f"it is no feed ({request.kind or 'no Content-Type'})")
    if found.get("bozo") and _breaks_off(request.body):
        return Parsed(error="it breaks off in the middle")
    title, _ = _text(found.feed.get("title_detail"), found.feed.get("title", ""))
    entries = tuple(_entry(each, title, request.url) for each in found.entries)
    return Parsed(entries=entries, rest_s=_minutes(found.feed.get("ttl")) * 60)


def _breaks_off(body: bytes) -> bool:
    end = body[-_LAST_BYTES:].replace(b"\0", b"").lower()
    return not any(root in end for root in _ROOTS)


def _entry(found: Mapping[str, Any], feed: str, base: str) -> RawEntry:
    title, _ = _text(found.get("title_detail"), found.get("title", ""))
    summary, in_summary = _text(found.get("summary_detail"), found.get("summary", ""))
    pieces = [_text(each, each.get("value", "")) for each in found.get("content", ())]
    content, in_content = max(pieces, key=lambda each: len(each[0]), default=("", None))
    guid = tidy(str(found.get("id") or ""))
    # feedparser takes an id that may be a link for the link of an entry that has none.
    link = web_link(found.get("link"), base)
    picture = _picture(found) or in_content or in_summary
    return RawEntry(
        guid,
        FeedEntry(
            title=title[:MOST_TITLE],
            link=link,
            summary=(summary or content)[:MOST_SUMMARY],
            content=content[:MOST_CONTENT],
            author=tidy(str(found.get("author") or ""))[:MOST_TITLE],
            published=_moment(found.get("published_parsed") or found.get("updated_parsed")),
            image=web_link(picture, link or base),
            tags=_tags(found),
            feed=feed[:MOST_TITLE],
        ),
    )


def _text(detail: Mapping[str, Any] | None, value: object) -> tuple[str, str | None]:
    kind = (detail or {}).get("type", "text/html")
    return (tidy(str(value)), None) if kind == "text/plain" else plain_text(str(value))


def _picture(found: Mapping[str, Any]) -> str | None:
    for each in found.get("media_thumbnail", ()):
        if each.get("url"):
            return str(each["url"])
    for each in (*found.get("enclosures", ()), *found.get("media_content", ())):
        kind = str(each.get("type") or each.get("medium") or "")
        if kind.startswith("image") and (each.get("href") or each.get("url")):
            return str(each.get("href") or each.get("url"))
    return None


def _tags(found: Mapping[str, Any]) -> tuple[str, ...]:
    terms = (tidy(str(each.get("term") or "")) for each in found.get("tags", ()))
    return tuple(dict.fromkeys(term for term in terms if term))[:MOST_TAGS]


def _moment(parsed: "time.struct_time | None") -> datetime | None:
    try:
        return None if parsed is None else datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _minutes(value: object) -> float:
    text = str(value or "").strip()
    return float(text[:9]) if text.isascii() and text.isdigit() else 0.0


# --- the process


def serve(given: BinaryIO, told: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while len(head := given.read(FRAME.size)) == FRAME.size:
        request = msgspec.msgpack.decode(given.read(FRAME.unpack(head)[0]), type=Request)
        try:
            parsed = read(request)
        except MemoryError:
            parsed = Parsed(error="reading it takes too much memory")
        except Exception as error:  # noqa: BLE001  the library met what it does not know
            parsed = Parsed(error=f"it cannot be read: {type(error).__name__}: {error}")
        answer = msgspec.msgpack.encode(parsed)
        told.write(FRAME.pack(len(answer)) + answer)
        told.flush()


def main() -> None:
    """Be the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the site, which ends this one
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
