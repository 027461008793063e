"""Guards: conditions that travel with a delivery and are checked right before it is sent.

No user code runs at send time, so a condition is data for a check that the framework registers by
name.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from posthouse.errors import SetupError
from posthouse.ports.changes import Write
from posthouse.ports.records import DeliveryState


class Guard(Struct, frozen=True):
    """A condition: a registered check and what it is checked with."""

    check: str
    data: Any


Check: TypeAlias = Callable[[Any], Awaitable[bool]]
OnState: TypeAlias = Callable[[Any, DeliveryState], Sequence[Write]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Guard, ...]).decode


class Guards:
    """The checks there are."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._followers: dict[str, OnState] = {}

    def register(self, name: str, check: Check, *, ended: OnState | None = None) -> None:
        """Add a check; raises SetupError when the name is taken.

        `ended` is called whenever it is written down how a delivery with the guard stands, and
        returns what is to be written with it.
        """
        if name in self._checks:
            raise SetupError(f"two checks are called {name!r}; rename one")
        self._checks[name] = check
        if ended is not None:
            self._followers[name] = ended

    def drop(self, name: str) -> None:
        """Let a name be free again, for one that could not be opened whole."""
        self._checks.pop(name, None)
        self._followers.pop(name, None)

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

    def follow(self, encoded: bytes, state: DeliveryState) -> list[Write]:
        """Return what is to be written where it is written how a guarded delivery stands."""
        writes: list[Write] = []
        if self._followers:
            for guard in _decode(encoded):
                follower = self._followers.get(guard.check)
                if follower is not None:
                    writes.extend(follower(guard.data, state))
        return writes
