"""ENGINE 21: outbound middlewares and validation stand before the commit."""

from typing import Any

import msgspec
import pytest

from posthouse.app import App
from posthouse.errors import InvalidReplyError, MistakeError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.media import Photo
from posthouse.model.outgoing import Operation
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import Text
from posthouse.model.update import TextMessage
from posthouse.testing import FakeMessenger, play
from posthouse.turn.action import button
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn

PHOTO = Photo(key="p", width=1, height=1, size_bytes=1)


def echo() -> App:
    """An app that says what it hears, sends besides, edits and deletes."""
    app = App("echo")

    @app.command
    async def both(turn: Turn) -> str:
        turn.send("besides")
        return "answer"

    @app.command
    async def change(turn: Turn) -> str:
        sent = turn.send("old")
        turn.sent(sent.key).edit("new")
        return "changed"

    @app.on
    async def say(message: TextMessage) -> str:
        return message.text

    return app


async def test_an_outbound_middleware_may_change_what_leaves() -> None:
    """What it makes of it is what is committed and sent."""
    seen: list[Any] = []

    async def shout(departure: Any, call_next: Any) -> Any:
        seen.append((departure.chat.id, departure.bot, departure.outgoing.content.text.plain))
        words = Text(departure.outgoing.content.text.plain.upper())
        content = msgspec.structs.replace(departure.outgoing.content, text=words)
        outgoing = msgspec.structs.replace(departure.outgoing, content=content)
        return await call_next(msgspec.structs.replace(departure, outgoing=outgoing))

    async with play(echo(), outbound=[shout]) as site:
        ann = site.person("Ann")
        await ann.says("/both")
        await site.settle()
        assert ann.answers == ["BESIDES", "ANSWER"]
        assert seen == [("ann", "bot", "besides"), ("ann", "bot", "answer")]


async def test_an_outbound_middleware_may_drop_what_leaves() -> None:
    """The rest of the turn commits."""

    async def censor(departure: Any, call_next: Any) -> Any:
        if departure.outgoing.content.text.plain == "besides":
            return None
        return await call_next(departure)

    async with play(echo(), outbound=[censor]) as site:
        ann = site.person("Ann")
        await ann.says("/both")
        await site.settle()
        assert ann.answers == ["answer"]


async def test_outbound_middlewares_run_before_the_commit_and_never_at_send_time() -> None:
    """Retries of a delivery do not ask them again.

    What they raise keeps the turn from committing.
    """
    calls: list[str] = []
    fails = [RuntimeError("not now")]

    async def count(departure: Any, call_next: Any) -> Any:
        calls.append(departure.outgoing.content.text.plain)
        if fails:
            raise fails.pop()
        return await call_next(departure)

    async with play(echo(), outbound=[count]) as site:
        ann = site.person("Ann")
        site.messenger.fails(OSError("no route"), times=3)
        await ann.says("hi")
        await site.later(60)
        assert ann.answers == ["hi"]
        assert calls == ["hi", "hi"]
        assert len(site.messenger.deliveries) == 1


async def test_the_first_outbound_middleware_is_outermost() -> None:
    """They wrap each other in the order of the settings."""
    order: list[str] = []

    def named(name: str) -> Any:
        async def middleware(departure: Any, call_next: Any) -> Any:
            order.append(f"{name} in")
            result = await call_next(departure)
            order.append(f"{name} out")
            return result

        return middleware

    async with play(echo(), outbound=[named("a"), named("b")]) as site:
        await site.person("Ann").says("hi")
        assert order == ["a in", "b in", "b out", "a out"]


async def test_an_edit_in_the_turn_passes_the_middlewares_too() -> None:
    """They see every operation, also one that is merged afterwards."""
    seen: list[Operation] = []

    async def watch(departure: Any, call_next: Any) -> Any:
        seen.append(departure.outgoing.operation)
        return await call_next(departure)

    async with play(echo(), outbound=[watch]) as site:
        ann = site.person("Ann")
        await ann.says("/change")
        await site.settle()
        assert ann.answers == ["new", "changed"]
        assert seen == [Operation.SEND, Operation.EDIT, Operation.SEND]


async def test_send_now_passes_the_middlewares_and_may_be_dropped() -> None:
    """Then there is nothing to wait for."""
    app = App("now")

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        await turn.send_now("k", "now")
        return "then"

    async def censor(departure: Any, call_next: Any) -> Any:
        if departure.outgoing.content.text.plain == "now":
            return None
        return await call_next(departure)

    async with play(app, outbound=[censor]) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == ["then"]


async def test_what_a_middleware_makes_is_validated() -> None:
    """It may not smuggle in what the chat cannot show."""

    async def grow(departure: Any, call_next: Any) -> Any:
        content = msgspec.structs.replace(departure.outgoing.content, text=Text("x" * 100))
        outgoing = msgspec.structs.replace(departure.outgoing, content=content)
        return await call_next(msgspec.structs.replace(departure, outgoing=outgoing))

    messenger = FakeMessenger(capabilities=Capabilities(text_length=99))
    async with play(echo(), outbound=[grow], messenger=messenger, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert "the text has 100 characters, the most is 99" in site.quarantine[0].detail


# --- validation


class Count(Conversation):
    """How often somebody came."""

    n: int = 0


async def test_an_answer_that_cannot_be_shown_keeps_the_turn_from_committing() -> None:
    """Nothing of it: no state, no other message; the person gets an apology."""
    app = App("long")

    @app.on
    async def say(turn: Turn, message: TextMessage, count: Count) -> str | Screen:
        count.n += 1
        turn.send("besides")
        return Screen("x" * 51) if message.text == "long" else str(count.n)

    messenger = FakeMessenger(capabilities=Capabilities(text_length=50))
    async with play(app, messenger=messenger, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("long")
        await site.settle()
        assert "besides" not in ann.answers
        assert [row.reason for row in site.quarantine] == ["raised"]
        assert "the text has 51 characters, the most is 50" in site.quarantine[0].detail
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["besides", "1"]


@pytest.mark.parametrize(
    ("reply", "able"),
    [
        ("x" * 501, Capabilities(text_length=50)),
        (Reply("a", photos=(PHOTO,)), Capabilities(photos=Level.REJECTED)),
        (Screen(Reply("a", photos=(PHOTO,))), Capabilities(photos=Level.REJECTED)),
        (Screen("x" * 51), Capabilities(text_length=50)),
    ],
)
async def test_a_send_that_cannot_be_shown_raises_at_the_call(
    reply: Any, able: Capabilities
) -> None:
    """The handler may catch it and say something else."""
    app = App("careful")

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        with pytest.raises(InvalidReplyError):
            turn.send(reply)
        if not isinstance(reply, Screen):
            with pytest.raises(InvalidReplyError):
                await turn.send_now("k", reply)
        return "something else"

    messenger = FakeMessenger(capabilities=able)
    async with play(app, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.answers == ["something else"]


async def test_the_chat_it_is_sent_to_decides_what_can_be_shown() -> None:
    """Not the chat where the turn is."""
    app = App("board")

    @app.command
    async def post(turn: Turn) -> str:
        try:
            turn.send(Reply("a", photos=(PHOTO,)), to=turn.named("board"))
        except InvalidReplyError:
            turn.send("no photos there", to=turn.named("board"))
        return "posted"

    messenger = FakeMessenger()
    messenger.capabilities_in["b1"] = Capabilities(photos=Level.REJECTED)
    async with play(app, messenger=messenger, chats={"board": "b1"}) as site:
        ann = site.person("Ann")
        await ann.says("/post")
        await site.settle()
        assert [m.text for m in site.chat("b1")] == ["no photos there"]


async def test_an_unknown_named_chat_names_those_there_are() -> None:
    """The message helps to find the typing mistake."""
    app = App("board")

    @app.on
    async def post(turn: Turn, message: TextMessage) -> str:
        with pytest.raises(MistakeError, match="no chat named 'bord'; its settings name: board"):
            turn.named("bord")
        return "ok"

    async with play(app, chats={"board": "b1"}) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "ok"


async def test_a_screen_cannot_be_edited_through_a_handle() -> None:
    """Its buttons belong to an action."""
    app = App("odd")

    @app.action
    async def show(turn: Turn) -> Screen:
        return Screen("shown")

    @app.on
    async def post(turn: Turn, message: TextMessage) -> str:
        sent = turn.send(Screen("screen").row(button("Show", show)))
        with pytest.raises(MistakeError):
            sent.edit(Screen("other"))  # type: ignore[arg-type]  # what a user may try
        return "ok"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["screen", "ok"]


async def test_a_handle_edits_and_deletes_in_later_turns() -> None:
    """Its key may be kept in a conversation."""
    app = App("handle")

    class Kept(Conversation):
        key: int = 0

    @app.on
    async def talk(turn: Turn, message: TextMessage, kept: Kept) -> str:
        match message.text:
            case "send":
                kept.key = turn.send("first").key
            case "edit":
                turn.sent(kept.key).edit("second")
            case "delete":
                turn.sent(kept.key).delete()
        return message.text

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("send")
        await site.restart()
        await ann.says("edit")
        await site.settle()
        assert [m.text for m in ann.screen if not m.author] == ["second", "send", "edit"]
        await ann.says("delete")
        await site.settle()
        assert [m.text for m in ann.screen if not m.author] == ["send", "edit", "delete"]
