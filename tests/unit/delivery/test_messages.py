"""ENGINE 20: messages whose own id is not known, or not known yet."""

from typing import Any

from posthouse.errors import OutcomeUnknownError
from posthouse.model.outgoing import Operation
from posthouse.ports.adapter import Certainty

BLIND = Certainty.BLIND


async def lost(post: Any) -> int:
    """Send a message whose answer gets lost; return its key."""
    post.line.answer(1, OutcomeUnknownError("no answer"))
    return int(await post.send("0", remember=True))


async def test_an_edit_finds_the_id_of_its_message(make_post: Any) -> None:
    """Once the message was sent."""
    async with make_post() as post:
        post.line.answer(1, "its own id")
        key = await post.send("0", remember=True)
        await post.edit(key, "1")
        assert post.line.got[-1].outgoing.message_id == "its own id"
        assert post.line.got[-1].outgoing.operation is Operation.EDIT


async def test_an_edit_finds_an_id_that_is_not_durable_yet(make_post: Any) -> None:
    """The outcome is being committed while the edit is sent already."""
    async with make_post() as post:
        post.hold()
        key = await post.send("0", remember=True)
        await post.edit(key, "1")
        post.writer.held = True
        await post.release()
        assert post.done == ["send 0", "edit 1"]
        assert post.line.got[-1].outgoing.message_id == "m1"
        post.writer.held = False
        post.writer.go_on()
        await post.settle()
        assert (await post.store.message_of(key)).message_id == "m1"
        await post.edit(key, "2")
        assert post.line.got[-1].outgoing.message_id == "m1"


async def test_a_plain_reply_is_forgotten_once_sent(make_post: Any) -> None:
    """Nothing can refer to it, so nothing is kept."""
    async with make_post() as post:
        await post.send("a")
        assert await post.store.message_of(1) is None
        assert post.rows == {}


async def test_an_edit_of_a_message_without_an_id_is_sent_anew(make_post: Any) -> None:
    """Nobody knows which message to edit, so the person gets the news in a new one."""
    async with make_post(certainty=BLIND) as post:
        key = await lost(post)
        await post.edit(key, "1")
        assert post.done == ["send 0", "send 1"]
        assert post.line.got[-1].outgoing.target is None


async def test_a_message_that_was_sent_anew_is_the_message_from_then_on(make_post: Any) -> None:
    """Further edits go to it instead of becoming further messages."""
    async with make_post(certainty=BLIND) as post:
        key = await lost(post)
        await post.edit(key, "1")
        await post.edit(key, "2")
        assert post.done == ["send 0", "send 1", "edit 2"]
        assert post.line.got[-1].outgoing.message_id == "m2"


async def test_two_messages_sent_anew_at_once_leave_the_newer_one(make_post: Any) -> None:
    """Whatever order their outcomes become durable in."""
    async with make_post(certainty=Certainty.IDEMPOTENT) as post:
        post.hold()
        await post.edit(77, "1")
        await post.edit(77, "2")
        post.line.answer(1, "a")
        post.line.answer(2, "b")
        post.writer.held = True
        await post.release()
        assert post.done == ["send 1", "edit 2"]
        post.writer.held = False
        post.writer.go_on()
        await post.settle()
        assert (await post.store.message_of(77)).message_id == "a"


async def test_deleting_a_message_without_an_id_does_nothing_and_is_counted(make_post: Any) -> None:
    """There is nothing the messenger could be told."""
    async with make_post(certainty=BLIND) as post:
        key = await lost(post)
        await post.delete(key)
        assert post.done == ["send 0"]
        assert post.counted() == {"unknown": 1, "cancelled": 1}
        assert set(post.rows) == {1}


async def test_an_operation_whose_message_id_came_along_needs_no_look(make_post: Any) -> None:
    """A press brings the id of its message."""
    async with make_post() as post:
        await post.edit(77, "1", message_id="m77")
        assert post.done == ["edit 1"]


async def test_an_operation_waits_while_its_message_is_being_sent(make_post: Any) -> None:
    """Only when that has ended is it known whether there is an id."""
    async with make_post(certainty=BLIND) as post:
        post.line.answer(1, OutcomeUnknownError("no answer"))
        post.hold()
        key = await post.send("0", remember=True)
        await post.edit(key, "1")
        assert post.done == ["send 0"]
        await post.release()
        assert post.done == ["send 0", "send 1"]
