"""Edits of albums: an album is several messages, and each has one photo or file to change.

How this works: changing a message to what it is already harms nothing, so such an edit may be one
call for each message, and be begun anew where it broke off. Messages that are too many are deleted;
Telegram adds none to an album.
"""

from typing import Any

from posthouse.adapters.telegram.api import methods as call
from posthouse.adapters.telegram.api.base import TelegramMethod
from posthouse.adapters.telegram.outbound import Source, album_items, chat_id, first_id
from posthouse.errors import RejectedError
from posthouse.model.outgoing import Operation, Outgoing


def is_album_edit(outgoing: Outgoing) -> bool:
    """Whether an operation changes photos or files of several messages, or into several."""
    content = outgoing.content
    count = len(content.photos) + len(content.files)
    return (
        outgoing.operation is Operation.EDIT
        and count > 0
        and (count > 1 or "," in (outgoing.message_id or ""))
    )


def album_edits(chat: str, outgoing: Outgoing, source: Source) -> list[call.EditMessageMedia]:
    """Return a call for each photo or file of an edit, in order; raises RejectedError."""
    ids = _ids(outgoing)
    items = album_items(outgoing.content, source)
    if len(items) > len(ids):
        raise RejectedError(
            f"the message has {len(ids)} photos or files and cannot get {len(items)}: Telegram "
            f"adds none to a message; delete it and send the new one"
        )
    return [
        call.EditMessageMedia(chat_id=chat_id(chat), message_id=first_id(id), media=item)
        for id, item in zip(ids, items, strict=False)
    ]


def left_over(chat: str, outgoing: Outgoing) -> TelegramMethod[Any] | None:
    """Return the call that deletes the messages for which an edit has nothing, if there are any."""
    count = len(outgoing.content.photos) + len(outgoing.content.files)
    ids = [first_id(id) for id in _ids(outgoing)[count:]]
    return call.DeleteMessages(chat_id=chat_id(chat), message_ids=ids) if ids else None


def kept_ids(outgoing: Outgoing) -> str:
    """Return the ids of the messages that an album has after an edit."""
    count = len(outgoing.content.photos) + len(outgoing.content.files)
    return ",".join(_ids(outgoing)[:count])


def _ids(outgoing: Outgoing) -> list[str]:
    return (outgoing.message_id or "").split(",")
