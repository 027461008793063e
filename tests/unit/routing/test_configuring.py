"""posthouse.routing.configuring: a middleware from its settings."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from posthouse.errors import SettingsError
from posthouse.ports.clock import SystemClock
from posthouse.routing.configuring import configured
from posthouse.routing.middleware import CallNext, Middleware
from posthouse.routing.ready.access import Access
from posthouse.routing.ready.log import Log
from posthouse.routing.ready.throttle import Throttle

CLOCK = SystemClock()


def prefix(*, word: str, times: int = 1, shout: bool = False) -> Middleware:
    """Make a middleware as another package may."""

    async def middleware(update: Any, call_next: CallNext) -> Any:
        return word * times, shout

    return middleware


def nothing() -> Middleware:
    """Make a middleware that cannot be set."""
    raise AssertionError


async def test_settings_become_keyword_arguments_of_the_right_type() -> None:
    """What came from an environment variable is text."""
    made = configured("prefix", prefix, {"word": "a", "times": "3", "shout": "true"}, clock=CLOCK)

    async def end(update: Any) -> Any:
        raise AssertionError

    made_answer: Awaitable[Any] = made(None, end)
    assert await made_answer == ("aaa", True)


@pytest.mark.parametrize("factory", [Throttle, Access, Log])
def test_the_ready_ones_need_no_settings(factory: Callable[..., Middleware]) -> None:
    """A clock is passed where one is wanted."""
    made: Any = configured("ready", factory, {}, clock=CLOCK)
    assert getattr(made, "_clock", CLOCK) is CLOCK


def test_every_mistake_is_named_at_once() -> None:
    """With the nearest setting, the type, and what is missing."""
    with pytest.raises(SettingsError) as caught:
        configured("prefix", prefix, {"tims": 3, "xyz": 1, "shout": "maybe"}, clock=CLOCK)
    assert str(caught.value).splitlines() == [
        "middleware prefix: unknown setting 'tims', did you mean 'times'?",
        "middleware prefix: unknown setting 'xyz'; it knows word, times, shout",
        "middleware prefix: shout: Expected `bool`, got `str`",
        "middleware prefix: word is missing",
    ]
    with pytest.raises(SettingsError, match="it knows no settings"):
        configured("nothing", nothing, {"xyz": 1}, clock=CLOCK)
