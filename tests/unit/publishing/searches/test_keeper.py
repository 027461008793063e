"""The matcher of a running site: read in the background, then in step with what is committed."""

import asyncio
import logging

import pytest
from sqlalchemy import insert

from posthouse import App
from posthouse.errors import StoreUnavailableError
from posthouse.publishing.desk import Desk
from posthouse.publishing.items import plain_of
from posthouse.publishing.searches.conditions import Condition, encode_condition
from posthouse.publishing.searches.keeper import PAGE, SearchKeeper
from posthouse.publishing.searches.matcher import MOST_ASIDE
from posthouse.publishing.searches.where import where
from posthouse.storage.publishing import subscription
from posthouse.testing import TestSite, play
from tests.unit.publishing.searches.market import CARS, car, keeper_of, market, open_market

KEPT = {
    "topic": "cars",
    "account": 1,
    "chat": "ann",
    "person": "ann",
    "language": "en",
    "search": "market.Wanted",
    "answers": b"\x80",
    "title": "",
    "state": "active",
    "reason": "",
    "revisions": "ignore",
    "since": 0.0,
    "version": 1,
    "created": 0.0,
    "changed": 0.0,
}


def row(id: int, condition: Condition, **other: object) -> dict[str, object]:
    """Return the row of a search."""
    return {**KEPT, "id": id, "condition": encode_condition(condition), **other}


async def write(site: TestSite, *rows: dict[str, object]) -> None:
    """Write rows beside the app."""
    desk = Desk(site.engine, site.clock)
    await desk.write(*(insert(subscription).values(**each) for each in rows))


async def away(statement: object) -> list[object]:
    """Fail as a database does that is away."""
    raise StoreUnavailableError("the database is away")


async def test_searches_are_read_in_the_background(caplog: pytest.LogCaptureFixture) -> None:
    """Until then nothing is matched; those that ended, and what cannot be read, find nothing."""
    async with play(App("empty")) as site:
        some = [row(id, where("price") <= id) for id in range(1, PAGE + 51)]
        some[3] |= {"state": "ended"}
        some[4] |= {"condition": b"\xc1"}
        some[5] |= {"state": "paused"}
        some[6] |= {"topic": "other"}
        await write(site, *some)
        desk = Desk(site.engine, site.clock)
        keeper = SearchKeeper(desk, CARS)
        with pytest.raises(StoreUnavailableError, match="still being read"):
            keeper.match(plain_of(car(1)))
        with caplog.at_level(logging.ERROR):
            task = site.engine.supervisor.spawn(keeper.run())
            await keeper.loaded()
        found = keeper.match(plain_of(car(3)))
        assert found == [3, 6, *range(8, PAGE + 51)]
        assert desk.to_plan.is_set()
        assert "search 5 cannot be read, and finds nothing" in caplog.text
        task.cancel()


async def test_what_another_site_of_the_process_commits_is_put_right() -> None:
    """It is told to all that know the search; a row that is not here takes it away again."""
    async with open_market() as (site, keeper):
        await write(site, row(7, where("price") <= 10))
        (hook,) = keeper._hooks
        hook.tell(7, where("price") >= 0)
        hook.tell(8, where("price") >= 0)
        assert keeper.match(plain_of(car(5))) == [7, 8]
        await site.settle()
        assert keeper.match(plain_of(car(5))) == [7]
        assert keeper.match(plain_of(car(50))) == []


async def test_many_changes_are_compacted() -> None:
    """Beside the loop, once enough stand aside."""
    async with open_market() as (site, keeper):
        count = MOST_ASIDE + 10
        some = [row(id, where("price") <= id) for id in range(1, count + 1)]
        await write(site, *some)
        (hook,) = keeper._hooks
        for id in range(1, count + 1):
            hook.tell(id, where("price") <= id)
        for _ in range(2000):
            if not keeper.matcher.is_due and keeper.matcher.room:
                break
            await asyncio.sleep(0.005)
        assert keeper.matcher.room > 0
        assert keeper.match(plain_of(car(count))) == [count]


async def test_a_database_that_is_away_for_a_while_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is matched until it is back."""
    async with play(App("empty")) as site:
        desk = Desk(site.engine, site.clock)
        keeper = SearchKeeper(desk, CARS)
        read = desk.fetch
        monkeypatch.setattr(desk, "fetch", away)
        task = site.engine.supervisor.spawn(keeper.run())
        await site.settle()
        with pytest.raises(StoreUnavailableError):
            keeper.match(plain_of(car(1)))
        monkeypatch.setattr(desk, "fetch", read)
        await site.later(2.0)
        await keeper.loaded()
        assert keeper.match(plain_of(car(1))) == []
        task.cancel()


async def test_a_site_that_ends_listens_no_more() -> None:
    """The next one with the same app has its own searches alone."""
    app = market()
    async with play(app) as site:
        (hook,) = (await keeper_of(site))._hooks
        assert len(hook.listeners) == 1
    assert not hook.listeners
    async with play(app) as site:
        assert (await keeper_of(site))._hooks == [hook]
        assert len(hook.listeners) == 1
