"""Marks for what is about a person, so that it can be exported and forgotten."""

from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from posthouse.model.values import Email, Phone

T = TypeVar("T")
_FIELD = "posthouse: personal"
_COLUMN = "posthouse.personal"

Personal = Annotated[T, _FIELD]
"""The type of a field of a form that tells something about whoever fills it in.

`phone: Personal[Phone] = ask()` is a phone number that `posthouse forget` blanks in what was
completed and that `posthouse export` writes; the other answers stay.
"""


class PersonalColumn(NamedTuple):
    """What a column has to do with a person."""

    of: str | None
    kind: Literal["person", "chat"]
    bot: str | None
    messenger: str | None


def personal(
    of: str | None = None,
    *,
    kind: Literal["person", "chat"] = "person",
    bot: str | None = None,
    messenger: str | None = None,
) -> dict[str, Any]:
    """Return the `info=` of a table's column that is about a person.

    `Column("person", Text, info=personal())` holds a person's id, and the row goes when that person
    is forgotten. `Column("name", Text, info=personal(of="person"))` is blanked in the rows whose
    column `person` holds that id; those rows stay.

    Args:
        of: The column of the same table that holds the person's id; this one, when left out.
        kind: What the id is of: a person, or "chat" for the private chat of one.
        bot: The column that holds the bot's name, where a table is about several bots.
        messenger: The column that holds the messenger's name, where it is about several of these.
    """
    return {_COLUMN: PersonalColumn(of, kind, bot, messenger)}


def mark_of(info: dict[Any, Any]) -> PersonalColumn | None:
    """Return what a column has to do with a person, from its `info`."""
    found = info.get(_COLUMN)
    return found if isinstance(found, PersonalColumn) else None


def is_personal(annotation: Any) -> bool:
    """Whether an annotation is `Personal[...]`, or has a phone number or a mail address in it."""
    if annotation in (Phone, Email):
        return True
    if get_origin(annotation) is Annotated and _FIELD in get_args(annotation):
        return True
    return any(is_personal(part) for part in get_args(annotation))


def without_mark(annotation: Any) -> Any:
    """Return an annotation with `Personal[X]` in it as X."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return without_mark(parts[0]) if _FIELD in parts else annotation
    if not parts or not is_personal(annotation):
        return annotation
    plain = tuple(map(without_mark, parts))
    if origin in (Union, UnionType):
        return Union[plain]  # noqa: UP007  of a list
    return origin[plain] if origin is not None else annotation
