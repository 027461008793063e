"""From deliveries to calls of the Bot API: the call that shows a reply best; pure.

Each delivery is one call, so that a try that fails half-way cannot show anything twice: what needs
several messages was divided before it was queued.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from posthouse.adapters.telegram.api import methods as call, types as tg
from posthouse.adapters.telegram.api.base import InputFile, TelegramMethod
from posthouse.adapters.telegram.entities import to_entities
from posthouse.adapters.telegram.origins import DIRECT
from posthouse.adapters.telegram.usual import query_of
from posthouse.errors import RejectedError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key, Operation, Outgoing
from posthouse.model.text import Text

PRIVATE: Final = Capabilities(
    threads=Level.FULL,
    calls=Level.FULL,
    text_length=4096,
    caption_length=1024,
    payload_bytes=64,
    max_photos=10,
    max_buttons=100,
    mixed_albums=False,
    album_sorts=frozenset({"", "video", "audio"}),
    uncaptioned_sorts=frozenset({"video_note"}),
    album_buttons=False,
    album_edits=False,
    both_keyboards=False,
    requests=frozenset({"contact", "location"}),
)
GROUP: Final = msgspec.structs.replace(PRIVATE, requests=frozenset())
BROADCAST: Final = msgspec.structs.replace(PRIVATE, choices=Level.DROPPED)
MOST_ANSWER: Final = 200
"""Longest answer to a press (core.telegram.org/bots/api#answercallbackquery)."""

Source: TypeAlias = Callable[[Photo | File], InputFile | str]
"""Returns what Telegram knows a file by, or the file itself."""


_BIG: Final = "-100"
"""How the ids of supergroups and channels begin."""
_SEND: Final = Operation.SEND
_NUMBER: Final = re.compile(r"-?[0-9]+").fullmatch


def chat_id(raw: str) -> int | str:
    """Return a chat's id as Telegram takes it, without its topic; raises RejectedError."""
    if raw.isdecimal() and raw.isascii():  # nearly always
        return int(raw)
    if _NUMBER(raw) is not None:  # a group
        return int(raw)
    bare = raw.partition("/")[0]
    if _NUMBER(bare) is not None:
        return int(bare)
    if bare.startswith("@") and len(bare) > 1:
        return bare
    raise RejectedError(
        f"chat {raw!r} is none of Telegram's: give its number, or the @name of a public one"
    )


def place_of(raw: str) -> dict[str, Any]:
    """Return where to send to: the chat, and the topic that may be in it; raises RejectedError."""
    if "/" not in raw:  # nearly always
        return {"chat_id": chat_id(raw)}
    topic = raw.partition("/")[2]
    number = topic.removeprefix(DIRECT)
    if _NUMBER(number) is None:
        raise RejectedError(f"chat {raw!r} is none of Telegram's: a topic is a number")
    name = "direct_messages_topic_id" if topic.startswith(DIRECT) else "message_thread_id"
    return {"chat_id": chat_id(raw), name: int(number)}


def permalink(chat: str, message_id: str, *, name: str | None) -> str | None:
    """Return the address of a message; only supergroups and channels have some.

    Args:
        chat: Raw id of the chat, or its @name.
        message_id: Of an album the ids of all its messages.
        name: The public name of the chat, where it is known; without one only members can follow
            the address.
    """
    bare = chat.partition("/")[0]
    public = bare[1:] if bare.startswith("@") else name
    if public:
        return f"https://t.me/{public}/{first_id(message_id)}"
    if bare.startswith(_BIG):
        return f"https://t.me/c/{bare.removeprefix(_BIG)}/{first_id(message_id)}"
    return None


def to_method(chat: str, outgoing: Outgoing, source: Source) -> TelegramMethod[Any]:
    """Return the call that carries out an operation; raises RejectedError when there is none."""
    if outgoing.operation is _SEND:  # nearly always
        return _send(chat, outgoing, source)
    return _CALLS[outgoing.operation](chat, outgoing, source)


# --- sending


class _Words(msgspec.Struct, tag_field="method", tag="sendMessage"):
    """A sendMessage of nothing but words, as the reply to a webhook request."""

    chat_id: int | str
    text: str


_encode_words: Final = msgspec.json.Encoder().encode


def words_reply(chat: str, outgoing: Outgoing) -> bytes | None:
    """Return words without anything else as the reply to a webhook request, the shortest way.

    None where it is something else; raises RejectedError.
    """
    text = outgoing.content.text
    if outgoing.operation is not _SEND or text.spans or not _is_words(chat, outgoing):
        return None
    return _encode_words(_Words(chat_id(chat), text.plain))


def _is_words(chat: str, outgoing: Outgoing) -> bool:
    """Whether what is sent is words and answers nothing."""
    content = outgoing.content
    return (
        outgoing.reply_to is None
        and not content.photos
        and not content.files
        and not content.rows
        and content.choices is None
        and "/" not in chat
    )


def _send(chat: str, outgoing: Outgoing, source: Source) -> TelegramMethod[Any]:
    content = outgoing.content
    if _is_words(chat, outgoing):  # nearly always
        text = content.text
        found = to_entities(text) if text.spans else None
        return call.SendMessage(chat_id=chat_id(chat), text=text.plain, entities=found or None)
    where = place_of(chat)
    if outgoing.reply_to is not None:
        where["reply_parameters"] = tg.ReplyParameters(
            message_id=first_id(outgoing.reply_to), allow_sending_without_reply=True
        )
    if len(content.photos) + len(content.files) > 1:
        return call.SendMediaGroup(**where, media=album_items(content, source))
    if content.rows or content.choices is not None:
        where["reply_markup"] = _markup(chat, content)
    if not content.photos and not content.files:
        return call.SendMessage(
            **where, text=content.text.plain, entities=to_entities(content.text) or None
        )
    caption = _caption(content.text)
    if content.photos:
        return call.SendPhoto(**where, **caption, photo=source(content.photos[0]))
    file = content.files[0]
    send, name = _SENDS[kind_of(file)]
    if caption and name == "video_note":
        raise RejectedError(
            "Telegram shows no words under a video note; send them as a message of their own"
        )
    return send(**where, **caption, **{name: source(file)})


_SENDS: Final[dict[str, tuple[Callable[..., TelegramMethod[Any]], str]]] = {
    "document": (call.SendDocument, "document"),
    "video": (call.SendVideo, "video"),
    "audio": (call.SendAudio, "audio"),
    "voice": (call.SendVoice, "voice"),
    "animation": (call.SendAnimation, "animation"),
    "video_note": (call.SendVideoNote, "video_note"),
}


def kind_of(file: File) -> str:
    """Return what Telegram calls a file: a document unless its key says otherwise."""
    kind, slash, _ = file.key.partition("/")
    return kind if slash and kind in _SENDS else "document"


def bare_key(key: str) -> str:
    """Return Telegram's file id within a key."""
    kind, slash, bare = key.partition("/")
    return bare if slash and kind in _SENDS else key


def album_items(content: Content, source: Source) -> list[Any]:
    """Return photos and files as an album has them; raises RejectedError."""
    items: list[Any] = []
    for photo in content.photos:
        items.append(tg.InputMediaPhoto(media=source(photo), **_first_caption(content, items)))
    for file in content.files:
        kind = kind_of(file)
        if kind not in _ALBUM:
            raise RejectedError(f"Telegram takes no {kind} into an album; send it alone")
        items.append(_MEDIA[kind](media=source(file), **_first_caption(content, items)))
    return items


def _first_caption(content: Content, items: Sequence[Any]) -> dict[str, Any]:
    """Return the caption for the first item: an album shows that one as its own."""
    return {} if items else _caption(content.text)


_MEDIA: Final[dict[str, Callable[..., Any]]] = {
    "document": tg.InputMediaDocument,
    "video": tg.InputMediaVideo,
    "audio": tg.InputMediaAudio,
    "animation": tg.InputMediaAnimation,
}
_ALBUM: Final = frozenset({"document", "video", "audio"})


def _caption(text: Text) -> dict[str, Any]:
    if not text:
        return {}
    return {"caption": text.plain, "caption_entities": to_entities(text) or None}


def _markup(chat: str, content: Content) -> Any:
    if content.rows:
        return _inline(content)
    # Telegram refuses the whole message where there are none: in channels, the chats with a @name.
    if content.choices is None or chat.startswith("@"):
        return None
    if not content.choices:
        return tg.ReplyKeyboardRemove(remove_keyboard=True)
    requests = dict(content.requests)
    rows = [[_choice(label, requests.get(label)) for label in row] for row in content.choices]
    return tg.ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True)


def _choice(label: str, request: str | None) -> tg.KeyboardButton:
    if request is None:  # nearly always
        return tg.KeyboardButton(text=label)
    return tg.KeyboardButton(
        text=label,
        request_contact=request == "contact" or None,
        request_location=request == "location" or None,
    )


def _inline(content: Content) -> Any:
    return tg.InlineKeyboardMarkup(inline_keyboard=[[_key(key) for key in r] for r in content.rows])


def _key(key: Key) -> Any:
    if key.url is not None:
        return tg.InlineKeyboardButton(text=key.label, url=key.url)
    return tg.InlineKeyboardButton(text=key.label, callback_data=key.payload or "-")


# --- changing


def first_id(message_id: str) -> int:
    """Return the message that stands for an album, or the only one."""
    return _message_number(message_id.partition(",")[0])


def _edit(chat: str, outgoing: Outgoing, source: Source) -> TelegramMethod[Any]:
    content = outgoing.content
    where: dict[str, Any] = {
        "chat_id": chat_id(chat),
        "message_id": first_id(_message(outgoing)),
        "reply_markup": _inline(content) if content.rows else None,
    }
    caption = _caption(content.text)
    if content.photos:
        media: Any = tg.InputMediaPhoto(media=source(content.photos[0]), **caption)
        return call.EditMessageMedia(**where, media=media)
    if content.files:
        kind = kind_of(content.files[0])
        if kind not in _MEDIA:
            raise RejectedError(f"Telegram turns no message into a {kind}; send a new message")
        media = _MEDIA[kind](media=source(content.files[0]), **caption)
        return call.EditMessageMedia(**where, media=media)
    if not content.text:  # only the buttons change
        return call.EditMessageReplyMarkup(**where)
    return call.EditMessageText(
        **where, text=content.text.plain, entities=to_entities(content.text) or None
    )


def as_caption(edit: call.EditMessageText) -> call.EditMessageCaption:
    """Return the edit for a message that turned out to be one with media."""
    return call.EditMessageCaption(
        chat_id=edit.chat_id,
        message_id=edit.message_id,
        caption=edit.text,
        caption_entities=edit.entities,
        reply_markup=edit.reply_markup,
    )


def _delete(chat: str, outgoing: Outgoing, source: Source) -> TelegramMethod[Any]:
    ids = [_message_number(each) for each in _message(outgoing).split(",")]
    if len(ids) == 1:
        return call.DeleteMessage(chat_id=chat_id(chat), message_id=ids[0])
    return call.DeleteMessages(chat_id=chat_id(chat), message_ids=ids)


def _message(outgoing: Outgoing) -> str:
    if outgoing.message_id is None:
        raise RejectedError("the message to change has no id")
    return outgoing.message_id


def _message_number(raw: str) -> int:
    if _NUMBER(raw) is None:
        raise RejectedError(f"message {raw!r} is none of Telegram's: their ids are numbers")
    return int(raw)


def _answer(chat: str, outgoing: Outgoing, source: Source) -> TelegramMethod[Any]:
    query = query_of(outgoing.press_id or "")
    if not query:
        raise RejectedError(f"press {outgoing.press_id!r} cannot be answered: it has no query's id")
    text = outgoing.content.text.plain
    return call.AnswerCallbackQuery(callback_query_id=query, text=text[:MOST_ANSWER] or None)


_CALLS: Final[dict[Operation, Callable[[str, Outgoing, Source], TelegramMethod[Any]]]] = {
    Operation.SEND: _send,
    Operation.EDIT: _edit,
    Operation.DELETE: _delete,
    Operation.ANSWER: _answer,
}
