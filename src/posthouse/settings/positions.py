"""Where each key and list item of a TOML text stands.

How this works: `tomllib` (and `tomlkit`) decode TOML and forget the positions. The finder below
walks a text that `tomllib` has accepted already, so it only has to skip values, never to judge
them; what it cannot follow it leaves out, and a mistake is then shown without its line.
"""

import contextlib
import re
import tomllib
from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}\n#]*")


def find_positions(source: str) -> Mapping[Path, int]:
    """Return the line (from 1) of every table, key and list item of a valid TOML text."""
    finder = _Finder(source)
    with contextlib.suppress(_LostError):
        finder.document()
    return finder.lines


class _LostError(Exception):
    """The finder does not know where it is."""


class _Finder:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._line = 1
        self._counted = 0
        self._items: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}

    def document(self) -> None:
        """Walk the whole text."""
        table: Path = ()
        while self._skip(_BLANK) is not None and self._at < len(self._source):
            if self._next("[["):
                table = self._item_of(self._key(table=(), item=True))
                self._expect("]]")
            elif self._next("["):
                table = self._key(table=())
                self._note(table)
                self._expect("]")
            else:
                self._pair(table)

    def _item_of(self, key: Path) -> Path:
        index = self._items.get(key, -1) + 1
        self._items[key] = index
        self._note((*key, index))
        return (*key, index)

    def _pair(self, table: Path) -> None:
        path = self._key(table=table)
        self._note(path)
        self._expect("=")
        self._value(path)

    def _key(self, *, table: Path, item: bool = False) -> Path:
        path = table
        while True:
            part = _KEY_PART.match(self._source, self._at)
            if part is None:
                raise _LostError
            self._at = part.end()
            raw = part[1]
            path = (*path, tomllib.loads(f"k={raw}")["k"] if raw[0] in "\"'" else raw)
            more = self._next(".")
            if not table and path in self._items and (more or not item):
                path = (*path, self._items[path])
            if not more:
                return path

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        if self._next("["):
            self._items_until("]", path)
        elif self._next("{"):
            self._pairs_until("}", path)
        elif self._skip(_STRING) is None:
            self._skip(_PLAIN)

    def _items_until(self, end: str, path: Path) -> None:
        index = 0
        while self._skip(_BLANK) is not None and not self._next(end):
            self._note((*path, index))
            self._value((*path, index))
            self._skip(_BLANK)
            self._next(",")
            index += 1
            self._require_more()

    def _pairs_until(self, end: str, path: Path) -> None:
        while self._skip(_BLANK) is not None and not self._next(end):
            self._pair(path)
            self._skip(_BLANK)
            self._next(",")
            self._require_more()

    def _note(self, path: Path) -> None:
        self._line += self._source.count("\n", self._counted, self._at)
        self._counted = self._at
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self._line)

    def _skip(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._source, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found[0]

    def _next(self, token: str) -> bool:
        found = self._source.startswith(token, self._at)
        if found:
            self._at += len(token)
        return found

    def _expect(self, token: str) -> None:
        if not self._next(token):
            raise _LostError

    def _require_more(self) -> None:
        if self._at >= len(self._source):
            raise _LostError
