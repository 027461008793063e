"""posthouse.turn.action: calls that travel in buttons and timers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posthouse.errors import ActionError
from posthouse.model.chat import Person
from posthouse.model.reply import Screen
from posthouse.routing.arguments import Rest
from posthouse.turn.action import Action, button, link_button
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import use


class Shop:
    """What a module provides here."""


class Cart(Conversation):
    items: int = 0


class Region(Enum):
    NORTH = "North"


async def _shelf(turn: Turn, page: int = 1, *, size: int = 10, shop: Shop = use()) -> Any:
    return Screen(f"{page} {size} {type(shop).__name__}")


async def _product(turn: Turn, number: int, note: str = "") -> Any:
    """Show a product."""
    return _tag(turn, number)


async def _tag(turn: Turn, number: int) -> str:
    return f"tag {number}"


async def _add(turn: Turn, *, cart: Cart = use()) -> str:
    cart.items += 1
    return str(cart.items)


SHELF = Action(_shelf, name="shop.shelf")
PRODUCT = Action(_product, name="shop.product")
ADD = Action(_add, name="shop.add", home=True)


async def test_an_action_is_called_like_its_function(turn: Turn, behind: Any) -> None:
    """What modules provide is filled in unless it is passed; the turn notes which call it was."""
    behind.provided = {Shop: Shop()}
    first = await SHELF(turn)
    assert first == Screen("1 10 Shop")
    second = await SHELF(turn, 2, size=5)
    assert second == Screen("2 5 Shop")
    assert isinstance(first, Screen)
    assert isinstance(second, Screen)
    assert turn.origin_of(first) == ("shop.shelf", SHELF.encode((), {}))
    assert turn.origin_of(second) == ("shop.shelf", SHELF.encode((2,), {"size": 5}))
    passed: Any = 3
    assert await SHELF(turn, shop=passed) == Screen("1 10 int")
    assert await PRODUCT(turn, 7) == "tag 7"


async def test_a_conversation_is_the_app_s_own(turn: Turn) -> None:
    """The same object that a route of the app gets."""
    assert await ADD(turn) == "1"
    assert await ADD(turn) == "2"
    assert turn.conversations.get(Cart, app="shop").items == 2
    mine = Cart(items=9)
    assert await ADD(turn, cart=mine) == "10"
    assert ADD.uses == {}


def test_an_action_knows_itself() -> None:
    """Name, home, docstring, and whether it can be called without arguments."""
    assert repr(PRODUCT) == "<Action shop.product>"
    assert PRODUCT.__doc__ == "Show a product."
    assert [a.callable_without_arguments for a in (SHELF, PRODUCT, ADD)] == [True, False, True]
    assert ADD.home


def test_a_button_is_a_checked_call() -> None:
    """Encoded when it is built."""
    made = button("Next", SHELF, page=2)
    assert (made.label, made.action, made.url) == ("Next", "shop.shelf", None)
    assert SHELF.decode(made.encoded) == ((2,), {})
    assert made.once().only_once
    assert link_button("Site", "https://example.org").url == "https://example.org"


@pytest.mark.parametrize(
    ("action", "args", "kwargs", "message"),
    [
        (PRODUCT, ("x",), {}, r"number = 'x': Expected `int`, got `str`"),
        (PRODUCT, (), {}, r"shop.product\(number: int, note: str = ''\): missing"),
        (PRODUCT, (1, "a", 3), {}, r"too many positional arguments"),
        (PRODUCT, (1,), {"nte": "x"}, r"unexpected keyword argument 'nte'"),
        (PRODUCT, (object(),), {}, r"shop.product.*object"),
        (PRODUCT, (2**70,), {}, r"shop.product"),
        (PRODUCT, (1, "\ud800"), {}, r"shop.product"),
        (SHELF, (), {"shop": Shop()}, r"shop is filled in when the action runs"),
        (ADD, (), {"cart": Cart()}, r"cart is filled in when the action runs"),
    ],
)
def test_arguments_that_do_not_fit_raise_when_the_button_is_built(
    action: Action[Any], args: Any, kwargs: Any, message: str
) -> None:
    """Not when somebody presses it."""
    with pytest.raises(ActionError, match=message):
        button("Buy", action, *args, **kwargs)


def test_a_button_has_a_label() -> None:
    """Messengers refuse an empty one."""
    with pytest.raises(ActionError, match=r"the button to shop.add has no label"):
        button("", ADD)
    with pytest.raises(ActionError, match=r"the button to https://x has no label"):
        link_button("", "https://x")


def test_a_call_that_no_longer_fits_is_refused() -> None:
    """A deploy may have changed the signature."""
    with pytest.raises(ActionError, match=r"takes 2 arguments, the call has 3"):
        PRODUCT.decode(b"\x93\x01\xa0\x01")
    with pytest.raises(ActionError, match=r"the call has no number, which has no default"):
        PRODUCT.decode(b"\x90")
    with pytest.raises(ActionError, match=r"number = 'x'"):
        PRODUCT.decode(b"\x91\xa1x")


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x80", b"\x91"])
def test_bytes_that_are_no_call_are_refused(body: bytes) -> None:
    """A row of the database may be damaged."""
    with pytest.raises(ActionError, match=r"shop.product: the call does not decode"):
        PRODUCT.decode(body)


def _without_turn() -> str:
    raise AssertionError


def _stars(turn: Turn, *pages: int) -> str:
    raise AssertionError


def _positional_conversation(turn: Turn, cart: Cart) -> str:
    raise AssertionError


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (_without_turn, r"test_action.py:\d+\): an action's first parameter is the turn"),
        (_stars, r"\*pages cannot travel in a button"),
        (_positional_conversation, r"write \*, cart: Cart = use\(\)"),
    ],
)
def test_signatures_that_cannot_be_called_later_are_refused(fn: Any, message: str) -> None:
    """At decoration."""
    with pytest.raises(ActionError, match=message):
        Action(fn, name="shop.bad")


async def _everything(  # noqa: PLR0917  one of each
    turn: Turn,
    number: int,
    price: Decimal,
    at: datetime,
    after: timedelta,
    where: Region,
    who: Person,
    words: Rest,
    many: tuple[int, ...] = (),
    maybe: str | None = None,
) -> str:
    raise AssertionError


@given(
    number=st.integers(-(2**63), 2**63 - 1),
    price=st.decimals(allow_nan=False, allow_infinity=False),
    at=st.datetimes(timezones=st.just(UTC)),
    after=st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
    words=st.text(),
    many=st.lists(st.integers(-9, 9)).map(tuple),
)
def test_arguments_come_back_as_they_were(
    number: int,
    price: Decimal,
    at: datetime,
    after: timedelta,
    words: str,
    many: tuple[int, ...],
) -> None:
    """Typed again, as the function takes them."""
    action = Action(_everything, name="shop.everything")
    who = Person(id="ann", name="Ann", roles=frozenset({"staff"}))
    args = (number, price, at, after, Region.NORTH, who, words)
    assert action.decode(action.encode(args, {"many": many})) == ((*args, many), {})
