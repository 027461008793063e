"""The engine: puts the parts together, in an order that loses nothing at start and at stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from posthouse.delivery.guards import Guards
from posthouse.delivery.outbox import Outbox
from posthouse.delivery.surroundings import Surroundings
from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.commands import Commands
from posthouse.engine.committer import Committer, GroupDatabase
from posthouse.engine.compose import Composer
from posthouse.engine.intake import Intake
from posthouse.engine.journal import Journal
from posthouse.engine.keys import DeliveryKeys, Numbers
from posthouse.engine.media import MediaDesk
from posthouse.engine.points import Point, Points
from posthouse.engine.sequels import Sequels
from posthouse.engine.states import StateCache, StateLoader
from posthouse.engine.supervisor import Supervisor
from posthouse.engine.threads import Threads
from posthouse.engine.timers import Timers
from posthouse.engine.turns import Turns
from posthouse.engine.watch import BLOCKED_FOR_LONG_S, MOST_ABANDONED, Watch, Watchdog
from posthouse.model.outgoing import Departure
from posthouse.payloads import Keys
from posthouse.people.crowd import People
from posthouse.ports.adapter import Adapter
from posthouse.ports.changes import Change, Execute
from posthouse.ports.clock import Clock
from posthouse.ports.records import NEVER, TimerRow
from posthouse.ports.store import Retention, Store
from posthouse.storage.media import MediaFolder
from posthouse.turn.providing import Modules

log = logging.getLogger("posthouse.engine")

SWEEP_EVERY_S = 3600.0


class Engine:
    """Receives, runs, commits and delivers for all bots of a site.

    Args:
        store: Opened already.
        supervisor: Entered already; owns every task.
        media: Where content of photos and files is kept.
        keep: How long is kept what is over.
        journal: Path of the journal file, or None to keep it in memory.
        keys: Signs button payloads.
        points: Commit points, for crash tests.
    """

    def __init__(  # noqa: PLR0913  made in one place, everything by name
        self,
        store: Store,
        *,
        supervisor: Supervisor,
        clock: Clock,
        keys: Keys,
        modules: Modules,
        media: MediaFolder,
        keep: Retention | None = None,
        journal: Path | None = None,
        points: Points | None = None,
    ) -> None:
        self.points = points or Points()
        self.guards = Guards()
        self.arrivals: set[Callable[[], object]] = set()
        """Called when a bot came while the site runs."""
        self._store = store
        self._clock = clock
        self.keys = keys
        self.store = store
        self.supervisor = supervisor
        self._journal = Journal(journal)
        self.committer = Committer(store, clock=clock, points=self.points)
        self.database = GroupDatabase(store, self.committer)
        self.media = MediaDesk(media, store, self.committer, clock)
        cache = StateCache()
        self._loader = StateLoader(store, cache, clock)
        self._threads = Threads()
        self._desk = Desk(
            store=store,
            writer=self.committer,
            clock=clock,
            points=self.points,
            loader=self._loader,
            keys=DeliveryKeys(store, supervisor.spawn),
            numbers=Numbers(store, self.points),
            modules=modules,
            threads=self._threads,
            spawn=supervisor.spawn,
        )
        self.turns = Turns(self._desk, journal=self._journal, cache=cache)
        self.intakes: dict[int, Intake] = {}
        self.outboxes: dict[int, Outbox] = {}
        self._timers = Timers(store, clock, self.intakes, supervisor.spawn)
        self.turns.timer_set = self._timer_set
        self._sequels = Sequels(
            store,
            self.committer,
            clock,
            outboxes=self.outboxes,
            spawn=supervisor.spawn,
            due=self._timers.note,
        )
        self.commands = Commands(
            store, self.committer, intakes=self.intakes, outboxes=self.outboxes
        )
        self.people = People(store)
        self._watchdog: Watchdog | None = None
        self._accepting = True
        self._hurried = False
        self._keep = keep or Retention()

    async def open(self) -> None:
        """Start what runs all the time; nothing is routed yet."""
        keep = self.supervisor.keep
        keep("group commit", self.committer.run)
        keep("state loader", self._loader.run)
        await self._desk.keys.open()
        await self.people.load()
        from posthouse.engine.people import register  # noqa: PLC0415  SQLAlchemy is heavy

        register(self.commands, self._store, self.committer, self._clock, people=self.people)
        keep("watch", Watch(self._clock, self.turns, self.intakes, self.outboxes).run)
        keep("commands", lambda: self.commands.run(self._clock))
        keep("sweep", self._sweep)

    def new_key(self) -> int:
        """Return a key for one more delivery.

        Raises StoreUnavailableError when the database has given none for long.
        """
        return self._desk.keys.next()

    def use_modules(self, modules: Modules) -> None:
        """Give handlers what modules provide."""
        self._desk.modules = modules

    def refuse(self) -> None:
        """Accept no further updates; messengers are told to try later."""
        self._accepting = False

    def hurry(self) -> None:
        """Cut what still runs instead of waiting for it; nothing durable is lost."""
        self._hurried = True
        for outbox in self.outboxes.values():
            outbox.hurry()

    def outbox(self, account: int, adapter: Adapter) -> Outbox:
        """Return the outbox of an account."""
        around = Surroundings(
            store=self._store,
            writer=self.committer,
            clock=self._clock,
            journal=self._journal,
            spawn=self.supervisor.spawn,
            guards=self.guards,
            shut=self.people.shut,
            before_send=partial(self.points.reach, Point.BEFORE_SEND),
            after_send=partial(self.points.reach, Point.AFTER_SEND),
        )
        return Outbox(account, adapter, around)

    def add(
        self, bot: BotRuntime, *, outbound: Callable[[Departure], Awaitable[Any]] | None
    ) -> Intake:
        """Add a bot; return where its adapter hands its updates."""
        intake = Intake(
            bot,
            self._desk,
            self.turns,
            self._journal,
            refuses=self._refusal,
            timer_done=partial(self._timers.done, bot.account),
        )
        self.turns.composers[bot.account] = Composer(
            bot,
            keys=self.keys,
            media=self.media,
            next_key=self._desk.keys.next,
            now=self._clock.timestamp,
            monotonic=self._clock.monotonic,
            outbound=outbound,
        )
        marks_s = max(self._keep.marks_s, bot.adapter.profile.marks_s)
        self._keep = msgspec.structs.replace(self._keep, marks_s=marks_s)
        self.media.add(bot.name, bot.account, bot.adapter)
        self.outboxes[bot.account] = bot.outbox
        if bot.journal is not None:
            bot.outbox.journal = bot.journal.told
        self.intakes[bot.account] = intake
        return intake

    async def load(self) -> None:
        """Put what the database holds into its place: inbox into lanes, outbox into queues."""
        for account in list(self.intakes):
            await self.load_bot(account)

    async def load_bot(self, account: int) -> None:
        """Put what the database holds of one bot into its place."""
        intake = self.intakes[account]
        intake.bot.moved.update(await self._store.aliases(account=account))
        intake.albums.restore(await self._store.albums(account=account))
        after = 0
        heads: set[str] = set()
        while rows := await self._store.inbox(account=account, after=after):
            after = rows[-1].seq
            for row in rows:
                died_with = not self._journal.trusted and row.lane not in heads
                heads.add(row.lane)
                intake.restore(row, suspect=died_with)
        await self.outboxes[account].load()
        await self._sequels.load(account)

    def go_bot(self, account: int) -> None:
        """Route and send for a bot that came while the site runs."""
        self.intakes[account].go()
        self.outboxes[account].open()
        self._timers.look()
        for tell in list(self.arrivals):
            tell()

    async def remove(self, account: int, *, within_s: float) -> None:
        """Let one bot's turns end and its deliveries leave, bounded, and forget it.

        Its adapter takes nothing more. What is not done by then waits in the database until the bot
        is there again.
        """
        intake, outbox = self.intakes[account], self.outboxes[account]
        deadline = self._clock.monotonic() + within_s
        while intake.unsettled and self._clock.monotonic() < deadline:
            await self._clock.sleep(0.01)
        intake.leave()
        self.turns.leave(intake.bot)
        await self.committer.drained()
        await outbox.flush(within_s=max(0.5, deadline - self._clock.monotonic()))
        await self.committer.drained()
        del self.intakes[account], self.outboxes[account]
        self._timers.left(account)
        self.media.remove(intake.bot.name)

    def go(self) -> None:
        """Begin to route and to send: every adapter polls."""
        self.turns.open = True
        for intake in self.intakes.values():
            intake.go()
        for outbox in self.outboxes.values():
            outbox.open()
        self.supervisor.keep("timers", self._timers.run)
        self._watchdog = Watchdog(asyncio.get_running_loop())
        self._watchdog.start()

    async def stop(self, *, within_s: float) -> None:
        """Take nothing more, let running turns end, commit, and send what is ready.

        All of it bounded.
        """
        self.refuse()
        deadline = self._clock.monotonic() + within_s
        self.turns.stopping = True
        while self.turns.busy and not self._hurried and self._clock.monotonic() < deadline:
            await self._clock.sleep(0.01)
        for entry in list(self.turns.running):
            log.warning(
                "update %s was cut at stop and runs again at the next start", entry.mark.update_id
            )
            self.turns.cut(entry, "stop")
        try:
            async with asyncio.timeout(max(1.0, deadline - self._clock.monotonic())):
                await self.committer.drained()
                for outbox in list(self.outboxes.values()):
                    await outbox.flush(within_s=max(0.5, deadline - self._clock.monotonic()))
                await self.committer.drained()
        except TimeoutError:
            log.warning(
                "the database did not take everything in time; what is missing is repeated or "
                "pending at the next start"
            )

    @property
    def is_stuck(self) -> bool:
        """Whether a task is left after the stop, which ignores its cancellation."""
        return self.supervisor.given_up

    def freeze(self) -> None:
        """For crash tests: leave the journal as it is, as a process does that dies now."""
        self._journal.freeze()

    def close(self) -> None:
        """Let go of the journal, the threads and the watchdog."""
        self._threads.close()
        self._journal.close(clean=True)
        if self._watchdog is not None:
            self._watchdog.close()

    def problems(self) -> list[str]:
        """Return what is wrong now, a sentence each; empty when the site is healthy."""
        out = list(self.supervisor.troubles.values())
        store = self._store.healthy()
        if store is not None:
            out.append(store)
        if self.committer.failing is not None:
            out.append(self.committer.failing)
        abandoned = self.turns.abandoned + self._threads.abandoned
        if abandoned > MOST_ABANDONED:
            out.append(f"{abandoned} handlers were cut and have not ended")
        asking = sum(outbox.asking for outbox in self.outboxes.values())
        if asking:
            out.append(
                f"nobody knows whether {asking} deliveries arrived; `posthouse outbox list` shows "
                "them, send each again or cancel it"
            )
        blocked_s = self._watchdog.blocked_s() if self._watchdog else 0.0
        if blocked_s > BLOCKED_FOR_LONG_S:
            out.append(f"the event loop has been blocked for {blocked_s:.1f} s")
        return out

    def counters(self) -> dict[str, int]:
        """Return what happened since the start."""
        out = {
            "turns": self.turns.handled,
            "quarantined": self.turns.asides.count,
            "commits": self.committer.commits,
            "unsettled": sum(intake.unsettled for intake in self.intakes.values()),
            "waiting": sum(outbox.waiting for outbox in self.outboxes.values()),
        }
        for outbox in self.outboxes.values():
            for state, count in outbox.counts.items():
                out[state.value] = out.get(state.value, 0) + count
        return out

    def _timer_set(self, row: TimerRow) -> None:
        if row.due < NEVER:
            self._timers.note(row.due)
        else:
            self._sequels.watch(row)

    def _refusal(self) -> str | None:
        if not self._accepting:
            return "the site is stopping; try again in a moment"
        return self.committer.failing

    async def _sweep_journals(self) -> None:
        """Forget what was said long ago."""
        from posthouse.people.rows import (  # noqa: PLC0415  SQLAlchemy is heavy
            having_journals,
            outdated,
        )

        change, now = Change(), self._clock.timestamp()
        for (account,) in await self._store.fetch(having_journals()):
            intake = self.intakes.get(account)
            if intake is None:
                continue  # its bot does not run, and nobody knows what its settings want
            kept = intake.bot.journal
            before = None if kept is None else now - kept.keep.total_seconds()
            change.writes.append(Execute(outdated(account, before)))
        if change.writes:
            await self.committer.write(change)

    async def _sweep(self) -> None:
        while True:
            await self._store.sweep(now=self._clock.timestamp(), keep=self._keep)
            try:
                await self.media.sweep()
            except OSError as error:  # nothing depends on it: the next hour will do
                log.warning("old content of photos and files cannot be removed: %s", error)
            for outbox in list(self.outboxes.values()):
                await outbox.forget_swept()
            await self._sweep_journals()
            await self._clock.sleep(SWEEP_EVERY_S)
