"""What became of an update: who claimed it and what they answered."""

from collections.abc import Callable
from typing import Any, cast

from msgspec import Struct

from posthouse.errors import EmptyReplyError, MistakeError
from posthouse.model.reply import SILENT, Answer
from posthouse.turn.replies import as_message
from posthouse.turn.use import where


class Claim(Struct, frozen=True, gc=False):
    """One app's claim of an update."""

    app: str
    """Empty when no app but the framework or a middleware answers."""
    route: str
    """`app.function`."""
    answer: Answer
    """What it returned, checked: never None, PASS or empty."""


class Handled(Struct, frozen=True):
    """What became of an update."""

    claims: list[Claim]
    """Claims in order; empty when nobody took the update."""
    dropped: str = ""
    """Name of the middleware that dropped it: nothing of the turn but its mark commits."""

    def __repr__(self) -> str:
        return f"<Handled {[c.route for c in self.claims]} {self.dropped}>"

    @property
    def answer(self) -> Answer:
        """The first claim's answer, the one that is delivered; None when nobody claimed."""
        return self.claims[0].answer if self.claims else None


def checked(answer: Any, fn: Callable[..., Any]) -> Answer:
    """Return a handler's answer with None as SILENT; raises MistakeError for what is no answer."""
    if answer is None or answer is SILENT:
        return SILENT
    try:
        if not isinstance(answer, list | tuple):
            as_message(answer)
        elif answer:
            for part in answer:
                as_message(part)
        else:
            raise EmptyReplyError("an empty list says nothing; return SILENT (or None)")
    except MistakeError as error:
        raise type(error)(f"{where(fn)} returned an answer that cannot be sent: {error}") from None
    return cast(Answer, answer)
