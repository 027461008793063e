"""How deliveries end: written down, counted, and told to whoever waits for it."""

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from posthouse.delivery.surroundings import Surroundings
from posthouse.errors import MessageGoneError, RejectedError
from posthouse.ports.changes import Change, Settle
from posthouse.ports.records import DeliveryRow, DeliveryState, MessageRow

OnEnd: TypeAlias = Callable[[DeliveryState], None]
# A member's look-up through its class costs as much as a call.
_SENT, _UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN


GONE = "the message is gone: "
"""How the reason begins that is kept of a refusal because of a message that is not there."""


def reason(error: RejectedError) -> str:
    """Return the reason of a refusal as it is kept."""
    return f"{GONE}{error}" if isinstance(error, MessageGoneError) else str(error)


def reason_of(kept: str | None) -> tuple[str | None, bool]:
    """Return what the messenger said, and whether the message to change was not there."""
    if kept is None or not kept.startswith(GONE):
        return kept, False
    return kept.removeprefix(GONE), True


class Outcomes:
    """Records how the deliveries of one bot stand."""

    def __init__(self, account: int, around: Surroundings) -> None:
        self._account = account
        self._around = around
        self._ids: dict[int, str] = {}
        self._watchers: dict[int, list[OnEnd]] = {}
        self.counts: Counter[DeliveryState] = Counter()
        """How deliveries ended since the start."""
        self.doubtful: dict[str, float] = {}
        """Chats with a delivery of unknown end, and when that ended, monotonic."""
        self.unknown: set[int] = set()
        """Deliveries whose end nobody knows."""

    def record(
        self,
        row: DeliveryRow,
        state: DeliveryState,
        *,
        error: str | None = None,
        slot: int = -1,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Write down how a delivery stands now; `then` is called once that is durable."""
        row.state = state
        if state is _UNKNOWN:
            self.doubtful[row.chat] = self._around.clock.monotonic()
        settle = Settle(row.id, state, None, error, row.not_before, row.attempts)
        self._write(row, settle, slot, then)

    def sent(
        self, row: DeliveryRow, message_id: str | None, *, message: int | None, slot: int = -1
    ) -> None:
        """Write down that a delivery was sent.

        The message's own id is kept under the key `message`, if at all.
        """
        row.state = _SENT
        if message_id is None or message is None:
            if slot < 0:  # nobody waits for it
                self._note(row, Settle(row.id, _SENT))
            else:
                self._write(row, Settle(row.id, _SENT), slot)
            return
        kept = self.message(message, message_id, chat=row.chat)
        self._ids[message] = message_id
        settle = Settle(row.id, _SENT, kept)
        self._write(row, settle, slot, lambda: self._ids.pop(message, None))

    def ended(self, key: int, state: DeliveryState) -> None:
        """Count an end and tell whoever waits for it."""
        self.counts[state] += 1
        if state is _UNKNOWN:
            self.unknown.add(key)
        if self._watchers:
            for tell in self._watchers.pop(key, ()):
                tell(state)

    def watch(self, key: int, tell: OnEnd) -> None:
        """Let somebody know how a delivery ends."""
        self._watchers.setdefault(key, []).append(tell)

    def ignore(self, key: int) -> None:
        """Forget who wants to know: the delivery never was, or ended before."""
        self._watchers.pop(key, None)

    def message(self, key: int, message_id: str, *, chat: str) -> MessageRow:
        """Return what is kept of one of our messages."""
        moment = self._around.clock.timestamp()
        return MessageRow(
            delivery=key, account=self._account, chat=chat, message_id=message_id, at=moment
        )

    async def id_of(self, key: int) -> str | None:
        """Return a message's own id, also while that is being committed."""
        known = self._ids.get(key)
        if known is None and (found := await self._around.store.message_of(key)) is not None:
            known = found.message_id
        return known

    async def forget_swept(self) -> None:
        """Forget which ends are unknown where the database has forgotten the delivery."""
        before = set(self.unknown)
        if not before:
            return
        await self.durable()  # else a row that is still on its way would seem to be gone
        left, after = set(), 0
        unknown = (DeliveryState.UNKNOWN,)
        while rows := await self._around.store.outbox(
            account=self._account, states=unknown, after=after
        ):
            after = rows[-1].id
            left |= {row.id for row in rows}
        self.unknown -= before - left

    async def durable(self) -> None:
        """Wait until everything recorded so far is in the database."""
        await self._around.writer.write(Change())

    def _note(self, row: DeliveryRow, settle: Settle) -> None:
        """Write without anybody waiting; what follows rides in the same transaction."""
        note = self._around.writer.note
        note(settle)
        if row.guard is not None:
            for write in self._around.guards.follow(row.guard, row.state):
                note(write)

    def _write(
        self,
        row: DeliveryRow,
        settle: Settle,
        slot: int,
        then: Callable[[], object] | None = None,
    ) -> None:
        if slot < 0 and then is None:
            self._note(row, settle)
            return

        def done(_: Change) -> None:
            self._around.journal.leave(slot)
            if then is not None:
                then()

        change = Change()
        change.writes.append(settle)
        if row.guard is not None:
            change.writes.extend(self._around.guards.follow(row.guard, row.state))
        change.done = done
        self._around.writer.submit(change)
