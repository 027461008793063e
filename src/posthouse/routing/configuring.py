"""Making a middleware from its settings: its signature says what may be set."""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, get_type_hints

import msgspec

from posthouse.errors import SettingsError
from posthouse.ports.clock import Clock
from posthouse.routing.middleware import Middleware


def configured(
    name: str, factory: Callable[..., Middleware], settings: Mapping[str, Any], *, clock: Clock
) -> Middleware:
    """Call a middleware's factory with its settings; raises SettingsError naming every mistake.

    Values are converted to the types of the factory's keyword parameters. A parameter named `clock`
    is no setting: it gets the site's clock.
    """
    parameters = dict(inspect.signature(factory).parameters)
    hints = get_type_hints(factory.__init__ if isinstance(factory, type) else factory)  # type: ignore[misc]  # its own class
    given: dict[str, Any] = {"clock": clock} if parameters.pop("clock", None) else {}
    mistakes: list[str] = []
    for key, value in settings.items():
        if key not in parameters:
            mistakes.append(_unknown(key, list(parameters)))
            continue
        try:
            given[key] = msgspec.convert(value, hints.get(key, Any), strict=False)
        except msgspec.ValidationError as error:
            mistakes.append(f"{key}: {error}")
    mistakes += [
        f"{key} is missing"
        for key, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty and key not in settings
    ]
    if mistakes:
        raise SettingsError("\n".join(f"middleware {name}: {mistake}" for mistake in mistakes))
    return factory(**given)


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    if near:
        return f"unknown setting {key!r}, did you mean {near[0]!r}?"
    return f"unknown setting {key!r}; it knows {', '.join(known) or 'no settings'}"
