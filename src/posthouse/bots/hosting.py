"""The bots of a running site: those it was made with, and those that come and go meanwhile."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Iterable, Sequence
from pathlib import Path

from posthouse.bots.bot import Bot
from posthouse.bots.hosted import Around, Hosted
from posthouse.bots.making import Maker
from posthouse.bots.rows import BotRow, Memory, Rows
from posthouse.engine.supervisor import Supervisor
from posthouse.errors import AdapterError, SetupError
from posthouse.turn.use import Needed

log = logging.getLogger("posthouse.bots")

A_FEW = 20
"""Bots that are made without letting anything else run meanwhile."""
MOST_SHOWN = 20
"""Bots in trouble that are listed by name."""
MOST_IN_ORDER = 100
"""Bots that stop one after another; further ones stop beside each other."""
MOST_AT_ONCE = 64
"""How many of these stop at the same time."""
FIRST_WITHIN_S = 5.0
"""How long whoever adds a bot is kept waiting to learn whether it could log in."""


class Hosting:
    """Starts, watches and stops bots, each for itself.

    Args:
        around: What they share.
        supervisor: Owns their tasks.
        rows: Bots of the database.
        maker: Makes bots of rows.
        stop_s: How long a bot that leaves may take to end what it has begun.
    """

    def __init__(
        self, around: Around, *, supervisor: Supervisor, rows: Rows, maker: Maker, stop_s: float
    ) -> None:
        self._around = around
        self._supervisor = supervisor
        self.rows = rows
        self.maker = maker
        self._stop_s = stop_s
        self.all: dict[str, Hosted] = {}
        """By name."""
        self.refused: dict[str, str] = {}
        """Rows that no bot could be made of, and why."""

    # --- starting with the site

    async def read(self) -> list[BotRow]:
        """Return the rows, once it is sure that the keys open all of them; raises SetupError."""
        rows = await self.rows.all()
        for row in rows:
            self.maker.keys.require(row.sealed, bot=row.name)
        if rows:
            self._around.folders.update(await asyncio.to_thread(_inside, self._around.folder))
            numbers = await self.rows.accounts()
            self._around.numbers.update(numbers)
            self._around.idle.update({*numbers.values()} - await self.rows.busy())
        return rows

    async def begin(self, bots: Sequence[Bot], *, alone: bool) -> None:
        """Log in the bots the site was made with, one after another.

        One that cannot is tried again once the site runs. Raises AdapterError when no bot at all
        can, and no row could take its place.

        Args:
            bots: In this order.
            alone: There are no rows.
        """
        first: AdapterError | None = None
        for bot in bots:
            hosted = self.all[bot.name] = Hosted(bot, self._around)
            try:
                await hosted.log_in()
            except AdapterError as error:
                first = first or error
                hosted.failed(error)
        if first is not None and alone and all(each.trouble for each in self.all.values()):
            raise first

    def go(self, rows: Iterable[BotRow]) -> None:
        """Let every bot poll, and start those of rows beside each other."""
        for hosted in self.all.values():
            self._spawn(hosted)
        enabled = [row for row in rows if row.enabled]
        if enabled:
            self._supervisor.spawn(self._host_all(enabled), name="bots of the database")

    # --- while the site runs

    def check(self, uses: Iterable[Needed]) -> None:
        """Raise ProvideError for what no module provides."""
        self._around.modules.check(uses)

    async def add(self, bot: Bot, memory: Memory | None = None) -> Hosted:
        """Start a bot; return once it has logged in, or failed to, or takes long.

        Raises SetupError when its name is taken.
        """
        if bot.name in self.all:
            raise SetupError(f"the site has a bot called {bot.name} already; choose another name")
        hosted = self.all[bot.name] = Hosted(bot, self._around, memory)
        hosted.tried = asyncio.Event()
        self._spawn(hosted)
        await self._first(hosted)
        return hosted

    async def add_row(self, row: BotRow) -> Hosted:
        """Start the bot of a row."""
        bot = await self.maker.make(row)
        self.refused.pop(row.name, None)
        return await self.add(bot, Memory(row, self.rows))

    async def remove(self, name: str, *, for_good: bool = False) -> None:
        """Stop a bot and forget it; the others are not disturbed.

        Args:
            name: Which one.
            for_good: It will not come back: its messenger is told so.

        Raises SetupError when it does not run.
        """
        self.refused.pop(name, None)
        hosted = self.all.pop(name, None)
        if hosted is None:
            raise SetupError(f"the site runs no bot called {name}")
        shared = (endpoint for each in self.all.values() for endpoint in each.endpoints)
        await hosted.leave(within_s=self._stop_s, shared=shared, for_good=for_good)
        log.info("bot %s has left", name)

    # --- stopping with the site

    async def stop_polling(self) -> None:
        """Let every bot take nothing more: hubs first, then the others, the last one first."""
        hubs = [each for each in self._backwards if each.bot.spokes]
        plain = [each for each in self._backwards if not each.bot.spokes]
        for hosted in (*hubs, *plain[:MOST_IN_ORDER]):
            await hosted.stop_polling()
        await _together(each.stop_polling() for each in plain[MOST_IN_ORDER:])

    async def aclose(self) -> None:
        """Let every bot end, the last one first."""
        backwards = self._backwards
        for hosted in backwards[:MOST_IN_ORDER]:
            await hosted.aclose()
        await _together(each.aclose() for each in backwards[MOST_IN_ORDER:])

    # --- what health asks

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong with single bots, by name."""
        return self.refused | {
            name: each.trouble for name, each in self.all.items() if each.trouble
        }

    def listed(self) -> list[str]:
        """Return what is wrong with single bots, the first few of them."""
        wrong = list(self.troubles.values())
        more = len(wrong) - MOST_SHOWN
        shown = wrong[:MOST_SHOWN]
        return [*shown, f"and {more} more bots"] if more > 0 else shown

    @property
    def is_any_well(self) -> bool:
        """Whether at least one bot runs, or none is meant to."""
        if not self.all and not self.refused:
            return True
        return any(each.is_well for each in self.all.values())

    # --- inside

    @property
    def _backwards(self) -> list[Hosted]:
        return list(reversed(self.all.values()))

    async def _host_all(self, rows: Iterable[BotRow]) -> None:
        """Start the bots of rows, a few in every pass of the event loop."""
        for number, row in enumerate(rows):
            await self._host(row)
            if number % A_FEW == 0:
                await asyncio.sleep(0)

    async def _host(self, row: BotRow) -> None:
        if row.name in self.all:
            self.refused[row.name] = (
                f"bot {row.name} is in the settings file and in the database; the one of the "
                "settings file runs"
            )
            return
        try:
            bot = await self.maker.make(row)
        except SetupError as error:
            self.refused[row.name] = f"bot {row.name} cannot be made: {error}"
            log.error("%s", self.refused[row.name])  # noqa: TRY400  its sentence says it all
            return
        hosted = self.all[row.name] = Hosted(bot, self._around, Memory(row, self.rows))
        self._spawn(hosted)

    def _spawn(self, hosted: Hosted) -> None:
        hosted.task = self._supervisor.spawn(hosted.run(), name=f"bot {hosted.bot.name}")

    async def _first(self, hosted: Hosted) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_WITHIN_S):
                await hosted.tried.wait()


def _inside(folder: Path) -> list[str]:
    """Return the names of the folders that adapters keep their files in."""
    files = folder / "files"
    return [each.name for each in files.iterdir()] if files.is_dir() else []


async def _together(work: Iterable[Awaitable[None]]) -> None:
    """Await many things, some at a time."""
    waiting = iter(list(work))

    async def some() -> None:
        for each in waiting:
            await each

    async with asyncio.TaskGroup() as group:
        for _ in range(MOST_AT_ONCE):
            group.create_task(some())
