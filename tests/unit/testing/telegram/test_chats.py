"""What chats are called, who may do what in them, and their topics and links."""

from typing import Any

import pytest
from bot_client import Client

from posthouse.testing.telegram import Chat, SimPerson, Simulator, picture


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody."""
    return sim.person("Ann")


@pytest.fixture
def group(sim: Simulator, ann: SimPerson) -> Chat:
    """A forum in which the bot is an administrator, Ann the creator and Bo a member."""
    chat = sim.supergroup("Friends", ann, sim.person("Bo"), sim.bot(), is_forum=True)
    chat.members[sim.bot().id] = sim.admin(chat)
    return chat


@pytest.fixture
def where(group: Chat) -> dict[str, int]:
    """The group, as a parameter."""
    return {"chat_id": group.id}


async def test_a_chat_changes_its_face(bot: Client, group: Chat, where: dict[str, int]) -> None:
    """Title, description, picture, permissions; the chat is told of most."""
    await bot("setChatTitle", title=" Tea ", **where)
    await bot("setChatDescription", description="about tea", **where)
    await bot("setChatPhoto", photo=picture(200, 200), chat_id=group.id)
    await bot("setChatPermissions", permissions={"can_send_messages": True}, **where)
    link = await bot("exportChatInviteLink", **where)
    found = await bot("getChat", **where)
    assert (found["title"], found["description"]) == ("Tea", "about tea")
    assert found["photo"]["small_file_id"] != found["photo"]["big_file_id"]
    assert found["invite_link"] == link
    assert [name for name, may in found["permissions"].items() if may] == ["can_send_messages"]
    await bot("deleteChatPhoto", **where)
    await bot("setChatDescription", **where)
    found = await bot("getChat", **where)
    assert "photo" not in found
    assert "description" not in found
    assert [one.kinds for one in group.messages.values()] == [
        ["new_chat_title"],
        ["new_chat_photo"],
        ["delete_chat_photo"],
    ]


async def test_a_face_is_not_changed_to_itself(bot: Client, where: dict[str, int]) -> None:
    """Nor to nothing, nor without a picture."""
    assert "title can't be empty" in await bot.refusal("setChatTitle", title=" ", **where)
    assert "is not modified" in await bot.refusal("setChatTitle", title="Friends", **where)
    assert "is not modified" in await bot.refusal("setChatDescription", **where)
    assert "no photo in the request" in await bot.refusal("setChatPhoto", **where)


async def test_rights_are_needed(
    bot: Client, sim: Simulator, ann: SimPerson, group: Chat, where: dict[str, int]
) -> None:
    """And a chat of the kind that has them."""
    bo = sim.person("Bo").id
    group.members[123] = sim.admin(
        group, can_change_info=False, can_promote_members=False, can_invite_users=False,
        can_pin_messages=False, can_manage_topics=False, can_restrict_members=False,
    )  # fmt: skip
    for method, parameters in {
        "setChatTitle": {"title": "x"},
        "promoteChatMember": {"user_id": bo, "can_pin_messages": True},
        "createChatInviteLink": {},
        "pinChatMessage": {"message_id": 1},
        "createForumTopic": {"name": "x"},
        "setChatPermissions": {"permissions": {}},
    }.items():
        assert "not enough rights" in await bot.refusal(method, **parameters, **where)
    private = {"chat_id": ann.id}
    assert "there are no administrators" in await bot.refusal("getChatAdministrators", **private)
    assert "in private chats" in await bot.refusal("leaveChat", **private)
    assert "in private chats" in await bot.refusal("banChatMember", user_id=ann.id, **private)
    assert "user not found" in await bot.refusal("getChatMember", user_id=bo, **private)
    assert "not enough rights" in await bot.refusal("promoteChatMember", user_id=bo, **private)
    assert "invalid user_id" in await bot.refusal("getChatMember", user_id=0, **where)
    plain = sim.group("Plain", ann, sim.bot())
    plain.members[123] = sim.admin(plain)
    assert "only for supergroups" in await bot.refusal(
        "restrictChatMember", chat_id=plain.id, user_id=bo, permissions={}
    )
    channel = sim.channel("News", ann, sim.bot())
    assert "only for supergroups" in await bot.refusal(
        "setChatPermissions", chat_id=channel.id, permissions={}
    )


async def test_members_rise_and_fall(
    bot: Client, sim: Simulator, ann: SimPerson, group: Chat, where: dict[str, int]
) -> None:
    """Restricted, released, promoted, called something, demoted, banned with their messages."""
    bo = sim.person("Bo")
    user = {"user_id": bo.id}

    async def status() -> str:
        return str((await bot("getChatMember", **user, **where))["status"])

    await bot("restrictChatMember", permissions={"can_send_polls": True}, **user, **where)
    assert await status() == "restricted"
    all_rights = dict.fromkeys(group.permissions, True)
    await bot("restrictChatMember", permissions=all_rights, **user, **where)
    assert await status() == "member"
    await bot("promoteChatMember", can_pin_messages=True, **user, **where)
    await bot("setChatAdministratorCustomTitle", custom_title="Host", **user, **where)
    assert (await bot("getChatMember", **user, **where))["custom_title"] == "Host"
    assert "ADMIN_RANK_INVALID" in await bot.refusal(
        "setChatAdministratorCustomTitle", custom_title="x" * 17, **user, **where
    ) or "allowed are 0 to 16" in await bot.refusal(
        "setChatAdministratorCustomTitle", custom_title="x" * 17, **user, **where
    )
    assert "is an administrator" in await bot.refusal("banChatMember", **user, **where)
    await bot("promoteChatMember", **user, **where)
    assert "not an administrator" in await bot.refusal(
        "setChatAdministratorCustomTitle", custom_title="x", **user, **where
    )
    await bo.at(group).says("spam")
    await bot("banChatMember", revoke_messages=True, **user, **where)
    assert "spam" not in [one.content for one in group.messages.values()]
    await bot("unbanChatMember", only_if_banned=True, **user, **where)
    assert await status() == "left"
    assert "CHAT_ADMIN_REQUIRED" in await bot.refusal(
        "promoteChatMember", user_id=ann.id, can_pin_messages=True, **where
    )
    restricted = dict.fromkeys(group.permissions, False)
    group.members[123] = type(group.members[123])("restricted", is_member=True, **restricted)
    assert "not enough rights to send" in await bot.refusal("sendMessage", text="x", **where)


async def test_links_are_made_changed_and_revoked(bot: Client, where: dict[str, int]) -> None:
    """The main link is replaced when it goes."""
    first = await bot("exportChatInviteLink", **where)
    second = await bot("exportChatInviteLink", **where)
    assert first != second
    link = await bot("createChatInviteLink", name="door", member_limit=3, **where)
    where_link = {**where, "invite_link": link["invite_link"]}
    changed = await bot("editChatInviteLink", name="gate", **where_link)
    assert (changed["name"], "member_limit" in changed) == ("gate", False)
    assert (await bot("revokeChatInviteLink", **where_link))["is_revoked"] is True
    await bot("revokeChatInviteLink", invite_link=second, **where)
    assert (await bot("getChat", **where))["invite_link"] not in {first, second}
    assert "INVITE_HASH_EXPIRED" in await bot.refusal(
        "revokeChatInviteLink", invite_link="https://t.me/+x", **where
    )
    assert "member limit can't be specified" in await bot.refusal(
        "createChatInviteLink", member_limit=3, creates_join_request=True, **where
    )


async def test_topics_are_changed_hidden_and_emptied(
    bot: Client, sim: Simulator, group: Chat, where: dict[str, int]
) -> None:
    """The general one too."""
    thread = (await bot("createForumTopic", name="Plans", **where))["message_thread_id"]
    topic = {**where, "message_thread_id": thread}
    await bot("editForumTopic", name="Other plans", icon_custom_emoji_id="5", **topic)
    assert group.topics[thread].name == "Other plans"
    assert "TOPIC_NOT_MODIFIED" in await bot.refusal("editForumTopic", name="Other plans", **topic)
    await bot("closeForumTopic", **topic)
    group.members[123] = sim.admin(group, can_manage_topics=False)
    assert "TOPIC_CLOSED" in await bot.refusal("sendMessage", text="x", **topic)
    group.members[123] = sim.admin(group)
    await bot("reopenForumTopic", **topic)
    sent = await bot("sendMessage", text="x", **topic)
    await bot("pinChatMessage", message_id=sent["message_id"], **where)
    await bot("unpinAllForumTopicMessages", **topic)
    assert group.pinned == []
    await bot("hideGeneralForumTopic", **where)
    assert "TOPIC_NOT_MODIFIED" in await bot.refusal("hideGeneralForumTopic", **where)
    await bot("unhideGeneralForumTopic", **where)
    await bot("editGeneralForumTopic", name="All", **where)
    assert (await bot("sendMessage", text="x", message_thread_id=1, **where)).get(
        "is_topic_message"
    ) is None
    assert "TOPIC_ID_INVALID" in await bot.refusal(
        "deleteForumTopic", message_thread_id=999, **where
    )
    for wrong, why in (({"name": " "}, "name is empty"), ({"name": "x", "icon_color": 5}, "COLOR")):
        assert why in await bot.refusal("createForumTopic", **wrong, **where)


async def test_a_bot_tells_about_itself(bot: Client, ann: SimPerson) -> None:
    """By language; what is not set is the default."""
    await bot("setMyDescription", description="Tee", language_code="de")
    assert (await bot("getMyDescription", language_code="de"))["description"] == "Tee"
    assert (await bot("getMyDescription"))["description"] == ""
    assert (await bot("getMyName", language_code="fr"))["name"] == "Bot 123"
    assert "invalid language code" in await bot.refusal("getMyName", language_code="german")
    button = {"type": "web_app", "text": "Shop", "web_app": {"url": "https://a.b/"}}
    await bot("setChatMenuButton", chat_id=ann.id, menu_button=button)
    assert await bot("getChatMenuButton", chat_id=ann.id) == button
    assert await bot("getChatMenuButton") == {"type": "commands"}
    rights = dict.fromkeys(await bot("getMyDefaultAdministratorRights"), True)
    await bot("setMyDefaultAdministratorRights", rights=rights)
    assert (await bot("getMyDefaultAdministratorRights"))["can_manage_chat"] is True
    assert "BOT_COMMAND_DESCRIPTION_INVALID" in await bot.refusal(
        "setMyCommands", commands=[{"command": "tea", "description": ""}]
    )
    assert "known are all_chat_administrators" in await bot.refusal(
        "getMyCommands", scope={"type": "everywhere"}
    )


async def test_a_bot_leaves_the_cloud(bot: Client, sim: Simulator) -> None:
    """Afterwards it may do nothing; closing twice is refused."""
    await bot("close")
    assert "already been closed" in await bot.refusal("close")
    await bot("logOut")
    assert await bot.refusal("getMe") == "Logged out"


async def test_names_find_public_chats(bot: Client, sim: Simulator, ann: SimPerson) -> None:
    """Supergroups and channels with a name, not people; a public chat can be looked at."""
    channel = sim.channel("News", ann, username="Daily_news")
    found: dict[str, Any] = await bot("getChat", chat_id="@daily_NEWS")
    assert (found["id"], found["active_usernames"]) == (channel.id, ["Daily_news"])
    assert "chat not found" in await bot.refusal("getChat", chat_id="nobody")
    assert "chat_id is empty" in await bot.refusal("getChat")
    hidden = sim.supergroup("Hidden", ann)
    assert "chat not found" in await bot.refusal("getChat", chat_id=hidden.id)
