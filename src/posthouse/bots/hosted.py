"""One bot of a running site, from its first log-in to its end.

How this works: a bot logs in, gets its place in the engine, and polls. When any of that fails it is
closed and tried again after a while, longer after each failure; a token that is not accepted is
tried only now and then, since nothing but a person changes that. Whatever happens to one bot is
written down in its `trouble` and holds up no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from posthouse.bots.bot import Bot
from posthouse.bots.menus import menu_of
from posthouse.bots.process import process_of
from posthouse.bots.web import Web
from posthouse.dialogs.forms.form import fields_of
from posthouse.dialogs.showing.drawing import Screens
from posthouse.engine.bot import BotRuntime
from posthouse.engine.engine import Engine
from posthouse.engine.gate import Gate
from posthouse.engine.media import BotMedia
from posthouse.engine.membership import Membership
from posthouse.engine.supervisor import CALM_S, backoff_s
from posthouse.errors import AdapterError, PosthouseError, SetupError, TokenError
from posthouse.model.outgoing import Departure
from posthouse.people.journal import Journal
from posthouse.ports.adapter import Endpoint, Host, Leaves, Memory, offers_of
from posthouse.ports.clock import Clock
from posthouse.ports.store import StateKey, Store
from posthouse.routing.middleware import Middleware
from posthouse.turn.front import front_key
from posthouse.turn.providing import Modules

log = logging.getLogger("posthouse.bots")

TOKEN_FIRST_S = 600.0
"""How long after a token was not accepted it is tried again, at first."""
TOKEN_LONGEST_S = 3600.0


NOBODY_WAITS = asyncio.Event()
"""Shared by bots whose start nobody waits for."""


class Around(Struct, kw_only=True, eq=False):
    """What all bots of a site share."""

    engine: Engine
    store: Store
    modules: Modules
    clock: Clock
    folder: Path
    middlewares: tuple[Middleware, ...]
    outbound: Callable[[Departure], Awaitable[Any]] | None
    limit_s: float
    patience_s: float
    """How long an adapter may take to stop polling, and to close."""
    log_ins: asyncio.Semaphore
    """So many bots log in at once."""
    web: Web
    numbers: dict[tuple[str, str], int]
    """Accounts the database is known to hold: (messenger, its own id)."""
    idle: set[int]
    """Accounts with nothing in the inbox or the outbox, as long as they have not run."""
    folders: set[str]
    """Bots whose folder for files is known to exist."""
    names: dict[int, str] = {}
    """Which bot has which account now."""


class Hosted:
    """A bot that runs, or tries to."""

    __slots__ = (
        "_around",
        "_delay_s",
        "_gate",
        "_memory",
        "account",
        "bot",
        "endpoints",
        "moved",
        "task",
        "tried",
        "trouble",
    )

    def __init__(self, bot: Bot, around: Around, memory: Memory | None = None) -> None:
        self.bot = bot
        self._around = around
        self._memory = memory
        self._gate = Gate()
        self._delay_s = 0.0
        self.moved: dict[str, str] = {}
        """Ids of chats that moved, and their ids now."""
        self.account: int | None = None
        """The number of its account in the database, once it has logged in."""
        self.endpoints: tuple[Endpoint, ...] = ()
        self.trouble = ""
        """What is wrong with it now, a sentence; empty when it runs."""
        self.task: asyncio.Task[None] | None = None
        self.tried: asyncio.Event = NOBODY_WAITS
        """Set when it has started for the first time, or failed to."""

    def __repr__(self) -> str:
        return f"<Hosted {self.bot.name}: {self.trouble or 'well'}>"

    @property
    def is_well(self) -> bool:
        """Whether it runs, as far as is known."""
        return self._gate.is_open and not self.trouble

    # --- starting

    async def log_in(self) -> None:
        """Log in, and take a place in the engine the first time; raises SetupError."""
        around = self._around
        account = await self._account(await self._native())
        if account == self.account:
            return
        if self.bot.words.folders or self.bot.dispatcher.actions:  # it will have something to say
            await asyncio.to_thread(_load, self.bot)
        if self.account is not None:
            raise SetupError(
                f"bot {self.bot.name} logged in as another account than before; remove it and add "
                "it anew"
            )
        (noted,) = await around.store.load([StateKey(account, front_key(""))])
        screens = Screens(has_searches=noted.body is not None, words=self.bot.words)
        other = around.names.get(account)
        if other is not None:
            raise SetupError(
                f"bots {other} and {self.bot.name} are the same {self.bot.messenger} account "
                f"({await self._native_of(account)}); give one of them another account"
            )
        around.names[account] = self.bot.name
        self.account = account
        outbox = around.engine.outbox(account, self.bot.adapter)
        process = process_of(
            self.bot,
            screens=screens,
            account=account,
            keys=around.engine.keys,
            is_open=outbox.is_open,
            modules=around.modules,
            middlewares=around.middlewares,
        )
        runtime = BotRuntime(
            name=self.bot.name,
            account=account,
            adapter=self.bot.adapter,
            dispatcher=self.bot.dispatcher,
            scopes=tuple(sorted(self.bot.dispatcher.scopes)),
            process=process,
            outbox=outbox,
            chats=self.bot.chats,
            limit_s=around.limit_s,
            zone=self.bot.zone,
            language=self.bot.language,
            words=self.bot.words,
            journal=None if self.bot.journal is None else Journal(account, self.bot.journal),
            crowd=around.engine.people.crowd(
                account=account, bot=self.bot.name, messenger=self.bot.messenger
            ),
            members=Membership(self.bot.adapter, around.clock),
            showing=screens,
            moved=self.moved,
        )
        around.engine.add(runtime, outbound=around.outbound)
        self.endpoints = tuple(self.bot.adapter.endpoints())
        await around.web.mount(self.endpoints)

    def open(self) -> None:
        """Pass on what the adapter took meanwhile, behind what the database held."""
        if self.account is not None:
            self._gate.open(self._around.engine.intakes[self.account])

    async def run(self) -> None:
        """Start and poll, again and again, until stopped."""
        around = self._around
        failures = int(bool(self.trouble))
        if failures:  # it was tried before the site went
            await around.clock.sleep(self._delay_s)
        while True:
            begun = around.clock.monotonic()
            try:
                if self.account is None or failures:
                    await self._start()
                self.trouble = ""
                self.tried.set()
                await self.bot.adapter.poll()
            except Exception as error:  # what fails is this bot's own, and of the others none knows
                failures = 1 if around.clock.monotonic() - begun > CALM_S else failures + 1
                self.failed(error, failures)
                if not isinstance(error, PosthouseError):
                    log.exception("bot %s failed as nobody foresaw", self.bot.name)
            else:
                return
            await around.clock.sleep(self._delay_s)

    def failed(self, error: Exception, failures: int = 1) -> None:
        """Note what is wrong, and how long to wait before the next try."""
        # A token that was accepted before is tried once more at once: who is asked first may err.
        is_refused = isinstance(error, TokenError) and (failures > 1 or self.account is None)
        self._delay_s = _slowly_s(failures) if is_refused else backoff_s(failures)
        self.trouble = (
            f"bot {self.bot.name} failed: {type(error).__name__}: {error}; next try in "
            f"{self._delay_s:.1f} s"
        )
        log.warning("%s", self.trouble)
        self.tried.set()

    async def _start(self) -> None:
        """Log in while the site runs, and take part in it."""
        around, known = self._around, self.account
        if known is not None or self.trouble:
            await self.bot.adapter.aclose()
        async with around.log_ins:
            await self.check().log_in()
        if known is None and self.account is not None:
            if self.account in around.idle:
                around.idle.discard(self.account)
            else:
                await around.engine.load_bot(self.account)
            self.open()
            around.engine.go_bot(self.account)

    def check(self) -> "Hosted":
        """Raise SetupError when no module provides what its handlers ask for."""
        offers = offers_of(self.bot.adapter)
        self._around.modules.check(
            needed for needed in self.bot.dispatcher.uses if needed.type not in offers
        )
        return self

    async def _native(self) -> str:
        bot, around = self.bot, self._around
        files = around.folder / "files" / bot.name
        if bot.name not in around.folders:
            await asyncio.to_thread(files.mkdir, parents=True, exist_ok=True)
            around.folders.add(bot.name)
        host = Host(
            bot=bot.name,
            title=bot.title,
            chats={name: chat.id for name, chat in bot.chats.items()},
            settings=bot.settings,
            receiver=self._gate,
            database=around.engine.database,
            clock=around.clock,
            keys=around.engine.keys,
            folder=files,
            kinds=bot.dispatcher.kinds,
            roles_of=self._roles_of,
            addressed=bot.dispatcher.address,
            commands=menu_of(bot.dispatcher.commands, bot.words),
            media=BotMedia(around.engine.media, self._number),
            memory=self._memory,
            moved=self.moved,
            pages={
                name: page
                for router in reversed(bot.dispatcher.routers)
                for name, page in router.beside.pages.items()
            },
        )
        try:
            return await bot.adapter.start(host)
        except OSError as error:
            said = f"bot {bot.name} on {bot.messenger} cannot start: {error}"
            raise AdapterError(said) from error

    def _roles_of(self, person: str) -> frozenset[str]:
        roles = self._around.engine.people.roles.get(self.bot.name, {})
        return roles.get(person, frozenset())

    def _number(self) -> int:
        if self.account is None:
            raise AdapterError(f"bot {self.bot.name} has not logged in")
        return self.account

    async def _account(self, native: str) -> int:
        around, key = self._around, (self.bot.messenger, native)
        number = around.numbers.get(key)
        if number is None:
            number = await around.store.account(*key, bot=self.bot.name)
            around.numbers[key] = number
        return number

    async def _native_of(self, account: int) -> str:
        known = self._around.numbers.items()
        return next(native for (_, native), number in known if number == account)

    # --- stopping

    async def stop_polling(self) -> None:
        """Take nothing more; bounded."""
        complaint = f"bot {self.bot.name} did not stop polling"
        await bounded(self.bot.adapter.stop_polling(), self._around.patience_s, complaint)

    async def aclose(self) -> None:
        """Log out; bounded."""
        complaint = f"bot {self.bot.name} did not close"
        await bounded(self.bot.adapter.aclose(), self._around.patience_s, complaint)

    async def leave(
        self, *, within_s: float, shared: Iterable[Endpoint] = (), for_good: bool = False
    ) -> None:
        """Stop alone, while the others go on: turns end, deliveries leave, then it is forgotten.

        Args:
            within_s: How long that may take.
            shared: What the others answer for, some of it maybe with one application for all.
            for_good: Its messenger is told.
        """
        around = self._around
        if self.account is not None:
            await self.stop_polling()
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task], timeout=around.patience_s)
        if self.account is not None:
            others = {id(e.app) for e in shared}
            around.web.unmount(e for e in self.endpoints if id(e.app) not in others)
            await around.engine.remove(self.account, within_s=within_s)
            around.names.pop(self.account, None)
            if for_good and isinstance(self.bot.adapter, Leaves):
                complaint = f"bot {self.bot.name} did not say good-bye to {self.bot.messenger}"
                await bounded(self.bot.adapter.leave(), around.patience_s, complaint)
        await self.aclose()
        self.account, self._gate = None, Gate()


async def bounded(work: Awaitable[None], within_s: float, complaint: str) -> None:
    """Await something that may hang or fail while a bot stops, and go on whatever happens."""
    try:
        async with asyncio.timeout(within_s):
            await work
    except TimeoutError:
        log.warning("%s within %g s; going on without it", complaint, within_s)
    except Exception:
        log.exception("%s", complaint)


def _slowly_s(failures: int) -> float:
    return backoff_s(failures, first_s=2 * TOKEN_FIRST_S, longest_s=TOKEN_LONGEST_S)


def _load(bot: Bot) -> None:
    """Read from files what the bot says and what the answers to its forms need."""
    bot.words.load()
    for router in bot.dispatcher.routers:
        for form in router.forms:
            for field in fields_of(form):
                field.kind.load()
