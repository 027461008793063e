"""Conditions on items: what a saved search asks for, as data that is kept and can be evaluated.

```python
where("price").between(2000, 5000) & where("town.region").one_of("Kyiv", "Lviv")
where("car", "description").has("diesel") & ~where("description").has("crashed")
```
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, Union, cast

import msgspec
from msgspec import Struct

from posthouse.errors import MistakeError
from posthouse.publishing.searches.values import Facts, Value, comparable


class Base(Struct, frozen=True, tag_field="is", omit_defaults=True):
    """What all conditions share: they are combined with `&`, `|` and `~`."""

    def holds(self, facts: Facts) -> bool:
        """Whether an item fits."""
        raise NotImplementedError

    def __and__(self, other: "Condition") -> "Condition":
        return every(cast("Condition", self), other)

    def __or__(self, other: "Condition") -> "Condition":
        mine = self.parts if isinstance(self, Either) else (cast("Condition", self),)
        theirs = other.parts if isinstance(other, Either) else (other,)
        return Either((*mine, *theirs))

    def __invert__(self) -> "Condition":
        return self.part if isinstance(self, Not) else Not(cast("Condition", self))

    def __bool__(self) -> bool:
        raise MistakeError(
            "a condition is neither true nor false: combine conditions with &, | and ~, and write "
            "where(...).between(1, 5) instead of 1 <= where(...) <= 5"
        )


class AnyOf(Base, frozen=True, tag="any of", omit_defaults=True):
    """A field has one of some values; of a field with several, one of them does."""

    field: str
    values: tuple[Value, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether an item has one of the values."""
        keys = facts.at(self.field).keys
        for value in self.values:  # noqa: SIM110  a generator would take twice as long
            if comparable(value) in keys:
                return True
        return False


class Range(Base, frozen=True, tag="range", omit_defaults=True):
    """A field lies between two bounds, both included; None is an open end, two ask nothing."""

    field: str
    low: Value | None = None
    high: Value | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether an item has a value in the range."""
        if self.low is None and self.high is None:
            return True
        leaves = facts.at(self.field)
        low = None if self.low is None else comparable(self.low)
        high = None if self.high is None else comparable(self.high)
        bound = high if low is None else low
        found: Iterable[Any] = leaves.texts if isinstance(bound, str) else leaves.numbers
        for value in found:
            if (low is None or value >= low) and (high is None or value <= high):
                return True
        return False


class Words(Base, frozen=True, tag="words", omit_defaults=True):
    """The texts of some fields have words; of the whole item where no field is named.

    Whole words count, without case and accents; an entry of several words is a phrase.
    """

    fields: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether an item has all of the ones, and one of the others."""
        texts = facts.words(self.fields)
        if not all(texts.has(phrase) for phrase in self.all):
            return False
        return not self.any or any(texts.has(phrase) for phrase in self.any)


class Not(Base, frozen=True, tag="not", omit_defaults=True):
    """A condition does not hold; an item without the field fits too."""

    part: "Condition"

    def holds(self, facts: Facts) -> bool:
        """Whether an item does not fit the part."""
        return not self.part.holds(facts)


class All(Base, frozen=True, tag="all", omit_defaults=True):
    """All of some conditions hold; of none: every item fits."""

    parts: tuple["Condition", ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether an item fits each part."""
        for part in self.parts:  # noqa: SIM110  a generator would take twice as long
            if not part.holds(facts):
                return False
        return True


class Either(Base, frozen=True, tag="either", omit_defaults=True):
    """One of some conditions holds; of none: no item fits."""

    parts: tuple["Condition", ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether an item fits one of the parts."""
        return any(part.holds(facts) for part in self.parts)


Condition: TypeAlias = Union[AnyOf, Range, Words, Not, All, Either]  # noqa: UP007  quoted above
"""What a search asks of an item; combined with `&`, `|` and `~`. `where` makes them."""
EVERYTHING = All()
"""Every item fits."""


def every(*parts: Condition) -> Condition:
    """Return the condition that all of some hold; a single one stays as it is."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, All) else (part,))
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def evaluate(condition: Condition, item: Mapping[str, Any] | Facts) -> bool:
    """Whether an item, as plain data, fits a condition."""
    return condition.holds(item if isinstance(item, Facts) else Facts(item))


_decode = msgspec.msgpack.Decoder(Condition).decode
encode_condition = msgspec.msgpack.Encoder().encode
"""Return a condition as bytes."""


def decode_condition(body: bytes) -> Condition:
    """Return the condition of bytes; raises ValueError where they are none."""
    found: Condition = _decode(body)
    return found
