"""The pages of the documentation and the code blocks in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="([^"]+)"')
_INCLUDE = re.compile(r'^--8<-- "([^"]+)"$', re.MULTILINE)
_NOT_RUN = re.compile(r"<!-- not run: (?P<why>[^>]+) -->\s*\Z")


class Block(NamedTuple):
    """One fenced block."""

    page: Path
    line: int
    """Line of its first line of code, from 1."""
    language: str
    title: str
    """Name of the file it shows; empty for a fragment."""
    code: str
    """With the files that it includes."""
    not_run: str
    """Why it is not run, from the comment above it; empty when it is."""

    @property
    def where(self) -> str:
        """`page:line`, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def all_pages() -> list[Path]:
    """Every page that a reader sees: those of the site, and those beside README."""
    return [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def blocks_of(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    source = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(source):
        language, _, rest = found["info"].strip().partition(" ")
        title = _TITLE.search(rest)
        above = _NOT_RUN.search(source, 0, found.start())
        yield Block(
            page=page,
            line=source.count("\n", 0, found.start()) + 2,
            language=language,
            title=title[1] if title else "",
            code=_INCLUDE.sub(_included, _dedented(found["body"], found["indent"])),
            not_run=above["why"] if above else "",
        )


def _dedented(body: str, indent: str) -> str:
    return re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def _included(found: re.Match[str]) -> str:
    return (EXAMPLES / found[1]).read_text(encoding="utf-8").rstrip("\n")
