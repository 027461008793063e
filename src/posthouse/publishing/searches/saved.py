"""SavedSearch: a form whose answers are a condition on items."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform, get_args, get_origin

from msgspec import structs

from posthouse.dialogs.forms.choices import ManyOf
from posthouse.dialogs.forms.declaring import Declared, Unanswered
from posthouse.dialogs.forms.fields import Field, ask, choose, computed
from posthouse.dialogs.forms.form import Form, Unspoken
from posthouse.dialogs.forms.offers import Value, Voice
from posthouse.errors import FormError
from posthouse.model.text import Text, Words
from posthouse.model.values import Money
from posthouse.publishing.searches.asking import (
    Sought,
    any_of,
    at_least,
    at_most,
    without_words,
    words,
)
from posthouse.publishing.searches.conditions import Condition, Not, Words as HasWords, every
from posthouse.publishing.searches.paths import check_family, type_at
from posthouse.publishing.searches.where import where
from posthouse.publishing.searches.words import phrases_of

ItemT = TypeVar("ItemT")
_OPPOSITE = {"at least": "at most", "at most": "at least"}


@dataclass_transform(
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(ask, choose, computed, at_least, at_most, any_of, words, without_words),
)
class SavedSearch(Form, Generic[ItemT]):
    """What a person looks for among the items of a topic, filled in like any form.

    ```python
    class Wanted(SavedSearch[Ad]):
        low: int | None = at_least("price", "From which price?", default=None)
        regions: tuple[str, ...] = any_of("town.region", "Where?", options=REGIONS)
    ```

    The fields that a search names are those of the item: a form, a Struct or a dataclass.
    """

    item_type: ClassVar[Any] = Any
    """What is searched."""
    sought: ClassVar[Mapping[str, Sought]] = {}
    """What the fields ask of items, by their names."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.item_type = _item_type(cls)
        declared = _declared(cls)
        cls.sought = {name: each.spec for name, each in declared.items()}  # type: ignore[misc]
        for name, each in declared.items():
            _check(cls, name, each)
        fields = [_with_search(cls, field) for field in cls.form_fields]
        for field in fields:
            type.__setattr__(cls, field.name, Unanswered(field))
        cls.form_fields = tuple(fields)

    def condition(self) -> Condition:
        """Return what it asks of items; write your own for what the fields cannot say.

        A field without an answer asks nothing.
        """
        parts = (
            _condition(sought, value)
            for name, sought in self.sought.items()
            if (value := getattr(self, name)) not in (None, (), "")
        )
        return every(*(part for part in parts if part is not None))

    def heading(self) -> Words:
        """Return what it is called among one's searches: its answers, unless it has its own."""
        voice = self.surroundings.voice or Unspoken()
        shown = (
            Text("") + field.kind.show(value, voice)
            for field in type(self).form_fields
            if (value := getattr(self, field.name)) not in (None, (), "")
        )
        return Text(" · ").join(shown)


def _item_type(cls: type[SavedSearch[Any]]) -> Any:
    for base in cls.__mro__:
        for each in vars(base).get("__orig_bases__", ()):
            origin = get_origin(each)
            if not (isinstance(origin, type) and issubclass(origin, SavedSearch)):
                continue
            (found, *_) = get_args(each)
            found = get_origin(found) or found
            if isinstance(found, type) or found is Any:
                return found
            if not isinstance(found, TypeVar):
                raise FormError(
                    f"{cls.__name__}: {each} names no type; define the item above the search, and "
                    f"write SavedSearch[Ad] without quotes"
                )
    return Any


def _declared(cls: type[Form]) -> dict[str, Declared]:
    """Return what searches, by the names of the fields, those of the bases first."""
    found: dict[str, Declared] = {}
    for base in reversed(cls.__mro__):
        for name, each in vars(base).get("form_specs", {}).items():
            found.pop(name, None)
            if each is not None and isinstance(each.spec, Sought):
                found[name] = each
    return found


def _check(cls: type[SavedSearch[Any]], name: str, declared: Declared) -> None:
    at, spec = f"{cls.__name__}.{name}", declared.spec
    assert isinstance(spec, Sought)  # noqa: S101  `_declared` has looked
    for path in spec.paths:
        found = type_at(cls.item_type, path, at)
        if spec.sort in _OPPOSITE or spec.sort == "any of":
            check_family(found, declared.annotation, at, path)


# --- fields


class AnyOrAll(ManyOf, frozen=True, kw_only=True):
    """Any of several options, where none at all stands for each of them."""

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return the labels, or that all are wanted."""
        return super().show(value, voice) if value else voice.say("posthouse-search-all")


def _with_search(cls: type[SavedSearch[Any]], field: Field) -> Field:
    sought = cls.sought.get(field.name)
    if sought is None:
        return field
    if isinstance(field.kind, ManyOf) and not isinstance(field.kind, AnyOrAll):
        kind = {name: getattr(field.kind, name) for name in ManyOf.__struct_fields__}
        if "min_items" not in sought.bounds:
            kind["min_items"] = 0
        return structs.replace(field, kind=AnyOrAll(**kind))
    opposite = _OPPOSITE.get(sought.sort)
    other = next(
        (name for name, each in cls.sought.items()
         if each.sort == opposite and each.paths == sought.paths), None,
    )  # fmt: skip
    if other is None:
        return field
    check = Ordered(field.check, other, takes_draft=field.takes_draft, is_low=opposite == "at most")
    return structs.replace(field, check=check, takes_draft=True)


class Ordered:
    """Checks an answer against that to the opposite bound, beside the form's own check."""

    def __init__(
        self, own: Callable[..., object] | None, other: str, *, takes_draft: bool, is_low: bool
    ) -> None:
        inherited = own if isinstance(own, Ordered) else None
        self.own: Callable[..., object] | None = inherited.own if inherited else own
        self.takes_draft: bool = inherited.takes_draft if inherited else takes_draft
        self._other, self._is_low = other, is_low

    def __call__(self, value: Any, draft: Any) -> object:
        """Return what is wrong with an answer, or what the form's own check says."""
        other = getattr(draft, self._other, None)
        low, high = (value, other) if self._is_low else (other, value)
        if value is not None and other is not None and _is_above(low, high):
            field = next(each for each in type(draft).form_fields if each.name == self._other)
            voice = draft.surroundings.voice
            shown = str(other) if voice is None else field.show(other, voice)
            return draft.say(
                "posthouse-search-above" if self._is_low else "posthouse-search-below", bound=shown
            )
        if self.own is None:
            return None
        return self.own(value, draft) if self.takes_draft else self.own(value)


def _is_above(low: Any, high: Any) -> bool:
    if isinstance(low, Money) and isinstance(high, Money):
        return low.currency == high.currency and low.amount > high.amount
    try:
        return bool(low > high)
    except TypeError:  # they cannot be compared
        return False


# --- the condition


def _condition(sought: Sought, value: Any) -> Condition | None:
    field = where(*sought.paths)
    match sought.sort:
        case "at least":
            return field.between(value, None)
        case "at most":
            return field.between(None, value)
        case "any of":
            return field.one_of(*(value if isinstance(value, tuple) else (value,)))
    phrases = phrases_of(value)
    if not phrases:
        return None
    if sought.sort == "words":
        return HasWords(sought.paths, all=phrases)
    return Not(HasWords(sought.paths, any=phrases))
