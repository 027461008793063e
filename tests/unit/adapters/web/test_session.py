import asyncio
import json

from posthouse.adapters.web.hub import RESTART, TOO_SLOW
from posthouse.adapters.web.session import MISTAKES, POLICY
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.model.text import Text
from posthouse.model.update import Edit, Press, Reaction, Status
from posthouse.ports.adapter import Delivery
from tests.unit.adapters.web.fakes import FakeReceiver, House, send


async def test_a_page_is_welcomed_and_shown_what_there_is(house: House) -> None:
    """Own chat first, then those everyone reads."""
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "hello"))
    await house.adapter.deliver(send(2, "board", "news"))
    async with house.browser.socket() as socket:
        welcome = await socket.next()
        assert [chat["id"] for chat in welcome["chats"]] == [ann, "board"]
        assert [chat["unread"] for chat in welcome["chats"]] == [1, 1]
        assert (welcome["title"], welcome["commands"]) == ("Demo", [["start", "Begin"]])
        pages = [await socket.next("history") for _ in range(2)]
        assert [page["messages"][0]["id"] for page in pages] == ["b1", "b2"]
        assert (await socket.next())["t"] == "synced"


async def test_what_is_said_is_acknowledged_once_update_and_history_are_durable(
    house: House,
) -> None:
    """Neither alone is enough."""
    house.receiver.at_once = False
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        house.database.hold()
        socket.say(t="say", id="c1", text="hi")
        assert await socket.silent()
        house.receiver.settle()
        assert await socket.silent()
        house.database.free()
        said = await socket.next()
        assert (said["t"], said["id"], said["content"]) == (
            "message",
            "pc1",
            {"text": {"plain": "hi"}},
        )
        assert await socket.next() == {"t": "ack", "id": "c1", "message_id": "pc1"}
        socket.say(t="say", id="c2", text="again")
        await socket.next("message")
        assert await socket.silent()
        house.receiver.settle()
        assert (await socket.next())["id"] == "c2"


async def test_what_is_repeated_is_acknowledged_again_and_kept_once(house: House) -> None:
    """The client's id decides, also on another connection."""
    ann = await house.browser.enter()
    for _ in range(2):
        async with house.browser.socket() as socket:
            await socket.next("synced")
            socket.say(t="say", id="c1", text="hi")
            assert (await socket.next("ack"))["id"] == "c1"
    async with house.browser.socket() as socket:
        page = await socket.next("history")
        assert [one["id"] for one in page["messages"]] == ["pc1"]
    assert [one.update_id for one in house.receiver.received] == [f"{ann}:c1"]


async def test_a_broken_connection_loses_and_doubles_nothing(house: House) -> None:
    """The page asks for what came after the last number it saw."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        await house.adapter.deliver(send(1, ann, "one"))
        seen = (await socket.next("message"))["seq"]
    await house.adapter.deliver(send(2, ann, "two"))
    await house.start()  # the process, too, was another one
    await house.adapter.deliver(send(2, ann, "two"))
    await house.adapter.deliver(send(3, "board", "three"))
    async with house.browser.socket(hello=seen) as socket:
        frames = await socket.until("synced")
    assert not frames[0]["fresh"]
    assert [frame["id"] for frame in frames if frame["t"] == "message"] == ["b2", "b3"]


async def test_changes_during_catching_up_are_not_missed(house: House) -> None:
    """Whatever the order of the writes, each change is seen by the time of `synced` or after."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket, asyncio.TaskGroup() as group:
        for number in range(1, 121):
            group.create_task(_deliver(house, number, ann))
        got: set[str] = set()
        while len(got) < 120:
            frame = await socket.next("message", "history")
            got |= {one["id"] for one in frame.get("messages", [frame])}
    assert got == {f"b{number}" for number in range(1, 121)}


async def _deliver(house: House, number: int, chat: str) -> None:
    await house.adapter.deliver(send(number, chat, str(number)))


async def test_after_a_long_absence_a_page_starts_afresh(house: House) -> None:
    """It gets the newest page, and older ones when it asks."""
    ann = await house.browser.enter()
    for number in range(1, 521):
        await house.adapter.deliver(send(number, ann, str(number)))
    async with house.browser.socket(hello=1) as socket:
        assert (await socket.next("welcome"))["fresh"]
        page = await socket.next("history")
        assert (page["messages"][-1]["id"], page["more"]) == ("b520", True)
        await socket.next("synced")
        before = page["messages"][0]["place"]
        socket.say(t="more", chat=ann, before=before)
        older = await socket.next("history")
        assert (older["messages"][-1]["place"], older["before"]) == (before - 1, before)
        socket.say(t="more", chat="someone else", before=5)
        assert await socket.silent()


async def test_a_page_many_changes_behind_gets_them_all(house: House) -> None:
    """In several steps."""
    ann = await house.browser.enter()
    for number in range(1, 131):
        await house.adapter.deliver(send(number, ann, str(number)))
    async with house.browser.socket(hello=1) as socket:
        frames = await socket.until("synced")
    assert [one["id"] for one in frames if one["t"] == "message"] == [
        f"b{number}" for number in range(2, 131)
    ]


async def test_an_overloaded_engine_keeps_the_order(house: House) -> None:
    """What follows a frame that was answered `later` is answered the same until it comes again."""
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        house.receiver.overloaded = True
        socket.say(t="say", id="c1", text="1")
        assert (await socket.next("later"))["id"] == "c1"
        house.receiver.overloaded = False
        socket.say(t="say", id="c2", text="2")
        assert (await socket.next("later"))["id"] == "c2"
        socket.say(t="say", id="c1", text="1")
        socket.say(t="say", id="c2", text="2")
        assert (await socket.next("ack"))["id"] == "c1"
        assert (await socket.next("ack"))["id"] == "c2"
    assert house.receiver.texts == ["1", "2"]


async def test_a_database_that_cannot_write_answers_later(house: House) -> None:
    """The page repeats, and then all is well."""
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        house.database.broken = True
        socket.say(t="say", id="c1", text="1")
        assert (await socket.next("later"))["id"] == "c1"
        socket.say(t="delete", id="c2", message_id="pc1")
        assert (await socket.next("later"))["id"] == "c2"
        house.database.broken = False
        socket.say(t="say", id="c1", text="1")
        socket.say(t="delete", id="c2", message_id="pc1")
        assert (await socket.next("ack", "later")) == {"t": "ack", "id": "c1", "message_id": "pc1"}
        assert (await socket.next("ack", "later")) == {"t": "ack", "id": "c2"}


async def test_what_is_too_long_is_refused_and_the_connection_lives(house: House) -> None:
    """A message of 1 MB, and one of several."""
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        for size in (65_537, 1_000_000, 3_000_000):
            socket.say(t="say", id=f"c{size}", text="x" * size)
            refused = await socket.next()
            assert (refused["t"], refused["id"]) == ("refused", f"c{size}")
            assert "too long" in refused["reason"]
        socket.say(t="say", id="c4", text="ü" * 32_768)
        assert (await socket.next("ack"))["id"] == "c4"


async def test_what_is_no_frame_is_refused_until_there_are_too_many(house: House) -> None:
    """One with an id is set aside, where it can be looked into."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.raw("no json")
        assert (await socket.next())["t"] == "refused"
        socket.raw(b"bytes")
        assert (await socket.next())["t"] == "refused"
        socket.raw('{"t":"say","id":"c1","text":5}')
        assert (await socket.next())["id"] == "c1"
        for _ in range(MISTAKES - 3):
            socket.raw("{}")
        await socket.next("closed")
        assert socket.close_code == POLICY
    [(update_id, body, _)] = house.receiver.set_aside
    assert (update_id, json.loads(body)["text"]) == (f"{ann}:c1", 5)


async def test_nobody_but_the_bot_writes_in_a_broadcast_chat(house: House) -> None:
    """Nor in chats that are not there."""
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", chat="board", text="spam")
        assert (await socket.next())["reason"] == "Only the bot writes here."
        socket.say(t="say", id="c2", chat="nowhere", text="spam")
        assert (await socket.next())["t"] == "refused"
        socket.say(t="say", id="c3", text=" \n")
        assert (await socket.next())["t"] == "refused"
        socket.say(t="press", id="c4", chat="nowhere", message_id="b1", payload="x")
        assert (await socket.next())["t"] == "refused"
        socket.say(t="say", id="c5", file="nothing")
        assert (await socket.next())["t"] == "refused"
    assert house.receiver.received == []


async def test_own_messages_can_be_changed_and_taken_back(house: House) -> None:
    """Others cannot."""
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "mine"))
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", text="helo")
        socket.say(t="edit", id="c2", message_id="pc1", text="hello")
        assert (await socket.next("ack"))["id"] == "c1"
        changed = await socket.next("message")
        assert (changed["content"]["text"]["plain"], changed["edited"]) == ("hello", True)
        assert (await socket.next("ack"))["id"] == "c2"
        for frame in ({"t": "edit", "text": "x"}, {"t": "delete"}):
            for message in ("b1", "pnone"):
                socket.say(id="c3", message_id=message, **frame)
                assert (await socket.next())["t"] == "refused"
        socket.say(t="edit", id="c4", message_id="pc1", text="")
        assert (await socket.next())["t"] == "refused"
        socket.say(t="delete", id="c5", message_id="pc1")
        gone = await socket.next("message")
        assert (gone["deleted"], gone["content"]) == (True, {})
        assert (await socket.next("ack"))["id"] == "c5"
    assert [type(one.update) for one in house.receiver.received][1] is Edit


async def test_reactions_are_counted_and_each_knows_the_own(house: House) -> None:
    """In a chat that everyone reads."""
    await house.browser.enter()
    ben = house.new_browser()
    await ben.enter("Ben")
    await house.adapter.deliver(send(1, "board", "news"))
    async with house.browser.socket() as ann_page, ben.socket() as ben_page:
        await ann_page.next("synced")
        await ben_page.next("synced")
        for page, emoji in ((ann_page, ["👍"]), (ben_page, ["👍", "🎉"])):
            page.say(t="react", id="c1", chat="board", message_id="b1", emoji=emoji)
            await page.next("ack")
        assert (await ann_page.next("message"))["reactions"] == {"👍": 2, "🎉": 1}
        ben_page.say(t="react", id="c2", chat="board", message_id="none", emoji=[])
        assert (await ben_page.next("refused"))["id"] == "c2"
        ben_page.say(t="react", id="c3", chat="elsewhere", message_id="b1", emoji=[])
        assert (await ben_page.next("refused"))["id"] == "c3"
    async with ben.socket() as socket:
        pages = [await socket.next("history") for _ in range(2)]
    [message] = pages[1]["messages"]
    assert message["reactions"] == {"👍": 2, "🎉": 1}
    assert sorted(message["reacted"]) == ["🎉", "👍"]
    assert type(house.receiver.received[0].update) is Reaction


async def test_a_press_is_handed_over_and_answered(house: House) -> None:
    """The answer names the press."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="press", id="c1", chat=ann, message_id="b1", payload="abc")
        assert await socket.next() == {"t": "ack", "id": "c1"}
        [incoming] = house.receiver.received
        assert isinstance(incoming.update, Press)
        assert incoming.update.payload == "abc"
        answer = Outgoing(
            operation=Operation.ANSWER,
            press_id=incoming.update_id,
            content=Content(text=Text("Done")),
        )
        await house.adapter.deliver(Delivery(id=5, chat=ann, outgoing=answer))
        assert await socket.next() == {"t": "pressed", "id": "c1", "text": "Done"}


async def test_typing_and_reading_are_told_and_never_in_the_way(house: House) -> None:
    """Typing is passed on now and then, and reading resets what is unread."""
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "x"))
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="typing")
        socket.say(t="typing")
        socket.say(t="read", chat=ann, message_id="b1", place=1)
        socket.say(t="read", chat="elsewhere", message_id="b1", place=1)
        assert await socket.silent()
    assert [type(one.update) for one in house.receiver.received] == [Status, Status]
    async with house.browser.socket() as socket:
        [own, _] = (await socket.next("welcome"))["chats"]
    assert (own.get("unread", 0), own["read"]) == (0, 1)


async def test_two_pages_of_a_person_show_the_same(house: House) -> None:
    """And another person's shows nothing of it."""
    await house.browser.enter()
    other = house.new_browser()
    await other.enter("Ben")
    async with (
        house.browser.socket() as one,
        house.browser.socket() as two,
        other.socket() as three,
    ):
        for socket in (one, two, three):
            await socket.next("synced")
        one.say(t="say", id="c1", text="hi")
        assert (await two.next("message"))["id"] == "pc1"
        assert await three.silent()


async def test_a_page_that_reads_too_slowly_is_closed_and_catches_up(house: House) -> None:
    """Nobody waits for it."""
    ann = await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.reading.clear()
        big = "x" * 60_000
        for number in range(1, 160):
            await house.adapter.deliver(send(number, ann, big))
        await asyncio.sleep(1.1)  # how long it may take to be polite
        socket.reading.set()
        await asyncio.sleep(0)
    assert socket.close_code in (TOO_SLOW, None)
    async with house.browser.socket(hello=1) as socket:
        frames = await socket.until("synced")
    assert [one["id"] for one in frames if one["t"] == "message"][-1] == "b159"


async def test_stopping_answers_later_and_closing_sends_the_pages_away(house: House) -> None:
    """They come back on their own."""
    ann = await house.browser.enter()
    polling = asyncio.ensure_future(house.adapter.poll())  # noqa: TID251  the test owns it
    async with house.browser.socket() as socket:
        await socket.next("synced")
        await house.adapter.stop_polling()
        await polling
        socket.say(t="say", id="c1", text="late")
        assert (await socket.next())["t"] == "later"
        socket.raw('{"t":"say","id":"c2","text":5}')
        assert (await socket.next())["t"] == "refused"
        await house.adapter.deliver(send(1, ann, "still"))
        assert (await socket.next())["id"] == "b1"
        await house.adapter.aclose()
        await socket.next("closed")
        assert socket.close_code == RESTART
    async with house.browser.socket() as socket:
        await socket.next("closed")
        assert socket.close_code == RESTART
    await house.adapter.aclose()


async def test_a_session_outlives_a_receiver_that_never_settles(house: House) -> None:
    """Closing does not wait for it."""
    receiver: FakeReceiver = house.receiver
    receiver.at_once = False
    await house.browser.enter()
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", text="hi")
        await socket.next("message")
    receiver.settle()
