"""Catalogue files: one folder, one `.ftl` file per language, named by its tag."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, Pattern, Resource, Term
from msgspec import Struct

BUILT_IN = Path(__file__).parent / "catalogues"
"""What the framework itself says."""


class Broken(Struct, frozen=True):
    """A place in a file that Fluent cannot read."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class CatalogueFile(Struct, frozen=True, eq=False):
    """One language of one folder."""

    file: Path
    language: str
    """IETF tag, from the file's name."""
    resource: Resource
    lines: dict[str, int]
    """Keys and those of attributes (`key.attribute`), each with its line."""
    patterns: dict[str, Pattern]
    """What those say that say something."""
    broken: tuple[Broken, ...]
    """What could not be read, or stands there twice."""


def read_folder(folder: Path, languages: Collection[str] = ()) -> dict[str, CatalogueFile]:
    """Return the catalogues of a folder by language, all or some of them.

    A file that changed is read anew.
    """
    every = sorted(folder.glob("*.ftl"))
    found = [file for file in every if not languages or file.stem in languages]
    return {file.stem: _read(file, file.stat().st_mtime_ns) for file in found}


@lru_cache(maxsize=512)  # bots and languages share files; what is read is never changed
def _read(file: Path, _changed: int) -> CatalogueFile:
    source = file.read_text(encoding="utf-8")
    resource = FluentParser().parse(source)
    lines: dict[str, int] = {}
    patterns: dict[str, Pattern] = {}
    broken = list(_junk(file, source, resource))
    for entry in resource.body:
        if isinstance(entry, Message | Term):
            line = _line(source, entry.span.start if entry.span else 0)
            key = entry.id.name if isinstance(entry, Message) else f"-{entry.id.name}"
            if key in lines:
                broken.append(Broken(file, line, f"{key} stands in line {lines[key]} already"))
                continue
            lines[key] = line
            if isinstance(entry, Message) and entry.value is not None:
                patterns[key] = entry.value
            for each in entry.attributes:
                start = each.span.start if each.span else 0
                lines[f"{key}.{each.id.name}"] = _line(source, start)
                if isinstance(entry, Message):
                    patterns[f"{key}.{each.id.name}"] = each.value
    return CatalogueFile(file, file.stem, resource, lines, patterns, tuple(broken))


def _junk(file: Path, source: str, resource: Resource) -> Iterator[Broken]:
    for entry in resource.body:
        if isinstance(entry, Junk):
            line = _line(source, entry.span.start if entry.span else 0)
            why = "; ".join(each.message or "cannot be read" for each in entry.annotations)
            yield Broken(file, line, why[:1].lower() + why[1:])


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1
