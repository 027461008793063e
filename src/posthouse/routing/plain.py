"""Apps at their plainest: anything with `process(update)`, without decorators or signatures.

None passes to the next app and anything else claims; only here an empty string means silence.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

from posthouse.errors import RouteError
from posthouse.model.reply import PASS, SILENT, Answer
from posthouse.model.update import Update
from posthouse.routing.handler import Call, update_kinds
from posthouse.routing.router import name_of
from posthouse.turn.turn import Turn
from posthouse.turn.use import hints_of, where


class Processor(Protocol):
    """An object that is an app."""

    def process(self, update: Any, /) -> Answer | Awaitable[Answer]:
        """Claim the update by returning anything but None."""


Process: TypeAlias = Callable[[Any], Answer | Awaitable[Answer]] | Processor | type[Processor]
"""A function, an object with a `process` method, or a class of such objects."""


class PlainApp:
    """A plain app behind the same face as a route."""

    __slots__ = ("call", "fn", "kinds", "name")

    def __init__(self, app: Process) -> None:
        instance: Any = app() if isinstance(app, type) else app
        fn: Any = getattr(instance, "process", instance)
        if not callable(fn):
            raise RouteError(
                f"{app!r} is no app; give an App, a function of one update, or an object with a "
                f"process method"
            )
        self.fn: Callable[[Any], Any] = fn
        self.name = name_of(fn) if fn is instance else type(instance).__name__.lower()
        if fn is not instance and inspect.ismodule(instance):
            self.name = instance.__name__.rpartition(".")[2]
        self.kinds = _kinds(fn)
        self.call: Call = _call(fn)


def _kinds(fn: Callable[[Any], Any]) -> tuple[type[Update], ...]:
    try:
        signature = inspect.signature(fn)
        signature.bind(None)
    except TypeError:
        raise RouteError(
            f"{where(fn)}: an app's process takes exactly one update; for more than that use App"
        ) from None
    first = next(iter(signature.parameters))
    return update_kinds(hints_of(fn).get(first)) or (Update,)


def _call(fn: Callable[[Any], Any]) -> Call:
    async def waiting(answer: Awaitable[Any]) -> Any:
        return _claim(await answer)

    def call(turn: Turn) -> Any:
        answer = fn(turn.update)
        return waiting(answer) if hasattr(answer, "__await__") else _claim(answer)

    return call


def _claim(answer: Any) -> Any:
    if answer is None:
        return PASS
    return SILENT if isinstance(answer, str) and not answer else answer
