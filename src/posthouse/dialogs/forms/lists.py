"""Fields that are several sub-forms, each filled in its own turn."""

from typing import Any, ClassVar, Final

from msgspec import UNSET, UnsetType

from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.offers import (
    ADD,
    DROP_ALL,
    DROP_LAST,
    SUBMIT,
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
    Starts,
    Staying,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.text import Text, Words

MOST_SUBFORMS: Final = 10
"""Most sub-forms when a form sets no limit."""


class SubForms(Kind, frozen=True, kw_only=True):
    """Several sub-forms; the state is the plain answers of those filled so far.

    Pressing Add reads as `Starts(form, state)`: the dialog fills that form and gives the outcome to
    `added`, whose reading it takes for that of the press.
    """

    sorts: ClassVar[tuple[type[Any], ...]] = (tuple,)
    form: type[Any]
    min_items: int = 1
    max_items: int = MOST_SUBFORMS

    def load(self) -> None:
        """Read what the questions of each item need."""
        for field in _fields(self.form):
            field.kind.load()

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the sub-forms that the field has."""
        return self.to_plain(value) if isinstance(value, tuple) else []

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return Add while there is room, taking away, and Done once there are enough."""
        count = len(_so_far(state))
        tools = []
        if count < self.max_items:
            tools.append(Option(ADD, "Add", ("posthouse-button-add",)))
        if count:
            tools.append(Option(DROP_LAST, "Remove the last", ("posthouse-button-drop-last",)))
        if count > 1:
            tools.append(Option(DROP_ALL, "Remove all", ("posthouse-button-drop-all",)))
        return Offer(
            tools=tuple(tools),
            submit=count >= self.min_items,
            status=Said("posthouse-items-so-far", {"count": count, "most": self.max_items}),
        )

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return what a press on one of the tools does; nothing else is an answer."""
        before = _so_far(state)
        token = given.token if isinstance(given, Pick) else None
        if token in {DROP_LAST, DROP_ALL}:
            return Staying(before[:-1] if token == DROP_LAST else [], changed=bool(before))
        if token == ADD:
            is_full = len(before) >= self.max_items
            values = {"most": self.max_items}
            return Wrong("posthouse-items-most", values) if is_full else Starts(self.form, before)
        return self._done(before) if token == SUBMIT else self.expected(draft)

    def _done(self, before: list[Any]) -> Reading:
        if len(before) < self.min_items:
            return Wrong("posthouse-items-least", {"least": self.min_items, "count": len(before)})
        try:
            return Answered(self.from_plain(before))
        except ValueError:  # the sub-form changed since: begin again
            return Staying([], note=Said("posthouse-items-gone"))

    def added(self, state: Scratch, value: Value, /) -> Reading:
        """Return the state with one more sub-form, or the answer when that fills the list."""
        items = [*_so_far(state), _plain(value)]
        return Answered(self.from_plain(items)) if self.max_items == 1 else Staying(items)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that the buttons are expected."""
        return Wrong("posthouse-expected-items", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return a line for each."""
        if not value:
            return voice.say("posthouse-none")
        return Text("; ").join(self._line(each, voice) for each in value)

    def _line(self, value: Value, voice: Voice) -> Words:
        shown = (field.show(getattr(value, field.name), voice) for field in _fields(self.form))
        return Text(", ").join(shown)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the answers of each."""
        return [_plain(each) for each in value]

    def from_plain(self, raw: Plain, /) -> tuple[Any, ...]:
        """Return the sub-forms; raises ValueError when the answers of one do not fit any more."""
        if not isinstance(raw, list | tuple) or len(raw) > self.max_items:
            raise ValueError(f"this is no list of at most {self.max_items} sub-forms")
        return tuple(self._made(each) for each in raw)

    def _made(self, raw: Plain) -> Any:
        if not isinstance(raw, dict):
            raise ValueError(f"{raw!r:.40} is no {self.form.__name__}")  # noqa: TRY004  as promised
        values = {f.name: f.from_plain(raw[f.name]) for f in _fields(self.form) if f.name in raw}
        try:
            return self.form(**values)
        except TypeError as error:
            raise ValueError(str(error)) from error


def _fields(form: type[Any]) -> tuple[Field, ...]:
    fields: tuple[Field, ...] = form.form_fields
    return fields


def _plain(value: Value) -> dict[str, Any]:
    return {f.name: f.to_plain(getattr(value, f.name)) for f in _fields(type(value))}


def _so_far(state: Scratch) -> list[Any]:
    return list(state) if isinstance(state, list | tuple) else []


def subforms_kind(form: type[Any], wanted: Wanted) -> Kind:
    """Return the kind of a field that is several sub-forms."""
    bounds = wanted.bounds("min_items", "max_items")
    wanted.counts("min_items", "max_items")
    wanted.ordered("min_items", "max_items")
    if not _fields(form):
        raise wanted.error(f"{form.__name__} has no fields; give it one at least")
    if bounds.get("max_items") == 0:
        raise wanted.error("max_items=0 leaves nothing to fill in; give 1 or more")
    kind = SubForms(form=form, **bounds)
    if kind.min_items > kind.max_items:
        raise wanted.error(f"min_items is above the usual max_items {MOST_SUBFORMS}; set both")
    return kind
