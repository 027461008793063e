"""The Bot API as data: what its types hold, what its methods take, and within which limits."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

Primitive = Literal["int", "float", "str", "bool", "true"]
PRIMITIVES: frozenset[str] = frozenset({"int", "float", "str", "bool", "true"})


class TypeNode(Struct, frozen=True, gc=False):
    """A type: a primitive, a reference by name, an array or a union of others."""

    kind: Literal["primitive", "reference", "array", "union"]
    name: str = ""
    """Of a primitive or a reference."""
    of: tuple["TypeNode", ...] = ()
    """What an array holds, or the members of a union."""


class FieldSpec(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A field of a type or a parameter of a method."""

    name: str
    type: str
    """`int`, `float`, `str`, `bool`, `true`, a name, `[…]` for an array, `a | b` for a union."""
    required: bool = False
    const: str | None = None
    """The only value the field can have."""
    values: tuple[str, ...] = ()
    """The values known so far; others may come."""
    length: tuple[int, int] | None = None
    length_unit: Literal["characters", "bytes"] = "characters"
    range: tuple[int, int] | None = None
    upload: bool = False
    """The string may stand for a file that is uploaded with the call."""

    @property
    def node(self) -> TypeNode:
        """The type, taken apart."""
        return parse_type(self.type)


class TypeSpec(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An object type."""

    name: str
    anchor: str
    fields: tuple[FieldSpec, ...] = ()


class UnionSpec(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A type that is one of several others."""

    name: str
    anchor: str
    members: tuple[str, ...]
    discriminator: str | None = None
    """The field whose constant tells the members apart."""


class MethodSpec(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A method."""

    name: str
    anchor: str
    returns: str
    parameters: tuple[FieldSpec, ...] = ()


class Specification(Struct, frozen=True, kw_only=True, gc=False):
    """Everything the Bot API of one version has."""

    version: str
    released: str
    source: str
    types: tuple[TypeSpec, ...]
    unions: tuple[UnionSpec, ...]
    methods: tuple[MethodSpec, ...]

    def method(self, name: str) -> MethodSpec | None:
        """Find a method; Telegram does not mind the case of its name."""
        return _methods().get(name.lower())

    def type(self, name: str) -> TypeSpec | None:
        """Find an object type."""
        return _types().get(name)

    def union(self, name: str) -> UnionSpec | None:
        """Find a union."""
        return _unions().get(name)


@cache
def specification() -> Specification:
    """Read the specification that the types and methods were generated from."""
    text = files("posthouse.adapters.telegram.api").joinpath("specification.json").read_bytes()
    return msgspec.json.decode(text, type=Specification)


@cache
def parse_type(text: str) -> TypeNode:
    """Take a type's notation apart."""
    members = _split(text)
    if len(members) > 1:
        return TypeNode("union", of=tuple(parse_type(member) for member in members))
    if text.startswith("["):
        return TypeNode("array", of=(parse_type(text[1:-1]),))
    return TypeNode("primitive" if text in PRIMITIVES else "reference", text)


def _split(text: str) -> list[str]:
    members, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            members.append(text[start:position].strip())
            start = position + 1
    return [*members, text[start:].strip()]


@cache
def _methods() -> dict[str, MethodSpec]:
    return {method.name.lower(): method for method in specification().methods}


@cache
def _types() -> dict[str, TypeSpec]:
    return {kind.name: kind for kind in specification().types}


@cache
def _unions() -> dict[str, UnionSpec]:
    return {union.name: union for union in specification().unions}
