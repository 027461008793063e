"""`telegram decode`: read recorded updates and write them back."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from posthouse.adapters.telegram.api.codec import decode_update
from posthouse.adapters.telegram.api.encoding import encode
from posthouse.cli.output import current
from posthouse.errors import DecodeError, SetupError


def decode(
    file: Annotated[Path, Parameter(help="Updates as Telegram sends them, one a line.")],
    /,
    *,
    out: Annotated[Path | None, Parameter(help="Where to write them back to.")] = None,
) -> int:
    """Read recorded updates and write them back with the same keys and values.

    A line that is no update is named on standard error and left out; the others go on.
    """
    if out is not None and out.exists() and out.samefile(file):
        raise SetupError(f"{out} is the file that is read: give --out another name")
    output = current.get()
    decoded = quarantined = 0
    try:
        with out.open("wb") if out is not None else nullcontext() as written:
            for number, line in _lines(file):
                try:
                    body = encode(decode_update(line))
                except DecodeError as error:
                    output.problem(f"{file}, line {number}: {error}")
                    quarantined += 1
                    continue
                decoded += 1
                if written is not None:
                    written.write(body + b"\n")
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be used: {error.strerror}") from error
    output.say(msgspec.json.encode({"decoded": decoded, "quarantined": quarantined}).decode())
    return 0


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line
