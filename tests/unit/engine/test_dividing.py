"""A reply that is too much for one message becomes several deliveries, in order."""

from typing import Any

import pytest

from posthouse.app import App
from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities
from posthouse.model.media import File, Photo
from posthouse.model.reply import Reply, Screen
from posthouse.model.splitting import BELOW
from posthouse.model.update import TextMessage
from posthouse.testing import FakeMessenger, play
from posthouse.turn.action import button
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn

PHOTO = Photo(key="p", width=1, height=1, size_bytes=1)
FILE = File(key="f", name="a.txt", size_bytes=1)
LONG = "one two three four five"


class Kept(Conversation):
    """The handle of what was sent."""

    key: int = 0


def small(**able: Any) -> FakeMessenger:
    """A messenger that shows little."""
    return FakeMessenger(
        capabilities=Capabilities(text_length=10, caption_length=4, max_photos=2, **able)
    )


async def test_a_long_answer_becomes_several_messages() -> None:
    """Cut between words, in order, nothing lost."""
    app = App("long")

    @app.on
    async def say(message: TextMessage) -> str:
        return LONG

    async with play(app, messenger=small()) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == ["one two", "three four", "five"]
        keys = [m.delivery for m in ann.screen if not m.author]
        assert keys == sorted(keys)


async def test_parts_stay_in_order_with_what_is_sent_around_them() -> None:
    """Their keys too: after a restart deliveries are read back in the order of their keys."""
    app = App("long")

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        turn.send("before")
        turn.send(LONG)
        turn.send("after")
        return "x" * 12

    async with play(app, messenger=small()) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == [
            "before", "one two", "three four", "five", "after", "x" * 10, "xx",
        ]  # fmt: skip
        keys = [m.delivery for m in ann.screen if not m.author]
        assert keys == sorted(keys)


async def test_the_handle_is_that_of_the_buttons_else_of_the_first() -> None:
    """So an edit changes the message a person looks at, and a press finds its screen."""
    app = App("handles")
    presses: list[int] = []

    @app.action
    async def tea(turn: Turn, number: int) -> str:
        presses.append(number)
        return "pressed"

    @app.command
    async def plain(turn: Turn, kept: Kept) -> None:
        kept.key = turn.send(LONG).key

    @app.command
    async def keyed(turn: Turn, kept: Kept) -> None:
        kept.key = turn.send(Reply(LONG, rows=((button("Tea", tea, 7),),))).key

    @app.command
    async def change(turn: Turn, kept: Kept) -> None:
        turn.sent(kept.key).edit("new")

    async with play(app, messenger=small()) as site:
        ann = site.person("Ann")
        await ann.says("/plain")
        await ann.says("/change")
        assert [m.text for m in ann.screen if not m.author] == ["new", "three four", "five"]
        await ann.says("/keyed")
        assert [len(m.content.rows) for m in ann.screen[-3:]] == [0, 0, 1]
        await ann.presses("Tea")
        assert presses == [7]
        await ann.says("/change")
        assert "new" in [m.text for m in ann.screen[-5:]]
        assert "five" not in [m.text for m in ann.screen[-5:]]


async def test_an_edit_is_one_message() -> None:
    """What was sent as one cannot become several afterwards."""
    app = App("edits")

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        with pytest.raises(InvalidReplyError, match="screens and edits are one message each"):
            turn.send("short").edit(LONG)
        with pytest.raises(InvalidReplyError, match="screens and edits are one message each"):
            turn.send(Screen(LONG))
        return "done"

    async with play(app, messenger=small()) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == ["short", "done"]


async def test_photos_and_files_go_apart_where_they_cannot_be_mixed() -> None:
    """The words stand under the first, the keyboard below all."""
    app = App("media")

    @app.action
    async def tea(turn: Turn) -> None: ...

    @app.on
    async def say(message: TextMessage) -> Reply:
        return Reply("abc", photos=(PHOTO,) * 3, files=(FILE,) * 2, rows=((button("Tea", tea),),))

    messenger = small(mixed_albums=False, album_buttons=False)
    async with play(app, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        shown = [m for m in ann.screen if not m.author]
        assert [(len(m.content.photos), len(m.content.files)) for m in shown] == [
            (2, 0), (1, 0), (0, 2), (0, 0),
        ]  # fmt: skip
        assert [m.text for m in shown if m.text] in (["abc"], ["abc", BELOW])
        assert [key.label for row in shown[-1].content.rows for key in row] == ["Tea"]


async def test_more_than_ten_messages_are_refused() -> None:
    """That is no reply any more; the error says how many it would be."""
    app = App("endless")

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        with pytest.raises(InvalidReplyError, match="11 messages, of which 10 are the most"):
            turn.send("x" * 101)
        return "x" * 100

    async with play(app, messenger=small()) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == ["x" * 10] * 10


async def test_send_now_waits_for_all_parts() -> None:
    """All have arrived when it returns."""
    app = App("now")
    seen: list[list[str]] = []

    @app.on
    async def say(turn: Turn, message: TextMessage) -> None:
        await turn.send_now("k", LONG)
        seen.append([m.text for m in messenger.messages if not m.author])

    messenger = small()
    async with play(app, messenger=messenger) as site:
        await site.person("Ann").says("hi")
        assert seen == [["one two", "three four", "five"]]


async def test_a_screen_with_several_photos_is_sent_anew_where_no_message_becomes_an_album() -> (
    None
):
    """And edited in place where one can."""
    app = App("gallery")

    @app.action(home=True)
    async def shelf(turn: Turn) -> Screen:
        return Screen("shelf").row(button("Look", look))

    @app.action
    async def look(turn: Turn) -> Screen:
        return Screen(Reply("two", photos=(PHOTO,) * 2))

    for able, shown in (({"album_edits": False}, ["two"]), ({}, ["two"])):
        async with play(app, messenger=small(**able)) as site:
            ann = site.person("Ann")
            await ann.says("hi")
            before = ann.screen[-1].id
            await ann.presses("Look")
            after = [m for m in ann.screen if not m.author]
            assert [m.text for m in after] == shown
            assert (after[-1].id == before) is not bool(able)
