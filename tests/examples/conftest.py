"""The example's own modules, and a town where it runs on a pretended Telegram."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
# Before the tests are collected: they import the examples as somebody who copied a folder does.
sys.path[:0] = [str(EXAMPLES / "townboard"), str(EXAMPLES / "signup"), str(ROOT / "tools")]

from posthouse.engine import engine  # noqa: E402  after the path is set
from posthouse.publishing import service  # noqa: E402
from tests.examples.town import Town  # noqa: E402


@pytest.fixture(autouse=True)
def _sweeps_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weeks pass in the town: what is old is looked for once a day of them."""
    monkeypatch.setattr(engine, "SWEEP_EVERY_S", 24 * 3600.0)
    monkeypatch.setattr(service, "SWEEP_EVERY_S", 24 * 3600.0)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town with both boards on a pretended Telegram, running."""
    async with Town(tmp_path) as town, town.running():
        yield town
