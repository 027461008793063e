"""A decoder of the few fields that nearly all updates have, and of nothing else.

How this works: an object of 120 fields takes its time even when six of them came. The types made
here have the fields that words, photos and presses come with, each annotated as in fast.py, and
know no others. So what this decoder takes, the fast one takes too and reads alike; what it refuses
says nothing, and is to be read with all types.
"""

from functools import cache
from keyword import iskeyword
from typing import Any, Final

from msgspec import Struct, defstruct
from msgspec.json import Decoder

from posthouse.adapters.telegram.api.fast import (
    annotated_for_decoding,
    build_by_hand,
    field_annotation,
)
from posthouse.adapters.telegram.api.specification import specification

# In the order in which Telegram writes them, which is found soonest.
_USER: Final = (
    "id", "is_bot", "first_name", "last_name", "username", "language_code", "is_premium",
)  # fmt: skip
_CHAT: Final = ("id", "first_name", "last_name", "title", "username", "type", "is_forum")
_MESSAGE: Final = (
    "message_id", "from", "chat", "date", "edit_date", "text", "entities", "link_preview_options",
    "photo", "caption", "caption_entities", "reply_markup",
)  # fmt: skip
_QUERY: Final = ("id", "from", "message", "inline_message_id", "chat_instance", "data")
_NEEDED: Final = frozenset({"from", "data"})
"""Without these it is none of the updates that nearly all are."""


@cache
def narrow_decoder() -> Decoder[Any]:
    """Make the decoder of an update's few usual fields.

    Of several payloads none is refused: who reads them has to look.
    """
    with annotated_for_decoding():
        user, chat = _narrow("User", _USER), _narrow("Chat", _CHAT)
        around: dict[str, Any] = {"from": user, "chat": chat}
        answered = _narrow("Message", _MESSAGE, **around)
        message = _narrow(
            "Message", (*_MESSAGE, "reply_to_message"), **around, reply_to_message=answered
        )
        query = _narrow("CallbackQuery", _QUERY, **{"from": user, "message": message})
        update = _narrow(
            "Update",
            ("update_id", "message", "callback_query"),
            message=message,
            callback_query=query,
        )
        return Decoder(update, dec_hook=build_by_hand)


def _narrow(name: str, fields: tuple[str, ...], **of: type[Struct]) -> type[Struct]:
    """Make a type with some fields of another; objects within may be narrow, too."""
    spec = specification().type(name)
    if spec is None:
        raise LookupError(f"the Bot API has no type {name}")
    known = {field.name: field for field in spec.fields}
    made: list[Any] = []
    for key in fields:
        annotation = of.get(key) or field_annotation(spec, known[key])
        required = known[key].required or key in _NEEDED
        made.append((_attribute(key), annotation, *(() if required else (None,))))
    return defstruct(
        f"Narrow{name}",
        made,
        module=__name__,
        rename={_attribute(key): key for key in fields},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _attribute(key: str) -> str:
    return f"{key}_" if iskeyword(key) else key
