"""SearchKeeper: the matcher of a topic's searches on a running site, in step with the database.

How this works: the searches are read from their rows once, in the background; until that is done
nothing can be matched, and whoever plans waits. A search that is committed meanwhile, or later, is
told at once, and its row is read a moment after, so that what is in memory is what is kept.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, Final

from posthouse.errors import StoreUnavailableError
from posthouse.ports.clock import Clock
from posthouse.publishing.desk import Desk
from posthouse.publishing.searches.conditions import Condition, decode_condition
from posthouse.publishing.searches.hook import SearchHook
from posthouse.publishing.searches.matcher import Matcher
from posthouse.publishing.searches.reading import facts_of
from posthouse.publishing.searches.records import condition_of, conditions
from posthouse.publishing.service import Publishing
from posthouse.publishing.topic import Topic

log = logging.getLogger("posthouse.publishing.searches")

PAGE: Final = 500
"""Searches that are read at once."""
AGAIN_S: Final = 1.0


class SearchKeeper:
    """Finds the searches on one topic that an item fits."""

    def __init__(self, desk: Desk, topic: Topic[Any]) -> None:
        self.matcher = Matcher()
        self.topic = topic
        self._desk = desk
        self._hooks: list[SearchHook] = []
        self._loaded = asyncio.Event()
        self._changed: set[int] = set()
        self._wake = asyncio.Event()

    def __repr__(self) -> str:
        return f"<SearchKeeper of {self.topic.name}: {len(self.matcher)} searches>"

    def match(self, item: Any) -> list[int]:
        """Return the ids of the searches that an item, as it is kept, fits.

        Raises StoreUnavailableError until all of them are known.
        """
        if not self._loaded.is_set():
            raise StoreUnavailableError(
                f"the searches on {self.topic.name} are still being read; try again in a moment"
            )
        return self.matcher.match(facts_of(self.topic.item_type, item))

    # --- from start to end

    def listen(self, hook: SearchHook) -> None:
        """Listen to the searches of a form that are committed."""
        self._hooks.append(hook)
        hook.listeners.add(self.changed)

    def close(self) -> None:
        """Listen no more."""
        for hook in self._hooks:
            hook.listeners.discard(self.changed)

    async def run(self) -> None:
        """Read all searches, then keep in step; the supervisor owns this task."""
        try:
            while not self._loaded.is_set():
                try:
                    await self._load()
                except StoreUnavailableError as error:
                    log.warning("searches on %s wait for the database: %s", self.topic.name, error)
                    await self._clock.sleep(AGAIN_S)
            self._desk.wake()
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._keep_in_step()
        except asyncio.CancelledError:
            self.close()
            raise

    async def loaded(self) -> None:
        """Wait until all searches are known."""
        await self._loaded.wait()

    @property
    def _clock(self) -> Clock:
        return self._desk.clock

    # --- changes

    def changed(self, topic: str, id: int, condition: Condition | None) -> None:
        """Take a committed search at once; None for one that ended."""
        if topic != self.topic.name:
            return
        if condition is None:
            self.matcher.remove(id)
        else:
            self.matcher.add(id, condition)
        self._changed.add(id)
        self._wake.set()

    async def _keep_in_step(self) -> None:
        """Read the rows of what was changed: another site of this process may have told it."""
        while self._changed:
            id = self._changed.pop()
            try:
                rows = await self._desk.fetch(condition_of(self.topic.name, id))
            except StoreUnavailableError:
                self._changed.add(id)
                await self._clock.sleep(AGAIN_S)
                continue
            if id in self._changed:  # changed once more meanwhile
                continue
            if not rows:
                self.matcher.remove(id)
            self._take(rows)
        if self.matcher.is_due:
            await asyncio.to_thread(self.matcher.compact)

    async def _load(self) -> None:
        after = -1
        while True:
            rows = await self._desk.fetch(conditions(self.topic.name, after=after, limit=PAGE))
            self._take(row for row in rows if row[0] not in self.matcher)
            if len(rows) < PAGE:
                break
            after = rows[-1][0]
        await asyncio.to_thread(self.matcher.compact)
        self._loaded.set()
        log.info("%d searches on %s", len(self.matcher), self.topic.name)

    def _take(self, rows: Iterable[Any]) -> None:
        for id, body in rows:
            try:
                condition = decode_condition(body)
            except ValueError as error:
                log.error(  # noqa: TRY400  where it was read from says nothing
                    "search %d cannot be read, and finds nothing: %s", id, error
                )
                continue
            self.matcher.add(id, condition)


def keep_searches(publishing: Publishing, hook: SearchHook) -> SearchKeeper:
    """Let a site match the searches of one form; those on one topic share a keeper."""
    topic = hook.topic
    publishing.add(topic)
    known = publishing.matchers.get(topic.name)
    if isinstance(known, SearchKeeper):
        known.listen(hook)
        return known
    made = SearchKeeper(publishing, topic)
    publishing.matchers[topic.name] = made
    made.listen(hook)
    publishing.closing.append(made.close)
    publishing.begin(f"searches on {topic.name}", made.run)
    return made
