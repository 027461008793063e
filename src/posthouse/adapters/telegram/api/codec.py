"""Reads the Bot API's JSON: updates and answers.

How this works: the fast decoder (fast.py) takes nearly everything. What it refuses is read again
and walked (building.py), which keeps what came later than this version and refuses what is wrong.
"""

from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple

from posthouse.adapters.telegram.api.base import TelegramMethod
from posthouse.adapters.telegram.api.building import MismatchError, builder
from posthouse.adapters.telegram.api.fast import fast_decoder
from posthouse.adapters.telegram.api.types import ResponseParameters, Update
from posthouse.errors import DecodeError

R = TypeVar("R")

_PAYLOADS = tuple(name for name in Update.__struct_fields__ if name != "update_id")
_REFUSALS = (msgspec.DecodeError, MismatchError, RecursionError, UnicodeDecodeError)
_OPTIONAL = len(_PAYLOADS)


class Answer(Struct, frozen=True, kw_only=True):
    """What Telegram answers to a call; the result is still JSON."""

    ok: bool
    result: Raw = Raw(b"null")
    description: str | None = None
    error_code: int | None = None
    parameters: ResponseParameters | None = None
    """How long to wait, or where the chat moved to."""


class Envelope(Struct):
    """An answer as it comes; some servers send nulls, and newer ones may send more."""

    ok: bool
    result: Raw = Raw(b"null")
    description: str | None = None
    error_code: int | None = None
    parameters: Raw = Raw(b"null")


_envelopes = msgspec.json.Decoder(Envelope)
_arrays = msgspec.json.Decoder(list[Raw])


def decode_update(body: bytes | Raw) -> Update:
    """Read one update.

    Raises:
        DecodeError: the body is no JSON, or a value in it is not what the Bot API says it is; the
            message names the place.
    """
    try:
        update: Update = fast_decoder("Update").decode(body)
    except _REFUSALS:
        update = _walk("Update", body)
    # An update has one payload; with several of them nobody can say what it tells.
    if astuple(update).count(None) < _OPTIONAL - 1 and _payloads(update) > 1:
        raise DecodeError(
            f"update {update.update_id} has {_payloads(update)} payloads instead of one: "
            "look at it in the quarantine, and at who sends it"
        )
    return update


def decode_object(kind: str, body: bytes | Raw) -> Any:
    """Read JSON as any type, in the specification's notation: `Message`, `[Sticker]`.

    Raises:
        DecodeError: as decode_update does.
    """
    try:
        return fast_decoder(kind).decode(body)
    except _REFUSALS:
        return _walk(kind, body)


def decode_result(method: TelegramMethod[R] | type[TelegramMethod[R]], body: bytes | Raw) -> R:
    """Read the result of a call as what its method returns.

    Raises:
        DecodeError: as decode_update does.
    """
    return cast(R, decode_object(method.returns, body))


def decode_answer(body: bytes) -> Answer:
    """Read what Telegram answers to any call, up to the result.

    Raises:
        DecodeError: the body is no answer of a Bot API server: a proxy's page, half an answer.
    """
    found = open_answer(body)
    parameters = None
    if bytes(found.parameters) != b"null":
        parameters = decode_object("ResponseParameters", found.parameters)
    return Answer(
        ok=found.ok,
        result=found.result,
        description=found.description,
        error_code=found.error_code,
        parameters=parameters,
    )


def open_answer(body: bytes) -> Envelope:
    """Read what Telegram answers to any call, leaving its parts as JSON.

    Raises:
        DecodeError: as decode_answer does.
    """
    try:
        return _envelopes.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise DecodeError(f"this is no answer of the Bot API: {error}") from error


def split_updates(result: bytes | Raw) -> list[Raw]:
    """Part what getUpdates returned into its updates, so that a bad one is refused alone.

    Raises:
        DecodeError: it is no array.
    """
    try:
        return _arrays.decode(result)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise DecodeError(f"getUpdates returned something else than updates: {error}") from error


def _walk(kind: str, body: bytes | Raw) -> Any:
    try:
        return builder(kind)(msgspec.json.decode(body))
    except RecursionError as error:
        raise DecodeError(f"{kind} is nested too deeply to be read") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(f"{kind} is no JSON: {error}") from error
    except MismatchError as error:
        raise DecodeError(f"{kind} is not what the Bot API says it is: {error}") from error


def _payloads(update: Update) -> int:
    return _OPTIONAL - sum(getattr(update, name) is None for name in _PAYLOADS)
