"""ENGINE 16: photos and files sent together become one update, durable from the first part on."""

from datetime import timedelta
from pathlib import Path

import pytest

from posthouse.app import App
from posthouse.engine.points import Point
from posthouse.model.update import AlbumMessage, FileMessage, Message, PhotoMessage, TextMessage
from posthouse.testing import TestSite, everywhere, play
from posthouse.turn.conversation import Conversation

TWO = [(640, 480), (320, 240)]


class Seen(Conversation):
    """What the bot has handled, in order."""

    said: tuple[str, ...] = ()


def gallery() -> App:
    """An app that says what it gets."""
    app = App("gallery")

    @app.on
    async def album(message: AlbumMessage, seen: Seen) -> str:
        again = "again " if message.amends else ""
        seen.said += (f"{again}{len(message.photos)}+{len(message.files)}",)
        return f"{again}{len(message.photos)}+{len(message.files)} {message.caption}"

    @app.on
    async def photo(message: PhotoMessage) -> str:
        return f"photo {message.caption}"

    @app.on
    async def file(message: FileMessage) -> str:
        return f"file {message.file.name}"

    @app.on
    async def said(message: TextMessage, seen: Seen) -> str:
        return f"{message.text} after {[*seen.said]}"

    return app


async def test_an_album_is_one_message() -> None:
    """With all photos and files, the ids of its parts, and the words under it."""
    got: list[AlbumMessage] = []
    app = App("gallery")

    @app.on
    async def album(message: AlbumMessage) -> None:
        got.append(message)

    async with play(app) as site:
        ann = site.person("Ann")
        told = await ann.sends_album([*TWO, "a.txt"], caption="mine")
        [message] = got
        assert [photo.width for photo in message.photos] == [640, 320]
        assert [file.name for file in message.files] == ["a.txt"]
        assert message.caption == "mine"
        assert message.message_ids == tuple(m.id for m in ann.screen)
        assert message.message_id == message.message_ids[0]
        assert message.person == ann.person
        assert not message.amends
        assert all(one.settled == ["done"] for one in told)


async def test_parts_are_acknowledged_once_they_are_durable_and_before_the_album_is_handled() -> (
    None
):
    """The messenger may forget them; the album is handled when none has come for a second."""
    async with play(gallery()) as site:
        ann = site.person("Ann")
        told = await ann.sends_album(TWO, wait=False)
        await site.settle()
        assert all(one.is_acknowledged for one in told)
        await site.later(0.9)
        assert ann.answers == []
        await ann.sends_album([(1, 1)], album=told[0].group, wait=False)
        await site.later(0.9)
        assert ann.answers == []
        await site.later(0.2)
        assert ann.answers == ["3+0 None"]


async def test_what_its_sender_does_next_closes_an_album() -> None:
    """The album is handled first, without a wait; what others do does not concern it."""
    async with play(gallery()) as site:
        ann, bob = site.person("Ann", chat="g"), site.person("Bob", chat="g")
        await ann.sends_album(TWO, wait=False)
        await bob.says("bob")
        assert bob.sees == "bob after []"
        before = site.clock.monotonic()
        await ann.says("ann", wait=False)
        await site.settle()
        assert ann.sees == "ann after ['2+0']"
        assert site.clock.monotonic() - before < 0.5
        await site.later(5)
        assert [text for text in ann.answers if text.startswith("2+0")] == ["2+0 None"]


async def test_a_message_right_behind_the_parts_waits_until_they_are_durable() -> None:
    """Even when it comes before their commit is known."""
    async with play(gallery()) as site:
        ann = site.person("Ann")
        await ann.sends_album(TWO, wait=False)
        await ann.says("ann", wait=False)
        await site.later(3)
        assert [m.text for m in ann.screen if not m.author] == ["2+0 None", "ann after ['2+0']"]


async def test_another_album_closes_the_one_before() -> None:
    """In the order in which they were sent."""
    async with play(gallery()) as site:
        ann = site.person("Ann")
        await ann.sends_album(TWO, wait=False)
        await ann.sends_album(["a.txt", "b.txt"])
        assert [m.text for m in ann.screen if not m.author] == ["2+0 None", "0+2 None"]


async def test_a_late_part_amends() -> None:
    """The handler gets the whole album again, and can tell."""
    async with play(gallery()) as site:
        ann = site.person("Ann")
        told = await ann.sends_album(TWO)
        await ann.sends_album(["a.txt"], album=told[0].group)
        assert [m.text for m in ann.screen if not m.author] == ["2+0 None", "again 2+1 None"]


async def test_what_was_sent_alone_is_no_album() -> None:
    """Neither a photo without an album, nor one whose album has no other part."""
    async with play(gallery()) as site:
        ann = site.person("Ann")
        await ann.sends_photo(caption="one")
        assert ann.sees == "photo one"
        await ann.sends_album([(1, 1)], caption="two")
        assert ann.sees == "photo two"


async def test_without_a_handler_that_names_albums_every_part_comes_on_its_own() -> None:
    """A handler for photos, or for all messages, loses none of them."""
    app = App("each")

    @app.on
    async def photo(message: PhotoMessage) -> str:
        return "photo"

    @app.on
    async def other(message: Message) -> str:
        return type(message).__name__

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.sends_album([*TWO, "a.txt"])
        assert [m.text for m in ann.screen if not m.author] == ["photo", "photo", "FileMessage"]


async def test_an_album_outlives_the_process(tmp_path: Path) -> None:
    """Its parts were acknowledged; and what was sent after them is handled after them."""
    storage = f"sqlite:{tmp_path / 'a.db'}"
    async with play(gallery(), storage=storage) as site:
        ann = site.person("Ann")
        await ann.sends_album(TWO, wait=False)
        await site.settle()
        await site.restart()
        await ann.says("ann")
        assert [m.text for m in ann.screen if not m.author] == ["2+0 None", "ann after ['2+0']"]
        told = await ann.sends_album(TWO, wait=False)
        await site.settle()
        await site.restart()
        await site.later(2)
        assert ann.sees == "2+0 None"
        await ann.sends_album([(1, 1)], album=told[0].group)
        assert ann.sees == "again 3+0 None"


async def test_a_handler_that_raises_sets_the_album_aside_to_be_replayed() -> None:
    """Its parts are kept for that."""
    app, broken = App("broken"), [True]

    @app.on
    async def album(message: AlbumMessage) -> str:
        if broken:
            raise ValueError("not now")
        return f"{len(message.photos)} photos"

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.sends_album(TWO)
        [row] = site.quarantine
        assert (row.reason, row.kind) == ("raised", "albummessage")
        broken.clear()
        await site.command("quarantine.replay", id=1)
        await site.later(2)
        assert ann.sees == "2 photos"


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_death_at_any_point_neither_loses_nor_doubles_a_part() -> None:
    """Whether the album is closed by a message or by the clock, and amended or not."""

    async def scenario(site: TestSite) -> None:
        ann = site.person("Ann")
        told = await ann.sends_album([*TWO, "a.txt"], caption="x")
        await site.later(timedelta(seconds=5))
        await ann.sends_album([(1, 1)], album=told[0].group)
        await site.later(timedelta(seconds=5))
        await ann.sends_album(["b.txt", "c.txt"], wait=False)
        await ann.says("then")
        await site.later(timedelta(seconds=5))

    def check(site: TestSite) -> None:
        texts = [m.text for m in site.messenger.messages if not m.author]
        assert texts == [
            "2+1 x", "again 3+1 x", "0+2 None", "then after ['2+1', 'again 3+1', '0+2']",
        ]  # fmt: skip

    points = [
        Point.RECEIVED, Point.PART_COMMITTED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT,
        Point.ACKNOWLEDGED, Point.TIMER_FIRED, Point.HANDLED, Point.BEFORE_SEND, Point.AFTER_SEND,
    ]  # fmt: skip
    survey = await everywhere(scenario, gallery(), check=check, points=points, occurrences=2)
    assert survey.deaths[Point.PART_COMMITTED] == 3
