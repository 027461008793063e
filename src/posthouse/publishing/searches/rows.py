"""Conditions as rows of an index: each row is met by its parts together, a condition by one row."""

from itertools import product
from typing import Final, NamedTuple

from posthouse.publishing.searches.conditions import (
    All,
    AnyOf,
    Condition,
    Either,
    Not,
    Range,
    Words,
)

MOST_ROWS: Final = 16
"""A condition that would need more is not taken apart there."""


class Row(NamedTuple):
    """Parts that hold together."""

    parts: tuple[AnyOf | Range | Words, ...]
    is_whole: bool
    """They say all that the condition does; else an item that fits them is looked at again."""


def rows_of(condition: Condition) -> list[Row]:
    """Return the rows of a condition; an item that fits it fits the parts of one of them."""
    match condition:
        case All(parts=parts):
            return _together([rows_of(part) for part in parts])
        case Either(parts=parts):
            merged = _values_of_one_field(parts)
            if merged is not None:
                return [Row((merged,), is_whole=True)]
            rows = [row for part in parts for row in rows_of(part)]
            return rows if len(rows) <= MOST_ROWS else [Row((), is_whole=False)]
        case Not():
            return [Row((), is_whole=False)]
        case _:
            return [Row((condition,), is_whole=True)]


def _together(choices: list[list[Row]]) -> list[Row]:
    count, taken, is_whole = 1, [], True
    for rows in sorted(choices, key=len):
        if count * len(rows) > MOST_ROWS:
            is_whole = False
            continue
        count *= len(rows)
        taken.append(rows)
    return [
        Row(
            tuple(part for row in some for part in row.parts),
            is_whole=is_whole and all(row.is_whole for row in some),
        )
        for some in product(*taken)
    ]


def _values_of_one_field(parts: tuple[Condition, ...]) -> AnyOf | None:
    same = [part for part in parts if isinstance(part, AnyOf) and part.field == _field(parts)]
    if not same or len(same) < len(parts):
        return None
    return AnyOf(same[0].field, tuple(value for part in same for value in part.values))


def _field(parts: tuple[Condition, ...]) -> str | None:
    return parts[0].field if parts and isinstance(parts[0], AnyOf) else None
