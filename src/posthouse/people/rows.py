"""Rows about persons as statements: bans, roles, choices, and who did what to whom."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update, delete, insert, select, update
from sqlalchemy.dialects import sqlite

from posthouse.storage.schema import audit, ban, journal, person, role

NO_ACCOUNT = 0
"""In the log, of what was done at the command line and concerns no one bot."""
COMMAND_LINE = "command line"


def put_ban(messenger: str, who: str, *, reason: str, at: float) -> sqlite.Insert:
    """Ban somebody; the reason of an earlier ban is replaced."""
    row = {"reason": reason, "at": at}
    return (
        sqlite.insert(ban)
        .values(messenger=messenger, person=who, **row)
        .on_conflict_do_update(index_elements=[ban.c.messenger, ban.c.person], set_=row)
    )


def drop_ban(messenger: str, who: str) -> Delete:
    """Lift a ban."""
    return delete(ban).where(ban.c.messenger == messenger, ban.c.person == who)


def put_role(bot: str, who: str, what: str, *, at: float) -> sqlite.Insert:
    """Grant a role, unless somebody has it."""
    row = sqlite.insert(role).values(bot=bot, person=who, role=what, at=at)
    return row.on_conflict_do_nothing()


def drop_role(bot: str, who: str, what: str) -> Delete:
    """Revoke a role."""
    return delete(role).where(role.c.bot == bot, role.c.person == who, role.c.role == what)


def put_choice(number: int, who: str, language: str | None) -> Update:
    """Note the language that somebody chose."""
    here = (person.c.account == number, person.c.person == who)
    return update(person).where(*here).values(chosen=language)


def having_journals() -> Select[Any]:
    """Find the accounts of whose talk something is kept."""
    return select(journal.c.account).distinct()


def outdated(number: int, before: float | None) -> Delete:
    """Forget what was said before a moment, or everything, of one account."""
    mine = delete(journal).where(journal.c.account == number)
    return mine if before is None else mine.where(journal.c.at < before)


def bans() -> Select[Any]:
    """Find who is banned."""
    return select(ban.c.messenger, ban.c.person)


def chats_of_banned() -> Select[Any]:
    """Find private chats of ids that are banned, on whatever messenger."""
    found = select(person.c.account, person.c.chat, ban.c.messenger, ban.c.person)
    return found.where(person.c.person == ban.c.person, person.c.chat.is_not(None))


def roles() -> Select[Any]:
    """Find who has which role."""
    return select(role.c.bot, role.c.person, role.c.role)


def choices() -> Select[Any]:
    """Find who chose a language."""
    chosen = select(person.c.account, person.c.person, person.c.chosen)
    return chosen.where(person.c.chosen.is_not(None))


def private_chat(number: int, who: str) -> Select[Any]:
    """Find where a person talks with a bot alone, and their name."""
    here = (person.c.account == number, person.c.person == who, person.c.chat.is_not(None))
    return select(person.c.chat, person.c.name).where(*here)


def name_of(number: int, who: str) -> Select[Any]:
    """Find what a person was called when a bot last met them."""
    return select(person.c.name).where(person.c.account == number, person.c.person == who)


def private_chats(who: str) -> Select[Any]:
    """Find where persons of that id talk with bots alone, on any messenger."""
    here = (person.c.person == who, person.c.chat.is_not(None))
    return select(person.c.account, person.c.chat).where(*here)


def note(
    *, number: int, at: datetime, by: str, name: str, deed: str, about: str, detail: str = ""
) -> Insert:
    """Write down who did what to whom.

    Args:
        number: The account of the bot where it was done, or `NO_ACCOUNT`.
        at: When.
        by: Id of the person who did it.
        name: Their name then.
        deed: One word, such as "ban" or "grant".
        about: Id of the person to whom it was done.
        detail: What else there is to say.
    """
    stamp = at.timestamp()
    return insert(audit).values(
        id=f"{int(stamp * 1000):012x}{token_hex(10)}",  # sorts by time
        account=number,
        at=stamp,
        person=by,
        name=name,
        deed=deed,
        entry=None,
        about=about,
        detail=detail,
    )
