"""Checking catalogues: what one language lacks, what the code asks for, what nobody uses."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fluent.syntax.ast import BaseNode, MessageReference, VariableReference
from msgspec import Struct

from posthouse.words.reading import BUILT_IN, CatalogueFile, read_folder

ASKING = "has_words"
SAYING = frozenset({"say", "say_in", ASKING})
"""Methods that take a key; of `say_in` it is the second argument."""
LISTED = 8
"""So many keys are named in one finding."""


class Asked(Struct, frozen=True):
    """A key that stands in code."""

    key: str
    file: Path
    line: int
    is_prefix: bool = False
    """Only its beginning does: what follows is put together when it runs."""
    is_optional: bool = False
    """The code asks first whether there is one."""


def wrong_with(folder: Path, reference: str) -> Iterator[str]:
    """Return what is wrong with the catalogues of a folder, a sentence each.

    Args:
        folder: Of an app.
        reference: Language that the others are held against, where the folder has it.
    """
    files = read_folder(folder)
    if not files:
        yield f"{folder}: no catalogue; put files such as en.ftl there"
        return
    model = files.get(reference) or files.get("en") or next(iter(files.values()))
    for file in files.values():
        yield from map(str, file.broken)
        if file is model:
            continue
        missing = [key for key in model.lines if key not in file.lines]
        if missing:
            yield f"{file.file}: lacks {_listed(missing)}, which {model.file.name} has"
        for key in file.lines:
            if key not in model.lines:
                yield f"{file.file}:{file.lines[key]}: {key} is not in {model.file.name}"
        yield from _strange_values(file, model)


def asked_in(source: str, file: Path) -> Iterator[Asked]:
    """Return the keys that a module's code names, as in `turn.say("ad-sold")`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        place = 1 if name == "say_in" else 0
        if name not in SAYING or len(node.args) <= place:
            continue
        key = node.args[place]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield Asked(key.value, file, node.lineno, is_optional=name == ASKING)
        elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
            yield Asked(str(key.values[0].value), file, node.lineno, is_prefix=True)


def unknown(asked: Iterable[Asked], folders: Collection[Path]) -> Iterator[str]:
    """Return which keys that code names no catalogue has."""
    known = {key for files in _all(folders) for file in files.values() for key in file.patterns}
    for each in asked:
        if each.is_prefix:
            if not any(key.startswith(each.key) for key in known):
                yield f"{each.file}:{each.line}: no catalogue has a key that begins with {each.key}"
        elif each.key not in known and not each.is_optional:
            yield f"{each.file}:{each.line}: no catalogue has the key {each.key}"


def unused(asked: Iterable[Asked], folder: Path, derived: Collection[str]) -> Iterator[str]:
    """Return which keys of a folder nobody asks for.

    Args:
        asked: What code names.
        folder: Of an app.
        derived: How keys begin that the framework makes of the names of forms and the like.
    """
    exact = {each.key.partition(".")[0] for each in asked if not each.is_prefix}
    begins = (*(each.key for each in asked if each.is_prefix), *derived)
    for file in read_folder(folder).values():
        inside = set(_references(file))
        built_in = _built_in_keys()
        lost = [
            key
            for key in file.lines
            if "." not in key
            and not key.startswith("-")
            and key not in exact | inside | built_in
            and not key.startswith(begins)
        ]
        if lost:
            yield f"{file.file}: nobody uses {_listed(lost)}"


def _all(folders: Collection[Path]) -> list[Mapping[str, CatalogueFile]]:
    return [*map(read_folder, folders), read_folder(BUILT_IN)]


def _built_in_keys() -> set[str]:
    return {key for file in read_folder(BUILT_IN).values() for key in file.lines}


def _references(file: CatalogueFile) -> Iterator[str]:
    for entry in file.resource.body:
        for node in _nodes(entry):
            if isinstance(node, MessageReference):
                yield node.id.name


def _strange_values(file: CatalogueFile, model: CatalogueFile) -> Iterator[str]:
    """A value that the other language does not have is given by nobody."""
    for key, pattern in file.patterns.items():
        known = model.patterns.get(key)
        if known is None:
            continue
        strange = _values(pattern) - _values(known)
        for name in sorted(strange):
            yield f"{file.file}:{file.lines[key]}: {key} wants ${name}, {model.file.name} does not"


def _values(pattern: BaseNode) -> set[str]:
    return {node.id.name for node in _nodes(pattern) if isinstance(node, VariableReference)}


def _nodes(node: Any) -> Iterator[BaseNode]:
    if isinstance(node, BaseNode):
        yield node
        for value in vars(node).values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for each in node:
            yield from _nodes(each)


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - LISTED} more" if len(keys) > LISTED else ""
    return ", ".join(keys[:LISTED]) + more
