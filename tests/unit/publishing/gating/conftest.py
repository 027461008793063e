"""Months pass in these tests: what looks again and again does so less often."""

import pytest

from posthouse.publishing import service
from posthouse.publishing.gating import keeping


@pytest.fixture(autouse=True)
def _looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 6 * 3600.0)
    monkeypatch.setattr(service, "SWEEP_EVERY_S", 24 * 3600.0)
    monkeypatch.setattr(keeping, "LOOK_S", 3600.0)
