"""Persons who were met, and what was said."""

from typing import Any

from sqlalchemy import insert, select

from posthouse.ports.changes import DropStanding, Execute, MoveChat, PutPerson, PutSaid, PutStanding
from posthouse.ports.store import Store
from posthouse.storage.publishing import receipt, subscription
from posthouse.storage.schema import journal, person
from posthouse.testing.contracts.store.kit import MakeStore, expect, opened, turn, wins

KEPT = [("in", "a"), ("out", "b"), ("out", "c")]


def met(who: str = "ann", *, chat: str | None = "c", name: str = "Ann", day: int = 5) -> PutPerson:
    """A person who was met."""
    return PutPerson(1, who, chat, name, "", "en", day)


async def everybody(store: Store) -> list[Any]:
    """Who is written down."""
    return list(await store.fetch(select(person).order_by(person.c.person)))


async def persons_are_written_down(make: MakeStore) -> None:
    """Once each, with what is newest; the first day stays, and so does a private chat."""
    async with opened(make) as store:
        await wins(store, turn("u1", met(), met("bob", chat=None)))
        await wins(store, turn("u2", met(chat=None, name="Anna", day=7)))
        observed = turn(None, met("cid"))
        await wins(store, turn("u3", observers=[observed]))  # alone, in a savepoint
        found = [
            (row.person, row.chat, row.name, row.first_day, row.last_day)
            for row in await everybody(store)
        ]
        expect(
            found
            == [("ann", "c", "Anna", 5, 7), ("bob", None, "Ann", 5, 5), ("cid", "c", "Ann", 5, 5)],
            "each with what is newest",
        )


async def who_cannot_be_reached_is_noted(make: MakeStore) -> None:
    """Since when first, and until they can be."""
    async with opened(make) as store:
        await wins(store, turn("u1", met(), met("bob", chat="d")))
        await wins(store, turn(None, PutStanding(1, "c", 5.0, "blocked")))
        await wins(store, turn(None, PutStanding(1, "c", 6.0, "again")))
        expect([row.blocked for row in await everybody(store)] == [5.0, None], "since when")
        await wins(store, turn(None, DropStanding(1, "c")))
        expect([row.blocked for row in await everybody(store)] == [None, None], "until then")


def wanted(chat: str, topic: str, **fields: Any) -> Execute:
    """A subscription of a chat."""
    row = {
        "topic": topic, "account": 1, "chat": chat, "person": "ann", "language": "en", "title": "",
        "state": "active", "reason": "", "revisions": "ignore", "since": 1.0, "version": 1,
        "created": 1.0, "changed": 1.0,
    }  # fmt: skip
    return Execute(insert(subscription).values(**(row | fields)))


def sent(chat: str, item: int, *, account: int = 1) -> Execute:
    """An item that a chat is to get."""
    row = {"item": item, "account": account, "chat": chat, "revision": 1, "state": "waiting"}
    return Execute(insert(receipt).values(**row, due=1.0, at=1.0))


async def what_a_chat_wants_moves_with_it(make: MakeStore) -> None:
    """But for what the new chat has already, which stays one."""
    async with opened(make) as store:
        await wins(store, turn("u1", wanted("old", "news"), wanted("old", "ads")))
        await wins(store, turn("u2", wanted("new", "ads"), wanted("old", "ads", search="a.S")))
        every = [sent("old", 1), sent("old", 2), sent("new", 2), sent("old", 3, account=2)]
        await wins(store, turn("u3", *every))
        await wins(store, turn(None, MoveChat(1, "old", "new")))
        c, r = subscription.c, receipt.c
        found = await store.fetch(select(c.topic, c.chat, c.state, c.search).order_by(c.id))
        expect(
            [tuple(row) for row in found]
            == [
                ("news", "new", "active", None),
                ("ads", "new", "ended", None),
                ("ads", "new", "active", None),
                ("ads", "new", "active", "a.S"),
            ],
            f"subscriptions: {found}",
        )
        rows = await store.fetch(select(r.item, r.account, r.chat).order_by(r.item))
        expect(
            [tuple(row) for row in rows] == [(1, 1, "new"), (2, 1, "new"), (3, 2, "old")],
            f"and receipts, of that bot: {rows}",
        )


async def what_is_said_is_kept(make: MakeStore) -> None:
    """Both ways, in order."""

    def said(way: str, text: str) -> PutSaid:
        return PutSaid(1, "c", "ann", 1.0, way, "textmessage", text, "", "app.echo", None, None)

    async with opened(make) as store:
        await wins(store, turn("u1", said("in", "a"), said("out", "b")))
        observed = turn(None, said("out", "c"))
        await wins(store, turn("u2", observers=[observed]))
        rows = await store.fetch(select(journal).order_by(journal.c.id))
        expect([(row.way, row.text) for row in rows] == KEPT, "both ways")
