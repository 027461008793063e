"""Conversations: the state an app keeps between turns.

How this works: the rows of all apps that share a scope are one row in the database, a map from
`app.Class` to that state's bytes, so that one read per turn serves every app. Each turn decodes its
own copy; what a handler changed is found by comparing bytes when the turn ends. Fields that this
version of the class does not know are kept as they are.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeGuard, TypeVar

import msgspec
from msgspec import Raw, Struct


class Scope(StrEnum):
    """Who shares a conversation."""

    PERSON_IN_CHAT = "person_in_chat"
    CHAT = "chat"
    PERSON = "person"


class Conversation(Struct, kw_only=True):
    """State that an app keeps: subclass it with typed fields that all have defaults.

    A handler asks for it by annotation (an action by `= use()`), gets the person's own copy and
    changes it in place; the change commits with the turn or not at all.
    """

    scope: ClassVar[Scope] = Scope.PERSON_IN_CHAT
    """Who shares it: each person in each chat (the default), everybody in a chat, or a person
    across all chats."""


def is_conversation(kind: Any) -> TypeGuard[type[Conversation]]:
    """Whether an annotation is a conversation's class."""
    return isinstance(kind, type) and issubclass(kind, Conversation)


ConversationT = TypeVar("ConversationT", bound=Conversation)


class Broken(Struct, frozen=True):
    """State bytes that no longer decode."""

    scope: Scope
    name: str
    body: bytes
    error: str


_encode = msgspec.msgpack.Encoder().encode
_decode_row = msgspec.msgpack.Decoder(dict[str, Raw]).decode
_decoders: dict[type[Conversation], msgspec.msgpack.Decoder[Any]] = {}
_fields: dict[type[Conversation], frozenset[str]] = {}


def _decoder(kind: type[ConversationT]) -> msgspec.msgpack.Decoder[ConversationT]:
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.msgpack.Decoder(kind)
    return found


class Conversations:
    """The states one turn can reach, decoded when first asked for."""

    broken: Sequence[Broken] = ()
    """States that did not decode; they began anew."""

    def __init__(self, rows: Mapping[Scope, bytes | None]) -> None:
        self._rows = rows
        self._raw: dict[Scope, dict[str, Raw]] = {}
        self._open: dict[tuple[Scope, str], Conversation] = {}

    def get(self, kind: type[ConversationT], *, app: str) -> ConversationT:
        """Return an app's state of that class, from its defaults when there is none."""
        scope = kind.scope
        name = f"{app}.{kind.__qualname__}"
        held = self._open.get((scope, name))
        if held is not None:
            return held  # type: ignore[return-value]  # the name belongs to one class of one app
        raw = self._row(scope).get(name)
        state: ConversationT
        if raw is None:
            state = kind()
        else:
            try:
                state = _decoder(kind).decode(raw)
            except msgspec.DecodeError as error:
                self.broken = (*self.broken, Broken(scope, name, bytes(raw), str(error)))
                del self._raw[scope][name]
                state = kind()
        self._open[scope, name] = state
        return state

    def changed(self) -> dict[Scope, bytes]:
        """Return the rows that differ from what was loaded, encoded; may be called again."""
        rows = {broken.scope: dict(self._row(broken.scope)) for broken in self.broken}
        for (scope, name), state in self._open.items():
            before = self._row(scope).get(name)
            if before is None:
                if state == type(state)():
                    continue
                body = _encode(state)
            else:
                known = bytes(before)
                body = _encode(state)
                if body != known:
                    body = _with_unknown(before, body, type(state))
                if body == known:
                    continue
            row = rows.get(scope)
            if row is None:
                row = rows[scope] = dict(self._row(scope))
            row[name] = Raw(body)
        return {scope: _encode(row) for scope, row in rows.items()}

    def _row(self, scope: Scope) -> dict[str, Raw]:
        row = self._raw.get(scope)
        if row is None:
            body = self._rows.get(scope)
            row = self._raw[scope] = _decode_row(body) if body else {}
        return row


def _with_unknown(before: Raw, body: bytes, kind: type[Conversation]) -> bytes:
    """Return a state's new bytes with the fields of the old ones that its class does not know."""
    old = _decode_row(before)
    known = _fields.get(kind)
    if known is None:
        known = _fields[kind] = frozenset(kind.__struct_encode_fields__)
    if old.keys() <= known:
        return body
    new = _decode_row(body)
    # In the order of the old ones, so that a state that was not changed has the same bytes.
    kept = {name: value for name, value in old.items() if name in new or name not in known}
    return _encode({**kept, **new})
