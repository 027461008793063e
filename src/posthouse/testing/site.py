"""`TestSite`: a site in a test, its persons, its time, and what becomes of everything."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from posthouse.engine.engine import Engine
from posthouse.engine.lanes import Entry, Stage
from posthouse.engine.points import Point, Points
from posthouse.errors import ConflictError, SetupError
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.update import ChatUpdate, Message
from posthouse.ports.records import QuarantineRow
from posthouse.ports.store import CommandRow
from posthouse.testing.clock import FakeClock
from posthouse.testing.crash import Crash
from posthouse.testing.life import Life, WatchedSite
from posthouse.testing.messenger import MESSENGER, FakeMessenger, Shown, Told
from posthouse.testing.people import Around, FakePerson
from posthouse.testing.store import WatchedStore
from posthouse.testing.threads import threads

PATIENCE_S = 5.0
"""Real seconds to wait for a handler or command that waits for something besides the clock."""
LOOK_EVERY_S = 0.02
"""Real seconds from one look whether a command has ended to the next."""
GRACE_S = 0.05
"""Real seconds that handlers get at a stop before the clock begins to run."""
LONGEST_S = 300.0
"""Seconds on the clock in which an update must have come to its end."""


class TestSite:
    """A site in a test: persons, time, and what becomes of everything; made by `play`."""

    __test__ = False  # pytest: this is no test

    def __init__(
        self,
        make: Callable[["TestSite", Points], WatchedSite],
        *,
        messenger: FakeMessenger,
        clock: FakeClock,
        patience_s: float,
    ) -> None:
        self.messenger = messenger
        self.clock = clock
        self.unclaimed: list[ChatUpdate] = []
        """Messages and presses that no app took."""
        self.revives = False
        """Start again by itself after a crash, as under a supervisor of the operating system."""
        self.reorders = False
        """Hand over what was done with wait=False with chats out of order."""
        self.hits: Counter[Point] = Counter()
        """How often each commit point was reached in the lives that are over."""
        self._make = make
        self._patience_s = patience_s
        self._group = asyncio.TaskGroup()
        self._life: Life | None = None
        self._lines: list[str] = []
        self._set_aside: list[QuarantineRow] = []
        self._people: dict[tuple[str, str], FakePerson] = {}
        self._crash: tuple[Point, int] | None = None
        self._threads = threads()
        messenger.watch = self._lines.append
        clock.idle.append(self._idle)

    def __repr__(self) -> str:
        return f"<TestSite: {len(self._people)} persons>"

    # --- persons and chats

    def person(
        self,
        name: str,
        *,
        chat: str | None = None,
        kind: ChatKind = ChatKind.GROUP,
        bot: str | None = None,
        id: str | None = None,
        language: str = "en",
    ) -> FakePerson:
        """Return somebody, in a private chat with the bot or in the chat that is named.

        Args:
            name: Shown to others; the same name is the same person.
            chat: Raw id of a chat with others.
            kind: What sort of chat that is.
            bot: Which bot, where the site has several; the first if left out.
            id: Raw id of the person; the name in lower case if left out.
            language: IETF language tag.
        """
        bot = bot or next(iter(self.life.site.bots)).name
        person = Person(id=id or name.lower(), name=name, language=language)
        raw = chat or person.id
        known = self._people.get((raw, person.id))
        if known is None:
            place = Chat(
                id=raw,
                bot=bot,
                messenger=MESSENGER,
                kind=kind if chat else ChatKind.PRIVATE,
                title=name if chat is None else chat,
            )
            self.messenger.chats.setdefault(raw, place)
            known = self._people[raw, person.id] = FakePerson(person, place, self._around())
        return known

    def chat(self, id: str) -> list[Shown]:
        """Return what a chat shows, the oldest first."""
        return self.messenger.shown_in(id)

    # --- time

    async def later(self, by: timedelta | float) -> None:
        """Let time pass, a `timedelta` or seconds: timers come due, retries and spills happen."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        self._lines.append(f"-- {timedelta(seconds=seconds)} later")
        await self.settle()
        await self.clock.advance(by)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing can happen without time passing."""
        with suppress(Crash):
            self.messenger.release(reordered=True)
        await self.clock.settle()
        while await self._revived():
            await self.clock.settle()

    # --- what became of it all

    @property
    def quarantine(self) -> list[QuarantineRow]:
        """What was set aside since the beginning, in order."""
        return [*self._set_aside, *(self._life.store.set_aside if self._life else ())]

    @property
    def transcript(self) -> str:
        """Everything that was said and done, a line each."""
        return "\n".join(self._lines)

    @property
    def crashed(self) -> Point | None:
        """Where the process died, or None while it lives."""
        return self.life.crashed

    @property
    def engine(self) -> Engine:
        """The engine that runs now."""
        return self.life.engine

    @property
    def store(self) -> WatchedStore:
        """The store that is open now; it can be broken and held."""
        return self.life.store

    @property
    def life(self) -> Life:
        """The site's present life."""
        if self._life is None:
            raise SetupError("the site has not been started; use `async with play(app) as site:`")
        return self._life

    async def command(self, kind: str, **args: Any) -> str:
        """Give the site a command as the command line does, and return what it says.

        One that waits for something real, such as a server's answer, is waited for; a second passes
        on the clock at each look. Raises ConflictError with the site's sentence when it failed;
        returns nothing when the site died of it.
        """
        now = self.clock.now().timestamp()
        id = await self.life.store.add_command(kind, json.dumps(args), at=now)
        row = await self._ended(kind, id)
        if row is None:
            return ""
        if not row.ok:
            raise ConflictError(row.result)
        await self.settle()
        return str(row.result)

    # --- stop, crash, restart

    def crash_at(self, point: Point, nth: int = 1) -> None:
        """Let the process die when a commit point is reached for the nth time from now on.

        Nothing durable happens after that: the store, the journal and the messenger are cut off
        first, then everything that runs is cancelled. What was not acknowledged is handed over
        again after `restart`.
        """
        self.life.crash_at(point, nth)

    def kill(self) -> None:
        """Let the process die here and now."""
        self.life.die(Point.RECEIVED)

    async def stop(self) -> None:
        """Stop the site as a signal does; it may be started again."""
        self.life.end()
        await self._until_handlers_rest()
        async with self.clock.running():
            await self.life.stop()
        self._bury()

    async def restart(self) -> None:
        """Start the site again on what it left behind; one that runs is stopped first."""
        await self.stop()
        self._lines.append("-- restart")
        await self.start()

    async def start(self) -> None:
        """Start the site."""
        life = self._life = Life(lambda points: self._make(self, points), died=self._died)
        if self._crash is not None:
            life.crash_at(*self._crash)
            self._crash = None
        self._group.create_task(life.run())
        await life.begin()
        await self.clock.settle()

    async def __aenter__(self) -> "TestSite":
        await self._group.__aenter__()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._group.__aexit__(None, None, None)

    def crash_at_start(self, point: Point, nth: int = 1) -> None:
        """Let the next life die, while it starts perhaps."""
        self._crash = (point, nth)

    def saw_unclaimed(self, update: ChatUpdate) -> None:
        """For `play`: nobody took an update."""
        if isinstance(update, Message) and update not in self.unclaimed:
            self.unclaimed.append(update)
            self._lines.append("   (nobody took it)")

    # --- inside

    async def _ended(self, kind: str, id: int) -> CommandRow | None:
        """Wait until a command has ended; return its row, or None when the site died of it."""
        try:
            async with asyncio.timeout(self._patience_s):
                while True:
                    await self.clock.advance(1.0)
                    if self.crashed is not None:
                        return None
                    row: CommandRow | None = await self.life.store.command(id)
                    if row is not None and row.ok is not None:
                        return row
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise AssertionError(
                f"command {kind} has not ended after {self._patience_s:g} s; so far:\n"
                f"{self.transcript}"
            ) from None

    async def _until_handlers_rest(self) -> None:
        """Give handlers that wait for something real a moment before the clock begins to run."""
        for _ in range(int(GRACE_S / 0.001)):
            await self.clock.settle()
            running = self._life.engine.turns.running if self._life and self._life.is_up else ()
            if all(self.clock.is_waiting(entry.task) for entry in running):
                return
            await asyncio.sleep(0.001)

    def _bury(self) -> None:
        life = self.life
        self._set_aside.extend(life.store.set_aside)
        life.store.set_aside.clear()
        self.hits.update(life.hits)
        life.hits.clear()

    def _died(self, point: Point) -> None:
        self._lines.append(f"-- the process died at {point.value!r}")

    async def _idle(self) -> bool:
        life = self._life
        if life is None or life.is_over.is_set() or life.site.store is None:
            return False
        if await life.store.idle() or await life.engine.media.folder.idle():
            return True
        if await self._threads.idle(self._patience_s):
            return True
        return life.is_up and life.engine.committer.commit_notes()

    async def _revived(self) -> bool:
        if not self.revives or self.crashed is None:
            return False
        await self.restart()
        return True

    def _around(self) -> Around:
        return Around(
            self.messenger,
            now=self.clock.now,
            happens=self._happens,
            until_done=self._until_done,
            transcript=lambda: f"; so far:\n{self.transcript}",
        )

    def _happens(self, update: ChatUpdate, group: str | None) -> Told:
        if self.reorders:
            self.messenger.hold()
        with suppress(Crash):  # the site died of it; the update is handed over again
            self.messenger.tell(update, group=group)
        return self.messenger.updates[update.id]

    async def _until_done(self, told: Told) -> None:
        """Wait until an update is done, letting as little time pass as that takes."""
        begun_s, real_s, most_s = self.clock.monotonic(), 0.0, 0.5
        while True:
            await self.settle()
            if self.crashed is not None:
                return
            entry = self._entry(told)
            if entry is None and told.settled and not self._is_coming(told):
                return
            if entry is not None and self._runs(entry):
                real_s += 0.001
                await asyncio.sleep(0.001)
            else:
                most_s *= 2
                await self.clock.step(most_s)
            if real_s > self._patience_s or self.clock.monotonic() - begun_s > LONGEST_S:
                raise AssertionError(self._complaint(told, entry))

    def _entry(self, told: Told) -> Entry | None:
        for intake in self.engine.intakes.values():
            if intake.bot.name == told.bot and (entry := intake.find(told.update.id)) is not None:
                return entry
        return None

    def _is_coming(self, told: Told) -> bool:
        """Whether the album that an update is a part of is not handled yet."""
        if told.group is None:
            return False
        chat = told.update.chat.id
        return any(
            intake.albums.is_coming(chat) or intake.has_album(chat)
            for intake in self.engine.intakes.values()
            if intake.bot.name == told.bot
        )

    def _runs(self, entry: Entry) -> bool:
        """Whether the chat's handler waits for something that is not the clock."""
        current = entry.lane.current
        if current is None or current.stage is not Stage.RUNNING:
            return False
        return not self.clock.is_waiting(current.task)

    def _complaint(self, told: Told, entry: Entry | None) -> str:
        what = f"update {told.update.id} is not done"
        current = entry.lane.current if entry is not None else None
        if current is not None and current.turn is not None:
            what += f": {current.turn.route or 'a middleware'} waits for something"
        return (
            f"{what}; if the test is to let it happen, pass wait=False and settle() later. "
            f"So far:\n{self.transcript}"
        )
