"""Recorded and made-up updates, and the project's root on the path for its tools."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[5]
DATA = ROOT / "tests" / "data" / "telegram"

Corpus = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """A function that reads a file of updates, out of what is said about them where it is."""

    def read(name: str) -> list[dict[str, Any]]:
        lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").strip().split("\n")
        found = [json.loads(line) for line in lines]
        return [line.get("update", line) for line in found]

    return read


@pytest.fixture
def tools_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """They lie at the root of the repository and are not installed."""
    monkeypatch.syspath_prepend(str(ROOT))
