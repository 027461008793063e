"""Roles in chat: what staff let others do with this bot."""

from posthouse.errors import MistakeError
from posthouse.people import rows
from posthouse.people.banning import write_down
from posthouse.turn.turn import Turn


def grant(turn: Turn, person: str, role: str) -> None:
    """Give a person a role with this bot, once the turn has committed.

    `require_role(role)` lets them through from their next update on. Raises MistakeError for a role
    that is no word.
    """
    check_role(role)
    persons = turn.persons
    turn.execute(rows.put_role(persons.bot, person, role, at=turn.now_s))
    write_down(turn, "grant", about=person, detail=role)
    turn.on_commit(lambda: persons.grants(person, role))


def revoke(turn: Turn, person: str, role: str) -> None:
    """Take a role away again.

    What the settings of the middleware `access` give stays.
    """
    persons = turn.persons
    turn.execute(rows.drop_role(persons.bot, person, role))
    write_down(turn, "revoke", about=person, detail=role)
    turn.on_commit(lambda: persons.revokes(person, role))


def check_role(role: str) -> None:
    """Raise MistakeError for a role that is no word."""
    if not role or role != role.strip() or any(c.isspace() for c in role):
        raise MistakeError(f"a role is one word, such as 'staff', not {role!r}")
