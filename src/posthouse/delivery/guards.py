"""Guards: conditions that travel with a delivery and are checked right before it is sent.

No user code runs at send time, so a condition is data for a check that the framework registers by
name.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.errors import SetupError


class Guard(Struct, frozen=True):
    """A condition: a registered check and what it is checked with."""

    check: str
    data: Any


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Guard, ...]).decode


class Guards:
    """The checks there are."""

    def __init__(self) -> None:
        self._checks: dict[str, Callable[[Any], Awaitable[bool]]] = {}

    def register(self, name: str, check: Callable[[Any], Awaitable[bool]]) -> None:
        """Add a check; raises SetupError when the name is taken."""
        if name in self._checks:
            raise SetupError(f"two checks are called {name!r}; rename one")
        self._checks[name] = check

    def encode(self, *guards: Guard) -> bytes:
        """Return guards as they travel in a row; raises SetupError for an unknown check."""
        for guard in guards:
            if guard.check not in self._checks:
                raise SetupError(
                    f"no check is called {guard.check!r}; there are: "
                    f"{', '.join(sorted(self._checks)) or 'none'}"
                )
        return _encode(guards)

    async def hold(self, encoded: bytes) -> bool:
        """Return whether every condition holds now; one whose check is gone does not."""
        for guard in _decode(encoded):
            check = self._checks.get(guard.check)
            if check is None or not await check(guard.data):
                return False
        return True
