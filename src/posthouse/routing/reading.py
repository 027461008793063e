"""Readers: how one word that a person typed becomes a value of a type.

They are strict on purpose: digits are 0-9, numbers are finite and carry no separators, a duration
has a unit. What is refused is answered with an example, so a person never has to guess.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args, get_origin

_WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(_NUMBER.pattern + r"(?:[eE][+-]?[0-9]{1,4})?")
_DURATION = re.compile(r"(?:[0-9]{1,12}(?:\.[0-9]{1,6})?[smhdw])+", re.IGNORECASE)
_DURATION_PART = re.compile(r"([0-9.]+)([smhdw])", re.IGNORECASE)
_ISO_DURATION = re.compile(
    r"P(?!$)(?:(\d{1,12})W)?(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d{1,6})?)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LISTED = 5
"""Most choices that a usage line spells out."""
_BOOLS = {
    "yes": True,
    "on": True,
    "true": True,
    "1": True,
    "no": False,
    "off": False,
    "false": False,
    "0": False,
}


class Reader(NamedTuple):
    """How to read one argument, and how to say what it should have been."""

    label: str
    """One or two words for the usage line, such as `duration`; empty for plain words."""
    expected: str
    """A noun phrase for the answer to a wrong word, such as `a whole number (3, -12)`."""
    example: str
    read: Callable[[str], Any]
    """Turns a word into a value; raises ValueError for one that does not fit."""
    key: str = "posthouse-argument-choice"
    """Of the phrase in the catalogues, so that people read it in their language."""
    values: Mapping[str, str] = MappingProxyType({})
    """What the phrase is filled with."""
    spoken: frozenset[str] = frozenset()
    """Attributes of the key, since these are words of a language too: "label", "example"."""


def reader_of(annotation: Any) -> Reader | None:
    """Return the reader of a type, or None for a type that cannot be typed in a command."""
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            return _choice_reader(
                _enum_choices(annotation), [_shown(m) for m in annotation], annotation.__name__
            )
        return READERS.get(annotation)
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
        return _choice_reader({str(v): v for v in values}, [str(v) for v in values], "choice")
    supertype = getattr(annotation, "__supertype__", None)
    return None if supertype is None else reader_of(supertype)


def _read_int(word: str) -> int:
    if not _WHOLE.fullmatch(word):
        raise ValueError(word)
    return int(word)


def _read_float(word: str) -> float:
    if not _FLOAT.fullmatch(word) or not isfinite(value := float(word)):
        raise ValueError(word)
    return value


def _read_decimal(word: str) -> Decimal:
    if not _NUMBER.fullmatch(word):
        raise ValueError(word)
    return Decimal(word)


def _read_bool(word: str) -> bool:
    value = _BOOLS.get(word.lower())
    if value is None:
        raise ValueError(word)
    return value


def _read_duration(word: str) -> timedelta:
    try:
        if _DURATION.fullmatch(word):
            parts = _DURATION_PART.findall(word)
            units = [_UNITS[unit.lower()] for _, unit in parts]
            if len(set(units)) == len(units):
                return timedelta(**{u: float(n) for u, (n, _) in zip(units, parts, strict=True)})
        elif found := _ISO_DURATION.fullmatch(word):
            names = ("weeks", "days", "hours", "minutes", "seconds")
            return timedelta(
                **{n: float(v or 0) for n, v in zip(names, found.groups(), strict=True)}
            )
    except OverflowError:
        pass
    raise ValueError(word)


def _read_moment(word: str) -> datetime:
    if not word.isascii():
        raise ValueError(word)
    moment = datetime.fromisoformat(word)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(word) from None


def _shown(member: Enum) -> str:
    return str(member.value) if isinstance(member.value, str | int) else member.name.lower()


def _enum_choices(kind: type[Enum]) -> dict[str, Any]:
    # Later entries win, so the order is: name before value, any case before exact.
    names = dict(kind.__members__)
    values = {str(member.value): member for member in kind}
    return {**names, **values}


def _choice_reader(choices: dict[str, Any], shown: list[str], name: str) -> Reader:
    folded = {name.casefold(): value for name, value in choices.items()}

    def read(word: str) -> Any:
        found = choices.get(word, folded.get(word.casefold(), choices))
        if found is choices:
            raise ValueError(word)
        return found

    label = "|".join(shown) if len(shown) <= _LISTED else name.lower()
    listed = ", ".join(shown)
    values = {"choices": listed}
    return Reader(label, f"one of {listed}", _quoted(shown[0]), read, values=values)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


_LABEL = frozenset({"label"})
_KEY = "posthouse-argument-"

READERS: dict[Any, Reader] = {
    str: Reader(
        "",
        "a word, or several in quotes",
        "word",
        str,
        key=f"{_KEY}word",
        spoken=frozenset({"example"}),
    ),
    int: Reader(
        "whole number",
        "a whole number (3, -12)",
        "3",
        _read_int,
        key=f"{_KEY}whole",
        spoken=_LABEL,
    ),
    float: Reader(
        "number", "a number (2, 2.5)", "2.5", _read_float, key=f"{_KEY}number", spoken=_LABEL
    ),
    Decimal: Reader(
        "number", "a number (2, 2.50)", "2.50", _read_decimal, key=f"{_KEY}exact", spoken=_LABEL
    ),
    bool: Reader("yes|no", "yes or no", "yes", _read_bool, key=f"{_KEY}switch"),
    timedelta: Reader(
        "duration",
        "a duration (10s, 20m, 1h30m, 2d, 1w, PT1H30M)",
        "20m",
        _read_duration,
        key=f"{_KEY}duration",
        spoken=_LABEL,
    ),
    datetime: Reader(
        "moment",
        "a date (2031-05-17) or a moment (2031-05-17T16:30, in UTC where no zone is given)",
        "2031-05-17T16:30",
        _read_moment,
        key=f"{_KEY}moment",
        spoken=_LABEL,
    ),
}
"""Every type that one word can be read as; enumerations, Literal and NewType are derived."""
REST = Reader(
    "", "some words", "some words", str, key=f"{_KEY}words", spoken=frozenset({"example"})
)
PERSON = Reader(
    "person",
    "a mention (@name) or a person's id",
    "@ann",
    str,
    key=f"{_KEY}person",
    spoken=_LABEL,
)
