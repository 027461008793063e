"""Posts on Telegram's own wire: albums under the automatic forward, addresses, refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from posthouse import Bot, Site
from posthouse.routing.ready.access import Access
from posthouse.storage.schema import post
from posthouse.testing.telegram import SimPerson, Simulator, state
from tests.unit.posts.boards import board

TOKEN = "123:secret"


class Town:
    """A channel, its discussion, and a bot that publishes there."""

    site: Site

    def __init__(self, sim: Simulator, *, username: str | None) -> None:
        self.sim = sim
        self.bot = sim.bot()
        self.owner = sim.person("Olha")
        named = {"username": username} if username else {}
        self.channel = sim.channel("Board", self.owner, self.bot, **named)
        self.talk = sim.supergroup("Talk", self.owner, self.bot)
        sim.discuss(self.channel, self.talk)
        for right in ("can_delete_messages", "can_post_messages"):
            sim.admin(self.talk, **{right: True})
        self.admin = sim.supergroup("Admin", self.owner, self.bot)

    def posts(self, chat: state.Chat) -> list[state.Message]:
        """Return the bot's messages in a chat, the oldest first."""
        found = reversed(list(chat.newest_first()))
        return [one for one in found if "forward_origin" not in one.body]


@asynccontextmanager
async def town(
    tmp_path: Path, *, username: str | None = "townboard", by_name: bool = False
) -> AsyncIterator[Town]:
    """Run a bot against the simulator."""
    async with Simulator(bots=[]) as sim:
        sim.add_bot(TOKEN, has_privacy=False)
        place = Town(sim, username=username)
        channel = f"@{username}" if by_name else str(place.channel.id)
        site = await asyncio.to_thread(_site, tmp_path, place, channel, sim.base_url)
        place.site = site
        async with site.start():
            yield place


def _site(folder: Path, place: Town, channel: str, base_url: str) -> Site:
    bot = Bot(
        "board",
        messenger="telegram",
        apps=[board(folder, extra_photos="talk", remind=None)],
        chats={
            "channel": channel,
            "talk": str(place.talk.id),
            "admin": str(place.admin.id),
            "feedback": str(place.admin.id),
        },
        token=TOKEN,
        base_url=base_url,
        rates={"enabled": False},
    )
    access = Access(roles={"staff": [f"telegram:{place.owner.id}"]})
    return Site(bots=[bot], folder=folder, storage="sqlite:t.db", middlewares=[access])


async def publish(place: Town, *, photos: int = 3, told: str = "#1 is published.") -> SimPerson:
    """Let somebody publish an ad."""
    ann = place.sim.person("Ann")
    await ann.says("/start")
    await ann.waits_for("Welcome")
    await ann.presses("New ad")
    await ann.waits_for("What?")
    await ann.says("Bike")
    await ann.waits_for("Tell more.")
    await ann.says("As good as new")
    await ann.waits_for("Photos?")
    if photos:
        await (ann.sends_photo() if photos == 1 else ann.sends_album(photos))
        await ann.waits_for(f"{photos} of at most")
    await ann.presses("Done" if photos else "Skip")
    await ann.until(lambda: "Publish" in ann.buttons)
    await ann.presses("Publish")
    await ann.waits_for(told)
    return ann


@pytest.mark.parametrize(
    ("username", "by_name", "address"),
    [
        ("townboard", True, "https://t.me/townboard/{id}"),
        ("townboard", False, "https://t.me/townboard/{id}"),
        (None, False, "https://t.me/c/{chat}/{id}"),
    ],
)
async def test_a_post_its_album_and_its_address(
    tmp_path: Path, username: str | None, by_name: bool, address: str
) -> None:
    """Public or private, named or numbered: the album answers the automatic forward, once."""
    async with town(tmp_path, username=username, by_name=by_name) as place:
        ann = await publish(place)
        (shown,) = place.posts(place.channel)
        number = str(place.channel.id).removeprefix("-100")
        link = address.format(id=shown.id, chat=number)
        assert any(link in str(one.body.get("reply_markup")) for one in ann.screen)
        await ann.until(lambda: len(place.posts(place.talk)) == 2, what="the album")
        album = place.posts(place.talk)
        forward = next(one for one in place.talk.newest_first() if "forward_origin" in one.body)
        answered = [one.body["reply_to_message"]["message_id"] for one in album]
        assert answered == [forward.id, forward.id]
        assert len({one.body["media_group_id"] for one in album}) == 1
        # A person's forward of the post changes nothing.
        await place.owner.at(place.talk).forwards(shown)
        await ann.says("hello")
        await ann.waits_for("Welcome")
        assert len(place.posts(place.talk)) == 2


async def test_sold_changes_picture_and_words_at_once(tmp_path: Path) -> None:
    """It is one call of Telegram's."""
    async with town(tmp_path) as place:
        ann = await publish(place, photos=1)
        await ann.presses("Mark as: sold")
        await ann.waits_for("Mark #1")
        await ann.presses("Yes")
        await ann.until(lambda: any(one.content == "#1: sold." for one in ann.screen))
        (edit,) = place.sim.journal.of("editMessageMedia")
        assert edit.parameters["media"]
        (shown,) = place.posts(place.channel)
        assert shown.content.startswith("SOLD #1 Bike")


async def test_a_post_that_staff_deleted_by_hand(tmp_path: Path) -> None:
    """The next change of it finds out."""
    async with town(tmp_path) as place:
        ann = await publish(place, photos=0)
        (shown,) = place.posts(place.channel)
        place.sim.world.delete(shown)
        await ann.presses("Mark as: sold")
        await ann.waits_for("Mark #1")
        await ann.presses("Yes")
        await ann.waits_for("not there any more")


async def test_a_channel_that_the_bot_was_removed_from(tmp_path: Path) -> None:
    """The author and staff are told, and a later retry has the same number."""
    async with town(tmp_path) as place:
        await place.owner.at(place.channel).removes(place.bot)
        ann = await publish(place, photos=0, told="#1 could not be published")
        assert "Try again" in ann.buttons
        alert = place.posts(place.admin)[-1].content
        assert alert.startswith("#1 could not be published in channel")


async def test_a_message_too_old_to_be_deleted_is_on_the_card(tmp_path: Path) -> None:
    """Telegram refuses, and the card does not pretend."""
    async with town(tmp_path) as place:
        await publish(place, photos=0)
        fault = "Bad Request: message can't be deleted"
        place.sim.faults.add("refused", method="deleteMessage", code=400, description=fault)
        owner = place.owner.at(place.admin)
        await owner.presses("Delete")
        await owner.waits_for("please do it by hand")
        found: Any = await place.site.engine.database.fetch(select(post.c.status))
        assert [row.status for row in found] == ["removed"]
        card = owner.screen[-1].content
        assert "message can't be deleted" in card
