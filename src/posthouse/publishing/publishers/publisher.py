"""`Publisher`: where the items of a topic come from."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from posthouse.errors import MistakeError, SetupError
from posthouse.model.reply import Reply
from posthouse.model.text import Words
from posthouse.ports.clock import Clock
from posthouse.publishing.publishers.fetching import Fetcher
from posthouse.publishing.publishers.parsing import Parser
from posthouse.publishing.topic import Topic

ItemT = TypeVar("ItemT")

EVERY = timedelta(minutes=15)
WITHIN = timedelta(minutes=5)
PER_COMMIT = 200
"""Items that are committed together: more would make others wait."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Fresh(Struct, Generic[ItemT], frozen=True):
    """An item that was found."""

    key: str
    item: ItemT
    is_news: bool = True
    """False for what is kept and sent to nobody."""
    published: float | None = None


class Round(Struct, Generic[ItemT], frozen=True, kw_only=True):
    """What is committed at once: items, and how far their source has been read with them."""

    items: Sequence[Fresh[ItemT]] = ()
    memory: bytes | None = None
    """What the publisher remembers from now on; None leaves it as it is."""
    rest_s: float = 0.0
    """How long the source asks not to be looked at."""


class Visit(Struct, frozen=True, kw_only=True):
    """One look at a source, with what is known of it."""

    since: str | None
    """Key of the newest item that was committed."""
    memory: bytes | None
    is_first: bool
    """Nothing was ever read to its end: what is there now is not news."""
    now: datetime
    clock: Clock
    fetcher: Fetcher
    parser: Parser


class Publisher(Generic[ItemT]):
    """Where the items of a topic come from: subclass it, and write `fetch` and `render`.

    ```python
    class Releases(Publisher[Release]):
        topic = RELEASES
        every = timedelta(hours=1)

        async def fetch(self, since: str | None) -> AsyncIterator[tuple[str, Release]]:
            for release in await self.client.releases(after=since):
                yield release.tag, release

        def render(self, item: Release) -> str:
            return f"{item.name} is out: {item.notes}"
    ```

    One object serves all bots of a site. Its items and how far it has come are committed together,
    so that a crash neither loses nor doubles any. What is there when it is looked at for the first
    time is kept, but sent to nobody, except the newest `last`.

    Args:
        name: What it is called in the database and on the command line; do not change it.
        topic: Where its items go, unless the class says.
        every: How often it is looked at, unless the class says.
        last: How many of the first look's items are news all the same.
    """

    topic: Topic[ItemT]
    every: timedelta = EVERY
    within: ClassVar[timedelta] = WITHIN
    """How long one look may take."""
    last: int = 0

    def __init__(
        self,
        name: str | None = None,
        *,
        topic: Topic[ItemT] | None = None,
        every: timedelta | None = None,
        last: int | None = None,
    ) -> None:
        self.name = name or getattr(type(self), "name", None) or _named(type(self).__name__)
        if topic is not None:
            self.topic = topic
        if every is not None:
            self.every = every
        if last is not None:
            self.last = last
        self._check()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _check(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise SetupError(
                f"publisher {self.name!r}: write its name with small letters, digits and hyphens"
            )
        if not isinstance(getattr(self, "topic", None), Topic):
            raise SetupError(f"publisher {self.name}: give it a topic=..., where its items go")
        if not isinstance(self.every, timedelta):
            raise SetupError(f"publisher {self.name}: every is {self.every!r}; give a timedelta")
        if self.every <= timedelta(0) or self.last < 0:
            raise SetupError(f"publisher {self.name}: every must be positive, last not negative")

    # --- what a publisher says

    def fetch(self, since: str | None) -> AsyncIterator[tuple[str, ItemT]]:
        """Yield items with their keys, the oldest first, from a little before `since` on.

        An item that was committed already and is the same is left out by itself; one that changed
        becomes a further revision.

        Args:
            since: Key of the newest item that was committed; None at the first time.
        """
        raise NotImplementedError(f"{type(self).__name__} has no fetch(since)")

    def render(self, item: ItemT) -> Words | Reply:
        """Return what recipients of an item see."""
        raise NotImplementedError(f"{type(self).__name__} has no render(item)")

    def title(self, item: ItemT) -> str:
        """Return one line for lists of several items: the item's `title`, if it has one."""
        return str(_of(item, "title") or "")

    def link(self, item: ItemT) -> str | None:
        """Return where there is more of an item: its `link`, if it has one."""
        found = _of(item, "link")
        return None if found is None else str(found)

    def expires(self, item: ItemT) -> datetime | None:
        """Return when nobody needs an item any more, or None."""
        return None

    # --- for the framework

    @property
    def is_polled(self) -> bool:
        """Whether it is looked at again and again, or waits until something is handed in."""
        return True

    def bind(self, app: Any) -> None:
        """Get to know an app that names it; a publisher that is polled needs nothing of it."""

    def prepare(self) -> None:
        """Be ready before anything is fetched; raises SetupError."""

    async def rounds(self, visit: Visit) -> AsyncIterator[Round[ItemT]]:
        """Read the source, and give what is new in portions that are committed one by one."""
        held: list[Fresh[ItemT]] = []
        async for key, item in self.fetch(visit.since):
            held.append(Fresh(_checked(self, key), item, not visit.is_first))
            if len(held) >= PER_COMMIT + self.last:
                yield Round(items=held[:PER_COMMIT])
                held = held[PER_COMMIT:]
        yield Round(items=with_last(held, self.last) if visit.is_first else held)


def with_last(held: Sequence[Fresh[Any]], last: int) -> list[Fresh[Any]]:
    """Return a first look's items, of which the last ones are news."""
    edge = max(len(held) - last, 0)
    return [
        Fresh(each.key, each.item, index >= edge, each.published) for index, each in enumerate(held)
    ]


def _checked(publisher: Publisher[Any], key: object) -> str:
    if not isinstance(key, str) or not key:
        raise MistakeError(
            f"publisher {publisher.name}: fetch yields (key, item), and a key is text that is not "
            f"empty; this one is {key!r}"
        )
    return key


def _of(item: object, name: str) -> object:
    return item.get(name) if isinstance(item, dict) else getattr(item, name, None)


def _named(class_name: str) -> str:
    return _CAPITAL.sub("-", class_name).lower().strip("_")
