"""Handles of deliveries, and what can be called later."""

from collections.abc import Mapping
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar

from posthouse.errors import MistakeError
from posthouse.model.chat import Chat
from posthouse.model.reply import Reply
from posthouse.model.text import Words
from posthouse.turn.replies import as_reply

P = ParamSpec("P")
T = TypeVar("T")


class Changes(Protocol):
    """The turn in which a handle edits, deletes and says what follows."""

    def amend(self, key: int, reply: Reply, to: Chat) -> int:
        """Replace a message's content; return the delivery key of that."""

    def remove(self, key: int, to: Chat) -> int:
        """Delete a message; return the delivery key of that."""

    def follow(self, keys: tuple[int, ...], action: str, args: bytes) -> None:
        """Call an action once it is known how deliveries ended."""


class NativeCall(Protocol):
    """A method of a messenger's own, with its parameters: a Struct that encodes as JSON."""

    api_name: ClassVar[str]
    """The messenger's own name of it."""


class Deferred(Protocol[P]):
    """The part of an action that a timer needs."""

    name: str

    def encode(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Check and encode arguments."""

    async def __call__(self, turn: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Run."""


class Sent:
    """Handle of a delivery; it may be edited or deleted before its message id is known."""

    __slots__ = ("_operation", "_to", "_turn", "key")

    def __init__(
        self, turn: Changes, key: int, to: Chat, *, operation: tuple[int, ...] = ()
    ) -> None:
        self.key = key
        """Delivery key; keep it in a conversation and get the handle back with `turn.sent(key)`."""
        self._turn = turn
        self._to = to
        self._operation = operation

    def edit(self, reply: Words | Reply) -> "Sent":
        """Replace the message's content when the turn commits."""
        own = self._turn.amend(self.key, as_reply(reply), self._to)
        return Sent(self._turn, self.key, self._to, operation=(own,))

    def delete(self) -> "Sent":
        """Delete the message when the turn commits."""
        own = self._turn.remove(self.key, self._to)
        return Sent(self._turn, self.key, self._to, operation=(own,))

    def then(self, action: Deferred[P], *args: P.args, **kwargs: P.kwargs) -> "Sent":
        """Call an action in this turn's chat once it is known how the delivery ended.

        The action's turn is one of its own, with this turn's person, and `turn.outcome` tells the
        end. It runs once, also when the process ends in between.

        Raises MistakeError for a handle that `turn.sent(key)` returned: it stands for a message and
        not for a delivery. Edit or delete it, and say what follows on that.
        """
        if not self._operation:
            raise MistakeError(
                f"then({action.name}): this handle stands for an earlier message, whose end is "
                "known; call then() on what send(), edit() or delete() returned in this turn"
            )
        self._turn.follow(self._operation, action.name, action.encode(args, kwargs))
        return self
