"""Updates of many persons who fill in a form of nine fields at once, the same in every run."""

import json
from typing import Any

FIELDS = 9
STEPS = 1 + FIELDS + 1
"""/start, the answers, and the word that submits."""


def make(count: int) -> list[bytes]:
    """Return updates as JSON bytes: all persons' first steps, then all their second ones."""
    persons = max(1, count // STEPS)
    return [
        json.dumps(_update(step * persons + person, person, step), ensure_ascii=False).encode()
        for step in range(STEPS)
        for person in range(persons)
    ]


def _update(number: int, person: int, step: int) -> dict[str, Any]:
    words = "/start" if step == 0 else "Send" if step > FIELDS else f"Answer no. {step} of {person}"
    id = 10**6 + person
    names = {"first_name": "Имя😀", "last_name": "Test", "username": f"u{id}"}
    message: dict[str, Any] = {
        "message_id": number,
        "from": {"id": id, "is_bot": False, **names, "language_code": "en"},
        "chat": {"id": id, **names, "type": "private"},
        "date": 1700000000 + number,
        "text": words,
    }
    if step == 0:
        message["entities"] = [{"offset": 0, "length": len(words), "type": "bot_command"}]
    return {"update_id": number + 1, "message": message}
