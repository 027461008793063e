"""posthouse.routing.middleware: what stands around everything that flows in or out."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from posthouse.errors import CalledTwiceError, EmptyReplyError, MistakeError
from posthouse.model.chat import Chat, Person
from posthouse.model.reply import SILENT
from posthouse.model.update import ChatUpdate, TextMessage
from posthouse.routing.handled import Claim, Handled
from posthouse.routing.middleware import CallNext, compose, inbound
from posthouse.turn.turn import Turn

Say = Callable[..., TextMessage]
TurnOf = Callable[..., Turn]


async def echo(turn: Turn) -> Handled:
    """What stands behind the middlewares."""
    assert isinstance(turn.update, TextMessage)
    return Handled([Claim("shop", "shop.echo", turn.update.text)])


async def shout(update: Any, call_next: CallNext) -> Any:
    """Change what comes in."""
    return await call_next(replace(update, text=update.text.upper()))


def test_no_middlewares_cost_nothing() -> None:
    """The composition is the last function itself."""

    async def last(value: Any, context: Any) -> Any:
        raise AssertionError

    assert inbound([], echo) is echo
    assert compose([], last) is last


async def test_the_first_middleware_is_outermost(turn_of: TurnOf, say: Say) -> None:
    """In by the order of the settings, out the other way."""
    steps: list[str] = []

    def step(name: str) -> Any:
        async def middleware(update: Any, call_next: CallNext) -> Any:
            steps.append(f"{name} in")
            handled = await call_next(update)
            steps.append(f"{name} out")
            return handled

        return middleware

    handled = await inbound([step("a"), step("b")], echo)(turn_of(say("x")))
    assert handled.answer == "x"
    assert steps == ["a in", "b in", "b out", "a out"]


async def test_the_turn_sees_what_a_middleware_changed(turn_of: TurnOf, say: Say) -> None:
    """Update, chat and person follow."""

    async def rename(update: Any, call_next: CallNext) -> Any:
        return await call_next(replace(update, person=Person(id="ann", name="Anna")))

    turn = turn_of(say("x"))
    assert (await inbound([shout, rename], echo)(turn)).answer == "X"
    assert turn.person.name == "Anna"
    assert turn.update.person is turn.person


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"bot": "other"},
        {"chat": Chat(id="other", bot="post", messenger="web")},
        {"person": Person(id="other", name="Ann")},
    ],
)
async def test_an_update_stays_whose_and_where_it_is(
    change: dict[str, Any], turn_of: TurnOf, say: Say
) -> None:
    """Lane and state were chosen by these before the middlewares ran."""

    async def move(update: Any, call_next: CallNext) -> Any:
        return await call_next(replace(update, **change))

    with pytest.raises(MistakeError, match="not whose it is or where"):
        await inbound([move], echo)(turn_of(say("x")))


async def test_returning_nothing_drops(turn_of: TurnOf, say: Say) -> None:
    """Whoever stands before sees that it was dropped, and by whom."""
    seen: list[Handled] = []

    async def watch(update: ChatUpdate, call_next: CallNext) -> Any:
        seen.append(await call_next(update))
        return seen[0]

    async def drop(update: ChatUpdate, call_next: CallNext) -> Any:
        """Drop it."""

    handled = await inbound([watch, drop], echo)(turn_of(say("x")))
    assert handled is seen[0]
    assert (handled.claims, handled.dropped, handled.answer) == ([], "drop", None)


async def test_forgetting_to_return_drops_and_warns_once(
    turn_of: TurnOf, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """The commonest mistake is named."""

    async def forgetful(update: ChatUpdate, call_next: CallNext) -> None:
        await call_next(update)

    process = inbound([forgetful], echo)
    for _ in range(2):
        assert (await process(turn_of(say("x")))).dropped == "forgetful"
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "middleware forgetful called the next one but returned nothing" in record.getMessage()


async def test_an_answer_of_its_own_claims(turn_of: TurnOf, say: Say) -> None:
    """A plain function may answer too; what cannot be sent is a mistake."""

    def answer(text: Any) -> Any:
        return lambda update, call_next: text

    turn = turn_of(say("x"))
    [claim] = (await inbound([answer("closed")], echo)(turn)).claims
    assert claim == Claim("", "middleware lambda", "closed")
    assert (await inbound([answer(SILENT)], echo)(turn)).answer is SILENT
    with pytest.raises(EmptyReplyError, match=r"test_middleware.py:\d+\) returned"):
        await inbound([answer("")], echo)(turn)


async def test_calling_the_next_one_twice_is_an_error(turn_of: TurnOf, say: Say) -> None:
    """An update is handled once."""

    async def eager(update: ChatUpdate, call_next: CallNext) -> Any:
        await call_next(update)
        return await call_next(update)

    process = inbound([eager], echo)
    for _ in range(2):  # each run counts for itself
        with pytest.raises(CalledTwiceError, match="middleware eager called the next one twice"):
            await process(turn_of(say("x")))


async def test_outgoing_operations_pass_through_likewise() -> None:
    """The context reaches the end unseen; None is what was dropped."""

    async def sign(outgoing: str, call_next: CallNext) -> Any:
        return await call_next(f"{outgoing}, yours")

    def censor(outgoing: str, call_next: CallNext) -> Any:
        return None if "secret" in outgoing else call_next(outgoing)

    async def last(outgoing: str, key: int) -> str:
        return f"{key} {outgoing}"

    process = compose([sign, censor], last)
    assert await process("hello", 7) == "7 hello, yours"
    assert await process("secret", 7) is None
