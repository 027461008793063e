"""Middlewares: callables around everything that flows in or out, `(value, call_next)`.

How this works: a site composes its middlewares once. A middleware passes its value on, as it came
or changed, by `await call_next(value)` and returns what that gave; returning nothing drops the
value. Inbound a middleware may also return an answer of its own, which claims the update. With no
middlewares the composition is the last function itself and costs nothing.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from posthouse.errors import CalledTwiceError
from posthouse.routing.handled import Claim, Handled, checked
from posthouse.routing.router import name_of
from posthouse.turn.turn import Turn

ContextT = TypeVar("ContextT")
CallNext: TypeAlias = Callable[[Any], Awaitable[Any]]
Last: TypeAlias = Callable[[Any, ContextT], Awaitable[Any]]
"""What stands at the end: gets the value and the context that no middleware sees."""
Settle: TypeAlias = Callable[["Middleware", Any], Any]
"""Makes of what a middleware returned what the one before it gets."""

_log = logging.getLogger("posthouse.routing")


class Middleware(Protocol):
    """Stands between a messenger and the apps."""

    def __call__(self, value: Any, call_next: CallNext, /) -> Awaitable[Any]:
        """Pass the value on with `call_next`, at most once, or do not.

        A turn may run again, so this may be called again with the same update.
        """


def compose(
    middlewares: Sequence[Middleware],
    last: Last[ContextT],
    *,
    settle: Settle = lambda middleware, result: result,
) -> Last[ContextT]:
    """Return one function that passes a value through the middlewares, the first outermost.

    Called with the value and a context, which reaches only `last`. Calling the next one twice
    raises CalledTwiceError.
    """
    if not middlewares:
        return last
    chain = _Chain(middlewares, last, settle)
    return lambda value, context: chain.step(0, value, context)


def inbound(
    middlewares: Sequence[Middleware], last: Callable[[Turn], Awaitable[Handled]]
) -> Callable[[Turn], Awaitable[Handled]]:
    """Return one function that passes a turn's update through the middlewares to `last`.

    `call_next` returns a Handled. What a middleware changed in the update is what the turn sees.
    """
    if not middlewares:
        return last

    async def end(update: Any, turn: Turn) -> Handled:
        if update is not turn.update:
            turn.replace_update(update)
        return await last(turn)

    chain = compose(middlewares, end, settle=_handled)
    return lambda turn: chain(turn.update, turn)


def _handled(middleware: Middleware, result: Any) -> Handled:
    if isinstance(result, Handled):
        return result
    name = name_of(middleware)
    if result is None:
        return Handled([], dropped=name)
    return Handled([Claim("", f"middleware {name}", checked(result, middleware))])


class _Chain:
    """The middlewares and what stands behind them."""

    __slots__ = ("_forgetful", "_last", "_middlewares", "_settle")

    def __init__(self, middlewares: Sequence[Middleware], last: Last[Any], settle: Settle) -> None:
        self._middlewares: Final = tuple(middlewares)
        self._last = last
        self._settle = settle
        self._forgetful: set[int] = set()

    async def step(self, index: int, value: Any, context: Any) -> Any:
        if index == len(self._middlewares):
            return await self._last(value, context)
        middleware = self._middlewares[index]
        call_next = _Next(self, index, context)
        result: Any = middleware(value, call_next)
        if hasattr(result, "__await__"):
            result = await result
        if result is None and call_next.was_called:
            self._warn(index)
        return self._settle(middleware, result)

    def called_twice(self, index: int) -> CalledTwiceError:
        return CalledTwiceError(
            f"middleware {name_of(self._middlewares[index])} called the next one twice; call it "
            f"once and keep what it returns"
        )

    def _warn(self, index: int) -> None:
        if index not in self._forgetful:
            self._forgetful.add(index)
            _log.warning(
                "middleware %s called the next one but returned nothing, which drops what came of "
                "it; write `return await call_next(update)`",
                name_of(self._middlewares[index]),
            )


class _Next:
    """`call_next` of one middleware in one run."""

    __slots__ = ("_chain", "_context", "_index", "was_called")

    def __init__(self, chain: _Chain, index: int, context: Any) -> None:
        self._chain = chain
        self._index = index
        self._context = context
        self.was_called = False

    def __call__(self, value: Any) -> Awaitable[Any]:
        if self.was_called:
            raise self._chain.called_twice(self._index)
        self.was_called = True
        return self._chain.step(self._index + 1, value, self._context)
