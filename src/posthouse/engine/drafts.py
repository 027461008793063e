"""What a turn's answer and effects become before they have their places in the outbox."""

from posthouse.delivery.retry import EXPIRE_AFTER_S
from posthouse.model.chat import Chat
from posthouse.model.outgoing import DeliveryClass, Outgoing
from posthouse.ports.records import Change
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

    __slots__ = ("change", "has_media", "leaving", "now", "turn")

    def __init__(self, turn: Turn, change: Change, now: float) -> None:
        self.turn = turn
        self.change = change
        self.now = now
        self.leaving: list[Leaving] = []
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
