"""Decoders that read JSON straight into the types, as long as it holds nothing unforeseen.

How this works: msgspec looks at a Struct's annotations once, when the first decoder that needs it
is made. What those promise to people and what this path may accept differ: a null would be lost
when the object is written back, a union of types without a tag cannot be told apart. So the types
wear other annotations while msgspec looks, and their own again afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from keyword import iskeyword
from threading import RLock
from typing import Annotated, Any, Literal, Union

from msgspec import Meta
from msgspec.json import Decoder

from posthouse.adapters.telegram.api import types
from posthouse.adapters.telegram.api.base import TelegramObject
from posthouse.adapters.telegram.api.building import builder
from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    TypeNode,
    TypeSpec,
    parse_type,
    specification,
)

_PRIMITIVES: dict[str, Any] = {"int": int, "float": float, "str": str, "bool": bool, "true": bool}
_DATES = Annotated[int, Meta(ge=1)]
"""A message whose date is 0 may be an inaccessible one, which the walk can tell."""
_looking = RLock()


class _ByHand:
    """Stands for a union that msgspec cannot tell apart; the walk builds it."""

    union: str


@cache
def fast_decoder(kind: str) -> Decoder[Any]:
    """Make the decoder of one type, in the specification's notation."""
    with annotated_for_decoding():
        return Decoder(_annotation(parse_type(kind)), dec_hook=build_by_hand)


def build_by_hand(kind: type, value: Any) -> Any:
    """Build a union that msgspec cannot tell apart; a decoder's hook."""
    build: Callable[[Any], Any] = builder(kind.union) if issubclass(kind, _ByHand) else kind
    return build(value)


@contextmanager
def annotated_for_decoding() -> Iterator[None]:
    """Let the types wear what this path may accept while a decoder is made."""
    with _looking:
        own = [(kind, kind.__annotations__) for kind, _ in _classes()]
        for kind, spec in _classes():
            kind.__annotations__ = _annotations(kind, spec)
        try:
            yield
        finally:
            for kind, annotations in own:
                kind.__annotations__ = annotations


@cache
def _classes() -> list[tuple[type[TelegramObject], TypeSpec]]:
    return [
        (getattr(types, spec.name), spec)
        for spec in specification().types
        if issubclass(getattr(types, spec.name), TelegramObject)
    ]


def _annotations(kind: type[TelegramObject], spec: TypeSpec) -> dict[str, Any]:
    tag = kind.__struct_config__.tag_field
    return {
        f"{field.name}_" if iskeyword(field.name) else field.name: field_annotation(spec, field)
        for field in spec.fields
        if field.name != tag
    }


def field_annotation(spec: TypeSpec, field: FieldSpec) -> Any:
    """Return what this path may accept for a field."""
    if spec.name == "Message" and field.name == "date":
        return _DATES
    values = (field.const,) if field.const else field.values
    return Literal[values] if values else _annotation(field.node)


def _annotation(node: TypeNode) -> Any:
    if node.kind == "primitive":
        return _PRIMITIVES[node.name]
    if node.kind == "array":
        return list[_annotation(node.of[0])]  # type: ignore[misc]  # made while running
    if node.kind == "union":
        return Union[tuple(_annotation(member) for member in node.of)]  # noqa: UP007
    return _named(node.name)


@cache
def _named(name: str) -> Any:
    union = specification().union(name)
    if union is None:
        return getattr(types, name)
    if name == "MaybeInaccessibleMessage":
        return types.Message
    if union.discriminator is None or any(member.startswith("[") for member in union.members):
        return type(name, (_ByHand,), {"union": name})
    return Union[tuple(getattr(types, member) for member in union.members)]  # noqa: UP007
