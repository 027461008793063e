"""Changes to messages that are there: edits, deletions, pins, reactions."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.methods.media import read_media
from posthouse.testing.telegram.methods.messages import read_ids, read_location
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Chat, Message
from posthouse.testing.telegram.wire import Json

DELETABLE_S = 48 * 3600
REACTIONS = frozenset(  # docs, ReactionTypeEmoji
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
_MEDIA = ("photo", "video", "animation", "document", "audio", "voice")
_WORDS = ("text", "entities", "caption", "caption_entities", "link_preview_options")


def _to_edit(call: Call) -> Message:
    """The message a call edits; only the bot's own, or posts it may edit."""
    if call.has("inline_message_id"):
        raise refuse("Bad Request: MESSAGE_ID_INVALID")
    chat = call.chat()
    message = call.message(chat, refusals.TO_EDIT_MISSING)
    may = chat.kind == "channel" and chat.member(call.bot.id).may("can_edit_messages")
    if message.author != call.bot.id and not may:
        raise refuse(refusals.CANT_EDIT)
    if "forward_origin" in message.body:
        raise refuse(refusals.CANT_EDIT)
    return message


def _change(call: Call, message: Message, content: Json, dropped: tuple[str, ...]) -> Any:
    """Put new content and the call's keyboard into a message."""
    old = message.body
    body = {key: part for key, part in old.items() if key not in {*dropped, "reply_markup"}}
    body |= content
    keyboard = call.read_keyboard()
    if keyboard is not None and keyboard.get("inline_keyboard"):
        body["reply_markup"] = keyboard
    if body == old:
        raise refuse(refusals.NOT_MODIFIED)
    call.world.edit(message, body)
    return call.seen(message.body)


def edit_message_text(call: Call) -> Any:
    """Give a text message another text."""
    message = _to_edit(call)
    content = call.read_message_text()
    if "text" not in message.body:
        raise refuse(refusals.NO_TEXT_TO_EDIT)
    return _change(call, message, content, _WORDS)


def edit_message_caption(call: Call) -> Any:
    """Give a photo or file another caption."""
    message = _to_edit(call)
    if not any(kind in message.body for kind in _MEDIA):
        raise refuse(refusals.NO_CAPTION_TO_EDIT)
    return _change(call, message, call.read_caption(), (*_WORDS, "show_caption_above_media"))


def edit_message_media(call: Call) -> Any:
    """Give a message another photo or file."""
    message = _to_edit(call)
    item = call.json("media")
    if not isinstance(item, dict):
        raise refuse(refusals.CANT_PARSE_MEDIA)
    if "text" not in message.body and not any(kind in message.body for kind in _MEDIA):
        raise refuse(refusals.NO_MEDIA_TO_EDIT)
    return _change(call, message, read_media(call, item), (*_WORDS, *_MEDIA, "has_media_spoiler"))


def edit_message_reply_markup(call: Call) -> Any:
    """Give a message other buttons, or none."""
    return _change(call, _to_edit(call), {}, ())


def edit_live_location(call: Call) -> Any:
    """Move a live location."""
    message = _to_edit(call)
    if "live_period" not in message.body.get("location", {}):
        raise refuse(refusals.CANT_EDIT)
    return _change(call, message, {"location": message.body["location"] | read_location(call)}, ())


def stop_live_location(call: Call) -> Any:
    """Let a live location stay where it is."""
    message = _to_edit(call)
    if "live_period" not in message.body.get("location", {}):
        raise refuse(refusals.CANT_EDIT)
    place = {key: message.body["location"][key] for key in ("latitude", "longitude")}
    return _change(call, message, {"location": place}, ())


# --- deletions


def delete_message(call: Call) -> bool:
    """Delete one message."""
    chat = call.chat()
    message = call.message(chat, refusals.TO_DELETE_MISSING)
    _check_deletion(call, chat, message)
    call.world.delete(message)
    return True


def delete_messages(call: Call) -> bool:
    """Delete several; those that are not there are passed over."""
    chat = call.chat()
    found = [chat.messages[one] for one in read_ids(call) if one in chat.messages]
    for message in found:
        _check_deletion(call, chat, message)
    for message in found:
        call.world.delete(message)
    return True


def _check_deletion(call: Call, chat: Chat, message: Message) -> None:
    member = chat.member(call.bot.id)
    is_old = call.world.now() - int(message.body["date"]) > DELETABLE_S
    if member.may("can_delete_messages"):
        return
    if is_old:
        raise refuse(refusals.CANT_DELETE_OLD)
    if chat.kind != "private" and message.author != call.bot.id:
        raise refuse(refusals.CANT_DELETE)


# --- pins


def pin_chat_message(call: Call) -> bool:
    """Pin a message; the chat is told."""
    chat = _pinnable(call)
    message = call.message(chat, refusals.TO_PIN_MISSING)
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    bare = {key: part for key, part in message.body.items() if key != "reply_to_message"}
    call.world.post(chat, {"pinned_message": bare}, call.bot)
    return True


def unpin_chat_message(call: Call) -> bool:
    """Unpin one message, the newest pinned one unless another is named."""
    chat = _pinnable(call)
    wanted = call.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if wanted not in chat.pinned:
        raise refuse(refusals.TO_UNPIN_MISSING)
    chat.pinned.remove(wanted)
    return True


def unpin_all(call: Call) -> bool:
    """Unpin everything."""
    _pinnable(call).pinned.clear()
    return True


def _pinnable(call: Call) -> Chat:
    chat = call.chat()
    right = "can_edit_messages" if chat.kind == "channel" else "can_pin_messages"
    if chat.kind != "private" and not chat.member(call.bot.id).may(right):
        raise refuse(refusals.NO_RIGHT_TO_PIN)
    return chat


# --- reactions


def set_message_reaction(call: Call) -> bool:
    """React to a message as the bot."""
    chat = call.chat()
    message = call.message(chat, refusals.TO_REACT_MISSING)
    wanted = call.json("reaction", [])
    if len(wanted) > 1:
        raise refuse(refusals.REACTIONS_TOO_MANY)
    for one in wanted:
        if one.get("type") == "emoji" and one["emoji"].replace("\ufe0f", "") not in REACTIONS:
            raise refuse(refusals.REACTION_INVALID)
        if one.get("type") == "paid":
            raise refuse(refusals.REACTION_INVALID)
    call.world.react(message, call.bot, wanted)
    return True


METHODS: dict[str, Handler] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageLiveLocation": edit_live_location,
    "stopMessageLiveLocation": stop_live_location,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all,
    "setMessageReaction": set_message_reaction,
}
