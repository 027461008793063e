"""Persons who were met, and what was said."""

from typing import Any

from sqlalchemy import select

from posthouse.ports.records import DropStanding, PutPerson, PutSaid, PutStanding
from posthouse.ports.store import Store
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
