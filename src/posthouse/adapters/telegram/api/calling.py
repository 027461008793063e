"""Methods of the Bot API as methods of a client, made when they are first looked at.

How this works: the client's class holds a small placeholder for each of Telegram's methods. Looking
at one makes the real method out of the class of the call, with its signature and its docstring,
and puts it where the placeholder was. So a site pays for the few it calls.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from posthouse.adapters.telegram.api.base import TelegramMethod

T = TypeVar("T")


class Caller(ABC):
    """What can call the Bot API."""

    @abstractmethod
    async def call(self, method: TelegramMethod[T], *, timeout_s: float | None = None) -> T:
        """Call a method and return its result."""


class ApiMethod:
    """Stands for one method until somebody looks at it."""

    __slots__ = ("_class_name", "_name", "_owner")

    def __init__(self, class_name: str) -> None:
        self._class_name = class_name

    def __set_name__(self, owner: type[Caller], name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, caller: Caller | None, owner: type[Caller]) -> Callable[..., Any]:
        made = self._made()
        setattr(self._owner, self._name, made)
        bound: Callable[..., Any] = made.__get__(caller, owner)
        return bound

    def _made(self) -> Any:
        methods = import_module("posthouse.adapters.telegram.api.methods")
        kind: type[TelegramMethod[Any]] = getattr(methods, self._class_name)
        name = self._name

        async def method(self: Caller, **parameters: Any) -> Any:
            try:
                call = kind(**parameters)
            except TypeError as error:
                raise TypeError(f"{name}(): {error}") from None
            return await self.call(call)

        method.__name__, method.__doc__ = name, kind.__doc__
        method.__module__, method.__qualname__ = self._owner.__module__, f"Calls.{name}"
        method.__signature__ = _signature(kind)  # type: ignore[attr-defined]  # shown by help()
        return method


def _signature(kind: type[TelegramMethod[Any]]) -> inspect.Signature:
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    return inspect.Signature([this, *inspect.signature(kind).parameters.values()])
