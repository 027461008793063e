"""How a message gets from a call into a chat: replies, topics, keyboards, options."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call
from posthouse.testing.telegram.markup.reading import read_text
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Chat, Message
from posthouse.testing.telegram.wire import Json

GENERAL_TOPIC = 1


def send(call: Call, content: Json, *, chat: Chat | None = None, **more: Any) -> Message:
    """Write a message as a call says."""
    chat = chat or call.chat_to_write()
    keyboard = call.read_keyboard() if "reply_markup" in call.arguments else None
    extra = reply(call, chat) | thread(call, chat) | more
    if call.flag("protect_content"):
        extra["has_protected_content"] = True
    if call.has("message_effect_id") and chat.kind == "private":
        extra["effect_id"] = call.text("message_effect_id")
    if keyboard is not None and keyboard.get("inline_keyboard"):
        content = content | {"reply_markup": keyboard}
    message = call.world.post(chat, content, call.bot, **extra)
    if keyboard is not None and "inline_keyboard" not in keyboard:
        message.keyboard = keyboard
        if not keyboard.get("force_reply"):
            chat.keyboard = message
    return message


def answer(call: Call, content: Json, **more: Any) -> Any:
    """Write a message and answer with it."""
    return call.seen(send(call, content, **more).body)


def thread(call: Call, chat: Chat) -> Json:
    """The topic a message belongs to."""
    thread_id = call.number("message_thread_id")
    if not thread_id or (chat.is_forum and thread_id == GENERAL_TOPIC):
        return {}
    if not chat.is_forum:
        if chat.kind == "supergroup" and thread_id in chat.messages:
            return {"message_thread_id": thread_id}
        raise refuse(refusals.THREAD_MISSING)
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise refuse(refusals.THREAD_MISSING)
    if topic.is_closed and not chat.member(call.bot.id).may("can_manage_topics"):
        raise refuse(refusals.TOPIC_CLOSED)
    return {"message_thread_id": thread_id, "is_topic_message": True}


def reply(call: Call, chat: Chat) -> Json:
    """What a message answers."""
    wanted = call.json("reply_parameters")
    if not isinstance(wanted, dict) or not wanted.get("message_id"):
        return {}
    place = chat
    if wanted.get("chat_id") not in {None, "", chat.id, str(chat.id)}:
        place = call.world.find_chat(call.bot, str(wanted["chat_id"]))
    found = place.messages.get(int(wanted["message_id"]))
    if found is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise refuse(refusals.TO_REPLY_MISSING)
    if place is not chat:
        return {"external_reply": _external(found)} | _quote(call, wanted)
    bare = {key: part for key, part in found.body.items() if key not in _NOT_QUOTED}
    return {"reply_to_message": bare} | _quote(call, wanted)


_NOT_QUOTED = {"reply_to_message", "reply_markup"}


def _external(found: Message) -> Json:
    return {
        "origin": origin(found),
        "chat": found.chat.as_json(),
        "message_id": found.id,
    }


def _quote(call: Call, wanted: Json) -> Json:
    if not wanted.get("quote"):
        return {}
    text, entities = read_text(
        wanted["quote"],
        str(wanted.get("quote_parse_mode") or ""),
        wanted.get("quote_entities"),
        call.user,
    )
    found = {"text": text, "position": int(wanted.get("quote_position") or 0), "is_manual": True}
    return {"quote": found | ({"entities": entities} if entities else {})}


def origin(message: Message) -> Json:
    """Where a message comes from, for those who forward it."""
    body = message.body
    if "forward_origin" in body:
        known: Json = body["forward_origin"]
        return known
    if "sender_chat" in body:
        kind = "channel" if message.chat.kind == "channel" else "chat"
        key = "chat" if kind == "channel" else "sender_chat"
        found = {"type": kind, "date": body["date"], key: body["sender_chat"]}
        return found | ({"message_id": message.id} if kind == "channel" else {})
    return {"type": "user", "date": body["date"], "sender_user": body["from"]}
