"""Bans in chat: what staff decide in a turn holds for all bots on that messenger."""

from posthouse.people import rows
from posthouse.turn.turn import Turn


async def ban(turn: Turn, person: str, reason: str = "", *, note: bool = True) -> bool:
    """Let no bot of this site hear a person on this messenger, once the turn has committed.

    Nothing they do reaches an app from then on, a form they are filling in included, and what waits
    to be sent to them alone is cancelled.

    Args:
        turn: Of whoever bans.
        person: Id of the person.
        reason: For staff to read.
        note: Write down who did it; a caller that does so in its own words says False.

    Returns:
        False when they were banned already.
    """
    persons = turn.persons
    if persons.is_banned(person):
        return False
    chats = await _chats(turn, person)
    at = turn.now
    turn.execute(rows.put_ban(persons.messenger, person, reason=reason, at=at.timestamp()))
    if note:
        write_down(turn, "ban", about=person, detail=reason)
    turn.on_commit(lambda: persons.bans(person, chats=chats))
    return True


async def unban(turn: Turn, person: str, *, note: bool = True) -> bool:
    """Let a person be heard again; False when they were."""
    persons = turn.persons
    if not persons.is_banned(person):
        return False
    chats = await _chats(turn, person)
    turn.execute(rows.drop_ban(persons.messenger, person))
    if note:
        write_down(turn, "unban", about=person)
    turn.on_commit(lambda: persons.unbans(person, chats=chats))
    return True


def write_down(turn: Turn, deed: str, *, about: str, detail: str = "") -> None:
    """Write down what the person of a turn did to another one."""
    who, number = turn.person, turn.persons.account
    turn.execute(
        rows.note(
            number=number,
            at=turn.now,
            by=who.id,
            name=who.name,
            deed=deed,
            about=about,
            detail=detail,
        )
    )


async def _chats(turn: Turn, person: str) -> dict[int, str]:
    found = await turn.fetch(rows.private_chats(person))
    return {row.account: row.chat for row in found}
