"""What must hold when everybody is done, by the protocol and by the SQLite file itself."""

import json
from collections.abc import Iterable, Sequence

from person import Person
from server import Server

SHOWN = 3
"""Violations of one kind and person that are printed."""


def expected(person: Person, *, demo: bool) -> list[str]:
    """Return the answers a person must have got, in order."""
    if demo:
        return person.words
    return [f"{number} {words}" for number, words in enumerate(person.words, start=1)]


def of_history(
    person: Person, history: Sequence[tuple[bool, str]], *, demo: bool, where: str
) -> list[str]:
    """Return what is wrong with one person's history; empty when all is well."""
    said = [words for mine, words in history if mine]
    answers = [words for mine, words in history if not mine]
    wrong = [f"{person.id}: {complaint}" for complaint in person.complaints]
    wrong += _differences(f"{person.id}, said, {where}", said, person.words)
    wrong += _differences(f"{person.id}, answered, {where}", answers, expected(person, demo=demo))
    return wrong


def of_file(server: Server, persons: Iterable[Person], *, demo: bool) -> list[str]:
    """Return what is wrong in the database once the server has stopped."""
    rows = server.rows("SELECT chat, author, body FROM web_message ORDER BY chat, place")
    by_chat: dict[str, list[tuple[bool, str]]] = {}
    for chat, author, body in rows:
        words = json.loads(body)["text"]["plain"]  # type: ignore[arg-type]  # a BLOB of JSON
        by_chat.setdefault(str(chat), []).append((bool(author), words))
    wrong = []
    for person in persons:
        wrong += of_history(person, by_chat.get(person.id, []), demo=demo, where="SQLite file")
    total = sum(len(person.words) for person in persons)
    for what, query, wanted in (
        ("marks of done updates", _MARKS, total),
        ("updates in the inbox", "SELECT count(*) FROM inbox", 0),
        ("updates set aside", "SELECT count(*) FROM quarantine", 0),
        ("deliveries that have not ended", "SELECT count(*) FROM outbox", 0),
    ):
        [(found,)] = server.rows(query)
        if found != wanted:
            wrong.append(f"the SQLite file holds {found} {what}, not {wanted}")
    return wrong


_MARKS = "SELECT (SELECT count(*) FROM mark_a) + (SELECT count(*) FROM mark_b)"


def _differences(what: str, found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    if list(found) == list(wanted):
        return []
    missing = [words for words in wanted if words not in set(found)]
    doubled = sorted({words for words in found if found.count(words) > 1})
    strange = [words for words in found if words not in set(wanted)]
    out = []
    for kind, some in (("missing", missing), ("doubled", doubled), ("unexpected", strange)):
        if some:
            out.append(f"{what}: {len(some)} {kind}, such as {some[:SHOWN]}")
    return out or [f"{what}: out of order, {list(found)[:SHOWN]} ..."]
