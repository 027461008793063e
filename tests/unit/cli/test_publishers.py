"""`posthouse publishers`, beside a site that runs and without one."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from posthouse.engine.commands import Commands
from posthouse.ports.clock import SystemClock
from posthouse.publishing import InboundPublisher, Topic
from posthouse.publishing.publishers.commands import PublisherCommands
from tests.unit.publishing.publishers.kit import FeedServer, desk, feed, numbered

SETTINGS = """
[site]
storage = "sqlite:site.db"

[bots.tea]
messenger = "console"
apps = ["help"]
"""


async def posthouse(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it says."""
    call = [sys.executable, "-c", "import sys; from posthouse.cli import main; sys.exit(main())"]

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [*call, *words], cwd=folder, capture_output=True, text=True, check=False
        )
        return done.returncode, f"{done.stdout}{done.stderr}".strip()

    return await asyncio.to_thread(run)


@pytest.mark.slow
@pytest.mark.timeout(90)
async def test_publishers_are_listed_fetched_paused_and_resumed(tmp_path: Path) -> None:
    """What needs the site that runs is done by it."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    async with FeedServer().serving() as server:
        server.gives(numbered([1]))
        async with desk(tmp_path, feed(server), clock=SystemClock()) as it:
            commands = Commands(it.store, it.runner.writer)
            PublisherCommands(it.runner).register(commands)
            it.runner._supervisor.keep("commands", lambda: commands.run(it.clock))
            _, said = await posthouse(tmp_path, "publishers", "list")
            assert "feed" in said
            assert "not yet looked at" in said
            code, said = await posthouse(tmp_path, "publishers", "fetch", "feed")
            assert (code, said[:33]) == (0, "Publisher feed found 0 new items;")
            assert await posthouse(tmp_path, "publishers", "pause", "feed") == (
                0,
                "Publisher feed is paused.",
            )
            code, said = await posthouse(tmp_path, "publishers", "fetch", "other")
            assert code == 1
            assert "it has feed" in said
    _, said = await posthouse(tmp_path, "publishers", "list")
    assert "paused: paused by staff" in said
    code, said = await posthouse(tmp_path, "publishers", "fetch", "feed")
    assert code == 1
    assert "posthouse run" in said
    assert (await posthouse(tmp_path, "publishers", "resume", "feed"))[0] == 0
    _, said = await posthouse(tmp_path, "publishers", "list")
    assert "runs" in said


class Alarms(InboundPublisher[dict[str, str]]):
    """Items that are handed in."""

    topic = Topic("alarms", dict)

    def render(self, item: dict[str, str]) -> str:
        """Show one."""
        return item["text"]


@pytest.mark.slow
async def test_one_that_is_given_its_items_is_never_due(tmp_path: Path) -> None:
    """Nobody looks at it, so the list does not say that it waits for that."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    async with desk(tmp_path, Alarms("/alarms", "a secret of sixteen"), clock=SystemClock()):
        _, said = await posthouse(tmp_path, "publishers", "list")
    assert said.splitlines()[-1].split() == ["alarms", "runs"]
