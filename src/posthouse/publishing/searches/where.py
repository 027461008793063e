"""`where`: conditions as one writes them in code."""

from typing import Any

from posthouse.errors import MistakeError
from posthouse.model.values import Money, Place
from posthouse.publishing.searches.conditions import (
    AnyOf,
    Condition,
    Either,
    Not,
    Range,
    Words,
    every,
)
from posthouse.publishing.searches.values import Exact, Value, value_of
from posthouse.publishing.searches.words import phrase_of, phrases_of


def where(*fields: str) -> "Where":
    """Begin a condition on a field, such as `where("price") >= 5`.

    Fields within fields are written with dots: `where("town.region")`. Several fields, or none at
    all for the whole item, are only searched for words.
    """
    return Where(fields)


class Where:
    """A field, or some, before it is said what is asked of them."""

    __slots__ = ("_fields",)

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields = fields

    def __ge__(self, low: object) -> Condition:
        return self.between(low, None)

    def __le__(self, high: object) -> Condition:
        return self.between(None, high)

    def __gt__(self, low: object) -> Condition:
        raise MistakeError(f"where(...) > {low!r} cannot be asked; write >= or <=, or ~ before it")

    def __lt__(self, high: object) -> Condition:
        raise MistakeError(f"where(...) < {high!r} cannot be asked; write <= or >=, or ~ before it")

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]
        return self.one_of(value)

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]
        return Not(self.one_of(value))

    __hash__ = None  # type: ignore[assignment]

    def between(self, low: object, high: object) -> Condition:
        """Return the condition that the field lies between two bounds; None is an open end."""
        field = self._field("is compared")
        bounds = [bound for bound in (low, high) if bound is not None]
        currency = [bound.currency for bound in bounds if isinstance(bound, Money)]
        if not currency:
            return _range(field, low, high)
        if len(currency) < len(bounds) or len(set(currency)) > 1:
            raise MistakeError(
                f"where({field!r}) is compared with {low!r} and {high!r}, which are "
                f"not of one currency"
            )
        amounts = (bound.amount if isinstance(bound, Money) else None for bound in (low, high))
        same = AnyOf(f"{field}.currency", (currency[0],))
        return every(_range(f"{field}.amount", *amounts), same)

    def one_of(self, *values: Any) -> Condition:
        """Return the condition that the field has one of some values."""
        field = self._field("has values")
        if values and all(isinstance(value, Place) for value in values):
            return AnyOf(f"{field}.id", tuple(value.id for value in values))
        money = [self._is(value) for value in values if isinstance(value, Money)]
        plain = [value for value in values if not isinstance(value, Money)]
        said = f"where({field!r})"
        others = AnyOf(field, tuple(dict.fromkeys(value_of(value, said) for value in plain)))
        if not money:
            return others
        parts = (*money, others) if plain else tuple(money)
        return parts[0] if len(parts) == 1 else Either(parts)

    def _is(self, money: Money) -> Condition:
        return self.between(money, money)

    def has(self, words: str) -> Condition:
        """Return the condition that the texts have all these words, in any order."""
        return Words(self._fields, all=_some(phrases_of(words), words))

    def has_any(self, words: str) -> Condition:
        """Return the condition that the texts have one of these words."""
        return Words(self._fields, any=_some(phrases_of(words), words))

    def has_phrase(self, words: str) -> Condition:
        """Return the condition that a text has these words one after the other."""
        return Words(self._fields, all=_some((phrase_of(words),), words))

    def _field(self, what: str) -> str:
        if len(self._fields) != 1:
            raise MistakeError(
                f"where{self._fields} {what}: name one field; several are only searched for words"
            )
        return self._fields[0]


def _some(phrases: tuple[str, ...], words: str) -> tuple[str, ...]:
    found = tuple(filter(None, phrases))
    if not found:
        raise MistakeError(f"{words!r} has no word to look for; give letters or digits")
    return found


def _range(field: str, low: object, high: object) -> Condition:
    where = f"where({field!r})"
    bounds: list[Value | None] = [
        None if bound is None else value_of(bound, where) for bound in (low, high)
    ]
    kinds = {isinstance(bound, int | Exact) for bound in bounds if bound is not None}
    if any(isinstance(bound, bool) for bound in bounds) or len(kinds) != 1:
        raise MistakeError(
            f"{where} is compared with {low!r} and {high!r}; give numbers, or dates or texts, at "
            f"least one of them"
        )
    return Range(field, *bounds)
