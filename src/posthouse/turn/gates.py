"""What lets only some through to an action or a command, as turns see it."""

from typing import Protocol

from posthouse.model.reply import Screen
from posthouse.turn.turn import Turn


class Entrance(Protocol):
    """Gates that somebody has to pass; `posthouse.publishing.gating` makes them."""

    async def refusal(
        self, turn: Turn, again: tuple[str, bytes] | None = None, *, command: str = ""
    ) -> Screen | None:
        """Return what to show to whom it does not let through; None to whom it does.

        Args:
            turn: Of whoever wants to pass.
            again: The call that was not made, by action and encoded arguments.
            command: Or the command, such as `/sell`.
        """
