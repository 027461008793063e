"""Writes about persons as SQLAlchemy statements, for stores that do not group them."""

from msgspec.structs import asdict
from sqlalchemy import Insert, Update, insert, update
from sqlalchemy.dialects import sqlite

from posthouse.ports.records import DropStanding, PutPerson, PutSaid, PutStanding
from posthouse.storage import schema

_PERSON = schema.person.c


def put_person(write: PutPerson) -> sqlite.Insert:
    """Note that a person was met."""
    told = {"name": write.name, "username": write.username, "language": write.language}
    if write.chat is not None:
        told["chat"] = write.chat
    return (
        sqlite.insert(schema.person)
        .values(
            account=write.account,
            person=write.person,
            first_day=write.day,
            last_day=write.day,
            **told,
        )
        .on_conflict_do_update(
            index_elements=[_PERSON.account, _PERSON.person],
            set_={**told, "last_day": write.day},
        )
    )


def put_said(write: PutSaid) -> Insert:
    """Keep what was said."""
    return insert(schema.journal).values(**asdict(write))


def cannot_reach(write: PutStanding) -> Update:
    """Note since when nothing reaches a person in their private chat."""
    here = (_PERSON.account == write.account, _PERSON.chat == write.chat)
    return update(schema.person).where(*here, _PERSON.blocked.is_(None)).values(blocked=write.since)


def can_reach(write: DropStanding) -> Update:
    """Note that a person can be reached again."""
    here = (_PERSON.account == write.account, _PERSON.chat == write.chat)
    return update(schema.person).where(*here).values(blocked=None)
