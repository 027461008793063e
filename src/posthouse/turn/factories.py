"""What modules provide and need, read from their annotations and checked before anything starts."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from posthouse.errors import ProvideError
from posthouse.turn.module import Module, ProvideScope, provided_scope
from posthouse.turn.turn import Turn
from posthouse.turn.use import Needed, hints_of, where


class Factory(NamedTuple):
    """One marked method of one module."""

    method: Callable[..., Any]
    """Bound to its module."""
    scope: ProvideScope
    provides: Any
    needs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`Module.method`, for messages."""
        return self.method.__qualname__


def factories_of(modules: Sequence[Module], *, base: Iterable[Any]) -> list[Factory]:
    """Return all factories in the order of the modules; raises ProvideError for a mistake.

    Args:
        modules: as configured.
        base: what the site itself provides.
    """
    found = [factory for module in modules for factory in _marked(module)]
    given = dict.fromkeys((*base, Turn), "the site")
    for factory in found:
        if factory.provides in given:
            raise ProvideError(
                f"{where(factory.method)} provides {shown(factory.provides)}, which "
                f"{given[factory.provides]} provides already; leave one of them out"
            )
        given[factory.provides] = factory.name
    turn_only = {factory.provides for factory in found if factory.scope == "turn"} | {Turn}
    for factory in found:
        needed = [Needed(where(factory.method), name, kind) for name, kind in factory.needs.items()]
        require(needed, given)
        for _, name, kind in needed:
            if factory.scope == "site" and kind in turn_only:
                raise ProvideError(
                    f"{where(factory.method)}: {name} is a {shown(kind)}, which lives for one "
                    f"turn, but the method provides for the whole site; mark it "
                    f'@provide(scope="turn")'
                )
    return found


def require(uses: Iterable[Needed], given: Iterable[Any]) -> None:
    """Raise ProvideError naming every parameter whose type nobody provides."""
    known = list(given)
    missing = [
        f"{use.where}: {use.parameter} needs {shown(use.type)}, which no module provides"
        f"{_nearest(use.type, known)}"
        for use in uses
        if use.type not in known
    ]
    if missing:
        raise ProvideError("\n".join(missing))


def shown(kind: Any) -> str:
    """Return a type as it is written in an annotation."""
    return kind.__qualname__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def _marked(module: object) -> Iterator[Factory]:
    if not isinstance(module, Module):
        made = "call it: " if isinstance(module, type) else ""
        raise ProvideError(f"{module!r} is no Module; {made}give an instance of a subclass")
    seen: set[str] = set()
    for owner in reversed(type(module).__mro__):
        for name in vars(owner):
            method = getattr(module, name, None)
            scope = provided_scope(method)
            if method is not None and scope is not None and name not in seen:
                seen.add(name)
                yield _factory(method, scope)


def _factory(method: Callable[..., Any], scope: ProvideScope) -> Factory:
    hints = hints_of(method)
    provides = hints.pop("return", None)
    if inspect.isgeneratorfunction(method) or inspect.isasyncgenfunction(method):
        provides = (*get_args(provides), None)[0]
    if provides in (None, type(None), Any):
        raise ProvideError(
            f"{where(method)}: the return annotation says what a module provides; write "
            f"-> Shop, or -> AsyncIterator[Shop] for a method that yields"
        )
    for name in inspect.signature(method).parameters:
        if name not in hints:
            raise ProvideError(f"{where(method)}: {name} needs an annotation: the type it needs")
    return Factory(method, scope, provides, hints)


def _nearest(kind: Any, known: Sequence[Any]) -> str:
    # By the classes' own lines of descent: issubclass() refuses most Protocols.
    line = kind.__mro__[:-1] if isinstance(kind, type) else ()
    for other in known:
        if isinstance(other, type) and kind in other.__mro__:
            return (
                f"; {shown(other)} is one: annotate the parameter with it, or the method that "
                f"provides it with {shown(kind)}"
            )
        if other in line:
            return f"; provided is its base {shown(other)}"
    names = {_short(other): shown(other) for other in known}
    near = get_close_matches(_short(kind), names, n=3, cutoff=0.5)
    if near:
        return f"; the nearest are {', '.join(names[name] for name in near)}"
    return f"; provided are {', '.join(names.values())}"


def _short(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
