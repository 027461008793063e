"""`publishers`: where the items of topics come from, and how they are."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from posthouse.cli.asking import change_and_say, database, reading
from posthouse.cli.opening import DEFAULT, SettingsOption
from posthouse.cli.output import current
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.publishing.publishers.commands import StoredPublishers
from posthouse.publishing.publishers.sources import RUNNING, all_sources, told
from posthouse.storage.sqlite import SqliteStore

Name = Annotated[str, Parameter(help="The publisher's name.")]


def list_(*, settings: SettingsOption = DEFAULT) -> None:
    """List all publishers, when each was looked at, and how it is."""
    rows = asyncio.run(_rows(database(settings)))
    if not rows:
        current.get().say("There is no publisher yet; app.publisher(...) gives a site one.")
        return
    table = [(row.publisher, _moment(row.fetched), _moment(_due(row)), told(row)) for row in rows]
    current.get().table(("publisher", "looked at", "due", "state"), table)


def fetch(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Look at a publisher's source now."""
    _change(settings, "publisher.fetch", name)


def pause(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Look at a publisher's source no more until it is resumed."""
    _change(settings, "publisher.pause", name)


def resume(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Let a publisher go on that was paused, or has stopped."""
    _change(settings, "publisher.resume", name)


def _change(settings: Path, kind: str, name: str) -> None:
    change_and_say(database(settings), kind, {"name": name}, _register)


def _register(commands: Commands, store: SqliteStore) -> None:
    StoredPublishers(store, DirectWriter(store)).register(commands)


async def _rows(path: Path) -> Sequence[Any]:
    async with reading(path) as store:
        return await store.fetch(all_sources())


def _due(row: Any) -> float | None:
    is_given = row.state == RUNNING and row.fetched is None  # its items; nobody fetches them
    return None if is_given else row.due


def _moment(at: float | None) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
