"""Making the kinds of fields that are chosen, with what is wrong in their declarations."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import UNSET

from posthouse.dialogs.forms.choices import (
    VALUES,
    Alternative,
    ManyOf,
    OneOf,
    YesNo,
    alternatives_of,
)
from posthouse.dialogs.forms.offers import Kind
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.errors import MistakeError


def yes_no_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is yes or no."""
    if "options" in wanted.spec.bounds:
        raise wanted.error("yes and no are the options of a bool; leave options= out")
    wanted.bounds()
    return YesNo(labels=wanted.keys)


def one_kind(sort: type[Any], wanted: Wanted) -> Kind:
    """Return the kind of a field that is one of several."""
    wanted.bounds("options", "columns")
    fixed, source = _options(sort, wanted)
    default = wanted.spec.default
    if default is not UNSET and default is not None:
        _check_default((default,), fixed, source, wanted)
    return OneOf(sort=sort, fixed=fixed, source=source, columns=_columns(wanted, 1))


def many_kind(sort: type[Any], wanted: Wanted) -> Kind:
    """Return the kind of a field that is many of several."""
    bounds = wanted.bounds("options", "columns", "min_items", "max_items")
    wanted.counts("min_items", "max_items")
    wanted.ordered("min_items", "max_items")
    fixed, source = _options(sort, wanted)
    least, most = bounds.get("min_items", 1), bounds.get("max_items")
    if most == 0:
        raise wanted.error("max_items=0 leaves nothing to choose; give 1 or more")
    if fixed and least > len(fixed):
        raise wanted.error(f"min_items={least}, and there are only {len(fixed)} options")
    if isinstance(wanted.spec.default, tuple):
        _check_default(wanted.spec.default, fixed, source, wanted)
    return ManyOf(
        sort=sort, fixed=fixed, source=source, columns=_columns(wanted, 2), min_items=least,
        max_items=most,
    )  # fmt: skip


def _options(
    sort: type[Any], wanted: Wanted
) -> tuple[tuple[Alternative, ...], Callable[[Any], Any] | None]:
    options = wanted.spec.bounds.get("options")
    members: list[Any] = [*sort] if issubclass(sort, Enum) else []
    if not members and sort not in VALUES:
        names = ", ".join(each.__name__ for each in VALUES)
        raise wanted.error(f"a {sort.__name__} cannot be an option; {names} and any Enum can")
    if options is None:
        if not members:
            raise wanted.error("nothing to choose from; write choose(options=[...]) or use an Enum")
        options = members
    if isinstance(options, Path):
        raise wanted.error("a gazetteer gives places; annotate the field as Place")
    if callable(options):
        return (), options
    try:
        fixed = alternatives_of(options, sort, wanted.where)
    except MistakeError as error:
        raise wanted.error(str(error).removeprefix(f"{wanted.where}: ")) from error
    if not fixed:
        raise wanted.error("there are no options; give at least one")
    return fixed, None


def _check_default(
    values: tuple[Any, ...],
    fixed: tuple[Alternative, ...],
    source: Callable[[Any], Any] | None,
    wanted: Wanted,
) -> None:
    known = [each.value for each in fixed]
    for value in values:
        if source is None and value not in known:
            raise wanted.error(
                f"its default {value!r} is none of the options; add it to them, or give another"
            )


def _columns(wanted: Wanted, usual: int) -> int:
    columns = wanted.spec.bounds.get("columns", usual)
    if not isinstance(columns, int) or not 1 <= columns <= 8:  # noqa: PLR2004  what a screen holds
        raise wanted.error(f"columns={columns!r}; give 1 to 8")
    return columns
