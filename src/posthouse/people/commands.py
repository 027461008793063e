"""Commands on persons: `people.ban`, `people.grant` and so on, for staff at the command line.

The site that runs executes them; while none runs the command line does, under the file's lock.
"""

from collections.abc import Sequence

from posthouse.errors import ConflictError
from posthouse.people import rows
from posthouse.people.crowd import People, Reads
from posthouse.people.granting import check_role
from posthouse.people.naming import Named, named
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement
from posthouse.ports.writer import Writer


class PeopleCommands:
    """Executes the commands on bans and roles.

    Args:
        store: Where persons are read.
        writer: Where changes go.
        clock: For moments.
        people: What the running site keeps in memory; None when none runs.
    """

    def __init__(
        self, store: Reads, writer: Writer, *, clock: Clock, people: People | None = None
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._people = people

    async def ban(self, *, person: str, reason: str = "") -> str:
        """Ban somebody; again with another reason replaces the reason."""
        who = named(person)
        at = self._clock.timestamp()
        put = rows.put_ban(who.messenger, who.id, reason=reason, at=at)
        await self._write(put, self._note("ban", who, reason))
        if self._people is not None:
            self._people.ban(who.messenger, who.id, await self._chats(who))
        return f"{who} is banned"

    async def unban(self, *, person: str) -> str:
        """Lift a ban."""
        who = named(person)
        await self._write(rows.drop_ban(who.messenger, who.id), self._note("unban", who), rows=1)
        if self._people is not None:
            self._people.unban(who.messenger, who.id, await self._chats(who))
        return f"{who} is heard again"

    async def grant(self, *, bot: str, person: str, role: str) -> str:
        """Give somebody a role with a bot."""
        check_role(role)
        who, at = named(person), self._clock.timestamp()
        put = rows.put_role(bot, who.id, role, at=at)
        await self._write(put, self._note("grant", who, f"{role} of {bot}"))
        if self._people is not None:
            self._people.grant(bot, who.id, role)
        return f"{who} is {role} of {bot}"

    async def revoke(self, *, bot: str, person: str, role: str) -> str:
        """Take a role away."""
        who = named(person)
        note = self._note("revoke", who, f"{role} of {bot}")
        await self._write(rows.drop_role(bot, who.id, role), note, rows=1)
        if self._people is not None:
            self._people.revoke(bot, who.id, role)
        return f"{who} is {role} of {bot} no more"

    # --- inside

    def _note(self, deed: str, who: Named, detail: str = "") -> Statement:
        return rows.note(
            number=rows.NO_ACCOUNT,
            at=self._clock.now(),
            by="",
            name=rows.COMMAND_LINE,
            deed=deed,
            about=who.id,
            detail=detail,
        )

    async def _chats(self, who: Named) -> Sequence[tuple[int, str]]:
        found = await self._store.fetch(rows.private_chats(who.id))
        return [(row.account, row.chat) for row in found]

    async def _write(
        self, statement: Statement, note: Statement, *, rows: int | None = None
    ) -> None:
        change = Change()
        change.writes += [Execute(statement, rows), Execute(note)]
        if await self._writer.write(change) is not Verdict.WON:
            raise ConflictError(
                "nothing was there to take away; `posthouse bans` and `posthouse roles list` show "
                "what is"
            )
