"""Cards for staff: deletion, bans, and what is written down."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from posthouse.errors import RejectedError
from posthouse.model.outgoing import Operation
from posthouse.storage.schema import audit, ban, entry, post
from posthouse.testing import FakeMessenger, TestSite, play
from tests.unit.posts.boards import CHATS, STAFF, board, notices, publish, rows


def card(site: TestSite) -> str:
    """Return what the newest card says."""
    return site.chat("admin")[-1].text


async def test_a_card_is_for_staff_alone(tmp_path: Path) -> None:
    """Others get a sentence over the chat."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        await publish(site)
        bob = site.person("Bob", chat="admin")
        await bob.presses("Delete")
        await bob.presses("Ban the author")
        await bob.presses("Yes")
        assert notices(site) == ["Only staff can do that."] * 2
        assert len(site.chat("channel")) == 1


async def test_deleting_a_post(tmp_path: Path) -> None:
    """The message goes, the entry is locked, author and card say so; it is written down."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        ann = await publish(site)
        await site.person("Sam", chat="admin").presses("Delete")
        assert site.chat("channel") == []
        assert card(site) == "#1 by Ann\nDeleted by Sam, 2026-01-01 12:00."
        assert site.person("Sam", chat="admin").buttons == []
        assert ann.answers[-1] == "#1 was removed by staff."
        (made,), (out,) = await rows(site, entry), await rows(site, post)
        assert (made["standing"], out["status"], out["live"]) == ("removed", "removed", False)
        (deed,) = await rows(site, audit)
        assert (deed["deed"], deed["name"], deed["about"]) == ("remove", "Sam", "ann")
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        assert notices(site) == ["#1 was removed by staff."]


async def test_the_author_need_not_be_told(tmp_path: Path) -> None:
    """That is up to the terms."""
    app = board(tmp_path, tells_removal=False)
    async with play(app, chats=CHATS, middlewares=[STAFF]) as site:
        ann = await publish(site)
        await site.person("Sam", chat="admin").presses("Delete")
        assert ann.sees == "#1 is published."


async def test_a_second_press_on_a_card_says_that_it_is_gone(tmp_path: Path) -> None:
    """Two of the staff may press at once."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        ann = await publish(site)
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        await site.person("Sam", chat="admin").presses("Delete")
        assert notices(site) == ["#1 is gone already."]
        assert await rows(site, audit) == []


async def test_a_message_that_cannot_be_deleted_is_on_the_card(tmp_path: Path) -> None:
    """The entry is locked all the same."""
    messenger = FakeMessenger()
    app = board(tmp_path)
    async with play(app, chats=CHATS, middlewares=[STAFF], messenger=messenger) as site:
        await publish(site)
        messenger.fails(RejectedError("too old"), operation=Operation.DELETE)
        await site.person("Sam", chat="admin").presses("Delete")
        assert card(site) == (
            "#1 by Ann\nDeleted by Sam, 2026-01-01 12:00.\n"
            "The message of #1 could not be deleted, please do it by hand: too old"
        )
        deeds = sorted(deed["deed"] for deed in await rows(site, audit))
        assert deeds == ["not deleted", "remove"]


async def test_a_ban_takes_the_posts_of_a_day_along(tmp_path: Path) -> None:
    """Older ones and those of others stay; what was deleted is listed on the card."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        await publish(site, title="Old")
        await site.later(timedelta(hours=25))
        await publish(site, title="New")
        await publish(site, "Bob", title="Other")
        await publish(site, title="Newest")
        sam = site.person("Sam", chat="admin")
        await sam.presses("Ban the author")
        assert card(site) == "Ban Ann, and delete what was published in the last 24 hours?"
        await sam.presses("Yes")
        assert [m.text[:6] for m in site.chat("channel")] == ["#1 Old", "#3 Oth"]
        lines = card(site).splitlines()
        assert lines[0] == "#4 by Ann"
        assert lines[1].startswith("Author banned by Sam, 2026-01-02")
        assert sorted(lines[2].removeprefix("Deleted with it: ").split(", ")) == ["#2", "#4"]
        assert site.chat("admin")[1].text == "#2 was removed by staff."
        (row,) = await site.store.fetch(select(ban))
        assert (row.messenger, row.person, row.reason) == ("fake", "ann", "#4: Sam")


async def test_somebody_is_banned_once(tmp_path: Path) -> None:
    """The second of the staff hears that it was done."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        await publish(site, title="Old")
        await site.later(timedelta(hours=25))
        await publish(site, title="New")
        sam = site.person("Sam", chat="admin")
        for _ in range(2):  # on the newer card, then on the older
            await sam.presses("Ban the author")
            await sam.presses("Yes")
        assert notices(site)[-1] == "Ann is banned already."


@pytest.mark.parametrize("policy", ["edit", "keep", "delete"])
async def test_former_messages_go_too(tmp_path: Path, policy: str) -> None:
    """What staff delete is not left standing under an older number."""
    app = board(tmp_path, repost=policy)
    async with play(app, chats=CHATS, middlewares=[STAFF]) as site:
        ann = await publish(site)
        await ann.presses("Post #1 again")
        await site.later(2)
        await site.person("Sam", chat="admin").presses("Delete")
        assert site.chat("channel") == []
        assert not any(out["live"] for out in await rows(site, post))


async def test_a_former_message_goes_when_the_new_one_never_came(tmp_path: Path) -> None:
    """Nothing else would delete it: that waits for the new one to be out."""
    messenger = FakeMessenger()
    async with play(
        board(tmp_path, repost="delete"), chats=CHATS, middlewares=[STAFF], messenger=messenger
    ) as site:
        ann = await publish(site)
        messenger.fails(RejectedError("no rights"), chat="channel", operation=Operation.SEND)
        await ann.presses("Post #1 again")
        assert len(site.chat("channel")) == 1
        sam = site.person("Sam", chat="admin")
        await sam.presses("Delete")
        assert site.chat("channel") == []


async def test_staff_are_not_banned_by_a_card(tmp_path: Path) -> None:
    """Neither by themselves, trying it out, nor by one another; the post stays."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        await publish(site, "Sam")
        sam = site.person("Sam", chat="admin")
        await sam.presses("Ban the author")
        await sam.presses("Yes")
        assert notices(site) == ["Sam keeps order here, and is not banned."]
        assert len(site.chat("channel")) == 1
        assert await site.store.fetch(select(ban)) == []
