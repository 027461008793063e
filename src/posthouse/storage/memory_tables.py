"""The rows of the in-memory store."""

from msgspec import Struct

from posthouse.ports.changes import PutNative, PutPayload, PutStanding, SetAside
from posthouse.ports.records import (
    ENDED,
    DeliveryRow,
    InboxRow,
    Mark,
    MessageRow,
    PartRow,
    QuarantineRow,
    TimerRow,
)
from posthouse.ports.store import CommandRow, Retention, StateKey, StateRead


class Tables(Struct):
    """Dictionaries in place of tables."""

    accounts: dict[tuple[str, str], int] = {}
    bots: dict[int, str] = {}
    """What the bot of an account is called."""
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
    media: dict[str, float] = {}
    """When it was last wanted, by key."""
    media_uses: set[tuple[int, str]] = set()
    """Message and key."""
    natives: dict[tuple[int, str, str], PutNative] = {}
    """By account, key and form."""
    timers: dict[str, TimerRow] = {}
    parts: list[PartRow] = []
    aliases: dict[tuple[int, str], str] = {}
    """Ids of chats now, by account and id before."""
    standing: dict[tuple[int, str], PutStanding] = {}
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

    def forget(self, now: float, keep: Retention) -> None:
        """Forget what is over and older than it needs to be."""
        before = now - keep.messages_s
        for row in [row for row in self.messages.values() if row.at < before]:
            del self.messages[row.delivery]
            self.by_message.pop((row.account, row.chat, row.message_id), None)
        self.payloads = {k: row for k, row in self.payloads.items() if row.at >= before}
        self.commands = {
            k: row for k, row in self.commands.items() if row.at >= before or row.ok is None
        }
        self._forget_failures(now, keep)
        self.parts = [
            row
            for row in self.parts
            if row.received >= now - (keep.marks_s if row.handled else keep.quarantine_s)
        ]
        self._forget_media(now - keep.media_s)

    def _forget_failures(self, now: float, keep: Retention) -> None:
        before = now - keep.ended_s
        self.outbox = {
            k: row
            for k, row in self.outbox.items()
            if row.created >= before or row.state not in ENDED
        }
        before = now - keep.quarantine_s
        self.quarantine = {k: row for k, row in self.quarantine.items() if row.at >= before}
        self.set_aside = [row for row in self.set_aside if row.at >= before]

    def _forget_media(self, before: float) -> None:
        edited = {row.target for row in self.outbox.values()}
        self.media_uses = {
            use
            for use in self.media_uses
            if use[0] in self.outbox or use[0] in self.messages or use[0] in edited
        }
        used = {key for _, key in self.media_uses}
        self.media = {k: at for k, at in self.media.items() if at >= before or k in used}
        self.natives = {
            k: row for k, row in self.natives.items() if row.at >= before or row.key in self.media
        }

    def _is_kept(self, mark: Mark, since: int) -> bool:
        return since >= self.round or mark in self.inbox or mark in self.quarantine
