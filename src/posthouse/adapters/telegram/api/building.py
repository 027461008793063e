"""Builds objects out of JSON that holds more than, or other things than, this version knows.

How this works: the fast decoder refuses an unknown key, kind or value, a null, and a missing key.
Only then is the JSON read again, as dicts and lists, and walked here with a plan for every type,
made from the specification when the type is first met. What came later than this version is kept
(unknown.py); what contradicts it, a number where a text must be, is refused with its path.
"""

from collections.abc import Callable, Mapping
from functools import cache
from keyword import iskeyword
from typing import Any, Never

from posthouse.adapters.telegram.api import types
from posthouse.adapters.telegram.api.base import TelegramObject
from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    TypeNode,
    TypeSpec,
    parse_type,
    specification,
)
from posthouse.adapters.telegram.api.unknown import KEPT, Kept, Unknown, keeping

Build = Callable[[Any], Any]

_EXPECTED: dict[str, type] = {"str": str, "int": int, "bool": bool, "true": bool}
_STAND_INS: dict[str, Any] = {"str": "", "bool": False, "true": False, "int": 0, "float": 0.0}
"""What a required field holds when an old or careless server leaves it out.

Fields that say which object this is, and fields that hold an object, have no honest stand-in: they
are None then, and whoever needs them has to look.
"""
_IDENTITY = frozenset({"id", "message_id"})


class MismatchError(Exception):
    """A value is not what the Bot API says it is; the path grows as the walk is left."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: list[str | int] = []

    def __str__(self) -> str:
        path = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in reversed(self.path))
        return f"{self.reason} - at `${path}`"


@cache
def builder(kind: str) -> Build:
    """Make the function that builds one type, in the specification's notation."""
    return _build(parse_type(kind))


class _Plan:
    """How one object type is built; its fields are looked up late, for types hold each other."""

    __slots__ = ("_known", "_spec", "kind", "name", "required", "stand_ins", "tag", "tag_value")

    def __init__(self, spec: TypeSpec) -> None:
        self.name = spec.name
        self.kind: type[TelegramObject] = getattr(types, spec.name)
        self.tag = self.kind.__struct_config__.tag_field
        self.tag_value = self.kind.__struct_config__.tag
        fields = [field for field in spec.fields if field.name != self.tag]
        self._spec = spec
        self._known: dict[str, tuple[str, type | None, Build]] = {}
        self.required = frozenset(field.name for field in fields if field.required)
        self.stand_ins = {field.name: _stand_in(field) for field in fields if field.required}

    def build(self, data: Any) -> TelegramObject:
        """Build the object, as a keeping one when its known fields cannot hold everything."""
        if type(data) is not dict:
            _refuse(f"Expected an object of type {self.name}", data)
        known, required = self._known or self._look_up(), self.required
        arguments: dict[str, Any] = {}
        keeps = self.tag is not None and not self._has_tag(data)
        for key, value in data.items():
            field = known.get(key)
            if field is None:
                keeps = keeps or key != self.tag
                continue
            name, expected, build = field
            if type(value) is expected:
                arguments[name] = value
            elif value is None and key not in required:
                keeps = True
            else:
                try:
                    arguments[name] = build(value)
                except MismatchError as error:
                    error.path.append(key)
                    raise
        if keeps or not required <= data.keys():
            return self._keeping(data, arguments)
        return self.kind(**arguments)

    def _keeping(self, data: dict[str, Any], arguments: dict[str, Any]) -> TelegramObject:
        absent = self.required - data.keys()
        if "update_id" in absent:
            raise MismatchError("Object of type Update lacks its required key `update_id`")
        for key in absent:
            arguments[self._known[key][0]] = self.stand_ins[key]
        arguments[KEPT] = Kept(data, absent)
        made: TelegramObject = keeping(self.kind)(**arguments)
        return made

    def _look_up(self) -> dict[str, tuple[str, type | None, Build]]:
        self._known = {
            field.name: (
                f"{field.name}_" if iskeyword(field.name) else field.name,
                None if field.const else _EXPECTED.get(field.type),
                _field(field),
            )
            for field in self._spec.fields
            if field.name != self.tag
        }
        return self._known

    def _has_tag(self, data: dict[str, Any]) -> bool:
        if self.tag not in data:
            return False
        if data[self.tag] != self.tag_value:
            raise MismatchError(
                f"Object of type {self.name} has `{self.tag}` other than {self.tag_value!r}"
            )
        return True


@cache
def _plan(name: str) -> _Plan:
    spec = specification().type(name)
    if spec is None:
        raise LookupError(f"the Bot API has no type {name}")
    return _Plan(spec)


def _stand_in(field: FieldSpec) -> Any:
    if field.name in _IDENTITY:
        return None
    return () if field.node.kind == "array" else _STAND_INS.get(field.type)


def _field(field: FieldSpec) -> Build:
    if field.const is not None:
        return _constant(field.const)
    return _build(field.node)


def _build(node: TypeNode) -> Build:
    if node.kind == "primitive":
        return _SCALARS[node.name]
    if node.kind == "array":
        return _array(_build(node.of[0]))
    if node.kind == "union":
        return _first_fitting(node.of)
    union = specification().union(node.name)
    if union is None:
        return _plan(node.name).build
    if union.name == "MaybeInaccessibleMessage":
        return _maybe_inaccessible
    return _later(node.name)


def _later(union: str) -> Build:
    def build(value: Any) -> Any:
        return _union_builder(union)(value)

    return build


@cache
def _union_builder(name: str) -> Build:
    union = specification().union(name)
    if union is None:
        raise LookupError(f"the Bot API has no union {name}")
    if union.discriminator is None:
        return _first_fitting(tuple(parse_type(member) for member in union.members))
    others = [parse_type(member) for member in union.members]
    plain = tuple(node for node in others if node.kind != "reference")
    tagged = {
        str(plan.kind.__struct_config__.tag): plan
        for plan in (_plan(node.name) for node in others if node.kind == "reference")
    }
    return _tagged(union.discriminator, tagged, _first_fitting(plain) if plain else None)


def _tagged(discriminator: str, members: Mapping[str, _Plan], otherwise: Build | None) -> Build:
    def build(value: Any) -> Any:
        if type(value) is dict:
            tag = value.get(discriminator)
            plan = members.get(tag) if type(tag) is str else None
            return Unknown(value) if plan is None else plan.build(value)
        if otherwise is not None:
            return otherwise(value)
        return _refuse("Expected an object", value)

    return build


def _first_fitting(nodes: tuple[TypeNode, ...]) -> Build:
    """Take the member that holds the most of a value: all of its keys, if one does."""
    builds = [_build(node) for node in nodes]

    def build(value: Any) -> Any:
        fitting = None
        for attempt in builds:
            try:
                found = attempt(value)
            except MismatchError:
                continue
            if not hasattr(type(found), KEPT):
                return found
            fitting = found if fitting is None else fitting
        if fitting is not None:
            return fitting
        if type(value) is dict:
            return Unknown(value)
        return _refuse("Expected " + " or ".join(_spoken(node) for node in nodes), value)

    return build


def _maybe_inaccessible(value: Any) -> Any:
    """A message whose date is 0 can no longer be read; some servers say no more than true."""
    if value is True:
        return value
    gone = type(value) is dict and value.get("date") == 0
    return _plan("InaccessibleMessage" if gone else "Message").build(value)


def _array(build: Build) -> Build:
    def build_all(value: Any) -> Any:
        if type(value) is not list:
            _refuse("Expected an array", value)
        built = []
        for at, item in enumerate(value):
            try:
                built.append(build(item))
            except MismatchError as error:
                error.path.append(at)
                raise
        return built

    return build_all


def _constant(wanted: str) -> Build:
    def check(value: Any) -> Any:
        if value != wanted:
            raise MismatchError(f"Expected {wanted!r}, got {value!r:.60}")
        return value

    return check


def _text(value: Any) -> Any:
    return value if type(value) is str else _refuse("Expected a string", value)


def _integer(value: Any) -> Any:
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else _refuse("Expected an integer", value)


def _number(value: Any) -> Any:
    return float(value) if type(value) in {int, float} else _refuse("Expected a number", value)


def _truth(value: Any) -> Any:
    return value if type(value) is bool else _refuse("Expected true or false", value)


_SCALARS: dict[str, Build] = {
    "str": _text,
    "int": _integer,
    "float": _number,
    "bool": _truth,
    "true": _truth,
}
_JSON: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    dict: "an object",
    list: "an array",
}


def _refuse(expected: str, value: Any) -> Never:
    raise MismatchError(f"{expected}, got {_JSON.get(type(value), 'null')}")


def _spoken(node: TypeNode) -> str:
    return node.name or "an array"
