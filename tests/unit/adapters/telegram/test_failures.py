"""What each answer of a Bot API server means for whoever asked."""

import json
from typing import Any

import pytest

from posthouse.adapters.telegram.api.specification import specification
from posthouse.adapters.telegram.failures import (
    DEFAULT_RETRY_S,
    LONGEST_SHOWN,
    FixedMessageError,
    NoMessageError,
    NotModifiedError,
    TakenError,
    is_repeatable,
    read_answer,
)
from posthouse.errors import (
    MovedError,
    NotSentError,
    OutcomeUnknownError,
    PosthouseError,
    RejectedError,
    TokenError,
    UnreachableError,
)

FORBIDDEN = [
    "bot was blocked by the user", "user is deactivated",
    "bot can't initiate conversation with a user", "the bot can't send messages to the bot",
    "bot was kicked from the group chat", "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat", "bot is not a member of the group chat",
    "bot is not a member of the supergroup chat", "bot is not a member of the channel chat",
    "the group chat was deleted",
]  # fmt: skip
GONE = [
    "chat not found", "private chat not found", "message thread not found", "TOPIC_CLOSED",
    "need administrator rights in the channel chat",
]  # fmt: skip
NO_MESSAGE = [
    "message to edit not found", "message to delete not found", "MESSAGE_ID_INVALID",
]  # fmt: skip
FIXED = [
    "message can't be edited", "message can't be deleted",
    "message can't be deleted for everyone",
]  # fmt: skip
REFUSED = [
    "user not found", "chat_id is empty", "business connection not found",
    "message to be replied not found", "message text is empty", "text must be non-empty",
    "message is too long", "message caption is too long", "reply markup is too long",
    "BUTTON_DATA_INVALID", "can't parse entities: Can't find end of Bold entity",
    "query is too old and response timeout expired or query ID is invalid",
    "wrong file identifier/HTTP URL specified", "file is too big",
    "too many messages to send as an album", "there is no photo in the request",
    "the bot has already been closed", "something nobody has heard of",
]  # fmt: skip


def refused(code: int, said: str, method: str = "sendMessage", **parameters: Any) -> PosthouseError:
    """The error for an answer."""
    body = {"ok": False, "error_code": code, "description": said, "parameters": parameters}
    with pytest.raises(PosthouseError) as caught:
        read_answer(method, code, json.dumps(body).encode())
    return caught.value


def unreadable(
    status: int, body: bytes, method: str = "sendMessage", **more: Any
) -> PosthouseError:
    """The error for an answer that is not the Bot API's."""
    with pytest.raises(PosthouseError) as caught:
        read_answer(method, status, body, **more)
    return caught.value


def test_a_result_is_returned_as_it_stands() -> None:
    """Still JSON; with keys to come around it."""
    body = b'{"ok":true,"from_the_future":[1],"result":{"message_id":7}}'
    assert bytes(read_answer("sendMessage", 200, body)) == b'{"message_id":7}'


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        *[(403, f"Forbidden: {said}", UnreachableError) for said in FORBIDDEN],
        *[(400, f"Bad Request: {said}", UnreachableError) for said in GONE],
        *[(400, f"Bad Request: {said}", NoMessageError) for said in NO_MESSAGE],
        *[(400, f"Bad Request: {said}", FixedMessageError) for said in FIXED],
        *[(400, f"Bad Request: {said}", RejectedError) for said in REFUSED],
        (
            400,
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message",
            NotModifiedError,
        ),
        (401, "Unauthorized", TokenError),
        (401, "Unauthorized: invalid token specified", TokenError),
        (404, "Not Found", TokenError),
        (404, "Not Found: method not found", RejectedError),
        (421, "Misdirected Request: unallowed token specified", TokenError),
        (400, "Logged out", TokenError),
        (409, "Conflict: terminated by other getUpdates request", TakenError),
        (409, "Conflict: can't use getUpdates method while webhook is active", TakenError),
        (500, "Internal Server Error: restart", OutcomeUnknownError),
        (500, "Internal Server Error: sent message was immediately deleted and can't be returned",
         OutcomeUnknownError),
        (502, "Bad Gateway", OutcomeUnknownError),
    ],
)  # fmt: skip
def test_refusals(code: int, said: str, expected: type[PosthouseError]) -> None:
    """Each is of exactly the class that says what to do, and shows what Telegram said."""
    error = refused(code, said)
    assert type(error) is expected
    assert str(error).startswith(f"sendMessage: {said}")
    if isinstance(error, RejectedError):
        assert error.code == code


def test_a_group_that_became_a_supergroup_has_a_new_number() -> None:
    """What was to be sent goes there."""
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    error = refused(400, said, migrate_to_chat_id=-1001234567890)
    assert isinstance(error, MovedError)
    assert error.chat == "-1001234567890"


@pytest.mark.parametrize("method", ["sendMessage", "getMe", "getUpdates", "setWebhook"])
def test_too_many_requests_is_a_wait(method: str) -> None:
    """As long as the answer says, else as its header does, else a few seconds."""
    brief = refused(429, "Too Many Requests: retry after 0", method, retry_after=0.25)
    assert isinstance(brief, NotSentError)
    assert brief.retry_after_s == 0.25
    odd = refused(429, "Too Many Requests", method, retry_after="soon")
    assert isinstance(odd, NotSentError)
    assert odd.retry_after_s == 5
    error = refused(429, "Too Many Requests: retry after 17", method, retry_after=17)
    assert isinstance(error, NotSentError)
    assert error.retry_after_s == 17
    for header, expected in [("9", 9.0), (None, DEFAULT_RETRY_S), ("Wed, 21 Oct", DEFAULT_RETRY_S)]:
        for body in (b'{"ok":false,"error_code":429}', b"<html>slow down</html>"):
            silent = unreadable(429, body, method, retry_after=header)
            assert isinstance(silent, NotSentError)
            assert silent.retry_after_s == expected


@pytest.mark.parametrize("body", [b"", b"<html>\n<b>502</b> Bad Gateway", b'{"ok":tr', b"\xff\xfe"])
@pytest.mark.parametrize(
    ("status", "sending", "asking"),
    [
        (200, OutcomeUnknownError, NotSentError),
        (302, OutcomeUnknownError, NotSentError),
        (401, TokenError, TokenError),
        (403, RejectedError, RejectedError),
        (413, RejectedError, RejectedError),
        (431, RejectedError, RejectedError),
        (500, OutcomeUnknownError, NotSentError),
        (502, OutcomeUnknownError, NotSentError),
        (504, OutcomeUnknownError, NotSentError),
    ],
)
def test_an_answer_that_is_not_the_bot_apis(
    status: int, sending: type[PosthouseError], asking: type[PosthouseError], body: bytes
) -> None:
    """A proxy's page, half an answer, nothing; whether to repeat depends on what was asked."""
    assert type(unreadable(status, body)) is sending
    error = unreadable(status, body, "getMe")
    assert type(error) is asking
    assert f"status {status}" in str(error)


def test_a_page_is_shown_in_part() -> None:
    """On one line."""
    error = unreadable(502, b"<html>\n" + b"x" * 9000)
    assert "<html> xxx" in str(error)
    assert len(str(error)) < LONGEST_SHOWN + 200


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b'{"ok":false}'), (200, b'{"ok":false,"description":"x"}'), (500, b'{"ok":true}')],
)
def test_an_answer_that_says_two_things_leaves_it_open(status: int, body: bytes) -> None:
    """Nobody knows whether the message was sent."""
    assert type(unreadable(status, body)) is OutcomeUnknownError
    assert type(unreadable(status, body, "deleteMessage")) is NotSentError


ANEW = {"send", "forward", "copy", "create", "upload", "add", "post", "repost", "gift", "save"}


def test_only_methods_that_show_or_spend_nothing_are_repeated() -> None:
    """For all methods of the Bot API."""
    for method in (each.name for each in specification().methods):
        first = next((word for word in ANEW if method.startswith(word)), None)
        if method == "sendChatAction":
            assert is_repeatable(method)
        elif first is not None:
            assert not is_repeatable(method), method
        elif method.startswith(("get", "set", "edit", "delete", "pin", "ban", "close", "leave")):
            assert is_repeatable(method), method
    for method in (
        "transferGift",
        "convertGiftToStars",
        "refundStarPayment",
        "upgradeGift",
        "transferBusinessAccountStars",
        "approveSuggestedPost",
        "exportChatInviteLink",
    ):
        assert not is_repeatable(method), method  # fmt: skip
