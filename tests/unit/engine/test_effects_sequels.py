"""What follows on the end of a delivery: `Sent.then`."""

import pytest

from posthouse.app import App
from posthouse.errors import MistakeError, RejectedError
from posthouse.model.outgoing import Operation
from posthouse.model.reply import Reply
from posthouse.ports.adapter import Certainty
from posthouse.testing import FakeMessenger, Point, TestSite, everywhere, play
from posthouse.turn.turn import Turn

CHATS = {"board": "board"}


def posting() -> App:
    """An app that posts on the board and says in the private chat what became of it."""
    app = App("posting")

    @app.action
    async def told(turn: Turn, what: str) -> str:
        found = turn.outcome
        assert found is not None
        return f"{what}: {found.state} {found.message_id} {found.error}"

    @app.command
    async def post(turn: Turn, what: str) -> str:
        sent = turn.send(what, to=turn.named("board"), reply_to="17")
        sent.then(told, what)
        return f"wait, {sent.key}"

    @app.command
    async def change(turn: Turn, key: int, what: str) -> None:
        turn.sent(key, to=turn.named("board")).edit(what).then(told, what)

    @app.command
    async def remove(turn: Turn, key: int) -> None:
        turn.sent(key, to=turn.named("board")).delete().then(told, "removed")

    @app.command
    async def hasty(turn: Turn, what: str) -> None:
        sent = turn.send("first", to=turn.named("board"))
        sent.edit(what).then(told, what)

    @app.command
    async def album(turn: Turn) -> None:
        words = Reply("long " * 2000)
        turn.send(words, to=turn.named("board")).then(told, "long")

    @app.command
    async def wrong(turn: Turn) -> str:
        try:
            turn.sent(1).then(told, "x")
        except MistakeError as error:
            return str(error)
        return "taken"

    return app


def key_of(answer: str) -> str:
    """Return the delivery key that an answer tells."""
    return answer.removeprefix("wait, ")


async def test_an_action_follows_on_a_delivery_that_was_sent() -> None:
    """It runs in the chat of the turn that sent, and is told the message's id."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/post tea")
        await site.settle()
        (shown,) = site.chat("board")
        assert ann.answers[1:] == [f"tea: sent {shown.id} None"]
        assert await site.store.next_timer() is None


async def test_an_action_follows_on_a_delivery_that_was_refused() -> None:
    """It is told what the messenger said."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        site.messenger.fails(RejectedError("the bot was removed"), chat="board")
        await ann.says("/post tea")
        await site.settle()
        assert ann.answers[1:] == ["tea: rejected None the bot was removed"]


async def test_an_action_follows_on_a_delivery_of_unknown_end() -> None:
    """It is told that nobody knows."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(posting(), chats=CHATS, messenger=messenger) as site:
        ann = site.person("Ann")
        messenger.loses_answers(chat="board")
        await ann.says("/post tea")
        await site.settle()
        assert [answer.split()[1] for answer in ann.answers[1:]] == ["unknown"]


async def test_changes_and_deletions_have_ends_of_their_own() -> None:
    """The handle that edit() or delete() returns stands for that operation."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/post tea")
        await site.settle()
        key = key_of(ann.answers[0])
        await ann.says(f"/change {key} milk")
        await site.settle()
        assert ann.answers[-1] == "milk: sent None None"
        site.messenger.fails(RejectedError("too old"), operation=Operation.DELETE)
        await ann.says(f"/remove {key}")
        await site.settle()
        assert ann.answers[-1] == "removed: rejected None too old"
        assert [shown.text for shown in site.chat("board")] == ["milk"]


async def test_a_change_that_was_merged_ends_with_what_it_was_merged_into() -> None:
    """It is told the end of the message, which is the first that anybody sees."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/hasty milk")
        await site.settle()
        (shown,) = site.chat("board")
        assert shown.text == "milk"
        assert ann.answers == [f"milk: sent {shown.id} None"]


async def test_what_takes_several_messages_has_one_end() -> None:
    """All their ids are told, in order."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/album")
        await site.settle()
        ids = ",".join(shown.id for shown in site.chat("board"))
        assert ids.count(",") >= 1
        assert ann.answers == [f"long: sent {ids} None"]


async def test_a_handle_of_an_earlier_message_has_no_end() -> None:
    """The error says what to do instead."""
    async with play(posting(), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/wrong")
        assert "call then() on what send(), edit() or delete() returned" in ann.answers[0]


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_an_action_follows_once_wherever_the_process_dies() -> None:
    """Also between the end of the delivery and the turn that follows on it."""

    async def scenario(site: TestSite) -> None:
        ann = site.person("Ann")
        await ann.says("/post tea")
        await site.settle()
        await site.later(10)

    def check(site: TestSite) -> None:
        (shown,) = site.chat("board")
        said = [m.text for m in site.person("Ann").screen if not m.author]
        assert said[1:] == [f"tea: sent {shown.id} None"]

    points = [p for p in Point if p in {
        Point.RECEIVED, Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.ACKNOWLEDGED,
        Point.BEFORE_SEND, Point.AFTER_SEND, Point.TIMER_FIRED,
    }]  # fmt: skip
    survey = await everywhere(
        scenario,
        posting(),
        check=check,
        points=points,
        occurrences=9,
        messenger=FakeMessenger,
        chats=CHATS,
    )
    assert survey
