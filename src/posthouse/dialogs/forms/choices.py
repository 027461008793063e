"""Fields that are chosen: yes or no, one of several, many of several."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Final, NamedTuple

from msgspec import UNSET, UnsetType

from posthouse.dialogs.forms.fields import kebab
from posthouse.dialogs.forms.folding import folded
from posthouse.dialogs.forms.offers import (
    DROP_ALL,
    NEXT,
    PREVIOUS,
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
    Scratch,
    Staying,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.texts import typed
from posthouse.errors import MistakeError
from posthouse.model.text import Text, Words

PAGE: Final = 12
"""Options shown at once."""
_TOKEN: Final = 8
_PAIR: Final = 2
EXPECTED: Final = "posthouse-expected-choice"


class Alternative(NamedTuple):
    """One thing that can be chosen."""

    value: Value
    plain: Any
    label: Words
    keys: tuple[str, ...]

    @property
    def token(self) -> str:
        """What stands for it in a press: it is the same as long as the value is."""
        return token_of(self.plain)


class Choices(Kind, frozen=True, kw_only=True):
    """What choosing one and choosing many share: the options and their pages."""

    sort: type[Any]
    """Type of a value."""
    fixed: tuple[Alternative, ...] = ()
    source: Callable[[Any], Any] | None = None
    """Returns the options for a draft, when they are not fixed."""
    columns: int = 1

    def alternatives(self, draft: Draft | None) -> tuple[Alternative, ...]:
        """Return what can be chosen now."""
        if self.source is None:
            return self.fixed
        return alternatives_of(self.source(draft), self.sort, str(self.source))

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that one of the options is expected."""
        return Wrong(EXPECTED, {})

    def keys(self) -> tuple[str, ...]:
        """Return the first key of each fixed option."""
        return tuple(each.keys[0] for each in self.fixed if each.keys)

    def _named(self, given: Given, draft: Draft | None) -> Alternative | None:
        """Return the option that was pressed, or whose own label was typed."""
        found = self.alternatives(draft)
        if isinstance(given, Pick):
            return next((each for each in found if each.token == given.token), None)
        text = typed(given)
        if not text:
            return None
        same = [each for each in found if folded(str(each.label)) == folded(text)]
        return same[0] if len(same) == 1 else None

    def _show(self, value: Value, voice: Voice) -> Words:
        found = next((each for each in self.fixed if each.value == value), None)
        if found is None:
            return str(value.value if isinstance(value, Enum) else value)
        return Option(found.token, found.label, found.keys).words(voice)

    def _value(self, raw: Plain) -> Any:
        if self.source is None:
            found = next((each for each in self.fixed if each.plain == raw), None)
            if found is None:
                raise ValueError(f"{raw!r:.40} is none of the options")
            return found.value
        return from_plain(raw, self.sort)

    def _page(self, state: Scratch, draft: Draft | None, chosen: frozenset[str] | None) -> Offer:
        found = self.alternatives(draft)
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(0, _page_in(state)), pages - 1)
        return Offer(
            options=tuple(
                Option(
                    each.token, each.label, each.keys,
                    chosen=None if chosen is None else each.token in chosen,
                )
                for each in found[page * PAGE : (page + 1) * PAGE]
            ),
            columns=self.columns,
            page=page,
            pages=pages,
            more=page + 1 < pages,
        )  # fmt: skip


class OneOf(Choices, frozen=True, kw_only=True):
    """One of several options; the state is the page."""

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return a page of the options."""
        return self._page(state, draft, None)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the option chosen, or another page."""
        turned = turn_of(given)
        if turned:
            return Staying(max(0, _page_in(state) + turned))
        found = self._named(given, draft)
        return self.expected(draft) if found is None else Answered(found.value)

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return its label."""
        return self._show(value, voice)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the value, or an Enum's."""
        return plain_of(value)

    def from_plain(self, raw: Plain, /) -> Value:
        """Return the value; raises ValueError when it is no option any more."""
        return self._value(raw)


class ManyOf(Choices, frozen=True, kw_only=True):
    """Any of several options, as switches; the state is the page and the tokens chosen."""

    sorts: ClassVar[tuple[type[Any], ...]] = (tuple,)
    min_items: int = 1
    max_items: int | None = None

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the first page with what was chosen before."""
        before = value if isinstance(value, tuple) else ()
        return [0, [token_of(plain_of(each)) for each in before]]

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return a page of the switches."""
        chosen = _chosen_in(state)
        offer = self._page(state, draft, frozenset(chosen))
        tools = (Option(DROP_ALL, "None", ("posthouse-button-none",)),) if chosen else ()
        return Offer(
            options=offer.options,
            columns=offer.columns,
            page=offer.page,
            pages=offer.pages,
            more=offer.more,
            tools=tools,
            submit=len(chosen) >= self.min_items,
        )

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return another state of the switches, or those that are on once Done is pressed."""
        page, chosen = _page_in(state), _chosen_in(state)
        turned = turn_of(given)
        if turned:
            return Staying([max(0, page + turned), chosen])
        token = given.token if isinstance(given, Pick) else None
        if token == DROP_ALL:
            return Staying([page, []], changed=bool(chosen))
        if token == SUBMIT:
            return self._done(chosen, draft)
        found = self._named(given, draft)
        return self.expected(draft) if found is None else self._switched(found.token, page, chosen)

    def _switched(self, token: str, page: int, chosen: list[str]) -> Reading:
        if token in chosen:
            return Staying([page, [each for each in chosen if each != token]])
        if self.max_items is not None and len(chosen) >= self.max_items:
            return Wrong("posthouse-choice-most", {"most": self.max_items})
        return Staying([page, [*chosen, token]])

    def _done(self, chosen: list[str], draft: Draft | None) -> Reading:
        # In the order of the options; what is none any more falls out.
        values = tuple(e.value for e in self.alternatives(draft) if e.token in chosen)
        if len(values) < self.min_items:
            return Wrong("posthouse-choice-least", {"least": self.min_items})
        return Answered(values)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that switches and Done are expected."""
        return Wrong("posthouse-expected-choices", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return the labels, or that there is none."""
        if not value:
            return voice.say("posthouse-none")
        return Text(", ").join(self._show(each, voice) for each in value)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the values as a list."""
        return [plain_of(each) for each in value]

    def from_plain(self, raw: Plain, /) -> tuple[Any, ...]:
        """Return the values; raises ValueError when one is no option any more."""
        if not isinstance(raw, list | tuple):
            raise ValueError(f"{raw!r:.40} is no list of options")  # noqa: TRY004  as promised
        if self.max_items is not None and len(raw) > self.max_items:
            raise ValueError(f"{len(raw)} are chosen, the most is {self.max_items}")
        return tuple(self._value(each) for each in raw)


def turn_of(given: Given) -> int:
    """Return which way the pages are turned: -1, 1, or 0 for not at all."""
    if not isinstance(given, Pick):
        return 0
    return {PREVIOUS: -1, NEXT: 1}.get(given.token, 0)


def _page_in(state: Scratch) -> int:
    page = state[0] if isinstance(state, list | tuple) and state else state
    return page if isinstance(page, int) else 0


def _chosen_in(state: Scratch) -> list[str]:
    if (
        isinstance(state, list | tuple)
        and len(state) == _PAIR
        and isinstance(state[1], list | tuple)
    ):
        return [str(each) for each in state[1]]
    return []


# --- options and their values


def alternatives_of(options: Any, sort: type[Any], where: str) -> tuple[Alternative, ...]:
    """Return the options of values, or of pairs of a value and a label; raises MistakeError."""
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise MistakeError(f"{where}: options are {options!r:.60}; give a list or a tuple of them")
    found = []
    for each in options:
        value, label = each if isinstance(each, tuple) and len(each) == _PAIR else (each, None)
        if not isinstance(value, sort) or (sort is int and isinstance(value, bool)):
            raise MistakeError(f"{where}: option {value!r:.60} is no {sort.__name__}")
        found.append(_alternative(value, label))
    tokens = {each.token for each in found}
    if len(tokens) < len(found):
        raise MistakeError(f"{where}: an option stands there twice; take one away")
    return tuple(found)


def _alternative(value: Value, label: Words | None) -> Alternative:
    keys: tuple[str, ...] = ()
    if isinstance(value, Enum):
        keys = enum_keys(value)
        label = label or str(value.value)
    return Alternative(value, plain_of(value), label or str(value), keys)


def enum_keys(member: Enum) -> tuple[str, ...]:
    """Return the keys of a member's label: by its value, then by its name."""
    kind = kebab(type(member).__name__)
    ends = [kebab(str(member.value)), kebab(member.name)]
    return tuple(dict.fromkeys(f"{kind}-{end}" for end in ends if end))


def plain_of(value: Value) -> Any:
    """Return a value of an option as plain data."""
    if isinstance(value, Enum):
        return plain_of(value.value)
    if isinstance(value, bool | int | str) or value is None:
        return value if type(value) in {bool, int, str} else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def from_plain(raw: Plain, sort: type[Any]) -> Any:
    """Return the value of an option of plain data; raises ValueError."""
    if issubclass(sort, Enum):
        found = next((member for member in sort if plain_of(member) == raw), None)
        if found is None:
            raise ValueError(f"{raw!r:.40} is no {sort.__name__}")
        return found
    if sort in {int, str}:
        if type(raw) is not sort:
            raise ValueError(f"{raw!r:.40} is no {sort.__name__}")
        return raw
    try:
        return date.fromisoformat(raw) if sort is date else sort(raw)
    except (TypeError, ArithmeticError) as error:
        raise ValueError(f"{raw!r:.40} is no {sort.__name__}") from error


VALUES: Final = (str, int, Decimal, date)
"""Types whose values can be options, beside every Enum."""


def token_of(plain: Any) -> str:
    """Return a short token for plain data: the same wherever and whenever it is asked for."""
    text = f"{type(plain).__name__}:{plain}"
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_TOKEN // 2).hexdigest()


# --- yes and no


class YesNo(Kind, frozen=True, kw_only=True):
    """Yes or no, as two buttons."""

    sorts: ClassVar[tuple[type[Any], ...]] = (bool,)
    labels: tuple[str, ...] = ()
    """Keys of the field: the labels of its own are `{key}-yes` and `{key}-no`."""

    def _option(self, value: bool) -> Option:
        word = "yes" if value else "no"
        keys = (*(f"{key}-{word}" for key in self.labels), f"posthouse-{word}")
        return Option(word, word.capitalize(), keys)

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return the two."""
        return Offer(options=(self._option(True), self._option(False)), columns=2)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return which was pressed."""
        word = given.token if isinstance(given, Pick) else folded(typed(given) or "")
        if word in {"yes", "no"}:
            return Answered(word == "yes")
        return self.expected(draft)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that one of the two is expected."""
        return Wrong(EXPECTED, {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return its label."""
        return self._option(bool(value)).words(voice)

    def from_plain(self, raw: Plain, /) -> bool:
        """Return it; raises ValueError for what is neither."""
        if not isinstance(raw, bool):
            raise ValueError(f"{raw!r:.40} is neither true nor false")  # noqa: TRY004  as promised
        return raw
