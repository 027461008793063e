"""S7: somebody looks for a car, and is told of those that fit, on Telegram."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from finders import ADS

from tests.examples.finding import FinderTown
from tests.examples.town import Visitor, advertised


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send what fits without waiting ten seconds."""
    monkeypatch.setattr(ADS, "delay", timedelta(milliseconds=200))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a few seconds to take something back, or to be stopped."""
    monkeypatch.setattr(ADS, "delay", timedelta(seconds=4))


@pytest.fixture
async def stopped(tmp_path: Path) -> AsyncIterator[FinderTown]:
    """The boards and the finders, not running."""
    async with FinderTown(tmp_path) as town:
        yield town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[FinderTown]:
    """The boards and the finders, running."""
    async with FinderTown(tmp_path) as town, town.running():
        yield town


async def begins(ann: Visitor) -> None:
    """Begin a search, with the month that is free."""
    await ann.says("hi", "Looking for a car?")
    await ann.presses("New search", "This is part of")
    await ann.presses("1 month for free", "is yours until")
    await ann.presses("Go on", "at least")


async def searches(ann: Visitor, low: str, high: str, *regions: str) -> None:
    """Answer what a search asks, and activate it."""
    await ann.fills(low, high)
    for region in regions:
        await ann.presses(f"☐ {region}", "In which regions?")
    await ann.fills("Done")
    await ann.presses("Send", "The search is active")


async def test_only_members_search(town: FinderTown) -> None:
    """Who is not in the channel is told, and goes on once in it."""
    ann = await town.searcher("Ann", is_member=False)
    await ann.says("hi", "Looking for a car?")
    await ann.presses("New search", "join “Cars for sale” first")
    assert await ann.pops_up("I have joined") == "You are not in “Cars for sale” yet."
    await ann.person.joins(town.cars)
    await asyncio.sleep(1.1)  # until the same press counts again
    await ann.presses("I have joined", "This is part of")


async def test_bounds_that_leave_nothing_are_refused(town: FinderTown) -> None:
    """And the question stands."""
    ann = await town.searcher("Ann")
    await begins(ann)
    await ann.fills("5000")
    await ann.says("3000", "below the lower bound")
    await ann.fills("6000")
    assert "In which regions?" in ann.prompt


@pytest.mark.usefixtures("soon")
async def test_an_ad_that_fits_arrives_once(town: FinderTown) -> None:
    """With its words and the way to it; another price does not, and a second search adds none."""
    ann, eve = await town.searcher("Ann"), await town.searcher("Eve")
    await begins(ann)
    await searches(ann, "1000", "6000", "Ardenia")
    assert "Nothing was found" in ann.prompt
    await ann.presses("My searches", "Your searches")
    await ann.presses("New search", "at least")
    await searches(ann, "Skip", "Skip")
    await begins(eve)
    await searches(eve, "6000", "Skip")
    await advertised(town, photos=1)
    await ann.person.waits_for("#1", within_s=30)
    found = [m for m in ann.person.screen if "Škoda Fabia" in m.content]
    assert len(found) == 1
    assert "photo" in found[0].body
    [[link]] = found[0].body["reply_markup"]["inline_keyboard"]
    assert link["url"].startswith("https://t.me/cars_in_town/")
    assert not [m for m in eve.person.screen if "Škoda" in m.content]


@pytest.mark.usefixtures("soon")
async def test_what_is_there_is_shown_at_once(town: FinderTown) -> None:
    """The freshest of three days, to whom it is not their own."""
    await advertised(town)
    ann, ivan = await town.searcher("Ann"), await town.searcher("Ivan")
    await begins(ann)
    await searches(ann, "Skip", "6000")
    assert "Škoda Fabia" in ann.prompt
    await begins(ivan)
    await searches(ivan, "Skip", "6000")
    assert "Nothing was found" in ivan.prompt


@pytest.mark.usefixtures("soon")
async def test_who_advertises_does_not_get_the_ad(town: FinderTown) -> None:
    """However well it fits."""
    ann, ivan = await town.searcher("Ann"), await town.searcher("Ivan")
    for each in (ann, ivan):
        await begins(each)
        await searches(each, "Skip", "Skip")
    await advertised(town, "Ivan")
    await ann.person.waits_for("#1", within_s=30)
    assert not [m for m in ivan.person.screen if "#1" in m.content]


@pytest.mark.usefixtures("later")
async def test_what_is_sold_at_once_reaches_nobody(town: FinderTown) -> None:
    """Ten seconds are left to take it back."""
    ann = await town.searcher("Ann")
    await begins(ann)
    await searches(ann, "Skip", "Skip")
    ivan = await advertised(town)
    await ivan.presses("It is sold", "?")
    await ivan.presses("Yes", "sold")
    await advertised(town, "Olha")
    await ann.person.waits_for("#2", within_s=30)
    assert not [m for m in ann.person.screen if "#1 " in m.content]


@pytest.mark.usefixtures("later")
async def test_a_restart_before_the_tenth_second(stopped: FinderTown) -> None:
    """It still comes, and once."""
    town = stopped
    async with town.running():
        ann = await town.searcher("Ann")
        await begins(ann)
        await searches(ann, "Skip", "Skip")
        await advertised(town)
    async with town.running():
        await ann.person.waits_for("#1", within_s=30)
        await advertised(town, "Olha")
        await ann.person.waits_for("#2", within_s=30)
    assert len([m for m in ann.person.screen if "#1" in m.content]) == 1


@pytest.mark.usefixtures("soon")
async def test_a_month_ends_and_is_granted_again(stopped: FinderTown) -> None:
    """No copies after its end, one notice; with a further month they come again."""
    town = stopped
    async with town.running():
        ann = await town.searcher("Ann")
        await begins(ann)
        await searches(ann, "Skip", "Skip")
        await advertised(town)
        await ann.person.waits_for("#1", within_s=30)
    town.clock.shift += timedelta(days=40)
    async with town.running() as site:
        await ann.person.waits_for("“Car finder” has ended", within_s=30)
        await advertised(town, "Olha")
        args = {"bot": "cars", "plan": "cars", "person": f"telegram:{ann.person.id}"}
        done, said = await site.engine.commands.execute("plan.grant", args)
        assert done, said
        await ann.person.waits_for("You were given “Car finder”", within_s=30)
        await advertised(town, "Petro")
        await ann.person.waits_for("#3", within_s=30)
    told = [m.content for m in ann.person.screen]
    assert not [words for words in told if words.startswith("#2")]
    assert len([words for words in told if "has ended" in words]) == 1
