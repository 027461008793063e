"""A web adapter that runs, with everything around it to look into."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.unit.adapters.web.fakes import FakeDatabase, House


@pytest.fixture
def database() -> Iterator[FakeDatabase]:
    """A database in memory."""
    made = FakeDatabase()
    yield made
    made.close()


@pytest.fixture
async def house(tmp_path: Path, database: FakeDatabase) -> AsyncIterator[House]:
    """A web adapter that has started."""
    made = House(tmp_path, database)
    await made.start()
    yield made
    await made.adapter.aclose()
