"""What a turn's answer and effects become before they have their places in the outbox."""

from collections.abc import Sequence

from posthouse.delivery.coalesce import Coalesced
from posthouse.delivery.outbox import Placement
from posthouse.delivery.retry import EXPIRE_AFTER_S
from posthouse.model.chat import Chat
from posthouse.model.outgoing import DeliveryClass, Operation, Outgoing
from posthouse.ports.changes import Change
from posthouse.turn.effects import Follow
from posthouse.turn.front import Front
from posthouse.turn.turn import Turn

ANSWER_EXPIRES_S = EXPIRE_AFTER_S[DeliveryClass.ANSWER]


class Leaving:
    """One operation that is about to get its place."""

    __slots__ = ("chat", "expires_s", "key", "outgoing", "remember", "to")

    def __init__(self, outgoing: Outgoing, chat: str, key: int) -> None:
        self.outgoing = outgoing
        self.chat = chat
        self.key = key
        self.to: Chat | None = None
        self.remember = False
        self.expires_s = ANSWER_EXPIRES_S


class Draft:
    """A change that is being put together."""

    __slots__ = ("change", "follows", "fronts", "has_media", "leaving", "now", "turn")

    def __init__(self, turn: Turn, change: Change, now: float) -> None:
        self.turn = turn
        self.change = change
        self.now = now
        self.leaving: list[Leaving] = []
        self.follows: list[Follow] = []
        """What is called when deliveries have ended."""
        self.fronts: dict[str, Front] = {}
        """By chat: what typed words may refer to from now on."""
        self.has_media = False
        """Some of it shows photos or files."""

    def leave(
        self,
        outgoing: Outgoing,
        to: Chat,
        *,
        key: int,
        remember: bool = False,
        expires_s: float | None = None,
    ) -> None:
        """Add one operation."""
        leaving = Leaving(outgoing, to.id, key)
        leaving.to = to
        leaving.remember = remember
        if expires_s is not None:
            leaving.expires_s = expires_s
        self.leaving.append(leaving)

    def remember_followed(self) -> None:
        """Let the ids of all messages be kept whose ends are followed: somebody will ask."""
        for follow in self.follows:
            for leaving in self.leaving:
                if leaving.key in follow.keys and leaving.outgoing.operation is Operation.SEND:
                    leaving.remember = True

    def ends_of(self, keys: Sequence[int], placements: Sequence[Placement]) -> tuple[int, ...]:
        """Return the keys of the deliveries whose ends are those of what was asked for.

        That is another one where a change was merged into what waited; one that was taken back
        before it left has ended.
        """
        ends: list[int] = []
        for leaving, placement in zip(self.leaving, placements, strict=False):
            if leaving.key not in keys:
                continue
            if not isinstance(placement, Coalesced):
                ends.append(leaving.key)
            elif placement.changed is not None:
                ends.append(placement.changed.row.id)
        return tuple(ends)
