"""A publisher whose process is killed: nothing that it found is lost, and nothing is doubled."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from posthouse.ports.clock import SystemClock
from tests.unit.publishing.publishers.killed_publisher import DIES
from tests.unit.publishing.publishers.kit import desk

ROOT = Path(__file__).parents[4]


async def look(folder: Path, count: int, where: str = "nowhere") -> int:
    """Look once in a process of its own, with so many items there; return its exit code."""
    module = "tests.unit.publishing.publishers.killed_publisher"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, str(folder), str(count), where,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, wrong = await process.communicate()
    assert process.returncode is not None
    assert process.returncode in (0, -signal.SIGKILL), (said + wrong).decode()
    return process.returncode


@pytest.mark.parametrize("where", DIES)
async def test_each_item_is_published_once_wherever_the_process_is_killed(
    tmp_path: Path, where: str
) -> None:
    """Between reading and committing as well as right after; the next look goes on from there."""
    assert await look(tmp_path, 3) == 0  # what is there at first goes to nobody
    assert await look(tmp_path, 8, where) == -signal.SIGKILL
    assert await look(tmp_path, 10) == 0
    assert await look(tmp_path, 10) == 0
    async with desk(tmp_path, clock=SystemClock()) as around:
        assert await around.titles() == [f"item {number}" for number in range(1, 11)]
        assert await around.sent() == [(f"item {number}", 1) for number in range(4, 11)]
        assert (await around.row("numbers")).cursor == "10"
