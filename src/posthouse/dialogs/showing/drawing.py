"""`Screens`: draws the elements of a bot's screens between their plain rows."""

from collections import defaultdict

from msgspec.structs import replace

from posthouse.dialogs.showing.calendar import draw_dates
from posthouse.dialogs.showing.clock import draw_times
from posthouse.dialogs.showing.lists import draw_options, draw_toggles
from posthouse.dialogs.showing.sheet import Row, Sheet, Words
from posthouse.model.elements import AnyElement, Dates, Options, Toggles
from posthouse.model.reply import Screen
from posthouse.turn.front import Drawn
from posthouse.turn.turn import Turn
from posthouse.turn.view import AT_FIRST, View


class Screens:
    """Draws one bot's screens, and knows whether the bot has searching lists.

    Args:
        has_searches: One was shown in an earlier life of the site.
        words: The bot's catalogues, which know what members of an Enum are called.
    """

    def __init__(self, *, has_searches: bool = False, words: Words | None = None) -> None:
        self._words = words
        self.has_searches = has_searches
        """Whether a searching list was ever shown in any chat of the bot's account."""

    def draw(
        self, turn: Turn, screen: Screen, *, call: tuple[str, bytes] | None, view: View, plain: bool
    ) -> Drawn:
        """Turn the elements of a screen into rows."""
        above: defaultdict[int, list[Row]] = defaultdict(list)
        search: int | None = None
        for place, element in enumerate(screen.elements):
            seen = view.get(place, AT_FIRST)
            sheet = Sheet(turn, call, place=place, seen=seen, plain=plain, words=self._words)
            above[min(element.after, len(screen.rows))] += _rows(element, sheet)
            if isinstance(element, Options) and element.search and search is None:
                search = place
        if search is not None:
            self.has_searches = True
        rows: list[Row] = []
        for at, row in enumerate(screen.rows):
            rows += [*above.pop(at, ()), row]
        rows += above.pop(len(screen.rows), ())
        return Drawn(replace(screen, rows=tuple(rows), elements=()), search)


def _rows(element: AnyElement, sheet: Sheet) -> list[Row]:
    if isinstance(element, Options):
        return draw_options(element, sheet)
    if isinstance(element, Toggles):
        return draw_toggles(element, sheet)
    if isinstance(element, Dates):
        return draw_dates(element, sheet)
    return draw_times(element, sheet)
