"""Fields that are a number: whole ones, exact decimal ones, and money."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal

from posthouse.dialogs.forms.currencies import (
    exponent_of,
    is_currency,
    load_currency,
    split_currency,
)
from posthouse.dialogs.forms.digits import Ambiguous, number_of
from posthouse.dialogs.forms.folding import folded
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
from posthouse.dialogs.forms.texts import typed
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.text import Words
from posthouse.model.values import Money

_PLAIN_INT: Final = 2**63
"""Whole numbers below it are kept as numbers, larger ones as texts: msgpack has 64 bits."""


class Numbers(Kind, frozen=True, kw_only=True):
    """What all numbers share: reading them, and their range."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Decimal,)
    ge: Decimal | None = None
    le: Decimal | None = None
    decimals: int | None = None
    """Most digits after the decimal mark."""
    unit: str | None = None

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the number that was typed, if it is in the range."""
        text = typed(given)
        if not text:
            return self.expected(draft)
        return self._read(self._without_unit(text))

    def _read(self, text: str) -> Reading:
        number = self._number(text)
        return number if isinstance(number, Wrong) else Answered(self._made(number))

    def _number(self, text: str, *, most: int | None = None) -> Decimal | Wrong:
        decimals = min((d for d in (self.decimals, most) if d is not None), default=None)
        number = number_of(text, decimals=decimals)
        if number is None:
            return self.expected(None)
        if isinstance(number, Ambiguous):
            return Wrong("posthouse-number-ambiguous", number._asdict())
        if decimals is not None and number != round_down(number, decimals):
            return self._too_fine(decimals)
        if (self.ge is not None and number < self.ge) or (self.le is not None and number > self.le):
            return Wrong(f"posthouse-number-{self._bounds()}", self._limits())
        return number

    def _too_fine(self, decimals: int) -> Wrong:
        return Wrong("posthouse-number-decimals", {"most": decimals})

    def _made(self, number: Decimal) -> Any:
        return number

    def _without_unit(self, text: str) -> str:
        unit = self.unit
        if unit and folded(text).endswith(folded(unit)):
            # Folding keeps the digits before it, so the cut is by the unit's own words.
            words, count = text.split(), len(unit.split())
            if folded(" ".join(words[-count:])) == folded(unit):
                return " ".join(words[:-count])
            if text.casefold().endswith(unit.casefold()):
                return text[: -len(unit)].strip()
        return text

    def _bounds(self) -> Literal["between", "least", "most", "any"]:
        if self.ge is not None:
            return "least" if self.le is None else "between"
        return "any" if self.le is None else "most"

    def _limits(self) -> dict[str, Any]:
        limits = {"least": self.ge, "most": self.le}
        return {name: self._said(value) for name, value in limits.items() if value is not None}

    def _said(self, number: Value) -> Any:
        """Return a number as a catalogue gets it."""
        return number

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return what number is expected."""
        return Wrong(f"posthouse-expected-number-{self._bounds()}", self._limits())

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it as the language writes numbers, with its unit."""
        if self.unit is None:
            return voice.say("posthouse-number", number=self._said(value))
        return voice.say("posthouse-number-unit", number=self._said(value), unit=self.unit)

    def to_plain(self, value: Value, /) -> Plain:
        """Return it as a text, which is exact."""
        return str(value)

    def from_plain(self, raw: Plain, /) -> Value:
        """Return the number; raises ValueError when it does not fit any more."""
        number = exact(raw)
        if (self.ge is not None and number < self.ge) or (self.le is not None and number > self.le):
            raise ValueError(f"{number} is out of the range {self.ge} to {self.le}")
        if self.decimals is not None and number != round_down(number, self.decimals):
            raise ValueError(f"{number} has more than {self.decimals} digits after the point")
        return self._made(number)


class Integers(Numbers, frozen=True, kw_only=True):
    """A whole number."""

    sorts: ClassVar[tuple[type[Any], ...]] = (int,)
    decimals: int | None = 0
    grouped: bool | None = None
    """Whether thousands are set apart; None leaves it to how many there are."""

    def _said(self, number: Value) -> Any:
        if self.grouped is None:
            return int(number) if number == int(number) else number
        return Decimal(number) if self.grouped else str(number)

    def _too_fine(self, decimals: int) -> Wrong:
        return Wrong("posthouse-number-whole", {})

    def _made(self, number: Decimal) -> int:
        return int(number)

    def to_plain(self, value: Value, /) -> Plain:
        """Return it as a number, or as a text where msgpack has no room for it."""
        return value if -_PLAIN_INT <= value < _PLAIN_INT else str(value)

    def fault_of(self, value: Value, /) -> str | None:
        """Return what keeps a default from being a whole number, or None."""
        return (
            "True and False are no numbers" if isinstance(value, bool) else super().fault_of(value)
        )


class Amounts(Numbers, frozen=True, kw_only=True):
    """An amount of money: in one currency, or in the one that was typed."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Money,)

    def load(self) -> None:
        """Read what currencies are called."""
        load_currency(self.unit)

    def _without_unit(self, text: str) -> str:
        return text

    def _read(self, text: str) -> Reading:
        amount, currency = split_currency(text, self.unit)
        if currency is None:
            return self.expected(None)
        if self.unit is not None and currency != self.unit:
            return Wrong("posthouse-money-other", {"currency": self.unit, "given": currency})
        number = self._number(amount, most=exponent_of(currency))
        if isinstance(number, Wrong):
            return self.expected(None) if "-expected-" in number.key else number
        return Answered(Money(amount=number, currency=currency))

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that an amount is expected, and in which currency."""
        if self.unit is None:
            return Wrong("posthouse-expected-money", {})
        values = {**self._limits(), "currency": self.unit}
        return Wrong(f"posthouse-expected-money-{self._bounds()}", values)

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it as the language writes money."""
        return voice.say("posthouse-money", money=value)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the amount, exactly, and the currency."""
        return [str(value.amount), value.currency]

    def from_plain(self, raw: Plain, /) -> Money:
        """Return the amount; raises ValueError when it does not fit any more."""
        if not isinstance(raw, list | tuple) or len(raw) != 2 or not is_currency(raw[1]):  # noqa: PLR2004
            raise ValueError(f"{raw!r:.60} is no amount of money")
        if self.unit is not None and raw[1] != self.unit:
            raise ValueError(f"{raw[1]} is not {self.unit}")
        number = super().from_plain(raw[0])
        if number != round_down(number, exponent_of(raw[1])):
            raise ValueError(f"{number} is finer than {raw[1]} is counted")
        return Money(amount=number, currency=raw[1])


def exact(raw: Plain) -> Decimal:
    """Return a finite number exactly; raises ValueError for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise ValueError(f"{raw!r:.60} is no exact number")  # noqa: TRY004  as promised
    try:
        number = Decimal(raw)
    except ArithmeticError as error:
        raise ValueError(f"{raw!r:.60} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{raw!r:.60} is not finite")
    return number


def round_down(number: Decimal, digits: int) -> Decimal:
    """Return a number cut to some digits after the point; exact, however many stand before it."""
    sign, numerals, exponent = number.as_tuple()
    surplus = -digits - int(exponent)
    if surplus <= 0:
        return number
    return Decimal((sign, numerals[:-surplus] or (0,), -digits))


def number_kind(kind: type[Numbers]) -> Callable[[Wanted], Kind]:
    """Return the maker of kinds of numbers."""

    def make(wanted: Wanted) -> Kind:
        names = (
            ("ge", "le", "unit", "grouped")
            if kind is Integers
            else ("ge", "le", "decimals", "unit")
        )
        bounds = wanted.bounds(*names)
        wanted.counts("decimals")
        for name in ("ge", "le"):
            if name in bounds:
                try:
                    bounds[name] = exact(bounds[name])
                except ValueError as error:
                    raise wanted.error(
                        f"{name}= is no exact number: {error}; give an int or a Decimal"
                    ) from error
        if "ge" in bounds and "le" in bounds and bounds["ge"] > bounds["le"]:
            raise wanted.error(
                f"ge={bounds['ge']} is above le={bounds['le']}, so no answer would fit"
            )
        if kind is Amounts and "unit" in bounds and not is_currency(bounds["unit"]):
            raise wanted.error(
                f'{bounds["unit"]!r} is no currency; give its three letters: unit="USD"'
            )
        return kind(**bounds)

    return make
