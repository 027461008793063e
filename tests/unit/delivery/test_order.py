"""ENGINE 18: first in, first out per (chat, class), and what may overtake what."""

import asyncio
from typing import Any

import pytest

from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState

ANSWER, BRIDGE, BULK = DeliveryClass.ANSWER, DeliveryClass.BRIDGE, DeliveryClass.BULK


@pytest.mark.parametrize("certainty", list(Certainty))
async def test_a_chat_gets_its_deliveries_in_the_order_of_their_turns(
    make_post: Any, certainty: Certainty
) -> None:
    """One chat and class is strictly first in, first out."""
    async with make_post(certainty=certainty) as post:
        post.hold()
        for word in "abcdef":
            await post.send(word)
        await post.release()
        assert post.said == list("abcdef")
        assert post.rows == {}
        assert post.counted() == {"sent": 6}


async def test_chats_do_not_wait_for_each_other(make_post: Any) -> None:
    """A chat whose send hangs holds up nobody else."""
    async with make_post() as post:
        hanging = asyncio.Event()
        post.line.answer(1, hanging)
        await post.send("a", chat="ann")
        await post.send("b", chat="ann")
        await post.send("c", chat="bob")
        assert post.said == ["a", "c"]
        hanging.set()
        await post.settle()
        assert post.said == ["a", "c", "b"]


async def test_a_turn_that_is_committed_later_keeps_its_earlier_place(make_post: Any) -> None:
    """Who stands behind an uncommitted delivery waits for its commit."""
    async with make_post() as post:
        first, second = post.turn(), post.turn()
        first.send("a")
        second.send("b")
        await second.commit()
        assert post.said == []
        await first.commit()
        assert post.said == ["a", "b"]


async def test_nothing_is_sent_before_its_commit(make_post: Any) -> None:
    """A place is no permission: only the commit is."""
    async with make_post() as post:
        turn = post.turn()
        turn.send("a")
        await post.later(100)
        assert post.said == []
        await turn.commit()
        assert post.said == ["a"]


async def test_a_turn_that_fails_gives_its_places_back(make_post: Any) -> None:
    """What stood behind a delivery that never was goes on."""
    async with make_post() as post:
        lost, kept = post.turn(), post.turn()
        lost.send("a")
        kept.send("b")
        await kept.commit()
        lost.give_up()
        await post.settle()
        assert post.said == ["b"]
        assert post.outbox.waiting == 0


async def test_answers_go_before_bridge_traffic_before_bulk(make_post: Any) -> None:
    """With one at a time the classes are served in their order, whatever the order of arrival."""
    async with make_post(pool=1) as post:
        post.hold()
        await post.send("first", chat="eve")
        for word, klass in (("bulk", BULK), ("bridge", BRIDGE), ("answer", ANSWER)):
            await post.send(word, chat=word, klass=klass)
        await post.release()
        assert post.said == ["first", "answer", "bridge", "bulk"]


async def test_an_answer_overtakes_the_bulk_of_its_own_chat(make_post: Any) -> None:
    """Classes are queues of their own."""
    async with make_post(pool=1) as post:
        post.hold()
        for word in "abc":
            await post.send(word, klass=BULK)
        await post.send("answer")
        await post.release()
        assert post.said == ["a", "answer", "b", "c"]


@pytest.mark.parametrize("operation", ["edit", "delete"])
async def test_nothing_overtakes_an_operation_on_the_same_message(
    make_post: Any, operation: str
) -> None:
    """An answer that edits a bulk message which is being sent follows it in the bulk queue."""
    async with make_post() as post:
        sending = asyncio.Event()
        post.line.answer(1, sending)
        key = await post.send("bulk", klass=BULK, remember=True)
        if operation == "edit":
            await post.edit(key, "changed")
        else:
            await post.delete(key)
        assert post.done == ["send bulk"]
        sending.set()
        await post.settle()
        assert [word.split()[0] for word in post.done] == ["send", operation]


async def test_operations_on_a_sent_message_keep_their_order_across_classes(make_post: Any) -> None:
    """A deletion in a faster class does not overtake an edit that waits in a slower one."""
    async with make_post() as post:
        key = await post.send("a", klass=BULK, remember=True)
        sending = asyncio.Event()
        post.line.answer(2, sending)
        await post.send("in the way", klass=BULK)
        await post.edit(key, "changed", klass=BULK)
        await post.delete(key, klass=ANSWER)
        assert post.done == ["send a", "send in the way"]
        sending.set()
        await post.settle()
        assert post.done == ["send a", "send in the way", "edit changed", "delete"]


async def test_never_two_deliveries_of_a_chat_and_class_are_under_way(make_post: Any) -> None:
    """Not even when one of them was parked: the adapter is promised that."""
    async with make_post() as post:
        post.line.answer(1, *[TimeoutError()] * 20)
        await post.send("a")
        await post.later(45)
        assert post.in_state(DeliveryState.PARKED) == [1]
        slow = asyncio.Event()
        post.line.answer(2, slow)
        post.line.answer(3, slow)
        await post.send("b")
        await post.send("c")
        post.line.most_under_way = 0
        await post.later(120)
        assert post.line.most_under_way == 0
        slow.set()
        await post.later(120)
        assert post.line.most_under_way == 1


async def test_a_parked_delivery_goes_on_when_its_chat_is_free(make_post: Any) -> None:
    """It waits for what its chat is being sent, claimed or not."""
    async with make_post() as post:
        post.line.answer(1, *[TimeoutError()] * 20)
        await post.send("a")
        await post.later(31)
        slow = asyncio.Event()
        post.line.answer(3, slow)
        post.hold()
        await post.send("b")
        await post.send("c")
        await post.release()
        post.line.answers[1].clear()
        await post.later(120)
        assert post.said[-1] == "c"
        slow.set()
        await post.settle()
        assert post.said[-1] == "a"


async def test_a_worker_that_comes_for_a_message_that_is_being_cancelled_goes_on(
    make_post: Any,
) -> None:
    """The commit decides, and the next message of the chat follows."""
    async with make_post(pool=1) as post:
        post.hold()
        await post.send("a", chat="eve")
        key = await post.send("b", remember=True)
        await post.send("c")
        post.writer.held = True
        turn = post.turn()
        turn.delete(key)
        turn.submit()
        await post.release()
        assert post.said == ["a"]
        post.writer.held = False
        post.writer.go_on()
        await post.settle()
        assert post.said == ["a", "c"]


async def test_the_end_of_a_delivery_is_told_to_whoever_watches_it(make_post: Any) -> None:
    """Unless its turn fails: then it never was."""
    async with make_post() as post:
        ends: list[DeliveryState] = []
        turn, failed = post.turn(), post.turn()
        post.outbox.watch(turn.send("a"), ends.append)
        post.outbox.watch(failed.send("b"), ends.append)
        failed.give_up()
        await turn.commit()
        assert ends == [DeliveryState.SENT]


async def test_a_pool_of_workers_serves_many_chats_at_once(make_post: Any) -> None:
    """A slow messenger is served by as many workers as its pool has, never more."""
    async with make_post(pool=4) as post:
        post.hold()
        for number in range(10):
            await post.send(str(number), chat=f"c{number}")
        assert post.line.most_under_way == 4
        await post.release()
        assert sorted(post.said) == sorted(map(str, range(10)))
        assert post.line.most_under_way == 4
