"""`ban`, `unban`, `bans`, `roles`, `forget`, `export`: what staff decide about persons."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy import select

from posthouse.bots.people import Forgetting, marks_of
from posthouse.cli.asking import change_and_say, database, reading
from posthouse.cli.opening import DEFAULT, SettingsOption, open_site
from posthouse.cli.output import current
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.engine.people import register as register_people
from posthouse.people.forgetting import Archive, Marks, said, written
from posthouse.people.naming import named
from posthouse.ports.clock import SystemClock
from posthouse.storage.schema import ban as ban_table, role as role_table
from posthouse.storage.sqlite import SqliteStore

Who = Annotated[str, Parameter(help="Messenger and id, such as telegram:1234.")]
OfBot = Annotated[str, Parameter(name=["--bot", "-b"], help="Name of the bot.")]
OnlyBot = Annotated[
    str | None, Parameter(name=["--bot", "-b"], help="Only with this bot, not with all.")
]


# --- bans


def ban(
    person: Who,
    /,
    *,
    reason: Annotated[str, Parameter(help="For staff to read.")] = "",
    settings: SettingsOption = DEFAULT,
) -> None:
    """Let no bot hear a person on their messenger."""
    _change(settings, "people.ban", {"person": person, "reason": reason})


def unban(person: Who, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Let a person be heard again."""
    _change(settings, "people.unban", {"person": person})


def bans(*, settings: SettingsOption = DEFAULT) -> None:
    """List who is banned, the newest first."""
    found = asyncio.run(
        _fetch(database(settings), select(ban_table).order_by(ban_table.c.at.desc()))
    )
    _table(
        ("person", "since", "reason"),
        [(f"{row.messenger}:{row.person}", _moment(row.at), row.reason) for row in found],
        nothing="Nobody is banned.",
    )


# --- roles


def roles_list(*, settings: SettingsOption = DEFAULT) -> None:
    """List who was granted which role; the settings of the middleware `access` are not here."""
    order = (role_table.c.bot, role_table.c.person, role_table.c.role)
    found = asyncio.run(_fetch(database(settings), select(role_table).order_by(*order)))
    _table(
        ("bot", "person", "role", "since"),
        [(row.bot, row.person, row.role, _moment(row.at)) for row in found],
        nothing="No roles were granted.",
    )


def roles_add(person: Who, role: str, /, *, bot: OfBot, settings: SettingsOption = DEFAULT) -> None:
    """Give a person a role with a bot."""
    _change(settings, "people.grant", {"bot": bot, "person": person, "role": role})


def roles_remove(
    person: Who, role: str, /, *, bot: OfBot, settings: SettingsOption = DEFAULT
) -> None:
    """Take a role away from a person."""
    _change(settings, "people.revoke", {"bot": bot, "person": person, "role": role})


# --- what is kept


def forget(
    person: Who,
    /,
    *,
    bot: OnlyBot = None,
    dry_run: Annotated[
        bool, Parameter(negative=(), help="Only tell what there is; nothing is erased.")
    ] = False,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Erase what is kept about a person."""
    path, marks = database(settings), _marks(settings)
    if dry_run:
        counted = asyncio.run(_counted(path, person, bot, marks))
        current.get().say(f"{_capital(said(counted, named(person)))}.")
        return

    def register(commands: Commands, store: SqliteStore) -> None:
        writer, clock = DirectWriter(store), SystemClock()
        Forgetting(store, writer, clock=clock, marks=lambda: marks).register(commands)

    change_and_say(path, "people.forget", {"person": person, "bot": bot}, register)


def export(person: Who, /, *, bot: OnlyBot = None, settings: SettingsOption = DEFAULT) -> None:
    """Write what is kept about a person, as JSON."""
    path, marks = database(settings), _marks(settings)
    current.get().say(asyncio.run(_exported(path, person, bot, marks)))


# --- inside


def _marks(settings: Path) -> Marks:
    site, _ = open_site(settings)
    return marks_of(site.bots, site.tables)


async def _counted(path: Path, person: str, bot: str | None, marks: Marks) -> dict[str, int]:
    async with reading(path) as store:
        return await Archive(store, marks).count(person, bot)


async def _exported(path: Path, person: str, bot: str | None, marks: Marks) -> str:
    async with reading(path) as store:
        return written(await Archive(store, marks).export(person, bot))


async def _fetch(path: Path, statement: Any) -> list[Any]:
    async with reading(path) as store:
        return list(await store.fetch(statement))


def _change(settings: Path, kind: str, args: dict[str, Any]) -> None:
    def register(commands: Commands, store: SqliteStore) -> None:
        register_people(commands, store, DirectWriter(store), SystemClock())

    change_and_say(database(settings), kind, args, register)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], *, nothing: str) -> None:
    output = current.get()
    if rows:
        output.table(head, rows)
    else:
        output.say(nothing)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
