"""Replies, quotes, forwards, copies, pins, reactions, and keyboards that are none."""

from typing import Any

import pytest
from bot_client import Client

from posthouse.testing.telegram import SimPerson, Simulator, picture


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody to write to."""
    return sim.person("Ann")


@pytest.fixture
def where(ann: SimPerson) -> dict[str, int]:
    """Her chat, as a parameter."""
    return {"chat_id": ann.id}


async def test_a_reply_shows_what_it_answers(
    bot: Client, sim: Simulator, ann: SimPerson, where: dict[str, int]
) -> None:
    """Whole or quoted, from here or from elsewhere, or nothing where that is allowed."""
    said = await ann.says("long words")
    answer: dict[str, Any] = {"message_id": said.id}
    sent = await bot("sendMessage", text="x", reply_parameters=answer, **where)
    assert sent["reply_to_message"]["text"] == "long words"
    quote = answer | {"quote": "<b>words</b>", "quote_parse_mode": "HTML", "quote_position": 5}
    sent = await bot("sendMessage", text="x", reply_parameters=quote, **where)
    assert (sent["quote"]["text"], sent["quote"]["position"]) == ("words", 5)
    assert sent["quote"]["entities"][0]["type"] == "bold"
    group = sim.supergroup("Friends", ann, sim.bot())
    told = await ann.at(group).says("/there")
    other = {"message_id": told.id, "chat_id": group.id}
    sent = await bot("sendMessage", text="x", reply_parameters=other, **where)
    assert sent["external_reply"]["origin"]["sender_user"]["id"] == ann.id
    gone = {"message_id": 999, "allow_sending_without_reply": True}
    sent = await bot("sendMessage", text="x", reply_parameters=gone, **where)
    assert "reply_to_message" not in sent
    threaded = await bot("sendMessage", chat_id=group.id, text="x", message_thread_id=told.id)
    assert threaded["message_thread_id"] == told.id


async def test_forwards_say_where_they_come_from(
    bot: Client, sim: Simulator, ann: SimPerson, where: dict[str, int]
) -> None:
    """A person, a channel; a copy says nothing; what is protected stays."""
    channel = sim.channel("News", ann, sim.bot())
    post = await bot("sendMessage", chat_id=channel.id, text="news")
    source = {"from_chat_id": channel.id, "message_id": post["message_id"]}
    forwarded = await bot("forwardMessage", **source, **where)
    assert forwarded["forward_origin"]["type"] == "channel"
    again = {"from_chat_id": ann.id, "message_id": forwarded["message_id"]}
    twice = await bot("forwardMessage", protect_content=True, **again, **where)
    assert twice["forward_origin"] == forwarded["forward_origin"]
    copied = await bot("copyMessage", **source, **where)
    assert "forward_origin" not in ann.chat.messages[copied["message_id"]].body
    protected = {"from_chat_id": ann.id, "message_id": twice["message_id"]}
    assert "can't be forwarded" in await bot.refusal("forwardMessage", **protected, **where)
    assert "can't be copied" in await bot.refusal("copyMessage", **protected, **where)
    several = {"from_chat_id": channel.id, "message_ids": [post["message_id"], 999]}
    assert len(await bot("forwardMessages", **several, **where)) == 1
    assert len(await bot("copyMessages", **several, **where)) == 1
    nothing = {"from_chat_id": channel.id, "message_ids": [999]}
    assert "message to copy not found" in await bot.refusal("copyMessages", **nothing, **where)


async def test_a_copy_may_have_another_caption(
    bot: Client, ann: SimPerson, where: dict[str, int]
) -> None:
    """Or none."""
    photo = await bot("sendPhoto", photo=picture(9, 9), caption="old", chat_id=ann.id)
    source = {"from_chat_id": ann.id, "message_id": photo["message_id"]}
    copied = await bot("copyMessage", caption="new", **source, **where)
    assert ann.chat.messages[copied["message_id"]].content == "new"
    ids = {"from_chat_id": ann.id, "message_ids": [photo["message_id"]]}
    (copied,) = await bot("copyMessages", remove_caption=True, **ids, **where)
    assert ann.chat.messages[copied["message_id"]].content == ""
    dice = await bot("sendDice", **where)
    again = {"from_chat_id": ann.id, "message_id": dice["message_id"]}
    assert "can't be copied" in await bot.refusal("copyMessage", **again, **where)


async def test_lists_of_messages_have_bounds(bot: Client, where: dict[str, int]) -> None:
    """None and more than a hundred are refused."""
    for ids, why in (([], "are not specified"), (list(range(101)), "too many message identifiers")):
        assert why in await bot.refusal("deleteMessages", message_ids=ids, **where)


async def test_pins_come_and_go(bot: Client, ann: SimPerson, where: dict[str, int]) -> None:
    """The newest is shown; deleting unpins."""
    ids = [(await bot("sendMessage", text=text, **where))["message_id"] for text in "abc"]
    for one in ids:
        await bot("pinChatMessage", message_id=one, **where)
    await bot("pinChatMessage", message_id=ids[0], **where)
    assert (await bot("getChat", **where))["pinned_message"]["text"] == "a"
    await bot("unpinChatMessage", **where)
    await bot("deleteMessage", message_id=ids[2], **where)
    assert ann.chat.pinned == [ids[1]]
    await bot("unpinAllChatMessages", **where)
    assert "message to unpin not found" in await bot.refusal("unpinChatMessage", **where)
    assert "message to pin not found" in await bot.refusal("pinChatMessage", message_id=99, **where)
    assert "identifier is not specified" in await bot.refusal("pinChatMessage", **where)


async def test_reactions_are_those_that_exist(
    bot: Client, sim: Simulator, ann: SimPerson, where: dict[str, int]
) -> None:
    """One for a bot; posts count those of people."""
    said = await ann.says("hi")
    heart = {"type": "emoji", "emoji": "❤️"}
    await bot("setMessageReaction", message_id=said.id, reaction=[heart], **where)
    assert said.reactions[123] == [heart]
    await bot("setMessageReaction", message_id=said.id, **where)
    assert said.reactions == {}
    for reaction, why in (
        ([heart, heart], "REACTIONS_TOO_MANY"),
        ([{"type": "emoji", "emoji": "🫖"}], "REACTION_INVALID"),
        ([{"type": "paid"}], "REACTION_INVALID"),
    ):
        assert why in await bot.refusal(
            "setMessageReaction", message_id=said.id, reaction=reaction, **where
        )
    channel = sim.channel("News", ann, sim.bot())
    post = await bot("sendMessage", chat_id=channel.id, text="news")
    await bot("getUpdates", allowed_updates=["message_reaction_count"], offset=-1)
    await ann.at(channel).reacts("👍", to=channel.messages[post["message_id"]])
    update = (await bot("getUpdates"))[-1]
    assert update["message_reaction_count"]["reactions"] == [
        {"type": {"type": "emoji", "emoji": "👍"}, "total_count": 1}
    ]


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ([], "object expected as reply markup"),
        ({"inline_keyboard": {}}, "Inline keyboard must be of type Array"),
        ({"inline_keyboard": [[{"text": "A"}]]}, "Text buttons are unallowed"),
        ({"inline_keyboard": [[{"text": "A", "url": "nowhere"}]]}, "BUTTON_URL_INVALID"),
        ({"keyboard": [[5]]}, "KeyboardButton"),
        (
            {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]] * 101},
            "reply markup is too long",
        ),
    ],
)
async def test_a_keyboard_that_is_none_is_refused(
    markup: object, why: str, bot: Client, where: dict[str, int]
) -> None:
    """Also by a lenient simulator."""
    bot.sim._api.is_strict = False
    assert why in await bot.refusal("sendMessage", text="x", reply_markup=markup, **where)


async def test_places_contacts_dice_and_drafts(
    bot: Client, ann: SimPerson, where: dict[str, int]
) -> None:
    """A live place moves until it stops."""
    point = {"latitude": 1.5, "longitude": 2.5}
    live = await bot("sendLocation", live_period=900, horizontal_accuracy=5.0, **point, **where)
    there = {**where, "message_id": live["message_id"]}
    moved = await bot("editMessageLiveLocation", latitude=1.6, longitude=2.5, **there)
    assert moved["location"]["latitude"] == 1.6
    stopped = await bot("stopMessageLiveLocation", **there)
    assert "live_period" not in stopped["location"]
    assert "can't be edited" in await bot.refusal("stopMessageLiveLocation", **there)
    assert "can't be edited" in await bot.refusal("editMessageLiveLocation", **point, **there)
    assert "wrong emoji" in await bot.refusal("sendDice", emoji="🫖", **where)
    assert "wrong parameter action" in await bot.refusal("sendChatAction", action="flying", **where)
    await bot("sendMessageDraft", draft_id=5, text="writing", **where)
    assert ann.chat.drafts == {5: "writing"}


async def test_media_are_exchanged(bot: Client, ann: SimPerson, where: dict[str, int]) -> None:
    """A photo becomes a file; a place cannot."""
    photo = await bot("sendPhoto", photo=picture(9, 9), caption="x", chat_id=ann.id)
    there = {"chat_id": ann.id, "message_id": photo["message_id"]}
    media = {"type": "document", "media": "attach://f", "caption": "<b>y</b>", "parse_mode": "HTML"}
    changed = await bot("editMessageMedia", media=media, f=b"content", **there)
    assert (changed["caption"], "photo" in changed) == ("y", False)
    above = await bot("editMessageCaption", caption="z", show_caption_above_media=True, **there)
    assert above["show_caption_above_media"] is True
    place = await bot("sendLocation", latitude=1.5, longitude=2.5, **where)
    there["message_id"] = place["message_id"]
    known = {"type": "document", "media": changed["document"]["file_id"]}
    assert "no media in the message" in await bot.refusal("editMessageMedia", media=known, **there)
    assert "no caption in the message" in await bot.refusal("editMessageCaption", **there)
    assert "MESSAGE_ID_INVALID" in await bot.refusal(
        "editMessageText", inline_message_id="5", text="x"
    )


async def test_polls_and_quizzes_have_bounds(bot: Client, where: dict[str, int]) -> None:
    """Questions, options, answers."""
    options = [{"text": "yes"}, {"text": "<b>no</b>", "text_parse_mode": "HTML"}]
    quiz = await bot(
        "sendPoll",
        question="*Tea*?",
        question_parse_mode="Markdown",
        options=options,
        type="quiz",
        correct_option_ids=[1],
        explanation="_why_",
        explanation_parse_mode="Markdown",
        open_period=60,
        **where,
    )
    poll = quiz["poll"]
    assert poll["question_entities"][0]["type"] == "bold"
    assert poll["options"][1]["text_entities"][0]["type"] == "bold"
    assert poll["explanation_entities"][0]["type"] == "italic"
    for wrong, why in (
        ({"question": "?", "options": options, "type": "quiz"}, "wrong correct option ID"),
        ({"question": " ", "options": options}, "question must be non-empty"),
        ({"question": "?", "options": [{"text": " "}]}, "options length must be non-empty"),
        ({"question": "?", "options": [{"text": "x" * 101}]}, "options length must not exceed 100"),
        ({"question": "?", "options": options * 7}, "can't have more than 12"),
    ):
        assert why in await bot.refusal("sendPoll", **wrong, **where)
    said = await bot("sendMessage", text="x", **where)
    there = {**where, "message_id": said["message_id"]}
    assert "message is not a poll" in await bot.refusal("stopPoll", **there)
