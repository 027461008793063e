"""The table of bots in the database."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update

from posthouse.bots.rows import BotRow
from posthouse.errors import ConflictError
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.records import Statement
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer
from posthouse.storage.schema import account as accounts, bot as bots, inbox, outbox


class BotTable:
    """The table of bots.

    Writes join the group commit.
    """

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    async def all(self) -> list[BotRow]:
        """Return every bot, by name."""
        found = await self._store.fetch(select(bots).order_by(bots.c.name))
        return [_row(each) for each in found]

    async def one(self, name: str) -> BotRow:
        """Return one bot; raises ConflictError when it is not there."""
        found = await self._store.fetch(select(bots).where(bots.c.name == name))
        if not found:
            raise ConflictError(
                f"the database has no bot {name!r}; `posthouse bots list` shows what it has"
            )
        return _row(found[0])

    async def add(self, row: BotRow) -> None:
        """Add a bot; raises ConflictError when one has its name."""
        try:
            await self._run(insert(bots).values(_columns(row)))
        except ConflictError:
            raise ConflictError(
                f"the database has a bot {row.name} already; change it with `posthouse bots change "
                f"{row.name}`, or choose another name"
            ) from None

    async def put(self, row: BotRow) -> None:
        """Write a bot anew."""
        await self._run(update(bots).where(bots.c.name == row.name).values(_columns(row)))

    async def remove(self, name: str) -> None:
        """Forget a bot."""
        await self._run(delete(bots).where(bots.c.name == name))

    async def reseal(self, sealed: Mapping[str, bytes]) -> None:
        """Write what bots keep secret anew, all of it or nothing."""
        await self._run(
            *(
                update(bots).where(bots.c.name == name).values(sealed=value)
                for name, value in sealed.items()
            )
        )

    def remember(self, name: str, remembered: Mapping[str, str]) -> None:
        """Keep what a bot's adapter wants to remember, with one of the next commits."""
        values = {"remembered": msgspec.json.encode(remembered).decode()}
        self._writer.note(Execute(update(bots).where(bots.c.name == name).values(values)))

    async def accounts(self) -> dict[tuple[str, str], int]:
        """Return the numbers of all accounts that were ever seen: (messenger, its own id)."""
        found = await self._store.fetch(select(accounts))
        return {(each.messenger, each.native_id): each.id for each in found}

    async def busy(self) -> set[int]:
        """Return the accounts with something in the inbox or the outbox."""
        out: set[int] = set()
        for table in (inbox, outbox):
            out |= {
                each.account for each in await self._store.fetch(select(table.c.account).distinct())
            }
        return out

    async def _run(self, *statements: Statement) -> None:
        change = Change()
        change.writes.extend(Execute(statement) for statement in statements)
        if await self._writer.write(change) is not Verdict.WON:
            raise change.error or ConflictError("the table of bots could not be written")


def _row(found: Any) -> BotRow:
    decode = msgspec.json.decode
    return BotRow(
        name=found.name,
        messenger=found.messenger,
        apps=tuple(decode(found.apps)),
        options=decode(found.options),
        sealed=found.sealed,
        enabled=found.enabled,
        remembered=decode(found.remembered, type=dict[str, str]),
        created=found.created,
        changed=found.changed,
    )


def _columns(row: BotRow) -> dict[str, Any]:
    encoded = {
        name: msgspec.json.encode(getattr(row, name)).decode()
        for name in ("apps", "options", "remembered")
    }
    return msgspec.structs.asdict(row) | encoded
