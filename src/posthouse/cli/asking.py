"""Reading a project's database, and changing it beside a site that runs.

How this works: reading needs no lock. What changes something is executed here, under the database's
lock, when no site runs; a running site holds that lock, and gets the command as a row to execute.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

from posthouse.cli.opening import database_of, open_settings
from posthouse.cli.output import current
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.errors import AlreadyRunningError, ConflictError, SetupError, TryLaterError
from posthouse.ports.clock import SystemClock
from posthouse.storage.sqlite import SqliteStore

ANSWER_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.1

Register: TypeAlias = Callable[[Commands, SqliteStore], None]
"""Adds the kinds of commands that one group has."""


def database(settings: Path) -> Path:
    """Return the database of a project; raises SetupError when it is not there yet."""
    read, mistakes = open_settings(settings)
    mistakes.raise_any()
    path = database_of(read).absolute()
    if not path.exists():
        raise SetupError(f"there is no database at {path} yet; `posthouse run` makes it")
    return path


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[SqliteStore]:
    """Read a database, whoever owns it."""
    store = SqliteStore(path, own=False)
    await store.open()
    try:
        yield store
    finally:
        await store.aclose()


def change(path: Path, kind: str, args: Mapping[str, Any], register: Register | None = None) -> str:
    """Execute a command, here or in the site that runs; return what it says.

    Raises ConflictError when it did not work.
    """
    ok, result = asyncio.run(_changed(path, kind, args, register))
    if not ok:
        raise ConflictError(result)
    return result


def change_and_say(
    path: Path, kind: str, args: Mapping[str, Any], register: Register | None = None
) -> None:
    """Execute a command and print what it says."""
    result = change(path, kind, args, register)
    current.get().say(f"{result[:1].upper()}{result[1:]}.")


async def ask(
    path: Path, kind: str, args: Mapping[str, Any], *, within_s: float = ANSWER_WITHIN_S
) -> tuple[bool, str]:
    """Let the running site execute a command and wait for its answer; raises TryLaterError."""
    at = SystemClock().now().timestamp()
    async with reading(path) as store:
        number = await store.add_command(kind, json.dumps(args), at=at)
        try:
            async with asyncio.timeout(within_s):
                while True:
                    row = await store.command(number)
                    if row is not None and row.ok is not None:
                        return row.ok, row.result
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise TryLaterError(
                f"the running site has not answered within {within_s:.0f} s; it executes "
                f"the command as soon as it can, so look again before you repeat it"
            ) from None


async def _changed(
    path: Path, kind: str, args: Mapping[str, Any], register: Register | None
) -> tuple[bool, str]:
    store = SqliteStore(path)
    try:
        await store.open()
    except AlreadyRunningError:
        return await ask(path, kind, args)
    try:
        commands = Commands(store, DirectWriter(store))
        if register is not None:
            register(commands, store)
        return await commands.execute(kind, args)
    finally:
        await store.aclose()
