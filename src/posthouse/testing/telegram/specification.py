"""What the Bot API's specification says, in the form the simulator asks for."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct

from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    TypeNode,
    UnionSpec,
    parse_type,
    specification,
)


class Kind(Struct, frozen=True):
    """The type of a parameter, a field or an answer."""

    k: str
    """One of str, int, bool, true, float, arr, union and ref."""
    name: str = ""
    """The type's or union's name, of a ref."""
    of: "tuple[Kind, ...]" = ()
    """What an arr holds (one), what a union may be (several)."""

    def __str__(self) -> str:
        match self.k:
            case "arr":
                return f"array of {self.of[0]}"
            case "union":
                return " or ".join(str(kind) for kind in self.of)
            case "ref":
                return self.name
        return {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}.get(
            self.k, self.k
        )


class Field(Struct, frozen=True, kw_only=True):
    """A parameter of a method or a field of a type."""

    name: str
    kind: Kind
    required: bool = False
    const: Any = None
    """The one value it may have."""
    length: tuple[int, int, str] | None = None
    """Least, most, and whether they count characters or bytes."""
    range: tuple[int, int] | None = None


class Method(Struct, frozen=True):
    """A method of the Bot API."""

    name: str
    parameters: dict[str, Field]
    returns: Kind


class Union(Struct, frozen=True):
    """A choice between types."""

    members: tuple[Kind, ...]
    discriminator: str = ""
    mapping: dict[str, str] = {}
    """The discriminator's value, by member."""


class Specification(Struct, frozen=True):
    """All methods, types and unions."""

    version: str
    methods: dict[str, Method]
    types: dict[str, dict[str, Field]]
    unions: dict[str, Union]

    def __iter__(self) -> Iterator[Method]:
        return iter(self.methods.values())


@cache
def load() -> Specification:
    """Bring the specification of the Telegram adapter into this form; once."""
    found = specification()
    types = {one.name: _fields(one.fields) for one in found.types}
    return Specification(
        version=found.version,
        methods={
            one.name: Method(one.name, _fields(one.parameters), _kind(parse_type(one.returns)))
            for one in found.methods
        },
        types=types,
        unions={one.name: _union(one, types) for one in found.unions},
    )


@cache
def lower_names() -> dict[str, str]:
    """Every method's name by its name in small letters: the server does not mind capitals."""
    return {name.lower(): name for name in load().methods}


def _union(found: UnionSpec, types: dict[str, dict[str, Field]]) -> Union:
    members = tuple(_kind(parse_type(member)) for member in found.members)
    key = found.discriminator or ""
    mapping = {one.name: types[one.name][key].const for one in members if key and one.name in types}
    return Union(members, key, mapping)


def _fields(found: Iterable[FieldSpec]) -> dict[str, Field]:
    return {
        one.name: Field(
            name=one.name,
            kind=_kind(one.node),
            required=one.required,
            const=one.const,
            length=None if one.length is None else (*one.length, one.length_unit),
            range=one.range,
        )
        for one in found
    }


def _kind(found: TypeNode) -> Kind:
    of = tuple(_kind(part) for part in found.of)
    match found.kind:
        case "primitive":
            return Kind(found.name)
        case "reference":
            return Kind("ref", found.name)
        case "array":
            return Kind("arr", of=of)
    return Kind("union", of=of)
