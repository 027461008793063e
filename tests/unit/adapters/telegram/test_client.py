"""The client against a server that does everything wrong: errors by what can be done about it."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from posthouse.adapters.telegram.api.base import InputFile
from posthouse.adapters.telegram.api.methods import (
    DeleteMessage,
    EditMessageText,
    GetMe,
    GetUpdates,
    SendDocument,
    SendMessage,
)
from posthouse.adapters.telegram.client import TelegramClient
from posthouse.adapters.telegram.failures import NoMessageError, NotModifiedError, TakenError
from posthouse.errors import (
    MovedError,
    NotSentError,
    OutcomeUnknownError,
    PosthouseError,
    RejectedError,
    TokenError,
    UnreachableError,
)
from tests.unit.adapters.telegram.scripted import (
    ME,
    TOKEN,
    Reset,
    Scripted,
    http,
    message,
    ok,
    refused,
    serving,
)

SEND = SendMessage(chat_id=7, text="hi")
EDIT = EditMessageText(chat_id=7, message_id=1, text="hi")


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """A server that does as it is told."""
    async with serving() as scripted:
        yield scripted


@pytest.fixture
async def client(server: Scripted) -> AsyncIterator[TelegramClient]:
    """A client of that server."""
    async with TelegramClient(TOKEN, base_url=server.url) as client:
        yield client


MOVED = refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001)
FAULTS: list[tuple[str, Any, type[PosthouseError], type[PosthouseError]]] = [
    # What came, what sending raises, what editing raises (it may be repeated without harm).
    ("not modified", refused(400, "Bad Request: message is not modified: x"), NotModifiedError,
     NotModifiedError),
    ("migrated", MOVED, MovedError, MovedError),
    ("bad entities", refused(400, "Bad Request: can't parse entities"), RejectedError,
     RejectedError),
    ("no message", refused(400, "Bad Request: message to edit not found"), NoMessageError,
     NoMessageError),
    ("unauthorized", refused(401, "Unauthorized"), TokenError, TokenError),
    ("blocked", refused(403, "Forbidden: bot was blocked by the user"), UnreachableError,
     UnreachableError),
    ("not found", refused(404, "Not Found"), TokenError, TokenError),
    ("no method", refused(404, "Not Found: method not found"), RejectedError, RejectedError),
    ("conflict", refused(409, "Conflict: terminated by other getUpdates request"), TakenError,
     TakenError),
    ("413 empty", http(413, b""), RejectedError, RejectedError),
    ("429", refused(429, "Too Many Requests: retry after 7", retry_after=7), NotSentError,
     NotSentError),
    ("429 header", http(429, b"", more="Retry-After: 7\r\n"), NotSentError, NotSentError),
    ("500", refused(500, "Internal Server Error: restart"), OutcomeUnknownError, NotSentError),
    ("502 HTML", http(502, b"<html>Bad Gateway</html>", kind="text/html"), OutcomeUnknownError,
     NotSentError),
    ("504", http(504, b"", kind="text/plain"), OutcomeUnknownError, NotSentError),
    ("cut JSON", http(200, b'{"ok":true,"resu'), OutcomeUnknownError, NotSentError),
    ("empty 200", http(200, b""), OutcomeUnknownError, NotSentError),
    ("200 not ok", http(200, b'{"ok":false}'), OutcomeUnknownError, NotSentError),
    ("reset early", Reset("early"), OutcomeUnknownError, NotSentError),
    ("reset late", Reset("late"), OutcomeUnknownError, NotSentError),
    ("another result", ok("no message"), OutcomeUnknownError, PosthouseError),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "sending", "editing"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
async def test_each_fault_says_what_can_be_done(
    server: Scripted,
    client: TelegramClient,
    fault: Any,
    sending: type[PosthouseError],
    editing: type[PosthouseError],
) -> None:
    """A send that may have happened is never called not sent; the token is in no error."""
    server.on("sendMessage", fault)
    server.on("editMessageText", fault)
    for method, wanted in ((SEND, sending), (EDIT, editing)):
        with pytest.raises(wanted) as caught:
            await client.try_once(method)
        assert type(caught.value) is wanted or wanted is PosthouseError
        assert method.api_name in str(caught.value)
        assert "canary" not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_a_wait_that_was_asked_for_is_told(server: Scripted, client: TelegramClient) -> None:
    """By the body, by the header, or five seconds."""
    server.on("sendMessage", refused(429, "Too Many Requests: retry after 7", retry_after=7))
    server.on("deleteMessage", http(429, b"", more="Retry-After: 9\r\n"))
    server.on("getMe", refused(429, "Too Many Requests"))
    for method, wait_s in ((SEND, 7), (DeleteMessage(chat_id=1, message_id=1), 9), (GetMe(), 5)):
        with pytest.raises(NotSentError) as caught:
            await client.try_once(method)
        assert caught.value.retry_after_s == wait_s


async def test_a_chat_that_moved_tells_where(server: Scripted, client: TelegramClient) -> None:
    """As a raw id."""
    server.on("sendMessage", MOVED)
    with pytest.raises(MovedError) as caught:
        await client.try_once(SEND)
    assert caught.value.chat == "-1001"


async def test_a_slow_answer_is_unknown_and_a_trickle_too(
    server: Scripted, client: TelegramClient
) -> None:
    """The time is that of the whole call."""
    server.on("sendMessage", 5.0, ok(message(1, 7, "hi")))
    with pytest.raises(OutcomeUnknownError, match=r"no answer for 0\.2 s"):
        await client.try_once(SEND, timeout_s=0.2)


async def test_nobody_listens() -> None:
    """Nothing left, so it may be tried again."""
    async with TelegramClient(TOKEN, base_url="http://127.0.0.1:1") as client:
        with pytest.raises(NotSentError, match="sendMessage: cannot connect"):
            await client.try_once(SEND)


async def test_a_call_is_repeated_when_that_does_no_harm(
    server: Scripted, client: TelegramClient
) -> None:
    """A send of unknown end is not."""
    server.on("getMe", http(502, b"<html>"), Reset("late"), ok(ME))
    assert (await client.call(GetMe())).username == "post_bot"
    assert len(server.of("getMe")) == 2 + 1
    server.on("sendMessage", http(502, b"<html>"), ok(message(1, 7, "hi")))
    with pytest.raises(OutcomeUnknownError):
        await client.call(SEND)
    assert len(server.of("sendMessage")) == 1


async def test_a_short_wait_is_waited_and_a_long_one_raised(
    server: Scripted, client: TelegramClient
) -> None:
    """A minute is the most."""
    server.on("sendMessage", refused(429, "x", retry_after=0.1), ok(message(1, 7, "hi")))
    assert (await client.call(SEND)).message_id == 1
    server.on("getUpdates", refused(429, "x", retry_after=3600))
    with pytest.raises(NotSentError):
        await client.call(GetUpdates())


async def test_files_are_streamed_beside_the_parameters(
    server: Scripted, client: TelegramClient, tmp_path: Path
) -> None:
    """As multipart, named by the parameters; a missing one is refused here."""
    from aiohttp import web

    got: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                got[name] = (value.filename, value.file.read())
            else:
                got[name] = value
        return web.json_response({"ok": True, "result": message(5, 7, "")})

    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/{bot}/sendDocument", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    path = tmp_path / 'a "b".bin'
    path.write_bytes(b"x" * 300_000)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with TelegramClient(TOKEN, base_url=f"http://127.0.0.1:{port}") as uploading:
        for content, name, wanted in (
            (path, None, path.read_bytes()),
            (b"abc", "c.txt", b"abc"),
            (chunks(), "d.txt", b"onetwo"),
        ):
            sent = await uploading.call(
                SendDocument(chat_id=7, document=InputFile(content, name), caption="é")
            )
            assert sent.message_id == 5
            assert got["chat_id"] == "7"
            assert got["caption"] == "é"
            assert got["document"] == "attach://file0"
            assert got["file0"][1] == wanted
        with pytest.raises(RejectedError, match="there is no file"):
            await uploading.call(SendDocument(chat_id=7, document=InputFile(tmp_path / "none")))
    await runner.cleanup()


async def test_the_token_is_shown_nowhere(
    server: Scripted, client: TelegramClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in what is printed nor in what is logged, at any level."""
    caplog.set_level(logging.DEBUG)
    await client.call(GetMe())
    server.on("sendMessage", Reset("early"))
    with pytest.raises(PosthouseError) as caught:
        await client.call(SEND)
    shown = io.StringIO()
    print(repr(client), str(client), caught.value, caught.getrepr(style="long"), file=shown)
    assert "canary" not in shown.getvalue() + caplog.text


async def test_calls_at_once_do_not_disturb_each_other(
    server: Scripted, client: TelegramClient
) -> None:
    """One slow answer holds up nobody."""
    sent = asyncio.Event()
    server.on("getUpdates", sent, ok([]))
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(client.call(GetUpdates()))
        await client.call(SEND)
        assert not slow.done()
        sent.set()
    assert list(slow.result()) == []
