"""Fields that are a place of a gazetteer: typed in part, then chosen from what was found."""

from pathlib import Path
from typing import Any, ClassVar, Final

from msgspec import UNSET, UnsetType

from posthouse.dialogs.forms.choices import turn_of
from posthouse.dialogs.forms.folding import folded, on_one_line
from posthouse.dialogs.forms.gazetteer import Gazetteer, load_gazetteer
from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Offer,
    Option,
    Pick,
    Plain,
    Reading,
    Said,
    Scratch,
    Staying,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.texts import typed
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.errors import FormError
from posthouse.model.text import Words
from posthouse.model.values import Place

PAGE: Final = 8
"""Candidates shown at once."""
MOST_CHARACTERS: Final = 100
"""Longest name that is searched for."""


class Places(Kind, frozen=True, kw_only=True):
    """A place; the state is the words searched for and the page of what they found."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Place,)
    gazetteer: Gazetteer

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the search for the place that the field has."""
        return [self.gazetteer.label(value), 0] if isinstance(value, Place) else None

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return a page of the places found so far."""
        words, page = _search_in(state)
        found = self.gazetteer.search(words)
        if not found:
            return Offer()
        pages = -(-len(found) // PAGE)
        page = min(page, pages - 1)
        return Offer(
            options=tuple(
                Option(each.id, self.gazetteer.label(each))
                for each in found[page * PAGE : (page + 1) * PAGE]
            ),
            page=page,
            pages=pages,
            more=page + 1 < pages,
            status=Said("posthouse-places-found", {"count": len(found), "words": words}),
        )

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the candidate pressed or typed in full, or what a new search found."""
        words, page = _search_in(state)
        turned = turn_of(given)
        if turned:
            return Staying([words, max(0, page + turned)])
        if isinstance(given, Pick):
            # Only what is offered: any other id was never shown for these words.
            offered = self.gazetteer.search(words)
            found = next((each for each in offered if each.id == given.token), None)
            return self.expected(draft) if found is None else Answered(found)
        text = on_one_line(typed(given) or "")
        if not text:
            return self.expected(draft)
        if len(text) > MOST_CHARACTERS:
            return Wrong("posthouse-text-long", {"most": MOST_CHARACTERS, "count": len(text)})
        return self._searched(text, words)

    def _searched(self, text: str, before: str) -> Reading:
        for each in self.gazetteer.search(before):
            if folded(self.gazetteer.label(each)) == folded(text):
                return Answered(each)
        found = self.gazetteer.search(text)
        if not found:
            return Wrong("posthouse-place-unknown", {"words": text})
        return Staying([text, 0])

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that the name of a place is expected."""
        return Wrong("posthouse-expected-place", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return its name and region."""
        return f"{value.name} ({value.region})"

    def to_plain(self, value: Value, /) -> Plain:
        """Return its id, name and region."""
        return [value.id, value.name, value.region]

    def from_plain(self, raw: Plain, /) -> Place:
        """Return the place as it was chosen; raises ValueError when the gazetteer lost its id."""
        if (
            not isinstance(raw, list | tuple)
            or len(raw) != 3  # noqa: PLR2004
            or not all(isinstance(each, str) for each in raw)
            or self.gazetteer.place(raw[0]) is None
        ):
            raise ValueError(f"{raw!r:.60} is no place of the gazetteer")
        return Place(id=raw[0], name=raw[1], region=raw[2])


def _search_in(state: Scratch) -> tuple[str, int]:
    if isinstance(state, list | tuple) and len(state) == 2:  # noqa: PLR2004
        words, page = state
        if isinstance(words, str) and isinstance(page, int):
            return words, max(0, page)
    return "", 0


def place_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a place of a gazetteer."""
    options = wanted.bounds("options").get("options")
    if not isinstance(options, Path):
        raise wanted.error('nothing to search; write choose(options=Path("towns.csv"))')
    try:
        return Places(gazetteer=load_gazetteer(options))
    except FormError as error:
        raise wanted.error(str(error)) from error
