"""The base class of forms: what a class body declares, and an object with all answers.

How this works: when a class is defined, its annotations and what stands to the right of them become
fields, those of its bases first, each with the kind that reads its answers. An object is frozen and
holds the answers alone; where it is shown (language, number, state, link) is kept beside them, put
there by `placed` and the same for all objects of a class that were never placed.
"""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self, TypeVar, dataclass_transform

from msgspec import UNSET

from posthouse.dialogs.forms.declaring import PLAIN, Namespace, fields_in
from posthouse.dialogs.forms.fields import Field, ask, choose, computed
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.reply import Reply
from posthouse.model.state import State
from posthouse.model.text import Text, Words

FormT = TypeVar("FormT", bound="Form")
UNPUBLISHED = State("draft")
"""The state of a form that has no states."""


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(ask, choose, computed)
)
class Form:
    """A questionnaire: each field is asked for in its turn, and `preview` shows the outcome.

    A field is one line: a name, the type of its answer, and `ask(...)`, `choose(...)` or
    `computed(...)`. Fields of a base come first. An object has an answer for every field.
    """

    form_fields: ClassVar[tuple[Field, ...]] = ()
    form_surroundings: ClassVar[Surroundings] = Surroundings()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        frame = inspect.currentframe()
        around = None if frame is None else frame.f_back
        while around is not None and around.f_code.co_name == "__init_subclass__":
            around = around.f_back  # a base with more to say about its subclasses
        names = Namespace(around.f_globals, around.f_locals) if around else Namespace({}, {})
        cls.form_fields = fields_in(cls, frozenset(dir(Form)), names)

    def __init__(self, **values: Any) -> None:
        """Make a form of its answers; those with a default may be left out."""
        known = {field.name for field in self.form_fields}
        for name in values:
            if name not in known:
                raise TypeError(f"{type(self).__name__}() has no field {name!r}")
        for field in self.form_fields:
            value = values.get(field.name, field.default)
            if value is UNSET:
                raise TypeError(f"{type(self).__name__}() needs a value for {field.name!r}")
            self.__dict__[field.name] = value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: a form is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted: a form is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and answers_of(self) == answers_of(other)

    def __hash__(self) -> int:
        return hash((type(self), *answers_of(self).values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in answers_of(self).items())
        return f"{type(self).__name__}({shown})"

    def __replace__(self, /, **values: Any) -> Self:
        return placed(type(self)(**{**answers_of(self), **values}), self.surroundings)

    @property
    def surroundings(self) -> Surroundings:
        """Where it is filled in or shown."""
        found: Surroundings = self.__dict__.get("surroundings", type(self).form_surroundings)
        return found

    @property
    def number(self) -> int | None:
        """The public number, or None before it is published."""
        return self.surroundings.number

    @property
    def state(self) -> State:
        """The state of the post; the first one before it is published."""
        return self.surroundings.state or UNPUBLISHED

    @property
    def link(self) -> str | None:
        """The post's permanent link, or None before it is published or where it has none."""
        return self.surroundings.link

    def say(self, key: str, **values: object) -> Text:
        """Return words from the app's catalogue, in the language of whoever this is shown to."""
        voice = self.surroundings.voice
        return Text(key) if voice is None else voice.say(key, **values)

    def preview(self) -> Words | Reply:
        """Return what shows the outcome: a line for each answer, unless a form has its own."""
        voice = self.surroundings.voice or Unspoken()
        lines = [
            Text("") + field.title(voice) + ": " + field.kind.show(value, voice)
            for field in type(self).form_fields
            if (value := getattr(self, field.name)) is not None
        ]
        return Text("\n").join(lines)


class Unspoken:
    """The voice of a form that nobody placed: it has no words, and says the keys."""

    def say(self, key: str, /, **values: object) -> Text:
        """Return the key."""
        return Text(key)

    def has(self, key: str, /) -> bool:
        """Return that there are none."""
        return False


def fields_of(form: type[Form] | Form, /) -> tuple[Field, ...]:
    """Return the fields of a form in the order in which they are asked; computed ones are none."""
    return form.form_fields


def answers_of(form: Form, /) -> dict[str, Any]:
    """Return the answers that a form or a draft has, by the names of the fields."""
    return {f.name: form.__dict__[f.name] for f in form.form_fields if f.name in form.__dict__}


def draft_of(
    form: type[FormT], answers: Mapping[str, Any], surroundings: Surroundings | None = None, /
) -> FormT:
    """Return a form as far as it is filled: a field without an answer has its default.

    Reading a field that has neither raises AttributeError.
    """
    draft = form.__new__(form)
    draft.__dict__.update((f.name, answers[f.name]) for f in form.form_fields if f.name in answers)
    return draft if surroundings is None else placed(draft, surroundings)


def view_of(form: type[FormT], plain: Mapping[str, Any], surroundings: Surroundings, /) -> FormT:
    """Return a form as far as it is filled, of plain answers; each is read when it is asked for.

    An answer that no longer fits counts as none. The answers must not change meanwhile.
    """
    draft = form.__new__(form)
    draft.__dict__.update({PLAIN: plain, "surroundings": surroundings})
    return draft


def placed(form: FormT, surroundings: Surroundings, /) -> FormT:
    """Return the form as it is shown elsewhere: in another language, with a number, in a state."""
    made = type(form).__new__(type(form))
    made.__dict__.update(form.__dict__, surroundings=surroundings)
    return made


def plain_of(form: Form, /) -> dict[str, Any]:
    """Return the answers as plain data that msgpack and JSON can hold."""
    return {f.name: f.to_plain(form.__dict__[f.name]) for f in form.form_fields}


def kept_of(form: type[Form], plain: Mapping[str, Any], /) -> dict[str, Any]:
    """Return the answers of plain data that still fit the form; the others are left out."""
    kept = {}
    for field in form.form_fields:
        if field.name in plain:
            try:
                kept[field.name] = field.from_plain(plain[field.name])
            except ValueError:
                continue
    return kept


def form_of(form: type[FormT], plain: Mapping[str, Any], /) -> FormT:
    """Return the form of plain data; raises ValueError when answers are missing or do not fit.

    Skipped fields may be missing: they have their defaults.
    """
    values = {f.name: f.from_plain(plain[f.name]) for f in form.form_fields if f.name in plain}
    try:
        return form(**values)
    except TypeError as error:
        raise ValueError(str(error)) from error
