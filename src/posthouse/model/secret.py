"""Values that must never be shown: tokens, passwords, keys."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn

MASK: Final = "•••"
_SECRET_WORDS = frozenset(
    word + plural
    for word in ("token", "secret", "password", "passphrase", "passwd", "key", "credential")
    for plural in ("", "s")
)


class Secret:
    """A text that shows as `•••` wherever it is printed or logged; `reveal()` gives it out."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("secret", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled or copied into files; pass the object itself on")

    def reveal(self) -> str:
        """Return the value, for the one call that needs it."""
        return self._value


def is_secret_name(name: str) -> bool:
    """Whether a setting or environment variable of that name holds a secret."""
    return not _SECRET_WORDS.isdisjoint(name.lower().replace("-", "_").split("_"))


def revealed(values: Mapping[str, Any]) -> list[str]:
    """Return every secret inside nested plain data, for masking what is printed."""
    found: list[str] = []
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Secret):
            found.append(value.reveal())
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
    return found
