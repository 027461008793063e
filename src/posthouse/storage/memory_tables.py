"""The rows of the in-memory store."""

from msgspec import Struct

from posthouse.ports.records import (
    DeliveryRow,
    InboxRow,
    Mark,
    MessageRow,
    PutPayload,
    QuarantineRow,
    SetAside,
    TimerRow,
)
from posthouse.ports.store import CommandRow, StateKey, StateRead


class Tables(Struct):
    """Dictionaries in place of tables."""

    accounts: dict[tuple[str, str], int] = {}
    numbers: dict[str, int] = {}
    marks: set[Mark] = set()
    """Done lately; those of the turn before are in `older`."""
    older: set[Mark] = set()
    since: float | None = None
    round: int = 0
    inbox: dict[Mark, InboxRow] = {}
    last_seq: int = 0
    quarantine: dict[Mark, QuarantineRow] = {}
    last_quarantine: int = 0
    conversations: dict[StateKey, StateRead] = {}
    set_aside: list[SetAside] = []
    outbox: dict[int, DeliveryRow] = {}
    messages: dict[int, MessageRow] = {}
    by_message: dict[tuple[int, str, str], int] = {}
    payloads: dict[tuple[int, bytes], PutPayload] = {}
    timers: dict[str, TimerRow] = {}
    numbers_used: dict[tuple[Mark, str], tuple[int, int]] = {}
    """Number and round."""
    intents: dict[tuple[Mark, str], tuple[bytes | None, int]] = {}
    """Result and round."""
    observed: dict[tuple[Mark, str], int] = {}
    """Round."""
    commands: dict[int, CommandRow] = {}
    last_command: int = 0

    def is_done(self, mark: Mark) -> bool:
        """Tell whether an update needs no turn any more."""
        return mark in self.marks or mark in self.older

    def is_settled(self, mark: Mark) -> bool:
        """Tell whether an update is done, quarantined or in the inbox."""
        return self.is_done(mark) or mark in self.inbox or mark in self.quarantine

    def turn_over(self, now: float, marks_s: float) -> None:
        """Forget the older marks and begin a new set, if it is time."""
        if self.since is None:
            self.since = now
        if now - self.since < marks_s:
            return
        self.older, self.marks = self.marks, set(self.quarantine)
        self.numbers_used = {
            k: v for k, v in self.numbers_used.items() if self._is_kept(k[0], v[1])
        }
        self.intents = {k: v for k, v in self.intents.items() if self._is_kept(k[0], v[1])}
        self.observed = {k: v for k, v in self.observed.items() if self._is_kept(k[0], v)}
        self.round += 1
        self.since = now

    def forget(self, before: float) -> None:
        """Forget messages, payloads and finished commands older than a moment."""
        for row in [row for row in self.messages.values() if row.at < before]:
            del self.messages[row.delivery]
            self.by_message.pop((row.account, row.chat, row.message_id), None)
        self.payloads = {k: row for k, row in self.payloads.items() if row.at >= before}
        self.commands = {
            k: row for k, row in self.commands.items() if row.at >= before or row.ok is None
        }

    def _is_kept(self, mark: Mark, since: int) -> bool:
        return since >= self.round or mark in self.inbox or mark in self.quarantine
