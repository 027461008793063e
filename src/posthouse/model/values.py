"""What people tell besides words and numbers: money, phones, places, points and addresses."""

from decimal import Decimal

from msgspec import Struct

_GAP = "\N{NO-BREAK SPACE}"


class Money(Struct, frozen=True, kw_only=True):
    """An exact amount in one currency."""

    amount: Decimal
    currency: str
    """Its three letters by ISO 4217: "USD"."""

    def __str__(self) -> str:
        amount = (
            self.amount.normalize() if self.amount == self.amount.to_integral() else self.amount
        )
        return f"{amount:,f}".replace(",", _GAP) + _GAP + self.currency


class Place(Struct, frozen=True, kw_only=True):
    """A place of a gazetteer."""

    id: str
    """Its id there; it stays when the name changes."""
    name: str
    region: str

    def __str__(self) -> str:
        return self.name


class Location(Struct, frozen=True, kw_only=True):
    """A point on the earth."""

    latitude: float
    """Degrees north of the equator, -90 to 90."""
    longitude: float
    """Degrees east of Greenwich, -180 to 180."""

    def __str__(self) -> str:
        return f"{self.latitude:.6f}, {self.longitude:.6f}"


class Phone(str):
    """A phone number in international form: "+380671234567"."""

    __slots__ = ()


class Email(str):
    """A mail address, its domain in small letters."""

    __slots__ = ()


class Url(str):
    """The address of a page, with http or https."""

    __slots__ = ()
