"""Lists: one button for each item, in pages; and those of which any number may be chosen."""

from collections.abc import Sequence
from typing import Any

from posthouse.dialogs.showing.finding import found
from posthouse.dialogs.showing.sheet import (
    Row,
    Sheet,
    digest_of,
    in_columns,
    inert,
    page_of,
)
from posthouse.model.elements import Options, Toggles
from posthouse.model.reply import value_of
from posthouse.turn.view import Move

TICK = "✓ "


def draw_options(options: Options, sheet: Sheet) -> list[Row]:
    """Return the rows of a list."""
    items: Sequence[Any] = options.items
    cleared: list[Row] = []
    find = sheet.seen.find
    if find:
        items = [items[place] for place in found(find, [sheet.label_of(item) for item in items])]
        cleared = [(sheet.step(f"✕ {find}", Move.CLEAR),)]
        if not items:
            cleared.insert(0, (inert(sheet.say("posthouse-nothing-found")),))
    page, pages = page_of(sheet.seen, len(items), options.per_page)
    shown = items[page * options.per_page : (page + 1) * options.per_page]
    buttons = [sheet.calls(sheet.label_of(item), options, value_of(item)) for item in shown]
    columns = 1 if sheet.plain else options.columns
    return [*in_columns(buttons, columns), *sheet.paging(page, pages), *cleared]


def draw_toggles(toggles: Toggles, sheet: Sheet) -> list[Row]:
    """Return the rows of a list of which any number may be chosen."""
    chosen = chosen_of(toggles, sheet.seen.chosen)
    page, pages = page_of(sheet.seen, len(toggles.items), toggles.per_page)
    shown = toggles.items[page * toggles.per_page : (page + 1) * toggles.per_page]
    buttons = []
    for item in shown:
        digest, label = digest_of(value_of(item)), sheet.label_of(item)
        is_chosen = digest in chosen
        move = Move.LEAVE if is_chosen else Move.TAKE
        buttons.append(sheet.step(TICK + label if is_chosen else label, move, digest))
    columns = 1 if sheet.plain else toggles.columns
    rows = [*in_columns(buttons, columns), *sheet.paging(page, pages)]
    full = bool(toggles.items) and len(chosen) == len(toggles.items)
    every = sheet.step(sheet.say("posthouse-choose-none"), Move.NONE)
    if not full:
        every = sheet.step(sheet.say("posthouse-choose-all"), Move.ALL)
    done = sheet.step(sheet.say("posthouse-choose-done"), Move.DONE)
    return [*rows, (every, done) if toggles.items else (done,)]


def chosen_of(toggles: Toggles, seen: Sequence[bytes] | None) -> set[bytes]:
    """Return the digests of the chosen values that are still among the items."""
    if seen is None:
        seen = [digest_of(value) for value in toggles.chosen]
    return set(seen) & {digest_of(value_of(item)) for item in toggles.items}
