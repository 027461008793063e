"""The newest items of topics as Atom and JSON Feed, for whoever reads feeds.

`/feeds/TOPIC.atom` and `/feeds/TOPIC.json`, of topics that were declared with `feed=True`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

import msgspec
from msgspec import Struct

from posthouse.ports.adapter import Endpoint
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store
from posthouse.publishing.items import Item, item_of, newest
from posthouse.publishing.publishers.handing_in import Receive, Scope, Send
from posthouse.publishing.publishers.plain import tidy
from posthouse.publishing.topic import Topic

PATH = "/feeds"
MOST_ITEMS = 50
FRESH_S = 300
ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
KINDS = {".atom": "application/atom+xml; charset=utf-8", ".json": "application/feed+json"}


class Entry(Struct, frozen=True, kw_only=True):
    """An item as feeds show it."""

    id: str
    title: str
    text: str
    link: str | None
    published: datetime
    changed: datetime


class TopicFeeds:
    """An ASGI application that gives out the feeds of topics."""

    def __init__(self, topics: Iterable[Topic[Any]], *, store: Store, clock: Clock) -> None:
        self._topics = {topic.name: topic for topic in topics if topic.feed}
        self._store = store
        self._clock = clock

    @property
    def endpoints(self) -> list[Endpoint]:
        """What the site's web server answers for; nothing when no topic gives out a feed."""
        return [Endpoint(path=PATH, app=self)] if self._topics else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        status, headers, body = await self._answer(scope)
        headers = {"content-length": str(len(body)), **headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})

    async def _answer(self, scope: Scope) -> tuple[int, dict[str, str], bytes]:
        path: str = scope["path"]
        below = path[len(scope.get("root_path", "")) :].strip("/")
        name, dot, ending = below.rpartition(".")
        topic, kind = self._topics.get(name), dot + ending
        if topic is None or kind not in KINDS:
            return 404, {"content-type": "text/plain"}, b"there is no such feed"
        if scope["method"] not in ("GET", "HEAD"):
            return 405, {"content-type": "text/plain", "allow": "GET, HEAD"}, b"a feed is read"
        asked = {
            key.lower().decode("latin-1"): value.decode("latin-1")
            for key, value in scope["headers"]
        }
        url = f"{scope.get('scheme', 'http')}://{asked.get('host', 'localhost')}{path}"
        entries = await self.entries(topic)
        body = atom(topic, entries, url) if kind == ".atom" else json_feed(topic, entries, url)
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = {
            "content-type": KINDS[kind],
            "etag": etag,
            "cache-control": f"public, max-age={FRESH_S}",
        }
        if entries:
            newest_at = max(each.changed for each in entries)
            headers["last-modified"] = format_datetime(newest_at, usegmt=True)
        if _has(asked.get("if-none-match"), etag):
            return 304, headers | {"content-length": "0"}, b""
        return 200, headers, body

    async def entries(self, topic: Topic[Any]) -> list[Entry]:
        """Return the newest items of a topic, the newest first."""
        rows = await self._store.fetch(newest(topic.name, limit=MOST_ITEMS))
        now = self._clock.timestamp()
        found = (item_of(row) for row in rows)
        return [_entry(item) for item in found if item.is_live(now)]


def _has(header: str | None, etag: str) -> bool:
    given = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return etag in given or "*" in given


def _entry(item: Item) -> Entry:
    text = tidy(item.content.content.text.plain)
    title = tidy(item.title) or text.partition("\n")[0][:100] or item.key
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, f'posthouse:{item.topic}:{item.key}')}",
        title=title,
        text=text,
        link=item.link,
        published=datetime.fromtimestamp(item.published, UTC),
        changed=datetime.fromtimestamp(max(item.changed, item.published), UTC),
    )


def atom(topic: Topic[Any], entries: Sequence[Entry], url: str) -> bytes:
    """Return a topic's newest items as an Atom feed."""
    Xml.register_namespace("", ATOM)
    feed = Xml.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'posthouse:{topic.name}')}")
    _add(feed, "title", tidy(topic.title))
    _add(feed, "link", rel="self", href=url)
    changed = max((each.changed for each in entries), default=datetime.fromtimestamp(0, UTC))
    _add(feed, "updated", _moment(changed))
    _add(_add(feed, "author"), "name", tidy(topic.title))
    for each in entries:
        entry = _add(feed, "entry")
        _add(entry, "id", each.id)
        _add(entry, "title", each.title)
        if each.link is not None:
            _add(entry, "link", rel="alternate", href=tidy(each.link))
        _add(entry, "published", _moment(each.published))
        _add(entry, "updated", _moment(each.changed))
        _add(entry, "content", each.text, type="text")
    found: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return found


def json_feed(topic: Topic[Any], entries: Sequence[Entry], url: str) -> bytes:
    """Return a topic's newest items as a JSON Feed."""
    items = [
        {
            "id": each.id,
            "title": each.title,
            "content_text": each.text,
            "date_published": _moment(each.published),
            "date_modified": _moment(each.changed),
            **({} if each.link is None else {"url": each.link}),
        }
        for each in entries
    ]
    told = {"version": JSON_FEED, "title": topic.title, "feed_url": url, "items": items}
    return msgspec.json.encode(told)


def _add(parent: Xml.Element, name: str, text: str | None = None, **more: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{ATOM}}}{name}", more)
    child.text = text
    return child


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
