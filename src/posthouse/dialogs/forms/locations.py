"""Fields that are a point on the map: shared by the messenger, or typed as two numbers."""

import re
from math import isfinite
from typing import Any, ClassVar, Final

from posthouse.dialogs.forms.digits import plain_digits
from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Offer,
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
from posthouse.model.update import LocationMessage
from posthouse.model.values import Location

_TWO: Final = re.compile(
    r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*[,; ]\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*"
)
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180


class Locations(Kind, frozen=True, kw_only=True):
    """A point on the map."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Location,)

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return the offer to share where one is."""
        return Offer(request="location")

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the point that was shared, or the two numbers that were typed."""
        point = None
        if isinstance(given, LocationMessage):
            point = point_of(given.latitude, given.longitude)
        elif match := _TWO.fullmatch(plain_digits(typed(given) or "")):
            point = point_of(float(match[1]), float(match[2]))
        return self.expected(draft) if point is None else Answered(point)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a point is expected."""
        return Wrong("posthouse-expected-location", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return its two numbers."""
        return str(value)

    def to_plain(self, value: Value, /) -> Plain:
        """Return its two numbers."""
        return [value.latitude, value.longitude]

    def from_plain(self, raw: Plain, /) -> Location:
        """Return the point; raises ValueError for what is none."""
        numbers = raw if isinstance(raw, list | tuple) else ()
        if len(numbers) == 2 and all(type(n) in {int, float} for n in numbers):  # noqa: PLR2004
            point = point_of(*numbers)
            if point is not None:
                return point
        raise ValueError(f"{raw!r:.60} is no point")


def point_of(latitude: float, longitude: float) -> Location | None:
    """Return the point, or None when there is none on the earth."""
    if not (isfinite(latitude) and isfinite(longitude)):
        return None
    if abs(latitude) > _MOST_LATITUDE or abs(longitude) > _MOST_LONGITUDE:
        return None
    return Location(latitude=float(latitude), longitude=float(longitude))


def location_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a point on the map."""
    wanted.bounds()
    return Locations()
