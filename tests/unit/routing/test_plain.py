"""posthouse.routing.plain: apps at their plainest."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from posthouse.errors import RouteError
from posthouse.model.media import Photo
from posthouse.model.reply import SILENT
from posthouse.model.update import PhotoMessage, TextMessage, Update
from posthouse.routing.dispatch import Dispatcher

Ask = Callable[..., Any]


class Echo:
    """An app as a class; it counts, so it must be made once."""

    def __init__(self) -> None:
        self.count = 0

    def process(self, update: Update) -> str | None:
        """Number what was said."""
        self.count += 1
        return f"{self.count} {update.text}" if isinstance(update, TextMessage) else None


async def test_none_passes_and_an_empty_string_is_silence(ask: Ask) -> None:
    """ScaleTG's rule, only here."""
    said: dict[str, Any] = {"a": None, "b": "", "c": "C", "d": SILENT}

    def process(update: TextMessage) -> Any:
        return said[update.text]

    dispatcher = Dispatcher("post", [process, lambda update: "last"])
    assert [await ask(dispatcher, text) for text in "abcd"] == ["last", SILENT, "C", SILENT]


async def test_functions_may_be_async_and_objects_have_a_process_method(ask: Ask) -> None:
    """A class is made once."""

    async def process(update: Update) -> str | None:
        return "async" if isinstance(update, TextMessage) and update.text == "x" else None

    dispatcher = Dispatcher("post", [process, Echo])
    assert await ask(dispatcher, "x") == "async"
    assert [await ask(dispatcher, "y"), await ask(dispatcher, "z")] == ["1 y", "2 z"]
    assert await ask(Dispatcher("post", [Echo()]), "y") == "1 y"


async def test_the_annotation_narrows_here_too(
    ask: Ask, common: dict[str, Any], turn_of: Callable[..., Any]
) -> None:
    """Without one every update comes, except what actions take."""

    def process(update: PhotoMessage) -> str:
        return "photo"

    dispatcher = Dispatcher("post", [process])
    photo = PhotoMessage(**common, message_id="1", photo=Photo(key="k", width=1, height=1))
    assert await ask(dispatcher, "x") is None
    assert (await dispatcher.dispatch(turn_of(photo))).answer == "photo"


def test_plain_apps_are_named_after_what_they_are() -> None:
    """A second one of the same name gets a number."""
    module = ModuleType("apps.hello")
    module.process = lambda update: None  # type: ignore[attr-defined]  # a module as an app

    def greet(update: Update) -> None:
        """Pass."""

    table = Dispatcher("post", [greet, Echo, Echo(), lambda update: None, module]).table
    assert [c.name for c in table.all] == ["greet", "echo", "echo-2", "lambda", "hello"]


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (3, "3 is no app; give an App, a function"),
        (lambda: None, "takes exactly one update"),
        (lambda update, more: None, "takes exactly one update"),
        (sys, "is no app"),
    ],
)
def test_what_is_no_app_is_refused(app: Any, message: str) -> None:
    """At start."""
    with pytest.raises(RouteError, match=message):
        Dispatcher("post", [app])
