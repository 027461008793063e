"""`WatchedStore`: a real store that a test can watch, slow down, break and cut off."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from posthouse.engine.points import Point
from posthouse.errors import StoreUnavailableError
from posthouse.ports.changes import Change, PutQuarantine, SetAside, Verdict
from posthouse.ports.records import QuarantineRow
from posthouse.ports.store import Store
from posthouse.testing.crash import Crash


class WatchedStore:
    """Passes every call on to a store, unless a test wants otherwise."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.set_aside: list[QuarantineRow] = []
        """What was quarantined, in order."""
        self.set_aside_states: list[SetAside] = []
        """States that no longer decoded, in order."""
        self.commits = 0
        """Transactions that were committed."""
        self._trouble: str | None = None
        self._loses = 0
        self._dead: Point | None = None
        self._running = 0
        self._rested = asyncio.Event()
        self._rested.set()
        self._free = asyncio.Event()
        self._free.set()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.inner, name)
        if name in ("healthy", "aclose", "open"):
            return call
        return lambda *args, **options: self._watch(call, args, options)

    async def commit(self, changes: Sequence[Change]) -> None:
        """Commit, now or when `release` lets it, or fail."""
        await self._free.wait()
        await self._watch(self.inner.commit, (changes,), {})
        self.commits += 1
        for change in changes:
            if change.verdict is Verdict.WON:
                rows = [w.row for w in change.writes if isinstance(w, PutQuarantine)]
                self.set_aside.extend(rows)
                self.set_aside_states += [w for w in change.writes if isinstance(w, SetAside)]
        if self._loses:
            self._loses -= 1
            raise StoreUnavailableError("the database answered too late")

    # --- for tests

    def breaks(self, why: str = "the disk is full") -> None:
        """Let every call fail until `heals`; what was committed before stays."""
        self._trouble = why

    def heals(self) -> None:
        """Work again."""
        self._trouble = None

    def loses_answers(self, *, times: int = 1) -> None:
        """Commit, but say that it failed: the end of a COMMIT that nobody knows."""
        self._loses = times

    def hold(self) -> None:
        """Let commits wait until `release`."""
        self._free.clear()

    def release(self) -> None:
        """Let commits go on."""
        self._free.set()

    def die(self, point: Point) -> None:
        """Take nothing any more, as when the process is gone."""
        self._dead = point
        self._free.set()

    async def idle(self) -> bool:
        """Wait until no call is under way; return whether one was."""
        if self._rested.is_set():
            return False
        await self._rested.wait()
        return True

    def as_store(self) -> Store:
        """Return itself as what it stands for."""
        return cast(Store, self)

    async def _watch(
        self, call: Callable[..., Awaitable[Any]], args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if self._dead is not None:
            raise Crash(self._dead)
        if self._trouble is not None:
            raise StoreUnavailableError(self._trouble)
        self._running += 1
        self._rested.clear()
        try:
            return await call(*args, **options)
        finally:
            self._running -= 1
            if not self._running:
                self._rested.set()
