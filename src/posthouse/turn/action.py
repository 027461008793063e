"""Actions: named functions that buttons and timers call later, with checked arguments."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Set
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias

import msgspec

from posthouse.errors import ActionError
from posthouse.model.reply import Answer, Button, Screen
from posthouse.model.text import Words
from posthouse.turn.conversation import is_conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import hints_of, uses_of, where

P = ParamSpec("P")
Showing: TypeAlias = Screen | Answer | Awaitable[Screen | Answer]
"""What an action may return: something to show, or another action's call."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Any]).decode
_EMPTY = inspect.Parameter.empty


class Action(Generic[P]):
    """A node of the conversation graph; calling it with a turn runs it."""

    def __init__(
        self,
        fn: Callable[Concatenate[Turn, P], Awaitable[Screen | Answer] | Screen | Answer],
        *,
        name: str,
        home: bool = False,
        gates: Any = None,
    ) -> None:
        self.fn = fn
        self.name = name
        """Full name, `app.function`: buttons and timers that are already out refer to it."""
        self.home = home
        self.gates = gates
        """An `Entrance` whom it lets through, or None for everybody."""
        marked = uses_of(fn)
        self.conversations = {n: kind for n, kind in marked.items() if is_conversation(kind)}
        """States it asks for, by parameter."""
        self.uses = {n: kind for n, kind in marked.items() if n not in self.conversations}
        """What modules must provide, by parameter."""
        self._app = name.partition(".")[0]
        self.__doc__ = fn.__doc__
        self.__wrapped__ = fn
        self._signature, self._parameters = _parameters(fn)
        hints = hints_of(fn)
        self._types = [hints.get(p.name, Any) for p in self._parameters]
        self._positional = sum(p.kind is not p.KEYWORD_ONLY for p in self._parameters)
        self._required = sum(p.default is _EMPTY for p in self._parameters)
        for parameter, kind in zip(self._parameters, self._types, strict=True):
            if is_conversation(kind):
                raise ActionError(
                    f"{where(fn)}: {parameter.name} is a conversation and cannot travel in a "
                    f"button; write *, {parameter.name}: {kind.__name__} = use()"
                )

    def __repr__(self) -> str:
        return f"<Action {self.name}>"

    async def __call__(self, turn: Turn, *args: P.args, **kwargs: P.kwargs) -> Screen | Answer:
        """Run the action in a turn; what modules provide is filled in unless it is passed."""
        filled: dict[str, Any] = {}
        travelling: Mapping[str, Any] = kwargs
        if self.uses or self.conversations:
            filled = await self._fill(turn, kwargs)
            travelling = {n: v for n, v in kwargs.items() if n not in self.filled_names}
        call = (self.name, self._pack(args, travelling))
        if self.gates is not None:
            refusal: Screen | None = await self.gates.refusal(turn, call)
            if refusal is not None:
                turn.shown_by(refusal, call)
                return refusal
        result: Any = self.fn(turn, *args, **kwargs, **filled)
        while inspect.isawaitable(result):
            result = await result
        if isinstance(result, Screen):
            turn.shown_by(result, call)
        return result  # type: ignore[no-any-return]  # checked where it is turned into deliveries

    @property
    def filled_names(self) -> Set[str]:
        """Parameters marked with `use()`, which no caller passes."""
        return self.uses.keys() | self.conversations.keys()

    def encode(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Check arguments against the signature and encode them; raises ActionError."""
        given = self.filled_names & kwargs.keys()
        if given:
            raise ActionError(
                f"{self.name}: {min(given)} is filled in when the action runs and cannot travel in "
                f"a button or a timer; leave it out"
            )
        try:
            packed = self._pack(args, kwargs)
            self.decode(packed)
        except (TypeError, OverflowError, UnicodeError) as error:
            raise ActionError(f"{self.name}{self._shown()}: {error}") from None
        return packed

    def decode(self, packed: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments that `encode` packed, typed again.

        Raises ActionError when they no longer fit the signature.
        """
        try:
            values = _decode(packed)
        except msgspec.DecodeError as error:
            raise ActionError(f"{self.name}: the call does not decode: {error}") from None
        if len(values) > len(self._parameters):
            raise ActionError(
                f"{self.name} takes {len(self._parameters)} arguments, the call has {len(values)}"
            )
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for index, parameter in enumerate(self._parameters):
            if index >= len(values):
                if parameter.default is _EMPTY:
                    raise ActionError(
                        f"{self.name}: the call has no {parameter.name}, which has no default"
                    )
                continue
            try:
                value = msgspec.convert(values[index], self._types[index])
            except msgspec.ValidationError as error:
                raise ActionError(
                    f"{self.name}: {parameter.name} = {values[index]!r}: {error}"
                ) from None
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                kwargs[parameter.name] = value
            else:
                args.append(value)
        return tuple(args), kwargs

    @property
    def callable_without_arguments(self) -> bool:
        """Whether every argument has a default."""
        return all(p.default is not _EMPTY for p in self._parameters)

    async def _fill(self, turn: Turn, given: Mapping[str, Any]) -> dict[str, Any]:
        missing = {name: kind for name, kind in self.uses.items() if name not in given}
        filled = dict(await turn.provide(missing)) if missing else {}
        for name, kind in self.conversations.items():
            if name not in given:
                filled[name] = turn.conversations.get(kind, app=self._app)
        return filled

    def _pack(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        if not kwargs and self._required <= len(args) <= self._positional:
            return _encode(args)
        bound = self._signature.bind(*args, **kwargs).arguments
        values = [bound.get(p.name, p.default) for p in self._parameters]
        while values and self._parameters[len(values) - 1].name not in bound:
            values.pop()
        return _encode(values)

    def _shown(self) -> str:
        return str(self._signature)


def _parameters(fn: Callable[..., Any]) -> tuple[inspect.Signature, list[inspect.Parameter]]:
    signature = inspect.signature(fn)
    everything = list(signature.parameters.values())
    if not everything or everything[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise ActionError(f"{where(fn)}: an action's first parameter is the turn")
    uses = uses_of(fn)
    mine = [p for p in everything[1:] if p.name not in uses]
    for parameter in mine:
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise ActionError(
                f"{where(fn)}: *{parameter.name} cannot travel in a button; name the arguments"
            )
    return inspect.Signature(mine), mine


def button(label: Words, to: Action[P], *args: P.args, **kwargs: P.kwargs) -> Button:
    """Return a button that calls an action with these arguments.

    Type checkers check them against the action's signature, and so does this call: it raises
    ActionError for arguments that do not fit.
    """
    if not label:
        raise ActionError(f"the button to {to.name} has no label; give it at least one character")
    return Button(
        label=str(label), action=to.name, args=args, kwargs=kwargs, encoded=to.encode(args, kwargs)
    )


def link_button(label: Words, url: str) -> Button:
    """Return a button that opens an address."""
    if not label:
        raise ActionError(f"the button to {url} has no label; give it at least one character")
    return Button(label=str(label), url=url)
