"""What a screen is built of besides plain rows: lists in pages, toggles, calendars, clocks.

How this works: an element is data. It becomes rows of buttons when the message is composed, seen
through a small view (which page, which month, what is chosen) that is kept with the screen.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ParamSpec, Protocol, TypeAlias

from msgspec import Struct

P = ParamSpec("P")


class Callee(Protocol[P]):
    """An action, as what a button calls."""

    name: str
    """Full name, `app.function`."""

    def encode(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Check arguments and encode them; raises ActionError."""

    async def __call__(self, turn: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Run."""


class Element(Struct, frozen=True, kw_only=True):
    """One element of a screen."""

    after: int
    """How many plain rows stand above it."""
    to: Callee[...]
    """What its buttons call."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}

    def call(self, *values: Any) -> bytes:
        """Return the encoded arguments of the call with these values before the others."""
        return self.to.encode((*values, *self.args), self.kwargs)


class Options(Element, frozen=True, kw_only=True):
    """One button for each item."""

    items: tuple[Any, ...]
    per_page: int
    columns: int
    search: bool


class Toggles(Element, frozen=True, kw_only=True):
    """One button for each item, that chooses it or not."""

    items: tuple[Any, ...]
    chosen: tuple[Any, ...]
    per_page: int
    columns: int


class Dates(Element, frozen=True, kw_only=True):
    """A calendar."""

    first: date | None
    last: date | None


class Times(Element, frozen=True, kw_only=True):
    """The hours, then the minutes."""

    step: timedelta


AnyElement: TypeAlias = Options | Toggles | Dates | Times
