"""What stands to the right of a saved search's fields: what is asked, and what it asks of items."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from msgspec import structs

from posthouse.dialogs.forms.fields import Spec, ask, choose
from posthouse.model.text import Words

Sort: TypeAlias = Literal["at least", "at most", "any of", "words", "no words"]
Check: TypeAlias = Callable[[Any], object] | Callable[[Any, Any], object]


class Sought(Spec, frozen=True, kw_only=True):
    """A field of a saved search as its class body wrote it."""

    sort: Sort
    paths: tuple[str, ...]
    """The fields of the item that it is about."""


def at_least(  # noqa: PLR0913  each is one keyword of a line
    field: str,
    prompt: Words | None = None,
    *,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Check | None = None,
    ge: Any = None,
    le: Any = None,
    decimals: int | None = None,
    unit: str | None = None,
    profile: bool = False,
) -> Any:
    """Declare a field whose answer the item's field has to reach; the rest as of `ask`.

    The answer is a number, Money, a date or a time, by the annotation.
    """
    spec = ask(
        prompt, default=default, when=when, check=check, ge=ge, le=le, decimals=decimals, unit=unit,
        profile=profile,
    )  # fmt: skip
    return _sought("at least", (field,), spec)


def at_most(  # noqa: PLR0913  each is one keyword of a line
    field: str,
    prompt: Words | None = None,
    *,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Check | None = None,
    ge: Any = None,
    le: Any = None,
    decimals: int | None = None,
    unit: str | None = None,
    profile: bool = False,
) -> Any:
    """Declare a field whose answer the item's field must not exceed; the rest as of `ask`.

    One that is less than the answer to the `at_least` of the same field is refused.
    """
    spec = ask(
        prompt, default=default, when=when, check=check, ge=ge, le=le, decimals=decimals, unit=unit,
        profile=profile,
    )  # fmt: skip
    return _sought("at most", (field,), spec)


def any_of(  # noqa: PLR0913  each is one keyword of a line
    field: str,
    prompt: Words | None = None,
    *,
    options: Callable[[Any], Any] | Sequence[Any] | Path | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Check | None = None,
    min_items: int | None = None,
    max_items: int | None = None,
    columns: int | None = None,
    profile: bool = False,
) -> Any:
    """Declare a field whose answers the item's field may have; the rest as of `choose`.

    For a tuple of options nothing has to be chosen: that means all of them. For a single option the
    item has to have just that.
    """
    spec = choose(
        prompt, options=options, default=default, when=when, check=check, min_items=min_items,
        max_items=max_items, columns=columns, profile=profile,
    )  # fmt: skip
    return _sought("any of", (field,), spec)


def words(
    *fields: str,
    prompt: Words | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Check | None = None,
    max_length: int | None = 200,
    profile: bool = False,
) -> Any:
    """Declare a field with words that the item's texts must all have; the rest as of `ask`.

    Args:
        fields: Of the item; the whole item when none is named.
        prompt: The question.
        default: Value of a field that was skipped.
        when: Whether it is asked.
        check: Gets the value.
        max_length: Most characters.
        profile: The answer is offered again the next time.
    """
    spec = ask(
        prompt, default=default, when=when, check=check, max_length=max_length, single_line=True,
        profile=profile,
    )  # fmt: skip
    return _sought("words", fields, spec)


def without_words(
    *fields: str,
    prompt: Words | None = None,
    default: Any = ...,
    when: Callable[[Any], bool] | None = None,
    check: Check | None = None,
    max_length: int | None = 200,
    profile: bool = False,
) -> Any:
    """Declare a field with words of which the item's texts have none; the rest as of `words`."""
    spec = ask(
        prompt, default=default, when=when, check=check, max_length=max_length, single_line=True,
        profile=profile,
    )  # fmt: skip
    return _sought("no words", fields, spec)


def _sought(sort: Sort, paths: tuple[str, ...], spec: Spec) -> Sought:
    return Sought(sort=sort, paths=paths, **structs.asdict(spec))
