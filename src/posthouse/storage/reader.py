"""The reading side of a SQLite store: one thread with a connection of its own that cannot write."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from posthouse.storage.connect import connect_reader, through_sqlalchemy
from posthouse.storage.faults import unavailable
from posthouse.storage.statements import REFUSALS, driver_error
from posthouse.storage.worker import Worker

T = TypeVar("T")


class Reader:
    """Runs reads one after another."""

    def __init__(self, path: Path, name: str, *, patience_s: float) -> None:
        self._path = path
        self._patience_s = patience_s
        self._worker = Worker(name)
        self._db: sqlite3.Connection | None = None

    async def driver(self, read: Callable[..., T], *args: Any) -> T:
        """Run a read on the driver's connection."""
        return await self._worker.call(self._run, False, read, args)

    async def sql(self, read: Callable[..., T], *args: Any) -> T:
        """Run a read on the SQLAlchemy connection."""
        return await self._worker.call(self._run, True, read, args)

    async def aclose(self) -> None:
        """Finish the reads that were given and let go of the file."""
        await self._worker.aclose(self._close)

    def _run(self, through_sql: bool, read: Callable[..., T], args: tuple[Any, ...]) -> T:
        try:
            db, sql = self._connections()
            return read(sql if through_sql else db, *args)
        except REFUSALS as error:
            raise unavailable(driver_error(error), self._path) from error

    def _connections(self) -> tuple[sqlite3.Connection, Connection]:
        if self._db is None:
            self._db = connect_reader(self._path, patience_s=self._patience_s)
            self._sql = through_sqlalchemy(self._db)
        return self._db, self._sql

    def _close(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):  # nothing was written here
                self._db.close()
