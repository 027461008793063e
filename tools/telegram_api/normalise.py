"""Turns Telegram's documentation, as aiogram's sdist carries it, into our specification.

How this works: the documentation comes as sections of types and methods, where a field has a type
in words ("Array of PhotoSize") and a description. The words are parsed; from the descriptions only
facts are taken (constants, known values, limits, members of a union, what a method returns), and
no sentence.
"""

import re
from collections.abc import Iterator
from typing import Any

from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    MethodSpec,
    Specification,
    TypeSpec,
    UnionSpec,
)

_PRIMITIVES = {
    "Integer": "int",
    "Float": "float",
    "String": "str",
    "Boolean": "bool",
    "True": "true",
    "Int": "int",
}
_QUOTES = str.maketrans(dict.fromkeys('\u201c\u201d\u2018\u2019"', "'"))
_MEMBER = re.compile(r"^\s*-\s+(\w+)\s*$", re.MULTILINE)
_CONSTANT = re.compile(r"(?:always|must be) '?(?P<value>\w+)'?\.?$")
_VALUES = re.compile(r"\b(?:[Oo]ne of|can be|either)\b")
_VALUE = re.compile(r"'([\w/]+)'")
_LENGTH = re.compile(r"\b(\d+)-(\d+) (characters|bytes)")
_RANGES = (
    re.compile(r"Values between (\d+)-(\d+) are accepted"),
    re.compile(r"[Mm]ust be between (\d+) and (\d+)"),
    re.compile(r"; (\d+)-(\d+)$"),
    re.compile(r", (\d+)-(\d+)(?:\.|$)"),
)
_RETURNS = re.compile(r"[^.]*\b[Rr]eturn(?:s|ed)?\b[^.]*")
_ANSWER = re.compile(r"(?P<many>Array of )?\b(?P<name>[A-Z]\w+)")
_SENTENCE_END = re.compile(r"\.(?=\s+[A-Z])")


def normalise(schema: dict[str, Any], *, source: str) -> Specification:
    """Build the specification from the documentation's sections."""
    entries = [entry for section in schema["items"] for entry in section["children"]]
    kinds = [entry for entry in entries if entry["category"] == "types"]
    union_members = {
        entry["name"]: members for entry in kinds if (members := tuple(_members(entry)))
    }
    types = tuple(
        TypeSpec(name=entry["name"], anchor=entry["anchor"], fields=_fields(entry, constants=True))
        for entry in kinds
        if entry["name"] not in union_members
    )
    by_name = {kind.name: kind for kind in types}
    names = frozenset(by_name) | frozenset(union_members)
    return Specification(
        version=schema["api"]["version"],
        released=schema["api"]["release_date"],
        source=source,
        types=types,
        unions=tuple(
            UnionSpec(
                name=entry["name"],
                anchor=entry["anchor"],
                members=union_members[entry["name"]],
                discriminator=_discriminator(union_members[entry["name"]], by_name),
            )
            for entry in kinds
            if entry["name"] in union_members
        ),
        methods=tuple(
            MethodSpec(
                name=entry["name"],
                anchor=entry["anchor"],
                returns=_returned(entry, names),
                parameters=_fields(entry, constants=False),
            )
            for entry in entries
            if entry["category"] == "methods"
        ),
    )


def _members(entry: dict[str, Any]) -> Iterator[str]:
    """Name the members of a union; nothing for an object type."""
    if entry["annotations"]:
        return
    # A rich text is also said in prose to be a plain string or an array of rich texts.
    if "String for plain text" in entry["description"] or entry["name"] == "RichText":
        yield "str"
        yield f"[{entry['name']}]"
    yield from _MEMBER.findall(entry["description"])


def _discriminator(members: tuple[str, ...], types: dict[str, TypeSpec]) -> str | None:
    """Find the field that is a constant, another one in each member."""
    objects = [types[member] for member in members if member in types]
    constants = [
        {field.name: field.const for field in kind.fields if field.const} for kind in objects
    ]
    for name in constants[0]:
        values = {found.get(name) for found in constants}
        if None not in values and len(values) == len(objects):
            return name
    return None


def _fields(entry: dict[str, Any], *, constants: bool) -> tuple[FieldSpec, ...]:
    return tuple(_field(annotation, constants=constants) for annotation in entry["annotations"])


def _field(annotation: dict[str, Any], *, constants: bool) -> FieldSpec:
    kind = _type(annotation["type"])
    text = annotation["description"].translate(_QUOTES).strip()
    constant = _CONSTANT.search(text) if constants and kind == "str" else None
    length = _LENGTH.search(text) if kind == "str" else None
    upload = "attach://" in text or kind == "InputFile | str"
    return FieldSpec(
        name=annotation["name"],
        type=kind,
        required=annotation["required"],
        const=constant["value"] if constant else None,
        values=_values(text) if kind == "str" and not constant else (),
        length=(int(length[1]), int(length[2])) if length else None,
        length_unit="bytes" if length and length[3] == "bytes" else "characters",
        range=_range(text) if kind in {"int", "float"} else None,
        upload=upload,
    )


def _type(words: str) -> str:
    """Turn "Array of PhotoSize" into `[PhotoSize]` and "Integer or String" into `int | str`."""
    if words.startswith("Array of "):
        return f"[{_type(words.removeprefix('Array of '))}]"
    members = re.split(r", | and | or ", words)
    return " | ".join(_PRIMITIVES.get(member, member) for member in members)


def _values(text: str) -> tuple[str, ...]:
    """Collect the known values from the sentence that lists them."""
    listed = _VALUES.search(text)
    if listed is None:
        return ()
    sentence = _SENTENCE_END.split(text[listed.end() :], maxsplit=1)[0]
    values = tuple(dict.fromkeys(_VALUE.findall(sentence)))
    return values if len(values) > 1 else ()


def _range(text: str) -> tuple[int, int] | None:
    for pattern in _RANGES:
        if found := pattern.search(text):
            return int(found[1]), int(found[2])
    return None


def _returned(entry: dict[str, Any], names: frozenset[str]) -> str:
    """Find the type of a method's answer in the sentences that speak of returning."""
    answers: list[str] = []
    for sentence in _RETURNS.findall(entry["description"]):
        for found in _ANSWER.finditer(sentence):
            name = _PRIMITIVES.get(found["name"], found["name"])
            if name in names or name in _PRIMITIVES.values():
                answers.append(f"[{name}]" if found["many"] else name)
    if not answers:
        raise LookupError(f"no sentence of {entry['name']} says what it returns")
    return " | ".join(dict.fromkeys(answers))
