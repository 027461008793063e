"""posthouse.routing.gathering, through the Dispatcher: what is known of a bot's apps at start."""

from typing import Any, ClassVar

import pytest

from posthouse.app import App
from posthouse.errors import ActionError, RouteError
from posthouse.model.update import TextMessage
from posthouse.payloads import action_id
from posthouse.ready.language import app as language
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.ready.access import require_role
from posthouse.turn.conversation import Conversation, Scope
from posthouse.turn.turn import Turn
from posthouse.turn.use import use


class Shop:
    """What a module provides here."""


class Cart(Conversation):
    items: int = 0


class Table(Conversation):
    scope: ClassVar[Scope] = Scope.CHAT


class Profile(Conversation):
    scope: ClassVar[Scope] = Scope.PERSON


def full() -> App:
    """An app with everything."""
    app = App("shop")

    @app.command("buy", "b")
    def buy(cart: Cart, *, shop: Shop = use()) -> str:
        """Buy it."""
        raise AssertionError

    @app.command(where=bool)
    def sell(turn: Turn) -> str:
        """Sell it."""
        raise AssertionError

    @app.command("buy")
    def buy_again(turn: Turn) -> str:
        """Not shown."""
        raise AssertionError

    @app.observe
    def watch(message: TextMessage, table: Table) -> None:
        """Watch."""

    @app.action
    async def product(turn: Turn, number: int) -> str:
        raise AssertionError

    @app.action(alias=("old", "older"))
    async def shelf(
        turn: Turn, page: int = 1, *, shop: Shop = use(), profile: Profile = use()
    ) -> str:
        raise AssertionError

    return app


def test_the_menu_lists_each_command_once() -> None:
    """By its first name, in order, with its help."""
    listed = [each.command for each in Dispatcher("post", [full()]).commands]
    assert [(each.name, each.help) for each in listed] == [("buy", "Buy it."), ("sell", "Sell it.")]
    assert {(each.place, each.roles) for each in listed} == {("everywhere", frozenset())}


def test_scopes_are_those_that_any_handler_reaches() -> None:
    """Routes, observers and actions."""
    assert Dispatcher("post", [full()]).scopes == set(Scope)
    assert Dispatcher("post", []).scopes == frozenset()


def test_uses_name_handler_parameter_and_type() -> None:
    """An action with two names needs its object once."""
    uses = Dispatcher("post", [full()]).uses
    assert [(u.parameter, u.type) for u in uses] == [("shop", Shop), ("shop", Shop)]
    assert "buy" in uses[0].where
    assert "test_gathering.py:" in uses[1].where


def test_actions_are_found_by_name_and_number_aliases_too() -> None:
    """Buttons that are out there know the old names."""
    dispatcher = Dispatcher("post", [full()])
    shelf = dispatcher.actions["shop.shelf"]
    assert dispatcher.actions["shop.old"] is shelf
    assert dispatcher.actions_by_id[action_id("shop.older")] is shelf
    assert dispatcher.home is shelf


def test_home_is_the_marked_action_of_the_first_app_that_has_one() -> None:
    """Without a mark it is the first that needs no argument, and there may be none."""
    second = App("second")

    @second.action(home=True)
    async def start(turn: Turn) -> str:
        raise AssertionError

    assert Dispatcher("post", [full(), second]).home is start
    assert Dispatcher("post", [App("empty")]).home is None


def test_two_actions_with_one_number_are_refused() -> None:
    """Four bytes may collide, as those of these two names do; then a name has to change."""
    app = App("shop")

    async def a48000(turn: Turn) -> str:
        raise AssertionError

    async def a53050(turn: Turn) -> str:
        raise AssertionError

    assert action_id("shop.a48000") == action_id("shop.a53050")
    app.action(a48000)
    app.action(a53050)
    with pytest.raises(ActionError, match=r"shop.a48000 and shop.a53050 have the same number"):
        Dispatcher("post", [app])


def test_two_conversations_of_one_name_are_refused() -> None:
    """One would read the other's bytes."""
    app = App("shop")

    def register() -> Any:
        class Note(Conversation):
            """Made anew by each call."""

        @app.on
        def handler(message: TextMessage, note: Note) -> str:
            raise AssertionError

    register()
    register()
    with pytest.raises(RouteError, match=r"shop keeps two conversations named .*Note in scope"):
        Dispatcher("post", [app])


def test_what_needs_a_role_is_in_the_menu_of_those_who_have_it() -> None:
    """Unless the command says where it is shown, or another app has it for everybody."""
    app, other = App("staff"), App("other")
    staff = require_role("staff", "owner")

    @app.command(where=staff)
    def stock() -> str:
        return "3"

    @app.command(where=staff, menu="admins")
    def close() -> str:
        return "closed"

    @app.command("hours", where=staff)
    def set_hours(what: str) -> str:
        return what

    @other.command(help="When we are open")
    def hours() -> str:
        return "9 to 5"

    listed = Dispatcher("post", [app, other]).commands
    assert [(e.command.name, e.command.place, set(e.command.roles), e.is_open) for e in listed] == [
        ("stock", "everywhere", {"staff", "owner"}, False),
        ("close", "admins", set(), False),
        ("hours", "everywhere", set(), True),
    ]
    assert listed[2].keys == ("other-hours-help",)


def test_a_menu_has_few_places() -> None:
    """The error names them."""
    app = App("wrong")
    with pytest.raises(RouteError, match="menu='somewhere' should be one of 'everywhere', 'priv"):
        app.command(menu="somewhere")(lambda message: "x")  # type: ignore[call-overload]


def test_what_our_own_apps_do_is_said_by_our_catalogues() -> None:
    """Unless the catalogue of a bot says it under the app's own key."""
    (listed,) = Dispatcher("post", [language]).commands
    assert listed.keys == ("language-language-help", "posthouse-language-help")
