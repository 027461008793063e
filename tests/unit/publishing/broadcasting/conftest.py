"""Here moments pass, and what looks again is what is tested."""

import pytest


@pytest.fixture(autouse=True)
def _looks_seldom() -> None:
    """Leave all as it is."""
