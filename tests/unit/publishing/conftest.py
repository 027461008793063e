"""Days and months pass in these tests: what looks again and again does so less often."""

import pytest

from posthouse.engine import timers
from posthouse.publishing import service


@pytest.fixture(autouse=True)
def _looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "LOOK_AGAIN_S", 3600.0)
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 600.0)
    monkeypatch.setattr(service, "SWEEP_EVERY_S", 24 * 3600.0)
