"""Paths to the fields of an item, checked against its type when a search is declared."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from posthouse.dialogs.forms.form import Form
from posthouse.errors import FormError
from posthouse.model.values import Money
from posthouse.ports.personal import without_mark

_FAMILIES: Final[tuple[tuple[str, tuple[type[Any], ...]], ...]] = (
    ("yes or no", (bool,)),
    ("a number", (int, float, Decimal, Money, timedelta)),
    ("a moment", (datetime,)),
    ("a date", (date,)),
    ("a time", (time,)),
    ("a text", (str,)),
)


def type_at(item: Any, path: str, where: str) -> Any:
    """Return the type at a path of an item's type, or Any; raises FormError where there is none."""
    present, seen = item, ""
    for name in path.split("."):
        present = _element(present)
        fields = _fields(present)
        if fields is None:
            return Any
        if name not in fields:
            near = get_close_matches(name, fields, 1)
            hint = f"do you mean {near[0]!r}?" if near else f"it has {', '.join(fields) or 'none'}"
            told = getattr(present, "__name__", str(present))
            raise FormError(f"{where}: {told} has no field {name!r}{seen}; {hint}")
        present, seen = fields[name], f" (of {path!r})"
    return _element(present)


def family_of(sort: Any) -> str | None:
    """Return with what values of a type can be compared; None where that cannot be told."""
    sort = _element(sort)
    if not isinstance(sort, type) or issubclass(sort, Enum):
        return None
    return next((name for name, sorts in _FAMILIES if issubclass(sort, sorts)), None)


def check_family(found: Any, asked: Any, where: str, path: str) -> None:
    """Raise FormError when an answer cannot be compared with what stands at a path."""
    theirs, mine = family_of(found), family_of(asked)
    if theirs is not None and mine is not None and theirs != mine:
        raise FormError(
            f"{where}: its answer is {mine}, and {path!r} of the item is {theirs}; annotate it "
            f"with the item's type"
        )


def _fields(sort: Any) -> Mapping[str, Any] | None:
    """Return the fields of a type by name; None where any name may be one."""
    if isinstance(sort, type) and issubclass(sort, Form):
        declared: dict[str, Any] = {}
        for base in reversed(sort.__mro__):
            own = vars(base).get("form_specs", {})
            declared |= {name: each.annotation for name, each in own.items() if each is not None}
        return {field.name: declared[field.name] for field in sort.form_fields}
    if sort is Any or not isinstance(sort, type) or issubclass(sort, Mapping):
        return None
    if issubclass(sort, Struct):
        hints = get_type_hints(sort)
        return {name: hints[name] for name in sort.__struct_fields__}
    if dataclasses.is_dataclass(sort):
        hints = get_type_hints(sort)
        return {field.name: hints[field.name] for field in dataclasses.fields(sort)}
    return {}


def _element(sort: Any) -> Any:
    """Return the type without None, marks and the list around it."""
    sort = without_mark(sort)
    if get_origin(sort) is Annotated:
        return _element(get_args(sort)[0])
    if get_origin(sort) in {Union, UnionType}:
        parts = [part for part in get_args(sort) if part is not NoneType]
        return _element(parts[0]) if len(parts) == 1 else Any
    if get_origin(sort) in {tuple, list, set, frozenset} and get_args(sort):
        return _element(get_args(sort)[0])
    return get_origin(sort) or sort
