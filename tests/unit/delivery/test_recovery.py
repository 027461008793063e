"""ENGINE 17: what a new process makes of what the one before was doing."""

from typing import Any

import pytest

from posthouse.errors import NotSentError, OutcomeUnknownError
from posthouse.ports.adapter import Certainty
from posthouse.ports.changes import Change
from posthouse.ports.records import DeliveryState

BLIND, CONFIRMABLE, IDEMPOTENT = Certainty.BLIND, Certainty.CONFIRMABLE, Certainty.IDEMPOTENT
CLAIMED, PENDING, UNKNOWN = DeliveryState.CLAIMED, DeliveryState.PENDING, DeliveryState.UNKNOWN


@pytest.mark.parametrize("reboot", [False, True])
async def test_what_was_claimed_is_pending_again_where_repeating_is_safe(
    make_post: Any, reboot: bool
) -> None:
    """Whatever the journal says, which nothing was written to."""
    async with make_post(certainty=IDEMPOTENT) as post:
        post.hold()
        await post.send("a")
        await post.send("b")
        await post.die(reboot=reboot, opens=False)
        assert post.in_state(PENDING) == [1, 2]
        post.outbox.open()
        await post.settle()
        assert post.said == ["a", "b"]
        assert post.rows == {}


async def test_after_a_crash_only_what_was_being_sent_is_unknown(make_post: Any) -> None:
    """Within the same boot the journal tells what had only been claimed."""
    async with make_post(certainty=BLIND, pool=3) as post:
        post.hold()
        await post.send("a", chat="ann")
        await post.send("b", chat="bob")
        post.journal.slots = {slot: key for slot, key in post.journal.slots.items() if key == 1}
        await post.send("c", chat="ann")
        await post.die()
        assert post.in_state(UNKNOWN) == [1]
        assert "died" in (post.rows[1].error or "")
        assert sorted(post.said) == ["b", "c"]
        assert post.counted()["unknown"] == 1


async def test_after_a_reboot_everything_claimed_is_unknown(make_post: Any) -> None:
    """Without a journal nobody can tell; pending rows are certain never to have left."""
    async with make_post(certainty=BLIND) as post:
        post.hold()
        await post.send("a", chat="ann")
        await post.send("b", chat="bob")
        await post.send("c", chat="ann")
        post.journal.slots.clear()
        await post.die(reboot=True)
        assert post.in_state(UNKNOWN) == [1, 2]
        assert post.said == ["c"]


async def test_what_failed_before_its_first_byte_is_pending_even_after_a_reboot(
    make_post: Any,
) -> None:
    """It waited for its next try, so it is not unknown."""
    async with make_post(certainty=BLIND) as post:
        post.line.answer(1, NotSentError("busy", retry_after_s=60))
        await post.send("a")
        await post.die(reboot=True)
        assert post.in_state(UNKNOWN) == []
        await post.later(61)
        assert post.said == ["a"]


async def test_what_may_have_left_is_sent_again_where_the_policy_says_so(make_post: Any) -> None:
    """It may show twice, as the policy accepts."""
    async with make_post(certainty=BLIND, on_unknown="resend") as post:
        post.hold()
        await post.send("a")
        await post.die(opens=False)
        assert post.in_state(PENDING) == [1]
        assert "died" in (post.rows[1].error or "")
        post.outbox.open()
        await post.settle()
        assert post.said == ["a"]


async def test_a_crash_while_pending_deliveries_are_sent_is_told_by_the_journal(
    make_post: Any,
) -> None:
    """A row that was claimed by a worker is treated like one that was claimed by its turn."""
    async with make_post(certainty=BLIND) as post:
        await post.send("a")
        post.hold()
        first, second = post.turn(), post.turn()
        first.send("b")
        second.send("c")
        await first.commit()
        await second.commit()
        await post.die()
        assert post.in_state(UNKNOWN) == [2]
        assert post.said == ["c"]


async def test_the_head_of_a_confirmable_chat_is_asked_after_before_it_is_sent_again(
    make_post: Any,
) -> None:
    """The process may have died between the send and its answer."""
    async with make_post(certainty=CONFIRMABLE) as post:
        post.hold()
        await post.send("a", remember=True)
        await post.send("b")
        await post.die(opens=False)
        post.line.confirms = ["m1"]
        post.outbox.open()
        await post.settle()
        assert post.said == ["b"]
        assert post.line.confirmed == [1]
        assert (await post.store.message_of(1)).message_id == "m1"


async def test_unknown_deliveries_of_earlier_processes_are_still_known(make_post: Any) -> None:
    """They are not sent again, and a press can still prove them."""
    async with make_post(certainty=BLIND) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        await post.send("a", remember=True)
        await post.die()
        assert post.said == []
        assert post.outbox.prove(1, "m1", chat="ann", change=Change()) is not None


async def test_operations_follow_their_parked_message_after_a_restart(make_post: Any) -> None:
    """An edit is not sent before the message it edits."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 12)
        key = await post.send("0", remember=True)
        await post.later(31)
        await post.edit(key, "1")
        await post.die(opens=False)
        post.line.answer(1, NotSentError("busy"))
        post.outbox.open()
        await post.later(200)
        assert post.done == ["send 0", "send 0", "edit 1"]
