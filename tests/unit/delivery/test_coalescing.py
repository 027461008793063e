"""ENGINE 18: what waits is changed in place instead of being followed."""

import asyncio
from typing import Any

import msgspec
import pytest

from posthouse.errors import NotSentError
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState

PENDING = DeliveryState.PENDING


def text_of(row: Any) -> str:
    """Return what a row says."""
    return msgspec.msgpack.decode(row.body, type=Outgoing).content.text.plain


async def waiting(post: Any) -> int:
    """Send something that hangs, and a message behind it; return that one's key."""
    post.hold()
    await post.send("in the way")
    return int(await post.send("old", remember=True))


async def test_an_edit_of_a_pending_message_changes_what_will_be_sent(make_post: Any) -> None:
    """The newest content goes to the oldest pending position, in the database too."""
    async with make_post() as post:
        key = await waiting(post)
        await post.send("behind")
        await post.edit(key, "new")
        assert text_of(post.rows[key]) == "new"
        await post.release()
        assert post.done == ["send in the way", "send new", "send behind"]
        assert post.counted() == {"sent": 3, "merged": 1}


async def test_an_edit_never_changes_what_is_being_sent(make_post: Any) -> None:
    """It follows instead."""
    async with make_post() as post:
        post.hold()
        key = await post.send("old", remember=True)
        await post.edit(key, "new")
        assert text_of(post.rows[key]) == "old"
        await post.release()
        assert post.done == ["send old", "edit new"]


async def test_an_edit_never_changes_what_is_claimed(make_post: Any) -> None:
    """A claimed row may be on its way, and after a crash nobody would know which content left."""
    async with make_post(certainty=Certainty.BLIND) as post:
        turn = post.turn()
        key = turn.send("old", remember=True)
        turn.submit()
        while post.rows.get(key) is None:  # noqa: ASYNC110  a glimpse between two turns of the loop
            await asyncio.sleep(0)
        edit = post.turn()
        edit.edit(key, "new")
        await edit.commit()
        assert post.done == ["send old", "edit new"]


async def test_further_edits_of_a_sent_message_become_one(make_post: Any) -> None:
    """While one edit is under way, all that follow are merged into a single second one."""
    async with make_post() as post:
        key = await post.send("0", remember=True)
        post.hold()
        for word in "1234":
            await post.edit(key, word)
        assert len(post.rows) == 2
        await post.release()
        assert post.done == ["send 0", "edit 1", "edit 4"]
        assert post.counted() == {"sent": 3, "merged": 2}


async def test_an_edit_in_the_same_turn_changes_the_message_before_it_is_committed(
    make_post: Any,
) -> None:
    """Even where the message is claimed by that very commit."""
    async with make_post(certainty=Certainty.BLIND) as post:
        turn = post.turn()
        key = turn.send("old", remember=True)
        turn.edit(key, "new")
        await turn.commit()
        assert post.done == ["send new"]
        assert post.counted() == {"sent": 1, "merged": 1}


async def test_an_edit_follows_a_message_of_a_turn_that_is_not_committed(make_post: Any) -> None:
    """Whether that turn will be committed nobody knows yet."""
    async with make_post() as post:
        first = post.turn()
        key = first.send("old", remember=True)
        second = post.turn()
        second.edit(key, "new")
        assert len(second.change.deliveries) == 1
        await first.commit()
        await second.commit()
        assert post.done == ["send old", "edit new"]


async def test_an_edit_follows_one_that_is_being_merged(make_post: Any) -> None:
    """A row that a commit under way rewrites is not rewritten by another one."""
    async with make_post() as post:
        key = await waiting(post)
        first, second = post.turn(), post.turn()
        first.edit(key, "1")
        second.edit(key, "2")
        await second.commit()
        first.give_up()
        await post.release()
        assert post.done == ["send in the way", "send old", "edit 2"]


async def test_a_turn_that_fails_leaves_what_it_would_have_merged(make_post: Any) -> None:
    """The old content goes out, and is not held up for ever."""
    async with make_post() as post:
        key = await waiting(post)
        turn = post.turn()
        turn.edit(key, "new")
        await post.release()
        assert post.said == ["in the way"]
        turn.give_up()
        await post.settle()
        assert post.said == ["in the way", "old"]


async def test_an_edit_that_is_merged_brings_the_message_id_along(make_post: Any) -> None:
    """A press knows it although the database does not."""
    async with make_post() as post:
        post.hold()
        await post.send("in the way")
        await post.edit(77, "1")
        await post.edit(77, "2", message_id="m77")
        await post.release()
        assert post.done == ["send in the way", "edit 2"]
        assert post.line.got[-1].outgoing.message_id == "m77"


async def test_deleting_a_pending_send_cancels_it_and_its_dependants(make_post: Any) -> None:
    """Nothing of it ever reaches the messenger."""
    async with make_post() as post:
        post.hold()
        await post.send("in the way")
        post.line.answer(2, NotSentError("busy"))
        first = post.turn()
        key = first.send("old", remember=True)
        second = post.turn()
        second.edit(key, "new")
        await first.commit()
        await second.commit()
        await post.delete(key)
        assert set(post.rows) == {1}
        await post.release()
        assert post.done == ["send in the way"]
        assert post.counted() == {"sent": 1, "cancelled": 2}
        assert not post.outbox.is_open(key)


async def test_deleting_what_is_being_sent_follows_it(make_post: Any) -> None:
    """It is deleted once it is there."""
    async with make_post() as post:
        post.hold()
        key = await post.send("old", remember=True)
        await post.delete(key)
        await post.release()
        assert post.done == ["send old", "delete"]
        assert post.line.got[-1].outgoing.message_id == "m1"


async def test_deleting_a_sent_message_does_not_cancel_its_pending_edits(make_post: Any) -> None:
    """They are done before, in order."""
    async with make_post() as post:
        key = await post.send("0", remember=True)
        post.hold()
        await post.edit(key, "1")
        await post.edit(key, "2")
        await post.delete(key)
        await post.release()
        assert post.done == ["send 0", "edit 1", "edit 2", "delete"]


async def test_nothing_is_merged_into_what_stands_before_a_deletion(make_post: Any) -> None:
    """An edit after a deletion follows it; whatever the messenger says to that is its end."""
    async with make_post() as post:
        key = await post.send("0", remember=True)
        post.hold()
        for word in "12":
            await post.edit(key, word)
        await post.delete(key)
        await post.edit(key, "3")
        await post.release()
        assert post.done == ["send 0", "edit 1", "edit 2", "delete", "edit 3"]


@pytest.mark.parametrize("wins", [True, False])
async def test_a_cancelled_send_is_held_until_its_deletion_is_durable(
    make_post: Any, wins: bool
) -> None:
    """And goes out after all when the deletion's turn fails."""
    async with make_post() as post:
        key = await waiting(post)
        turn = post.turn()
        turn.delete(key)
        await post.release()
        assert post.said == ["in the way"]
        if wins:
            await turn.commit()
        else:
            turn.give_up()
            await post.settle()
        assert post.said == (["in the way"] if wins else ["in the way", "old"])


async def test_cancelling_a_message_that_waits_for_its_next_try_lets_the_next_one_go(
    make_post: Any,
) -> None:
    """Whoever waited behind it does not wait for a message that nobody wants any more."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 9)
        key = await post.send("old", remember=True)
        await post.later(20)
        await post.send("next")
        before = len(post.said)
        await post.delete(key)
        assert post.said[before:] == ["next"]
        await post.later(100)
        assert post.said[before:] == ["next"]


async def test_a_merged_edit_survives_a_crash(make_post: Any) -> None:
    """The new content is durable with the turn that wanted it."""
    async with make_post() as post:
        key = await waiting(post)
        await post.edit(key, "new")
        await post.die()
        assert post.said == ["in the way", "new"]


async def test_an_edit_is_not_merged_into_a_parked_message(make_post: Any) -> None:
    """It follows in the parked message's own queue, and further ones are merged into that edit."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 9)
        key = await post.send("old", remember=True)
        await post.later(31)
        assert post.in_state(DeliveryState.PARKED) == [key]
        await post.edit(key, "new")
        await post.edit(key, "newest")
        assert len(post.rows) == 2
        await post.later(600)
        assert [d.outgoing.operation for d in post.line.got[-2:]] == [
            Operation.SEND,
            Operation.EDIT,
        ]
        assert post.said[-2:] == ["old", "newest"]


async def test_deleting_a_parked_message_cancels_it(make_post: Any) -> None:
    """Parked is waiting, too."""
    async with make_post() as post:
        post.line.answer(1, *[NotSentError("busy")] * 99)
        key = await post.send("old", remember=True)
        await post.later(31)
        await post.delete(key)
        tries = len(post.said)
        await post.later(600)
        assert len(post.said) == tries
        assert post.rows == {}


async def test_what_may_have_arrived_is_not_changed(make_post: Any) -> None:
    """A messenger that knows its key would go on showing the old content."""
    async with make_post() as post:
        post.line.answer(1, OSError("no answer"))
        key = await post.send("old", remember=True)
        await post.edit(key, "new")
        await post.later(10)
        assert post.done == ["send old", "send old", "edit new"]


async def test_what_may_have_arrived_is_not_cancelled(make_post: Any) -> None:
    """It is deleted where it is."""
    async with make_post() as post:
        post.line.answer(1, OSError("no answer"))
        key = await post.send("old", remember=True)
        await post.delete(key)
        await post.later(10)
        assert post.done == ["send old", "send old", "delete"]


async def test_an_edit_drops_those_between_it_and_its_place(make_post: Any) -> None:
    """Else an older content would be shown last."""
    async with make_post() as post:
        key = await waiting(post)
        first, second = post.turn(), post.turn()
        first.edit(key, "1")
        second.edit(key, "2")
        await first.commit()
        await second.commit()
        assert len(post.rows) == 3
        await post.edit(key, "3")
        assert len(post.rows) == 2
        await post.release()
        assert post.done == ["send in the way", "send 3"]
        assert post.counted() == {"sent": 2, "merged": 3}
