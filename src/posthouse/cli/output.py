"""What the command line prints: pleasant in a terminal, plain in a pipe, never a secret."""

import logging
import traceback
from collections.abc import Iterable, Sequence
from contextvars import ContextVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from posthouse.model.secret import MASK

SHORTEST_SECRET = 4
"""Shorter values are not masked: they would blot out every second word."""
_GOOD, _BAD = "green", "bold red"


class Output:
    """Standard output for what was asked, standard error for what went wrong."""

    def __init__(self, out: Console | None = None, problems: Console | None = None) -> None:
        self._out = out or Console(highlight=False, soft_wrap=True)
        self._problems = problems or Console(stderr=True, highlight=False, soft_wrap=True)
        self._hidden: list[str] = []

    @property
    def console(self) -> Console:
        """Standard output, for what draws itself."""
        return self._out

    def hide(self, secrets: Iterable[str]) -> None:
        """Never print these from now on."""
        found = {*self._hidden, *(s for s in secrets if len(s) >= SHORTEST_SECRET)}
        self._hidden = sorted(found, key=len, reverse=True)

    def masked(self, text: str) -> str:
        """Return a text without secrets."""
        for secret in self._hidden:
            text = text.replace(secret, MASK)
        return text

    def say(self, text: str = "", *, style: str = "") -> None:
        """Print a line."""
        self._out.print(Text(self.masked(text), style=style))

    def good(self, text: str) -> None:
        """Print what is fine."""
        self._out.print(Text.assemble(("✓ ", _GOOD), self.masked(text)))

    def bad(self, text: str) -> None:
        """Print what is wrong, among what is fine."""
        self._out.print(Text.assemble(("✗ ", _BAD), self.masked(text)))

    def problem(self, text: str) -> None:
        """Print why the command failed."""
        self._problems.print(Text.assemble(("posthouse: ", _BAD), self.masked(text)))

    def traceback(self, error: BaseException) -> None:
        """Print where an error came from."""
        self._problems.print(Text(self.masked("".join(traceback.format_exception(error)))))

    def table(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, marked: Sequence[int] = ()
    ) -> None:
        """Print rows under headings: a table in a terminal, columns apart by tabs in a pipe."""
        clean = [[self.masked(cell) for cell in row] for row in rows]
        if not self._out.is_terminal:
            for row in (headings, *clean):
                line = "\t".join(cell.replace("\n", " ").replace("\t", " ") for cell in row)
                self._out.file.write(f"{line}\n")  # rich would make spaces of the tabs
            return
        table = Table(*headings, box=SIMPLE_HEAD, header_style="bold")
        for index, row in enumerate(clean):
            table.add_row(*map(Text, row), style="green" if index in marked else "")
        self._out.print(table, soft_wrap=False)

    def log(self, level: str) -> None:
        """Send log records of this process to standard error, from a level on."""
        handler = logging.StreamHandler()
        handler.setFormatter(_MaskingFormatter(self))
        logging.basicConfig(level=level.upper(), handlers=[handler])


class _MaskingFormatter(logging.Formatter):
    """The last look at a record, its traceback too, before it is written."""

    def __init__(self, output: Output) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._output = output

    def format(self, record: logging.LogRecord) -> str:
        return self._output.masked(super().format(record))


current: ContextVar[Output] = ContextVar("posthouse-output")
"""Where the command that runs prints."""
