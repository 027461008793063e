"""ENGINE 17: what a stop leaves behind."""

from typing import Any

from posthouse.errors import NotSentError
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState

BLIND = Certainty.BLIND
CLAIMED, PENDING = DeliveryState.CLAIMED, DeliveryState.PENDING


async def flush(post: Any, *, within_s: float = 5.0) -> None:
    """Stop the outbox, letting time pass as it asks for."""
    async with post.clock.running():
        await post.outbox.flush(within_s=within_s)
    await post.settle()


async def test_what_is_ready_still_leaves(make_post: Any) -> None:
    """A stop waits for it."""
    async with make_post(pool=1) as post:
        post.hold()
        for word in "abc":
            await post.send(word)
        post.line.free.set()
        await flush(post)
        assert post.said == ["a", "b", "c"]
        assert post.rows == {}


async def test_a_stop_is_bounded_and_unsent_rows_stay_pending(make_post: Any) -> None:
    """Also those that were claimed and not sent: after a reboot they are not unknown."""
    async with make_post(certainty=BLIND, pool=2) as post:
        post.line.answer(1, NotSentError("busy", retry_after_s=100))
        await post.send("waits")
        post.hold()
        await post.send("hangs", chat="bob")
        begun_s = post.clock.monotonic()
        turn = post.turn()
        turn.send("claimed", chat="eve")
        post.outbox.hurry()
        await turn.commit()
        assert post.in_state(CLAIMED) == [2, 3]
        await flush(post)
        assert post.clock.monotonic() - begun_s < 7
        assert post.in_state(PENDING) == [1, 3]
        assert post.in_state(CLAIMED) == [2]
        await post.die(reboot=True, opens=False)
        assert post.in_state(DeliveryState.UNKNOWN) == [2]


async def test_after_a_stop_nothing_further_is_sent(make_post: Any) -> None:
    """What is committed later stays pending for the next start."""
    async with make_post() as post:
        await flush(post)
        await post.send("a")
        assert post.said == []
        await post.die()
        assert post.said == ["a"]


async def test_a_hurried_stop_begins_nothing(make_post: Any) -> None:
    """A second signal does not wait for what is ready."""
    async with make_post(pool=1) as post:
        post.hold()
        await post.send("a")
        await post.send("b")
        post.outbox.hurry()
        await post.release()
        await flush(post, within_s=60)
        assert post.said == ["a"]
        assert post.in_state(PENDING) == [2] or post.in_state(CLAIMED) == []
        assert set(post.rows) == {2}


async def test_nothing_is_sent_before_the_outbox_is_opened(make_post: Any) -> None:
    """What the database holds waits for every adapter to poll."""
    async with make_post() as post:
        post.hold()
        await post.send("a")
        await post.die(opens=False)
        await post.send("b")
        assert post.said == []
        post.outbox.open()
        await post.settle()
        assert post.said == ["a", "b"]


async def test_a_send_that_is_cut_off_by_the_end_of_the_process_keeps_its_slot(
    make_post: Any,
) -> None:
    """Nobody knows whether it arrived, so the journal must still say so."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("a")
        await post._kill()
        assert list(post.journal.slots.values()) == [1]
