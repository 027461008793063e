"""Who acted, where and when, in Telegram's objects: those of this version and of later ones.

A topic of a forum is a chat of its own, "CHAT/TOPIC": it has its own order and conversations, and
what answers a message goes where the message was. So is each person's conversation with a channel,
"CHAT/dTOPIC".
"""

from datetime import UTC, datetime
from typing import Any, Final

from posthouse.adapters.telegram.api import types as tg
from posthouse.adapters.telegram.api.unknown import kept
from posthouse.errors import DecodeError
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.ports.clock import SystemClock

MESSENGER: Final = "telegram"
DIRECT: Final = "d"
"""Begins a topic that is a conversation with a channel, not one of a forum."""
NOBODY: Final = Person(id=MESSENGER, name="Telegram")
"""Acts where nobody is named."""
_GROUP: Final = ChatKind.GROUP
_KINDS: Final = {
    "private": ChatKind.PRIVATE,
    "group": _GROUP,
    "supergroup": _GROUP,
    "channel": ChatKind.BROADCAST,
}


# --- who


def person_of(user: tg.User) -> Person:
    """Return the person that a Telegram user is."""
    number, first, last = str(user.id), user.first_name, user.last_name
    name = first if last is None else f"{first} {last}"
    return Person(
        id=number,
        name=name.strip() or number,
        username=user.username or "",
        language=user.language_code or "en",
    )


def chat_as_person(chat: tg.Chat) -> Person:
    """Return the person that stands for those who write in a chat's name."""
    name = chat.title or chat.username or chat.first_name or str(chat.id)
    return Person(id=str(chat.id), name=name)


def someone(found: Any) -> Person | None:
    """Return the person that any object is, of a later version too; None when it is none."""
    if isinstance(found, tg.User):
        return person_of(found)
    if isinstance(found, tg.Chat):
        return chat_as_person(found)
    number = getattr(found, "id", None)
    if not isinstance(number, int):
        return None
    name = getattr(found, "title", None) or _full_name(found) or str(number)
    return Person(id=str(number), name=str(name))


def acting(payload: Any) -> Person:
    """Return who acted in an update of any kind."""
    names = ("from_", "user", "sender_chat", "actor_chat", "chat")
    found = (someone(getattr(payload, name, None)) for name in names)
    return next(filter(None, found), NOBODY)


def _full_name(found: Any) -> str:
    names = (getattr(found, "first_name", None), getattr(found, "last_name", None))
    return " ".join(name for name in names if isinstance(name, str) and name)


# --- where


def chat_of(message: Any, bot: str) -> Chat:
    """Return the chat of a message: a topic of a forum is one of its own."""
    topic = topic_of(message)
    return plain_chat(message.chat, bot, topic=topic)


def topic_of(message: Any) -> str:
    """Return what names a message's topic within its chat; "" when it is in none."""
    thread = getattr(message, "message_thread_id", None)
    # Answers in a group without topics have a thread too: that is no place to write to.
    if thread is not None and getattr(message, "is_topic_message", False):
        return str(thread)
    direct = getattr(message, "direct_messages_topic", None)
    return f"{DIRECT}{direct.topic_id}" if direct is not None else ""


def plain_chat(chat: tg.Chat, bot: str, *, topic: str = "") -> Chat:
    """Return the chat that one of Telegram's is; raises DecodeError when it has no number."""
    number, title = chat.id, chat.title
    if not number and (found := kept(chat)) is not None and "id" in found.invented:
        raise DecodeError("it is in a chat without a number, so nobody can say where")
    if not title:
        first, last = chat.first_name, chat.last_name
        title = f"{first} {last}" if first and last else first or last or ""
    return Chat(
        id=f"{number}/{topic}" if topic else str(number),
        bot=bot,
        messenger=MESSENGER,
        kind=_KINDS.get(chat.type, _GROUP),
        title=title,
    )


def private_chat(person: Person, bot: str) -> Chat:
    """Return the chat in which a bot and a person are alone."""
    return Chat(id=person.id, bot=bot, messenger=MESSENGER, title=person.name)


def somewhere(payload: Any, person: Person, bot: str) -> Chat:
    """Return the chat of an update of any kind; the person's private one when it names none."""
    chat = getattr(payload, "chat", None)
    if isinstance(chat, tg.Chat):
        return chat_of(payload, bot)
    number = getattr(chat, "id", None)
    if not isinstance(number, int):
        return private_chat(person, bot)
    return Chat(
        id=str(number),
        bot=bot,
        messenger=MESSENGER,
        kind=_KINDS.get(str(getattr(chat, "type", "")), _GROUP),
        title=str(getattr(chat, "title", None) or _full_name(chat)),
    )


# --- when


def moment(seconds: Any) -> datetime:
    """Return when it happened; this moment where Telegram says nothing that can be."""
    if isinstance(seconds, int) and seconds > 0:
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):  # milliseconds, say: the year 48164
            return SystemClock().now()
    return SystemClock().now()
