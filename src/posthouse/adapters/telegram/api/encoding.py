"""Writes the Bot API's JSON: calls, replies, and received objects with all they came with."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.adapters.telegram.api.base import InputFile, TelegramMethod, TelegramObject
from posthouse.adapters.telegram.api.unknown import (
    KEPT,
    Kept,
    NeedsWalkError,
    Unknown,
    kept,
    raw,
)
from posthouse.errors import InvalidReplyError
from posthouse.model.update import Update


class Call(Struct, frozen=True):
    """A call, ready to be sent."""

    method: str
    body: bytes
    """Its parameters as JSON; a file stands there as attach://NAME."""
    files: Mapping[str, InputFile] = {}
    """The files by those names; with any, the call is sent as multipart/form-data."""

    def fields(self) -> dict[str, str]:
        """Give the parameters as a form has them: text as it is, everything else as JSON."""
        found = msgspec.json.decode(self.body, type=dict[str, msgspec.Raw])
        return {name: _form_value(bytes(value)) for name, value in found.items()}


def encode(value: TelegramObject | Sequence[TelegramObject] | Unknown | Update) -> bytes:
    """Write an object as JSON, with every key it came with.

    An update that a handler gets is written too, with all that Telegram told as its `native`.

    Raises:
        InvalidReplyError: it holds a file, which JSON cannot carry.
    """
    if isinstance(value, Update):
        value.native  # noqa: B018  looking at it reads it, unless somebody did
    try:
        return _objects.encode(value)
    except NeedsWalkError:
        return _objects.encode(_walked(value))


def encode_call(method: TelegramMethod[Any]) -> Call:
    """Write a call: JSON, and the files it uploads apart from it."""
    try:
        return Call(method.api_name, _calls.encode(method))
    except (_HasFileError, NeedsWalkError):
        return _walked_call(method)


def encode_reply(method: TelegramMethod[Any]) -> bytes:
    """Write a call as the answer to a webhook's request.

    Raises:
        InvalidReplyError: it uploads a file, which such an answer cannot carry as JSON.
    """
    try:
        body = _calls.encode(method)
    except (_HasFileError, NeedsWalkError):
        call = _walked_call(method)
        if call.files:
            raise InvalidReplyError(
                f"{method.api_name} uploads a file, which the answer to a webhook cannot carry: "
                "send it as a call"
            ) from None
        body = call.body
    return with_method(method.api_name, body)


def with_method(name: str, parameters: bytes) -> bytes:
    """Write the name of a method into its parameters, as a webhook's answer has them."""
    begin = _begins.get(name)
    if begin is None:
        begin = _begins[name] = b'{"method":"' + name.encode() + b'",'
    return begin + parameters[1:] if parameters != b"{}" else begin[:-1] + b"}"


_begins: dict[str, bytes] = {}
"""How answers begin, by method: those of this version, and what handlers call by name."""


def _walked_call(method: TelegramMethod[Any]) -> Call:
    files: dict[str, InputFile] = {}

    def attach(value: Any) -> Any:
        if isinstance(value, InputFile):
            name = f"file{len(files)}"
            files[name] = value
            return f"attach://{name}"
        return _hook(value)

    body = msgspec.json.encode(_walked(method), enc_hook=attach)
    return Call(method.api_name, body, files)


class _HasFileError(Exception):
    """A call holds a file, so it cannot be JSON alone."""


def _hook(value: Any) -> Any:
    if isinstance(value, Unknown):
        return raw(value)
    if isinstance(value, Kept):
        raise NeedsWalkError
    raise TypeError(f"{type(value).__name__} is nothing that the Bot API takes")


def _object_hook(value: Any) -> Any:
    if isinstance(value, InputFile):
        raise InvalidReplyError("a file cannot be written as JSON: send it with a method's call")
    return _hook(value)


def _call_hook(value: Any) -> Any:
    if isinstance(value, InputFile):
        raise _HasFileError
    return _hook(value)


_objects = msgspec.json.Encoder(enc_hook=_object_hook)
_calls = msgspec.json.Encoder(enc_hook=_call_hook)


def _walked(value: Any) -> Any:
    """Turn objects into dicts, those that keep more than their fields with everything they keep."""
    if isinstance(value, Struct):
        return _fields(value)
    if isinstance(value, list | tuple):
        return [_walked(item) for item in value]
    if isinstance(value, dict):
        return {key: _walked(item) for key, item in value.items()}
    return raw(value) if isinstance(value, Unknown) else value


def _fields(value: Struct) -> dict[str, Any]:
    kind = type(value)
    found = kept(value) if isinstance(value, TelegramObject) else None
    data: dict[str, Any] = {}
    tag = kind.__struct_config__.tag_field
    if tag is not None and (found is None or tag in found.data):
        data[tag] = kind.__struct_config__.tag
    if found is not None:
        known = {*kind.__struct_encode_fields__, tag}
        data |= {key: item for key, item in found.data.items() if key not in known}
    for name, key in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True):
        item = getattr(value, name)
        if name == KEPT or (item is None and (found is None or key not in found.data)):
            continue
        if found is not None and key in found.invented and not item:
            continue
        data[key] = _walked(item)
    return data


def _form_value(value: bytes) -> str:
    return msgspec.json.decode(value, type=str) if value.startswith(b'"') else value.decode()
