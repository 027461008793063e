"""A feed server for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.publishing.publishers.kit import FeedServer


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    """A feed server on loopback."""
    async with FeedServer().serving() as serving:
        yield serving
