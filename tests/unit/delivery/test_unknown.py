"""Part 7: what becomes of a delivery whose end nobody knows."""

from typing import Any

import pytest

from posthouse.errors import NotSentError, OutcomeUnknownError, RejectedError
from posthouse.ports.adapter import Certainty
from posthouse.ports.changes import Change
from posthouse.ports.records import DeliveryState
from posthouse.ports.store import Retention

UNKNOWN = DeliveryState.UNKNOWN
BLIND, CONFIRMABLE, IDEMPOTENT = Certainty.BLIND, Certainty.CONFIRMABLE, Certainty.IDEMPOTENT


class VendorError(Exception):
    """Something a library raises that no adapter mapped."""


LOST = [
    OutcomeUnknownError("no answer"),
    OSError("broken pipe"),
    TimeoutError("too slow"),
    VendorError("what?"),
]


@pytest.mark.parametrize("error", LOST)
async def test_an_idempotent_send_is_repeated(make_post: Any, error: Exception) -> None:
    """Under the same key, so that the messenger shows it once."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.line.answer(1, error)
        await post.send("a")
        await post.send("b")
        await post.later(10)
        assert post.said == ["a", "a", "b"]
        assert [delivery.id for delivery in post.line.got] == [1, 1, 2]
        assert post.counted() == {"sent": 2}


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("policy", ["assume_sent", "ask"])
async def test_a_blind_send_is_not_repeated(make_post: Any, error: Exception, policy: str) -> None:
    """It ends as unknown, is counted and kept, and what follows goes on."""
    async with make_post(certainty=BLIND, on_unknown=policy) as post:
        post.line.answer(1, error)
        await post.send("a")
        await post.send("b")
        await post.later(1000)
        assert post.said == ["a", "b"]
        assert post.in_state(UNKNOWN) == [1]
        assert str(error) in (post.rows[1].error or "")
        assert post.counted() == {"unknown": 1, "sent": 1}
        assert post.journal.slots == {}


async def test_nobody_is_asked_about_what_was_swept(make_post: Any) -> None:
    """Its row is gone after its time; one whose end is being written is not taken for gone."""
    async with make_post(certainty=BLIND, on_unknown="ask") as post:
        for number in (1, 2):
            post.line.answer(number, OutcomeUnknownError("no answer"))
        await post.send("a")
        await post.send("b")
        await post.outbox.forget_swept()
        assert post.outbox.asking == 2
        now, keep = post.clock.timestamp(), Retention(ended_s=-1.0)
        await post.store.sweep(now=now, keep=keep)
        await post.outbox.forget_swept()
        assert post.outbox.asking == 0
        await post.outbox.forget_swept()


async def test_asking_is_told_from_assuming(make_post: Any) -> None:
    """Only where the policy asks somebody has to decide; both ways of deciding end it."""
    for policy, asking in (("assume_sent", 0), ("ask", 2)):
        async with make_post(certainty=BLIND, on_unknown=policy) as post:
            post.line.answer(1, OutcomeUnknownError("no answer"))
            post.line.answer(2, OutcomeUnknownError("no answer"))
            await post.send("a")
            await post.send("b")
            assert post.outbox.asking == asking
            await post.die()
            assert post.outbox.asking == asking
            post.outbox.forget(1)
            row = post.rows[2]
            row.state = DeliveryState.PENDING
            post.outbox.requeue(row)
            assert post.outbox.asking == 0
            await post.settle()
            assert post.said == ["b"]


async def test_a_blind_send_is_repeated_where_the_policy_says_so(make_post: Any) -> None:
    """It may show twice, as the policy accepts."""
    async with make_post(certainty=BLIND, on_unknown="resend") as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        await post.send("a")
        await post.later(10)
        assert post.said == ["a", "a"]
        assert post.counted() == {"sent": 1}


async def test_resending_ends_somewhere(make_post: Any) -> None:
    """A messenger that never answers does not get the same message a thousand times."""
    async with make_post(certainty=BLIND, on_unknown="resend") as post:
        post.line.answer(1, *[OutcomeUnknownError("no answer")] * 100)
        await post.send("a")
        await post.later(10_000)
        assert len(post.said) == 12
        assert post.in_state(UNKNOWN) == [1]


async def test_a_broken_line_is_waited_for_where_repeating_is_safe(make_post: Any) -> None:
    """An idempotent delivery is given up when its time is over, not after some tries."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.line.answer(1, *[OSError("no route")] * 50)
        await post.send("a", expires=post.clock.now().timestamp() + 100_000)
        await post.later(10_000)
        assert post.counted() == {"sent": 1}


async def test_a_broken_adapter_is_not_tried_for_ever(make_post: Any) -> None:
    """What nobody foresaw is tried twelve times."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.line.answer(1, *[VendorError("what?")] * 50)
        await post.send("a")
        await post.later(10_000)
        assert len(post.said) == 12
        assert post.in_state(UNKNOWN) == [1]


async def test_what_may_have_arrived_does_not_end_as_expired(make_post: Any) -> None:
    """Expired says that it never was sent."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.line.answer(1, *[OSError("no route")] * 50)
        await post.send("a", expires=post.clock.now().timestamp() + 60)
        await post.later(1000)
        assert post.counted() == {"unknown": 1}


async def test_a_confirmable_send_is_asked_after(make_post: Any) -> None:
    """It arrived, so it is not sent again, and its id is known."""
    async with make_post(certainty=CONFIRMABLE) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        post.line.confirms = ["m1"]
        await post.send("a", remember=True)
        assert post.said == ["a"]
        assert post.line.confirmed == [1]
        assert (await post.store.message_of(1)).message_id == "m1"
        assert post.counted() == {"sent": 1}


async def test_a_confirmable_send_that_did_not_arrive_is_sent_again(make_post: Any) -> None:
    """The messenger said so."""
    async with make_post(certainty=CONFIRMABLE) as post:
        post.line.answer(1, TimeoutError("too slow"))
        post.line.confirms = [NotSentError("not here")]
        await post.send("a")
        await post.later(10)
        assert post.said == ["a", "a"]
        assert post.line.confirmed == [1]


@pytest.mark.parametrize("error", LOST)
async def test_a_confirmable_send_is_not_repeated_before_the_messenger_has_answered(
    make_post: Any, error: Exception
) -> None:
    """Not even when the question fails: it is asked again."""
    async with make_post(certainty=CONFIRMABLE) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        post.line.confirms = [error, error, "m1"]
        await post.send("a")
        await post.later(30)
        assert post.said == ["a"]
        assert post.line.confirmed == [1, 1, 1]
        assert post.counted() == {"sent": 1}


async def test_a_confirmable_send_that_can_never_be_asked_after_ends_as_unknown(
    make_post: Any,
) -> None:
    """When its time is over."""
    async with make_post(certainty=CONFIRMABLE) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        post.line.confirms = [OSError("no route")] * 100
        await post.send("a", expires=post.clock.now().timestamp() + 600)
        await post.later(1000)
        assert post.said == ["a"]
        assert post.counted() == {"unknown": 1}


async def test_a_send_without_an_answer_is_cut_after_a_minute(make_post: Any) -> None:
    """It counts as unknown, and its worker goes on."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("a")
        post.outbox.sweep(post.clock.monotonic() + 59)
        await post.settle()
        assert post.in_state(UNKNOWN) == []
        post.outbox.sweep(post.clock.monotonic() + 61)
        await post.settle()
        assert post.in_state(UNKNOWN) == [1]
        await post.release()
        await post.send("b")
        assert post.said == ["a", "b"]


async def test_a_press_proves_that_its_message_arrived(make_post: Any) -> None:
    """What was unknown is sent, and the message's id is known from now on."""
    async with make_post(certainty=BLIND) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        await post.send("menu", remember=True)
        change = Change()
        proof = post.outbox.prove(1, "m1", chat="ann", change=change)
        await post.store.commit([change])
        post.outbox.won(proof)
        assert post.rows == {}
        assert post.outbox.prove(1, "m1", chat="ann", change=Change()) is None
        await post.edit(1, "next")
        assert post.line.got[-1].outgoing.message_id == "m1"


async def test_a_press_whose_turn_fails_proves_nothing_yet(make_post: Any) -> None:
    """The next one will."""
    async with make_post(certainty=BLIND) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        await post.send("menu", remember=True)
        post.outbox.lost(post.outbox.prove(1, "m1", chat="ann", change=Change()))
        assert post.outbox.prove(1, "m1", chat="ann", change=Change()) is not None


async def test_somebody_may_wait_for_the_end_of_a_delivery(make_post: Any) -> None:
    """However it ends."""
    async with make_post(certainty=BLIND) as post:
        ends: dict[int, DeliveryState] = {}

        async def wait(key: int) -> None:
            ends[key] = await post.outbox.ended(key)

        post.line.answer(2, RejectedError("no"))
        post.line.answer(3, OutcomeUnknownError("no answer"))
        post.hold()
        for word in "abc":
            post._spawn(wait(await post.send(word)))
            post._spawn(wait(post._key))
        await post.settle()
        assert ends == {}
        await post.release()
        assert ends == {1: DeliveryState.SENT, 2: DeliveryState.REJECTED, 3: UNKNOWN}
        for key in (1, 2, 3):
            assert await post.outbox.ended(key) is ends[key]


async def test_somebody_who_stopped_waiting_disturbs_nobody(make_post: Any) -> None:
    """A waiter that was cancelled is passed over."""
    async with make_post() as post:
        post.hold()
        key = await post.send("a")
        waiter = post._spawn(post.outbox.ended(key))
        await post.settle()
        waiter.cancel()
        await post.release()
        assert post.said == ["a"]


async def test_a_press_is_answered_outside_every_queue(make_post: Any) -> None:
    """Nothing of it is recorded, and what goes wrong is nobody's problem."""
    from posthouse.model.outgoing import Operation, Outgoing
    from posthouse.ports.adapter import Delivery

    async with make_post() as post:
        post.hold()
        await post.send("in the way")
        post.line.free.set()
        post.line.answer(99, VendorError("what?"))
        for key in (99, 100):
            outgoing = Outgoing(operation=Operation.ANSWER, press_id="u1")
            await post.outbox.answer(Delivery(id=key, chat="ann", outgoing=outgoing))
        assert [delivery.id for delivery in post.line.got][-2:] == [99, 100] or post.line.got
        assert post.counted() in ({}, {"sent": 1})
