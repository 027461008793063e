"""Further photos of a post, in the thread that its messenger opens for it."""

from datetime import timedelta
from pathlib import Path

import pytest

from posthouse.errors import NotSentError, RejectedError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.storage.schema import post
from posthouse.testing import FakeMessenger, Point, TestSite, everywhere, play
from tests.unit.posts.boards import CHATS, board, publish, rows, thread_opens


def messenger() -> FakeMessenger:
    """Return a messenger whose broadcast chats have discussions."""
    return FakeMessenger(capabilities=Capabilities(threads=Level.FULL))


def replies(site: TestSite) -> list[str | None]:
    """Return what the messages in the group answer."""
    sent = [delivery for _, delivery in site.messenger.deliveries if delivery.chat == "talk"]
    return [delivery.outgoing.reply_to for delivery in sent]


async def test_further_photos_go_into_the_thread_together(tmp_path: Path) -> None:
    """The post shows the first one, the others are one album, sent once."""
    app = board(tmp_path, extra_photos="talk")
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=4)
        (shown,) = site.chat("channel")
        assert len(shown.content.photos) == 1
        assert site.chat("talk") == []
        await thread_opens(site, shown, thread="m77")
        (album,) = site.chat("talk")
        assert len(album.content.photos) == 3
        assert replies(site) == ["m77"]
        await thread_opens(site, shown, thread="m78")  # told twice, or another forward
        await site.later(timedelta(hours=2))
        assert len(site.chat("talk")) == 1
        assert (await rows(site, post))[0]["extra"] == "sent"


async def test_a_single_further_photo_is_sent_alone(tmp_path: Path) -> None:
    """One photo is no album."""
    app = board(tmp_path, extra_photos="talk")
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=2)
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        assert [len(m.content.photos) for m in site.chat("talk")] == [1]


async def test_a_thread_of_another_chat_or_group_changes_nothing(tmp_path: Path) -> None:
    """Both the chat with the post and the group have to be the right ones."""
    app = board(tmp_path, extra_photos="talk")
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=3)
        (shown,) = site.chat("channel")
        await thread_opens(site, shown, group="elsewhere", thread="m77")
        other = site.chat("admin")[0]
        await thread_opens(site, other, thread="m78")
        assert site.chat("talk") == []
        await thread_opens(site, shown, thread="m79")
        assert replies(site) == ["m79"]


async def test_without_a_thread_the_photos_stand_beside(tmp_path: Path) -> None:
    """After the window they go into the group with the post's address, and staff are told."""
    app = board(tmp_path, extra_photos="talk")
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=3)
        await site.restart()
        await site.later(timedelta(minutes=5))
        (album,) = site.chat("talk")
        (shown,) = site.chat("channel")
        assert album.text == f"More photos of #1 https://fake.example/channel/{shown.id}"
        assert "no thread was opened" in site.chat("admin")[-1].text.lower()
        await thread_opens(site, shown, thread="m77")
        assert len(site.chat("talk")) == 1


async def test_a_thread_that_is_opened_too_late_takes_no_photos(tmp_path: Path) -> None:
    """What came after the window is somebody's doing, not the messenger's."""
    app = board(tmp_path, extra_photos="talk", window=timedelta(minutes=5))
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=3)
        await site.later(timedelta(minutes=6))
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        assert replies(site) == [None]


async def test_photos_that_do_not_leave_at_first_arrive_later_and_once(tmp_path: Path) -> None:
    """In the same thread."""
    app = board(tmp_path, extra_photos="talk")
    network = messenger()
    async with play(app, chats=CHATS, messenger=network) as site:
        await publish(site, photos=3)
        network.fails(NotSentError("busy", retry_after_s=5), times=2, chat="talk")
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        await site.later(timedelta(minutes=1))
        assert len(site.chat("talk")) == 1
        assert replies(site) == ["m77"]


async def test_refused_photos_are_tried_again_and_told(tmp_path: Path) -> None:
    """Staff may have taken a right away and given it back."""
    app = board(tmp_path, extra_photos="talk")
    network = messenger()
    async with play(app, chats=CHATS, messenger=network) as site:
        await publish(site, photos=3)
        network.fails(RejectedError("no rights"), chat="talk")
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        assert "could not be sent: no rights" in site.chat("admin")[-1].text
        await site.later(timedelta(minutes=10))
        assert replies(site) == ["m77"]
        assert (await rows(site, post))[0]["extra"] == "sent"


async def test_all_photos_are_in_the_post_without_a_group(tmp_path: Path) -> None:
    """So it is as well where the messenger opens no threads."""
    async with play(board(tmp_path), chats=CHATS, messenger=messenger()) as site:
        await publish(site, photos=4)
        assert len(site.chat("channel")[0].content.photos) == 4
    async with play(board(tmp_path, extra_photos="talk"), chats=CHATS) as site:
        await publish(site, photos=4)
        assert len(site.chat("channel")[0].content.photos) == 4


async def test_a_post_that_is_taken_back_takes_its_photos_along(tmp_path: Path) -> None:
    """The group is clean then."""
    app = board(tmp_path, extra_photos="talk")
    async with play(app, chats=CHATS, messenger=messenger()) as site:
        ann = await publish(site, photos=3)
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        assert site.chat("channel") == site.chat("talk") == []


@pytest.mark.timeout(120)
async def test_the_album_is_sent_once_wherever_the_process_dies(tmp_path: Path) -> None:
    """Whichever of the thread and the post's id is known first."""

    async def scenario(site: TestSite) -> None:
        await publish(site, photos=3)
        await site.settle()
        await thread_opens(site, site.chat("channel")[0], thread="m77")

    def check(site: TestSite) -> None:
        assert [len(m.content.photos) for m in site.chat("talk")] == [2]
        assert set(replies(site)) == {"m77"}

    points = [Point.HANDLED, Point.AFTER_COMMIT, Point.AFTER_SEND, Point.TIMER_FIRED]
    app = board(tmp_path, extra_photos="talk", remind=None)
    await everywhere(
        scenario,
        app,
        check=check,
        points=points,
        messenger=messenger,
        chats=CHATS,
        occurrences=1,
    )
