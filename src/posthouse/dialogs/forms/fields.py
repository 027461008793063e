"""One field of a form: what `ask`, `choose` and `computed` say, and the field that comes of it."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from msgspec import UNSET, Struct

from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Plain,
    Reading,
    Scratch,
    Value,
    Voice,
    Wrong,
)
from posthouse.errors import FormError
from posthouse.model.text import Text, Words

T = TypeVar("T")
REFUSED: Final = "posthouse-refused"
SKIPPED: Final = "posthouse-skipped"
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAK: Final = re.compile(r"[^a-z0-9]+")
_WITH_DRAFT: Final = 2


def kebab(name: str) -> str:
    """Return a name as it stands in keys of catalogues: "CarAd" is "car-ad"."""
    return _BREAK.sub("-", _HUMP.sub("-", name).lower()).strip("-")


class Spec(Struct, frozen=True, kw_only=True):
    """What was written to the right of a field's annotation."""

    is_choice: bool
    prompt: Words | None
    default: Any
    when: Callable[[Any], bool] | None
    check: Callable[..., object] | None
    profile: bool
    elastic: bool
    bounds: Mapping[str, Any]
    """The arguments that only some kinds take, without those left out."""


class Computed(Struct, frozen=True):
    """A value that is worked out whenever it is read, so that it never is an old one."""

    fn: Callable[[Any], Any]

    def __get__(self, form: object, owner: type[object] | None = None) -> Any:
        return self if form is None else self.fn(form)


def ask(  # noqa: PLR0913  each is one keyword of a line
    prompt: Words | None = None,
    *,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Callable[[Any], object] | Callable[[Any, Any], object] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    single_line: bool = False,
    ge: Any = None,
    le: Any = None,
    decimals: int | None = None,
    min_items: int | None = None,
    max_items: int | None = None,
    max_bytes: int | None = None,
    unit: str | None = None,
    grouped: bool | None = None,
    country: str | None = None,
    elastic: bool = False,
    profile: bool = False,
) -> Any:
    """Declare a field that is answered in one's own words, or with a photo, file or place.

    Which of the arguments a field takes depends on its annotation; one that does not fit is an
    error when the class is defined.

    Args:
        prompt: The question; without it the words of the key `{form}-{field}` are asked.
        default: Value of a field that was skipped; with one it may be skipped.
        when: Gets the form as far as it is filled; the field is asked only if this is true.
        check: Gets the value, and the form as far as it is filled if it takes two; None and True
            are fine, False and a sentence are not.
        min_length: Fewest characters of a text.
        max_length: Most characters of a text, 4000 when left out.
        single_line: Line breaks in a text become spaces.
        ge: Least number, amount or time, or earliest date; a timedelta counts from today.
        le: Greatest number, amount or time, or latest date; a timedelta counts from today.
        decimals: Most digits after the decimal mark.
        min_items: Fewest photos or sub-forms.
        max_items: Most photos or sub-forms, 10 when left out.
        max_bytes: Size of the largest file.
        unit: Of a number, for its words: it may be typed behind it. Of money: its currency.
        grouped: Of a whole number, whether its thousands are set apart as the language does it; by
            default only from 10,000 on, so that years look like years.
        country: Two letters of the country whose phone numbers may be given without its code; by
            default the bot's setting.
        elastic: The text may be as long as the post's other parts leave room for.
        profile: The answer is offered again the next time.
    """
    bounds = {
        "min_length": min_length, "max_length": max_length, "single_line": single_line or None,
        "ge": ge, "le": le, "decimals": decimals, "min_items": min_items, "max_items": max_items,
        "max_bytes": max_bytes, "unit": unit, "grouped": grouped, "country": country,
    }  # fmt: skip
    return Spec(
        is_choice=False,
        prompt=prompt,
        default=UNSET if default is ... else default,
        when=when,
        check=check,
        profile=profile,
        elastic=elastic,
        bounds=_given(bounds),
    )


def choose(  # noqa: PLR0913  each is one keyword of a line
    prompt: Words | None = None,
    *,
    options: Callable[[Any], Any] | Sequence[Any] | Path | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Callable[[Any], object] | Callable[[Any, Any], object] | None = None,
    min_items: int | None = None,
    max_items: int | None = None,
    columns: int | None = None,
    profile: bool = False,
) -> Any:
    """Declare a field that is answered with one of several options, or many for a tuple.

    Args:
        prompt: The question; without it the words of the key `{form}-{field}` are asked.
        options: Values, or pairs of a value and its label, or what returns them for the form as far
            as it is filled; or the file of a gazetteer for a Place. An Enum and a bool have theirs.
        default: Value of a field that was skipped; with one it may be skipped.
        when: Gets the form as far as it is filled; the field is asked only if this is true.
        check: Gets the value, and the form as far as it is filled if it takes two; None and True
            are fine, False and a sentence are not.
        min_items: Fewest that have to be chosen for a tuple, 1 when left out.
        max_items: Most that may be chosen for a tuple.
        columns: How many options stand in a row.
        profile: The answer is offered again the next time.
    """
    bounds = {
        "options": options, "min_items": min_items, "max_items": max_items, "columns": columns,
    }  # fmt: skip
    return Spec(
        is_choice=True,
        prompt=prompt,
        default=UNSET if default is ... else default,
        when=when,
        check=check,
        profile=profile,
        elastic=False,
        bounds=_given(bounds),
    )


def computed(fn: Callable[[Any], T], *, init: Literal[False] = False) -> T:
    """Declare a value that is worked out from the other answers; it is never asked."""
    made: Any = Computed(fn)
    return made  # type: ignore[no-any-return]  # the type is that of the value read


def _given(bounds: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in bounds.items() if value is not None}


class Field(Struct, frozen=True, kw_only=True):
    """One field of a form, ready to be asked."""

    name: str
    kind: Kind
    prompt: Words | None
    """The question as the code gives it; None: by the keys."""
    default: Any
    """Value when it was skipped, or UNSET when it has to be answered."""
    when: Callable[[Any], bool] | None
    check: Callable[..., object] | None
    nullable: bool
    """The annotation allows None."""
    takes_draft: bool
    """The check takes the form as well."""
    profile: bool
    elastic: bool
    owner: type[object]
    """The class that declares it."""
    keys: tuple[str, ...]
    """Keys of its prompt: that of the form, then that of the owner."""
    is_personal: bool = False
    """It tells something about whoever fills the form in, and goes when they are forgotten."""

    @property
    def is_optional(self) -> bool:
        """Whether it may be skipped."""
        return self.default is not UNSET

    def is_wanted(self, draft: Draft | None, /) -> bool:
        """Whether it is asked, by what was answered before."""
        return self.when is None or bool(self.when(draft))

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return what the kind and then the form's own check make of something given."""
        return self.checked(self.kind.read(given, state, draft), draft)

    def checked(self, reading: Reading, draft: Draft | None, /) -> Reading:
        """Return a reading after the form's own check of an answer."""
        if self.check is None or not isinstance(reading, Answered):
            return reading
        value = reading.value
        verdict = self.check(value, draft) if self.takes_draft else self.check(value)
        if verdict is None or verdict is True:
            return reading
        return Wrong(REFUSED, {}, None if verdict is False else _sentence(verdict, self))

    def to_plain(self, value: Value, /) -> Plain:
        """Return a value as plain data that msgpack and JSON can hold."""
        return None if value is None else self.kind.to_plain(value)

    def from_plain(self, raw: Plain, /) -> Value:
        """Return the value of plain data; raises ValueError when it no longer fits."""
        if raw is None:
            if self.nullable:
                return None
            raise ValueError(f"{self.name} has to be answered")
        if self.default is not UNSET and raw == self.to_plain(self.default):
            return self.default
        return self.kind.from_plain(raw)

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return a value as it is shown in a list of answers."""
        return voice.say(SKIPPED) if value is None else self.kind.show(value, voice)

    def question(self, voice: Voice, /) -> Words:
        """Return the prompt in a person's language; the field's name where nothing gives one."""
        if self.prompt is not None:
            return self.prompt
        return self._words("", voice) or self.title(voice)

    def title(self, voice: Voice, /) -> Words:
        """Return the short name, for the list of what can be edited."""
        return self._words(".label", voice) or self.name.replace("_", " ").capitalize()

    def hint(self, voice: Voice, /) -> Words | None:
        """Return the further words under the prompt, where a catalogue has some."""
        return self._words(".hint", voice)

    def _words(self, attribute: str, voice: Voice) -> Words | None:
        key = next((k + attribute for k in self.keys if voice.has(k + attribute)), None)
        return None if key is None else voice.say(key)


def _sentence(verdict: object, field: Field) -> Words:
    if isinstance(verdict, str | Text):
        return verdict
    raise FormError(
        f"the check of {field.owner.__name__}.{field.name} returned {verdict!r}; let it return "
        "None or True when the value is fine, False or a sentence when it is not"
    )


def takes_draft(check: Callable[..., object] | None, where: str) -> bool:
    """Whether a check takes the form as well as the value; raises FormError if neither fits."""
    if check is None:
        return False
    try:
        parameters = inspect.signature(check).parameters.values()
    except ValueError:  # a builtin that does not tell takes the value
        return False
    free = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    needed = sum(p.default is p.empty for p in free)
    if not free or needed > _WITH_DRAFT:
        raise FormError(
            f"{where}: its check takes {len(free)} arguments; let it take the value, or the value "
            "and the form"
        )
    return needed == _WITH_DRAFT
