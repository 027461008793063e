"""A search from its first question to its deletion, as a person sees it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from posthouse.publishing.desk import Desk
from posthouse.publishing.items import NewItem, plain_of, put
from posthouse.storage.publishing import subscription
from posthouse.testing import FakePerson, TestSite
from tests.unit.publishing.searches.market import car, open_market


async def rows(site: TestSite) -> list[dict[str, Any]]:
    """Return all subscriptions, the oldest first."""
    found = await site.store.fetch(select(subscription).order_by(subscription.c.created))
    return [row._asdict() for row in found]


async def look_for(
    person: FakePerson, *, low: str = "", high: str = "", regions: tuple[str, ...] = ()
) -> None:
    """Fill in a search up to its preview."""
    await person.says("/start")
    await person.presses("Search")
    for bound in (low, high):
        if bound:
            await person.says(bound)
        else:
            await person.presses("Skip")
    for region in regions:
        await person.says(region)  # a name that is typed switches, too
    await person.presses("Done")
    await person.presses("Skip")
    await person.presses("Skip")


async def test_a_search_is_active_at_once_and_shows_what_is_there() -> None:
    """Its preview counts the last week; what it finds is told newest first, without one's own."""
    async with open_market(most=3) as (site, keeper):
        seller, ann = site.person("Sam"), site.person("Ann")
        now = site.clock.timestamp()
        old = NewItem(
            topic="cars",
            key="old",
            body=plain_of(car(3000)),
            shown="Old",
            published=now - timedelta(days=4).total_seconds(),
        )
        await Desk(site.engine, site.clock).write(*put(old, now, fans_out=False))
        await seller.says("/sell 4000 Kyiv Bora")
        await site.later(60)
        await seller.says("/sell 2500 Lviv Golf")
        await seller.says("/sell 9000 Kyiv Audi")
        await ann.says("/sell 2700 Kyiv Mine")
        await look_for(ann, low="2000", high="5000", regions=("Kyiv", "Lviv"))
        assert "found 3 items in the last week" in ann.sees
        await ann.presses("Send")
        assert "The search is active" in ann.sees
        assert ann.sees.index("Golf for 2500") < ann.sees.index("Bora for 4000")
        for absent in ("Old", "Audi", "Mine"):
            assert absent not in ann.sees
        (row,) = await rows(site)
        assert (row["state"], row["topic"], row["search"]) == ("active", "cars", "market.Wanted")
        assert (row["person"], row["most"], row["title"]) == (
            "ann",
            3,
            "2000 · 5000 · Kyiv, Lviv",
        )
        assert keeper.match(plain_of(car(4000))) == [row["id"]]
        assert keeper.match(plain_of(car(4000, region="Odesa"))) == []


async def test_low_above_high_is_told() -> None:
    """The upper bound is asked again."""
    async with open_market() as (site, _):
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Search")
        await ann.says("5000")
        await ann.says("400")
        assert "below the lower bound, 5000" in ann.sees
        await ann.says("6000")
        assert "Where?" in ann.sees


async def test_choosing_none_is_all() -> None:
    """It is shown as all, and asks nothing of the item; a typed name switches an option too."""
    async with open_market() as (site, keeper):
        ann = site.person("Ann")
        await look_for(ann, high="5000")
        assert "Regions: all" in ann.sees
        assert "found nothing in the last week" in ann.sees
        await ann.presses("Send")
        assert "Nothing was found" in ann.sees
        assert len(keeper.match(plain_of(car(4000, region="Odesa")))) == 1


async def test_a_person_has_several_and_others_have_theirs() -> None:
    """Each is switched and deleted by itself."""
    async with open_market(name="cars of others") as (site, keeper):
        ann, bob = site.person("Ann"), site.person("Bob")
        for person, high in ((ann, "1000"), (ann, "2000"), (bob, "3000")):
            await look_for(person, high=high)
            await person.presses("Send")
            await site.later(1)
        assert len(keeper.match(plain_of(car(900)))) == 3
        await ann.presses("My searches")
        assert ann.sees == "Your searches: cars of others"
        assert ann.buttons[:2] == ["✓ 2000", "✓ 1000"]
        await ann.presses("✓ 1000")
        await ann.presses("Switch off")
        assert "This search is off." in ann.sees
        assert [row["state"] for row in await rows(site)] == ["paused", "active", "active"]
        await ann.presses("Switch on")
        assert [row["state"] for row in await rows(site)] == ["active", "active", "active"]
        await ann.presses("Delete")
        await ann.presses("Yes")
        assert ann.sees == "The search was deleted."
        assert [row["state"] for row in await rows(site)] == ["ended", "active", "active"]
        assert len(keeper.match(plain_of(car(900)))) == 2
        await ann.presses("My searches")
        assert ann.buttons[0] == "✓ 2000"


async def test_the_old_search_stays_until_the_changed_one_is_done() -> None:
    """Changing begins with the present answers, and keeps the row."""
    async with open_market() as (site, keeper):
        ann = site.person("Ann")
        await look_for(ann, low="500", high="1000", regions=("Kyiv",))
        await ann.presses("Send")
        (before,) = await rows(site)
        await ann.presses("Change")
        assert "1000" in ann.sees
        assert "Kyiv" in ann.sees
        await ann.presses("Change")
        await ann.presses("High: 1000")
        await ann.says("7000")
        assert keeper.match(plain_of(car(900))) == [before["id"]]
        assert keeper.match(plain_of(car(6000))) == []
        await ann.presses("Send")
        assert keeper.match(plain_of(car(6000))) == [before["id"]]
        (after,) = await rows(site)
        assert (after["id"], after["version"]) == (before["id"], before["version"] + 1)
        assert after["title"] == "500 · 7000 · Kyiv"


async def test_a_search_of_somebody_else_cannot_be_touched() -> None:
    """A press that names it finds nothing."""
    async with open_market() as (site, keeper):
        ann, bob = site.person("Ann"), site.person("Bob")
        await look_for(ann, high="1000")
        await ann.presses("Send")
        await look_for(bob, high="1000")
        await bob.presses("Send")
        await bob.presses("Delete")
        await bob.presses("Yes")
        assert [row["state"] for row in await rows(site)] == ["active", "ended"]
        assert len(keeper.match(plain_of(car(900)))) == 1
