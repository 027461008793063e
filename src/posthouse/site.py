"""A site: all bots, modules and middlewares of one installation, in a strict lifecycle.

The order, which tests hold: storage is opened (and migrated, or refused) -> modules are set up ->
adapters start, spokes before the hub that names them -> middlewares start -> what the database
holds is loaded -> every adapter polls. Nothing is routed before that; what comes earlier is held.
Stopping: nothing more is accepted -> hubs stop polling, then the others
-> running turns end, commit, and deliveries leave, all bounded -> adapters and middlewares close ->
modules close in reverse -> storage closes.
"""

import asyncio
import logging
import os
import secrets as secrets_module
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from posthouse.bots.bot import Bot, in_start_order
from posthouse.bots.commands import BotCommands
from posthouse.bots.hosted import Around
from posthouse.bots.hosting import Hosting
from posthouse.bots.making import Maker
from posthouse.bots.process import departures
from posthouse.bots.sealing import TokenKeys
from posthouse.bots.web import Web
from posthouse.engine.engine import Engine
from posthouse.engine.memory import settle_memory
from posthouse.engine.points import Points
from posthouse.engine.supervisor import Supervisor
from posthouse.errors import SettingsError, SetupError
from posthouse.payloads import Keys
from posthouse.ports.adapter import offers_of
from posthouse.ports.clock import Clock, SystemClock
from posthouse.ports.store import Database, Retention, Store
from posthouse.publishing.broadcasting import COMMANDS
from posthouse.routing.middleware import Middleware
from posthouse.routing.plain import Process
from posthouse.routing.ready.access import Access
from posthouse.routing.router import Router
from posthouse.storage.media import MediaFolder
from posthouse.turn.module import Module
from posthouse.turn.providing import Modules

__all__ = ["Bot", "Site", "Starts"]

log = logging.getLogger("posthouse.site")

KEY_FILE = "posthouse.key"
ADAPTER_STOP_S = 5.0
"""How long an adapter may take to stop polling, and to close."""
MOST_LOG_INS = 16
"""Bots that log in at once."""
_NOT_STARTED = "the site has not been started; use `async with site.start():` or site.run()"


@runtime_checkable
class Starts(Protocol):
    """A middleware that wants to know when the site starts and stops."""

    async def start(self) -> None:
        """Be ready: adapters have started, nothing is routed yet."""

    async def aclose(self) -> None:
        """Let go of everything."""


class Publishes(Protocol):
    """The publishing of a site; SQLAlchemy comes with it."""

    publishing: Any
    """What other parts of publishing work with."""

    def go(self) -> None:
        """Begin to publish and to send."""

    def problems(self) -> list[str]:
        """Return what is wrong now."""

    async def aclose(self) -> None:
        """Let go of everything."""


class Site:
    """All bots, modules and middlewares of one installation.

    Args:
        bots: In the order in which their adapters start.
        modules: Set up in this order, closed in reverse.
        middlewares: Stand before the apps, the first outermost.
        outbound: Stand before the outbox, the first outermost.
        storage: `sqlite:FILE` (relative to the folder) or `memory:`.
        secrets: Keys that sign buttons and cookies, the newest first; without any, one is made and
        kept in the folder.
        host: Where the web server listens, if any bot needs one.
        port: 0 for any free one.
        listens: False where another server takes the requests and gives them to `web.app`.
        folder: Where files are kept.
        limit_s: How long a handler may take, in seconds.
        stop_s: How long stopping may take before running handlers are cut, in seconds.
        keep: How long is kept what is over.
        presets: Lists of apps, by the name that bots of the database give them.
        token_keys: Encrypt the tokens of bots in the database, the newest first: what is in
        POSTHOUSE_KEY.
        tables: Users' own, each a SQLAlchemy MetaData, with marks on the columns
        that are about persons.
        clock: For tests.
        points: Commit points, for crash tests.
    """

    def __init__(  # noqa: PLR0913  an installation has that many sides; all of them are named
        self,
        *,
        bots: Sequence[Bot],
        modules: Sequence[Module] = (),
        middlewares: Sequence[Middleware] = (),
        outbound: Sequence[Middleware] = (),
        storage: str = "sqlite:posthouse.db",
        secrets: Sequence[str] = (),
        host: str = "127.0.0.1",
        port: int = 8080,
        listens: bool = True,
        folder: Path | str = ".",
        limit_s: float = 60.0,
        stop_s: float = 10.0,
        keep: Retention | None = None,
        presets: Mapping[str, Sequence[Router | Process]] | None = None,
        token_keys: Sequence[str] = (),
        tables: Sequence[Any] = (),
        clock: Clock | None = None,
        points: Points | None = None,
    ) -> None:
        self.bots = in_start_order(bots)
        self.clock = clock or SystemClock()
        self.folder = Path(folder)
        self.urls: list[str] = []
        """Where the web server is, once started."""
        self.web: Web
        """What answers requests, once started."""
        self._module_list = modules
        self._middlewares = middlewares
        self._outbound = outbound
        self._storage = storage
        self._secrets = secrets
        self._host_name = host
        self._port = port
        self._listens = listens
        self._limit_s = limit_s
        self._stop_s = stop_s
        self._keep = keep
        self._patience_s = min(ADAPTER_STOP_S, stop_s)
        self._points = points or Points()
        self._presets = presets or {}
        self._token_keys = token_keys
        self.tables = tables
        self._engine: Engine | None = None
        self._hosting: Hosting | None = None
        self._running: Publishes | None = None
        self._opening = asyncio.Lock()
        """Held while publishing is opened, which two may want at once."""
        self._goes = asyncio.Event()
        """Set while the site runs; commands may come before."""

    def __repr__(self) -> str:
        return f"<Site: {len(self.bots)} bots>"

    def run(self, *, ready: Callable[["Site"], None] | None = None) -> None:
        """Run until SIGINT or SIGTERM; `ready` is called once everything polls."""
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._run(ready))
            if self.engine.is_stuck:
                # All is closed by now, and the Runner would wait for ever for a handler that
                # ignores its cancellation.
                logging.shutdown()
                sys.stdout.flush()
                os._exit(0)

    @asynccontextmanager
    async def start(self) -> AsyncIterator["Site"]:
        """Start everything, and stop it when the block ends."""
        async with AsyncExitStack() as stack:
            store = self._open_store()
            await store.open()
            stack.push_async_callback(store.aclose)
            supervisor = Supervisor(self.clock)
            media = MediaFolder(self.folder / "media", self.clock)
            stack.push_async_callback(media.aclose)
            engine = Engine(
                store,
                supervisor=supervisor,
                clock=self.clock,
                keys=Keys(self._key_ring()),
                modules=Modules([]),  # replaced below: modules may ask for the database
                media=media,
                keep=self._keep,
                journal=self._journal(),
                points=self._points,
            )
            self._engine = engine
            stack.callback(engine.close)
            await stack.enter_async_context(supervisor)
            await engine.open()
            modules = Modules(
                self._module_list, base={Clock: self.clock, Database: engine.database}
            )
            engine.use_modules(modules)
            web = self.web = self._make_web(supervisor)
            hosting = self._hosting = self._host(engine, store, modules, supervisor, web)
            rows = await hosting.read()
            modules.check(
                needed
                for bot in self.bots
                for needed in bot.dispatcher.uses
                if needed.type not in offers_of(bot.adapter)
            )
            await modules.open()
            stack.push_async_callback(modules.aclose)
            stack.push_async_callback(hosting.aclose)
            await hosting.begin(self.bots, alone=not rows)
            await self._start_middlewares(stack)
            await engine.load()
            await web.open()
            stack.push_async_callback(web.aclose)
            for hosted in hosting.all.values():  # behind what the database held
                hosted.open()
            stack.push_async_callback(self._end_publishing)
            if await self._has_publishing(engine):
                await self._open_publishing(engine)
            engine.go()
            if self._running is not None:
                self._running.go()
            self._goes.set()
            hosting.go(rows)
            stack.push_async_callback(self._stop, engine, hosting)
            yield self

    # --- what health and the command line ask

    @property
    def engine(self) -> Engine:
        """The running engine; raises SetupError before the start."""
        if self._engine is None:
            raise SetupError(_NOT_STARTED)
        return self._engine

    @property
    def hosting(self) -> Hosting:
        """The bots that run; raises SetupError before the start."""
        if self._hosting is None:
            raise SetupError(_NOT_STARTED)
        return self._hosting

    async def publishing(self) -> Any:
        """Return what brings items to those who want them, starting it when nothing did before."""
        async with self._opening:
            running = self._running
            if running is None:
                running = await self._open_publishing(self.engine)
                running.go()
            return running.publishing

    async def add_bot(self, bot: Bot) -> None:
        """Start a bot while the site runs.

        One that cannot log in is tried again, as at the start; `problems()` tells. Raises
        SetupError when its name is taken or no module provides what its handlers ask for.
        """
        offers = offers_of(bot.adapter)
        self.hosting.check(use for use in bot.dispatcher.uses if use.type not in offers)
        await self.hosting.add(bot)

    async def remove_bot(self, name: str, *, for_good: bool = False) -> None:
        """Stop a bot while the site runs: its turns end and its deliveries leave, bounded.

        What is not done by then waits in the database until the bot is added again. The other bots
        are not disturbed. With `for_good` its messenger is told, such as to forget its webhook.
        """
        await self.hosting.remove(name, for_good=for_good)

    def problems(self) -> list[str]:
        """Return what is wrong now, a sentence each; empty when all is well."""
        published = [] if self._running is None else self._running.problems()
        return [*self.engine.problems(), *self.hosting.listed(), *published]

    def failures(self) -> list[str]:
        """Return what is wrong with the site as a whole, for whoever might start it elsewhere.

        A bot that fails is among it only when no bot is well.
        """
        return self.engine.problems() if self.hosting.is_any_well else self.problems()

    @property
    def counters(self) -> dict[str, int]:
        """What happened since the start."""
        return self.engine.counters()

    # --- starting

    def _open_store(self) -> Store:
        kind, _, rest = self._storage.partition(":")
        if kind == "memory":
            from posthouse.storage.memory import MemoryStore

            return MemoryStore()
        if kind != "sqlite" or not rest:
            raise SettingsError(
                f'storage = {self._storage!r} is not known; write "sqlite:FILE" or "memory:"'
            )
        from posthouse.storage.sqlite import SqliteStore

        self.folder.mkdir(parents=True, exist_ok=True)
        return SqliteStore(self.folder / rest, clock=self.clock)

    def _journal(self) -> Path | None:
        kind, _, rest = self._storage.partition(":")
        return None if kind == "memory" else (self.folder / rest).with_suffix(".journal")

    def _key_ring(self) -> list[bytes]:
        if self._secrets:
            return [secret.encode() for secret in self._secrets]
        if self._storage.startswith("memory"):
            return [secrets_module.token_bytes(32)]
        path = self.folder / KEY_FILE
        try:
            return [bytes.fromhex(path.read_text(encoding="ascii").strip())]
        except FileNotFoundError:
            key = secrets_module.token_bytes(32)
            path.touch(mode=0o600)
            path.write_text(key.hex() + "\n", encoding="ascii")
            return [key]
        except ValueError:
            raise SettingsError(
                f"{path} does not hold a key; give back the file it was, or delete it and lose "
                "open buttons"
            ) from None

    def _host(
        self, engine: Engine, store: Store, modules: Modules, supervisor: Supervisor, web: Web
    ) -> Hosting:
        around = Around(
            engine=engine,
            store=store,
            modules=modules,
            clock=self.clock,
            folder=self.folder,
            middlewares=tuple(self._middlewares),
            outbound=departures(self._outbound),
            limit_s=self._limit_s,
            patience_s=self._patience_s,
            log_ins=asyncio.Semaphore(MOST_LOG_INS),
            web=web,
            numbers={},
            idle=set(),
            folders=set(),
        )
        from posthouse.bots.table import BotTable

        rows = BotTable(store, engine.committer)
        maker = Maker(self._presets, TokenKeys(self._token_keys))
        hosting = Hosting(
            around, supervisor=supervisor, rows=rows, maker=maker, stop_s=self._stop_s
        )
        commands = BotCommands(
            rows,
            maker,
            clock=self.clock,
            hosting=hosting,
            taken=[bot.name for bot in self.bots],
        )
        commands.register(engine.commands)
        from posthouse.bots.people import Forgetting, marks_of

        forgetting = Forgetting(
            store,
            engine.committer,
            clock=self.clock,
            marks=lambda: marks_of((each.bot for each in hosting.all.values()), self.tables),
            people=engine.people,
            forgotten=engine.turns.forget_states,
        )
        forgetting.register(engine.commands)
        for name in COMMANDS:  # a site without topics can broadcast, too
            engine.commands.register(f"broadcast.{name}", partial(self._broadcast, name))
        return hosting

    async def _start_middlewares(self, stack: AsyncExitStack) -> None:
        for middleware in (*self._middlewares, *self._outbound):
            if isinstance(middleware, Starts):
                await middleware.start()
                stack.push_async_callback(middleware.aclose)

    def _make_web(self, supervisor: Supervisor) -> Web:
        def opened(url: str) -> None:
            self.urls = [url]

        return Web(
            host=self._host_name,
            port=self._port,
            supervisor=supervisor,
            health=self.failures,
            bots=lambda: self.hosting.troubles,
            opened=opened,
            listens=self._listens,
        )

    # --- publishing

    @property
    def _routers(self) -> list[Router]:
        """The apps of all bots, and of those that the database may name."""
        bots = [*self.bots, *(hosted.bot for hosted in self.hosting.all.values())]
        named = [app for apps in self._presets.values() for app in apps if isinstance(app, Router)]
        return [*(router for bot in bots for router in bot.dispatcher.routers), *named]

    async def _has_publishing(self, engine: Engine) -> bool:
        """Whether an app publishes anything, or something published is on its way."""
        if any(each.beside.publishing or each.beside.publishers for each in self._routers):
            return True
        from posthouse.storage.publishing import any_open  # SQLAlchemy is heavy

        return bool(await engine.store.fetch(any_open()))

    async def _open_publishing(self, engine: Engine) -> Publishes:
        from posthouse.publishing.running import open_publishing

        running = await open_publishing(engine, self.clock, self._routers, self.web.mount)
        running.publishing.broadcasts.having = self._having
        self._running = running
        return running

    async def _broadcast(self, name: str, **args: Any) -> str:
        """Execute the first command on broadcasts; publishing then takes those that follow."""
        await self._goes.wait()
        publishing = await self.publishing()
        told: str = await getattr(publishing.broadcasts, name)(**args)
        return told

    def _having(self, messenger: str, role: str) -> list[str]:
        """Return who has a role by the settings of middlewares."""
        knowing = (each for each in self._middlewares if isinstance(each, Access))
        return [who for each in knowing for who in each.having(messenger, role)]

    async def _end_publishing(self) -> None:
        self._goes.clear()
        running, self._running = self._running, None
        if running is not None:
            await running.aclose()

    # --- stopping

    async def _stop(self, engine: Engine, hosting: Hosting) -> None:
        engine.refuse()
        await hosting.stop_polling()
        await engine.stop(within_s=self._stop_s)

    async def _run(self, ready: Callable[["Site"], None] | None) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        async with self.start():
            settle_memory()
            if ready is not None:
                ready(self)
            async with asyncio.TaskGroup() as waiting:
                outdated = waiting.create_task(self._outdated(stop))
                await stop.wait()
                outdated.cancel()
            log.info("stopping; a second signal stops at once")
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(name, self.engine.hurry)

    async def _outdated(self, stop: asyncio.Event) -> None:
        """Stop when somebody migrated the database under this process."""
        await self.engine.committer.outdated.wait()
        log.error(
            "the database was migrated while this site ran; stopping, start it again with the "
            "version that did it"
        )
        stop.set()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
