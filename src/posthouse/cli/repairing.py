"""`quarantine`, `outbox`, `replay`, `migrate`: what needs a person, and the schema."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy import select

from posthouse.cli.asking import change_and_say, database, reading
from posthouse.cli.opening import DEFAULT, SettingsOption
from posthouse.cli.output import current
from posthouse.engine.commands import FAILED_STATES
from posthouse.errors import ConflictError, SetupError
from posthouse.ports.records import QuarantineRow
from posthouse.storage.schema import account
from posthouse.storage.sqlite import SqliteStore

_MOST = 10_000

Number = Annotated[int, Parameter(help="Its number, from the list.")]
Limit = Annotated[int, Parameter(help="How many to list.")]


# --- set aside


def quarantine_list(*, limit: Limit = 50, settings: SettingsOption = DEFAULT) -> None:
    """List what was set aside, the newest first."""
    asyncio.run(_list_quarantine(database(settings), limit))


def quarantine_show(number: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Show one update with its error and its body."""
    asyncio.run(_show_quarantine(database(settings), number))


def quarantine_replay(number: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Handle one update again, after whatever waits in its chat."""
    _change(settings, "quarantine.replay", {"id": number})


def quarantine_drop(number: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Forget one update for good."""
    _change(settings, "quarantine.drop", {"id": number})


def replay(
    number: Annotated[int | None, Parameter(help="Its number, from `quarantine list`.")] = None,
    /,
    *,
    everything: Annotated[
        bool, Parameter(name="--all", negative=(), help="Everything that was set aside.")
    ] = False,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Handle again what was set aside: one update, or all of them in the order they came."""
    if (number is None) is not everything:
        raise SetupError("say which update, as in `posthouse replay 7`, or --all for every one")
    _change(settings, "quarantine.replay", {} if number is None else {"id": number})


async def _list_quarantine(path: Path, limit: int) -> None:
    async with reading(path) as store:
        rows = await store.quarantine(limit=limit)
        bots = await _bots(store)
    output = current.get()
    if not rows:
        output.say("Nothing is set aside.")
        return
    output.table(
        ("number", "when", "bot", "kind", "reason", "error"),
        [
            (
                str(row.id),
                _moment(row.at),
                bots.get(row.mark.account, "?"),
                row.kind,
                row.reason,
                _last_line(row.detail),
            )
            for row in rows
        ],
    )
    output.say(
        "`posthouse quarantine show NUMBER` tells more, `posthouse replay NUMBER` tries again."
    )


async def _show_quarantine(path: Path, number: int) -> None:
    async with reading(path) as store:
        row = _one(await store.quarantine(limit=_MOST), number)
        bots = await _bots(store)
    output = current.get()
    for name, value in (
        ("number", str(row.id)),
        ("bot", bots.get(row.mark.account, "?")),
        ("update", row.mark.update_id),
        ("lane", row.lane),
        ("kind", row.kind),
        ("set aside", _moment(row.at)),
        ("reason", row.reason),
        ("body", row.body.decode(errors="replace")),
    ):
        output.say(f"{name:<10} {value}")
    output.say()
    output.say(row.detail.rstrip())


def _one(rows: Sequence[QuarantineRow], number: int) -> QuarantineRow:
    for row in rows:
        if row.id == number:
            return row
    raise ConflictError(
        f"nothing is set aside under number {number}; `posthouse quarantine list` shows what is"
    )


# --- did not arrive


def outbox_list(*, limit: Limit = 50, settings: SettingsOption = DEFAULT) -> None:
    """List deliveries that ended badly: rejected, expired, or with an unknown end."""
    asyncio.run(_list_outbox(database(settings), limit))


def outbox_requeue(number: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Send one delivery again; one with an unknown end may then appear twice."""
    _change(settings, "outbox.requeue", {"id": number})


def outbox_cancel(number: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Give one delivery up."""
    _change(settings, "outbox.cancel", {"id": number})


async def _list_outbox(path: Path, limit: int) -> None:
    async with reading(path) as store:
        bots = await _bots(store)
        rows = [
            row
            for number in bots
            for row in await store.outbox(account=number, states=FAILED_STATES, limit=limit)
        ]
    output = current.get()
    if not rows:
        output.say("Every delivery arrived, or still waits.")
        return
    rows.sort(key=lambda row: row.created, reverse=True)
    output.table(
        ("number", "when", "bot", "chat", "end", "tries", "error"),
        [
            (
                str(row.id),
                _moment(row.created),
                bots[row.account],
                row.chat,
                row.state.value,
                str(row.attempts),
                _last_line(row.error or ""),
            )
            for row in rows[:limit]
        ],
    )
    output.say("`posthouse outbox requeue NUMBER` sends it again, `cancel NUMBER` gives it up.")


# --- the schema


def migrate(*, settings: SettingsOption = DEFAULT) -> None:
    """Bring the database to this version's schema, as `posthouse run` does at its start."""
    path = database(settings)
    asyncio.run(_migrate(path))
    current.get().say(f"{path} has this version's schema.")


async def _migrate(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.aclose()


# --- reading and changing


async def _bots(store: SqliteStore) -> Mapping[int, str]:
    rows = await store.fetch(select(account.c.id, account.c.bot))
    return {row.id: row.bot for row in rows}


def _change(settings: Path, kind: str, args: Mapping[str, Any]) -> None:
    change_and_say(database(settings), kind, args)


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "-"


def _last_line(detail: str) -> str:
    lines = detail.strip().splitlines()
    return lines[-1].strip() if lines else ""
