"""What a handler may give back: words, replies with media and buttons, screens, PASS and SILENT."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from enum import Enum
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeAlias, TypeVar, overload

from msgspec import Struct
from msgspec.structs import replace

from posthouse.errors import MistakeError
from posthouse.model.elements import AnyElement, Callee, Dates, Options, Times, Toggles
from posthouse.model.media import File, Photo
from posthouse.model.text import Text, Words

P = ParamSpec("P")
V = TypeVar("V")


class Signal(Enum):
    """Answers that are not messages."""

    PASS = "pass"  # noqa: S105  no password
    """Not mine after all: ask the next route, then the next app."""
    SILENT = "silent"
    """Mine, and there is nothing to say."""


PASS: Literal[Signal.PASS] = Signal.PASS
SILENT: Literal[Signal.SILENT] = Signal.SILENT


class Button(Struct, frozen=True, kw_only=True):
    """A button: a deferred call of an action, or a link.

    Build it with `button(...)` or `link_button(...)`.
    """

    label: str
    action: str | None = None
    """Full name of the action it calls."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}
    encoded: bytes = b""
    """The checked arguments as they travel."""
    url: str | None = None
    only_once: bool = False
    asks: bool = False
    """A press asks first whether it is meant."""
    question: Words | None = None
    """What it asks; the words `posthouse-confirm` when None."""
    asked: str | None = None
    """Id of the person whose press asked; only that person's press of this button counts."""

    def once(self) -> Self:
        """Take only the first press of each person for as long as the screen lives."""
        return replace(self, only_once=True)

    def confirm(self, question: Words | None = None) -> Self:
        """Ask first, in place: Yes does what the button does, No shows the screen again."""
        return replace(self, asks=True, question=question)


BACK = "<back>"
HOME = "<home>"
STAY = "<stay>"
"""Shows the screen once more."""
VIEW = "<view>"
"""Shows another page, month or choice of the same screen."""
INERT = "<inert>"
"""Does nothing: a heading among buttons."""


class Request(Struct, frozen=True):
    """A ready answer that shares something: a press sends one's own contact, or where one is.

    It is left out where the messenger has no such thing, so offer another way beside it.
    """

    label: str
    what: Literal["contact", "location"]


class Reply(Struct, frozen=True):
    """One message to send."""

    words: Words = ""
    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    choices: tuple[tuple[str | Request, ...], ...] | None = None
    """Ready answers offered instead of typing, in rows: None leaves the ones shown now, an empty
    tuple takes them away."""


class Layout(Struct, frozen=True, kw_only=True):
    """How the lists, calendars and clocks of a screen are laid out."""

    per_page: int = 8
    """Most items of a list at once; more are shown in pages."""
    columns: int = 1
    """Items of a list side by side."""
    search: bool = False
    """What a person types while the screen is the newest message narrows its lists."""
    first: date | None = None
    """Earliest day of its calendars."""
    last: date | None = None
    """Latest day of its calendars."""
    step: timedelta = timedelta(minutes=5)
    """Between the minutes of its clocks."""
    typed: bool = False
    """Something else than a choice may be typed, also a number: where a messenger has no buttons,
    choices are then written `/1`, `/2` and so on."""


class Screen(Layout, frozen=True):
    """What an action shows; it is edited in place when a button on it is pressed.

    Lists, calendars and clocks turn their pages by running the action again: it should show
    things, and leave changing them to the actions that its buttons call.
    """

    words: Words | Reply
    rows: tuple[tuple[Button, ...], ...] = ()
    elements: tuple[AnyElement, ...] = ()

    def row(self, *buttons: Button) -> Self:
        """Add a row of buttons below."""
        return replace(self, rows=(*self.rows, buttons))

    def back(self, label: Words = "‹") -> Self:
        """Add a button that shows the screen before this one; left out where there is none."""
        return self.row(Button(label=str(label), action=BACK))

    def home(self, label: Words = "⌂") -> Self:
        """Add a button that shows the bot's first screen."""
        return self.row(Button(label=str(label), action=HOME))

    @overload
    def options(
        self,
        items: Iterable[tuple[Words, V]],
        to: Callee[Concatenate[V, P]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Self: ...
    @overload
    def options(
        self,
        items: Iterable[V],
        to: Callee[Concatenate[V, P]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Self: ...
    def options(self, items: Iterable[Any], to: Callee[Any], *args: Any, **kwargs: Any) -> Self:
        """Add a button for each item, in pages; pressing one calls the action with its value.

        Args:
            items: Pairs of label and value, members of an Enum, or plain values.
            to: Called with the value, then with what follows here.
        """
        options = Options(
            after=len(self.rows),
            to=to,
            args=args,
            kwargs=kwargs,
            items=tuple(items),
            per_page=_positive("per_page", self.per_page),
            columns=_positive("columns", self.columns),
            search=self.search,
        )
        return self._with(options, *(value_of(item) for item in options.items[:1]))

    @overload
    def toggles(
        self,
        items: Iterable[tuple[Words, V]],
        to: Callee[Concatenate[tuple[V, ...], P]],
        chosen: Iterable[V] = (),
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Self: ...
    @overload
    def toggles(
        self,
        items: Iterable[V],
        to: Callee[Concatenate[tuple[V, ...], P]],
        chosen: Iterable[V] = (),
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Self: ...
    def toggles(
        self,
        items: Iterable[Any],
        to: Callee[Any],
        chosen: Iterable[Any] = (),
        *args: Any,
        **kwargs: Any,
    ) -> Self:
        """Add a list of which any number may be chosen; Done calls the action with the tuple.

        Args:
            items: As in `options`.
            to: Called with the chosen values in the order of the items, then with what follows.
            chosen: Values that are chosen to begin with.
        """
        toggles = Toggles(
            after=len(self.rows),
            to=to,
            args=args,
            kwargs=kwargs,
            items=tuple(items),
            chosen=tuple(chosen),
            per_page=_positive("per_page", self.per_page),
            columns=_positive("columns", self.columns),
        )
        return self._with(toggles, tuple(value_of(item) for item in toggles.items[:1]))

    def dates(self, to: Callee[Concatenate[date, P]], *args: P.args, **kwargs: P.kwargs) -> Self:
        """Add a calendar from the screen's `first` to its `last` day; a day calls the action."""
        if self.first is not None and self.last is not None and self.first > self.last:
            raise MistakeError(
                f"Screen: the calendar has no day, {self.first} is after {self.last}; first must "
                f"not be after last"
            )
        dates = Dates(
            after=len(self.rows),
            to=to,
            args=args,
            kwargs=kwargs,
            first=self.first,
            last=self.last,
        )
        return self._with(dates, date.min)

    def times(self, to: Callee[Concatenate[time, P]], *args: P.args, **kwargs: P.kwargs) -> Self:
        """Add the hours of a day, then the minutes by the screen's `step`; they call the action."""
        minutes = self.step / timedelta(minutes=1)
        if not (1 <= minutes <= 60 and minutes.is_integer()):  # noqa: PLR2004  as clocks have
            raise MistakeError(
                f"Screen: step is {self.step}; give whole minutes, 1 to 60, such as "
                f"timedelta(minutes=15)"
            )
        times = Times(after=len(self.rows), to=to, args=args, kwargs=kwargs, step=self.step)
        return self._with(times, time())

    def _with(self, element: AnyElement, *sample: Any) -> Self:
        if sample:
            element.call(*sample)  # a wrong call is told here, and not when it is shown
        return replace(self, elements=(*self.elements, element))


def value_of(item: Any) -> Any:
    """Return the value of an item: of a pair the second, else itself."""
    return item[1] if is_pair(item) else item


def is_pair(item: Any) -> bool:
    """Whether an item is a pair of label and value."""
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str | Text)  # noqa: PLR2004  a pair


def _positive(name: str, value: int) -> int:
    if value < 1:
        raise MistakeError(f"Screen: {name} is {value}; give at least 1")
    return value


Answer: TypeAlias = Words | Reply | Screen | Sequence[Words | Reply | Screen] | Signal | None
"""Anything a handler may return."""
