"""Who is not to get an item: left out when it is planned, is due, or is about to leave."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from posthouse.publishing.items import NewItem, put, withdraw
from posthouse.storage.publishing import item, subscription
from posthouse.testing import TestSite, play
from tests.unit.publishing.fanning import got, paper, publishing, states, subscribe, topic

Shuts = Callable[[TestSite], Awaitable[None]]


async def _ban(site: TestSite) -> None:
    ok, told = await site.engine.commands.execute("people.ban", {"person": "fake:ann"})
    assert ok, told


async def _expire(site: TestSite) -> None:
    before = site.clock.timestamp() - 1
    await site.engine.database.execute(update(item).values(expires=before))


async def _withdraw(site: TestSite) -> None:
    await site.engine.database.execute(*withdraw("news", "a", site.clock.timestamp()))


async def _pause(site: TestSite) -> None:
    await site.engine.database.execute(update(subscription).values(state="paused"))


async def _leave(site: TestSite) -> None:
    (await publishing(site)).gate = _shut


async def _shut(gates: bytes, account: int, person: str) -> bool:
    assert (gates, account, person) == (b"member", 1, "ann")
    return False


SHUT = [_ban, _expire, _withdraw, _pause, _leave]


async def _put(site: TestSite) -> None:
    new = NewItem(topic="news", key="a", body={}, shown="hello", account=1, person="sam")
    await site.engine.database.execute(*put(new, site.clock.timestamp()))


async def _wake(site: TestSite) -> None:
    (await publishing(site)).wake()
    await site.later(1)


async def _met(site: TestSite) -> None:
    await subscribe(site, "ann", gates=b"member")
    await site.person("Ann").says("hi")


@pytest.mark.parametrize("shuts", SHUT)
async def test_whom_it_is_not_for_when_it_is_planned(shuts: Shuts) -> None:
    """Nothing reaches the outbox."""
    async with play(paper(topic())) as site:
        await _met(site)
        await _put(site)
        await shuts(site)
        await _wake(site)
        assert got(site, "ann") == ["hi", "heard"]
        assert not (await states(site)).keys() & {"queued", "sent"}


@pytest.mark.parametrize("shuts", SHUT)
async def test_whom_it_is_not_for_when_it_is_due(shuts: Shuts) -> None:
    """It was planned, and waits."""
    async with play(paper(topic(delay=timedelta(minutes=5)))) as site:
        await _met(site)
        await _put(site)
        await _wake(site)
        assert await states(site) == {"waiting": 1}
        await shuts(site)
        await site.later(timedelta(minutes=6))
        assert got(site, "ann") == ["hi", "heard"]
        (state,) = await states(site)
        assert state == ("expired" if shuts is _expire else "cancelled")


@pytest.mark.parametrize("shuts", SHUT)
async def test_whom_it_is_not_for_when_it_is_to_leave(shuts: Shuts) -> None:
    """It is in the outbox already."""
    async with play(paper(topic())) as site:
        await _met(site)
        site.engine.outboxes[1].hurry()
        await _put(site)
        await _wake(site)
        assert await states(site) == {"queued": 1}
        await shuts(site)
        site.engine.outboxes[1].open()
        await site.later(30)
        assert got(site, "ann") == ["hi", "heard"]
        assert await states(site) == {"cancelled": 1}


async def test_all_of_it_reaches_whom_nothing_shuts_out() -> None:
    """With a gate that stands open."""

    async def is_open(gates: bytes, account: int, person: str) -> bool:
        return (gates, account, person) == (b"member", 1, "ann")

    async with play(paper(topic())) as site:
        await _met(site)
        (await publishing(site)).gate = is_open
        await _put(site)
        await _wake(site)
        assert got(site, "ann")[-1] == "hello"


@pytest.mark.parametrize("searching", [True, False])
async def test_whoever_an_item_is_by_does_not_get_it(searching: bool) -> None:
    """Neither by a search nor as a subscriber; on another bot of the messenger neither."""

    class Finds:
        def match(self, found: Any) -> list[int]:
            return [1, 2]

    def finds(publishing: Any) -> None:
        publishing.matchers["news"] = Finds()

    async with play(paper(topic(), finds)) as site:
        await subscribe(site, "sam", "bob", **({"search": "s"} if searching else {}))
        await _put(site)
        await _wake(site)
        assert (got(site, "sam"), got(site, "bob")) == ([], ["hello"])
        assert await states(site) == {"sent": 1}
