"""From a method's name to what it does."""

import inspect
from typing import Any

from posthouse.testing.telegram import fallback, refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.checking import check
from posthouse.testing.telegram.methods import (
    chats,
    editing,
    media,
    members,
    messages,
    payments,
    polls,
    profile,
    queries,
    receiving,
    topics,
)
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import load, lower_names

METHODS: dict[str, Handler] = {
    **receiving.METHODS,
    **messages.METHODS,
    **media.METHODS,
    **editing.METHODS,
    **queries.METHODS,
    **chats.METHODS,
    **members.METHODS,
    **topics.METHODS,
    **polls.METHODS,
    **payments.METHODS,
    **profile.METHODS,
}
"""Methods that do something; all others answer the plainest valid object."""

_OWN_WORDS = frozenset(
    [
        "chat_id",
        "from_chat_id",
        "message_id",
        "message_ids",
        "user_id",
        "text",
        "url",
        "callback_query_id",
        "photo",
        "document",
        "video",
        "audio",
        "voice",
        "animation",
        "video_note",
        "sticker",
        "media",
        "question",
        "options",
        "commands",
        "name",
        "title",
        "reaction",
        "file_id",
    ]
)
"""Parameters whose absence the methods refuse in Telegram's words."""


def find(name: str) -> str:
    """The method's own name; the server does not mind capitals. Refuses one that is none."""
    known = lower_names().get(name.lower())
    if known is None:
        raise refuse(refusals.METHOD_NOT_FOUND)
    return known


async def run(call: Call, *, is_strict: bool) -> Any:
    """Check a call's parameters and do what it asks."""
    if call.bot.is_logged_out and call.method != "logOut":
        raise refuse(refusals.LOGGED_OUT)
    spec = load().methods[call.method]
    texts, files = call.arguments.texts, call.arguments.files
    if is_strict:
        check(spec, texts, files, own=_OWN_WORDS)
    handler = METHODS.get(call.method, fallback.answer)
    try:
        found = handler(call)
        return await found if inspect.isawaitable(found) else found
    except (AttributeError, KeyError, TypeError, ValueError):
        # A lenient simulator met an object of another shape, which the real server refuses too.
        check(spec, texts, files, own=_OWN_WORDS)
        raise
