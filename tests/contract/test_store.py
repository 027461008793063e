"""The store contract, on every store there is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from posthouse.ports.store import Store
from posthouse.storage.memory import MemoryStore
from posthouse.storage.sqlite import SqliteStore
from posthouse.testing.contracts.store import DURABLE_STORE_CHECKS, STORE_CHECKS
from posthouse.testing.contracts.store.kit import Check, MakeStore, expect


def _sqlite(folder: Path) -> MakeStore:
    def make(name: str) -> Store:
        return SqliteStore(folder / f"{name}.db")

    return make


def _memory(_: Path) -> MakeStore:
    def make(name: str) -> Store:
        return MemoryStore()

    return make


@pytest.mark.parametrize("store", [_sqlite, _memory])
@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_store_keeps_the_contract(
    check: Check, store: Callable[[Path], MakeStore], tmp_path: Path
) -> None:
    """Every store does what the contract says."""
    await check(store(tmp_path))


@pytest.mark.parametrize("check", DURABLE_STORE_CHECKS, ids=lambda check: check.__name__)
async def test_sqlite_store_is_durable(check: Check, tmp_path: Path) -> None:
    """What the SQLite store committed survives the process."""
    await check(_sqlite(tmp_path))


def test_a_broken_expectation_is_told() -> None:
    """A check that fails says what it expected."""
    with pytest.raises(AssertionError, match="the sky is blue"):
        expect(0, "the sky is blue")
