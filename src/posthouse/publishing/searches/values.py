"""Values as searches compare them: items as plain data, and the facts that are looked up in them.

How this works: whatever an item holds comes down to numbers, which are exact, and texts. Dates and
times are texts by ISO 8601, whose order is theirs; moments are in UTC. A number may be kept as a
text, as money is: it is compared as what it is compared with.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from posthouse.dialogs.forms.form import Form, answers_of
from posthouse.errors import MistakeError
from posthouse.publishing.searches.words import words_in

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?")
_ROOM: Final = 2**63
_TRUTH: Final = {True: "\0true", False: "\0false"}
"""How yes and no are compared: True is not the number 1."""


class Exact(Struct, frozen=True, array_like=True, tag="exact"):
    """A number that is none of msgpack's, by its digits."""

    digits: str


Value: TypeAlias = bool | int | str | Exact
"""A value in a condition, ready to be kept."""
Number: TypeAlias = int | Decimal
Comparable: TypeAlias = Number | str


def value_of(given: object, where: str) -> Value:
    """Return a value that a condition compares with; raises MistakeError for one it cannot."""
    plain = plain_item(given)
    if isinstance(given, int | float | Decimal | timedelta) and not isinstance(given, bool):
        number = _number(plain)
        if number is None:
            raise MistakeError(f"{where} is compared with {given!r}, which is no number to compare")
        whole = number == int(number) and -_ROOM <= number < _ROOM
        return int(number) if whole else Exact(format(number, "f"))
    if isinstance(plain, bool | str):
        return plain
    if isinstance(plain, int):  # the value of an Enum
        return plain if -_ROOM <= plain < _ROOM else Exact(str(plain))
    raise MistakeError(
        f"{where} is compared with {given!r:.80}; a condition compares numbers, texts, dates, "
        f"times, yes and no, and members of an Enum"
    )


def comparable(value: Value) -> Comparable:
    """Return what is compared for a value of a condition."""
    sort = type(value)
    if sort is int or sort is str:
        return value  # type: ignore[return-value]
    return Decimal(value.digits) if isinstance(value, Exact) else _TRUTH[bool(value)]


def plain_item(item: Any) -> Any:
    """Return an item, or a part of one, as plain data that searches look into.

    Forms, Structs and dataclasses become mappings by the names of their fields, and so do a Place
    and Money.
    """
    if item is None or isinstance(item, bool | str):
        return item if item is None or isinstance(item, bool) else str(item)
    if isinstance(item, Enum):
        return plain_item(item.value)
    number = _plain_number(item)
    if number is not None:
        return number
    if isinstance(item, datetime):
        moment = item if item.tzinfo is None else item.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    if isinstance(item, date | time):
        return item.isoformat()
    return _plain_parts(item)


def _plain_number(item: Any) -> int | str | None:
    if isinstance(item, int):
        return item if -_ROOM <= item < _ROOM else str(item)
    if isinstance(item, timedelta):
        item = Decimal(item // timedelta(microseconds=1)) / 1_000_000
    if isinstance(item, float) and isfinite(item):
        item = Decimal(repr(item))
    return format(item, "f") if isinstance(item, Decimal) and item.is_finite() else None


def _plain_parts(item: Any) -> Any:
    if isinstance(item, Form):
        return {name: plain_item(value) for name, value in answers_of(item).items()}
    if isinstance(item, Struct):
        names = type(item).__struct_fields__
        return {name: plain_item(getattr(item, name)) for name in names}
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return {f.name: plain_item(getattr(item, f.name)) for f in dataclasses.fields(item)}
    if isinstance(item, Mapping):
        return {str(name): plain_item(value) for name, value in item.items()}
    if isinstance(item, Iterable) and not isinstance(item, bytes | bytearray | memoryview):
        return [plain_item(each) for each in item]
    return None  # nothing that could be compared


def _number(leaf: Any) -> Number | None:
    if isinstance(leaf, bool):
        return None
    if isinstance(leaf, str):
        return Decimal(leaf) if _NUMBER.fullmatch(leaf) else None
    if isinstance(leaf, float):
        return Decimal(repr(leaf)) if isfinite(leaf) else None
    return leaf if isinstance(leaf, int | Decimal) else None


class Leaves:
    """What stands at one path of an item."""

    __slots__ = ("keys", "numbers", "texts")

    def __init__(self, found: Iterable[Any]) -> None:
        numbers: list[Number] = []
        texts: list[str] = []
        for leaf in found:
            if isinstance(leaf, bool):
                texts.append(_TRUTH[leaf])
                continue
            if isinstance(leaf, str):
                texts.append(leaf)
            number = _number(leaf)
            if number is not None:
                numbers.append(number)
        self.numbers, self.texts = numbers, texts
        self.keys: frozenset[Comparable] = frozenset((*numbers, *texts))


class Facts:
    """An item that is compared with many conditions: what they ask for is looked up once."""

    __slots__ = ("_item", "_leaves", "_words")

    def __init__(self, item: Mapping[str, Any]) -> None:
        self._item = item
        self._leaves: dict[str, Leaves] = {}
        self._words: dict[tuple[str, ...], Texts] = {}

    def at(self, path: str) -> Leaves:
        """Return the values at a path."""
        found = self._leaves.get(path)
        if found is None:
            found = self._leaves[path] = Leaves(_values(self._item, path.split("."), 0))
        return found

    def words(self, paths: tuple[str, ...]) -> "Texts":
        """Return the words at some paths; those of the whole item where there are none."""
        found = self._words.get(paths)
        if found is None:
            parts: Iterable[Any] = (self._item,)
            if paths:
                parts = (part for path in paths for part in _parts(self._item, path.split("."), 0))
            texts = (text for part in parts for text in _texts(part))
            found = self._words[paths] = Texts([words_in(text) for text in texts])
        return found


class Texts:
    """The words of some texts of an item."""

    __slots__ = ("joined", "words")

    def __init__(self, texts: list[list[str]]) -> None:
        self.words = {word for text in texts for word in text}
        self.joined = [f" {' '.join(text)} " for text in texts]

    def has(self, phrase: str) -> bool:
        """Whether the words of a phrase stand there one after the other."""
        if " " not in phrase:
            return phrase in self.words
        wanted = f" {phrase} "
        return any(wanted in text for text in self.joined)


def _parts(item: Any, path: list[str], at: int) -> Iterator[Any]:
    if isinstance(item, list | tuple):
        for each in item:
            yield from _parts(each, path, at)
    elif at == len(path):
        yield item
    elif isinstance(item, Mapping) and path[at] in item:
        yield from _parts(item[path[at]], path, at + 1)


def _values(item: Any, path: list[str], at: int) -> Iterator[Any]:
    for part in _parts(item, path, at):
        # An amount stands for money whose currency was not asked for.
        yield part.get("amount") if isinstance(part, Mapping) else part


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from _texts(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _texts(each)


def plain_bytes(item: Any) -> bytes:
    """Return an item as it is kept."""
    return msgspec.msgpack.encode(plain_item(item))
