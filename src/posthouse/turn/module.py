"""Modules: they give objects to handlers and take no updates."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar, overload

MethodT = TypeVar("MethodT", bound=Callable[..., Any])
ProvideScope: TypeAlias = Literal["site", "turn"]

_MARK = "__posthouse_provides__"


class Module:
    """Provides objects to handlers and other modules: subclass it, mark methods with `provide`.

    A method's return annotation is what it provides, its annotated parameters are what it needs:
    what other modules provide, the site's Clock and Database, and for each turn its Turn. A method
    may be plain, async or a generator, plain or async, that yields once: what follows the `yield`
    is its tear-down.
    """


@overload
def provide(method: MethodT, /) -> MethodT: ...
@overload
def provide(*, scope: ProvideScope = "site") -> Callable[[MethodT], MethodT]: ...
def provide(method: Any = None, /, *, scope: ProvideScope = "site") -> Any:
    """Mark a module's method: it provides what its return annotation says.

    Args:
        scope: "site" for one object that lives as long as the site, "turn" for one in each turn
            that asks for it.
    """
    if method is None:
        return lambda method: _mark(method, scope)
    return _mark(method, scope)


def _mark(method: MethodT, scope: ProvideScope) -> MethodT:
    setattr(method, _MARK, scope)
    return method


def provided_scope(method: Any) -> ProvideScope | None:
    """Return the scope a method was marked with, or None for one that was not."""
    scope: ProvideScope | None = getattr(method, _MARK, None)
    return scope
