"""Texts, places, contacts, dice; forwards and copies; chat actions and drafts."""

import hashlib
from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.markup.reading import detect
from posthouse.testing.telegram.methods.sending import answer, origin, send, thread
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Chat, Message
from posthouse.testing.telegram.wire import Json

MOST_IDS = 100
MOST_FACES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "⚽️": 5, "🎰": 64}
CONTENT = frozenset(
    [
        "text",
        "entities",
        "caption",
        "caption_entities",
        "photo",
        "document",
        "video",
        "animation",
        "audio",
        "voice",
        "video_note",
        "sticker",
        "location",
        "venue",
        "contact",
        "dice",
        "poll",
        "show_caption_above_media",
        "has_media_spoiler",
        "link_preview_options",
    ]
)
"""Fields of a message that a copy has too."""
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
        "record_audio",
        "upload_audio",
    ]
)


def send_message(call: Call) -> Any:
    """Write a text."""
    chat = call.chat_to_write()
    content = call.read_message_text()
    options = call.json("link_preview_options")
    if isinstance(options, dict) and any(one["type"] == "url" for one in detect(content["text"])):
        content["link_preview_options"] = options
    return answer(call, content, chat=chat)


def send_location(call: Call) -> Any:
    """Send a point on the map."""
    return answer(call, {"location": read_location(call)})


def read_location(call: Call) -> Json:
    """The point a call means."""
    found: Json = {
        "latitude": call.arguments.real("latitude"),
        "longitude": call.arguments.real("longitude"),
    }
    if call.has("horizontal_accuracy"):
        found["horizontal_accuracy"] = call.arguments.real("horizontal_accuracy")
    for name in ("live_period", "heading", "proximity_alert_radius"):
        if call.has(name):
            found[name] = call.number(name)
    return found


def send_venue(call: Call) -> Any:
    """Send a place with a name; its point goes along, as old clients expect."""
    names = [
        "title",
        "address",
        "foursquare_id",
        "foursquare_type",
        "google_place_id",
        "google_place_type",
    ]
    venue = {name: call.text(name) for name in names if call.has(name)}
    point = read_location(call)
    return answer(call, {"venue": {"location": point, **venue}, "location": point})


def send_contact(call: Call) -> Any:
    """Send somebody's number."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    return answer(call, {"contact": {name: call.text(name) for name in names if call.has(name)}})


def send_dice(call: Call) -> Any:
    """Throw a die; what it shows follows from the bot and how many were thrown."""
    emoji = call.text("emoji") or "🎲"
    faces = MOST_FACES.get(emoji)
    if faces is None:
        raise refuse(refusals.DICE_EMOJI)
    seed = hashlib.sha256(f"{call.bot.id} {call.world.number()}".encode()).digest()
    return answer(call, {"dice": {"emoji": emoji, "value": seed[0] % faces + 1}})


def send_chat_action(call: Call) -> bool:
    """Show that the bot types."""
    chat = call.chat_to_write()
    action = call.text("action")
    if action not in _ACTIONS:
        raise refuse("Bad Request: wrong parameter action in request")
    chat.actions.append((call.bot.id, action))
    call.world.changed()
    return True


def send_message_draft(call: Call) -> bool:
    """Show a text that is still being written."""
    chat = call.chat_to_write()
    chat.drafts[call.number("draft_id")] = call.text("text")
    call.world.changed()
    return True


# --- forwards and copies


def forward_message(call: Call) -> Any:
    """Forward one message."""
    source, chat = call.chat("from_chat_id"), call.chat_to_write()
    return call.seen(_forward(call, call.message(source, refusals.TO_FORWARD_MISSING), chat).body)


def forward_messages(call: Call) -> list[Json]:
    """Forward several; those that are not there are left out."""
    source, chat = call.chat("from_chat_id"), call.chat_to_write()
    found = _several(call, source, refusals.TO_FORWARD_MISSING)
    return [{"message_id": _forward(call, one, chat).id} for one in found]


def _forward(call: Call, message: Message, chat: Chat) -> Message:
    if message.body.get("has_protected_content"):
        raise refuse(refusals.CANT_FORWARD)
    content = {key: part for key, part in message.body.items() if key in CONTENT}
    if not content:
        raise refuse(refusals.CANT_FORWARD)
    extra = thread(call, chat)
    if call.flag("protect_content"):
        extra["has_protected_content"] = True
    return call.world.post(chat, content, call.bot, forward_origin=origin(message), **extra)


def copy_message(call: Call) -> Json:
    """Send a message again, without saying where it comes from."""
    source, chat = call.chat("from_chat_id"), call.chat_to_write()
    content = _copied(call.message(source, refusals.TO_COPY_MISSING))
    if "caption" in call.arguments:
        content = {key: part for key, part in content.items() if not key.startswith("caption")}
        content |= call.read_caption()
    return {"message_id": send(call, content, chat=chat).id}


def copy_messages(call: Call) -> list[Json]:
    """Copy several; those that are not there are left out."""
    source, chat = call.chat("from_chat_id"), call.chat_to_write()
    made = []
    for message in _several(call, source, refusals.TO_COPY_MISSING):
        content = _copied(message)
        if call.flag("remove_caption"):
            content = {key: part for key, part in content.items() if not key.startswith("caption")}
        made.append({"message_id": send(call, content, chat=chat).id})
    return made


def _copied(message: Message) -> Json:
    if message.body.get("has_protected_content") or "dice" in message.body:
        raise refuse(refusals.CANT_COPY)
    content = {key: part for key, part in message.body.items() if key in CONTENT}
    if not content:
        raise refuse(refusals.CANT_COPY)
    return content


def _several(call: Call, chat: Chat, missing: str) -> list[Message]:
    found = [chat.messages[one] for one in read_ids(call) if one in chat.messages]
    if not found:
        raise refuse(missing)
    return found


def read_ids(call: Call) -> list[int]:
    """The messages a call lists."""
    given = call.json("message_ids")
    if not isinstance(given, list) or not given:
        raise refuse(refusals.NO_MESSAGES)
    if len(given) > MOST_IDS:
        raise refuse(refusals.TOO_MANY_IDS)
    return [int(one) for one in given]


METHODS: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendDice": send_dice,
    "sendChatAction": send_chat_action,
    "sendMessageDraft": send_message_draft,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
}
