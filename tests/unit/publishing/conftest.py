"""Weeks and months pass in these tests: what is old is looked for once a day of them."""

import pytest

from posthouse.engine import engine
from posthouse.publishing import service


@pytest.fixture(autouse=True)
def _sweeps_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SWEEP_EVERY_S", 24 * 3600.0)
    monkeypatch.setattr(service, "SWEEP_EVERY_S", 24 * 3600.0)
