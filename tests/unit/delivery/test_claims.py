"""ENGINE 17: claimed is not sending, and claims never exceed the pool, one a chat."""

import asyncio
from typing import Any

import pytest

from posthouse.errors import NotSentError
from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.adapter import Certainty, Delivery
from posthouse.ports.records import DeliveryState

BLIND, IDEMPOTENT = Certainty.BLIND, Certainty.IDEMPOTENT
CLAIMED, PENDING = DeliveryState.CLAIMED, DeliveryState.PENDING


async def test_a_delivery_with_nothing_ahead_is_committed_as_claimed(make_post: Any) -> None:
    """Its turn's own commit is all that is written before it is sent."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("a")
        assert post.in_state(CLAIMED) == [1]
        assert post.writer.settled == []


async def test_a_delivery_with_another_ahead_is_committed_as_pending(make_post: Any) -> None:
    """Only the head of a chat may be claimed."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("a")
        await post.send("b")
        assert post.in_state(CLAIMED) == [1]
        assert post.in_state(PENDING) == [2]


async def test_both_classes_of_a_chat_share_one_claim(make_post: Any) -> None:
    """One claim a chat, whatever the class."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("bulk", klass=DeliveryClass.BULK)
        await post.send("answer")
        assert post.in_state(CLAIMED) == [1]
        await post.release()
        assert post.said == ["bulk", "answer"]
        assert post.line.most_under_way == 1


@pytest.mark.parametrize("certainty", [BLIND, IDEMPOTENT])
async def test_claims_never_exceed_the_pool(make_post: Any, certainty: Certainty) -> None:
    """However many chats there are, and while pending ones are claimed as others end."""
    async with make_post(certainty=certainty, pool=3) as post:
        most = 0

        def look(_: Delivery) -> None:
            nonlocal most
            most = max(most, len(post.in_state(CLAIMED)))

        post.line.before = look
        post.hold()
        for number in range(12):
            await post.send(str(number), chat=f"c{number}")
        assert len(post.in_state(CLAIMED)) == 3
        await post.release()
        assert len(post.said) == 12
        assert most == 3


async def test_a_pending_delivery_is_claimed_durably_before_its_first_byte(make_post: Any) -> None:
    """Where nobody could find out afterwards, the database knows before the messenger does."""
    async with make_post(certainty=BLIND) as post:
        states: list[DeliveryState] = []
        post.line.before = lambda delivery: states.append(post.rows[delivery.id].state)
        post.hold()
        await post.send("a")
        await post.send("b")
        await post.release()
        assert states == [CLAIMED, CLAIMED]


async def test_a_claim_is_given_back_while_a_delivery_waits_for_its_next_try(
    make_post: Any,
) -> None:
    """What failed before its first byte is pending, and another chat may use the room."""
    async with make_post(certainty=BLIND, pool=1) as post:
        post.line.answer(1, NotSentError("busy", retry_after_s=100))
        await post.send("a")
        await post.settle()
        assert post.in_state(PENDING) == [1]
        await post.send("b", chat="bob")
        assert post.said == ["a", "b"]


async def test_a_second_try_is_claimed_again_before_it_leaves(make_post: Any) -> None:
    """A claim that was given back is not taken for granted."""
    async with make_post(certainty=BLIND) as post:
        states: list[DeliveryState] = []
        post.line.before = lambda delivery: states.append(post.rows[delivery.id].state)
        post.line.answer(1, NotSentError("busy"))
        await post.send("a")
        await post.later(10)
        assert states == [CLAIMED, CLAIMED]


async def test_a_claimed_head_goes_first_when_the_pool_is_full(make_post: Any) -> None:
    """Pending ones wait for room, and the claimed ones behind them make it."""
    async with make_post(certainty=BLIND, pool=1) as post:
        post.hold()
        await post.send("a", chat="ann")
        await post.send("b", chat="bob")
        claimed = post.turn()
        await post.release()
        claimed.send("c", chat="eve")
        await claimed.commit()
        assert post.said == ["a", "b", "c"]
        assert post.rows == {}


async def test_a_pending_chat_waits_for_the_claim_of_an_uncommitted_turn(make_post: Any) -> None:
    """And goes on when that turn fails."""
    async with make_post(certainty=BLIND) as post:
        turn = post.turn()
        turn.send("never", klass=DeliveryClass.BRIDGE)
        await post.send("a")
        assert post.said == []
        turn.give_up()
        await post.settle()
        assert post.said == ["a"]


async def test_a_claim_is_freed_by_a_turn_that_fails(make_post: Any) -> None:
    """Room that an uncommitted turn took comes back with it."""
    async with make_post(certainty=BLIND, pool=1) as post:
        turn = post.turn()
        turn.send("never", chat="bob")
        await post.send("a")
        assert post.in_state(PENDING) == [2]
        turn.give_up()
        await post.settle()
        assert post.said == ["a"]


async def test_nothing_more_is_recorded_where_sends_may_be_repeated(make_post: Any) -> None:
    """An idempotent messenger costs no claim and no journal slot."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.hold()
        await post.send("a")
        await post.send("b")
        assert post.journal.slots == {}
        await post.release()
        assert [settle.state for settle in post.writer.settled] == [DeliveryState.SENT] * 2


async def test_a_slot_is_held_from_before_the_first_byte_until_the_outcome_is_durable(
    make_post: Any,
) -> None:
    """The journal knows what may have left, and forgets it only when the database knows."""
    async with make_post(certainty=BLIND) as post:
        while_sending: list[dict[int, int]] = []
        post.line.before = lambda _: while_sending.append(dict(post.journal.slots))
        turn = post.turn()
        turn.send("a")
        turn.submit()
        await post.settle()
        assert while_sending == [{0: 1}]
        assert post.journal.slots == {}
        post.writer.held = True
        post.line.before = lambda _: None
        await _place_committed(post, "b", chat="bob")
        assert list(post.journal.slots.values()) == [2]
        post.writer.held = False
        post.writer.go_on()
        await post.settle()
        assert post.journal.slots == {}


async def _place_committed(post: Any, words: str, *, chat: str) -> None:
    """Commit a message although the writer is held for all that follows."""
    turn = post.turn()
    turn.send(words, chat=chat)
    await post.store.commit([turn.change])
    for placement in turn.placements:
        post.outbox.won(placement)
    await post.settle()


async def test_a_full_journal_holds_deliveries_back(make_post: Any) -> None:
    """Without a slot nobody could tell after a crash that a delivery may have left."""
    async with make_post(certainty=BLIND) as post:
        post.journal.is_full = True
        await post.send("a")
        assert post.said == []
        assert post.in_state(PENDING) == [1]
        post.journal.is_full = False
        await post.later(2)
        assert post.said == ["a"]


async def test_commit_points_stand_around_the_send(make_post: Any) -> None:
    """Crash tests may strike right before and right after it."""
    async with make_post() as post:
        post.line.before = lambda _: post.points.append("deliver")
        await post.send("a")
        assert post.points == ["before", "deliver", "after"]


async def test_work_that_comes_while_all_workers_are_busy_is_taken_later(make_post: Any) -> None:
    """A queue that is already waited for is not taken twice."""
    async with make_post(pool=1) as post:
        slow = asyncio.Event()
        post.line.answer(1, slow)
        await post.send("a", chat="ann")
        await post.send("b", chat="bob")
        await post.send("c", chat="bob")
        slow.set()
        await post.settle()
        assert post.said == ["a", "b", "c"]


@pytest.mark.parametrize("is_known", [False, True], ids=["new", "known"])
async def test_what_waits_for_a_claim_moves_with_its_chat(
    make_post: Any, *, is_known: bool
) -> None:
    """To a chat that has deliveries of its own, or to one that nothing was sent to yet."""
    async with make_post(certainty=Certainty.BLIND) as post:
        post.hold()
        if is_known:
            await post.send("there before", chat="new")
        await post.send("under way", chat="old")
        await post.send("behind", chat="old")
        await post.send("of another class", chat="old", klass=DeliveryClass.BULK)
        post.outbox.moved("old", "new")
        await post.release()
        post.outbox.moved("older", "new")  # nothing waits for that one
        moved = [each for each in post.said if each != "there before"]
        assert sorted(moved) == ["behind", "of another class", "under way"]
        assert moved.index("under way") < moved.index("behind")
        assert post.counted() == {"sent": 3 + is_known}
