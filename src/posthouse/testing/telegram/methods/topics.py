"""Topics of forums."""

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Chat, Topic
from posthouse.testing.telegram.wire import Json

MOST_NAME = 128
COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
GENERAL = 1


def _forum(call: Call) -> Chat:
    chat = call.chat()
    if not chat.is_forum:
        raise refuse(refusals.NO_FORUM)
    if not chat.member(call.bot.id).may("can_manage_topics"):
        raise refuse("Bad Request: not enough rights to create a topic")
    return chat


def _topic(call: Call) -> tuple[Chat, Topic]:
    chat = _forum(call)
    if "General" in call.method:
        general = Topic(GENERAL, "General", COLORS[0], "")
        return chat, chat.topics.setdefault(GENERAL, general)
    found = chat.topics.get(call.number("message_thread_id"))
    if found is None:
        raise refuse(refusals.TOPIC_MISSING)
    return chat, found


def _tell(call: Call, chat: Chat, topic: Topic, what: str, value: Json) -> None:
    inside: Json = {}
    if topic.thread_id != GENERAL:
        inside = {"message_thread_id": topic.thread_id, "is_topic_message": True}
    call.world.post(chat, {what: value}, call.bot, **inside)


def create(call: Call) -> Json:
    """Open a topic; its id is that of the message that tells so."""
    chat = _forum(call)
    name = call.text("name").strip()
    if not name:
        raise refuse(refusals.TOPIC_NAME_EMPTY)
    color = call.number("icon_color", COLORS[0])
    if color not in COLORS:
        raise refuse("Bad Request: TOPIC_ICON_COLOR_INVALID")
    topic = Topic(chat.last_id + 1, name[:MOST_NAME], color, call.text("icon_custom_emoji_id"))
    chat.topics[topic.thread_id] = topic
    found = {"name": topic.name, "icon_color": color}
    if topic.icon:
        found["icon_custom_emoji_id"] = topic.icon
    _tell(call, chat, topic, "forum_topic_created", found)
    return {"message_thread_id": topic.thread_id, **found}


def edit(call: Call) -> bool:
    """Call a topic something else, or give it another icon."""
    chat, topic = _topic(call)
    change: Json = {}
    if call.text("name") and call.text("name") != topic.name:
        topic.name = change["name"] = call.text("name")[:MOST_NAME]
    if "icon_custom_emoji_id" in call.arguments and call.text("icon_custom_emoji_id") != topic.icon:
        topic.icon = change["icon_custom_emoji_id"] = call.text("icon_custom_emoji_id")
    if not change:
        raise refuse(refusals.TOPIC_UNCHANGED)
    _tell(call, chat, topic, "forum_topic_edited", change)
    return True


def close(call: Call) -> bool:
    """Close a topic."""
    chat, topic = _topic(call)
    if topic.is_closed:
        raise refuse(refusals.TOPIC_UNCHANGED)
    topic.is_closed = True
    _tell(call, chat, topic, "forum_topic_closed", {})
    return True


def reopen(call: Call) -> bool:
    """Open a closed topic again."""
    chat, topic = _topic(call)
    if not topic.is_closed:
        raise refuse(refusals.TOPIC_UNCHANGED)
    topic.is_closed = False
    _tell(call, chat, topic, "forum_topic_reopened", {})
    return True


def delete(call: Call) -> bool:
    """Delete a topic with all its messages."""
    chat, topic = _topic(call)
    del chat.topics[topic.thread_id]
    for message in list(chat.messages.values()):
        if message.body.get("message_thread_id") == topic.thread_id:
            call.world.delete(message)
    return True


def hide(call: Call) -> bool:
    """Hide the general topic, or show it."""
    chat, topic = _topic(call)
    wanted = call.method.startswith("hide")
    if topic.is_hidden == wanted:
        raise refuse(refusals.TOPIC_UNCHANGED)
    topic.is_hidden = wanted
    what = "general_forum_topic_hidden" if wanted else "general_forum_topic_unhidden"
    _tell(call, chat, topic, what, {})
    return True


def unpin_all(call: Call) -> bool:
    """Unpin everything in a topic."""
    chat, topic = _topic(call)
    chat.pinned = [
        one
        for one in chat.pinned
        if chat.messages[one].body.get("message_thread_id", GENERAL) != topic.thread_id
    ]
    return True


METHODS: dict[str, Handler] = {
    "createForumTopic": create,
    "editForumTopic": edit,
    "closeForumTopic": close,
    "reopenForumTopic": reopen,
    "deleteForumTopic": delete,
    "unpinAllForumTopicMessages": unpin_all,
    "editGeneralForumTopic": edit,
    "closeGeneralForumTopic": close,
    "reopenGeneralForumTopic": reopen,
    "hideGeneralForumTopic": hide,
    "unhideGeneralForumTopic": hide,
    "unpinAllGeneralForumTopicMessages": unpin_all,
}
