"""The table of sources: how far each publisher has come, and how it is."""

import asyncio
from typing import Any

from sqlalchemy import insert, select, update

from posthouse.ports.records import Statement
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.storage.publishing import source as sources

NEW, RUNNING, PAUSED, STOPPED = "new", "running", "paused", "stopped"


class Source:
    """One publisher's row, as the running site holds it."""

    def __init__(self, publisher: Publisher[Any], *, due: float) -> None:
        self.publisher = publisher
        self.cursor: str | None = None
        self.memory: bytes | None = None
        self.state: str = NEW if publisher.is_polled else RUNNING
        self.reason = ""
        """Why it is stopped or paused, or what went wrong last."""
        self.errors = 0
        """Failures since it last went well."""
        self.due = due
        self.fetched: float | None = None
        self.lock = asyncio.Lock()
        self.active = asyncio.Event()
        self.active.set()
        self.changed = asyncio.Event()
        """Set when it was written down anew, and is perhaps due at another moment."""

    def __repr__(self) -> str:
        return f"<Source {self.publisher.name} {self.state}>"

    @property
    def name(self) -> str:
        """Its publisher's name."""
        return self.publisher.name

    def take(self, row: Any) -> None:
        """Go on from a row."""
        self.cursor, self.memory, self.state = row.cursor, row.memory, row.state
        self.reason, self.errors, self.due = row.reason, row.errors, row.due
        self.fetched = row.fetched
        self.settle()

    def settle(self) -> None:
        """Let it go on, or stand still, as its state says."""
        self.changed.set()
        if self.state in (PAUSED, STOPPED):
            self.active.clear()
        else:
            self.active.set()

    @property
    def running(self) -> str:
        """The state in which it goes on: what is there at the first whole look is no news."""
        return NEW if self.publisher.is_polled and self.fetched is None else RUNNING

    def added(self) -> Statement:
        """Return what adds its row."""
        return insert(sources).values(publisher=self.name, **self._columns())

    def written(self, **other: object) -> Statement:
        """Return what writes its row, with other values where they are given."""
        values = self._columns() | other
        return update(sources).where(sources.c.publisher == self.name).values(values)

    def _columns(self) -> dict[str, Any]:
        names = ("cursor", "memory", "state", "reason", "errors", "due", "fetched")
        return {name: getattr(self, name) for name in names}


def all_sources() -> Statement:
    """Find the rows of all publishers, also of those that the code no longer has."""
    return select(sources).order_by(sources.c.publisher)


def told(row: Any) -> str:
    """Return how a source is, in a few words, for lists."""
    if row.state in (PAUSED, STOPPED):
        return f"{row.state}: {row.reason}" if row.reason else str(row.state)
    if row.errors:
        return f"failed {row.errors} time{'s' * (row.errors != 1)}: {row.reason}"
    return "not yet looked at" if row.state == NEW else "runs"
