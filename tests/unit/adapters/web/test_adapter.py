from typing import Any

import pytest

from posthouse.adapters.web import WebAdapter
from posthouse.errors import (
    AdapterError,
    DecodeError,
    NotSentError,
    RejectedError,
    SettingsError,
)
from posthouse.model.capabilities import Level
from posthouse.model.media import Photo
from posthouse.model.outgoing import Content, Key, Operation, Outgoing
from posthouse.model.text import Text
from posthouse.ports.adapter import Certainty, Delivery
from tests.unit.adapters.web.fakes import House, send


def change(operation: Operation, chat: str, words: str = "", **more: Any) -> Delivery:
    """Return a delivery that changes something that is there."""
    content = Content(text=Text(words))
    outgoing = Outgoing(operation=operation, content=content, **more)
    return Delivery(id=99, chat=chat, outgoing=outgoing)


async def test_the_same_delivery_shows_one_message(house: House) -> None:
    """Sends are idempotent by the delivery's key, also after a restart."""
    ann = await house.browser.enter()
    assert house.adapter.profile.certainty is Certainty.IDEMPOTENT
    assert await house.adapter.deliver(send(1, ann, "hi")) == "b1"
    await house.start()
    assert await house.adapter.deliver(send(1, ann, "hi")) == "b1"
    async with house.browser.socket() as socket:
        page = await socket.next("history")
    assert [one["id"] for one in page["messages"]] == ["b1"]
    assert await house.adapter.confirm(send(1, ann, "hi")) == "b1"
    with pytest.raises(NotSentError):
        await house.adapter.confirm(send(2, ann, "hi"))


async def test_a_message_is_edited_and_deleted_in_place(house: House) -> None:
    """By its own id or by the key of its delivery."""
    ann = await house.browser.enter()
    first = send(1, ann, "one", rows=((Key("A", "p"),),), choices=(("yes",),))
    await house.adapter.deliver(first)
    async with house.browser.socket() as socket:
        await socket.next("synced")
        await house.adapter.deliver(change(Operation.EDIT, ann, "two", target=1))
        edited = await socket.next("message")
        assert (edited["content"]["text"]["plain"], edited["edited"]) == ("two", True)
        assert edited["content"]["choices"] == [["yes"]]
        assert "rows" not in edited["content"]
        await house.adapter.deliver(change(Operation.DELETE, ann, message_id="b1"))
        assert (await socket.next("message"))["deleted"]
        with pytest.raises(RejectedError):
            await house.adapter.deliver(change(Operation.EDIT, ann, "three", target=1))
        await house.adapter.deliver(change(Operation.DELETE, ann, target=1))
        with pytest.raises(RejectedError):
            await house.adapter.deliver(change(Operation.DELETE, ann, target=7))
        with pytest.raises(RejectedError):
            await house.adapter.deliver(change(Operation.EDIT, ann))


async def test_the_ready_answers_of_the_newest_message_hold(house: House) -> None:
    """Until one takes them away; a message that says nothing leaves them."""
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "?", choices=(("yes", "no"),)))
    await house.adapter.deliver(send(2, ann, "well"))
    async with house.browser.socket() as socket:
        assert (await socket.next())["chats"][0]["choices"] == [["yes", "no"]]
    await house.adapter.deliver(send(3, ann, "fine", choices=()))
    async with house.browser.socket() as socket:
        assert "choices" not in (await socket.next())["chats"][0]


async def test_a_broadcast_chat_is_seen_by_all(house: House) -> None:
    """And has no ready answers."""
    await house.browser.enter()
    ben = house.new_browser()
    await ben.enter("Ben")
    async with house.browser.socket() as one, ben.socket() as two:
        await one.next("synced")
        await two.next("synced")
        await house.adapter.deliver(send(1, "board", "news"))
        assert (await one.next())["id"] == (await two.next())["id"] == "b1"
    assert house.adapter.capabilities("board").choices is Level.DROPPED
    assert house.adapter.capabilities("ann").choices is Level.FULL


async def test_a_chat_of_the_staff_is_seen_by_the_staff_alone(house: House) -> None:
    """Nobody else sees that it is there, reads it, or presses what stands in it."""
    staff: set[str] = set()
    await house.start(
        {"staff_chats": ["board"]},
        roles_of=lambda person: frozenset({"staff"} if person in staff else ()),
    )
    ann, ben = house.browser, house.new_browser()
    staff.add(await ann.enter())
    await ben.enter("Ben")
    async with ann.socket() as one, ben.socket() as two:
        assert "board" in [chat["id"] for chat in (await one.next("welcome"))["chats"]]
        assert "board" not in [chat["id"] for chat in (await two.next("welcome"))["chats"]]
        await one.next("synced")
        await two.next("synced")
        await house.adapter.deliver(send(1, "board", "a card"))
        assert (await one.next())["id"] == "b1"
        two.say(t="press", id="c1", chat="board", message_id="b1", payload="x")
        assert (await two.next())["t"] == "refused"
    async with ben.socket() as two:  # nor what was said meanwhile
        ids = []
        while (frame := await two.next())["t"] != "synced":
            ids.append(frame.get("id"))
        assert "b1" not in ids


async def test_a_chat_of_the_staff_that_is_none_of_the_bots_is_named(house: House) -> None:
    """With those there are."""
    with pytest.raises(SettingsError, match=r"staff_chats names 'bord'.*there are: board"):
        await house.start({"staff_chats": ["bord"]})


@pytest.mark.parametrize(("titles", "expected"), [({"board": "All ads"}, "All ads"), ({}, "Board")])
async def test_shared_chats_have_titles(
    house: House, titles: dict[str, str], expected: str
) -> None:
    """Those of the settings; a chat without one is called by its name, made readable."""
    await house.start({"chat_titles": titles})
    ann = house.browser
    await ann.enter()
    async with ann.socket() as one:
        assert [chat["title"] for chat in (await one.next("welcome"))["chats"]][1:] == [expected]


async def test_a_title_of_no_chat_is_told(house: House) -> None:
    """With the names there are."""
    with pytest.raises(SettingsError, match=r"chat_titles names 'bord'.*there are: board"):
        await house.start({"chat_titles": {"bord": "All ads"}})


async def test_what_cannot_be_delivered_is_rejected(house: House) -> None:
    """Chats and files that are not there."""
    ann = await house.browser.enter()
    with pytest.raises(RejectedError, match="no chat"):
        await house.adapter.deliver(send(1, "nobody", "hi"))
    photo = Photo(key="nothing", width=1, height=1)
    with pytest.raises(RejectedError, match="nothing"):
        await house.adapter.deliver(send(1, ann, "hi", photos=(photo,)))


async def test_before_its_start_an_adapter_says_so() -> None:
    """Closing is always possible."""
    adapter = WebAdapter({})
    with pytest.raises(AdapterError):
        adapter.endpoints()
    with pytest.raises(DecodeError):
        adapter.decode(b"x")
    await adapter.aclose()


async def test_updates_decode_as_they_were_received(house: House) -> None:
    """The body holds all that is needed."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket:
        socket.say(t="say", id="c1", text="hi 👋")
        await socket.next("ack")
    [incoming] = house.receiver.received
    assert incoming.kind == "textmessage"
    assert incoming.chat == incoming.person == ann
    assert house.adapter.decode(incoming.body) == incoming.update


async def test_messages_that_everybody_sees_have_an_address(house: House) -> None:
    """It is one within the page; a private chat has none, since it is another for each."""
    ann = await house.browser.enter()
    assert house.adapter.permalink("board", "b1") == "#board/b1"
    assert house.adapter.permalink(ann, "b1") is None
