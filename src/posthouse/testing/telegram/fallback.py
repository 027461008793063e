"""Answers of methods that nobody wrote: the plainest valid object of their type."""

import re
from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call
from posthouse.testing.telegram.methods.sending import answer as send_and_show
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Field, Kind, load

_PLAINEST = {"bool": True, "true": True, "int": 0, "float": 0.0, "str": ""}
_NAMED: dict[str, str] = {"url": "https://example.org", "file_id": "unknown"}


def answer(call: Call) -> Any:
    """Answer as the specification says the method does; refuse where that needs what is not there.

    An edit of a message in a business chat or a story needs one; there are none here.
    """
    if call.has("business_connection_id"):
        raise refuse("Bad Request: business connection not found")
    if call.has("chat_id"):
        call.chat()
    returns = load().methods[call.method].returns
    if returns == Kind("ref", "Message") and call.method.startswith("send"):
        return _send(call)
    return build(returns, call)


def _send(call: Call) -> Any:
    """Write a message with the plainest object of what the method sends, such as an invoice."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", call.method.removeprefix("send")).lower()
    field = load().types["Message"].get(name)
    if field is None:
        raise refuse(refusals.OWN_NOT_HERE.format(method=call.method))
    return send_and_show(call, {name: build(field.kind, call)})


def build(kind: Kind, call: Call) -> Any:
    """The plainest value of a kind."""
    if kind.k == "arr":
        return []
    if kind.k == "union":
        return build(kind.of[-1] if kind.of[-1].k == "true" else kind.of[0], call)
    return _build_object(kind.name, call) if kind.k == "ref" else _PLAINEST[kind.k]


def _build_object(name: str, call: Call) -> Any:
    if name == "User":
        return call.bot.user
    if name == "Message":
        raise refuse(refusals.TO_EDIT_MISSING)
    spec = load()
    if union := spec.unions.get(name):
        return build(union.members[0], call)
    fields = spec.types[name].values()
    return {field.name: _build_field(field, call) for field in fields if field.required}


def _build_field(field: Field, call: Call) -> Any:
    if field.const is not None:
        return field.const
    if field.name in _NAMED and field.kind.k == "str":
        return _NAMED[field.name]
    if field.name in {"date", "send_date", "expiration_date"}:
        return call.world.now()
    if given := call.text(field.name):
        if field.kind.k == "str":
            return given
        if field.kind.k == "int":
            return call.number(field.name)
    return build(field.kind, call)
