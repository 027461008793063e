"""FakeReceiver and FakeDatabase, and adapters that break the contract."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from posthouse.errors import ConflictError, NotSentError, OverloadedError, StoreUnavailableError
from posthouse.model.chat import Chat, Person
from posthouse.model.update import TextMessage
from posthouse.payloads import Keys
from posthouse.ports.adapter import Delivery, Host, Incoming, Receiver, Settled
from posthouse.testing import FakeClock, FakeDatabase, FakeMessenger, FakeReceiver
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.contracts.adapter import (
    Check,
    closed_adapter_starts_again,
    closing_twice_is_harmless,
    edits_take_the_place_of_what_was_there,
    garbage_is_a_decode_error,
    idempotent_send_shows_once,
    nothing_comes_after_stop_polling,
    update_fits_its_envelope,
)
from posthouse.testing.wire import decode, encode

people = Table("people", MetaData(), Column("id", Integer, primary_key=True))


def incoming(number: int = 1) -> Incoming:
    """Return an update."""
    return Incoming(update_id=f"u{number}", chat="c", person="p", kind="textmessage", body=b"")


async def test_a_receiver_keeps_and_settles_at_once() -> None:
    """Unless it is told otherwise."""
    receiver, how = FakeReceiver(), list[Settled]()
    receiver.receive(incoming(), how.append)
    receiver.malformed("m", b"x", reason="no", on_settled=how.append)
    receiver.receive(incoming(2))
    assert how == [Settled.DONE, Settled.QUARANTINED]
    assert receiver.set_aside == [("m", b"x", "no")]
    assert [one.update_id for one in await receiver.until(2)] == ["u1", "u2"]


async def test_a_receiver_settles_when_told() -> None:
    """And refuses when told."""
    receiver, how = FakeReceiver(settles=False), list[Settled]()
    receiver.receive(incoming(), how.append)
    assert how == []
    receiver.settle(Settled.INBOX)
    receiver.settle()
    assert how == [Settled.INBOX]
    receiver.refuses = True
    with pytest.raises(OverloadedError):
        receiver.receive(incoming())
    assert receiver.refused == 1


async def test_waiting_for_an_update_that_does_not_come_is_told() -> None:
    """With how many came."""
    receiver = FakeReceiver()
    with pytest.raises(AssertionError, match="1 updates were expected, 0 came"):
        await receiver.until(1, within_s=0.01)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(receiver.until(1))
        await asyncio.sleep(0)
        receiver.receive(incoming())
        assert len(await waiting) == 1


async def test_a_database_in_memory_has_the_tables_it_is_given() -> None:
    """Statements run together or not at all."""
    database = FakeDatabase(people.metadata)
    await database.execute(insert(people).values(id=1))
    with pytest.raises(ConflictError) as caught:
        await database.execute(insert(people).values(id=2), insert(people).values(id=1))
    assert caught.value.constraint
    assert await database.fetch(select(people.c.id)) == [(1,)]
    with pytest.raises(TypeError, match="int is no SQLAlchemy statement"):
        await database.fetch(7)
    database.trouble = "the disk is full"
    with pytest.raises(StoreUnavailableError, match="the disk is full"):
        await database.fetch(select(people.c.id))
    database.trouble = None
    await database.aclose()


# --- the adapter contract finds what is wrong


class Stage:
    """Ann in a chat of a messenger in memory, with an adapter that may be wrong."""

    chat = "ann"

    def __init__(self, folder: Path, kind: type[FakeAdapter]) -> None:
        self._messenger = FakeMessenger()
        self._place = Chat(id="ann", bot="bot", messenger="fake")
        self._messenger.chats["ann"] = self._place
        self._folder = folder
        self._kind = kind

    def adapter(self) -> FakeAdapter:
        """Make one."""
        return self._kind(self._messenger)

    def host(self, receiver: Receiver) -> Host:
        """Return what it gets."""
        return Host(
            bot="bot", title="", chats={}, settings={}, receiver=receiver, clock=FakeClock(),
            database=FakeDatabase(), keys=Keys([b"secret"]), folder=self._folder,
        )  # fmt: skip

    async def open(self, endpoints: object) -> None:
        """Nothing to serve."""

    async def again(self) -> None:
        """Repeat nothing."""

    async def says(self, words: str) -> None:
        """Write."""
        number = self._messenger.next_id()
        self._messenger.tell(
            TextMessage(
                id=f"u{number}", bot="bot", at=datetime(2026, 1, 1, tzinfo=UTC), chat=self._place,
                person=Person(id="ann", name="Ann"), message_id=f"m{number}", text=words,
            )
        )  # fmt: skip

    async def shown(self) -> list[str]:
        """Return what the bot shows."""
        return [m.text for m in self._messenger.shown_in("ann")]


class Changing(FakeAdapter):
    """Decodes to something else than was said."""

    def decode(self, body: bytes) -> TextMessage:
        """Shout."""
        update = decode(body)
        assert isinstance(update, TextMessage)
        return TextMessage(
            id=update.id, bot=update.bot, at=update.at, chat=update.chat, person=update.person,
            message_id=update.message_id, text=update.text.upper(),
        )  # fmt: skip


class Sloppy(FakeAdapter):
    """Lets the codec's own error out, or none."""

    def decode(self, body: bytes) -> TextMessage:
        """Decode anything."""
        return None  # type: ignore[return-value]  # that is what is wrong with it


class Doubling(FakeAdapter):
    """Shows what it is sent twice, and adds where it should edit."""

    number = 0

    async def deliver(self, delivery: Delivery) -> str | None:
        """Take each delivery for a new one."""
        self.number += 1
        fresh = Delivery(id=self.number, chat=delivery.chat, outgoing=delivery.outgoing)
        return await super().deliver(fresh)


class Deaf(FakeAdapter):
    """Goes on when it should stop."""

    async def stop_polling(self) -> None:
        """Do nothing."""


class Fragile(FakeAdapter):
    """Cannot be closed twice, nor started again."""

    closed = False

    async def aclose(self) -> None:
        """Close once."""
        if self.closed:
            raise NotSentError("closed already")
        self.closed = True
        await super().aclose()


@pytest.mark.parametrize(
    ("check", "kind", "sentence"),
    [
        (update_fits_its_envelope, Changing, "literally"),
        (garbage_is_a_decode_error, Sloppy, "must raise DecodeError"),
        (idempotent_send_shows_once, Doubling, "shown once, not 2"),
        (nothing_comes_after_stop_polling, Deaf, "must end the handing over"),
    ],
)
async def test_the_contract_names_what_an_adapter_does_wrong(
    check: Check,
    kind: type[FakeAdapter],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A suite that no adapter can fail would prove nothing."""
    monkeypatch.setattr("posthouse.testing.contracts.adapter.SOON_S", 0.05)
    with pytest.raises(AssertionError, match=sentence):
        await check(Stage(tmp_path, kind))


@pytest.mark.parametrize("check", [closing_twice_is_harmless, closed_adapter_starts_again])
async def test_an_adapter_that_closes_only_once_fails(check: Check, tmp_path: Path) -> None:
    """Its own error comes out."""
    with pytest.raises(NotSentError, match="closed already"):
        await check(Stage(tmp_path, Fragile))


async def test_a_right_adapter_passes_on_the_same_stage(tmp_path: Path) -> None:
    """So it is the adapter that failed, not the stage."""
    for check in (update_fits_its_envelope, edits_take_the_place_of_what_was_there):
        await check(Stage(tmp_path, FakeAdapter))


def test_every_kind_of_update_travels() -> None:
    """Encoding and decoding give the same update back."""
    update = TextMessage(
        id="u1", bot="b", at=datetime(2026, 1, 1, tzinfo=UTC), message_id="m1", text="x",
        chat=Chat(id="c", bot="b", messenger="fake"), person=Person(id="p", name="P"),
    )  # fmt: skip
    assert decode(encode(update)) == update
