"""Lanes: one queue per (bot, chat), the unit of order."""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

from posthouse.engine.bot import BotRuntime
from posthouse.model.update import ChatUpdate
from posthouse.ports.adapter import Incoming, OnSettled, Rider, Settled
from posthouse.ports.records import Mark
from posthouse.ports.store import StateKey, StateRead
from posthouse.turn.turn import Turn


class Stage(Enum):
    """How far an update is."""

    QUEUED = 0
    RUNNING = 1
    COMMITTING = 2
    OVER = 3


class Entry:
    """An update that is not settled, from its receipt to its commit."""

    # Defaults stand on the class: an entry is made for every update, and most leave them be.
    in_inbox = False
    """Its inbox row is durable."""
    awaits_inbox = False
    """Its inbox row is being committed, and it must not run before."""
    spilling = False
    """Its inbox row is being committed."""
    trimmed = False
    """Its body is in the inbox only."""
    aside = False
    """It never was its lane's current update: it was set aside while others were."""
    fresh = True
    """No earlier run of it can have left intents or numbers in the database."""
    late = False
    answered_s: float | None = None
    """When its press was answered outside the lane, monotonic."""
    cut = ""
    """Why it was cut: "" or "timeout" or "stop"."""
    attempts = 0
    """Times a process died while it ran."""
    tries = 0
    """Times its handler raised."""
    reruns = 0
    """Times its commit lost to another one."""
    conflicts = 0
    """Times a statement of its commit failed."""
    slot = -1
    """Its slot in the journal while it runs."""
    started_s = 0.0
    conflict: Exception | None = None
    """Why its last commit failed."""
    timer_due: float | None = None
    """For timers: the moment whose row the turn takes."""
    by_clock = False
    """For timers: the clock let it in, as opposed to the message that closed its album."""
    album: str | None = None
    """For albums: the messenger's own id."""
    parts = 0
    """For albums: how many parts this run has had."""
    rider: Rider | None = None
    """The newest request that brought it, while that is open."""
    observed: Callable[[], None] | None = None
    """Goes on when the observer that runs has ended."""
    task: asyncio.Task[None] | None = None
    turn: Turn | None = None
    states: list[StateRead] = []  # noqa: RUF012  replaced, never changed in place, before the first use
    """Conversation rows as this turn finds and leaves them, in the order of the bot's scopes."""
    keys: list[StateKey] = []  # noqa: RUF012  replaced, never changed in place
    """Keys of these rows."""
    locks: tuple[str, ...] = ()

    def __init__(self, incoming: Incoming, mark: Mark, lane: "Lane", *, received_s: float) -> None:
        self.incoming = incoming
        self.mark = mark
        self.lane = lane
        self.received_s = received_s
        """Monotonic."""
        self.update: ChatUpdate | None = incoming.update
        self.stage = Stage.QUEUED
        self.callbacks: list[OnSettled] = []
        self.numbers: dict[str, int] = {}
        self.intents: dict[str, Any] = {}

    def settle(self, how: Settled) -> None:
        """Tell everybody who waits that the update is durable."""
        callbacks, self.callbacks = self.callbacks, []
        for callback in callbacks:
            callback(how)


class Owner(Protocol):
    """Who keeps a bot's lanes and the updates in them."""

    def over(self, entry: Entry) -> None:
        """Forget an update that is settled."""

    def emptied(self, lane: "Lane") -> None:
        """Forget a lane with nothing in it."""


class Lane:
    """The queue of one chat of one bot; at most one of its updates is under way."""

    __slots__ = ("bot", "current", "key", "owner", "queue", "spilled")

    def __init__(self, bot: BotRuntime, key: str, owner: Owner) -> None:
        self.bot = bot
        self.owner = owner
        self.key = key
        self.queue: deque[Entry] = deque()
        self.current: Entry | None = None
        self.spilled = 0
        """Queued updates that are in the inbox."""


def lane_key(incoming: Incoming) -> str:
    """Return an update's lane: its chat, else its person.

    Payments and inline queries have one each.
    """
    if incoming.fast:
        return f"!{incoming.update_id}"
    return incoming.chat if incoming.chat is not None else f"@{incoming.person}"
