"""A simulator with one bot, and the plainest client there is."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from posthouse.testing import FakeClock
from posthouse.testing.telegram import Simulator

sys.path.append(str(Path(__file__).parent))

from bot_client import TOKEN, Client


@pytest.fixture
def clock() -> FakeClock:
    """Time that a test moves."""
    return FakeClock()


@pytest.fixture
async def sim(clock: FakeClock) -> AsyncIterator[Simulator]:
    """A simulator with one bot."""
    async with Simulator(bots=[TOKEN], clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[Client]:
    """The bot's side."""
    async with aiohttp.ClientSession() as session:
        yield Client(sim, session)
