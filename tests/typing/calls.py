"""The public calls as signatures only, for type checkers. It must keep type-checking; a name moves into the package when it works."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import (
    Any,
    Concatenate,
    Generic,
    Literal,
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
V = TypeVar("V")
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
class Message(ChatUpdate): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage(Message):
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


Answer: TypeAlias = (
    "Words | Reply | Screen | Sequence[Words | Reply | Screen] | _Pass | _Silent | None"
)


class Sent(Protocol):
    """Handle of a delivery; edits and deletes may be queued on it before its id is known."""

    def edit(self, reply: Words | Reply) -> "Sent": ...
    def delete(self) -> "Sent": ...
    def then(self, action: "Action[P]", *args: P.args, **kwargs: P.kwargs) -> Self:
        """Call an action in this turn's chat once it is known how the delivery ended."""
        ...


# --- one turn
class Statement(Protocol): ...


class Turn:
    person: Person
    chat: Chat
    update: Update
    late: bool

    def say(self, key: str, **values: object) -> Span:
        """Words from the app's catalogue, in this person's language."""
        raise NotImplementedError

    async def direct(self, person: str) -> Chat:
        """The private chat of a person with this bot."""
        raise NotImplementedError

    def send(
        self,
        reply: Words | Reply | "Screen",
        *,
        to: Chat | None = None,
        reply_to: str | None = None,
    ) -> Sent:
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

    def confirm(self, question: Words | None = None) -> Self:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Screen:
    words: Words | Reply
    rows: tuple[tuple[Button, ...], ...] = ()

    def row(self, *buttons: Button) -> Self:
        raise NotImplementedError

    def back(self, label: str = "‹") -> Self:
        raise NotImplementedError

    def options(
        self,
        items: Sequence[T],
        to: "Action[Concatenate[V, P]]",
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Self:
        """A button for each item, in pages; pressing one calls the action with its value."""
        raise NotImplementedError

    def toggles(self, items: Sequence[T], to: "Action[[tuple[T, ...]]]") -> Self:
        raise NotImplementedError

    def dates(self, to: "Action[Concatenate[date, P]]", *args: P.args, **kwargs: P.kwargs) -> Self:
        raise NotImplementedError


def button(label: Words, to: Action[P], *args: P.args, **kwargs: P.kwargs) -> Button:
    raise NotImplementedError


# --- forms: every field is one line; its annotation says how an answer is read
def ask(
    prompt: Words | None = None,
    *,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Callable[[Any], object] | Callable[[Any, Any], object] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: Any = None,
    le: Any = None,
    max_items: int | None = None,
    unit: str | None = None,
    elastic: bool = False,
    profile: bool = False,
) -> Any:
    raise NotImplementedError


def choose(
    prompt: Words | None = None,
    *,
    options: Callable[[Any], Any] | Sequence[Any] | Path | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Callable[[Any], object] | Callable[[Any, Any], object] | None = None,
    max_items: int | None = None,
    profile: bool = False,
) -> Any:
    raise NotImplementedError


def computed(fn: Callable[[Any], T], *, init: Literal[False] = False) -> T:
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class State:
    """A state of a post; a post that comes into an ending one takes no further transitions."""

    name: str
    ends: bool = False

    def __rshift__(self, other: "State") -> "Transition":
        raise NotImplementedError


@dataclass_transform(kw_only_default=True, field_specifiers=(ask, choose, computed))
class Form:
    """A questionnaire: each field is asked for in its turn, and `preview` shows the outcome."""

    @property
    def number(self) -> int | None:
        """The public number, or None before it is published."""
        raise NotImplementedError

    @property
    def state(self) -> State:
        """The state of the post; the first one before it is published."""
        raise NotImplementedError

    @property
    def link(self) -> str | None:
        raise NotImplementedError

    def say(self, key: str, **values: object) -> Span:
        """Words from the app's catalogue, in the language of whoever this is shown to."""
        raise NotImplementedError

    def preview(self) -> "Words | Reply":
        raise NotImplementedError


# --- posts
@dataclass(frozen=True, slots=True)
class Transition:
    before: State
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A further form about a post: its outcome goes into the post's thread and a second chat."""

    form: type[Form]
    chat: str | None = None
    again: Literal["add", "edit", "refuse"] = "add"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    after: timedelta
    at: time
    template: Callable[[Any], "Words | Reply"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    chat: str | tuple[str, ...]
    """Named chats of the bot, from settings."""
    number: str
    template: Callable[[Any], "Words | Reply"] | None = None
    """What the post shows; the form's preview when left out."""
    transitions: tuple[Transition, ...] = ()
    repost: Literal["delete", "edit", "keep"] | None = None
    """What becomes of the old message when the author posts again; None: one may not."""
    extra_photos: str | None = None
    """Named chat of the linked group: photos after the first go into the post's thread there."""
    moderation: str | None = None
    """Named chat where staff get a card for each post."""
    media: Mapping[State, Path] = {}
    """The picture of a post that has none of its own, by its state."""
    follow_ups: tuple[FollowUp, ...] = ()


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
    def __init__(self, name: str, *, words: Path | None = None) -> None: ...
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

    @overload
    def action(
        self, fn: "Callable[Concatenate[Turn, P], Awaitable[Screen | Answer]]", /
    ) -> Action[P]: ...
    @overload
    def action(
        self, /, *, home: bool = False
    ) -> "Callable[[Callable[Concatenate[Turn, P], Awaitable[Screen | Answer]]], Action[P]]": ...
    def action(self, fn: Any = None, /, *, home: bool = False) -> Any:
        raise NotImplementedError

    @overload
    def form(self, form: type[FormT], /) -> type[FormT]: ...
    @overload
    def form(
        self, /, *, publish: Publish | None = None, remind: Remind | None = None
    ) -> Callable[[type[FormT]], type[FormT]]: ...
    def form(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def start(self, form: type[FormT], /) -> Action[[]]:
        """The action that begins the form, or goes on with its open draft."""
        raise NotImplementedError

    def posts(self, form: type[FormT], /) -> Action[[]]:
        """The action that lists a person's own posts of the form."""
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
