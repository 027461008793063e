"""What a setting's value must be: small readers, one per kind, and `${ENV}` inside strings."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from posthouse.model.secret import Secret, is_secret_name
from posthouse.settings.mistakes import Mistakes, hint_among
from posthouse.settings.positions import Path

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_HIGHEST_PORT = 65535
_SHOWN = 40


class Wrong(NamedTuple):
    """A value does not fit."""

    expected: str
    hint: str = ""


def text(value: object) -> str | Wrong:
    """Any text."""
    return value if isinstance(value, str) else Wrong("a text")


def filled(value: object) -> str | Wrong:
    """A text with at least one character."""
    return value if isinstance(value, str) and value.strip() else Wrong("a text that is not empty")


def hidden(value: object) -> Secret | Wrong:
    """A text that may hold a password."""
    found = Secret(value) if isinstance(value, str) else value
    return found if isinstance(found, Secret) and found else Wrong("a text that is not empty")


def port(value: object) -> int | Wrong:
    """A TCP port."""
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _HIGHEST_PORT:
        return number
    return Wrong(f"a port number from 0 (any free one) to {_HIGHEST_PORT}")


def duration(value: object) -> float | Wrong:
    """A time such as "10s" or "1h30m", in seconds."""
    expected = 'a time such as "10s", "2m" or "1h30m"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Wrong(expected, f'did you mean "{value:g}s"?')
    if not isinstance(value, str) or not _DURATION.fullmatch(value.strip()):
        return Wrong(expected)
    seconds = sum(float(n) * _UNITS_S[unit] for n, unit in _DURATION_PART.findall(value))
    return seconds if seconds > 0 else Wrong(expected)


def texts(value: object) -> tuple[str, ...] | Wrong:
    """A list of texts."""
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(value)
    return Wrong(
        'a list of texts, as in ["one", "two"]', "put it in [ ]" if isinstance(value, str) else ""
    )


def secrets(value: object) -> tuple[Secret, ...] | Wrong:
    """A list of secrets."""
    if isinstance(value, list) and all(isinstance(item, Secret) and item for item in value):
        return tuple(value)
    return Wrong(
        "a list of texts that are not empty", "put it in [ ]" if isinstance(value, Secret) else ""
    )


def named_chats(value: object) -> Mapping[str, str] | Wrong:
    """Names for chats and the messenger's own ids of them."""
    fits = isinstance(value, Mapping) and all(
        isinstance(item, str | int) and not isinstance(item, bool) and item != ""
        for item in value.values()
    )
    if isinstance(value, Mapping) and fits:
        return {name: str(item) for name, item in value.items()}
    return Wrong('a table of names and chat ids, as in { board = "board" }')


def one_of(*choices: str) -> Callable[[object], str | Wrong]:
    """Return a reader for one of these words."""

    def read(value: object) -> str | Wrong:
        if isinstance(value, str) and value in choices:
            return value
        hint = hint_among(value, choices) if isinstance(value, str) else ""
        return Wrong(
            " or ".join(f'"{choice}"' for choice in choices), hint if hint.startswith("did") else ""
        )

    return read


def shown(value: object) -> str:
    """Return a value as written in TOML, cut short; a secret stays masked."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "a list"
    out = f'"{value}"' if isinstance(value, str) else repr(value)
    return out if len(out) <= _SHOWN else out[: _SHOWN - 1] + "…"


class Expander:
    """Replaces `${NAME}` and `${NAME:-default}` in strings, and wraps what is secret."""

    def __init__(self, environ: Mapping[str, str], mistakes: Mistakes) -> None:
        self._environ = environ
        self._mistakes = mistakes

    def expand(self, value: Any, path: Path = (), *, secret: bool = False) -> Any:
        """Return the value with every string in it expanded."""
        if isinstance(value, str):
            return self._string(value, path, secret=secret)
        if isinstance(value, Mapping):
            return {
                key: self.expand(item, (*path, key), secret=secret or is_secret_name(key))
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.expand(item, (*path, i), secret=secret) for i, item in enumerate(value)]
        return value

    def _string(self, raw: str, path: Path, *, secret: bool) -> str | Secret:
        hides = secret
        out: list[str] = []
        end = 0
        for found in _VARIABLE.finditer(raw):
            out.append(raw[end : found.start()])
            end = found.end()
            name = found[1]
            hides = hides or (name is not None and is_secret_name(name))
            out.append(self._variable(found, path))
        value = "".join([*out, raw[end:]])
        return Secret(value) if hides else value

    def _variable(self, found: re.Match[str], path: Path) -> str:
        if found[0] == "$${":
            return "${"
        name, default = found[1], found[2]
        if name is None:
            self._mistakes.add(
                path, "a ${ without its name and }; write ${NAME}, or $${ for the two characters"
            )
            return found[0]
        value = self._environ.get(name)
        if default is not None:
            return value or default
        if value is None:
            self._mistakes.add(
                path,
                f"the environment variable {name} is not set; set it, or give a default as in "
                f"${{{name}:-value}}",
            )
            return found[0]
        return value
