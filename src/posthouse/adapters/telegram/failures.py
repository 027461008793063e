"""What an answer of the Bot API means for whoever asked: the errors of `posthouse.errors`.

The wordings are those of tdlib/telegram-bot-api (Client.cpp) and of the Bot API's own servers; what
is not known here is a refusal, and is shown as it came.
"""

import re
from typing import Final

import msgspec

from posthouse.adapters.telegram.api.codec import open_answer
from posthouse.errors import (
    DecodeError,
    MessageGoneError,
    MovedError,
    NotSentError,
    OutcomeUnknownError,
    PosthouseError,
    RejectedError,
    TokenError,
    TryLaterError,
    UnreachableError,
)

MADE_ANEW: Final = re.compile(
    r"(?:send(?!ChatAction)|forward|copy|create|upload|add|post|repost|gift|transfer|convert|refund"
    r"|approveSuggested|export|upgrade|save)",
)
"""Methods that do it twice when they are called twice; all others may simply be repeated."""
DEFAULT_RETRY_S = 5.0
"""Wait after "too many requests" that does not say how long."""
LONGEST_SHOWN = 300
"""How many characters of an answer that is not JSON an error shows."""

_GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation with a user",
    "bot was kicked from",
    "bot is not a member of",
    "the group chat was deleted",
    "the bot can't send messages to the bot",
    "chat not found",
    "need administrator rights in the channel chat",
    "have no rights to send a message",
    "chat_write_forbidden",
    "not enough rights to send",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
NOT_MODIFIED = "message is not modified"
NO_MESSAGE = (
    "message to edit not found",
    "message to delete not found",
    "message_id_invalid",
)
FIXED = ("message can't be edited", "message can't be deleted")
TOO_OLD_QUERY = "query is too old"


class NotModifiedError(RejectedError):
    """An edit that changes nothing, so what it wanted is so."""


class NoMessageError(MessageGoneError):
    """The message to change is not there."""


class FixedMessageError(RejectedError):
    """The message to change is there, and this bot can no longer change it."""


_BY_SENTENCE: Final[tuple[tuple[tuple[str, ...], type[RejectedError]], ...]] = (
    ((NOT_MODIFIED,), NotModifiedError),
    (NO_MESSAGE, NoMessageError),
    (FIXED, FixedMessageError),
)


class TakenError(TryLaterError):
    """Somebody else receives this bot's updates: a second process, or a webhook."""


class Parameters(msgspec.Struct, frozen=True):
    """What is of interest in the details of some refusals; some servers send fractions."""

    migrate_to_chat_id: int | None = None
    retry_after: float | None = None


_parameters = msgspec.json.Decoder(Parameters | None).decode


def is_repeatable(method: str) -> bool:
    """Whether calling a method of the Bot API twice is the same as calling it once."""
    return MADE_ANEW.match(method) is None


def unknown(method: str, what: str) -> PosthouseError:
    """Return the error for a call of which nobody knows whether it was carried out."""
    if is_repeatable(method):
        return NotSentError(f"{method}: {what}")
    return OutcomeUnknownError(f"{method}: {what}, so it may or may not have been carried out")


def read_answer(
    method: str, status: int, body: bytes, *, retry_after: str | None = None
) -> msgspec.Raw:
    """Return the result inside an answer.

    Args:
        method: The Bot API's own name of the method, such as "sendMessage".
        status: HTTP status.
        body: Whatever came.
        retry_after: The header of that name.

    Raises:
        NotSentError: Nothing was done, or doing it again does no harm; `retry_after_s` is set when
            the messenger asked to wait.
        OutcomeUnknownError: It may have been carried out.
        UnreachableError, MovedError, NotModifiedError, NoMessageError, RejectedError: It was
            refused.
        TokenError: The token is not accepted.
        TakenError: Somebody else receives the updates.
    """
    try:
        answer = open_answer(body)
    except DecodeError:
        raise _unreadable(method, status, body, retry_after) from None
    if answer.ok and status < 400:  # noqa: PLR2004  where HTTP's errors begin
        return answer.result
    code = answer.error_code or status
    said = answer.description or f"status {status}"
    try:
        more = _parameters(answer.parameters) or Parameters()
    except msgspec.DecodeError:
        more = Parameters()  # of no use, but the answer is one
    wait_s, moved = more.retry_after, more.migrate_to_chat_id
    if moved is not None:
        raise MovedError(f"{method}: {said}", chat=str(moved), code=code)
    raise _refusal(method, code, said, wait_s if wait_s is not None else _seconds(retry_after))


def _refusal(  # noqa: PLR0911  a table, row by row
    method: str, code: int, said: str, wait_s: float | None
) -> PosthouseError:
    text, low = f"{method}: {said}", said.lower()
    match code:
        case 429:
            return NotSentError(text, retry_after_s=DEFAULT_RETRY_S if wait_s is None else wait_s)
        case 401:
            return TokenError(f"{text}: the token is wrong or was revoked; ask @BotFather for one")
        case 404 if "method not found" not in low:
            return TokenError(f"{text}: the token is not of the right form, or the server's is not")
        case 409:
            return TakenError(text)
        case 421 | 400 if code == 421 or "logged out" in low:  # noqa: PLR2004  HTTP
            return TokenError(f"{text}: this server does not serve the bot; look at base_url")
        case _ if code >= 500 or code < 400:  # noqa: PLR2004  or "ok": false without a reason
            return unknown(method, said)
    for sentences, kind in _BY_SENTENCE:
        if any(sentence in low for sentence in sentences):
            return kind(text, code=code)
    if code == 403 or any(sentence in low for sentence in _GONE):  # noqa: PLR2004  HTTP
        return UnreachableError(text, code=code)
    return RejectedError(text, code=code)


def _unreadable(method: str, status: int, body: bytes, retry_after: str | None) -> PosthouseError:
    """Return the error for an answer that is not the Bot API's: a proxy's page, half of one."""
    shown = " ".join(body[:LONGEST_SHOWN].decode("utf-8", "replace").split()) or "nothing"
    what = f"status {status} with {shown!r} instead of JSON"
    match status:
        case 429:
            wait_s = _seconds(retry_after)
            return NotSentError(
                f"{method}: {what}", retry_after_s=DEFAULT_RETRY_S if wait_s is None else wait_s
            )
        case 413 | 431:
            return RejectedError(f"{method}: the request is too large ({what})", code=status)
        case 401:
            return TokenError(f"{method}: {what}")
        case _ if 400 <= status < 500:  # noqa: PLR2004  HTTP's range of refusals
            return RejectedError(f"{method}: {what}", code=status)
    return unknown(method, what)


def _seconds(header: str | None) -> float | None:
    """Return the wait a header asks for, in seconds; None when it is a date or nothing."""
    return float(header) if header is not None and header.strip().isdecimal() else None
