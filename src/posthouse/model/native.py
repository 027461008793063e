"""What stands for a messenger's own object until somebody looks at it.

How this works: most handlers never look at `native`, and reading it takes longer than all they do.
So an adapter may give an update this instead, which remembers the body; the first look reads it.
The adapter has checked the body before, so that reading it later cannot fail.
"""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct


class Unopened(Struct, eq=False, gc=False):
    """A messenger's own object, still in the body it came in."""

    read: Callable[[bytes], Any]
    body: bytes
    found: Any = UNSET
    """The object, once somebody has looked."""

    def opened(self) -> Any:
        """Return the object; it is read once."""
        if self.found is UNSET:
            self.found = self.read(self.body)
            self.body = b""
        return self.found

    def __eq__(self, other: object) -> bool:
        return bool(self.opened() == (other.opened() if isinstance(other, Unopened) else other))

    def __hash__(self) -> int:
        return hash(self.opened())

    def __repr__(self) -> str:
        return repr(self.opened())

    def __reduce__(self) -> tuple[Any, ...]:
        return _itself, (self.opened(),)


def opened_on_look(kind: type[Struct], field: str) -> Any:
    """Let a field of a type and of those below it open what it holds when somebody looks at it.

    Returns:
        The way to what an instance holds, which opens nothing: `way.__get__(instance)`.
    """
    way: Any = getattr(kind, field)

    def look(self: Struct) -> Any:
        held = way.__get__(self)
        if type(held) is not Unopened:
            return held
        found = held.opened()
        way.__set__(self, found)  # so that whoever writes the update down finds it
        return found

    setattr(kind, field, property(look))
    return way


def _itself(found: Any) -> Any:
    return found
