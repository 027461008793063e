"""posthouse.routing.dispatch: who takes an update, in which order, and what is claimed."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from posthouse.app import App
from posthouse.errors import EmptyReplyError, MistakeError, RouteError
from posthouse.model.media import Photo
from posthouse.model.reply import PASS, SILENT, Answer, Reply, Screen
from posthouse.model.text import bold
from posthouse.model.update import (
    ChatUpdate,
    Message,
    PhotoMessage,
    Press,
    TextMessage,
    TimerDue,
    Update,
)
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Claim, Handled
from posthouse.routing.ready.access import require_role
from posthouse.turn.turn import Turn

Say = Callable[..., TextMessage]
TurnOf = Callable[..., Turn]
Ask = Callable[..., Any]


async def test_the_first_route_in_order_takes_the_update(ask: Ask) -> None:
    """Commands and kinds share one order."""
    app = App("shop")

    @app.command
    def early(turn: Turn) -> str:
        return "early"

    @app.on
    def every(message: Message) -> str:
        return "every"

    @app.command
    def late(turn: Turn) -> str:
        raise AssertionError

    dispatcher = Dispatcher("post", [app])
    assert await ask(dispatcher, "/early") == "early"
    assert await ask(dispatcher, "/late") == "every"
    assert await ask(dispatcher, "hello") == "every"
    assert repr(dispatcher) == "<Dispatcher post: 3 routes>"


async def test_a_kind_that_nobody_wants_is_claimed_by_nobody(
    common: dict[str, Any], turn_of: TurnOf
) -> None:
    """An empty list of claims, and no answer."""
    app = App("shop")

    @app.on
    def text(message: TextMessage) -> str:
        raise AssertionError

    photo = PhotoMessage(**common, message_id="1", photo=Photo(key="k", width=1, height=1))
    handled = await Dispatcher("post", [app]).dispatch(turn_of(photo))
    assert handled.claims == []
    assert handled.answer is None
    assert repr(handled) == "<Handled [] >"


async def test_pass_asks_the_next_route_then_the_next_app(ask: Ask) -> None:
    """PASS is for what only the handler can see."""
    first, second = App("first"), App("second")
    asked: list[str] = []

    @first.on
    def one(message: TextMessage) -> Answer:
        asked.append("one")
        return PASS

    @first.on
    async def two(message: TextMessage) -> Answer:
        asked.append("two")
        return PASS

    @second.on
    def three(message: TextMessage) -> str:
        asked.append("three")
        return "three"

    assert await ask(Dispatcher("post", [first, second]), "hi") == "three"
    assert asked == ["one", "two", "three"]


async def test_filters_decide_for_candidates_only(ask: Ask) -> None:
    """Plain and async filters; a command is not asked about other commands."""
    app = App("shop")
    asked: list[str] = []

    async def is_long(message: TextMessage) -> bool:
        asked.append(message.text)
        return len(message.text) > 5

    @app.on(where=is_long)
    def long(message: TextMessage) -> str:
        return "long"

    @app.command(where=lambda message: message.person.id == "bo")
    def secret(turn: Turn) -> str:
        raise AssertionError

    @app.on(where=lambda message: message.text.isupper())
    def loud(message: TextMessage) -> str:
        return "loud"

    dispatcher = Dispatcher("post", [app])
    assert await ask(dispatcher, "hello there") == "long"
    assert await ask(dispatcher, "HI") == "loud"
    assert await ask(dispatcher, "hi") is None
    assert asked == ["hello there", "HI", "hi"]
    assert await ask(dispatcher, "/secret") == "long"


async def test_none_is_silence_and_an_action_s_call_is_awaited(ask: Ask) -> None:
    """A handler may return the call of an action instead of its result."""
    app = App("shop")

    @app.action
    async def shelf(turn: Turn) -> Screen:
        return Screen("Shelf")

    @app.command
    def nothing(turn: Turn) -> None:
        """Say nothing."""

    @app.command("open")
    async def open_(turn: Turn) -> Awaitable[Answer]:
        return shelf(turn)

    dispatcher = Dispatcher("post", [app])
    assert await ask(dispatcher, "/nothing") is SILENT
    assert await ask(dispatcher, "/open") == Screen("Shelf")


@pytest.mark.parametrize(
    "answer", ["x", bold("x"), Reply("x"), Screen("x"), SILENT, ["x", Reply("y")], (Screen("x"),)]
)
async def test_every_kind_of_answer_is_claimed_as_it_is(answer: Any, ask: Ask) -> None:
    """What it becomes is decided where it is turned into deliveries."""
    app = App("shop")

    @app.on
    def handler(message: TextMessage) -> Answer:
        return answer  # type: ignore[no-any-return]  # a parameter of the test

    assert await ask(Dispatcher("post", [app]), "hi") == answer


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ("", EmptyReplyError, "neither text nor media"),
        (Reply(), EmptyReplyError, "neither text nor media"),
        (Screen(""), EmptyReplyError, "neither text nor media"),
        ([], EmptyReplyError, "an empty list"),
        (["x", ""], EmptyReplyError, "neither text nor media"),
        (3, MistakeError, "int cannot be sent"),
        (["x", None], MistakeError, "NoneType cannot be sent"),
    ],
)
async def test_what_is_no_answer_raises_and_names_the_handler(
    answer: Any, error: type[Exception], message: str, ask: Ask
) -> None:
    """An empty text is a mistake, said with file and line."""
    app = App("shop")

    @app.on
    def handler(message: TextMessage) -> Any:
        return answer

    with pytest.raises(error, match=rf"handler.*test_dispatch.py:\d+\) returned .*{message}"):
        await ask(Dispatcher("post", [app]), "hi")


async def test_the_turn_knows_route_and_limit(turn_of: TurnOf, say: Say) -> None:
    """They are set before the route is called."""
    app = App("shop")
    seen: list[tuple[str, float | None]] = []

    @app.on(limit=timedelta(minutes=2))
    def slow(turn: Turn, message: TextMessage) -> Answer:
        seen.append((turn.route, turn.limit_s))
        return PASS

    @app.on
    def fast(turn: Turn, message: TextMessage) -> str:
        seen.append((turn.route, turn.limit_s))
        return "x"

    handled = await Dispatcher("post", [app]).dispatch(turn_of(say("x")))
    assert seen == [("shop.slow", 120.0), ("shop.fast", None)]
    assert handled.claims == [Claim("shop", "shop.fast", "x")]


async def test_ask_all_lets_every_app_take_it_and_the_first_answer(
    turn_of: TurnOf, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """Within an app the first claim still wins; other answers are logged without their words."""
    one, two, three = App("one"), App("two"), App("three")

    @one.on
    def first(message: TextMessage) -> str:
        return "first"

    @one.on
    def never(message: TextMessage) -> str:
        raise AssertionError

    @two.on
    def passes(message: TextMessage) -> Answer:
        return PASS

    @three.on
    def third(message: TextMessage) -> str:
        return "hush"

    caplog.set_level(logging.INFO, "posthouse.routing")
    handled = await Dispatcher("post", [one, two, three], ask="all").dispatch(turn_of(say("x")))
    assert [claim.app for claim in handled.claims] == ["one", "three"]
    assert handled.answer == "first"
    assert "three.third answered after one.first had claimed" in caplog.text
    assert "hush" not in caplog.text


async def test_presses_and_timers_are_the_actions_business(
    common: dict[str, Any], turn_of: TurnOf
) -> None:
    """A handler gets them only when it names exactly that kind."""
    app = App("shop")

    @app.on
    def every(update: Update) -> str:
        return "every"

    @app.on
    def press(update: Press | TextMessage) -> str:
        return "press"

    dispatcher = Dispatcher("post", [app])
    pressed = Press(**common, message_id="1", payload="p")
    due = TimerDue(**common, timer_id="t", action="a", args=b"")
    assert (await dispatcher.dispatch(turn_of(pressed))).answer == "press"
    assert (await dispatcher.dispatch(turn_of(due))).answer is None


async def test_a_command_for_another_bot_is_an_ordinary_text(ask: Ask) -> None:
    """In a group it may be meant for somebody else; in private it cannot."""
    app = App("shop")

    @app.command
    def help(turn: Turn) -> str:
        return "help"

    dispatcher = Dispatcher("post", [app])
    assert await ask(dispatcher, "/help@Post", group=True) == "help"
    assert await ask(dispatcher, "/help@other", group=True) is None
    assert await ask(dispatcher, "/help@other") == "help"
    dispatcher.addressed |= {"other"}
    assert await ask(dispatcher, "/help@Other", group=True) == "help"


async def test_an_unknown_command_is_answered_in_private(ask: Ask) -> None:
    """Last of all, where nobody claimed, only with commands to offer, and only if wanted."""
    app, mute = App("shop"), App("mute")

    @app.command
    def remind(turn: Turn) -> str:
        return "ok"

    @mute.on(where=lambda message: message.text == "/mute")
    def claims(message: TextMessage) -> Answer:
        return SILENT

    dispatcher = Dispatcher("post", [app, mute])
    assert await ask(dispatcher, "/remnd x") == "I do not know /remnd. Did you mean /remind?"
    assert await ask(dispatcher, "/mute") is SILENT
    assert await ask(dispatcher, "/remnd", group=True) is None
    assert await ask(dispatcher, "/") is None
    assert await ask(dispatcher, "remnd") is None
    assert await ask(Dispatcher("post", [app], answers_unknown=False), "/remnd") is None
    assert await ask(Dispatcher("post", [mute]), "/remnd") is None


async def test_a_command_that_is_for_others_is_no_near_miss_of_itself(ask: Ask) -> None:
    """Nobody is asked whether he meant what he typed."""
    app = App("shop")

    @app.command(where=lambda message: False)
    def oven() -> str:
        return "hot"

    assert await ask(Dispatcher("post", [app]), "/oven") == "I do not know /oven."


async def test_observers_see_and_claim_nothing(
    common: dict[str, Any], turn_of: TurnOf, say: Say
) -> None:
    """Each is called by the engine in a turn of its own, for the kinds that it wants."""
    app = App("shop")
    seen: list[str] = []

    @app.observe
    def every(update: ChatUpdate) -> None:
        seen.append(type(update).__name__)

    @app.observe(where=lambda message: message.text == "b", limit=timedelta(seconds=1))
    async def some(message: TextMessage) -> None:
        seen.append(message.text)

    dispatcher = Dispatcher("post", [app])
    press = Press(**common, message_id="1", payload="p")
    turn = turn_of(press)
    for update in (say("a"), say("b"), press):
        turn = turn_of(update)
        assert (await dispatcher.dispatch(turn)).answer is None
        for observer in dispatcher.observing(update):
            await observer.call(turn)
    assert seen == ["TextMessage", "TextMessage", "b", "Press"]
    assert repr(dispatcher.observers) == "[<Observer shop.every>, <Observer shop.some>]"
    assert turn.limit_s is None
    assert Dispatcher("post", []).observing(press) == []


def test_two_apps_of_one_name_are_refused() -> None:
    """Their states and buttons would mix."""
    with pytest.raises(RouteError, match="two apps are named 'shop'"):
        Dispatcher("post", [App("shop"), App("shop")])


def test_a_dropped_update_names_the_middleware() -> None:
    """What the engine and its logs show."""
    assert repr(Handled([], dropped="throttle")) == "<Handled [] throttle>"


async def test_an_unknown_command_is_not_told_of_those_for_a_few(ask: Ask) -> None:
    """Neither as a near one nor in a list."""
    app = App("staff")

    @app.command(where=require_role("staff"))
    async def restock() -> str:
        return "full"

    @app.command(menu="admins")
    async def close() -> str:
        return "closed"

    @app.command
    async def hours() -> str:
        return "9 to 5"

    found = Dispatcher("post", [app])
    for typed in ("/restok", "/clos", "/restock"):
        told = await ask(found, typed)
        assert "/hours" in str(told)
        assert "restock" not in str(told).replace(typed, "")
        assert "/close" not in str(told)
