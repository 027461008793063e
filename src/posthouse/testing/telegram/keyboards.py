"""Keyboards of messages, checked as Telegram checks them."""

from typing import Any

import msgspec

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.checking import misfit
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Kind
from posthouse.testing.telegram.wire import Json

MOST_DATA_BYTES = 64
MOST_MARKUP_BYTES = 10_000
MOST_BUTTONS = 100
_ONLY_LOOKS = {"text", "style", "icon_custom_emoji_id"}


def read_keyboard(given: str) -> Json | None:
    """The keyboard a parameter means; None where it says nothing. Refuses a wrong one."""
    if given in {"", "null"}:
        return None
    try:
        found = msgspec.json.decode(given)
    except msgspec.DecodeError:
        raise refuse(refusals.CANT_PARSE_MARKUP) from None
    if not isinstance(found, dict):
        raise refuse(refusals.MARKUP_NO_OBJECT)
    found = {key: _without_nulls(part) for key, part in found.items() if part is not None}
    if "inline_keyboard" in found:
        _check_inline(found)
    elif why := misfit(_REPLY_MARKUP, found):
        raise refuse(refusals.OWN_TYPE.format(name="reply_markup", method="the call", why=why))
    if len(given.encode()) > MOST_MARKUP_BYTES:
        raise refuse(refusals.MARKUP_TOO_LONG)
    return found


_REPLY_MARKUP = Kind(
    "union",
    of=tuple(
        Kind("ref", name) for name in ("ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply")
    ),
)


def _check_inline(markup: Json) -> None:
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise refuse(refusals.CANT_PARSE_BUTTON.format(why="Inline keyboard must be of type Array"))
    rows[:] = [row for row in rows if row]
    for button in (button for row in rows for button in row):
        _check_button(button)
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise refuse(refusals.MARKUP_TOO_LONG)


def _check_button(button: Any) -> None:
    why = misfit(Kind("ref", "InlineKeyboardButton"), button)
    if why is None and set(button) <= _ONLY_LOOKS:
        why = refusals.BUTTON_NO_TYPE
    if why is not None:
        raise refuse(refusals.CANT_PARSE_BUTTON.format(why=why))
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= MOST_DATA_BYTES:
        raise refuse(refusals.BUTTON_DATA_INVALID)
    url = button.get("url")
    if url is not None and ("." not in url and "://" not in url):
        raise refuse(refusals.BUTTON_URL_INVALID)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_without_nulls(part) for part in value]
    return value
