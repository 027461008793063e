"""Mistakes in settings, collected so that all of them are reported at once."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import NamedTuple

from posthouse.errors import SettingsError
from posthouse.settings.positions import Path


class Mistake(NamedTuple):
    """One thing that is wrong in the settings file."""

    line: int | None
    where: str
    """The key, as in `bots.shop.apps[1]`; empty for the file itself."""
    what: str
    """What is wrong and what to do; never holds a secret."""


class Mistakes:
    """The mistakes of one settings file."""

    def __init__(self, file: FilePath, lines: Mapping[Path, int] | None = None) -> None:
        self.file = file
        self._lines = lines or {}
        self.all: list[Mistake] = []

    def add(self, path: Path, what: str, *, line: int | None = None) -> None:
        """Note a mistake at a key; its line is that of the key or of the table around it."""
        self.all.append(Mistake(line or self._line(path), shown_path(path), what))

    def raise_any(self) -> None:
        """Raise SettingsError with every mistake, in the order of the file, if there is one."""
        if not self.all:
            return
        ordered = sorted(self.all, key=lambda mistake: mistake.line or 0)
        head = "1 mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        raise SettingsError("\n".join([f"{head} in {self.file}:", *map(self._shown, ordered)]))

    def _shown(self, mistake: Mistake) -> str:
        place = f"{self.file}:{mistake.line}" if mistake.line else str(self.file)
        where = f"{mistake.where}: " if mistake.where else ""
        return f"  {place}: {where}{mistake.what}"

    def _line(self, path: Path) -> int | None:
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return None


def shown_path(path: Path) -> str:
    """Return a key as people write it: `bots.shop.apps[1]`."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part}]"
        else:
            plain = part.replace("-", "").replace("_", "").isalnum()
            out += ("." if out else "") + (part if plain else f'"{part}"')
    return out


def hint_among(name: str, known: Iterable[str]) -> str:
    """Return "did you mean ...?" for a near miss, else what there is."""
    names = sorted(known)
    if close := get_close_matches(name, names, n=1):
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(names)}" if names else "there are none"
