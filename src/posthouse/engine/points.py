"""Commit points: every place where a crash could tear something apart, for tests to crash at."""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Where a crash is interesting."""

    RECEIVED = "received"
    """An update has its place in its lane, nothing is durable."""
    INBOX_COMMITTED = "inbox committed"
    """An update is in the inbox, its sender does not know yet."""
    PART_COMMITTED = "part committed"
    """A part of an album is durable, its sender does not know yet."""
    HANDLED = "handled"
    """A handler has returned, its effects are in memory."""
    BEFORE_COMMIT = "before commit"
    """A batch is about to be committed."""
    AFTER_COMMIT = "after commit"
    """A batch is durable, nobody was told."""
    ACKNOWLEDGED = "acknowledged"
    """The sender was told, the deliveries have not left."""
    BEFORE_SEND = "before send"
    """A delivery is about to leave."""
    AFTER_SEND = "after send"
    """A delivery has left, its outcome is not durable."""
    INTENT_COMMITTED = "intent committed"
    """A once() call is about to run."""
    ONCE_RAN = "once ran"
    """A once() call has run, its result is not durable."""
    NUMBER_RESERVED = "number reserved"
    """A block of numbers was reserved, none was used."""
    TIMER_FIRED = "timer fired"
    """A timer entered its lane."""
    QUARANTINED = "quarantined"
    """An update was set aside, its lane has not gone on."""


class Points:
    """Calls a hook at every point; without one it does nothing."""

    __slots__ = ("hook",)

    def __init__(self) -> None:
        self.hook: Callable[[Point], None] | None = None
        """Called with each point that is reached."""

    def reach(self, point: Point) -> None:
        """Tell the hook, if there is one."""
        if self.hook is not None:
            self.hook(point)
