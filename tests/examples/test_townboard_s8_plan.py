"""S8 as far as staff grant what will be paid for later: a plan is had, ends, and is prolonged."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.examples.finding import FinderTown
from tests.examples.town import Visitor

TOLD = re.compile(r"until (.+?)\.$", re.MULTILINE)


@pytest.fixture
async def stopped(tmp_path: Path) -> AsyncIterator[FinderTown]:
    """The boards and the finders, not running."""
    async with FinderTown(tmp_path) as town:
        yield town


def boss_of(town: FinderTown) -> Visitor:
    """Staff in private with the car finder."""
    return Visitor(town, town.sim.person("Boss").at(town.finder))


def until(words: str) -> str:
    """Return until when somebody has the plan, as it was said."""
    found = TOLD.search(words)
    assert found is not None, words
    return found.group(1)


async def test_looking_at_a_plan_does_not_use_it_up(stopped: FinderTown) -> None:
    """The free month is there until it is taken, and is taken once."""
    async with stopped.running():
        ann = await stopped.searcher("Ann")
        await ann.says("/plans", "You do not have “Car finder”")
        await ann.says("/plans", "You do not have “Car finder”")
        taken = ann.remembers("1 month for free")
        await ann.presses("1 month for free", "is yours until")
        await taken.pressed()
        told = await ann.says("/plans", "You have “Car finder” until")
        assert "1 month for free" not in ann.person.buttons
    stopped.clock.shift += timedelta(days=40)
    async with stopped.running():
        await ann.person.waits_for("has ended", within_s=30)
        again = await ann.says("/plans", "You had “Car finder”")
        assert until(again.content) == until(told.content)
        assert "1 month for free" not in ann.person.buttons


async def test_a_renewal_ten_days_early_counts_from_the_old_end(stopped: FinderTown) -> None:
    """Nothing of what one has is lost; staff say it in chat, and the person is told."""
    async with stopped.running():
        ann, boss = await stopped.searcher("Ann"), boss_of(stopped)
        await ann.says("/plans", "You do not have")
        await ann.presses("1 month for free", "is yours until")
        first = until((await ann.says("/plans", "You have")).content)
    stopped.clock.shift += timedelta(days=20)
    async with stopped.running():
        granted = await boss.says(f"/grant_plan {ann.person.id} cars", "has “Car finder” until")
        told = await ann.person.waits_for("You were given “Car finder”", within_s=30)
        assert until(told.content) == until(granted.content)
    begun, ends = (datetime.fromisoformat(words) for words in (first, until(granted.content)))
    assert (ends.year * 12 + ends.month) - (begun.year * 12 + begun.month) == 1
    assert abs(ends.day - begun.day) <= 3  # where the next month is shorter


async def test_only_staff_grant_and_revoke(stopped: FinderTown) -> None:
    """And what is taken away is closed at once."""
    async with stopped.running():
        ann, boss = await stopped.searcher("Ann"), boss_of(stopped)
        await ann.says(f"/grant_plan {ann.person.id} cars", "I do not know /grant_plan")
        await boss.says(f"/grant_plan {ann.person.id} trucks", "There is no plan trucks")
        await boss.says(f"/grant_plan {ann.person.id} cars 2", "has “Car finder” until")
        await ann.person.waits_for("You were given “Car finder”", within_s=30)
        await boss.says(f"/revoke_plan {ann.person.id} cars", "does not have “Car finder” any more")
        await ann.says("/start", "Looking for a car?")
        await ann.presses("New search", "This is part of “Car finder”")
