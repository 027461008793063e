"""Sample updates of Telegram, the same in every run."""

import json
import random
from typing import Any

COMMANDS = 50
PRESSES = 50


def make(count: int, *, chats: int = 10_000) -> list[bytes]:
    """Return updates as JSON bytes, spread over some chats.

    Half are commands, a fifth is text, a fifth presses, a tenth photos in groups.
    """
    dice = random.Random(1)
    return [json.dumps(_update(dice, i, chats), ensure_ascii=False).encode() for i in range(count)]


def _update(dice: random.Random, number: int, chats: int) -> dict[str, Any]:
    kind = dice.random()
    person = 10**6 + dice.randrange(chats)
    names = {"first_name": "Имя😀", "last_name": "Test", "username": f"u{person}"}
    user = {"id": person, "is_bot": False, **names, "language_code": "en"}
    chat = {"id": person, **names, "type": "private"}
    message: dict[str, Any] = {
        "message_id": number, "from": user, "chat": chat, "date": 1700000000 + number,
    }  # fmt: skip
    if kind < 0.5:
        command = f"/cmd{dice.randrange(COMMANDS)}"
        entity = {"offset": 0, "length": len(command), "type": "bot_command"}
        message |= {"text": f"{command} hello world", "entities": [entity]}
    elif kind < 0.7:
        message["text"] = "Some free text with a few words, and 😀 emoji. " * 3
    elif kind < 0.9:
        return {"update_id": number + 1, "callback_query": _press(dice, number, user, chat)}
    else:
        group = {"id": -(10**12) - dice.randrange(chats), "title": "G", "type": "supergroup"}
        message |= {"chat": group, "caption": "pic", "photo": [_photo(n) for n in (1, 3, 8)]}
    return {"update_id": number + 1, "message": message}


def _press(
    dice: random.Random, number: int, user: dict[str, Any], chat: dict[str, Any]
) -> dict[str, Any]:
    keys = [{"text": "A", "callback_data": "act:1"}, {"text": "B", "callback_data": "act:2"}]
    return {
        "id": str(number),
        "from": user,
        "chat_instance": "123",
        "data": f"act:{dice.randrange(PRESSES)}",
        "message": {
            "message_id": number,
            "from": {"id": 1, "is_bot": True, "first_name": "b", "username": "b_bot"},
            "chat": chat,
            "date": 1700000000 + number,
            "text": "menu",
            "reply_markup": {"inline_keyboard": [keys]},
        },
    }


def _photo(size: int) -> dict[str, Any]:
    return {
        "file_id": "A" * 70,
        "file_unique_id": "B" * 15,
        "file_size": 1000 * size,
        "width": 90 * size,
        "height": 90 * size,
    }
