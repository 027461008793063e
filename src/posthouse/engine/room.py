"""Room: which lanes wait for a free slot of the journal, so that every bot gets some."""

from collections import deque

from posthouse.engine.bot import BotRuntime
from posthouse.engine.journal import Journal
from posthouse.engine.lanes import Lane


class Room:
    """The slots of the journal, and the lanes that wait for one; bots take turns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.waiting: dict[int, deque[Lane]] = {}
        """Lanes by account; the account that is next first."""

    def has(self, bot: BotRuntime) -> bool:
        """Whether a bot may take one more slot.

        It gets no more than it leaves free, so one that is flooded, or whose handlers are slow,
        leaves room for all others.
        """
        room = self._journal.room
        return room > 0 and bot.running <= room

    def wait(self, lane: Lane) -> None:
        """Let a lane wait until there is a slot."""
        self.waiting.setdefault(lane.bot.account, deque()).append(lane)

    def next(self) -> Lane | None:
        """Return the next lane that may have a slot that is free again."""
        for account in list(self.waiting):
            lanes = self.waiting.pop(account)
            while lanes and not (lanes[0].current is None and lanes[0].queue):
                lanes.popleft()
            if not lanes:
                continue
            if not self.has(lanes[0].bot):
                self.waiting[account] = lanes  # behind the others
                continue
            lane = lanes.popleft()
            if lanes:
                self.waiting[account] = lanes
            return lane
        return None

    def leave(self, bot: BotRuntime) -> None:
        """Forget the lanes of a bot that stops alone."""
        self.waiting.pop(bot.account, None)
