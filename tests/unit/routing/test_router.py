"""posthouse.routing.router: registering handlers."""

from datetime import timedelta
from typing import Any

import pytest

from posthouse.app import App
from posthouse.errors import RouteError
from posthouse.model.update import TextMessage
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.router import Route, Router, name_of
from posthouse.turn.turn import Turn


def later(message: "Later") -> str:
    """Answer a message that is defined further down."""
    raise AssertionError


async def shelf(turn: Turn) -> str:
    """Show the shelf."""
    raise AssertionError


LATER = Router("later")
LATER.on(later)


class Later(TextMessage, frozen=True, kw_only=True):
    """Defined after the handler that names it."""


def test_decorators_give_the_function_back() -> None:
    """So it can be called in a test, and registered twice."""
    app = App("shop")

    def handler(message: TextMessage) -> None:
        """Handle it."""

    assert app.on(handler) is handler
    assert app.on(limit=timedelta(seconds=5))(handler) is handler
    assert app.command("say", "s")(handler) is handler
    assert app.observe(where=bool)(handler) is handler
    first, second, third = app.routes
    assert repr(first) == "<Route shop.handler>"
    assert (first.limit_s, second.limit_s) == (None, 5.0)
    assert third.commands == ("say", "s")
    assert repr(app) == "<App shop>"


@pytest.mark.parametrize("name", ["", "Shop", "my shop", "2shop", "x" * 33, "a.b", None])
def test_an_app_s_name_is_checked(name: Any) -> None:
    """It becomes part of the names of actions, states and logs."""
    with pytest.raises(RouteError, match="a name is up to 32"):
        App(name)


def test_a_command_is_named_after_its_function() -> None:
    """Underscores around it are Python's; its docstring is the help."""
    app = App("shop")

    @app.command
    def import_(turn: Turn) -> str:
        """Take goods in.

        More words.
        """
        raise AssertionError

    @app.command("/out", help="Give goods out")
    def export(turn: Turn) -> str:
        """Not this."""
        raise AssertionError

    assert [(r.commands, r.help) for r in app.routes] == [
        (("import",), "Take goods in."),
        (("out",), "Give goods out"),
    ]


def test_a_command_that_cannot_be_typed_is_refused() -> None:
    """Capitals and spaces would never match."""
    app = App("shop")
    with pytest.raises(RouteError, match=r"test_router.*/Say cannot be typed"):
        app.command("Say")(later)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": timedelta(0)}, "leaves no time"),
        ({"where": "admin"}, "needs a function of one update"),
        ({"where": lambda: True}, "needs a function of one update"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    """At decoration, with the place."""
    with pytest.raises(RouteError, match=rf"test_router.*{message}"):
        App("shop").on(**options)(later)


def test_a_filter_may_be_a_built_in() -> None:
    """Built-ins that do not tell their signature are trusted."""
    unclear: Any = type
    assert Route("shop", later, where=unclear).where is unclear


def test_what_is_no_function_is_refused() -> None:
    """The message names the app."""
    app: Any = App("shop")
    with pytest.raises(RouteError, match="shop: 3 cannot be registered"):
        app.on(3)


def test_a_handler_without_an_update_must_be_a_command() -> None:
    """Nobody could tell which updates it wants."""

    def handler(turn: Turn) -> str:
        raise AssertionError

    with pytest.raises(RouteError, match="no parameter says which updates it wants"):
        App("shop").on(handler)


def test_an_annotation_may_stand_further_down() -> None:
    """It is looked up when the bot starts."""
    assert LATER.routes[0].compiled.kinds == (Later,)
    assert LATER.routes[0].compiled is LATER.routes[0].compiled


def test_nothing_is_registered_after_the_start() -> None:
    """It would silently never be asked."""
    app = App("shop")
    Dispatcher("post", [app])
    with pytest.raises(RouteError, match="is in use already"):
        app.on(later)
    with pytest.raises(RouteError, match="is in use already"):
        app.action(shelf)


def test_names_come_from_functions_or_types() -> None:
    """Lambdas lose their brackets."""
    assert name_of(lambda: None) == "lambda"
    assert name_of(App("shop")) == "App"  # type: ignore[arg-type]  # any object will do


def test_gates_are_for_apps() -> None:
    """A plain router knows nothing of plans and members, and says so."""
    router = Router("plain")

    with pytest.raises(RouteError, match="gates are for an App, not for a Router"):

        @router.command(gates=("member",))
        def closed() -> str:
            return "in"

    @router.command
    def ajar() -> str:
        return "in"

    assert [route.commands for route in router.routes] == [("ajar",)]
