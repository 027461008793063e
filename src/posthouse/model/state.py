"""The states of a post, and the steps between them."""

from msgspec import Struct


class State(Struct, frozen=True):
    """A state of a post; a post that comes into an ending one takes no further transitions."""

    name: str
    ends: bool = False

    def __rshift__(self, other: "State") -> "Transition":
        return Transition(self, other)


class Transition(Struct, frozen=True):
    """A step that a post may take: `OPEN >> SOLD`."""

    before: State
    after: State

    def __str__(self) -> str:
        return f"{self.before.name} to {self.after.name}"
