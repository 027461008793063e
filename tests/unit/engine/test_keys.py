"""Delivery keys: handed out without waiting, never twice."""

import pytest

from posthouse.engine.keys import DeliveryKeys
from posthouse.engine.supervisor import Supervisor
from posthouse.errors import StoreUnavailableError
from posthouse.storage.memory import MemoryStore
from posthouse.testing import FakeClock
from posthouse.testing.store import WatchedStore


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reserve ten keys at once."""
    monkeypatch.setattr("posthouse.engine.keys.KEY_BLOCK", 10)


async def opened() -> WatchedStore:
    """Return an open store."""
    store = WatchedStore(MemoryStore())
    await store.inner.open()
    return store


async def test_the_next_block_is_reserved_before_this_one_ends() -> None:
    """Nobody ever waits for a key, and they increase."""
    store, clock = await opened(), FakeClock()
    async with Supervisor(clock) as supervisor:
        keys = DeliveryKeys(store.as_store(), supervisor.spawn)
        await keys.open()
        taken = []
        for _ in range(55):
            taken.append(keys.next())
            await clock.settle()
    assert taken == sorted(set(taken))
    assert len(taken) == 55


async def test_two_lives_never_hand_out_the_same_key() -> None:
    """What is left of a block when a process ends is a gap."""
    store = await opened()
    async with Supervisor(FakeClock()) as supervisor:
        taken: set[int] = set()
        for _ in range(3):
            keys = DeliveryKeys(store.as_store(), supervisor.spawn)
            await keys.open()
            some = {keys.next() for _ in range(3)}
            assert not taken & some
            taken |= some


async def test_when_the_store_fails_for_a_whole_block_that_is_said() -> None:
    """And once the store is back there are keys again."""
    store, clock = await opened(), FakeClock()
    async with Supervisor(clock) as supervisor:
        keys = DeliveryKeys(store.as_store(), supervisor.spawn)
        await keys.open()
        store.breaks()
        for _ in range(10):
            keys.next()
            await clock.settle()
        with pytest.raises(StoreUnavailableError, match="no delivery keys are left"):
            keys.next()
        store.heals()
        with pytest.raises(StoreUnavailableError):
            keys.next()
        await clock.settle()
        assert keys.next() > 10
