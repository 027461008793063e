"""Planning: in chunks that go on after any end, also where very many searches find an item."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, func, insert, select

from posthouse.app import App
from posthouse.ports.records import Statement
from posthouse.publishing import chunks
from posthouse.publishing.items import NewItem, put
from posthouse.publishing.service import Publishing
from posthouse.storage.publishing import fan_out, receipt, subscription
from posthouse.testing import FakeMessenger, TestSite, play
from tests.unit.publishing.fanning import (
    fan_outs,
    got,
    paper,
    publish,
    publishing,
    states,
    subscribe,
    topic,
)

PERSONS = tuple(f"p{n:02}" for n in range(20))


class Finds:
    """Finds what it is told to, and counts how often it is asked."""

    def __init__(self, found: Sequence[int]) -> None:
        self.found, self.asked = found, 0

    def __call__(self, publishing: Publishing) -> None:
        """Be what finds the searches on news."""
        publishing.matchers["news"] = self

    def match(self, item: Any) -> Sequence[int]:
        self.asked += 1
        return self.found


async def _put(site: TestSite, words: str = "hello") -> None:
    new = NewItem(topic="news", key="a", body={}, shown=words)
    await site.engine.database.execute(*put(new, site.clock.timestamp()))
    (await publishing(site)).wake()


@pytest.mark.parametrize("search", [None, "s"])
async def test_it_goes_on_where_the_process_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: str | None
) -> None:
    """Between two chunks: what was planned is not planned again, and everybody gets it once."""
    monkeypatch.setattr(chunks, "CHUNK", 4)
    finds = Finds(range(1, 21) if search else ())
    wrote: list[int] = []
    write = Publishing.write

    async def dies(self: Publishing, *statements: Statement, **options: Any) -> bool:
        if len(statements) > 1 and len(wrote) == 2:
            await asyncio.Event().wait()  # until the process is dead
        done = await write(self, *statements, **options)
        if len(statements) > 1:
            ((count,),) = await self.fetch(select(func.count()).select_from(receipt))
            wrote.append(count)
        return done

    monkeypatch.setattr(Publishing, "write", dies)
    storage = f"sqlite:{tmp_path / 'site.db'}"
    async with play(paper(topic(), finds), storage=storage, strict=False) as site:
        await subscribe(site, *PERSONS, search=search)
        await _put(site)
        await site.later(1)
        assert wrote == [4, 8]
        assert await fan_outs(site) == ["planning"]
        site.kill()
        wrote.append(0)
        await site.restart()
        await site.later(60)
        assert wrote == [4, 8, 0, 12, 16, 20]
        assert [got(site, who) for who in PERSONS] == [["hello"]] * 20
        assert await states(site) == {"sent": 20}
        assert await fan_outs(site) == ["done"]


async def test_tens_of_thousands_of_searches_find_an_item() -> None:
    """They are looked for once, and bound a chunk at a time."""
    count = 50_000
    finds = Finds(range(1, count + 1))
    async with play(paper(topic(), finds), strict=False) as site:
        site.engine.outboxes[1].hurry()  # it is planning that matters here
        await subscribe(site, "p", search="s")
        row: dict[str, ColumnElement[Any]] = {
            name: column for name, column in subscription.c.items() if name != "id"
        }
        for n in range(16):  # twice as many each time
            row["chat"] = f"{n}-" + subscription.c.chat
            doubled = select(*row.values()).limit(count - 2**n)
            await site.engine.database.execute(insert(subscription).from_select(list(row), doubled))
        await subscribe(site, "ann")
        await _put(site)
        while await fan_outs(site) == ["planning"]:
            await site.settle()
        ((total,),) = await site.engine.database.fetch(select(fan_out.c.total))
        assert total == count + 1
        assert finds.asked == 1


async def test_a_pause_holds_planning_up() -> None:
    """And it goes on from there; nobody has got it meanwhile."""
    finds = Finds(())
    async with play(paper(topic(), finds)) as site:
        await subscribe(site, *PERSONS)
        service = await publishing(site)
        await _put(site)
        await service.fan_outs.pause(1)  # before the planner has seen it
        await site.later(60)
        assert await fan_outs(site) == ["paused"]
        assert await states(site) == {}
        await service.fan_outs.resume(1)
        await site.later(10)
        assert await states(site) == {"sent": 20}


async def test_what_was_held_goes_on_however_soon_it_is_resumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the planner has not seen that it was paused."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        service = await publishing(site)
        site.engine.outboxes[1].hurry()
        await _put(site)
        await site.later(1)
        assert await states(site) == {"queued": 2}
        planner_rounds = service.planner.round

        async def blind() -> float | None:
            return None

        monkeypatch.setattr(service.planner, "round", blind)
        await service.fan_outs.pause(1)
        site.engine.outboxes[1].open()
        await site.later(10)
        assert await states(site) == {"held": 2}
        await service.fan_outs.resume(1)
        monkeypatch.setattr(service.planner, "round", planner_rounds)
        await planner_rounds()
        await site.later(60)
        assert await states(site) == {"sent": 2}
        assert got(site, "ann") == ["hello"]


@pytest.mark.parametrize("state", ["paused", "cancelled"])
async def test_what_is_queued_stays_when_it_is_stopped(state: str) -> None:
    """Nothing of what is in the outbox leaves any more."""
    async with play(paper(topic())) as site:
        await subscribe(site, *PERSONS)
        site.engine.outboxes[1].hurry()
        await _put(site)
        await site.later(1)
        assert await states(site) == {"queued": 20}
        service = await publishing(site)
        await (service.fan_outs.pause if state == "paused" else service.fan_outs.cancel)(1)
        site.engine.outboxes[1].open()
        await site.later(30)
        assert [got(site, who) for who in PERSONS] == [[]] * 20
        assert await states(site) == {"held" if state == "paused" else "cancelled": 20}


async def test_a_change_brings_an_item_to_whose_search_finds_it_now() -> None:
    """Who got it has its revision; who wants all had it when it came."""
    finds = Finds([2])
    async with play(paper(topic(), finds)) as site:
        await subscribe(site, "ann")
        await subscribe(site, "bob", "eve", search="s", revisions="edit")
        await publish(site, "a", "one")
        finds.found = [2, 3]
        await publish(site, "a", "two")
        await site.later(10)
        assert [got(site, who) for who in ("ann", "bob", "eve")] == [["one"], ["two"], ["two"]]
        assert await fan_outs(site) == ["done", "done"]


async def test_a_topic_that_a_site_does_not_know_is_left_to_one_that_does(tmp_path: Path) -> None:
    """Two sites with one database, each with an app of its own, that run in turn."""
    storage, messenger = f"sqlite:{tmp_path / 'site.db'}", FakeMessenger()
    async with play(App("other"), storage=storage, messenger=messenger) as site:
        await subscribe(site, "ann")
        new = NewItem(topic="news", key="a", body={}, shown="hello")
        await site.engine.database.execute(*put(new, site.clock.timestamp()))
        (await publishing(site)).wake()
        await site.later(120)
        assert await fan_outs(site) == ["planning"]
        assert got(site, "ann") == []
    async with play(paper(topic()), storage=storage, messenger=messenger) as site:
        await site.later(10)
        assert got(site, "ann") == ["hello"]
        assert await fan_outs(site) == ["done"]


async def test_sending_begins_when_the_first_item_is_planned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each would take the other's time: beside what is sent, planning takes ten times as long."""
    monkeypatch.setattr(chunks, "CHUNK", 1)
    planned: list[bool] = []
    step = chunks.Chunks.step

    async def watched(self: chunks.Chunks, *args: Any) -> Any:
        planned.append(self._desk.settled.is_set())
        return await step(self, *args)

    monkeypatch.setattr(chunks.Chunks, "step", watched)
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        await publish(site, "a", "one")
        assert planned == [False, False, False]
        assert (await publishing(site)).settled.is_set()
        assert (got(site, "ann"), got(site, "bob")) == (["one"], ["one"])
