"""Part 7: more deliveries than the memory takes wait in the database, in order."""

import asyncio
from typing import Any

import pytest

from posthouse.delivery import shelf
from posthouse.errors import NotSentError
from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory for five and reads of three, as if these were many."""
    monkeypatch.setattr("posthouse.delivery.outbox.MOST_IN_MEMORY", 5)
    monkeypatch.setattr(shelf, "MOST_IN_MEMORY", 5)
    monkeypatch.setattr(shelf, "READ_AT_ONCE", 3)


def numbers(until: int) -> list[str]:
    """The texts that were sent."""
    return [str(number) for number in range(until)]


async def test_twelve_hundred_deliveries_of_a_chat_arrive_in_order(make_post: Any) -> None:
    """With the real limits: a thousand in memory, the rest read back in order."""
    async with make_post() as post:
        post.hold()
        turn = post.turn()
        for number in range(1200):
            turn.send(str(number))
        await turn.commit()
        assert post.outbox.waiting == shelf.MOST_IN_MEMORY
        await post.release()
        assert post.said == numbers(1200)
        assert post.rows == {}
        assert post.outbox.waiting == 0


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("certainty", list(Certainty))
async def test_what_is_committed_while_a_queue_is_long_stays_behind_it(
    make_post: Any, certainty: Certainty
) -> None:
    """Whether it comes before, between or while the rows are read back."""
    async with make_post(certainty=certainty) as post:
        post.hold()
        for number in range(12):
            await post.send(str(number))
        assert post.outbox.waiting == 5
        post.store.slow = asyncio.Event()
        await post.release()
        await post.send("12")
        uncommitted = post.turn()
        uncommitted.send("13")
        post.store.slow.set()
        await post.settle()
        assert post.said == numbers(13)
        await uncommitted.commit()
        await post.send("14")
        assert post.said == numbers(15)
        assert post.rows == {}
        assert post.outbox._queues.all == {}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("certainty", list(Certainty))
async def test_a_delivery_that_is_committed_while_rows_are_read_is_not_lost(
    make_post: Any, certainty: Certainty
) -> None:
    """The read may or may not have seen it."""
    async with make_post(certainty=certainty) as post:
        post.hold()
        for number in range(7):
            await post.send(str(number))
        post.store.slow = asyncio.Event()
        await post.release()
        late = post.turn()
        late.send("7")
        await post.send("8")
        late.submit()
        await post.settle()
        post.store.slow.set()
        await post.settle()
        assert post.said == numbers(9)


@pytest.mark.usefixtures("small")
async def test_a_delivery_that_is_committed_after_the_last_read_is_not_lost(make_post: Any) -> None:
    """The read saw that nothing more was there, and then there was."""
    async with make_post() as post:
        post.hold()
        for number in range(7):
            await post.send(str(number))
        post.store.slow, post.store.slow_when = asyncio.Event(), 0
        await post.release()
        await post.send("7")
        post.store.slow.set()
        await post.settle()
        assert post.said == numbers(8)


@pytest.mark.usefixtures("small")
async def test_what_was_sent_a_moment_ago_is_not_read_as_pending(make_post: Any) -> None:
    """Its outcome is made durable before the rows behind it are read."""
    async with make_post() as post:
        post.hold()
        for number in range(9):
            await post.send(str(number))
        post.writer.held = True
        await post.release()
        assert post.said == numbers(5)
        post.writer.held = False
        post.writer.go_on()
        await post.settle()
        assert post.said == numbers(9)


@pytest.mark.usefixtures("small")
async def test_a_database_that_cannot_be_read_is_asked_again(make_post: Any) -> None:
    """The rows wait, and so does everybody behind them."""
    async with make_post() as post:
        post.hold()
        for number in range(9):
            await post.send(str(number))
        post.store.fails = 2
        await post.release()
        assert post.said == numbers(5)
        await post.later(3)
        assert post.said == numbers(9)


@pytest.mark.usefixtures("small")
async def test_a_restart_with_many_rows_reads_them_in_order(make_post: Any) -> None:
    """Also those that do not fit into memory."""
    async with make_post() as post:
        post.hold()
        for number in range(14):
            await post.send(str(number))
        await post.die(opens=False)
        assert post.outbox.waiting == 5
        post.outbox.open()
        await post.settle()
        assert post.said == numbers(14)


@pytest.mark.usefixtures("small")
async def test_classes_of_a_chat_are_read_back_apart(make_post: Any) -> None:
    """Rows of another class are passed over, however many."""
    async with make_post(pool=1) as post:
        post.hold()
        await post.send("first", chat="eve")
        for number in range(9):
            await post.send(f"bulk {number}", klass=DeliveryClass.BULK)
        for number in range(9):
            await post.send(f"answer {number}")
        await post.release()
        assert post.said[1:] == [f"answer {n}" for n in range(9)] + [f"bulk {n}" for n in range(9)]


@pytest.mark.usefixtures("small")
async def test_an_operation_follows_a_message_that_is_in_the_database_only(make_post: Any) -> None:
    """Even from a faster class it does not overtake the message."""
    async with make_post() as post:
        post.hold()
        keys = [
            await post.send(str(number), klass=DeliveryClass.BULK, remember=True)
            for number in range(9)
        ]
        await post.edit(keys[-1], "changed")
        await post.release()
        assert post.done[-2:] == ["send 8", "edit changed"]


@pytest.mark.usefixtures("small")
async def test_a_turn_that_claimed_an_empty_chat_gives_way_to_older_commits(make_post: Any) -> None:
    """They are read back before it, so they go first and need the claim."""
    async with make_post(certainty=Certainty.BLIND) as post:
        slow = post.turn()
        slow.send("last")
        keys = [await post.send(str(number), remember=True) for number in range(7)]
        for key in keys[:5]:
            await post.delete(key)
        assert post.said == []
        await slow.commit()
        assert post.said == ["5", "6", "last"]
        assert post.rows == {}


@pytest.mark.usefixtures("small")
async def test_somebody_may_wait_for_a_delivery_that_is_in_the_database_only(
    make_post: Any,
) -> None:
    """It has not ended because it is not in memory."""
    async with make_post() as post:
        ends: list[DeliveryState] = []

        async def wait(key: int) -> None:
            ends.append(await post.outbox.ended(key))

        post.hold()
        for number in range(8):
            key = await post.send(str(number))
        post._spawn(wait(key))
        await post.settle()
        assert ends == []
        await post.release()
        assert ends == [DeliveryState.SENT]


@pytest.mark.usefixtures("small")
async def test_a_requeued_delivery_waits_behind_a_long_queue(make_post: Any) -> None:
    """It stays in the database until its turn comes."""
    from posthouse.errors import RejectedError

    async with make_post() as post:
        post.line.answer(1, RejectedError("no"))
        await post.send("again")
        post.hold()
        for number in range(9):
            await post.send(str(number))
        row = post.rows[1]
        row.state = DeliveryState.PENDING
        post.store._tables.outbox[1] = row
        post.outbox.requeue(row)
        await post.release()
        assert sorted(post.said) == sorted(["again", "again", *numbers(9)])


@pytest.mark.usefixtures("small")
async def test_a_retry_in_a_long_queue_keeps_its_place(make_post: Any) -> None:
    """Nothing is read back over it."""
    async with make_post() as post:
        post.hold()
        for number in range(9):
            await post.send(str(number))
        post.line.answer(3, NotSentError("busy", retry_after_s=5))
        await post.release()
        assert post.said == ["0", "1", "2"]
        await post.later(6)
        assert post.said == ["0", "1", "2", *numbers(9)[2:]]
