"""Which kind reads the answers of a field, by its annotation."""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final, get_args, get_origin

from posthouse.dialogs.forms.choosing import many_kind, one_kind, yes_no_kind
from posthouse.dialogs.forms.dates import date_kind
from posthouse.dialogs.forms.lists import subforms_kind
from posthouse.dialogs.forms.locations import location_kind
from posthouse.dialogs.forms.media import file_kind, photo_kind, photos_kind
from posthouse.dialogs.forms.numbers import Amounts, Integers, Numbers, number_kind
from posthouse.dialogs.forms.offers import Kind
from posthouse.dialogs.forms.phones import phone_kind
from posthouse.dialogs.forms.places import place_kind
from posthouse.dialogs.forms.texts import email_kind, formatted_kind, text_kind, url_kind
from posthouse.dialogs.forms.times import time_kind
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.media import File, Photo
from posthouse.model.text import Text
from posthouse.model.values import Email, Location, Money, Phone, Place, Url

ASKED: Final[Mapping[type[Any], Callable[[Wanted], Kind]]] = {
    str: text_kind,
    int: number_kind(Integers),
    Decimal: number_kind(Numbers),
    Money: number_kind(Amounts),
    Phone: phone_kind,
    Email: email_kind,
    Url: url_kind,
    date: date_kind,
    time: time_kind,
    Photo: photo_kind,
    File: file_kind,
    Location: location_kind,
    Text: formatted_kind,
}
"""Types that are answered in one's own words, by sending something, or from a calendar."""


def kind_of(annotation: Any, wanted: Wanted) -> Kind:
    """Return the kind of a field; raises FormError when there is none for its annotation."""
    parts = get_args(annotation)
    if get_origin(annotation) is tuple:
        if len(parts) != 2 or parts[1] is not ... or not isinstance(parts[0], type):  # noqa: PLR2004
            raise wanted.error(f"{annotation} has no kind; write tuple[X, ...] for several X")
        return _several(parts[0], wanted)
    if not isinstance(annotation, type):
        raise wanted.error(f"{annotation} has no kind; {_SUPPORTED}")
    return _single(annotation, wanted)


def _several(sort: type[Any], wanted: Wanted) -> Kind:
    if sort is Photo:
        _must_be_asked(sort, wanted)
        return photos_kind(wanted)
    if hasattr(sort, "form_fields"):
        _must_be_asked(sort, wanted)
        return subforms_kind(sort, wanted)
    if issubclass(sort, Enum) or "options" in wanted.spec.bounds:
        return many_kind(sort, wanted)
    raise wanted.error(
        f"several {sort.__name__} have no kind; several photos, sub-forms, members of an Enum and "
        "values of choose(options=...) have one"
    )


def _single(sort: type[Any], wanted: Wanted) -> Kind:
    if sort is bool:
        return yes_no_kind(wanted)
    if sort is Place:
        return place_kind(wanted)
    if issubclass(sort, Enum) or wanted.spec.is_choice:
        return one_kind(sort, wanted)
    if hasattr(sort, "form_fields"):
        raise wanted.error(
            f"{sort.__name__} is a form; write tuple[{sort.__name__}, ...] = ask(max_items=1), or "
            f"inherit from it"
        )
    make = ASKED.get(sort)
    if make is None:
        raise wanted.error(f"{sort.__name__} has no kind; {_SUPPORTED}")
    return make(wanted)


def _must_be_asked(sort: type[Any], wanted: Wanted) -> None:
    if wanted.spec.is_choice:
        raise wanted.error(f"a {sort.__name__} is not chosen from options; write ask()")


_SUPPORTED: Final = (
    "use "
    + ", ".join(sort.__name__ for sort in ASKED)
    + ", bool, Place, an Enum, or tuple[X, ...] of photos, sub-forms or options"
)
