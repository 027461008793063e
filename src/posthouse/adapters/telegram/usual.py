"""The updates that nearly all are, words, photos and presses, read with as little as they need.

How this works: the narrow decoder (api/narrow.py) reads the few fields that these have and refuses
whatever else there is, so that the rest of the adapter reads that, in full. What is made here is
what inbound.py makes of the same body; only `native` is read when somebody looks at it.
"""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from posthouse.adapters.telegram.api.building import MismatchError
from posthouse.adapters.telegram.api.codec import decode_update
from posthouse.adapters.telegram.api.narrow import narrow_decoder
from posthouse.adapters.telegram.entities import from_entities
from posthouse.adapters.telegram.origins import moment, person_of, plain_chat
from posthouse.model.media import Photo
from posthouse.model.native import Unopened
from posthouse.model.update import ChatUpdate, PhotoMessage, Press, TextMessage
from posthouse.ports.clock import SystemClock

_REFUSALS: Final = (
    msgspec.DecodeError, MismatchError, RecursionError, ValueError, OverflowError,
)  # fmt: skip
_LAST_S: Final = 253402300799
"""The end of the year 9999."""
_from_timestamp: Final = datetime.fromtimestamp
_now: Final = SystemClock().now


def read_usual(body: bytes, bot: str) -> ChatUpdate | None:
    """Return the update in a body, or None when it is none of these: it is read in full then."""
    try:
        found = narrow_decoder().decode(body)
        message, query = found.message, found.callback_query
        if message is None:
            has_place = query is not None and query.message is not None
            return _press(query, str(found.update_id), bot, body) if has_place else None
        return _message(message, str(found.update_id), bot, body) if query is None else None
    except _REFUSALS:
        return None


def _message(message: Any, number: str, bot: str, body: bytes) -> ChatUpdate | None:
    text, date, answered = message.text, message.date, message.reply_to_message
    if text is None and not message.photo:
        return None
    person, chat = person_of(message.from_), plain_chat(message.chat, bot)
    at = _from_timestamp(date, UTC) if date <= _LAST_S else moment(date)
    native = Unopened(_opened_message, body)
    message_id = str(message.message_id)
    reply_to = None if answered is None else str(answered.message_id)
    if text is None:
        return PhotoMessage(
            id=number,
            bot=bot,
            at=at,
            native=native,
            chat=chat,
            person=person,
            message_id=message_id,
            reply_to=reply_to,
            photo=photo_of(message.photo, bot),
            caption=message.caption,
        )
    entities = message.entities
    return TextMessage(
        id=number,
        bot=bot,
        at=at,
        native=native,
        chat=chat,
        person=person,
        message_id=message_id,
        reply_to=reply_to,
        text=text,
        formatted=from_entities(text, entities) if entities is not None else None,
    )


def _press(query: Any, number: str, bot: str, body: bytes) -> ChatUpdate:
    message = query.message
    return Press(
        id=press_id(number, query.id),
        bot=bot,
        at=_now(),
        native=Unopened(_opened_query, body),
        chat=plain_chat(message.chat, bot),
        person=person_of(query.from_),
        message_id=str(message.message_id),
        payload=query.data,
    )


def photo_of(sizes: Any, bot: str) -> Photo:
    """Return the photo that comes in some sizes: the largest."""
    best = max(sizes, key=lambda size: size.width * size.height)
    return Photo(
        key=best.file_id,
        width=best.width,
        height=best.height,
        size_bytes=best.file_size or 0,
        bot=bot,
    )


def press_id(number: str, query_id: str) -> str:
    """Return the id of a press: with it the query can be answered, also after a restart."""
    return f"{number}-{query_id}"


def query_of(press: str) -> str:
    """Return Telegram's own id of the query inside the id of a press."""
    return press.partition("-")[2]


def _opened_message(body: bytes) -> Any:
    return decode_update(body).message


def _opened_query(body: bytes) -> Any:
    return decode_update(body).callback_query
