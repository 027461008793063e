"""S5: reminders after three weeks, and ads that are put up again, on Telegram."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from townboard import bazaar

from posthouse.engine.points import Point
from posthouse.testing import play
from tests.examples.town import AD, TOWN, Town, Visitor, advertised, shown

REMINDER = "has been on the board for three weeks"


def reminders(visitor: Visitor) -> int:
    """How often somebody was reminded."""
    return sum(REMINDER in message.content for message in visitor.person.screen)


def until_afternoon(town: Town, days: int, *, hour: int = 16, minute: int = 1) -> None:
    """Set the clock forward to a local time, so many days after today."""
    now = town.clock.now()
    zone = town.site.bots[0].zone
    there = now.astimezone(zone)
    then = datetime.combine(
        there.date() + timedelta(days=days), datetime.min.time(), tzinfo=zone
    ).replace(hour=hour, minute=minute)
    town.clock.shift += then - now


async def test_one_reminder_although_the_site_was_down(tmp_path: Path) -> None:
    """It comes at 16:00 on the 21st day, later when nobody was there; and once."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
        until_afternoon(town, 21, hour=15, minute=30)
        async with town.running():
            await ivan.says("hi", "Here cars find")
            assert reminders(ivan) == 0
        until_afternoon(town, 3)
        async with town.running():
            await ivan.person.until(lambda: reminders(ivan) == 1, what="the reminder")
            assert ivan.person.buttons[:3] == ["Open the post", "It is sold", "Put it up again"]
        until_afternoon(town, 2)
        async with town.running():
            await ivan.says("hi", "Here cars find")
            assert reminders(ivan) == 1


async def test_others_are_reminded_all_the_same(tmp_path: Path) -> None:
    """One has blocked the bot, one ad is sold, one was deleted by staff: the fourth is told."""
    async with Town(tmp_path) as town:
        async with town.running():
            people = [await advertised(town, name) for name in ("Ann", "Bob", "Cid", "Dan")]
            ann, bob, cid, dan = people
            await ann.person.blocks()
            await bob.presses("It is sold", "?")
            await bob.presses("Yes", "sold")
            await town.staff().decides("#3", "Delete")
            await town.sim.until(lambda: len(shown(town.cars)) == 3, what="the deletion")
        until_afternoon(town, 21)
        async with town.running():
            await dan.person.until(lambda: reminders(dan) == 1, what="the reminder")
            assert reminders(bob) == reminders(cid) == 0


async def test_putting_up_again(town: Town) -> None:
    """A new number, a new card, a new thread; the old post tells where it went."""
    ivan = await advertised(town, photos=3)
    await town.posts(town.talk, 3)
    again = ivan.remembers("Put it up again")
    await ivan.says("hi", "Here cars find")
    await again.pressed()
    _, new = await town.posts(town.cars, 2)
    await town.sim.until(lambda: "#2" in shown(town.cars)[0].content, what="the old post's edit")
    assert new.content.startswith("#2 #to5000")
    assert "Škoda" not in shown(town.cars)[0].content
    assert len(await town.posts(town.admin, 2)) == 2
    talk = await town.posts(town.talk, 6)
    threads = [one for one in talk if one.body.get("is_automatic_forward")]
    assert len(threads) == 2
    below = [one.body["reply_to_message"]["message_id"] for one in talk if one not in threads]
    assert below == [threads[0].id] * 2 + [threads[1].id] * 2
    await again.pressed()
    assert len(shown(town.cars)) == 2
    sell = await ivan.finds("It is sold")
    await sell.pressed()
    await (await ivan.finds("Yes")).pressed()
    await town.sim.until(
        lambda: shown(town.cars)[1].content.startswith("SOLD #2"), what="the second to be sold"
    )
    assert "SOLD" not in shown(town.cars)[0].content


async def test_a_second_reminder_is_for_the_second_post(tmp_path: Path) -> None:
    """21 days after it was put up again; not for what is over."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
            olha = await advertised(town, "Olha")
        until_afternoon(town, 21)
        async with town.running():
            await ivan.person.until(lambda: reminders(ivan) == 1, what="the reminder")
            await olha.person.until(lambda: reminders(olha) == 1, what="the reminder")
            await ivan.presses("Put it up again", "is on the board. Good luck!")
            number = ivan.prompt.split("no. ")[1].split(" ")[0]
            assert int(number) > 2
            await town.posts(town.cars, 3)
            await olha.presses("It is sold", "?")
            await olha.presses("Yes", "sold")
        until_afternoon(town, 22)
        async with town.running():
            second = f"no. {number} {REMINDER}"
            await ivan.person.until(lambda: second in ivan.prompt, what="the second reminder")
            assert reminders(olha) == 0


@pytest.mark.parametrize("days", [1, 20])
async def test_nobody_is_reminded_too_early(tmp_path: Path, days: int) -> None:
    """Not before the 21st day."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
        until_afternoon(town, days)
        async with town.running():
            await ivan.says("hi", "Here cars find")
            assert reminders(ivan) == 0


@pytest.mark.parametrize(
    "point",
    [Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.BEFORE_SEND, Point.AFTER_SEND],
)
async def test_a_reminder_whose_job_runs_twice_comes_once(tmp_path: Path, point: Point) -> None:
    """The process dies while it reminds, and begins anew: whenever that is, there is one."""
    chats = {"channel": "channel", "admin": "admin", "discussion": "talk"}
    options = {"country": "UA", "timezone": "Europe/Kyiv"}
    async with play(
        bazaar, chats=chats, options=options, storage="sqlite:town.db", folder=tmp_path
    ) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await ann.presses("Sell a car")
        for each in (*AD, "Skip", *TOWN):
            await (ann.presses(each) if each in ann.buttons else ann.says(each))
        await ann.presses("Publish")
        site.crash_at(point)
        await site.clock.advance(timedelta(days=21, hours=5))
        assert site.crashed is point
        await site.restart()
        await site.clock.advance(timedelta(hours=1))
        told = [one for one in site.chat("ann") if REMINDER in one.text]
        assert len(told) == 1
