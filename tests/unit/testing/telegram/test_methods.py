"""Methods change what people see, and refuse as Telegram does."""

from typing import Any

import pytest
from bot_client import Client

from posthouse.testing import FakeClock
from posthouse.testing.telegram import Chat, SimPerson, Simulator, picture


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody to write to."""
    return sim.person("Ann")


@pytest.fixture
def group(sim: Simulator, ann: SimPerson) -> Chat:
    """A forum in which the bot is an administrator, Ann the creator and Bo a member."""
    chat = sim.supergroup("Friends", ann, sim.person("Bo"), sim.bot(), is_forum=True)
    chat.members[sim.bot().id] = sim.admin(chat)
    return chat


def updates(found: list[dict[str, Any]], kind: str) -> list[Any]:
    """The updates of a kind."""
    return [one[kind] for one in found if kind in one]


# --- messages


async def test_an_edit_shows_and_the_same_again_is_refused(bot: Client, ann: SimPerson) -> None:
    """The keyboard counts as part of the message."""
    sent = await bot("sendMessage", chat_id=ann.id, text="*a*", parse_mode="MarkdownV2")
    where = {"chat_id": ann.id, "message_id": sent["message_id"]}
    keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    assert "is not modified" in await bot.refusal(
        "editMessageText", text="<b>a</b>", parse_mode="HTML", **where
    )
    await bot("editMessageText", text="b", reply_markup=keys, **where)
    assert (ann.sees, ann.buttons) == ("b", ["A"])
    assert "is not modified" in await bot.refusal(
        "editMessageReplyMarkup", reply_markup=keys, **where
    )
    await bot("editMessageReplyMarkup", **where)
    assert ann.buttons == []


async def test_only_ones_own_messages_are_edited(bot: Client, ann: SimPerson) -> None:
    """And only with what fits them."""
    theirs = await ann.says("mine")
    assert await bot.refusal("editMessageText", chat_id=ann.id, message_id=theirs.id, text="x") == (
        "Bad Request: message can't be edited"
    )
    photo = await bot("sendPhoto", chat_id=ann.id, photo=picture(100, 50))
    assert "there is no text in the message to edit" in await bot.refusal(
        "editMessageText", chat_id=ann.id, message_id=photo["message_id"], text="x"
    )


async def test_text_is_counted_in_characters_after_parsing(bot: Client, ann: SimPerson) -> None:
    """4096 of them, whatever their markup; captions a quarter of that."""
    await bot("sendMessage", chat_id=ann.id, text="<b>" + "😀" * 4096 + "</b>", parse_mode="HTML")
    long = await bot.refusal("sendMessage", chat_id=ann.id, text="😀" * 4097)
    assert long == "Bad Request: message is too long"
    raw = await bot.refusal("sendMessage", chat_id=ann.id, text="x" * 32769)
    assert raw == "Bad Request: text is too long"
    caption = {"chat_id": ann.id, "photo": picture(9, 9), "caption": "x" * 1025}
    assert await bot.refusal("sendPhoto", **caption) == ("Bad Request: message caption is too long")


async def test_old_messages_of_others_stay(
    bot: Client, ann: SimPerson, group: Chat, sim: Simulator, clock: FakeClock
) -> None:
    """Forty-eight hours, unless the bot has the right."""
    mine = await bot("sendMessage", chat_id=ann.id, text="x")
    said = await ann.at(group).says("x")
    await clock.advance(48 * 3600 + 1)
    assert "message can't be deleted" in await bot.refusal(
        "deleteMessage", chat_id=ann.id, message_id=mine["message_id"]
    )
    assert await bot("deleteMessage", chat_id=group.id, message_id=said.id)
    assert said.id not in group.messages


async def test_albums_hold_what_goes_together(bot: Client, ann: SimPerson) -> None:
    """At most ten, photos with videos, files with files."""
    photo = (await bot("sendPhoto", chat_id=ann.id, photo=picture(100, 50)))["photo"][-1]
    file = (await bot("sendDocument", chat_id=ann.id, document=b"x"))["document"]
    one = {"type": "photo", "media": photo["file_id"]}
    other = {"type": "document", "media": file["file_id"]}
    sent = await bot("sendMediaGroup", chat_id=ann.id, media=[one, one])
    assert len({message["media_group_id"] for message in sent}) == 1
    for media, why in (
        ([one] * 11, "too many messages to send as an album"),
        ([one, other], "can't use the media of the specified type in the album"),
        ([{"type": "animation", "media": "x"}], 'type "animation" can\'t be used'),
        ([{"type": "photo", "media": "attach://nothing"}], "wrong file identifier"),
    ):
        assert why in await bot.refusal("sendMediaGroup", chat_id=ann.id, media=media)


async def test_files_come_back_as_they_went(bot: Client, ann: SimPerson, sim: Simulator) -> None:
    """From bots and from people; another bot's id is worth nothing."""
    await ann.sends_file("a.txt", b"content", caption="look")
    (update,) = await bot("getUpdates")
    file_id = update["message"]["document"]["file_id"]
    file = await bot("getFile", file_id=file_id)
    url = f"{sim.base_url}/file/bot123:secret/{file['file_path']}"
    async with bot.session.get(url) as response:
        assert await response.read() == b"content"
    sim.add_bot("456:other")
    assert "wrong file_id" in await bot.refusal("getFile", token="456:other", file_id=file_id)
    assert "can't use file of type Document as Photo" in await bot.refusal(
        "sendPhoto", chat_id=ann.id, photo=file_id
    )


async def test_photos_come_in_sizes_and_have_to_be_pictures(bot: Client, ann: SimPerson) -> None:
    """The sizes keep the shape; a picture too long is refused."""
    sizes = (await bot("sendPhoto", chat_id=ann.id, photo=picture(800, 400)))["photo"]
    assert [(one["width"], one["height"]) for one in sizes] == [(90, 45), (320, 160), (800, 400)]
    assert "IMAGE_PROCESS_FAILED" in await bot.refusal("sendPhoto", chat_id=ann.id, photo=b"x")
    assert "PHOTO_INVALID_DIMENSIONS" in await bot.refusal(
        "sendPhoto", chat_id=ann.id, photo=picture(2100, 100)
    )
    assert "file must be non-empty" in await bot.refusal(
        "sendDocument", chat_id=ann.id, document=b""
    )
    assert "failed to get HTTP URL content" in await bot.refusal(
        "sendDocument", chat_id=ann.id, document="https://example.org/a.txt"
    )


async def test_a_press_is_answered_once(bot: Client, ann: SimPerson) -> None:
    """The second answer comes too late."""
    keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await bot("sendMessage", chat_id=ann.id, text="x", reply_markup=keys)
    query = await ann.presses("A")
    (update,) = await bot("getUpdates")
    pressed = update["callback_query"]
    assert (pressed["data"], pressed["message"]["text"]) == ("a", "x")
    assert await bot("answerCallbackQuery", callback_query_id=pressed["id"], text="yes")
    assert query.answer is not None
    assert query.answer["text"] == "yes"
    assert "query is too old" in await bot.refusal(
        "answerCallbackQuery", callback_query_id=pressed["id"]
    )


async def test_polls_count(bot: Client, ann: SimPerson, sim: Simulator) -> None:
    """The bot hears of votes in polls that are not secret."""
    asked = {"question": "Tea?", "options": [{"text": "yes"}, {"text": "no"}]}
    poll = await bot("sendPoll", chat_id=ann.id, is_anonymous=False, **asked)
    await ann.votes("yes")
    found = await bot("getUpdates")
    assert updates(found, "poll")[0]["options"][0]["voter_count"] == 1
    assert updates(found, "poll_answer")[0]["option_ids"] == [0]
    closed = await bot("stopPoll", chat_id=ann.id, message_id=poll["message_id"])
    assert (closed["is_closed"], closed["total_voter_count"]) == (True, 1)
    assert "poll has already been closed" in await bot.refusal(
        "stopPoll", chat_id=ann.id, message_id=poll["message_id"]
    )
    assert "poll must have at least 1" in await bot.refusal(
        "sendPoll", chat_id=ann.id, question="?", options=[]
    )


# --- chats


async def test_a_privacy_bot_sees_only_what_is_meant_for_it(
    bot: Client, sim: Simulator, ann: SimPerson
) -> None:
    """In groups: commands, answers to it, and what the group tells."""
    group = sim.group("Friends", ann, sim.bot())
    there = ann.at(group)
    mine = await bot("sendMessage", chat_id=group.id, text="ask me")
    await there.says("hello all")
    await there.says("/tea")
    await there.says("/tea@somebody_else")
    await there.says("yes", reply_to=group.messages[mine["message_id"]])
    await sim.person("Bo").at(group).joins()
    seen = updates(await bot("getUpdates"), "message")
    assert [one.get("text") for one in seen] == ["/tea", "yes", None]
    assert seen[2]["new_chat_members"][0]["first_name"] == "Bo"


async def test_a_group_moves_when_it_becomes_a_supergroup(
    bot: Client, sim: Simulator, ann: SimPerson
) -> None:
    """Both chats are told, and the old one refuses with the new id."""
    group = sim.group("Friends", ann, sim.bot())
    new = sim.upgrade(group)
    found = await bot.answer("sendMessage", chat_id=group.id, text="x")
    assert found["parameters"] == {"migrate_to_chat_id": new.id}
    assert new.id < -(10**12)
    told = updates(await bot("getUpdates"), "message")
    assert [one.get("migrate_to_chat_id") for one in told] == [new.id, None]
    assert told[1]["migrate_from_chat_id"] == group.id


async def test_a_post_is_forwarded_to_the_discussion(
    bot: Client, sim: Simulator, ann: SimPerson, group: Chat
) -> None:
    """By Telegram itself; the bot learns of it in the group."""
    channel = sim.channel("News", ann, sim.bot())
    sim.discuss(channel, group)
    post = await bot("sendMessage", chat_id=channel.id, text="news")
    (message,) = updates(await bot("getUpdates"), "message")
    assert message["is_automatic_forward"] is True
    assert message["sender_chat"]["id"] == channel.id
    assert message["forward_origin"]["message_id"] == post["message_id"]
    assert message["chat"]["id"] == group.id
    assert (await bot("getChat", chat_id=channel.id))["linked_chat_id"] == group.id


async def test_who_is_thrown_out_is_told_apart(
    bot: Client, sim: Simulator, ann: SimPerson, group: Chat
) -> None:
    """A bot that was kicked, one that left, one that was stopped, one that may not post."""
    await ann.removes(sim.bot(), group)
    assert await bot.refusal("sendMessage", chat_id=group.id, text="x") == (
        "Forbidden: bot was kicked from the supergroup chat"
    )
    other = sim.group("Others", ann, sim.bot())
    await bot("leaveChat", chat_id=other.id)
    assert await bot.refusal("sendMessage", chat_id=other.id, text="x") == (
        "Forbidden: bot is not a member of the group chat"
    )
    await ann.blocks()
    assert await bot.refusal("sendMessage", chat_id=ann.id, text="x") == (
        "Forbidden: bot was blocked by the user"
    )
    changes = updates(await bot("getUpdates"), "my_chat_member")
    assert [one["new_chat_member"]["status"] for one in changes] == ["kicked", "left", "kicked"]
    await ann.unblocks()
    assert (await bot("sendMessage", chat_id=ann.id, text="x"))["text"] == "x"
    channel = sim.channel("News", ann)
    await ann.at(channel).adds(sim.bot(), can_post_messages=False)
    assert "need administrator rights" in await bot.refusal(
        "sendMessage", chat_id=channel.id, text="x"
    )


async def test_members_are_banned_and_restricted(
    bot: Client, sim: Simulator, ann: SimPerson, group: Chat
) -> None:
    """Not the creator, not without the right, not the bot itself."""
    bo = sim.person("Bo")
    where = {"chat_id": group.id}
    assert await bot("banChatMember", user_id=bo.id, **where)
    assert (await bot("getChatMember", user_id=bo.id, **where))["status"] == "kicked"
    assert "can't remove chat owner" in await bot.refusal("banChatMember", user_id=ann.id, **where)
    assert "can't restrict self" in await bot.refusal("banChatMember", user_id=123, **where)
    group.members[123] = sim.admin(group, can_restrict_members=False)
    assert "not enough rights to restrict" in await bot.refusal(
        "banChatMember", user_id=bo.id, **where
    )
    assert "user not found" in await bot.refusal("getChatMember", user_id=5, **where)


async def test_people_ask_to_be_let_in(bot: Client, sim: Simulator, group: Chat) -> None:
    """By a link that needs it; the bot lets them in or not."""
    link = await bot("createChatInviteLink", chat_id=group.id, creates_join_request=True)
    cy = sim.person("Cy", has_started=False)
    await cy.joins(group, link=link["invite_link"])
    (request,) = updates(await bot("getUpdates"), "chat_join_request")
    assert request["from"]["id"] == cy.id
    assert cy.id not in group.inside()
    assert await bot("approveChatJoinRequest", chat_id=group.id, user_id=cy.id)
    assert cy.id in group.inside()
    assert "HIDE_REQUESTER_MISSING" in await bot.refusal(
        "approveChatJoinRequest", chat_id=group.id, user_id=cy.id
    )
    await bot("revokeChatInviteLink", chat_id=group.id, invite_link=link["invite_link"])
    with pytest.raises(AssertionError, match="does not lead into"):
        await sim.person("Di").joins(group, link=link["invite_link"])


async def test_topics_are_opened_and_closed(bot: Client, ann: SimPerson, group: Chat) -> None:
    """A message goes into one that is there."""
    topic = await bot("createForumTopic", chat_id=group.id, name="Plans")
    thread = topic["message_thread_id"]
    where = {"chat_id": group.id, "message_thread_id": thread}
    assert (await bot("sendMessage", text="x", **where))["is_topic_message"] is True
    assert "message thread not found" in await bot.refusal(
        "sendMessage", chat_id=group.id, message_thread_id=999, text="x"
    )
    await bot("closeForumTopic", **where)
    assert "TOPIC_NOT_MODIFIED" in await bot.refusal("closeForumTopic", **where)
    await bot("deleteForumTopic", **where)
    assert all(one.body.get("message_thread_id") != thread for one in group.messages.values())
    assert "the chat is not a forum" in await bot.refusal(
        "createForumTopic", chat_id=ann.id, name="x"
    )


async def test_commands_are_kept_by_scope_and_language(
    bot: Client, ann: SimPerson, group: Chat
) -> None:
    """Exactly what was set is read, nothing is inherited."""
    tea = [{"command": "tea", "description": "make tea"}]
    scope = {"type": "chat", "chat_id": group.id}
    await bot("setMyCommands", commands=tea, scope=scope, language_code="de")
    assert await bot("getMyCommands") == []
    assert await bot("getMyCommands", scope=scope) == []
    assert await bot("getMyCommands", scope=scope, language_code="de") == tea
    await bot("deleteMyCommands", scope=scope, language_code="de")
    assert await bot("getMyCommands", scope=scope, language_code="de") == []
    for wrong in ("Tea time", "x" * 33, ""):
        assert "BOT_COMMAND_INVALID" in await bot.refusal(
            "setMyCommands", commands=[{"command": wrong, "description": "x"}]
        )


async def test_nobody_is_written_to_before_they_began(
    bot: Client, sim: Simulator, group: Chat
) -> None:
    """Known from a group or not at all; a first word changes it."""
    di = sim.person("Di", has_started=False)
    assert await bot.refusal("sendMessage", chat_id=di.id, text="x") == (
        "Forbidden: bot can't initiate conversation with a user"
    )
    await di.says("/start")
    assert (await bot("sendMessage", chat_id=di.id, text="x"))["chat"]["first_name"] == "Di"
    assert await bot.refusal("sendMessage", chat_id=5, text="x") == "Bad Request: chat not found"
    assert "the bot can't send messages to the bot" in await bot.refusal(
        "sendMessage", chat_id=123, text="x"
    )
