"""The arguments of a command: planned once from its signature, then read from what a person typed.

How this works: `plan(...)` turns the parameters that are arguments into `Argument`s, each of which
takes its words from the text at a position and returns the position after them. A person who
mistypes is told in their language which argument it was, what they typed, what was expected, the
usage line and an example.
"""

import inspect
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    Protocol,
    TypeAlias,
    Union,
    get_args,
    get_origin,
)

from posthouse.model.chat import Person
from posthouse.model.text import Text
from posthouse.model.update import TextMessage
from posthouse.routing.commands import end_of_command
from posthouse.routing.reading import PERSON, REST, Reader, reader_of
from posthouse.routing.splitting import clipped, next_word

_REST_MARK: Final = "posthouse: the remaining words"

Rest: TypeAlias = Annotated[str, _REST_MARK]
"""A command's argument that takes the remaining words as they were typed."""

Take: TypeAlias = Callable[[TextMessage, int], tuple[Any, int]]
"""Reads one argument of a message at a position; returns its value and the position after it."""


class Say(Protocol):
    """Says words of the catalogues in a person's language."""

    def __call__(self, key: str, /, **values: Any) -> Text:
        """Return the words of a key."""


class Argument(NamedTuple):
    """One argument of a command."""

    name: str
    reader: Reader
    takes_many: bool
    """All words that are left are its own."""
    take: Take
    """Raises ValueError holding the word that does not fit, LookupError when no word is left."""
    default: Any
    """Its value when no word is left, or `inspect.Parameter.empty`."""

    def usage(self, say: Say) -> str:
        """Return how it stands in the usage line, such as `<after: duration>`."""
        label = _spoken(self.reader, "label", self.reader.label, say)
        many = "…" if self.takes_many else ""
        shown = f"{self.name}: {label}{many}" if label else f"{self.name}{many}"
        return f"<{shown}>" if self.default is inspect.Parameter.empty else f"[{shown}]"


class Misread(NamedTuple):
    """What is wrong with the words after a command."""

    what: Literal["missing", "wrong", "surplus"]
    typed: str = ""
    argument: Argument | None = None
    """The one that does not fit, unless there are too many words."""

    def __str__(self) -> str:
        """Return it for whoever wrote the command."""
        if self.argument is None:
            return f"“{self.typed}” is more than it takes"
        name, expected = self.argument.name, self.argument.reader.expected
        if self.what == "missing":
            return f"{name} is missing: {expected}"
        return f"{name} is “{self.typed}”, but should be {expected}"


class Arguments:
    """All arguments of one command, in order."""

    def __init__(self, command: str, arguments: Sequence[Argument]) -> None:
        self._command = command
        self._arguments = tuple(arguments)

    def read(self, message: TextMessage) -> list[Any] | Misread:
        """Return one value per argument, or what is wrong with what was typed."""
        values: list[Any] = []
        at = end_of_command(message.text)
        for argument in self._arguments:
            try:
                value, at = argument.take(message, at)
            except LookupError:
                if argument.default is inspect.Parameter.empty:
                    return Misread("missing", argument=argument)
                value = argument.default
            except ValueError as error:
                return Misread("wrong", clipped(str(error)), argument)
            values.append(value)
        if at < len(message.text) and next_word(message.text, at) is not None:
            return Misread("surplus", clipped(message.text[at:].strip()))
        return values

    def told(self, misread: Misread, say: Say) -> str:
        """Return what a person is told who mistyped: what is wrong, the usage and an example."""
        values = {"typed": misread.typed}
        if misread.argument is not None:
            reader = misread.argument.reader
            values["name"] = misread.argument.name
            values["expected"] = say(reader.key, **reader.values).plain
        usage = " ".join((f"/{self._command}", *(a.usage(say) for a in self._arguments)))
        lines = [
            say(f"posthouse-argument-{misread.what}", **values),
            say("posthouse-argument-usage", usage=usage),
        ]
        if self._arguments:
            examples = [
                _spoken(a.reader, "example", a.reader.example, say) for a in self._arguments
            ]
            example = " ".join((f"/{self._command}", *examples))
            lines.append(say("posthouse-argument-example", example=example))
        return "\n".join(line.plain for line in lines)


def _spoken(reader: Reader, attribute: str, literal: str, say: Say) -> str:
    if attribute in reader.spoken:
        return say(f"{reader.key}.{attribute}").plain
    return literal


def argument_of(parameter: inspect.Parameter, annotation: Any, *, is_last: bool) -> Argument | str:
    """Plan one argument, or return why its annotation cannot be typed in a command."""
    inner, is_optional = _without_none(annotation)
    default = parameter.default
    if default is inspect.Parameter.empty and is_optional and is_last:
        default = None
    planned = _planned(inner)
    if planned is None:
        return f"{shown_type(annotation)} is not a type that a command can read"
    reader, take, takes_many = planned
    if takes_many and not is_last:
        return "it takes all remaining words, so it must be the last argument"
    return Argument(
        name=parameter.name.rstrip("_"),
        reader=reader,
        takes_many=takes_many,
        take=take,
        default=default,
    )


def shown_type(annotation: Any) -> str:
    """Return a type as a person would write it in an annotation."""
    return annotation.__qualname__ if isinstance(annotation, type) else str(annotation)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        if len(kinds) == 1 and len(get_args(annotation)) > 1:
            return kinds[0], True
    return annotation, False


def _planned(annotation: Any) -> tuple[Reader, Take, bool] | None:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return (REST, _take_rest, True) if _REST_MARK in marks else _planned(inner)
    if annotation is Person:
        return PERSON, _take_person, False
    if get_origin(annotation) is tuple:
        kind, *more = get_args(annotation)
        reader = reader_of(kind)
        return None if more != [...] or reader is None else (reader, _taking_all(reader), True)
    reader = reader_of(annotation)
    return None if reader is None else (reader, _taking(reader), False)


# --- taking words from a message


def _taking(reader: Reader) -> Take:
    read = reader.read

    def take(message: TextMessage, at: int) -> tuple[Any, int]:
        word = next_word(message.text, at)
        if word is None:
            raise LookupError
        try:
            return read(word.value), word.end
        except ValueError:
            raise ValueError(word.value) from None

    return take


def _taking_all(reader: Reader) -> Take:
    take_one = _taking(reader)

    def take(message: TextMessage, at: int) -> tuple[Any, int]:
        value, at = take_one(message, at)
        values = [value]
        while next_word(message.text, at) is not None:
            value, at = take_one(message, at)
            values.append(value)
        return tuple(values), at

    return take


def _take_rest(message: TextMessage, at: int) -> tuple[str, int]:
    rest = message.text[at:].strip()
    if not rest:
        raise LookupError
    return rest, len(message.text)


def _take_person(message: TextMessage, at: int) -> tuple[Person, int]:
    word = next_word(message.text, at)
    if word is None:
        raise LookupError
    for span in message.formatted.spans if message.formatted else ():
        # The name under a mention may have several words; the messenger tells where it ends.
        if span.kind == "mention" and span.person and span.start == word.start:
            return Person(id=span.person, name=message.text[span.start : span.end]), span.end
    name = word.value.removeprefix("@")
    if not name or any(c.isspace() for c in name):
        raise ValueError(word.value)
    return Person(id=word.value, name=name), word.end
