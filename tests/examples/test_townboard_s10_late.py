"""S10: presses that come late, many ads at once, and requests that nobody asked for."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.examples.town import AD, TOWN, Town, advertised, shown

LONG = timedelta(days=3)
"""Longer than Telegram lets bots delete what they wrote: 48 hours."""


async def test_a_press_on_an_old_question(tmp_path: Path) -> None:
    """Somebody comes back days later and goes on where the buttons still stand."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = town.seller()
            await ivan.begins("Sell a car")
            await ivan.fills(*AD)
        town.clock.shift += LONG
        async with town.running():
            await ivan.presses("Skip", "town")
            await ivan.fills(*TOWN)
            await ivan.publishes()
            assert len(shown(town.cars)) == 1


async def test_a_sale_after_days(tmp_path: Path) -> None:
    """The button under an old message sells; what it was about is edited, not deleted."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
        town.clock.shift += LONG
        async with town.running():
            await ivan.presses("It is sold", "?")
            await ivan.presses("Yes", "sold")
            await town.sim.until(
                lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit"
            )


async def test_staff_delete_an_old_post(tmp_path: Path) -> None:
    """Telegram lets administrators delete what is old; where it does not, the card says so."""
    async with Town(tmp_path) as town:
        async with town.running():
            await advertised(town)
            await advertised(town, "Olha")
        town.clock.shift += LONG
        async with town.running():
            boss = town.staff()
            await boss.decides("#1", "Delete")
            await town.sim.until(lambda: len(shown(town.cars)) == 1, what="the deletion")
            town.cars.members[town.bazaar.id] = town.sim.admin(town.cars, can_delete_messages=False)
            await boss.decides("#2", "Delete")
            await boss.person.until(
                lambda: any("do it by hand" in one.content for one in boss.person.screen),
                what="the explanation",
            )


@pytest.mark.parametrize("label", ["It is sold", "Put it up again"])
async def test_an_answer_to_a_press_that_comes_too_late(town: Town, label: str) -> None:
    """Telegram takes no pop-up any more: what was asked for is done all the same."""
    ivan = await advertised(town)
    town.sim.faults.add(
        "refused", method="answerCallbackQuery", code=400, times=10,
        description="Bad Request: query is too old and response timeout expired or query ID is "
        "invalid",
    )  # fmt: skip
    before = len(shown(town.cars))
    await ivan.person.presses(label)
    if label == "It is sold":
        await ivan.person.until(lambda: "Yes" in ivan.person.buttons, what="the question")
        await ivan.person.presses("Yes")
        await town.sim.until(lambda: "SOLD" in shown(town.cars)[0].content, what="the sale")
    else:
        await town.posts(town.cars, before + 1)


async def test_a_press_on_what_was_given_up(town: Town) -> None:
    """The preview that was left is no place to publish from: a sentence over the chat says so."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills(*AD, "Skip", *TOWN)
    publish = await ivan.finds("Publish")
    await ivan.says("/cancel", "Give up")
    await ivan.presses("Yes, give up", "Cancelled")
    await ivan.says("hi", "Here cars find")
    assert await publish.pressed() == "This was cancelled."
    assert shown(town.cars) == []
