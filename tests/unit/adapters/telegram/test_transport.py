"""Files on their way to a server that may stop listening at any moment."""

import asyncio
import threading
from pathlib import Path
from typing import IO, Any

import pytest

from posthouse.adapters.telegram.transport import read_file


class Slow:
    """A file's path on a disk that takes its time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opens, self.go = threading.Event(), threading.Event()
        self.file: IO[bytes] | None = None

    def open(self, mode: str) -> IO[bytes]:
        """Open the file when told."""
        self.opens.set()
        self.go.wait(15)
        self.file = self.path.open(mode)
        return self.file


@pytest.fixture
def slow(tmp_path: Path) -> Any:
    """A file of three bytes."""
    (tmp_path / "x").write_bytes(b"abc")
    return Slow(tmp_path / "x")


async def until(condition: Any) -> None:
    """Wait for a thread."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("a thread did not do what it should")


async def test_a_file_that_is_given_up_while_it_opens_is_closed(slow: Any) -> None:
    """Nobody reads it any more once it is open."""

    async def read() -> None:
        async for _ in read_file(slow):
            pass

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        await until(slow.opens.is_set)
        reading.cancel()
    slow.go.set()
    await until(lambda: slow.file is not None and slow.file.closed)


async def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """As the system says it."""
    with pytest.raises(FileNotFoundError):
        await anext(read_file(tmp_path / "none"))


async def test_a_file_that_is_given_up_half_way_is_closed(slow: Any) -> None:
    """Also when whoever gives it up is cancelled."""
    slow.go.set()
    chunks = read_file(slow)
    assert await anext(chunks) == b"abc"

    async def give_up() -> None:
        await chunks.aclose()  # type: ignore[attr-defined]  # it is a generator

    async with asyncio.TaskGroup() as tasks:
        giving_up = tasks.create_task(give_up())
        await asyncio.sleep(0)
        giving_up.cancel()
    await until(lambda: slow.file.closed)
