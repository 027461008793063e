"""The public calls as signatures only, for type checkers. It must keep type-checking; a name moves into the package when it works."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import (
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    dataclass_transform,
    final,
    overload,
)

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
FormT = TypeVar("FormT", bound="Form")


# --- text: str is always literal; spans compose
class Span(Protocol):
    def __add__(self, other: "str | Span") -> "Span": ...


Words: TypeAlias = str | Span


def text(*parts: object) -> Span:
    raise NotImplementedError


def bold(part: object) -> Span:
    raise NotImplementedError


def link(label: str, url: str) -> Span:
    raise NotImplementedError


def markdown(source: str) -> Span:
    raise NotImplementedError


# --- data
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: str
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    id: str
    bot: str
    messenger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    key: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    key: str
    width: int
    height: int


Rest = str  # a command's argument that takes the remaining words


# --- updates that routes can ask for: already narrowed, never Optional where the route guarantees presence
@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    id: str
    native: Any
    """The messenger's own typed object; every key it sent is an attribute, known or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUpdate(Update):
    chat: Chat
    person: Person
    """Who acted; a broadcast chat's own post has the chat as its person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage(ChatUpdate):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoMessage(ChatUpdate):
    photo: Photo
    caption: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumMessage(ChatUpdate):
    photos: tuple[Photo, ...]
    caption: str | None


# --- replies
@final
class _Pass: ...


@final
class _Silent: ...


PASS, SILENT = _Pass(), _Silent()


@dataclass(frozen=True, slots=True)
class Reply:
    words: Words = ""
    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    rows: "tuple[tuple[Button, ...], ...]" = ()


Answer: TypeAlias = Words | Reply | Sequence[Words | Reply] | _Pass | _Silent | None


class Sent(Protocol):
    """Handle of a delivery; edits and deletes may be queued on it before its id is known."""

    def edit(self, reply: Words | Reply) -> None: ...
    def delete(self) -> None: ...


# --- one turn
class Statement(Protocol): ...


class Turn:
    person: Person
    chat: Chat
    update: Update
    late: bool

    def send(self, reply: Words | Reply, *, to: Chat | None = None) -> Sent:
        raise NotImplementedError

    async def send_now(self, key: str, reply: Words | Reply, *, to: Chat | None = None) -> Sent:
        raise NotImplementedError

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        raise NotImplementedError

    def execute(self, statement: Statement, *, expect_rows: int | None = None) -> None:
        raise NotImplementedError

    async def number(self, sequence: str) -> int:
        raise NotImplementedError

    async def once(
        self, key: str, fn: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        raise NotImplementedError

    def later(
        self, after: timedelta, action: "Action[P]", *args: P.args, **kwargs: P.kwargs
    ) -> None:
        raise NotImplementedError


def use() -> Any:
    """Marks a keyword-only parameter that a Module provides; its type is the annotation's."""
    raise NotImplementedError


class Module:
    """Provides objects to handlers; methods marked with `provide` may be async generators for set-up and tear-down."""


def provide(fn: Callable[..., Any]) -> Callable[..., Any]:
    raise NotImplementedError


# --- actions: a button is a deferred, type-checked call
class Action(Generic[P]):
    name: str

    def __call__(
        self, turn: Turn, *args: P.args, **kwargs: P.kwargs
    ) -> "Awaitable[Screen | Answer]":
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Button:
    label: str

    def once(self) -> Self:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Screen:
    words: Words | Reply
    rows: tuple[tuple[Button, ...], ...] = ()

    def row(self, *buttons: Button) -> Self:
        raise NotImplementedError

    def back(self, label: str = "‹") -> Self:
        raise NotImplementedError


def button(label: str, to: Action[P], *args: P.args, **kwargs: P.kwargs) -> Button:
    raise NotImplementedError


# --- forms
class Draft(Generic[FormT]):
    """A half-filled form: unanswered fields are UNSET."""

    def __getattr__(self, field: str) -> Any:
        raise NotImplementedError


def ask(
    prompt: Words,
    *,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Callable[[Any], None] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: Any = None,
    le: Any = None,
    max_items: int | None = None,
) -> Any:
    raise NotImplementedError


def choose(
    prompt: Words,
    *,
    options: Callable[..., Any] | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
) -> Any:
    raise NotImplementedError


def computed(fn: Callable[[Any], T]) -> T:
    raise NotImplementedError


@dataclass_transform(kw_only_default=True, field_specifiers=(ask, choose))
class Form:
    def preview(self) -> Reply:
        raise NotImplementedError


# --- posts
@dataclass(frozen=True, slots=True)
class State:
    name: str

    def __rshift__(self, other: "State") -> "Transition":
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Transition:
    before: State
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    chat: str
    """Named chat of the bot, from settings."""
    number: str
    template: Callable[[Any], Reply]
    transitions: tuple[Transition, ...] = ()
    extra_photos: str | None = None
    moderation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    after: timedelta
    at: time
    template: Callable[[Any], Reply]


# --- publishing
class Publisher(Generic[T]):
    every: timedelta

    def fetch(self, since: str | None) -> AsyncIterator[tuple[str, T]]:
        raise NotImplementedError

    def render(self, item: T) -> Reply:
        raise NotImplementedError


@dataclass_transform(kw_only_default=True, field_specifiers=(ask, choose))
class SavedSearch(Generic[FormT]): ...


# --- an app
Process: TypeAlias = Callable[
    [Update], Words | Reply | _Silent | None | Awaitable[Words | Reply | _Silent | None]
]
"""An app at its plainest: None passes, anything else claims."""
Handler: TypeAlias = Callable[P, Answer | Awaitable[Answer]]


class App:
    def __init__(self, name: str) -> None: ...
    def on(self, fn: Handler[P], /) -> Handler[P]:
        raise NotImplementedError

    def observe(
        self, fn: Callable[P, None | Awaitable[None]], /
    ) -> Callable[P, None | Awaitable[None]]:
        raise NotImplementedError

    @overload
    def command(self, fn: Handler[P], /) -> Handler[P]: ...
    @overload
    def command(self, *names: str, help: str = "") -> Callable[[Handler[P]], Handler[P]]: ...
    def command(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def action(
        self, fn: "Callable[Concatenate[Turn, P], Awaitable[Screen | Answer]]", /
    ) -> Action[P]:
        raise NotImplementedError

    @overload
    def form(self, form: type[FormT], /) -> type[FormT]: ...
    @overload
    def form(
        self, *, publish: Publish, remind: Remind | None = None
    ) -> Callable[[type[FormT]], type[FormT]]: ...
    def form(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def start(self, form: type[FormT], /) -> Action[[]]:
        raise NotImplementedError

    def submit(
        self, form: type[FormT], /
    ) -> "Callable[[Callable[Concatenate[Turn, FormT, P], Awaitable[Answer]]], Callable[Concatenate[Turn, FormT, P], Awaitable[Answer]]]":
        raise NotImplementedError


# --- a site
class Site:
    def __init__(
        self,
        *,
        bots: Sequence["Bot"],
        modules: Sequence[Module] = (),
        storage: str = "sqlite:posthouse.db",
    ) -> None: ...
    def run(self) -> None:
        raise NotImplementedError

    def start(self) -> AbstractAsyncContextManager["Site"]:
        raise NotImplementedError


class Bot:
    def __init__(
        self,
        name: str,
        *,
        messenger: str,
        apps: Sequence[App | Process],
        chats: dict[str, str] | None = None,
        **settings: Any,
    ) -> None: ...


__all__ = [name for name in globals() if not name.startswith("_")]
