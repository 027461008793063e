"""The process that `test_killed.py` kills: it looks once at a source of numbered items.

Run as `python -m tests.unit.publishing.publishers.killed_publisher FOLDER COUNT WHERE`: with so
many items in the source, dead by SIGKILL at that point of the look, or at none.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from posthouse.ports.clock import SystemClock
from posthouse.ports.records import Statement
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.topic import Topic
from tests.unit.publishing.publishers.kit import desk

NUMBERS: Topic[Any] = Topic("numbers", dict)
DIES = ("fetching", "fetched", "committing", "committed")


class Numbers(Publisher[Any]):
    """Items that are numbered, from 1 on."""

    topic = NUMBERS

    def __init__(self, count: int, where: str) -> None:
        super().__init__(name="numbers")
        self._count, self._where = count, where

    async def fetch(self, since: str | None) -> AsyncIterator[tuple[str, Any]]:
        """Yield what is not known, the oldest first."""
        for number in range(int(since or 0) + 1, self._count + 1):
            yield str(number), {"title": f"item {number}"}
            if self._where == "fetching":
                die()
        if self._where == "fetched":
            die()

    def render(self, item: Any) -> str:
        """Show its title."""
        return str(item["title"])

    def title(self, item: Any) -> str:
        """Its title."""
        return str(item["title"])


def die() -> None:
    """Nothing of this process happens any more."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: Path, count: int, where: str) -> None:
    """Look once."""
    async with desk(folder, Numbers(count, where), clock=SystemClock()) as around:
        runner = around.runner
        commit = runner._commit

        async def dies(statements: Sequence[Statement]) -> None:
            if where == "committing":
                async with asyncio.TaskGroup() as group:
                    group.create_task(commit(statements))
                    await asyncio.sleep(0)  # it is with the writer
                    die()
            await commit(statements)
            if where == "committed":
                die()

        runner._commit = dies  # type: ignore[method-assign]
        await runner.look("numbers")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
