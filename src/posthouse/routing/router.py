"""Router: where handlers are registered; the decorators of an app."""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, get_args, overload

from posthouse.errors import RouteError
from posthouse.model.reply import Answer
from posthouse.model.update import Update
from posthouse.ports.menus import MenuPlace
from posthouse.routing.commands import is_command_name
from posthouse.routing.handler import Call, Compiled, compiled
from posthouse.turn.action import Action
from posthouse.turn.conversation import Scope
from posthouse.turn.gates import Entrance
from posthouse.turn.turn import Turn
from posthouse.turn.use import Needed, has_known_names, where

HandlerT = TypeVar("HandlerT", bound=Callable[..., Answer | Awaitable[Answer | Awaitable[Answer]]])
ObserverT = TypeVar("ObserverT", bound=Callable[..., Awaitable[None] | None])
Filter: TypeAlias = Callable[[Any], bool | Awaitable[bool]]
"""A plain or async function of the update that says whether the route may take it."""

_APP_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class Route:
    """One registered handler."""

    __slots__ = (
        "_ready",
        "app",
        "commands",
        "fn",
        "gates",
        "help",
        "is_blocking",
        "limit_s",
        "menu",
        "name",
        "where",
    )

    def __init__(  # noqa: PLR0913  one object per handler, built by the decorators below
        self,
        app: str,
        fn: Callable[..., Any],
        *,
        commands: tuple[str, ...] = (),
        where: Filter | None = None,
        blocking: bool = False,
        limit: timedelta | None = None,
        help: str = "",
        menu: MenuPlace | None = None,
        gates: Entrance | None = None,
    ) -> None:
        self.app = app
        self.fn = fn
        self.name = f"{app}.{name_of(fn)}"
        """`app.function`, as in logs."""
        self.commands = commands
        """Names it answers to, in lower case; empty for `on` and `observe`."""
        self.where = where
        self.is_blocking = blocking
        self.limit_s = None if limit is None else limit.total_seconds()
        self.help = help or _first_line(fn)
        self.menu = menu
        """Who is shown the command; None for what follows from `where`."""
        self.gates = gates
        """Whom it lets through; None for everybody."""
        self._ready: Compiled | None = None
        self._check()
        # An annotation may name a class that stands further down in its module.
        if has_known_names(fn):
            self._ready = self._compile()

    def __repr__(self) -> str:
        return f"<Route {self.name}>"

    @property
    def compiled(self) -> Compiled:
        """The handler, ready to be called; raises RouteError when it cannot be."""
        if self._ready is None:
            self._ready = self._compile()
        return self._ready

    def _compile(self) -> Compiled:
        ready = compiled(
            self.fn,
            app=self.app,
            command=self.commands[0] if self.commands else None,
            is_blocking=self.is_blocking,
        )
        if not ready.kinds:
            raise RouteError(
                f"{where(self.fn)}: no parameter says which updates it wants; write "
                f"message: TextMessage, or update: Update for all of them"
            )
        if self.gates is None:
            return ready
        call = _gated(ready.call, self.gates, f"/{self.commands[0]}")
        return ready._replace(call=call, takes_update=False)

    def _check(self) -> None:
        if self.menu is not None and self.menu not in get_args(MenuPlace):
            raise RouteError(
                f"{where(self.fn)}: menu={self.menu!r} should be one of "
                f"{', '.join(map(repr, get_args(MenuPlace)))}"
            )
        if self.limit_s is not None and self.limit_s <= 0:
            raise RouteError(f"{where(self.fn)}: limit={self.limit_s} s leaves no time to run")
        if self.where is not None and not _takes_one(self.where):
            raise RouteError(
                f"{where(self.fn)}: where= needs a function of one update, such as "
                f"where=lambda message: message.text.isupper()"
            )


class Beside:
    """What an app needs besides what its handlers and actions ask for, such as for its forms."""

    __slots__ = (
        "chats",
        "greeting",
        "is_publishing",
        "kinds",
        "needs",
        "pages",
        "plans",
        "publishers",
        "publishing",
        "scopes",
        "subscriptions",
    )

    def __init__(self) -> None:
        self.greeting: Action[[]] | None = None
        """What opens when nobody takes a private message and no action is marked as home."""
        self.chats: dict[str, str] = {}
        """Named chats that the bot's settings must have, each with what needs it."""
        self.kinds: set[type[Update]] = set()
        """Update classes that it takes, in private chats alone."""
        self.scopes: set[Scope] = set()
        """Conversations that it reaches."""
        self.needs: list[Needed] = []
        """What modules must provide."""
        self.plans: dict[str, Any] = {}
        """The plans that its gates name or it shows, by their names."""
        self.is_publishing = False
        """A site that runs has read what it publishes."""
        self.publishers: list[Any] = []
        """Where items come from."""
        self.publishing: list[Callable[[Any], object]] = []
        """What wants to know the publishing of a site that has the app, before it goes."""
        self.subscriptions: Any = None
        """The topics to which it lets people subscribe, where it does."""
        self.pages: dict[str, Callable[[Any], Awaitable[str | None]]] = {}
        """Pages of its own below a bot's chat page, by the first part of their path: each takes a
        `Visit` and returns HTML, or None where there is nothing."""


class Router:
    """Handlers and actions under one name, asked in the order in which they were registered."""

    def __init__(self, name: str, *, words: Path | str | None = None) -> None:
        if not _APP_NAME.fullmatch(str(name)):
            raise RouteError(
                f"App({name!r}): a name is up to 32 of a-z, 0-9, _ and -, beginning with a letter"
            )
        self.name = name
        self.words = None if words is None else Path(words)
        """The folder of its catalogues: what it says, a file per language."""
        self.routes: list[Route] = []
        """What may claim an update, in order."""
        self.observers: list[Route] = []
        """What sees updates and claims none, in order."""
        self.actions: dict[str, Action[Any]] = {}
        """Actions by full name, aliases included."""
        self.forms: dict[type[Any], Any] = {}
        """Forms by class, as an App keeps them."""
        self.beside = Beside()

        self._is_closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def close(self) -> None:
        """Take no more handlers: what is registered was compiled for a bot that starts."""
        self._is_closed = True

    @overload
    def on(self, fn: HandlerT, /) -> HandlerT: ...
    @overload
    def on(
        self,
        /,
        *,
        where: Filter | None = None,
        blocking: bool = False,
        limit: timedelta | None = None,
    ) -> Callable[[HandlerT], HandlerT]: ...
    def on(self, fn: Any = None, /, **options: Any) -> Any:
        """Register a handler for the updates that its parameter is annotated with.

        Args:
            where: a plain or async function of the update that must say yes.
            blocking: run the (plain) function on a thread, since it waits.
            limit: how long it may run, instead of the site's limit.
        """
        return self._register(fn, options, self.routes)

    @overload
    def observe(self, fn: ObserverT, /) -> ObserverT: ...
    @overload
    def observe(
        self,
        /,
        *,
        where: Filter | None = None,
        blocking: bool = False,
        limit: timedelta | None = None,
    ) -> Callable[[ObserverT], ObserverT]: ...
    def observe(self, fn: Any = None, /, **options: Any) -> Any:
        """Register a function that sees updates and claims none; it runs in a turn of its own."""
        return self._register(fn, options, self.observers)

    @overload
    def command(self, fn: HandlerT, /) -> HandlerT: ...
    @overload
    def command(
        self,
        *names: str,
        help: str = "",
        menu: MenuPlace | None = None,
        where: Filter | None = None,
        gates: Sequence[Any] = (),
        blocking: bool = False,
        limit: timedelta | None = None,
    ) -> Callable[[HandlerT], HandlerT]: ...
    def command(self, *args: Any, **options: Any) -> Any:
        """Register a handler for `/name`, its arguments read and checked from the signature.

        A handler that takes the message and no arguments may read the words by itself.

        Args:
            names: what people type, the first being shown; the function's name when left out.
            help: what it does, for menus; the first line of its docstring when left out. The key
                `APP-COMMAND-help` of the app's words says it in every language.
            menu: who is shown it, "everywhere", "private", "groups", "admins" (of groups) or
                "nowhere"; when left out everybody is, but of a command with
                `where=require_role(...)` those who have the role, in private chats.
            gates: what a person needs, such as `require_member("channel")`; who has it not is told.
        """
        if len(args) == 1 and not isinstance(args[0], str):
            return self._add_command(args[0], (), options)
        return lambda fn: self._add_command(fn, args, options)

    def _add_command(self, fn: Any, names: tuple[str, ...], options: dict[str, Any]) -> Any:
        commands = tuple(n.removeprefix("/") for n in names) or (name_of(fn).strip("_"),)
        for name in commands:
            if not is_command_name(name):
                raise RouteError(
                    f"{where(fn)}: /{name} cannot be typed as a command; use up to 32 letters in "
                    f"lower case, digits and underscores"
                )
        gates = self.entrance(options.pop("gates", ()))
        return self._register(fn, options | {"commands": commands, "gates": gates}, self.routes)

    def entrance(self, gates: Sequence[Any]) -> Entrance | None:
        """Return what lets through whom all of some gates let through; None without any."""
        if gates:
            raise RouteError(f"{self.name}: gates are for an App, not for a Router")
        return None

    def _register(self, fn: Any, options: dict[str, Any], to: list[Route]) -> Any:
        if fn is None:
            return lambda fn: self._register(fn, options, to)
        self._require_open(fn)
        if not callable(fn):
            raise RouteError(f"{self.name}: {fn!r} cannot be registered, it is no function")
        to.append(Route(self.name, fn, **options))
        return fn

    def _require_open(self, fn: Callable[..., Any]) -> None:
        if self._is_closed:
            raise RouteError(
                f"{where(fn)}: the app {self.name} is in use already; register every handler "
                f"before its bot starts"
            )


def _gated(call: Call, gates: Entrance, command: str) -> Call:
    """Return a call that is made only for those whom the gates let through."""

    async def gated(turn: Turn) -> Any:
        refusal = await gates.refusal(turn, command=command)
        return call(turn) if refusal is None else refusal

    return gated


def name_of(fn: Callable[..., Any]) -> str:
    """Return a function's own name, or that of its type where it has none."""
    return getattr(inspect.unwrap(fn), "__name__", type(fn).__name__).strip("<>")


def _first_line(fn: Callable[..., Any]) -> str:
    return (inspect.getdoc(fn) or "").partition("\n")[0] if inspect.isroutine(fn) else ""


def _takes_one(fn: Any) -> bool:
    if not callable(fn):
        return False
    try:
        inspect.signature(fn).bind(None)
    except TypeError:
        return False
    except ValueError:
        return True  # a built-in does not tell
    return True
