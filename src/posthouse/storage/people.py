"""Writes about persons and their subscriptions as statements, for stores that do not group them."""

from sqlalchemy import Delete, Update, delete, exists, update

from posthouse.ports.changes import DropStanding, MoveChat, PutStanding
from posthouse.storage import schema
from posthouse.storage.publishing import receipt, subscription

_PERSON = schema.person.c
ENDED = "ended"
BLOCKED = "blocked"
"""Why a subscription rests whose chat cannot be reached."""


def cannot_reach(write: PutStanding) -> Update:
    """Note since when nothing reaches a person in their private chat."""
    here = (_PERSON.account == write.account, _PERSON.chat == write.chat)
    return update(schema.person).where(*here, _PERSON.blocked.is_(None)).values(blocked=write.since)


def suspend(write: PutStanding) -> Update:
    """Let the subscriptions of a chat rest that cannot be reached."""
    c = subscription.c
    here = (c.account == write.account, c.chat == write.chat, c.state == "active")
    rests = {"state": "suspended", "reason": BLOCKED, "changed": write.since}
    return update(subscription).where(*here).values(**rests)


def revive(write: DropStanding) -> Update:
    """Let the subscriptions of a chat go on that rested because nothing reached it."""
    c = subscription.c
    here = (c.account == write.account, c.chat == write.chat, c.state == "suspended")
    return update(subscription).where(*here, c.reason == BLOCKED).values(state="active", reason="")


def can_reach(write: DropStanding) -> Update:
    """Note that a person can be reached again."""
    here = (_PERSON.account == write.account, _PERSON.chat == write.chat)
    return update(schema.person).where(*here).values(blocked=None)


def move(write: MoveChat) -> list[Update | Delete]:
    """Let what a chat subscribes to, and what it was sent, go on under its new id.

    What the new chat has already stays as it is there: to all of a topic it subscribes once, and it
    gets an item once.
    """
    c, other = subscription.c, subscription.alias()
    has_too = exists().where(
        other.c.account == write.account,
        other.c.chat == write.after,
        other.c.topic == c.topic,
        other.c.search.is_(None),
        other.c.state != ENDED,
    )
    here = (c.account == write.account, c.chat == write.before)
    double = (c.search.is_(None), c.state != ENDED, has_too)
    got, there = receipt.c, receipt.alias()
    got_too = exists().where(
        there.c.item == got.item, there.c.account == write.account, there.c.chat == write.after
    )
    mine = (got.account == write.account, got.chat == write.before)
    return [
        update(subscription).where(*here, *double).values(state=ENDED),
        update(subscription).where(*here).values(chat=write.after),
        delete(receipt).where(*mine, got_too),
        update(receipt).where(*mine).values(chat=write.after),
    ]
