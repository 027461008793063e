"""What the database itself does not let happen."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, event, insert
from sqlalchemy.exc import IntegrityError

from posthouse.storage.schema import entry, metadata, post

ENTRY = {
    "id": "1", "account": 1, "form": "a.B", "person": "p", "chat": "p", "name": "P",
    "language": "en", "answers": b"\x80", "state": "new", "standing": "published", "edition": 1,
    "version": 1, "created": 0.0, "changed": 0.0,
}  # fmt: skip
POST = {
    "id": "1", "entry": "1", "account": 1, "place": "c", "chat": "c", "edition": 1,
    "sequence": "n", "number": 1, "delivery": 1, "shown": "new", "status": "live", "live": True,
    "extra": "none", "version": 1, "created": 0.0,
}  # fmt: skip


@pytest.fixture
def db() -> Iterator[Connection]:
    """A database with one entry and its post."""
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    with engine.connect() as connection:
        metadata.create_all(connection, tables=[entry, post])
        connection.execute(insert(entry).values(**ENTRY))
        connection.execute(insert(post).values(**POST))
        yield connection
    engine.dispose()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 2},  # a second live post of the entry in the chat
        {"number": 1, "live": False, "status": "moved"},  # the number was given already
        {"number": 2, "chat": "d", "entry": "9"},  # no such entry
        {"number": 2, "chat": "d", "status": "moved"},  # what was replaced is not live
        {"number": 2, "chat": "d", "status": "strange"},
        {"number": 2, "chat": "d", "extra": "strange"},
    ],
)
def test_a_post_that_cannot_be(db: Connection, wrong: dict[str, object]) -> None:
    """One live post per entry and chat, numbers never twice, states that are known."""
    with pytest.raises(IntegrityError):
        db.execute(insert(post).values(**(POST | {"id": "2"} | wrong)))


def test_a_new_edition_beside_the_old_one(db: Connection) -> None:
    """The old one is no longer live."""
    db.execute(post.update().values(live=False, status="moved"))
    db.execute(insert(post).values(**(POST | {"id": "2", "number": 2, "edition": 2})))


@pytest.mark.parametrize("wrong", [{"standing": "sold"}, {"edition": 0}])
def test_an_entry_that_cannot_be(db: Connection, wrong: dict[str, object]) -> None:
    """How it stands is one of three."""
    with pytest.raises(IntegrityError):
        db.execute(insert(entry).values(**(ENTRY | {"id": "2"} | wrong)))


def test_an_entry_takes_its_posts_along(db: Connection) -> None:
    """Whoever is forgotten leaves none behind."""
    db.execute(entry.delete())
    assert db.execute(post.select()).all() == []
