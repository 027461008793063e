"""ENGINE 18 and part 7: retries, backoff, what the messenger asks for, expiry, parking."""

import asyncio
from typing import Any

import pytest

from posthouse.delivery import retry
from posthouse.delivery.retry import LONGEST_WAIT_S, wait_s
from posthouse.errors import NotSentError, RejectedError
from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.adapter import Delivery
from posthouse.ports.records import DeliveryState

PENDING, PARKED = DeliveryState.PENDING, DeliveryState.PARKED


def test_waits_grow_to_a_cap_with_jitter() -> None:
    """Exponential, never longer than a minute, never shorter than a tenth of the ceiling."""
    for attempts in range(1, 40):
        ceiling = min(LONGEST_WAIT_S, 0.5 * 2 ** (attempts - 1))
        waits = {wait_s(attempts) for _ in range(50)}
        assert len(waits) > 1
        assert all(ceiling / 10 <= wait <= ceiling for wait in waits)


def test_the_wait_is_what_the_messenger_asked_for() -> None:
    """Without jitter, and however often it was tried."""
    assert wait_s(7, retry_after_s=12.5) == 12.5


async def test_a_delivery_that_was_not_sent_is_tried_again(
    make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the waits of the schedule, in place, and what follows waits too."""
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: high)
    async with make_post() as post:
        post.line.answer(1, NotSentError("busy"), NotSentError("busy"))
        await post.send("a")
        await post.send("b")
        assert post.said == ["a"]
        assert post.in_state(PENDING) == [1, 2]
        assert post.rows[1].attempts == 1
        assert post.rows[1].error == "busy"
        await post.later(0.49)
        assert post.said == ["a"]
        await post.later(0.02)
        assert post.said == ["a", "a"]
        await post.later(0.98)
        assert post.said == ["a", "a"]
        await post.later(0.02)
        assert post.said == ["a", "a", "a", "b"]
        assert [delivery.attempt for delivery in post.line.got] == [1, 2, 3, 1]


async def test_the_messenger_decides_how_long_to_wait(make_post: Any) -> None:
    """Its wait is honoured and uses no attempt."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("slow down", retry_after_s=40.0)] * 3)
        await post.send("a")
        await post.later(39.9)
        assert post.said == ["a"]
        await post.later(80.2)
        assert post.said == ["a"] * 4
        assert {delivery.attempt for delivery in post.line.got} == {1}


async def test_a_frozen_chat_parks_nothing(make_post: Any) -> None:
    """What waits because the messenger said so keeps its place, however long."""
    async with make_post() as post:
        post.line.answer(1, NotSentError("slow down", retry_after_s=300.0))
        await post.send("a")
        await post.send("b")
        await post.later(299)
        assert post.in_state(PARKED) == []
        assert post.said == ["a"]
        await post.later(2)
        assert post.said == ["a", "a", "b"]
        assert not post.line.got[-1].late


async def test_a_wait_is_honoured_across_a_restart(make_post: Any) -> None:
    """A new process does not hurry what the messenger asked to slow down."""
    async with make_post() as post:
        post.line.answer(1, NotSentError("slow down", retry_after_s=300.0))
        await post.send("a")
        await post.later(100)
        await post.die()
        assert post.said == []
        await post.later(199)
        assert post.said == []
        await post.later(2)
        assert post.said == ["a"]


async def test_a_delivery_that_fails_for_thirty_seconds_is_parked(make_post: Any) -> None:
    """The rest of its chat goes on; it is tried on, and marked late when it arrives."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 12)
        await post.send("a")
        await post.send("b")
        await post.later(29.9)
        assert "b" not in post.said
        await post.later(0.2)
        assert post.said[-1] == "b"
        assert post.in_state(PARKED) == [1]
        assert not post.line.got[-1].late
        await post.later(1000)
        assert post.said[-1] == "a"
        assert post.line.got[-1].late
        assert post.rows == {}


async def test_a_parked_delivery_stays_parked_and_late_after_a_restart(make_post: Any) -> None:
    """It still holds up nobody."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 12)
        await post.send("a")
        await post.later(31)
        await post.die(opens=False)
        post.line.answer(1, NotSentError("busy"))
        post.outbox.open()
        await post.send("b")
        assert "b" in post.said
        assert post.in_state(PARKED) == [1]
        await post.later(200)
        assert post.said[-1] == "a"
        assert post.line.got[-1].late


@pytest.mark.parametrize(
    ("klass", "patience_s"), [(DeliveryClass.BRIDGE, 300), (DeliveryClass.BULK, 3600)]
)
async def test_other_classes_are_more_patient(
    make_post: Any, klass: DeliveryClass, patience_s: float
) -> None:
    """Bridge traffic waits five minutes, bulk an hour."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 1000)
        await post.send("a", klass=klass)
        await post.later(patience_s - 1)
        assert post.in_state(PARKED) == []
        await post.later(2)
        assert post.in_state(PARKED) == [1]


async def test_what_concerns_a_parked_message_follows_it(
    make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its edits and its deletion wait with it; the rest passes."""
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: high)
    async with make_post() as post:
        key = await post.send("0", remember=True)
        post.line.answer(2, *[NotSentError("busy")] * 12)
        await post.edit(key, "1")
        await post.send("other")
        await post.delete(key)
        uncommitted = post.turn()
        uncommitted.edit(key, "2")
        await post.later(31)
        assert post.done[-1] == "send other"
        await post.later(1000)
        assert post.done[-2:] == ["edit 1", "delete"]
        await uncommitted.commit()
        assert post.done[-3:] == ["edit 1", "delete", "edit 2"]
        assert [d.late for d in post.line.got[-3:]] == [True, False, False]


async def test_an_edit_that_comes_while_its_message_is_parked_waits_with_it(make_post: Any) -> None:
    """It cannot overtake the message it edits."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 12)
        key = await post.send("0", remember=True)
        await post.later(31)
        await post.edit(key, "1")
        assert "edit 1" not in post.done
        await post.later(1000)
        assert post.done[-2:] == ["send 0", "edit 1"]


async def test_a_message_is_not_parked_while_a_commit_may_cancel_it(
    make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next failure parks it instead."""
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: high)
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 12)
        key = await post.send("a", remember=True)
        await post.later(20)
        turn = post.turn()
        turn.delete(key)
        await post.later(60)
        assert post.in_state(PARKED) == []
        turn.give_up()
        await post.later(60)
        assert post.in_state(PARKED) == [key]


async def test_a_refused_delivery_is_kept_with_the_reason_and_the_rest_goes_on(
    make_post: Any,
) -> None:
    """Repeating it would be refused again; a person can see it."""
    async with make_post() as post:
        post.line.answer(1, RejectedError("the bot was kicked"))
        await post.send("a")
        await post.send("b")
        assert post.said == ["a", "b"]
        assert post.in_state(DeliveryState.REJECTED) == [1]
        assert post.rows[1].error == "the bot was kicked"
        assert post.counted() == {"rejected": 1, "sent": 1}


async def test_a_delivery_whose_time_is_over_is_not_sent(make_post: Any) -> None:
    """It ends as expired, and what follows goes on."""
    async with make_post() as post:
        post.hold()
        await post.send("in the way")
        at = post.clock.now().timestamp()
        await post.send("old", expires=at + 10)
        await post.send("new", expires=at + 100)
        await post.later(11)
        await post.release()
        assert post.said == ["in the way", "new"]
        assert post.in_state(DeliveryState.EXPIRED) == [2]
        assert post.counted() == {"sent": 2, "expired": 1}


async def test_a_failed_delivery_can_be_sent_again(make_post: Any) -> None:
    """Somebody corrected what was wrong and requeued it."""
    async with make_post() as post:
        post.line.answer(1, RejectedError("no such chat"))
        await post.send("a")
        row = post.rows[1]
        row.state, row.late = PENDING, True
        post.outbox.requeue(row)
        await post.settle()
        assert post.said == ["a", "a"]
        assert post.line.got[-1].late


class FakePacer:
    """Lets one delivery a while pass."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.was_frozen: list[tuple[int, float]] = []

    def wait_s(self, delivery: Delivery) -> float:
        """Return the next wait."""
        return self.waits.pop(0) if self.waits else 0.0

    def frozen(self, delivery: Delivery, retry_after_s: float) -> None:
        """Note it."""
        self.was_frozen.append((delivery.id, retry_after_s))


async def test_a_pacer_decides_when_a_delivery_may_leave(make_post: Any) -> None:
    """Its wait is no failed attempt and parks nothing."""
    pacer = FakePacer()
    pacer.waits = [45.0, 5.0]
    async with make_post(pacer=pacer) as post:
        await post.send("a")
        await post.send("b")
        await post.later(49)
        assert post.said == []
        await post.later(2)
        assert post.said == ["a", "b"]
        assert post.line.got[0].attempt == 1


async def test_a_pacer_decides_when_a_change_of_an_earlier_message_may_leave(
    make_post: Any,
) -> None:
    """The message is found first; then the change waits like everything else."""
    pacer = FakePacer()
    async with make_post(pacer=pacer) as post:
        key = await post.send("a", remember=True)
        pacer.waits = [5.0]
        await post.edit(key, "b")
        await post.later(4)
        assert post.said == ["a"]
        await post.later(2)
        assert len(post.line.got) == 2


async def test_a_pacer_learns_what_the_messenger_asked_for(make_post: Any) -> None:
    """It freezes the scope that the delivery belongs to."""
    pacer = FakePacer()
    async with make_post(pacer=pacer) as post:
        post.line.answer(1, NotSentError("slow down", retry_after_s=7.0), NotSentError("busy"))
        await post.send("a")
        await post.later(60)
        assert pacer.was_frozen == [(1, 7.0)]
        assert post.said == ["a"] * 3


async def test_a_clock_that_is_set_back_delays_nothing_twice(make_post: Any) -> None:
    """A wait is measured by the clock that never goes back."""
    async with make_post() as post:
        post.line.answer(1, NotSentError("busy", retry_after_s=10.0))
        await post.send("a")
        post.clock.jump(-3600)
        await post.later(11)
        assert post.said == ["a", "a"]


async def test_a_database_that_cannot_be_read_delays_an_edit(make_post: Any) -> None:
    """Nothing dies of it; it is tried again a little later."""
    async with make_post() as post:
        key = await post.send("0", remember=True)
        post.store.fails = 2
        await post.edit(key, "1")
        assert post.done == ["send 0"]
        await post.later(3)
        assert post.done == ["send 0", "edit 1"]


async def test_an_edit_waits_for_nobody_elses_retry(make_post: Any) -> None:
    """A retry of one chat is no wait of another."""
    async with make_post() as post:
        slow = asyncio.Event()
        post.line.answer(1, NotSentError("busy", retry_after_s=50.0))
        post.line.answer(2, slow)
        await post.send("a", chat="ann")
        await post.send("b", chat="bob")
        await post.send("c", chat="eve")
        assert post.said == ["a", "b", "c"]
        slow.set()
        await post.settle()


async def test_the_wait_of_a_cancelled_message_does_not_end_that_of_the_next(
    make_post: Any,
) -> None:
    """Each waits for its own moment."""
    async with make_post() as post:
        post.line.answer(1, NotSentError("slow down", retry_after_s=10.0))
        post.line.answer(2, NotSentError("slow down", retry_after_s=100.0))
        key = await post.send("a", remember=True)
        await post.send("b")
        await post.delete(key)
        assert post.said == ["a", "b"]
        await post.later(99)
        assert post.said == ["a", "b"]
        await post.later(2)
        assert post.said == ["a", "b", "b"]
