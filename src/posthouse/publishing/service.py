"""Publishing on a running site: what plans who gets an item, and what brings it to them.

How this works: an item that is put leaves a fan-out in the database, in the same transaction. The
planner turns it into receipts, one for each chat that is to get it; the dispatcher lets due
receipts into the outboxes a few hundred at a time, so that pausing and cancelling act at once and
memory stays small; and how each delivery ended is written to its receipt by the commit that records
the end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from posthouse.engine.alarm import Again, Alarm
from posthouse.engine.engine import Engine
from posthouse.engine.supervisor import Supervisor
from posthouse.errors import SetupError, StoreUnavailableError
from posthouse.ports.clock import Clock
from posthouse.publishing.broadcasting.broadcasts import Broadcasts
from posthouse.publishing.desk import Desk
from posthouse.publishing.dispatcher import Dispatcher
from posthouse.publishing.fan_outs import FanOuts
from posthouse.publishing.planner import Planner
from posthouse.publishing.receipts import NAME, Receipts
from posthouse.publishing.sweeping import sweep
from posthouse.publishing.topic import Topic

log = logging.getLogger("posthouse.publishing")

SWEEP_EVERY_S = 3600.0
DATABASE_AGAIN_S = 1.0
"""How soon the database is asked again after it could not be reached."""
Work: TypeAlias = Callable[[], Awaitable[None]]


class Publishing(Desk):
    """The topics of a running site.

    Args:
        engine: Opened already.
        clock: The site's.
        supervisor: Owns the tasks.
        topics: Whose items this site sends; others are left to the site that knows them.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        supervisor: Supervisor,
        topics: Iterable[Topic[Any]] = (),
    ) -> None:
        super().__init__(engine, clock)
        self.supervisor = supervisor
        self.fan_outs = FanOuts(self)
        self.planner = Planner(self)
        self.receipts = Receipts(self)
        self.dispatcher = Dispatcher(self, self.receipts)
        self.broadcasts = Broadcasts(self)
        self.audience = self.broadcasts.audience
        self.is_open = True
        """Until its end; one that could not be opened whole is closed, too."""
        self.closing: list[Callable[[], object]] = []
        """Called at the end."""
        self._begins: list[tuple[str, Work]] | None = []
        """What is to be kept running from `go` on."""
        for topic in topics:
            self.add(topic)

    def add(self, topic: Topic[Any]) -> None:
        """Send the items of a topic; raises SetupError when another one has its name."""
        known = self.topics.setdefault(topic.name, topic)
        if known is not topic:
            raise SetupError(f"two topics are called {topic.name!r}; rename one")
        topic.listeners.add(self.wake)

    # --- from start to end

    def begin(self, name: str, work: Work) -> None:
        """Keep something running from `go` on, so that of what fails to open nothing runs."""
        if self._begins is None:
            self.supervisor.keep(name, work)
        else:
            self._begins.append((name, work))

    async def open(self) -> None:
        """Take part in sending; nothing is planned before `go`."""
        self.engine.guards.register(NAME, self.receipts.holds, ended=self.receipts.ended)
        self.fan_outs.register(self.engine.commands)
        self.broadcasts.register(self.engine.commands)
        self.engine.arrivals.add(self.wake)

    def go(self) -> None:
        """Begin to plan and to send."""
        self.begin("publishing: planner", self._planning)
        self.begin("publishing: dispatcher", self._sending)
        self.begin("publishing: broadcasts", self._looking)
        self.begin("publishing: sweep", self._sweeping)
        begins, self._begins = self._begins or [], None
        for name, work in begins:
            self.supervisor.keep(name, work)

    async def aclose(self) -> None:
        """Let go of the topics; the supervisor ends the tasks."""
        self.is_open = False
        self.engine.arrivals.discard(self.wake)
        for close in self.closing:
            close()
        for topic in self.topics.values():
            topic.listeners.discard(self.wake)

    # --- tasks

    async def _planning(self) -> None:
        await self._repeat(self.to_plan, self.planner.round)

    async def _sending(self) -> None:
        await self.dispatcher.load()
        self.supervisor.spawn(self.dispatcher.warm())
        await self._repeat(self.to_send, self.dispatcher.round)

    async def _looking(self) -> None:
        await self._repeat(self.to_look, self.broadcasts.round)

    async def _sweeping(self) -> None:
        while True:
            await sweep(self)
            await self.clock.sleep(SWEEP_EVERY_S)

    async def _repeat(self, wake: asyncio.Event, work: Callable[[], Awaitable[Again]]) -> None:
        """Work whenever woken, and when the work says."""
        alarm = Alarm(self.clock, wake, self.supervisor.spawn)
        while True:
            wake.clear()
            try:
                again = await work()
            except StoreUnavailableError as error:
                log.warning("publishing waits for the database: %s", error)
                again = Again(in_s=DATABASE_AGAIN_S)
            alarm.set(again.at, in_s=again.in_s)
            await wake.wait()
