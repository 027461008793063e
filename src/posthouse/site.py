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
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from posthouse.delivery.outbox import Outbox
from posthouse.dialogs.presses import Dialogs
from posthouse.engine.bot import BotRuntime
from posthouse.engine.engine import Engine
from posthouse.engine.gate import Gate
from posthouse.engine.memory import settle_memory
from posthouse.engine.points import Points
from posthouse.engine.supervisor import Supervisor
from posthouse.errors import AdapterError, SettingsError, SetupError
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.update import Press, TimerDue
from posthouse.payloads import Keys
from posthouse.plugins import load_plugin
from posthouse.ports.adapter import Adapter, Endpoint, Host
from posthouse.ports.clock import Clock, SystemClock
from posthouse.ports.store import Database, Store
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Handled
from posthouse.routing.middleware import Middleware, compose, inbound
from posthouse.routing.plain import Process
from posthouse.routing.router import Router
from posthouse.turn.module import Module
from posthouse.turn.providing import Modules
from posthouse.turn.turn import Turn

log = logging.getLogger("posthouse.site")

KEY_FILE = "posthouse.key"
ADAPTER_STOP_S = 5.0
"""How long an adapter may take to stop polling, and to close."""


@runtime_checkable
class Starts(Protocol):
    """A middleware that wants to know when the site starts and stops."""

    async def start(self) -> None:
        """Be ready: adapters have started, nothing is routed yet."""

    async def aclose(self) -> None:
        """Let go of everything."""


class Bot:
    """One account on one messenger, with its apps and named chats.

    Args:
        name: Unique within the site; letters, digits, `-` and `_`.
        messenger: Name of the messenger, such as "web": an adapter of ours or of an installed
        package.
        apps: Asked in this order; the first that claims an update answers it.
        chats: Named chats: name to the messenger's own id.
        ask: "first" stops at the first claim; "all" lets every app take the update, the first
        answer is delivered.
        title: Name shown to people.
        adapter: The adapter itself, instead of one found by the messenger's name.
        spokes: Names of bots that must start before this one and stop after it, which makes it a
        hub.
        settings: Whatever the adapter understands.
    """

    def __init__(
        self,
        name: str,
        *,
        messenger: str,
        apps: Sequence[Router | Process],
        chats: Mapping[str, str] | None = None,
        ask: Literal["first", "all"] = "first",
        title: str = "",
        adapter: Adapter | None = None,
        spokes: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        self.name = name
        self.messenger = messenger
        self.apps = apps
        self.title = title or name
        self.spokes = tuple(spokes)
        self.settings = settings
        self.chats = {
            key: Chat(id=raw, bot=name, messenger=messenger, kind=ChatKind.BROADCAST, title=key)
            for key, raw in (chats or {}).items()
        }
        self.dispatcher = Dispatcher(name, apps, ask=ask)
        self.adapter: Adapter = adapter or load_plugin("posthouse.adapters", messenger)(settings)

    def __repr__(self) -> str:
        return f"<Bot {self.name} on {self.messenger}>"


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
        folder: Where files are kept.
        limit_s: How long a handler may take, in seconds.
        stop_s: How long stopping may take before running handlers are cut, in seconds.
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
        folder: Path | str = ".",
        limit_s: float = 60.0,
        stop_s: float = 10.0,
        clock: Clock | None = None,
        points: Points | None = None,
    ) -> None:
        self.bots = _in_start_order(bots)
        self.clock = clock or SystemClock()
        self.folder = Path(folder)
        self.urls: list[str] = []
        """Where the web server is, once started."""
        self._module_list = modules
        self._middlewares = middlewares
        self._outbound = outbound
        self._storage = storage
        self._secrets = secrets
        self._host = host
        self._port = port
        self._limit_s = limit_s
        self._stop_s = stop_s
        self._patience_s = min(ADAPTER_STOP_S, stop_s)
        self._points = points or Points()
        self._gates: dict[str, Gate] = {}
        self._engine: Engine | None = None
        self._accounts: dict[str, int] = {}

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
        self._gates = {bot.name: Gate() for bot in self.bots}
        self._accounts = {}
        async with AsyncExitStack() as stack:
            store = self._open_store()
            await store.open()
            stack.push_async_callback(store.aclose)
            supervisor = Supervisor(self.clock)
            modules = Modules(
                []
            )  # replaced below, once the database that modules may ask for exists
            engine = Engine(
                store,
                supervisor=supervisor,
                clock=self.clock,
                keys=Keys(self._key_ring()),
                modules=modules,
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
            modules.check([needed for bot in self.bots for needed in bot.dispatcher.uses])
            await modules.open()
            stack.push_async_callback(modules.aclose)
            for bot in self.bots:
                stack.push_async_callback(self._close_adapter, bot)
                await self._start_bot(bot, engine, store, modules)
            await self._start_middlewares(stack)
            await engine.load()
            await self._serve(stack, supervisor)
            for name, account in self._accounts.items():  # behind what the database held
                self._gates[name].open(engine.intakes[account])
            self._poll(engine, supervisor)
            stack.push_async_callback(self._stop, engine)
            yield self

    # --- what health and the command line ask

    @property
    def engine(self) -> Engine:
        """The running engine; raises SetupError before the start."""
        if self._engine is None:
            raise SetupError(
                "the site has not been started; use `async with site.start():` or site.run()"
            )
        return self._engine

    def problems(self) -> list[str]:
        """Return what is wrong now, a sentence each; empty when all is well."""
        return self.engine.problems()

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

    async def _start_bot(self, bot: Bot, engine: Engine, store: Store, modules: Modules) -> None:
        account = await self._log_in(bot, engine, store, self._gates[bot.name])
        outbox = engine.outbox(account, bot.adapter)
        runtime = BotRuntime(
            name=bot.name,
            account=account,
            adapter=bot.adapter,
            dispatcher=bot.dispatcher,
            scopes=tuple(sorted(bot.dispatcher.scopes)),
            process=self._process(bot, engine, account, outbox, modules),
            outbox=outbox,
            chats=bot.chats,
            limit_s=self._limit_s,
        )
        engine.add(runtime, outbound=self._departures())

    async def _log_in(self, bot: Bot, engine: Engine, store: Store, gate: Gate) -> int:
        files = self.folder / "files" / bot.name
        files.mkdir(parents=True, exist_ok=True)
        host = Host(
            bot=bot.name,
            title=bot.title,
            chats={name: chat.id for name, chat in bot.chats.items()},
            settings=bot.settings,
            receiver=gate,
            database=engine.database,
            clock=self.clock,
            keys=engine.keys,
            folder=files,
            commands=bot.dispatcher.commands,
        )
        try:
            native = await bot.adapter.start(host)
        except OSError as error:
            raise AdapterError(
                f"bot {bot.name} on {bot.messenger} cannot start: {error}"
            ) from error
        account = await store.account(bot.messenger, native, bot=bot.name)
        if account in self._accounts.values() and self._accounts.get(bot.name) != account:
            other = next(name for name, known in self._accounts.items() if known == account)
            raise SetupError(
                f"bots {other} and {bot.name} are the same {bot.messenger} account ({native}); "
                "give one of them another account"
            )
        self._accounts[bot.name] = account
        return account

    def _process(
        self, bot: Bot, engine: Engine, account: int, outbox: Outbox, modules: Modules
    ) -> Callable[[Turn], Awaitable[Handled]]:
        dialogs = Dialogs(bot.dispatcher, keys=engine.keys, account=account, is_open=outbox.is_open)
        dispatch = bot.dispatcher.dispatch

        def handle(turn: Turn) -> Awaitable[Handled]:
            update = turn.update
            if isinstance(update, Press):
                return dialogs.press(turn, update)
            if isinstance(update, TimerDue):
                return dialogs.timer(turn, update)
            return dispatch(turn)

        through = inbound(self._middlewares, handle)
        if not modules.has_turn_objects:
            return through

        async def with_modules(turn: Turn) -> Handled:
            try:
                handled = await through(turn)
            except BaseException as error:
                await modules.end_turn(turn, error)
                raise
            await modules.end_turn(turn)
            return handled

        return with_modules

    def _departures(self) -> Callable[[Any], Awaitable[Any]] | None:
        if not self._outbound:
            return None

        async def last(departure: Any, context: None) -> Any:
            return departure

        chain = compose(self._outbound, last)
        return lambda departure: chain(departure, None)

    async def _start_middlewares(self, stack: AsyncExitStack) -> None:
        for middleware in (*self._middlewares, *self._outbound):
            if isinstance(middleware, Starts):
                await middleware.start()
                stack.push_async_callback(middleware.aclose)

    async def _serve(self, stack: AsyncExitStack, supervisor: Supervisor) -> None:
        endpoints: list[Endpoint] = [
            endpoint for bot in self.bots for endpoint in bot.adapter.endpoints()
        ]
        if not endpoints:
            return
        from posthouse.server.server import Server

        server = Server(endpoints, host=self._host, port=self._port, health=self.problems)
        self.urls = [await server.start()]
        supervisor.keep("web server", server.serve)
        stack.push_async_callback(server.aclose)

    def _poll(self, engine: Engine, supervisor: Supervisor) -> None:
        engine.go()
        for bot in self.bots:
            supervisor.keep(f"bot {bot.name}", bot.adapter.poll, restart=self._restart(bot, engine))

    def _restart(self, bot: Bot, engine: Engine) -> Callable[[], Awaitable[None]]:
        async def restart() -> None:
            await bot.adapter.aclose()
            await self._log_in(bot, engine, engine.store, self._gates[bot.name])

        return restart

    # --- stopping

    async def _stop(self, engine: Engine) -> None:
        engine.refuse()
        backwards = list(reversed(self.bots))
        hubs = [bot for bot in backwards if bot.spokes]
        for bot in (*hubs, *(bot for bot in backwards if not bot.spokes)):
            complaint = f"bot {bot.name} did not stop polling"
            await _bounded(bot.adapter.stop_polling(), self._patience_s, complaint)
        await engine.stop(within_s=self._stop_s)

    async def _close_adapter(self, bot: Bot) -> None:
        await _bounded(bot.adapter.aclose(), self._patience_s, f"bot {bot.name} did not close")

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


async def _bounded(work: Awaitable[None], within_s: float, complaint: str) -> None:
    """Await something that may hang or fail while the site stops, and go on whatever happens."""
    try:
        async with asyncio.timeout(within_s):
            await work
    except TimeoutError:
        log.warning("%s within %g s; going on without it", complaint, within_s)
    except Exception:
        log.exception("%s", complaint)


def _in_start_order(bots: Sequence[Bot]) -> list[Bot]:
    """Return bots with the spokes of a hub before it.

    Raises SetupError for names that are twice or not there.
    """
    by_name: dict[str, Bot] = {}
    for bot in bots:
        if bot.name in by_name:
            raise SetupError(f"two bots are called {bot.name!r}; rename one")
        by_name[bot.name] = bot
    out: list[Bot] = []

    def add(bot: Bot, hubs: tuple[str, ...]) -> None:
        if bot.name in hubs:
            raise SetupError(
                f"bots {' -> '.join((*hubs, bot.name))} name each other as spokes; one of them "
                "must not"
            )
        for spoke in bot.spokes:
            if spoke not in by_name:
                raise SetupError(
                    f"bot {bot.name} names the spoke {spoke!r}, which is no bot; there are: "
                    f"{', '.join(by_name)}"
                )
            add(by_name[spoke], (*hubs, bot.name))
        if bot not in out:
            out.append(bot)

    for bot in bots:
        add(bot, ())
    return out


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
