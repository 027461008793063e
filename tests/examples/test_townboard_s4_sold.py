"""S4: a car is sold, on Telegram: the post is edited, once, whatever is under way besides."""

from datetime import timedelta
from pathlib import Path

from tests.examples.town import Town, Visitor, advertised, shown

SOLD = [
    "SOLD #1", "Škoda Fabia, 2014", "Runs well", "120 thousand km",
    "5\xa0000\xa0USD · Open to offers", "Žerlava, Ardenia", "Ivan",
]  # fmt: skip


async def sells(ivan: Visitor) -> None:
    """Say that the car is sold, and that one is sure."""
    await ivan.presses("It is sold", "?")
    await ivan.presses("Yes", "sold")


async def test_the_post_says_sold(town: Town) -> None:
    """After a question; picture and words change in one edit, and the comments stay."""
    ivan = await advertised(town, photos=3)
    await town.posts(town.talk, 3)
    (before,) = shown(town.cars)
    picture = before.body["photo"]
    await ivan.presses("It is sold", "?")
    assert "reply_markup" not in before.body
    assert shown(town.cars)[0].content.startswith("#1 ")
    await ivan.presses("Yes", "sold")
    await town.sim.until(lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit")
    (post,) = shown(town.cars)
    assert post.content.splitlines() == SOLD
    assert post.body["photo"] != picture
    marked = {one["type"] for one in post.body["caption_entities"]}
    assert marked == {"bold", "strikethrough"}
    assert town.sim.journal.methods().count("editMessageMedia") == 1
    assert len(shown(town.talk)) == 3
    assert "It is sold" not in ivan.person.buttons
    assert "Put it up again" not in ivan.person.buttons


async def test_pressing_twice_sells_once(town: Town) -> None:
    """An old button says how things stand."""
    ivan = await advertised(town)
    sell = ivan.remembers("It is sold")
    await ivan.presses("It is sold", "?")
    sure = ivan.remembers("Yes")
    await sure.pressed()
    await town.sim.until(lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit")
    await sure.pressed()
    await sell.pressed()
    assert "sold" in ivan.prompt
    edits = [each for each in town.sim.journal.methods() if each.startswith("editMessage")]
    assert edits.count("editMessageMedia") == 1


async def test_another_draft_is_left_alone(town: Town) -> None:
    """A half-filled ad takes the next text, although an older one was sold meanwhile."""
    ivan = await advertised(town)
    sell = ivan.remembers("It is sold")
    await ivan.says("hi", "Here cars find")
    await ivan.presses("Sell a car", "What is your name?")
    await ivan.fills("Ivan", "067 123-45-67")
    assert "Which car" in ivan.prompt
    await sell.pressed()
    await (await ivan.finds("Yes")).pressed()
    await town.sim.until(lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit")
    await ivan.says("Fiat 124, 1972", "How far has it gone")


async def test_selling_after_a_restart(tmp_path: Path) -> None:
    """Buttons of before work."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
        async with town.running():
            await sells(ivan)
            await town.sim.until(
                lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit"
            )


async def test_a_stranger_cannot_sell(town: Town) -> None:
    """A button of somebody else's screen is refused, politely, and nothing happens."""
    ivan = await advertised(town)
    sell = ivan.remembers("It is sold")
    olha = town.seller("Olha")
    await olha.says("hi", "Here cars find")
    await sell.pressed(by=olha)
    await olha.says("hi", "Here cars find")
    assert shown(town.cars)[0].content.startswith("#1 ")


async def test_an_edit_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    """The ad is sold all the same; staff are alerted, and the channel is changed later."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
            await town.posts(town.admin)
            town.sim.faults.add(
                "refused", method="editMessageMedia", description="Bad Request: CHAT_RESTRICTED"
            )
            await ivan.presses("It is sold", "?")
            await ivan.presses("Yes", "sold")
            alert = (await town.posts(town.admin, 2))[-1]
            assert "#1" in alert.content
            assert shown(town.cars)[0].content.startswith("#1 ")
            assert "It is sold" not in ivan.person.buttons
        town.clock.shift = timedelta(days=1)
        async with town.running():
            await town.sim.until(
                lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit"
            )
            await ivan.person.until(lambda: "sold" in ivan.prompt, what="the good news")


async def test_an_edit_that_has_to_wait_comes_once(town: Town) -> None:
    """429, then a bad gateway: the edit arrives later, and the author is told the truth."""
    ivan = await advertised(town)
    town.sim.faults.add("too_many", method="editMessageMedia", retry_after_s=1)
    town.sim.faults.add("bad_gateway", method="editMessageMedia")
    await sells(ivan)
    await town.sim.until(lambda: shown(town.cars)[0].content.startswith("SOLD"), what="the edit")
    assert shown(town.cars)[0].content.splitlines() == SOLD
