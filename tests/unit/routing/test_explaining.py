"""posthouse.routing.explaining: what `posthouse explain` prints."""

from collections.abc import Callable
from typing import Any

from posthouse.app import App
from posthouse.model.update import (
    ChatUpdate,
    Message,
    PhotoMessage,
    Press,
    TextMessage,
)
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.turn import Turn

Say = Callable[..., TextMessage]


def shop() -> App:
    """An app whose handlers must not run."""
    app = App("shop")

    async def is_admin(message: TextMessage) -> bool:
        return message.person.id == "bo"

    @app.on
    def photo(message: PhotoMessage) -> str:
        raise AssertionError

    @app.on(where=is_admin)
    def admin(message: TextMessage) -> str:
        raise AssertionError

    @app.command("remind", "r", where=lambda message: True)
    def remind(minutes: int) -> str:
        raise AssertionError

    @app.on
    def echo(message: Message) -> str:
        raise AssertionError

    @app.command
    def stop(turn: Turn) -> str:
        raise AssertionError

    return app


async def why(dispatcher: Dispatcher, update: ChatUpdate) -> list[str]:
    """The decisions as printed."""
    return [f"{e.route} {e.verdict}: {e.why}" for e in await dispatcher.explain(update)]


async def test_every_route_tells_why(say: Say) -> None:
    """Kind, filter, command, who came first."""
    told = await why(Dispatcher("post", [shop()]), say("hello"))
    assert told == [
        "shop.photo does not take it: wrong kind: wants PhotoMessage, this is TextMessage",
        "shop.admin does not take it: filter is_admin said no",
        "shop.remind does not take it: command is /remind, /r, this is no command of this bot",
        "shop.echo takes it: wants Message",
        "shop.stop does not take it: command is /stop, this is no command of this bot",
    ]


async def test_commands_tell_which_one_they_are(say: Say) -> None:
    """A wrong argument is the route's own answer."""
    dispatcher = Dispatcher("post", [shop()])
    told = await why(dispatcher, say("/r 3"))
    assert told[2:] == [
        "shop.remind takes it: command is /r",
        "shop.echo not asked: shop.remind comes first and took it",
        "shop.stop does not take it: command is /stop, this is /r",
    ]
    wrong = {
        "/remind x": "minutes is “x”, but should be a whole number (3, -12)",
        "/remind": "minutes is missing: a whole number (3, -12)",
        "/remind 3 4": "“4” is more than it takes",
    }
    for typed, what in wrong.items():
        told = await why(dispatcher, say(typed))
        assert told[2] == (
            f"shop.remind takes it: answers what is wrong with the arguments: {what}"
        )


async def test_presses_are_taken_by_actions(common: dict[str, Any]) -> None:
    """A handler that would match is told apart from one of a wrong kind."""
    app = App("shop")

    @app.on
    def every(update: ChatUpdate) -> str:
        raise AssertionError

    @app.on
    def text(update: TextMessage) -> str:
        raise AssertionError

    press = Press(**common, message_id="1", payload="p")
    assert await why(Dispatcher("post", [app]), press) == [
        "shop.every does not take it: actions take a Press; a handler that wants it must name "
        "exactly that",
        "shop.text does not take it: wrong kind: wants TextMessage, this is Press",
    ]


async def test_with_ask_all_each_app_is_told_for_itself(say: Say) -> None:
    """One taker an app."""
    one, two = App("one"), App("two")

    def take(message: TextMessage) -> str:
        raise AssertionError

    for app in (one, one, two):
        app.on(take)
    told = await Dispatcher("post", [one, two], ask="all").explain(say("x"))
    assert [str(e.verdict) for e in told] == ["takes it", "not asked", "takes it"]
