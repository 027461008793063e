"""S9: what staff say rather than press: bans as answers, posts of their own, statistics."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from posthouse import Site
from posthouse.storage.schema import audit, message
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.state import Message
from tests.examples.town import Town, advertised, requested, shown

AD = "/post_ad\nTo the fair\nhttps://example.org/fair\nThe fair is <b>on</b> Saturday & Sunday"


async def deeds(site: Site) -> list[tuple[str, str, str]]:
    """Return what was written down: the deed, about whom, and what else there is to say."""
    rows = await site.engine.database.fetch(select(audit).order_by(audit.c.at))
    return [(row.deed, row.about, row.detail) for row in rows]


async def noted(site: Site, sent: Message) -> None:
    """Wait until it is written down that a bot sent a message."""
    here = select(message.c.delivery).where(message.c.message_id == str(sent.id))
    async with asyncio.timeout(10):
        while not await site.engine.database.fetch(here):  # noqa: ASYNC110  of another thread
            await asyncio.sleep(0.01)


def boss_at_talk(town: Town, *, may: bool = True) -> SimPerson:
    """The one who keeps order, where the cars are discussed; the bot may help, or not."""
    if may:
        town.talk.members[town.bazaar.id] = town.sim.admin(town.talk)
    return town.sim.person("Boss").at(town.talk)


async def test_ban_as_an_answer(tmp_path: Path) -> None:
    """The author cannot write there, no bot hears them, the message goes; a day later that ends."""
    async with Town(tmp_path) as town:
        async with town.running() as site:
            ivan = await advertised(town)
            loud = town.sim.person("Ivan").at(town.talk)
            await loud.joins()
            spam = await loud.says("Buy watches")
            boss = boss_at_talk(town)
            await boss.says("/ban", reply_to=spam)
            notice = await boss.waits_for("is banned until")
            assert f"Ivan ({loud.id})" in notice.content
            await town.sim.until(lambda: spam.id not in town.talk.messages, what="the deletion")
            assert town.talk.members[loud.id].status == "restricted"
            mending = town.owner()
            await mending.person.says("hi")
            await ivan.person.says("hi")
            await town.seller("Olha").says("hi", "Here cars find")
            assert ivan.answers == mending.answers == []
            assert len(shown(town.cars)) == 1  # only the card's ban deletes posts
            ((deed, about, detail),) = await deeds(site)
            assert (deed, about) == ("ban", str(loud.id))
            assert detail in notice.content
        town.clock.shift = timedelta(hours=24, minutes=1)
        async with town.running() as site:
            for _ in range(200):  # until the timer has come due, which shows nothing in a chat
                if len(await deeds(site)) > 1:
                    break
                await asyncio.sleep(0.05)
            assert (await deeds(site))[-1][:2] == ("ban over", str(loud.id))
            await ivan.says("hi again", "Here cars find")


async def test_ban_for_another_time_and_lifting_it(town: Town) -> None:
    """A duration and a reason follow the command; strangers cannot lift it, staff can."""
    ivan = await advertised(town)
    loud = town.sim.person("Ivan").at(town.talk)
    await loud.joins()
    spam = await loud.says("Buy watches")
    boss = boss_at_talk(town)
    await boss.says("/ban 7d watches, again", reply_to=spam)
    await boss.waits_for("is banned until")
    assert (await deeds(town.site))[0][2].endswith(": watches, again")
    guest = town.sim.person("Guest").at(town.talk)
    await guest.joins()
    refusal = await guest.presses("Lift the ban")
    await town.sim.until(lambda: refusal.answer is not None, what="the refusal")
    assert refusal.answer is not None
    assert refusal.answer["text"] == "Only staff can do that."
    await boss.presses("Lift the ban")
    await boss.waits_for("Boss lifted the ban: Ivan is heard again.")
    await ivan.says("hi", "Here cars find")
    await town.sim.until(
        lambda: town.talk.members[loud.id].status == "member", what="the right to write"
    )


async def test_ban_where_the_bot_has_no_rights(town: Town) -> None:
    """The bots hear them no more all the same, and staff learn what is left to be done."""
    loud = town.sim.person("Loud").at(town.talk)
    await loud.joins()
    spam = await loud.says("Buy watches")
    boss = boss_at_talk(town, may=False)
    await boss.says("/ban", reply_to=spam)
    await boss.waits_for("is banned until")
    await boss.waits_for("do it by hand: restrictChatMember: Bad Request: not enough rights")
    assert [deed for deed, _, _ in await deeds(town.site)] == ["ban"]


async def test_ban_as_an_answer_to_a_post_or_its_card(town: Town) -> None:
    """The author of the entry is meant; nothing of the bot's own is deleted."""
    ivan = await advertised(town)
    olha = await advertised(town, "Olha")
    _, card = await town.posts(town.admin, 2)
    await noted(town.site, card)
    boss = town.staff().person
    await boss.says("/ban", reply_to=card)
    await boss.waits_for("Olha")
    await boss.waits_for("is banned until")
    thread = (await town.posts(town.talk, 2))[0]
    order = boss_at_talk(town)
    await order.says("/ban", reply_to=thread)
    await order.waits_for("Ivan")
    assert {about for _, about, _ in await deeds(town.site)} == {
        str(ivan.person.id),
        str(olha.person.id),
    }
    assert len(shown(town.cars)) == 2
    groups = {str(town.admin.id), str(town.talk.id)}
    deletions = town.sim.journal.of("deleteMessage")
    assert groups.isdisjoint(one.parameters["chat_id"] for one in deletions)


async def test_ban_as_an_answer_to_what_was_passed_on(town: Town) -> None:
    """What staff forward to the bot and answer there is of whoever wrote it first."""
    loud = town.sim.person("Loud")
    group = town.sim.supergroup("Elsewhere", loud)
    spam = await loud.at(group).says("Buy watches")
    boss = town.sim.person("Boss")
    await boss.says("hi")
    await boss.waits_for("Here cars find")
    passed_on = await boss.forwards(spam)
    await boss.says("/ban", reply_to=passed_on)
    assert f"Loud ({loud.id})" in (await boss.waits_for("is banned until")).content


async def test_ban_is_refused_and_explained(town: Town) -> None:
    """Owners are not banned, strangers get no answer, and who answers nothing is told how."""
    guest = town.sim.person("Guest").at(town.talk)
    await guest.joins()
    boss = boss_at_talk(town)
    own = await boss.says("Keep calm")
    await guest.says("/ban", reply_to=own)
    await boss.says("/ban")
    await boss.waits_for("Answer a message with /ban")
    await boss.says("/ban 0d", reply_to=own)
    await boss.says("/ban", reply_to=own)
    await boss.waits_for("Boss keeps order here, and is not banned.")
    chief = town.sim.person("Chief")
    town.talk.members[chief.id] = town.sim.admin(town.talk)
    words = await chief.at(town.talk).says("Me too")
    await boss.says("/ban", reply_to=words)
    await boss.waits_for("Chief keeps order here")
    said = [one.content for one in shown(town.talk) if one.author == town.bazaar.id]
    assert len(said) == 4, said  # and none of them to the guest
    assert await deeds(town.site) == []


# --- S9.4


async def test_a_post_of_staff(town: Town) -> None:
    """It stands in the channel with its button, literally; staff learn where."""
    boss = town.sim.person("Boss")
    await boss.says(AD)
    await boss.waits_for("Posted: channel. https://t.me/town_cars/")
    (post,) = await town.posts(town.cars)
    assert post.content == "The fair is <b>on</b> Saturday & Sunday"
    ((opens,),) = post.body["reply_markup"]["inline_keyboard"]
    assert (opens["text"], opens["url"]) == ("To the fair", "https://example.org/fair")
    assert await deeds(town.site) == [("post ad", "", "channel: https://example.org/fair")]
    await boss.edits(AD.replace("Saturday", "Monday"))
    await boss.says("hi")
    await boss.waits_for("Here cars find")
    assert len(shown(town.cars)) == 1


async def test_a_post_with_a_picture(town: Town) -> None:
    """A photo and a video bring the command under them."""
    boss = town.sim.person("Boss")
    await boss.sends_photo(caption=AD)
    (post,) = await town.posts(town.cars)
    assert post.content.startswith("The fair is")
    assert "photo" in post.body
    await boss.sends_file("fair.mp4", b"\0" * 64, kind="video", caption=AD)
    _, film = await town.posts(town.cars, 2)
    assert "video" in film.body
    assert film.body["reply_markup"]["inline_keyboard"][0][0]["text"] == "To the fair"


@pytest.mark.parametrize(
    "words",
    [
        "/post_ad",
        "/post_ad\nTo the fair\nhttps://example.org",
        "/post_ad\nTo the fair\nexample\nCome",
        "/post_ad\n\nhttps://example.org\nCome",
        "/post_ad\nTo the fair\nhttps://[example\nCome",
        f"/post_ad\n{'long ' * 20}\nhttps://example.org\nCome",
    ],
)
async def test_a_post_that_is_none(town: Town, words: str) -> None:
    """Whoever forgets a line or gives no link is told how it goes."""
    boss = town.sim.person("Boss")
    await boss.says(words)
    await boss.waits_for("/post_ad channel\nWhat the button says")
    assert shown(town.cars) == []


async def test_a_post_goes_nowhere(town: Town) -> None:
    """There is no such chat, the messenger refuses it, or it is none of staff who wants it."""
    boss = town.sim.person("Boss")
    await boss.says(AD.replace("/post_ad", "/post_ad market"))
    await boss.waits_for("no chat called market")
    town.cars.members[town.bazaar.id] = town.sim.admin(town.cars, can_post_messages=False)
    await boss.says(AD)
    await boss.waits_for("It could not be posted to channel:")
    guest = town.sim.person("Guest")
    await guest.says(AD)
    await guest.waits_for("I do not know /post_ad")
    await guest.sends_photo(caption=AD)
    await guest.waits_for("Here cars find")
    assert shown(town.cars) == []


# --- S9.6


async def test_statistics(town: Town) -> None:
    """Each bot counts its own, each entry once, however often it was put up."""
    ivan = await advertised(town)
    await advertised(town, "Olha")
    await requested(town, "Vira")
    await ivan.presses("Put it up again", "is on the board")
    await town.sim.person("Guest").says("hi")
    await town.sim.person("Guest").waits_for("Here cars find")
    boss = town.sim.person("Boss")
    await boss.says("/statistics")
    told = (await boss.waits_for("Persons:")).content
    head, *lines = told.split("\n")
    assert head == "Persons: 3. Authors: 2. Published: 2."
    assert sorted(lines) == ["Ivan: 1: #3", "Olha: 1: #2"]
    guest = town.sim.person("Guest")
    await guest.says("/statistics")
    await guest.waits_for("I do not know /statistics")
