"""Delivery keys: handed out without waiting, never twice."""

import asyncio

import pytest

from posthouse.engine.keys import BUSY_S, DeliveryKeys, Numbers
from posthouse.engine.points import Points
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


async def numbers_of(store: WatchedStore, *names: str) -> list[int]:
    """Take numbers in a process that then dies."""
    numbers = Numbers(store.as_store(), Points())
    return [await numbers.take(name) for name in names]


async def test_numbers_taken_now_and_then_have_no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where every process dies after each."""
    monkeypatch.setattr("posthouse.engine.keys.BUSY_S", 0.0)
    store = await opened()
    assert await numbers_of(store, "ad", "ad", "order") == [1, 2, 1]
    assert await numbers_of(store, "ad", "order", "ad") == [3, 2, 4]


async def test_numbers_taken_fast_are_reserved_together() -> None:
    """And again one by one after a rest, which is all that a crash can leave out."""
    store = await opened()
    numbers = Numbers(store.as_store(), Points())
    taken = [await numbers.take("ad") for _ in range(50)]
    assert taken == list(range(1, 51))
    [after] = await numbers_of(store, "ad")
    assert after - taken[-1] <= 16
    await asyncio.sleep(BUSY_S + 0.1)
    numbers._blocks.clear()
    first = await numbers.take("ad")
    assert await numbers_of(store, "ad") == [first + 1]
