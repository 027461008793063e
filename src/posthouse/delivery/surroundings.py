"""What an outbox works with."""

from collections.abc import Callable, Collection, Coroutine
from typing import Any, Protocol

from msgspec import Struct

from posthouse.delivery.guards import Guards
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer


class SendJournal(Protocol):
    """The part of the engine's journal that deliveries need."""

    @property
    def trusted(self) -> bool:
        """Whether the journal of the process before could be read."""

    def sending(self, account: int, delivery: int) -> int:
        """Note that a delivery is about to leave; return its slot, or -1 when none is free."""

    def was_sending(self, account: int, delivery: int) -> bool:
        """Return whether the process before may have sent it."""

    def leave(self, slot: int) -> None:
        """Free a slot."""


class Surroundings(Struct, kw_only=True, eq=False):
    """What an outbox works with."""

    store: Store
    writer: Writer
    clock: Clock
    journal: SendJournal
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    guards: Guards
    shut: Collection[tuple[int, str]]
    """Chats, by account, to which nothing goes: those of persons who are banned."""
    before_send: Callable[[], None]
    """Commit points, for crash tests."""
    after_send: Callable[[], None]
