"""From a handler's signature to a flat call: all looking at annotations happens here, once.

How this works: each parameter becomes a `Source` that fetches its value from the turn; for commands
some become arguments instead, which are read from the message. `compiled(...)` then picks the
smallest closure that can make the call. Per update nothing is inspected or bound.
"""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, NamedTuple, NoReturn, TypeAlias, Union, get_args, get_origin

from posthouse.errors import ArgumentError, RouteError
from posthouse.model import update as updates
from posthouse.model.chat import Chat, Person
from posthouse.model.update import TextMessage, Update
from posthouse.routing.arguments import Argument, Arguments, Misread, argument_of, shown_type
from posthouse.turn.conversation import Conversation, is_conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import hints_of, uses_of, where

Source: TypeAlias = Callable[[Turn], Any]
Call: TypeAlias = Callable[[Turn], Any]
"""Calls a handler for a turn and returns its answer, or an awaitable of it."""


class Compiled(NamedTuple):
    """A handler, ready to be called."""

    call: Call
    takes_update: bool
    """The function takes the update and nothing else: it may be called with it at once."""
    kinds: tuple[type[Update], ...]
    """Update classes it takes."""
    uses: Mapping[str, Any]
    """What modules must provide, by parameter."""
    conversations: tuple[type[Conversation], ...]
    """States it asks for."""
    arguments: Arguments | None
    """For commands: how their words are read."""


class Plan:
    """The parameters of one handler, sorted by where their values come from."""

    def __init__(self, fn: Callable[..., Any], *, app: str, is_command: bool) -> None:
        self.fn = fn
        self.app = app
        self.is_command = is_command
        self.uses: dict[str, Any] = {}
        self.conversations: list[type[Conversation]] = []
        self.kinds: tuple[type[Update], ...] = ()
        self.positional: list[Source | None] = []
        """None stands for the next argument of the command."""
        self.named: dict[str, Source] = {}
        self._hints = hints_of(fn)
        self._typed: list[inspect.Parameter] = []
        self._marked = uses_of(fn)
        for parameter in inspect.signature(fn).parameters.values():
            self._add(parameter)
        self.arguments = [self._argument(p, is_last=p is self._typed[-1]) for p in self._typed]

    def refuse(self, what: str) -> NoReturn:
        """Raise RouteError for this handler."""
        raise RouteError(f"{where(self.fn)}: {what}")

    def _add(self, parameter: inspect.Parameter) -> None:
        name = parameter.name
        is_named = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            hint = f"; write {name}: tuple[int, ...] for any number of words"
            self.refuse(f"*{name} cannot be filled{hint if self.is_command else ''}")
        if name not in self._hints:
            if parameter.default is inspect.Parameter.empty:
                self.refuse(
                    f"{name} has no annotation, so nobody knows what to pass; write "
                    f"{name}: TextMessage, {name}: Turn or another type"
                )
            return
        source = self._source(name, self._hints[name])
        if name in self._marked and not (source and is_conversation(self._hints[name])):
            self.uses[name] = self._hints[name]
        elif is_named:
            self.named[name] = source or self._refuse_named(name)
        else:
            self.positional.append(source)
            if source is None:
                self._typed.append(parameter)

    def _source(self, name: str, hint: Any) -> Source | None:
        if found := _INJECTED.get(hint) if isinstance(hint, type) else None:
            return None if self.is_command and hint is Person else found
        if is_conversation(hint):
            self.conversations.append(hint)
            return _conversation(hint, self.app)
        kinds = update_kinds(hint)
        if kinds and self.kinds:
            self.refuse(f"{name} is a second update; a handler takes one, so join the types with |")
        self.kinds = self.kinds or kinds
        return _update if kinds else None

    def _argument(self, parameter: inspect.Parameter, *, is_last: bool) -> Argument:
        name, hint = parameter.name, self._hints[parameter.name]
        shown = shown_type(hint)
        provided = f"what a module provides is written *, {name}: {shown} = use()"
        if not self.is_command:
            self.refuse(
                f"{name}: {shown} is nothing that an update has{_nearest(hint)}; words are read as "
                f"arguments in commands only, and {provided}"
            )
        planned = argument_of(parameter, hint, is_last=is_last)
        if isinstance(planned, str):
            self.refuse(
                f"{name}: {planned}{_nearest(hint)}; commands read str, Rest, int, float, Decimal, "
                f"bool, timedelta, datetime, Enum, Literal, Person and tuples of them, and "
                f"{provided}"
            )
        return planned

    def _refuse_named(self, name: str) -> NoReturn:
        self.refuse(f"{name} stands after *, where only what is injected or use() may stand")


def compiled(
    fn: Callable[..., Any], *, app: str, command: str | None = None, is_blocking: bool = False
) -> Compiled:
    """Compile a handler; raises RouteError, or NameError while an annotation does not exist yet."""
    if not callable(fn):
        raise RouteError(f"{fn!r} is no function")
    if inspect.isasyncgenfunction(fn) or inspect.isgeneratorfunction(fn):
        raise RouteError(
            f"{where(fn)}: a handler returns its answer, it does not yield; return a list for "
            f"several messages"
        )
    if is_blocking and inspect.iscoroutinefunction(fn):
        raise RouteError(
            f"{where(fn)}: blocking=True runs a plain function on a thread; this one is async "
            f"and needs none, so drop one of the two"
        )
    plan = Plan(fn, app=app, is_command=command is not None)
    arguments = None if command is None else Arguments(command, plan.arguments)
    if arguments is not None:
        for kind in plan.kinds:
            if not issubclass(TextMessage, kind):
                plan.refuse(f"a command is a TextMessage and never a {kind.__name__}")
    return Compiled(
        call=_call(plan, arguments, is_blocking=is_blocking),
        takes_update=plan.positional == [_update] and not (plan.named or plan.uses or is_blocking),
        kinds=(TextMessage,) if arguments else plan.kinds,
        uses=plan.uses,
        conversations=tuple(plan.conversations),
        arguments=arguments,
    )


# --- where values come from


def _turn(turn: Turn) -> Any:
    return turn


def _update(turn: Turn) -> Any:
    return turn.update


def _chat(turn: Turn) -> Any:
    return turn.chat


def _person(turn: Turn) -> Any:
    return turn.person


_INJECTED: dict[type, Source] = {Turn: _turn, Chat: _chat, Person: _person}


def _conversation(kind: type[Conversation], app: str) -> Source:
    return lambda turn: turn.conversations.get(kind, app=app)


def update_kinds(hint: Any) -> tuple[type[Update], ...]:
    """Return the update classes that an annotation names, or nothing when it names others."""
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if all(isinstance(kind, type) and issubclass(kind, Update) for kind in members):
        return members
    return ()


def _nearest(hint: Any) -> str:
    names = [name for name, kind in vars(updates).items() if update_kinds(kind)]
    names += ["Turn", "Chat", "Person"]
    near = get_close_matches(getattr(hint, "__name__", ""), names, n=1, cutoff=0.7)
    return f" (did you mean {near[0]}?)" if near else ""


# --- calls


def _call(plan: Plan, arguments: Arguments | None, *, is_blocking: bool) -> Call:
    fn = plan.fn
    # Who takes the message itself may read its words in a way of its own.
    reads_words = arguments is not None and (plan.arguments or not plan.kinds)
    if is_blocking or plan.uses:
        return _waiting_call(plan, arguments if reads_words else None, is_blocking=is_blocking)
    if not reads_words and not plan.named:
        if plan.positional == [_update]:
            return lambda turn: fn(turn.update)
        if plan.positional == [_turn]:
            return fn
        sources = [source for source in plan.positional if source is not None]  # none is
        return lambda turn: fn(*[source(turn) for source in sources])
    collect = _collector(plan, arguments if reads_words else None)

    def call(turn: Turn) -> Any:
        try:
            args, kwargs = collect(turn)
        except ArgumentError as error:
            return str(error)
        return fn(*args, **kwargs)

    return call


def _waiting_call(plan: Plan, arguments: Arguments | None, *, is_blocking: bool) -> Call:
    fn, uses = plan.fn, plan.uses
    collect = _collector(plan, arguments)

    async def call(turn: Turn) -> Any:
        try:
            args, kwargs = collect(turn)
        except ArgumentError as error:
            return str(error)
        if uses:
            kwargs |= await turn.provide(uses)
        if is_blocking:
            return await turn.run_blocking(lambda: fn(*args, **kwargs))
        return fn(*args, **kwargs)

    return call


def _collector(
    plan: Plan, arguments: Arguments | None
) -> Callable[[Turn], tuple[list[Any], dict[str, Any]]]:
    positional, named = tuple(plan.positional), tuple(plan.named.items())

    def collect(turn: Turn) -> tuple[list[Any], dict[str, Any]]:
        message: Any = turn.update  # a command's routes get text messages only
        read = () if arguments is None else arguments.read(message)
        if arguments is not None and isinstance(read, Misread):
            raise ArgumentError(arguments.told(read, turn.say))
        values = iter(read)
        args = [next(values) if source is None else source(turn) for source in positional]
        return args, {name: source(turn) for name, source in named}

    return collect
