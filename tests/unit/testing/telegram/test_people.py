"""People act by script, in the test's own process or over HTTP."""

from typing import Any

import pytest
from bot_client import Client

from posthouse.errors import PortTakenError, SetupError
from posthouse.testing.telegram import SimPerson, Simulator


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody."""
    return sim.person("Ann", username="ann_b")


async def test_what_people_send_reaches_the_bot(bot: Client, ann: SimPerson) -> None:
    """Texts, pictures, files, albums, places, contacts, edits, forwards."""
    said = await ann.says("/start now")
    await ann.sends_photo(caption="#tea")
    await ann.sends_file("v.ogg", b"ogg", kind="voice")
    album = await ann.sends_album(3, caption="three")
    await ann.sends_location(52.5, 13.4)
    await ann.sends_contact("+4930123")
    await ann.edits("/start again", old="/start now")
    await ann.forwards(said)
    found = await bot("getUpdates")
    messages = [one.get("message", one.get("edited_message")) for one in found]
    assert messages[0]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert messages[0]["from"]["username"] == "ann_b"
    assert messages[1]["caption_entities"][0]["type"] == "hashtag"
    assert messages[2]["voice"]["mime_type"] == "audio/ogg"
    assert len({one["media_group_id"] for one in messages[3:6]}) == 1
    assert [one.content for one in album] == ["three", "", ""]
    assert messages[6]["location"] == {"latitude": 52.5, "longitude": 13.4}
    assert messages[7]["contact"]["user_id"] == ann.id
    assert "edited_message" in found[8]
    assert messages[8]["text"] == "/start again"
    assert messages[9]["forward_origin"]["sender_user"]["id"] == ann.id


async def test_a_person_sees_what_bots_do(bot: Client, ann: SimPerson) -> None:
    """Texts, buttons, choices, what is new since she acted."""
    keyboard = {"keyboard": [["Yes", {"text": "No"}]]}
    await bot("sendMessage", chat_id=ann.id, text="well?", reply_markup=keyboard)
    assert (ann.sees, ann.choices, ann.answers) == ("well?", ["Yes", "No"], ["well?"])
    await ann.presses("Yes")
    assert ann.answers == []
    sent = await bot("sendMessage", chat_id=ann.id, text="fine")
    assert (await ann.waits_for("fin")).id == sent["message_id"]
    await bot("sendChatAction", chat_id=ann.id, action="typing")
    assert ann.chat.actions == [(123, "typing")]


async def test_waiting_in_vain_tells_what_was_said(ann: SimPerson) -> None:
    """So that a failed test explains itself."""
    await ann.says("hi")
    with pytest.raises(AssertionError, match=r"Ann waited 0.01 s in vain .*\n.*\n  Ann: 'hi'"):
        await ann.waits_for("hello", within_s=0.01)
    with pytest.raises(AssertionError, match=r"sees no button 'Go'; there are none at all"):
        await ann.presses("Go")
    with pytest.raises(AssertionError, match="nobody has shown Ann anything"):
        _ = ann.sees
    with pytest.raises(AssertionError, match="Ann has written no message 'x'"):
        await ann.edits("y", old="x")


async def test_a_token_and_an_id_have_to_be_good(sim: Simulator, ann: SimPerson) -> None:
    """The error says what to do."""
    with pytest.raises(SetupError, match="such as 123:secret"):
        sim.add_bot("nonsense")
    with pytest.raises(ValueError, match="is somebody else's"):
        sim.person("Bo", id=ann.id)
    port = int(sim.base_url.rpartition(":")[2])
    with pytest.raises(PortTakenError, match=r"cannot listen on 127\.0\.0\.1"):
        await Simulator(port=port).__aenter__()


# --- over HTTP


async def test_another_process_acts_as_a_person(bot: Client, sim: Simulator) -> None:
    """It says, presses, looks; what a person cannot do is an error of its own."""

    async def control(path: str, **body: Any) -> tuple[int, Any]:
        url = f"{sim.base_url}/control/{path}"
        async with bot.session.post(url, json=body) as response:
            return response.status, await response.json()

    status, said = await control("do", person="Bo", does="says", **{"with": ["hi"]})
    assert (status, said["text"]) == (200, "hi")
    bo = said["from"]["id"]
    keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await bot("sendMessage", chat_id=bo, text="hello", reply_markup=keys)
    _, seen = await control("look", person="Bo")
    assert (seen["answers"], seen["buttons"]) == (["hello"], ["A"])
    _, query = await control("do", person="Bo", does="presses", **{"with": ["A"]})
    assert query["query"]["data"] == "a"
    _, group = await control("chats", kind="supergroup", title="G", people=["Bo"], bots=[123])
    await control("do", person="Bo", chat=group["id"], does="says", **{"with": ["/go"]})
    assert (await bot("getUpdates"))[-1]["message"]["chat"]["id"] == group["id"]
    _, fault = await control("faults", kind="too_many", retry_after_s=4)
    assert fault["retry_after_s"] == 4
    assert "retry after 4" in await bot.refusal("getMe")
    _, journal = await control("journal", method="getMe")
    assert [one["status"] for one in journal] == [429]
    assert await control("flood", is_on=True) == (200, {"is_on": True})
    assert sim.flood.is_on
    for path, body, code, words in (
        ("nope", {}, 404, "there are: do, look"),
        ("do", {"person": "Bo", "does": "flies"}, 400, "nobody can do 'flies'"),
        ("do", {"person": "Bo", "does": "presses", "with": ["B"]}, 409, "sees no button 'B'"),
        ("look", {"person": "Bo", "chat": -5}, 400, "there is no chat -5"),
        ("look", {"person": "Bo", "bot": 5}, 400, "there is no bot 5"),
        ("look", {}, 400, "person"),
    ):
        status, found = await control(path, **body)
        assert status == code
        assert words in found["error"]
