"""What a saved search brings: each item once, to those who look for it, also after a restart."""

from pathlib import Path

from posthouse.testing import FakePerson, TestSite, play
from tests.unit.publishing.searches.market import CARS, market, open_market
from tests.unit.publishing.searches.test_own import look_for


async def saves(site: TestSite, name: str, *, low: str = "", high: str = "") -> FakePerson:
    """Let somebody save a search; return who it is."""
    person = site.person(name)
    await look_for(person, low=low, high=high)
    await person.presses("Send")
    return person


def got(person: FakePerson, words: str) -> int:
    """Return how many messages show exactly these words."""
    return sum(shown.text == words for shown in person.screen)


async def test_an_item_reaches_each_who_looks_for_it_once() -> None:
    """However many of one's searches find it; not whoever it is by, and nobody else."""
    async with open_market() as (site, _):
        ann = await saves(site, "Ann", low="1000", high="5000")
        await saves(site, "Ann", high="4000")
        bob = await saves(site, "Bob", high="2000")
        sam = await saves(site, "Sam", high="9000")
        await sam.says("/sell 3000 Kyiv Astra")
        await site.later(30)
        await site.later(30)
        assert [got(each, "Astra for 3000") for each in (ann, bob, sam)] == [1, 0, 0]


async def test_a_search_that_is_off_brings_nothing() -> None:
    """Switched on again it brings what comes from then on."""
    async with open_market() as (site, _):
        ann, sam = await saves(site, "Ann", high="5000"), site.person("Sam")
        await ann.presses("Switch off")
        await sam.says("/sell 3000 Kyiv Astra")
        await site.later(30)
        await ann.presses("Switch on")
        await sam.says("/sell 3500 Kyiv Golf")
        await site.later(30)
        assert [got(ann, f"{name}") for name in ("Astra for 3000", "Golf for 3500")] == [0, 1]


async def test_searches_are_known_after_a_restart(tmp_path: Path) -> None:
    """They are read from their rows, and an item that came just before is matched all the same."""
    storage = f"sqlite:{tmp_path / 'site.db'}"
    async with play(market(), storage=storage) as site:
        ann, sam = await saves(site, "Ann", high="5000"), site.person("Sam")
        await site.restart()
        await sam.says("/sell 3000 Kyiv Astra")
        await site.later(30)
        await site.later(30)
        assert got(ann, "Astra for 3000") == 1
        assert CARS.listeners
