"""`use()`: a keyword-only parameter that a module provides."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, get_type_hints

from posthouse.errors import RouteError


class Use:
    """Default of a parameter that a module provides; touching it outside a turn is an error."""

    def __repr__(self) -> str:
        return "use()"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"use() stands for an object that a module provides during a turn, so it has no "
            f"{name!r} here; when you call the function yourself, in a test, pass the object as a "
            f"keyword argument"
        )


USE: Final = Use()


def use() -> Any:
    """Mark a keyword-only parameter that a `Module` provides; its type is the annotation's."""
    return USE


class Needed(NamedTuple):
    """A parameter that a module must fill."""

    where: str
    """The handler, as `module.function (file:line)`."""
    parameter: str
    type: Any


def hints_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function, evaluated; raises RouteError where that fails."""
    try:
        return get_type_hints(_annotated(fn), include_extras=True)
    except NameError as error:
        raise RouteError(
            f"{where(fn)}: the annotation {error.name!r} cannot be resolved; import it at module "
            f"level, and not under TYPE_CHECKING"
        ) from None


def has_known_names(fn: Callable[..., Any]) -> bool:
    """Whether every name in the annotations of a function exists already."""
    try:
        get_type_hints(_annotated(fn))
    except NameError:
        return False
    return True


def _annotated(fn: Callable[..., Any]) -> Callable[..., Any]:
    # Objects with __call__ and functools.partial carry their annotations elsewhere.
    inner = fn.func if isinstance(fn, partial) else fn
    return inner if inspect.isroutine(inner) else type(inner).__call__


def uses_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the parameters marked with `use()` and their types.

    Raises RouteError for a marked one that is positional or has no annotation.
    """
    marked = [p for p in inspect.signature(fn).parameters.values() if p.default is USE]
    if not marked:
        return {}
    hints = hints_of(fn)
    for parameter in marked:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise RouteError(
                f"{where(fn)}: {parameter.name} = use() must stand after a bare * in the signature"
            )
        if parameter.name not in hints:
            raise RouteError(
                f"{where(fn)}: {parameter.name} = use() needs an annotation: the type to provide"
            )
    return {parameter.name: hints[parameter.name] for parameter in marked}


def where(fn: Callable[..., Any]) -> str:
    """Return `module.function (file:line)` for messages."""
    inner = inspect.unwrap(fn)
    code = getattr(inner, "__code__", None)
    place = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
    return (
        f"{getattr(inner, '__module__', '?')}.{getattr(inner, '__qualname__', repr(inner))}{place}"
    )
