"""posthouse.routing.table: a hundred handlers cost what one costs."""

from collections.abc import Callable
from typing import Any

from posthouse.app import App
from posthouse.model.update import PhotoMessage, TextMessage
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.turn import Turn


def big(count: int) -> Dispatcher:
    """A bot with many commands, a route for photos between each two, and an echo at the end."""
    app = App("shop")

    def command(turn: Turn) -> str:
        return "command"

    def photo(message: PhotoMessage) -> str:
        raise AssertionError

    @app.on(where=lambda message: False)
    def never(message: TextMessage) -> str:
        raise AssertionError

    for number in range(count):
        app.command(f"command{number}")(command)
        app.on(photo)
    app.on(echo)
    return Dispatcher("post", [app])


def echo(message: TextMessage) -> str:
    """Say it back."""
    return message.text


def test_only_those_that_may_take_an_update_are_asked(say: Callable[..., TextMessage]) -> None:
    """The rest is not even looked at."""
    dispatcher = big(100)
    names = [c.name for c in dispatcher.candidates_for(say("hello"))]
    assert names == ["shop.never", "shop.echo"]
    names = [c.name for c in dispatcher.candidates_for(say("/command50"))]
    assert names == ["shop.never", "shop.command", "shop.echo"]
    assert dispatcher.candidates_for(say("hello")) is dispatcher.candidates_for(say("/unknown"))


async def test_what_strangers_type_does_not_grow_the_table(ask: Callable[..., Any]) -> None:
    """Only registered commands get a row."""
    dispatcher = big(1)
    for number in range(100):
        assert await ask(dispatcher, f"/x{number}") == f"/x{number}"
    assert await ask(dispatcher, "/command0") == "command"
    assert len(dispatcher.table._by_command) == 1
