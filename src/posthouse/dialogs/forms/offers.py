"""What passes between a field and the dialog that asks it: offers, answers, and what was wrong.

How this works: a kind is pure. `begin` returns the scratch state of a field that is asked, `offer`
what to show for it, `read` takes what a person gave and returns one of three: the answer, a changed
scratch state, or what was wrong with it. All states are plain data that msgpack can hold; what a
state means is known to its kind alone. Words are left as keys of the catalogue until they are
shown, so that no kind ever compares labels in some language.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final, Literal, Protocol, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from posthouse.model.text import Text, Words
from posthouse.model.update import Message

SUBMIT: Final = ">ok"
"""Token of the button that ends a field with several answers."""
PREVIOUS: Final = ">prev"
"""Token of the button that shows the page before."""
NEXT: Final = ">next"
"""Token of the button that shows the next page."""
ADD: Final = ">add"
"""Token of the button that begins one more sub-form."""
DROP_LAST: Final = ">drop"
"""Token of the button that takes the last of several away."""
DROP_ALL: Final = ">clear"
"""Token of the button that takes all of several away."""
NOTHING: Final = ""
"""Token of a place in a grid that cannot be pressed."""


Value: TypeAlias = Any
"""An answer, of the type that the field is annotated with."""
Plain: TypeAlias = Any
"""The same as data that JSON and msgpack can hold."""
Scratch: TypeAlias = Any
"""What a kind remembers while its field is asked, as such data."""


class Voice(Protocol):
    """Words of the catalogues in one person's language."""

    def say(self, key: str, /, **values: Any) -> Text:
        """Return the words of a key; its own name where no catalogue has it."""
        ...

    def has(self, key: str, /) -> bool:
        """Whether a catalogue has the key, in this language or in English."""
        ...


class Said(Struct, frozen=True):
    """A sentence of the catalogues, with the values in it."""

    key: str
    values: Mapping[str, Any] = {}

    def words(self, voice: Voice) -> Words:
        """Return it in a person's language."""
        return voice.say(self.key, **self.values)


class Wrong(Said, frozen=True):
    """What was expected instead of what came; the state of the field is as it was."""

    given: Words | None = None
    """The sentence itself, where a form's own `check=` wrote it."""

    def words(self, voice: Voice) -> Words:
        """Return it in a person's language."""
        return voice.say(self.key, **self.values) if self.given is None else self.given


class Answered(Struct, frozen=True):
    """The field's answer."""

    value: Value
    note: Said | None = None
    """What to tell beside going on: that something was left out, say."""


class Staying(Struct, frozen=True):
    """The field is asked on, with another state."""

    state: Scratch
    changed: bool = True
    """Whether the offer looks different now; else there is nothing to show."""
    note: Said | None = None
    """What to tell beside: that something was left out, say."""


class Starts(Struct, frozen=True):
    """A sub-form is to be filled; its outcome is given to `SubForms.added`."""

    form: type[Any]
    state: Scratch


Reading: TypeAlias = Answered | Staying | Starts | Wrong
"""What `read` makes of something given."""


class Option(Struct, frozen=True):
    """One of the things that are offered."""

    token: str
    """What a press on it gives back, at most ten characters; never shown."""
    label: Words
    """What it shows where no catalogue has one of the keys."""
    keys: tuple[str, ...] = ()
    """Keys under which its label is looked for, the first that is there counts."""
    values: Mapping[str, Any] = {}
    """Values in the label."""
    chosen: bool | None = None
    """Whether it is switched on; None for one that is no switch."""

    def words(self, voice: Voice) -> Words:
        """Return its label in a person's language."""
        key = next((key for key in self.keys if voice.has(key)), None)
        return self.label if key is None else voice.say(key, **self.values)


class Offer(Struct, frozen=True, kw_only=True):
    """What to show under a prompt: options in a grid, then the page turner, then tools."""

    options: tuple[Option, ...] = ()
    columns: int = 1
    more: bool = False
    """There are further pages: a button with the token NEXT is wanted."""
    page: int = 0
    """The page shown; from 1 on a button with the token PREVIOUS is wanted."""
    pages: int = 1
    place: Option | None = None
    """What stands between the buttons of the page turner instead of the page's number."""
    tools: tuple[Option, ...] = ()
    """Further buttons, each in a row of its own."""
    request: Literal["contact", "location"] | None = None
    """A button that asks the messenger for the person's own number or place, where it has one."""
    submit: bool = False
    """A button with the token SUBMIT is wanted."""
    status: Said | None = None
    """A line to show under the prompt: how many photos there are, say."""


NO_OFFER: Final = Offer()
"""Of a field that is answered in words alone."""


class Pick(Struct, frozen=True):
    """A button of the offer was pressed, or its label typed."""

    token: str


Given: TypeAlias = Message | Pick
"""What a person gave: a message of any kind, or a pick."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a form knows of where it is filled in or shown; the framework fills it."""

    voice: Voice | None = None
    today: date | None = None
    """Today where the bot lives: limits such as `ge=timedelta(0)` count from it."""
    country: str | None = None
    """Two letters of the country that local phone numbers are from: "UA"."""
    number: int | None = None
    """The public number of the post."""
    state: Scratch = None
    """The state of the post."""
    link: str | None = None
    """Permanent link of the post."""


class Draft(Protocol):
    """The form as far as it is filled: an answer for each field asked so far, or its default."""

    @property
    def surroundings(self) -> Surroundings:
        """Where it is filled in."""
        ...


class Kind(Struct, frozen=True, kw_only=True):
    """How one kind of field asks, reads and shows; it is pure."""

    sorts: ClassVar[tuple[type[Any], ...]] = ()
    """Types that a value of this kind has."""

    def load(self) -> None:
        """Read the files that its answers need, before the first one; any thread may call it."""

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the state in which the field is asked first, or again with the value it has."""
        return None

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return what to show under the prompt."""
        return NO_OFFER

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return what was given as an answer, as a step towards one, or what is wrong with it."""
        raise NotImplementedError

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return what is expected: for help, and for when something else came."""
        raise NotImplementedError

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return the value as it is shown in a list of answers."""
        return str(value)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the value as plain data that msgpack and JSON can hold."""
        return value

    def from_plain(self, raw: Plain, /) -> Value:
        """Return the value of plain data; raises ValueError when it no longer fits the field."""
        raise NotImplementedError

    def fault_of(self, value: Value, /) -> str | None:
        """Return what keeps a default from being a value of this kind, or None."""
        if self.sorts and not isinstance(value, self.sorts):
            names = " or ".join(sort.__name__ for sort in self.sorts)
            return f"it is {value!r}, not a {names}"
        try:
            again = self.from_plain(self.to_plain(value))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return str(error)
        return None if again == value else f"it is {value!r}, which would be read as {again!r}"

    def keys(self) -> tuple[str, ...]:
        """Return the keys of labels that a catalogue may give; `posthouse check` lists them."""
        return ()
