"""Forgetting a person, and writing down what is kept about them, over every table."""

import base64
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import MetaData, delete, func, select, text, update

from posthouse.errors import ConflictError
from posthouse.people import rows
from posthouse.people.crowd import Reads
from posthouse.people.naming import Named, named
from posthouse.people.shared import Fields, Shared, shared_states
from posthouse.people.steps import Scope, Step, steps, waits
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.writer import Writer
from posthouse.storage import schema

_entry = schema.entry.c
_TABLES = text("SELECT name FROM sqlite_master WHERE type = 'table'")


class Marks(NamedTuple):
    """What users marked as being about a person."""

    forms: Mapping[str, frozenset[str]]
    """Personal fields of each form, by `app.Form`; of a form that is not here, all are."""
    tables: Sequence[MetaData] = ()
    states: Fields = MappingProxyType({})
    """Personal fields of states that everybody in a chat shares, by `app.State`."""


class Archive:
    """What is kept about persons.

    Args:
        store: Where it is read.
        marks: What users marked.
        accounts: Accounts of the bots that run, each with its bot and messenger; others are found
            in the database.
        runs: A site runs.
    """

    def __init__(
        self,
        store: Reads,
        marks: Marks,
        *,
        accounts: Mapping[int, tuple[str, str]] | None = None,
        runs: bool = False,
    ) -> None:
        self._store = store
        self._marks = marks
        self._accounts = accounts or {}
        self._runs = runs

    async def count(self, person: str, bot: str | None = None) -> dict[str, int]:
        """Return how many rows of each table are about a person; raises MistakeError."""
        scope = await self.scope(person, bot)
        found: dict[str, int] = {}
        for step in await self._steps(scope):
            counted = select(func.count()).select_from(step.table).where(step.where)
            ((number,),) = await self._store.fetch(counted)
            _add(found, step, number)
        shared = len(await self._shared(scope))
        if shared:
            found["conversation"] = found.get("conversation", 0) + shared
        entries = len(await self._entries(scope))
        return {**found, **({"entry": entries} if entries else {})}

    async def waiting(self, person: str, bot: str | None = None) -> int:
        """Return how many updates about a person a running site is still to handle."""
        scope = await self.scope(person, bot)
        theirs = select(func.count()).select_from(schema.inbox).where(waits(scope))
        ((number,),) = await self._store.fetch(theirs)
        return int(number)

    async def export(self, person: str, bot: str | None = None) -> dict[str, Any]:
        """Return everything that is kept about a person, by table."""
        scope = await self.scope(person, bot)
        found: dict[str, Any] = {"person": str(scope.who), "bots": sorted(scope.accounts.values())}
        for step in await self._steps(scope):
            kept = await self._store.fetch(select(step.table).where(step.where))
            if kept:
                lines = [_plain(row) for row in kept]
                found[step.table.name] = [*found.get(step.table.name, []), *lines]
        for each in await self._shared(scope):
            about = {"account": each.account, "key": each.key, "body": each.theirs}
            found.setdefault("conversation", []).append(about)
        bans = schema.ban.c
        mine = (bans.messenger == scope.who.messenger, bans.person == scope.who.id)
        for name, kept in (
            ("entry", await self._entries(scope)),
            ("ban", await self._store.fetch(select(schema.ban).where(*mine))),
        ):
            if kept:
                found[name] = [_plain(row) for row in kept]
        return found

    async def forget(
        self, person: str, bot: str | None, *, writer: Writer, clock: Clock
    ) -> dict[str, int]:
        """Erase what is kept about a person; return how many rows of each table it was.

        A ban stays, since it would not hold otherwise; so do numbers and the messages that were
        published. Raises ConflictError when a user's table refuses.
        """
        scope = await self.scope(person, bot)
        counted = await self.count(person, bot)
        change = Change()
        for step in await self._steps(scope):
            gone = delete(step.table).where(step.where)
            blank = update(step.table).where(step.where).values(step.values or {})
            change.writes.append(Execute(gone if step.values is None else blank))
        for each in await self._shared(scope):
            change.writes.append(Execute(each.cleared(), 1))
        for row in await self._entries(scope):
            kept = update(schema.entry).where(_entry.id == row.id)
            change.writes.append(Execute(kept.values(self._without(row))))
        said = ", ".join(f"{name} {number}" for name, number in counted.items())
        change.writes.append(
            Execute(
                rows.note(
                    number=rows.NO_ACCOUNT,
                    at=clock.now(),
                    by="",
                    name=rows.COMMAND_LINE,
                    deed="forget",
                    about="",
                    detail=said,
                )
            )
        )
        if await writer.write(change) is not Verdict.WON:
            raise ConflictError(f"nothing was forgotten: {change.error}")
        return counted

    async def scope(self, person: str, bot: str | None) -> Scope:
        """Return whom it is about and which bots know them; raises MistakeError, ConflictError."""
        who = named(person)
        accounts = dict(self._accounts)
        for row in await self._store.fetch(select(schema.account)):
            accounts.setdefault(row.id, (row.bot, row.messenger))
        mine = {
            number: name
            for number, (name, messenger) in accounts.items()
            if messenger == who.messenger and bot in (None, name)
        }
        if not mine:
            asked = f"bot {bot} on {who.messenger}" if bot else f"bot on {who.messenger}"
            raise ConflictError(f"no {asked} has run here, so nothing is kept about {who}")
        found = await self._store.fetch(rows.private_chats(who.id))
        chats = {(row.account, row.chat) for row in found if row.account in mine}
        sent = schema.message.c
        deliveries: list[int] = []
        for number, chat in chats:
            mine_sent = select(sent.delivery).where(sent.account == number, sent.chat == chat)
            deliveries += [row.delivery for row in await self._store.fetch(mine_sent)]
        return Scope(
            who=who,
            accounts=mine,
            chats=tuple(sorted(chats)),
            deliveries=tuple(deliveries),
            everywhere=bot is None,
        )

    # --- inside

    async def _steps(self, scope: Scope) -> list[Step]:
        there = await self._tables()
        every = steps(scope, self._marks.tables, runs=self._runs)
        return [step for step in every if step.table.name in there]

    async def _shared(self, scope: Scope) -> list[Shared]:
        return await shared_states(self._store, scope, self._marks.states)

    async def _tables(self) -> set[str]:
        """Return what tables there are: those of adapters that never ran are not."""
        return {row.name for row in await self._store.fetch(_TABLES)}

    async def _entries(self, scope: Scope) -> Sequence[Any]:
        theirs = (_entry.account.in_(scope.accounts), _entry.person == scope.who.id)
        return list(await self._store.fetch(select(schema.entry).where(*theirs)))

    def _without(self, row: Any) -> dict[str, Any]:
        """Return what stays of an entry: whatever no form says is about its author."""
        answers: dict[str, Any] = msgspec.msgpack.decode(row.answers)
        fields = self._marks.forms.get(row.form)
        kept = {n: v for n, v in answers.items() if fields is not None and n not in fields}
        return {
            "answers": msgspec.msgpack.encode(kept),
            "person": "",
            "chat": "",
            "name": "",
            "language": "",
            "version": row.version + 1,
        }


def written(found: Mapping[str, Any]) -> str:
    """Return an export as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False, default=str)


def said(counted: Mapping[str, int], who: Named | str) -> str:
    """Return a report as a sentence."""
    if not counted:
        return f"nothing is kept about {who}"
    listed = ", ".join(f"{number} in {name}" for name, number in sorted(counted.items()))
    return f"{sum(counted.values())} rows about {who}: {listed}"


def _add(found: dict[str, int], step: Step, number: int) -> None:
    if number:
        found[step.table.name] = found.get(step.table.name, 0) + number


def _plain(row: Any) -> dict[str, Any]:
    return {name: _readable(value) for name, value in row._asdict().items()}


def _readable(value: Any) -> Any:
    """Bytes are msgpack or JSON mostly; what is neither is written in base64."""
    if not isinstance(value, bytes):
        return value.replace("\0", " ") if isinstance(value, str) else value
    for decode in (msgspec.json.decode, msgspec.msgpack.decode):
        try:
            return _without_bytes(decode(value))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return base64.b64encode(value).decode()


def _without_bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return _readable(value)
    if isinstance(value, dict):
        return {str(key): _without_bytes(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_bytes(each) for each in value]
    return value
