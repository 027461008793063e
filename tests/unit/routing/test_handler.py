"""posthouse.routing.handler: what a handler's parameters get, and which signatures are refused."""

import functools
from collections.abc import AsyncIterator, Callable
from typing import Any, get_args

import pytest

from posthouse.app import App
from posthouse.errors import RouteError
from posthouse.model.chat import Chat, Person
from posthouse.model.update import (
    AnyUpdate,
    ChatUpdate,
    FileMessage,
    Message,
    PhotoMessage,
    TextMessage,
    Update,
)
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handler import compiled
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import use


class Shop:
    """What a module provides here."""


class Cart(Conversation):
    items: int = 0


@pytest.mark.parametrize("is_named", [False, True])
async def test_parameters_are_filled_by_their_annotation(
    turn_of: Callable[..., Turn], say: Callable[..., TextMessage], is_named: bool
) -> None:
    """Turn, chat, person, conversation and update, in any order, before or after the star."""

    def positional(cart: Cart, c: Chat, m: TextMessage, t: Turn, p: Person) -> list[object]:
        return [cart, c, m, t, p]

    def named(*, cart: Cart, c: Chat, m: TextMessage, t: Turn, p: Person) -> list[object]:
        return [cart, c, m, t, p]

    turn = turn_of(say("x"))
    ready = compiled(named if is_named else positional, app="shop")
    cart = turn.conversations.get(Cart, app="shop")
    assert ready.call(turn) == [cart, turn.chat, turn.update, turn, turn.person]
    assert ready.call(turn)[0] is cart
    assert ready.conversations == (Cart,)


async def test_a_module_s_object_comes_by_use(
    turn_of: Callable[..., Turn], say: Callable[..., TextMessage]
) -> None:
    """The type is the annotation's; a conversation marked so is no module's business."""
    shop = Shop()

    async def handler(
        message: TextMessage, *, shop: Shop = use(), cart: Cart = use()
    ) -> list[object]:
        return [message.text, shop, cart]

    ready = compiled(handler, app="shop")
    turn = turn_of(say("x"), {Shop: shop})
    cart = turn.conversations.get(Cart, app="shop")
    assert await (await ready.call(turn)) == ["x", shop, cart]
    assert ready.uses == {"shop": Shop}
    assert ready.conversations == (Cart,)


async def test_a_command_may_use_modules_and_be_blocking(
    turn_of: Callable[..., Turn], say: Callable[..., TextMessage], ask: Callable[..., Any]
) -> None:
    """A wrong argument is answered before anything is provided or run."""

    def count(number: int, *, shop: Shop = use()) -> str:
        return f"{number} {type(shop).__name__}"

    app = App("shop")
    app.command(blocking=True)(count)
    dispatcher = Dispatcher("post", [app])
    turn = turn_of(say("/count 3"), {Shop: Shop()})
    assert (await dispatcher.dispatch(turn)).answer == "3 Shop"
    assert turn._backing.blocking == 1  # type: ignore[attr-defined]  # the fake's own
    assert "number is “x”" in await ask(dispatcher, "/count x")


async def test_a_blocking_handler_runs_on_a_thread(
    turn_of: Callable[..., Turn], say: Callable[..., TextMessage]
) -> None:
    """It waits there, so the loop does not."""

    def slow(message: TextMessage) -> str:
        return message.text

    turn = turn_of(say("x"))
    assert await compiled(slow, app="shop", is_blocking=True).call(turn) == "x"
    assert turn._backing.blocking == 1  # type: ignore[attr-defined]  # the fake's own


@pytest.mark.parametrize(
    ("annotation", "kinds"),
    [
        (TextMessage, (TextMessage,)),
        (TextMessage | PhotoMessage, (TextMessage, PhotoMessage)),
        (Message, (Message,)),
        (ChatUpdate, (ChatUpdate,)),
        (Update, (Update,)),
    ],
)
def test_the_annotation_says_which_updates_come(annotation: Any, kinds: Any) -> None:
    """A class, a base or a union."""

    def handler(update: Any) -> str:
        raise AssertionError

    handler.__annotations__["update"] = annotation
    assert compiled(handler, app="shop").kinds == kinds
    assert len(compiled(_any_update, app="shop").kinds) == len(get_args(AnyUpdate))


def _any_update(update: AnyUpdate) -> str:
    raise AssertionError


class Callables:
    """Other things that can be called."""

    def method(self, message: TextMessage) -> str:
        """A bound method."""
        return message.text

    def __call__(self, message: TextMessage) -> str:
        """An object that can be called."""
        return message.text


def _with_prefix(prefix: str, message: TextMessage) -> str:
    return prefix + message.text


@pytest.mark.parametrize(
    "fn", [Callables().method, Callables(), functools.partial(_with_prefix, "")]
)
async def test_whatever_can_be_called_is_a_handler(fn: Any, ask: Callable[..., Any]) -> None:
    """Methods, objects and partials carry annotations too."""
    app = App("shop")
    app.on(fn)
    assert await ask(Dispatcher("post", [app]), "hi") == "hi"


def test_a_bound_loop_variable_keeps_its_default(ask: Callable[..., Any]) -> None:
    """`n=n` is how Python binds a loop's variable."""

    def handler(message: TextMessage, n=3) -> str:  # type: ignore[no-untyped-def]  # the point
        return f"{n}"

    assert compiled(handler, app="shop").kinds == (TextMessage,)


def _no_annotation(message) -> str:  # type: ignore[no-untyped-def]  # the point
    raise AssertionError


def _two_updates(a: TextMessage, b: FileMessage) -> str:
    raise AssertionError


def _unknown(message: "NoSuchMessage") -> str:  # type: ignore[name-defined]  # noqa: F821
    raise AssertionError


class TextMesage:
    """Nearly a TextMessage."""


def _nearly(message: TextMesage) -> str:
    raise AssertionError


def _stars(message: TextMessage, *rest: int) -> str:
    raise AssertionError


def _stars_of_words(*numbers: int) -> str:
    raise AssertionError


def _photo_command(photo: PhotoMessage) -> str:
    raise AssertionError


def _named_argument(*, number: int = 3) -> str:
    raise AssertionError


def _positional_use(shop: Shop = use()) -> str:
    raise AssertionError


def _use_of_anything(*, shop=use()) -> str:  # type: ignore[no-untyped-def]  # the point
    raise AssertionError


async def _generator(message: TextMessage) -> AsyncIterator[str]:
    yield "x"


@pytest.mark.parametrize(
    ("fn", "command", "message"),
    [
        (_no_annotation, None, r"test_handler.*py:\d+\): message has no annotation"),
        (_two_updates, None, r"b is a second update; .* join the types with \|"),
        (_nearly, None, r"did you mean TextMessage\?"),
        (_nearly, None, r"message: TextMesage = use\(\)"),
        (_nearly, "nearly", r"did you mean TextMessage\?"),
        (_stars, None, r"\*rest cannot be filled$"),
        (_stars_of_words, "add", r"write numbers: tuple\[int, \.\.\.\]"),
        (_photo_command, "photo", r"a command is a TextMessage and never a PhotoMessage"),
        (_named_argument, "count", r"number stands after \*"),
        (_positional_use, None, r"must stand after a bare \*"),
        (_use_of_anything, None, r"needs an annotation: the type to provide"),
        (_generator, None, r"it does not yield"),
        ("text", None, r"'text' is no function"),
    ],
)
def test_signatures_that_cannot_be_filled_are_refused(
    fn: Any, command: str | None, message: str
) -> None:
    """Each message says where, what, and what to write instead."""
    with pytest.raises(RouteError, match=message):
        compiled(fn, app="shop", command=command)


def test_an_async_handler_needs_no_thread() -> None:
    """blocking=True is for plain functions."""

    async def handler(message: TextMessage) -> str:
        raise AssertionError

    with pytest.raises(RouteError, match="drop one of the two"):
        compiled(handler, app="shop", is_blocking=True)


def test_a_name_that_never_appears_is_an_error_at_start() -> None:
    """At decoration it may still stand further down; when the bot starts it must not."""
    app = App("shop")
    app.on(_unknown)
    with pytest.raises(RouteError, match="'NoSuchMessage' cannot be resolved"):
        Dispatcher("post", [app])
