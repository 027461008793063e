"""Pages that are fetched again and again: what all kinds share, and data as JSON."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from posthouse.errors import FetchError, SetupError
from posthouse.publishing.items import plain_of
from posthouse.publishing.publishers import seen
from posthouse.publishing.publishers.addresses import SCHEMES
from posthouse.publishing.publishers.entries import Found, digest_of
from posthouse.publishing.publishers.fetching import Limits, Page
from posthouse.publishing.publishers.publisher import (
    PER_COMMIT,
    Fresh,
    Publisher,
    Round,
    Visit,
)
from posthouse.publishing.topic import Topic

ItemT = TypeVar("ItemT")
MOST_BYTES = 16 * 1024 * 1024
ANSWER_WITHIN = timedelta(minutes=1)


class Read(Struct, frozen=True, kw_only=True):
    """What a page has."""

    found: Sequence[Found]
    """The oldest first."""
    rest_s: float = 0.0
    """How long it asks not to be fetched."""
    mistake: str = ""
    """What of it could not be read; the rest counts."""


class PagePublisher(Publisher[ItemT]):
    """Fetches a page, and publishes what it has that is new or changed.

    Args:
        url: The page's address.
        name: What it is called in the database and on the command line; do not change it.
        topic: Where its items go, unless the class says.
        every: How often it is looked at; its server may ask for less.
        last: How many of the first look's items are news all the same.
        headers: Sent with each request, to the server of this address only.
        allow_private: It may be on this machine or in a private network.
        most_bytes: Longest body.
        answer_within: How long a server may take for its whole answer.
    """

    def __init__(  # noqa: PLR0913  all of them are named
        self,
        url: str,
        *,
        name: str | None = None,
        topic: Topic[ItemT] | None = None,
        every: timedelta | None = None,
        last: int | None = None,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        most_bytes: int = MOST_BYTES,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self.url = url
        self.headers = dict(headers or {})
        self.limits = Limits(
            most_bytes=most_bytes,
            within_s=answer_within.total_seconds(),
            allow_private=allow_private,
        )
        super().__init__(name, topic=topic, every=every, last=last)
        if url.partition("://")[0].lower() not in SCHEMES:
            raise SetupError(
                f"publisher {self.name}: {url!r} does not begin with http:// or https://"
            )

    async def read(self, page: Page, body: bytes, visit: Visit) -> Read:
        """Return what a page has; raises FetchError when it cannot be read."""
        raise NotImplementedError(f"{type(self).__name__} has no read(page, body, visit)")

    async def rounds(self, visit: Visit) -> AsyncIterator[Round[ItemT]]:
        """Fetch the page, and give what is new in it in portions."""
        memory = seen.remembered(visit.memory, self.url)
        page = await visit.fetcher.get(
            memory.url, known=memory.validators, headers=self.headers, limits=self.limits
        )
        digest = digest_of(page.body)
        if page.body is not None and digest != memory.page:
            read = await self.read(page, page.body, visit)
            now = visit.now.timestamp()
            news = seen.news_in(read.found, memory, now=now)
            if visit.is_first:
                news = baseline(news, self.last)
            for portion in (news[i : i + PER_COMMIT] for i in range(0, len(news), PER_COMMIT)):
                seen.note(memory, [each.found for each in portion], now=now)
                items = [_fresh(each) for each in portion]
                yield Round(items=items, memory=seen.written(memory))
            seen.note(memory, read.found, now=now)
            if read.mistake:  # what fits is committed; the page is read again as a whole
                raise FetchError(f"{page.url}: {read.mistake}")
            seen.forget(memory, before=now - self.topic.keep.total_seconds())
            memory.page, memory.rest_s = digest, read.rest_s
        memory.url, memory.validators = page.moved or memory.url, page.validators
        yield Round(memory=seen.written(memory), rest_s=max(page.fresh_s, memory.rest_s))


class JsonPublisher(PagePublisher[ItemT]):
    """Publishes the items of a list of data, fetched as JSON.

    ```python
    class Quakes(JsonPublisher[Quake]):
        def render(self, item: Quake) -> str:
            return f"Magnitude {item.magnitude}: {item.place}"


    Quakes("https://quakes.example.org/latest", items="data.quakes", key="id", topic=QUAKES)
    ```

    Each of them becomes an item of the topic's type; fields of other names are left out.

    Args:
        url: The data's address.
        items: Where the list is, as names with dots between, or a function of the data; the data
            itself when left out.
        key: The field that each is known by, or a function of one of them.
        newest_first: Whether the list begins with the newest.
        more: As with `PagePublisher`.
    """

    def __init__(
        self,
        url: str,
        *,
        items: str | Callable[[Any], Any] = "",
        key: str | Callable[[Any], object] = "id",
        newest_first: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(url, **more)
        self._items = items if callable(items) else _path(items)
        self._key = key if callable(key) else _path(key)
        self._newest_first = newest_first

    async def read(self, page: Page, body: bytes, visit: Visit) -> Read:
        """Return the items of the data."""
        return await asyncio.to_thread(self._read, page.url, body)

    def _read(self, url: str, body: bytes) -> Read:
        try:
            data = msgspec.json.decode(body)
            listed = self._items(data)
        except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError) as error:
            raise FetchError(f"{url} has not the data that is expected: {error}") from None
        if not isinstance(listed, list):
            raise FetchError(f"{url} has {type(listed).__name__} where a list of items should be")
        found: dict[str, Found] = {}
        mistakes: list[str] = []
        numbered = list(enumerate(listed, start=1))
        for number, raw in reversed(numbered) if self._newest_first else numbered:
            try:
                each = self._found(raw)
            except (msgspec.ValidationError, LookupError, TypeError, ValueError) as error:
                mistakes.append(f"item {number} of {len(listed)}: {error}")
            else:
                found[each.key] = each
        told = f"what does not fit is left out: {mistakes[0]}" if mistakes else ""
        if len(mistakes) > 1:
            told += f", and {len(mistakes) - 1} more"
        return Read(found=list(found.values()), mistake=told)

    def _found(self, raw: Any) -> Found:
        key = self._key(raw)
        if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
            raise ValueError(f"its key is {key!r}; it should be text or a whole number")
        item = msgspec.convert(raw, self.topic.item_type, strict=False)
        return Found(key=str(key), item=item, digest=digest_of(plain_of(item)), print=b"")


def baseline(news: Sequence[seen.News], last: int) -> list[seen.News]:
    """Return what is there at the first look, of which the last ones are news."""
    edge = max(len(news) - last, 0)
    return [seen.News(each.found, index >= edge) for index, each in enumerate(news)]


def _fresh(news: seen.News) -> Fresh[Any]:
    return Fresh(news.found.key, news.found.item, news.is_news, news.found.published)


def _path(dotted: str) -> Callable[[Any], Any]:
    names = [name for name in dotted.split(".") if name]

    def walk(data: Any) -> Any:
        for name in names:
            if not isinstance(data, Mapping) or name not in data:
                raise LookupError(f"there is no {name!r} on the way to {dotted!r}")
            data = data[name]
        return data

    return walk
