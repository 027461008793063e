"""What other packages bring: plug-ins by entry point, and anything by "module:object"."""

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any, Final

from posthouse.errors import SettingsError

_PACKAGE: Final = Path(__file__).parent
ADAPTERS: Final = "posthouse.adapters"
APPS: Final = "posthouse.apps"
MIDDLEWARES: Final = "posthouse.middlewares"

# What this package registers itself, for a source tree that is not installed.
_OWN: Mapping[str, Mapping[str, str]] = {
    ADAPTERS: {
        "console": "posthouse.adapters.console:ConsoleAdapter",
        "web": "posthouse.adapters.web:WebAdapter",
    },
    APPS: {
        "language": "posthouse.ready.language:app",
        "broadcast": "posthouse.ready.broadcast:app",
        "staff": "posthouse.ready.staff:app",
        "subscriptions": "posthouse.ready.subscriptions:app",
    },
    MIDDLEWARES: {
        "access": "posthouse.routing.ready.access:Access",
        "log": "posthouse.routing.ready.log:Log",
        "throttle": "posthouse.routing.ready.throttle:Throttle",
    },
}
_WORDS = {ADAPTERS: "messenger", APPS: "app", MIDDLEWARES: "middleware"}


def names_of(group: str) -> list[str]:
    """Return the names of every plug-in of a group, sorted."""
    from importlib.metadata import entry_points

    return sorted({*_OWN.get(group, {}), *(point.name for point in entry_points(group=group))})


def load_plugin(group: str, name: str) -> Any:
    """Return the object of a plug-in.

    Raises SettingsError naming near misses, or two packages that bring the same name.
    """
    from importlib.metadata import entry_points

    found = {point.value: point for point in entry_points(group=group, name=name)}
    own = _OWN.get(group, {}).get(name)
    if own is not None:
        return load_object(own)
    if not found:
        raise SettingsError(_unknown(group, name))
    if len(found) > 1:
        packages = " and ".join(sorted(_package(point) for point in found.values()))
        raise SettingsError(
            f"{packages} both bring a {_WORDS[group]} {name!r}; uninstall one of them"
        )
    point = next(iter(found.values()))
    try:
        return load_object(point.value)
    except SettingsError as error:
        raise SettingsError(
            f"the {_WORDS[group]} {name!r} of {_package(point)}: {error}"
        ) from error.__cause__


def load_object(name: str) -> Any:
    """Import "package.module:object".

    Raises SettingsError that says which part is missing, with near misses.
    """
    module_name, colon, attribute = name.partition(":")
    if not colon or not all(
        part.isidentifier() for part in (*module_name.split("."), *attribute.split("."))
    ):
        raise SettingsError(f'"{name}" is not a module and an object, as in "shop.app:app"')
    found: Any = _module(module_name)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise SettingsError(_no_attribute(module_name, found, part))
        found = getattr(found, part)
    return found


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise SettingsError(_no_module(error.name)) from None
        raise SettingsError(_import_failed(name, error)) from error
    except Exception as error:
        raise SettingsError(_import_failed(name, error)) from error


def _import_failed(name: str, error: Exception) -> str:
    return f"importing {name} failed{_place_of(error)}: {type(error).__name__}: {error}"


def _no_module(name: str) -> str:
    parent, _, last = name.rpartition(".")
    close = get_close_matches(last, _modules_in(parent), n=1)
    if close:
        hint = f"did you mean {f'{parent}.' if parent else ''}{close[0]}?"
    else:
        hint = "correct the name, or install the package that has it"
    if not parent:
        return f"there is no module {last}, neither in {sys.path[0] or '.'} nor installed; {hint}"
    return f"the package {parent} has no module {last}; {hint}"


def _modules_in(parent: str) -> list[str]:
    if parent:
        path = getattr(sys.modules.get(parent), "__path__", None)
        return [module.name for module in pkgutil.iter_modules(path)] if path else []
    return [module.name for module in pkgutil.iter_modules(sys.path[:1])]


def _no_attribute(module_name: str, owner: object, part: str) -> str:
    public = (
        [name for name in vars(owner) if not name.startswith("_")]
        if hasattr(owner, "__dict__")
        else []
    )
    close = get_close_matches(part, public, n=1)
    file = (
        f" ({owner.__file__})"
        if isinstance(owner, ModuleType) and getattr(owner, "__file__", None)
        else ""
    )
    hint = f"did you mean {close[0]}?" if close else "define it there, or correct the name"
    return f"the module {module_name}{file} has no {part!r}; {hint}"


def _place_of(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f" at {error.filename}:{error.lineno}"
    frames = [
        frame for frame in extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    # An error that Posthouse raises is about the line that called it.
    mine = [f for f in frames if not Path(f.filename).is_relative_to(_PACKAGE)]
    return f" at {mine[-1].filename}:{mine[-1].lineno}" if mine else ""


def _unknown(group: str, name: str) -> str:
    known = names_of(group)
    close = get_close_matches(name, known, n=1)
    if close:
        hint = f"did you mean {close[0]}?"
    elif group == ADAPTERS:
        hint = f"installed are {', '.join(known)}"
    else:
        hint = f'to import one write module:object, as in "{name}:{_WORDS[group]}"'
    return f"there is no {_WORDS[group]} {name!r}; {hint}"


def _package(point: Any) -> str:
    return point.dist.name if point.dist else "an unnamed package"
