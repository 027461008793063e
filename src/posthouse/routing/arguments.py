"""The arguments of a command: planned once from its signature, then read from what a person typed.

How this works: `plan(...)` turns the parameters that are arguments into `Argument`s, each of which
takes its words from the text at a position and returns the position after them. A person who
mistypes gets an ArgumentError whose message is the answer: which argument, what was typed, what was
expected, the usage line and an example.
"""

import inspect
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, Union, get_args, get_origin

from posthouse.errors import ArgumentError
from posthouse.model.chat import Person
from posthouse.model.update import TextMessage
from posthouse.routing.commands import end_of_command
from posthouse.routing.reading import Reader, reader_of
from posthouse.routing.splitting import next_word, shown

_REST_MARK: Final = "posthouse: the remaining words"

Rest: TypeAlias = Annotated[str, _REST_MARK]
"""A command's argument that takes the remaining words as they were typed."""

Take: TypeAlias = Callable[[TextMessage, int], tuple[Any, int]]
"""Reads one argument of a message at a position; returns its value and the position after it."""


class Argument(NamedTuple):
    """One argument of a command."""

    name: str
    usage: str
    """How it stands in the usage line, such as `<after: duration>`."""
    example: str
    expected: str
    take: Take
    """Raises ValueError holding the word that does not fit, LookupError when no word is left."""
    default: Any
    """Its value when no word is left, or `inspect.Parameter.empty`."""


class Arguments:
    """All arguments of one command, in order."""

    def __init__(self, command: str, arguments: Sequence[Argument]) -> None:
        self._arguments = tuple(arguments)
        self.usage = " ".join((f"/{command}", *(a.usage for a in arguments)))
        """The usage line, such as `/remind <after: duration> <what…>`."""
        self.example = " ".join((f"/{command}", *(a.example for a in arguments)))

    def parse(self, message: TextMessage) -> list[Any]:
        """Return one value per argument; raises ArgumentError with the answer for the person."""
        values: list[Any] = []
        at = end_of_command(message.text)
        for argument in self._arguments:
            try:
                value, at = argument.take(message, at)
            except LookupError:
                if argument.default is inspect.Parameter.empty:
                    raise self._wrong(f"{argument.name} is missing: {argument.expected}.") from None
                value = argument.default
            except ValueError as error:
                typed = shown(str(error))
                raise self._wrong(
                    f"{argument.name} is {typed}, but should be {argument.expected}."
                ) from None
            values.append(value)
        if at < len(message.text) and next_word(message.text, at) is not None:
            raise self._wrong(f"That is more than I need: {shown(message.text[at:].strip())}.")
        return values

    def _wrong(self, what: str) -> ArgumentError:
        lines = [what, f"Usage: {self.usage}"]
        if self._arguments:
            lines.append(f"Example: {self.example}")
        return ArgumentError("\n".join(lines))


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
    name = parameter.name.rstrip("_")
    many = "…" if takes_many else ""
    label = f"{name}: {reader.label}{many}" if reader.label else f"{name}{many}"
    has_default = default is not inspect.Parameter.empty
    return Argument(
        name=name,
        usage=f"[{label}]" if has_default else f"<{label}>",
        example=reader.example,
        expected=reader.expected,
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
        return (_REST, _take_rest, True) if _REST_MARK in marks else _planned(inner)
    if annotation is Person:
        return _PERSON, _take_person, False
    if get_origin(annotation) is tuple:
        kind, *more = get_args(annotation)
        reader = reader_of(kind)
        return None if more != [...] or reader is None else (reader, _taking_all(reader), True)
    reader = reader_of(annotation)
    return None if reader is None else (reader, _taking(reader), False)


# --- taking words from a message

_REST = Reader("", "some words", "some words", str)
_PERSON = Reader("person", "a mention (@name) or a person's id", "@ann", str)


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
