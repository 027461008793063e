"""posthouse.app: the public App."""

from typing import Any

import pytest

from posthouse.app import App
from posthouse.errors import ActionError
from posthouse.model.reply import Screen
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn


async def shelf(turn: Turn, page: int = 1) -> Screen:
    """Show a page of the shelf."""
    return Screen("Shelf")


async def product(turn: Turn, number: int) -> str:
    """Show a product."""
    return str(number)


def test_an_action_is_named_after_app_and_function() -> None:
    """That name stands for it in buttons and timers."""
    app = App("shop")
    action = app.action(shelf)
    assert isinstance(action, Action)
    assert action.name == "shop.shelf"
    assert app.actions == {"shop.shelf": action}
    assert button("next", action, page=2).action == "shop.shelf"


@pytest.mark.parametrize("alias", ["list", ("list", "rack")])
def test_an_action_may_be_home_and_have_had_other_names(alias: Any) -> None:
    """Old buttons still find it."""
    app = App("shop")
    action = app.action(home=True, alias=alias)(shelf)
    assert action.home
    assert app.actions["shop.list"] is action
    assert ("shop.rack" in app.actions) == (alias != "list")


def test_a_name_belongs_to_one_action() -> None:
    """The message says where the other one is."""
    app = App("shop")
    app.action(shelf)
    with pytest.raises(ActionError, match=r"shop.shelf is taken by .*shelf \(.*test_app.py:\d+\)"):
        app.action(shelf)
    with pytest.raises(ActionError, match=r"test_app.py:\d+\): shop.shelf is taken"):
        app.action(alias="shelf")(product)


def test_a_refused_action_leaves_nothing_behind() -> None:
    """Neither its name nor its aliases."""
    app = App("shop")
    app.action(shelf)
    with pytest.raises(ActionError):
        app.action(alias="shelf")(product)
    assert list(app.actions) == ["shop.shelf"]


@pytest.mark.parametrize("thing", [3, "shelf"])
def test_only_functions_are_actions(thing: Any) -> None:
    """The message names the app."""
    with pytest.raises(ActionError, match=r"shop: .* is no function"):
        App("shop").action(thing)
