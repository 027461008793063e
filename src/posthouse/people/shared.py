"""What a state that everybody in a chat shares says of one person: found, and taken out.

Who is meant is told by the persons' ids in the fields that are marked: as a key of a mapping, as an
item of a list, or as the value itself. Whatever else such a field holds stays.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Update, select, update

from posthouse.people.crowd import Reads
from posthouse.people.steps import Scope
from posthouse.storage.schema import conversation

Fields = Mapping[str, frozenset[str]]
"""Marked fields of shared states, by `app.State`."""


class Shared(NamedTuple):
    """One row of states that names a person."""

    account: int
    key: str
    version: int
    theirs: dict[str, dict[str, Any]]
    """What is about the person, by state and field."""
    left: dict[str, Any]
    """All of the row without that."""

    def cleared(self) -> Update:
        """Return the statement that writes what is left, over this very version."""
        here = (conversation.c.account == self.account, conversation.c.key == self.key)
        return (
            update(conversation)
            .where(*here, conversation.c.version == self.version)
            .values(body=msgspec.msgpack.encode(self.left), version=self.version + 1)
        )


async def shared_states(store: Reads, scope: Scope, fields: Fields) -> list[Shared]:
    """Return the rows of shared states that name a person, none where nothing is marked."""
    if not fields:
        return []
    alone = {(number, f"c{chat}") for number, chat in scope.chats}
    wanted = select(conversation).where(
        conversation.c.account.in_(scope.accounts), conversation.c.key.startswith("c")
    )
    found = []
    for row in await store.fetch(wanted):
        if (row.account, row.key) in alone:
            continue  # it goes as a whole
        theirs, left = _parted(msgspec.msgpack.decode(row.body), fields, scope.who.id)
        if theirs:
            found.append(Shared(row.account, row.key, row.version, theirs, left))
    return found


def _parted(
    row: dict[str, Any], fields: Fields, who: str
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    theirs: dict[str, dict[str, Any]] = {}
    left: dict[str, Any] = {}
    for name, state in row.items():
        left[name] = dict(state)
        for field in fields.get(name, frozenset()) & state.keys():
            value = state[field]
            if isinstance(value, dict) and who in value:
                left[name][field] = {k: v for k, v in value.items() if k != who}
                theirs.setdefault(name, {})[field] = {who: value[who]}
            elif isinstance(value, list) and who in value:
                left[name][field] = [item for item in value if item != who]
                theirs.setdefault(name, {})[field] = [who]
            elif value == who:
                del left[name][field]  # its default is what it begins with
                theirs.setdefault(name, {})[field] = who
    return theirs, left
