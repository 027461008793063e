"""posthouse.turn.turn: what a handler may ask for, and that it is over when it is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from posthouse.errors import EmptyReplyError, MistakeError, TurnClosedError
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import bold
from posthouse.turn.action import Action
from posthouse.turn.effects import Amend, Delete, Later, Number, Run, Send
from posthouse.turn.replies import as_message, as_reply
from posthouse.turn.turn import Turn

OTHER = Chat(id="other", bot="post", messenger="web")


async def _nudge(turn: Turn, what: str) -> str:
    return what


NUDGE = Action(_nudge, name="shop.nudge")


def test_sends_are_collected_in_order(turn: Turn, behind: Any) -> None:
    """Each has a key at once; edits and deletes may follow before it is sent."""
    sent = turn.send("one")
    sent.edit(bold("two"))
    turn.send(Screen("three"), to=OTHER)
    turn.sent(sent.key).delete()
    turn.sent(9, to=OTHER).delete()
    assert turn.effects == [
        Send(1, Reply("one"), turn.chat, handle=True),
        Amend(1, Reply(bold("two")), turn.chat, 2),
        Send(3, Screen("three"), OTHER, handle=True),
        Delete(1, turn.chat, 4),
        Delete(9, OTHER, 5),
    ]
    assert behind.checked == [Reply("one"), Reply(bold("two")), Screen("three")]


def test_a_reply_that_the_chat_cannot_show_raises_at_once(turn: Turn) -> None:
    """And takes no key."""
    mute = turn.named("mute")
    with pytest.raises(MistakeError):
        turn.send("x", to=mute)
    assert turn.send("x").key == 1


async def test_outside_effects_and_reads_go_to_what_stands_behind(turn: Turn, behind: Any) -> None:
    """send_now, once, fetch, and what the framework asks for."""

    async def pay(amount: int, *, currency: str) -> str:
        return f"{amount} {currency}"

    statement: Any = object()
    behind.provided = {int: 3}
    assert (await turn.send_now("k", "hi", to=OTHER)).key == 1
    assert await turn.once("pay", pay, 3, currency="EUR") == "3 EUR"
    assert await turn.fetch(statement) == [statement]
    assert await turn.provide({"n": int}) == {"n": 3}
    assert await turn.run_blocking(lambda: 5) == 5
    assert (await turn.load_screen(3)).version == 0
    assert await turn.load_payload(b"k") == b"k"
    assert behind.done == [("k", Reply("hi"), "other"), "pay"]


async def test_a_number_is_the_same_all_turn_long(turn: Turn) -> None:
    """And bound to the update when the turn commits."""
    assert [await turn.number("ad"), await turn.number("ad"), await turn.number("bill")] == [
        7,
        7,
        8,
    ]
    assert turn.effects == [Number("ad", 7), Number("bill", 8)]


def test_statements_and_timers_wait_for_the_commit(turn: Turn) -> None:
    """A timer carries its action's checked arguments; the past is refused."""
    statement: Any = object()
    turn.execute(statement, expect_rows=1)
    turn.later(timedelta(minutes=1), NUDGE, "tea")
    assert turn.effects == [
        Run(statement, 1),
        Later(60.0, "shop.nudge", NUDGE.encode(("tea",), {})),
    ]
    with pytest.raises(MistakeError, match="lies in the past"):
        turn.later(timedelta(seconds=-1), NUDGE, "tea")


@pytest.mark.parametrize(
    "use",
    [
        lambda turn, sent: turn.send("x"),
        lambda turn, sent: turn.sent(1),
        lambda turn, sent: turn.execute(None),
        lambda turn, sent: turn.later(timedelta(1), NUDGE, "x"),
        lambda turn, sent: turn.shown_by(Screen("x"), ("shop.nudge", b"")),
        lambda turn, sent: sent.edit("x"),
        lambda turn, sent: sent.delete(),
    ],
)
def test_a_turn_that_is_over_refuses_every_call(
    use: Callable[[Turn, Any], object], turn: Turn
) -> None:
    """A task that outlives its handler cannot change what was committed."""
    sent = turn.send("x")
    turn.close()
    with pytest.raises(TurnClosedError, match="the turn of update u1 is over"):
        use(turn, sent)


@pytest.mark.parametrize(
    "use",
    [
        lambda turn: turn.send_now("k", "x"),
        lambda turn: turn.fetch(None),
        lambda turn: turn.number("ad"),
        lambda turn: turn.once("k", None),
    ],
)
async def test_a_turn_that_is_over_refuses_to_wait(use: Callable[[Turn], Any], turn: Turn) -> None:
    """The same for the calls that wait."""
    turn.close()
    with pytest.raises(TurnClosedError):
        await use(turn)


def test_a_middleware_may_change_what_an_update_says(turn: Turn) -> None:
    """Not whose it is."""
    anna = Person(id="ann", name="Anna")
    turn.replace_update(replace(turn.update, person=anna))
    assert turn.person is anna
    with pytest.raises(MistakeError, match="replaced update u1 by u2"):
        turn.replace_update(replace(turn.update, id="u2"))


@pytest.mark.parametrize(
    "reply",
    [
        "x",
        bold("x"),
        Reply("x"),
        Reply(photos=(Photo(key="k", width=1, height=1),)),
        Reply(files=(File(key="k", name="n", size_bytes=1),)),
    ],
)
def test_words_become_replies(reply: Any) -> None:
    """A reply shows words or media."""
    assert isinstance(as_reply(reply), Reply)
    assert as_message(Screen(reply)) == Screen(reply)


@pytest.mark.parametrize("empty", ["", Reply(), Screen(Reply())])
def test_what_shows_nothing_is_an_error(empty: Any) -> None:
    """Silence is said with SILENT."""
    with pytest.raises(EmptyReplyError):
        as_message(empty)


def test_what_is_no_reply_is_an_error() -> None:
    """Type checkers see it too."""
    with pytest.raises(MistakeError, match="int cannot be sent"):
        as_message(7)  # type: ignore[arg-type]  # the point
