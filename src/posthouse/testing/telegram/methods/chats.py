"""Chats: what they are called, who is in them, leaving them."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Member, StoredFile
from posthouse.testing.telegram.wire import Json

MOST_TITLE = 128
MOST_DESCRIPTION = 255
_COLORS = 7


def get_chat(call: Call) -> Any:
    """Everything about a chat."""
    chat = call.chat()
    found = chat.as_json() | {
        "accent_color_id": abs(chat.id) % _COLORS,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }
    if "username" in chat.details:
        found["active_usernames"] = [chat.details["username"]]
    if chat.kind in {"group", "supergroup"}:
        found["permissions"] = chat.permissions
    if chat.pinned and (message := chat.messages.get(chat.pinned[-1])) is not None:
        found["pinned_message"] = message.body
    if chat.linked is not None:
        found["linked_chat_id"] = chat.linked.id
    if chat.photo is not None:
        found["photo"] = _photo(call, call.world.files[chat.photo])
    links = (one for one in chat.invites.values() if one.is_primary and not one.is_revoked)
    link = next((one.link for one in links), None)
    if link is not None and chat.member(call.bot.id).is_admin:
        found["invite_link"] = link
    return call.seen(found | chat.full)


def _photo(call: Call, stored: StoredFile) -> Json:
    sizes = call.world.files.describe(stored)
    small, big = sizes[0], sizes[-1]
    return {
        "small_file_id": small["file_id"],
        "small_file_unique_id": small["file_unique_id"],
        "big_file_id": big["file_id"],
        "big_file_unique_id": big["file_unique_id"],
    }


def get_chat_administrators(call: Call) -> list[Json]:
    """Who runs a chat; other bots are left out."""
    chat = call.chat()
    if chat.kind == "private":
        raise refuse(refusals.PRIVATE_HAS_NO_ADMINS)
    with_bots = call.flag("return_bots")
    return [
        member.as_json(call.world.user(user_id))
        for user_id, member in chat.members.items()
        if member.is_admin
        and (with_bots or user_id == call.bot.id or user_id not in call.world.bots)
    ]


def get_chat_member(call: Call) -> Json:
    """How somebody stands in a chat."""
    chat = call.chat()
    user_id = call.number("user_id")
    account = call.account()
    if chat.kind == "private" and user_id not in chat.members:
        raise refuse(refusals.USER_NOT_FOUND)
    asks_of_others = chat.kind == "channel" and user_id != call.bot.id
    if asks_of_others and not chat.member(call.bot.id).is_admin:
        raise refuse(refusals.MEMBERS_HIDDEN)
    return chat.member(user_id).as_json(account.user)


def get_chat_member_count(call: Call) -> int:
    """How many are in a chat."""
    return len(call.chat().inside())


def set_chat_title(call: Call) -> bool:
    """Call a chat something else."""
    chat = call.administered(
        "can_change_info", "Bad Request: not enough rights to change chat title"
    )
    title = call.text("title").strip()
    if not title:
        raise refuse(refusals.TITLE_EMPTY)
    title = title[:MOST_TITLE]
    if title == chat.title:
        raise refuse(refusals.TITLE_UNCHANGED)
    chat.details["title"] = title
    call.world.post(chat, {"new_chat_title": title}, call.bot)
    return True


def set_chat_description(call: Call) -> bool:
    """Say what a chat is about."""
    chat = call.administered(
        "can_change_info", "Bad Request: not enough rights to set chat description"
    )
    wanted = call.text("description").strip()[:MOST_DESCRIPTION]
    if wanted == chat.full.get("description", ""):
        raise refuse(refusals.DESCRIPTION_UNCHANGED)
    chat.full["description"] = wanted
    if not wanted:
        del chat.full["description"]
    return True


def set_chat_photo(call: Call) -> bool:
    """Give a chat a picture."""
    chat = call.administered(
        "can_change_info", "Bad Request: not enough rights to change chat photo"
    )
    upload = call.upload("photo")
    if upload is None:
        raise refuse(refusals.NO_MEDIA.format(kind="photo"))
    stored = call.world.files.keep("photo", upload, {})
    chat.photo = stored.number
    call.world.post(chat, {"new_chat_photo": call.world.files.describe(stored)}, call.bot)
    return True


def delete_chat_photo(call: Call) -> bool:
    """Take a chat's picture away."""
    chat = call.administered(
        "can_change_info", "Bad Request: not enough rights to change chat photo"
    )
    chat.photo = None
    call.world.post(chat, {"delete_chat_photo": True}, call.bot)
    return True


def set_chat_permissions(call: Call) -> bool:
    """Say what members may do."""
    chat = call.administered("can_restrict_members", refusals.NO_RIGHT_TO_RESTRICT)
    if chat.kind == "channel":
        raise refuse(refusals.WRONG_CHAT_KIND)
    wanted = call.json("permissions", {})
    chat.permissions = {name: bool(wanted.get(name)) for name in chat.permissions}
    return True


def leave_chat(call: Call) -> bool:
    """Leave a chat."""
    chat = call.chat()
    if chat.kind == "private":
        raise refuse("Bad Request: chat member status can't be changed in private chats")
    call.world.set_member(chat, call.bot, Member("left"), call.bot)
    return True


METHODS: dict[str, Handler] = {
    "getChat": get_chat,
    "getChatAdministrators": get_chat_administrators,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "setChatTitle": set_chat_title,
    "setChatDescription": set_chat_description,
    "setChatPhoto": set_chat_photo,
    "deleteChatPhoto": delete_chat_photo,
    "setChatPermissions": set_chat_permissions,
    "leaveChat": leave_chat,
}
