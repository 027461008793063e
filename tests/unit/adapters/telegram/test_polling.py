"""Long polling: nothing is confirmed before it is durable, and nothing that goes wrong ends it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from posthouse import App, TextMessage
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.errors import AdapterError, TokenError
from posthouse.model.update import Reaction
from posthouse.site import Bot, Site
from tests.unit.adapters.telegram.scripted import (
    TOKEN,
    Call,
    Reset,
    Scripted,
    http,
    message,
    ok,
    refused,
    serving,
)

ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
BUSY = refused(409, "Conflict: terminated by other getUpdates request; make sure")
HOOKED = refused(409, "Conflict: can't use getUpdates method while webhook is active; use delete")


def text(number: int, words: str, chat: int = 7) -> dict[str, Any]:
    """Return an update with a text of Ann's."""
    return {"update_id": number, "message": {**message(number, chat, words), "from": ANN}}


class Queue:
    """What waits at Telegram: forgotten once a question asks for what follows."""

    def __init__(self, *updates: dict[str, Any]) -> None:
        self.updates = list(updates)
        self.offsets: list[int | None] = []

    def __call__(self, call: Call) -> bytes:
        """Answer getUpdates."""
        offset = call.body.get("offset")
        self.offsets.append(offset)
        if offset is not None:
            self.updates = [each for each in self.updates if each["update_id"] >= offset]
        return ok(self.updates[: call.body.get("limit", 100)])


def echo() -> App:
    """An app that repeats what was said."""
    app = App("echo")

    @app.on
    async def repeat(message: TextMessage) -> str:
        return message.text

    return app


def site_of(server: Scripted, folder: Path, app: App | None = None, **settings: Any) -> Site:
    """Return a site with one bot that polls."""
    adapter = TelegramAdapter({"token": TOKEN, "base_url": server.url, **settings})
    bot = Bot("post", messenger="telegram", apps=[app or echo()], adapter=adapter)
    return Site(bots=[bot], folder=folder)


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """Telegram, as scripted; a question without news is held a while."""
    async with serving() as scripted:
        yield scripted


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens soon."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within five seconds")


def said(server: Scripted) -> list[str]:
    """Return what the bot sent."""
    return [call["text"] for call in server.of("sendMessage")]


async def test_updates_are_answered_and_then_confirmed(server: Scripted, tmp_path: Path) -> None:
    """The next question begins after the last that is durable; at stop that is told once more."""
    queue = Queue(text(100, "a"), text(101, "b"), text(102, "c"))
    server.on("getUpdates", queue, 0.05, queue)
    async with site_of(server, tmp_path).start():
        await until(lambda: said(server) == ["a", "b", "c"])
        await until(lambda: 103 in queue.offsets)
    assert queue.offsets[0] is None
    assert server.of("getUpdates")[-1] == {"offset": 103, "limit": 1}
    assert not queue.updates


async def test_what_was_not_confirmed_is_not_done_twice(server: Scripted, tmp_path: Path) -> None:
    """Telegram repeats it at the next start, and it is known."""
    server.on("getUpdates", ok([text(100, "a")]), 30.0, ok([]))
    async with site_of(server, tmp_path).start():
        await until(lambda: said(server) == ["a"])
    async with site_of(server, tmp_path).start():
        await asyncio.sleep(0.4)
    assert said(server) == ["a"]


async def test_one_bad_update_does_not_stop_the_others(server: Scripted, tmp_path: Path) -> None:
    """It is set aside, and never asked for again."""
    bad = {"update_id": 101, "message": {"message_id": "x"}}
    queue = Queue(text(100, "a"), bad, text(102, "c"))
    server.on("getUpdates", queue, 0.05, queue)
    async with site_of(server, tmp_path).start() as site:
        await until(lambda: said(server) == ["a", "c"])
        await until(lambda: 103 in queue.offsets)
        assert site.counters["quarantined"] == 1


@pytest.mark.parametrize(
    "trouble",
    [
        refused(500, "Internal Server Error: restart"),
        http(502, b"<html>Bad Gateway</html>", kind="text/html"),
        http(200, b'{"ok":true,"res'),
        http(200, b""),
        http(413, b""),
        refused(429, "Too Many Requests: retry after 0", retry_after=0.1),
        Reset("early"),
        Reset("late"),
    ],
    ids=["500", "html", "cut", "empty", "413", "429", "reset early", "reset late"],
)
async def test_trouble_does_not_end_it(server: Scripted, tmp_path: Path, trouble: Any) -> None:
    """The question is asked again."""
    queue = Queue(text(100, "a"))
    server.on("getUpdates", trouble, queue, 0.05, queue)
    async with site_of(server, tmp_path).start():
        await until(lambda: said(server) == ["a"])


async def test_a_second_process_is_named(
    server: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The error says what to do; updates come again once the other is gone."""
    queue = Queue(text(100, "a"))
    server.on("getUpdates", BUSY, queue, 0.05, queue)
    with caplog.at_level(logging.ERROR):
        async with site_of(server, tmp_path).start():
            await until(lambda: said(server) == ["a"])
    assert "another process receives the updates of this bot" in caplog.text


async def test_a_webhook_that_is_set_is_removed(server: Scripted, tmp_path: Path) -> None:
    """At the start by looking, later by the conflict."""
    queue = Queue(text(100, "a"))
    info = {"url": "https://old.example", "has_custom_certificate": False,
            "pending_update_count": 1}  # fmt: skip
    server.on("getWebhookInfo", ok(info))
    server.on("getUpdates", HOOKED, queue, 0.05, queue)
    async with site_of(server, tmp_path).start():
        await until(lambda: said(server) == ["a"])
    assert len(server.of("deleteWebhook")) == 2


async def test_a_wrong_token_ends_the_start(server: Scripted, tmp_path: Path) -> None:
    """In one sentence, without the token."""
    server.on("getMe", refused(401, "Unauthorized"))
    with pytest.raises(TokenError, match="bot post: getMe: Unauthorized") as caught:
        async with site_of(server, tmp_path).start():
            pass
    assert "canary" not in str(caught.value)


async def test_a_server_that_is_not_there_is_named(tmp_path: Path, server: Scripted) -> None:
    """With its address."""
    server.url = "http://127.0.0.1:1"
    with pytest.raises(AdapterError, match=r"cannot reach http://127\.0\.0\.1:1"):
        async with site_of(server, tmp_path).start():
            pass


async def test_only_what_handlers_ask_for_is_received(server: Scripted, tmp_path: Path) -> None:
    """Reactions must be asked for by name."""
    app = echo()

    @app.observe
    async def see(reaction: Reaction) -> None:
        """See it."""

    server.on("getUpdates", 0.05, ok([]))
    async with site_of(server, tmp_path, app).start():
        await until(lambda: server.of("getUpdates"))
    assert set(server.of("getUpdates")[0]["allowed_updates"]) == {
        "message", "channel_post", "callback_query", "my_chat_member", "message_reaction",
    }  # fmt: skip


async def test_commands_are_told_when_they_change(server: Scripted, tmp_path: Path) -> None:
    """And only then."""
    app = echo()

    @app.command
    async def start() -> str:
        """Begin here."""
        return "hi"

    server.on("getUpdates", 0.05, ok([]))
    async with site_of(server, tmp_path, app).start():
        await until(lambda: server.of("getUpdates"))
    told = server.of("setMyCommands")[0]["commands"]
    assert [each["command"] for each in told] == ["start"]
    server.on("getMyCommands", ok(told))
    async with site_of(server, tmp_path, app).start():
        await until(lambda: len(server.of("getMyCommands")) == 2)
        await asyncio.sleep(0.1)
    assert len(server.of("setMyCommands")) == 1


async def test_a_command_may_name_the_bot(server: Scripted, tmp_path: Path) -> None:
    """By its name on Telegram; one for another bot is not taken."""
    app = App("named")

    @app.command
    async def ping() -> str:
        return "pong"

    group = -100
    queue = Queue(text(1, "/ping@post_bot", group), text(2, "/ping@other_bot", group))
    server.on("getUpdates", queue, 0.05, queue)
    async with site_of(server, tmp_path, app).start():
        await until(lambda: said(server))
        await asyncio.sleep(0.2)
    assert said(server) == ["pong"]


# --- sending


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (refused(400, "Bad Request: can't parse entities: x"), 1),
        (http(413, b""), 1),
        (refused(429, "Too Many Requests: retry after 0", retry_after=0.2), 2),
        (refused(500, "Internal Server Error: restart"), 1),
        (http(502, b"<html>", kind="text/html"), 1),
        (http(200, b""), 1),
        (http(200, b'{"ok":false}'), 1),
        (Reset("late"), 1),
    ],
    ids=["entities", "413", "429", "500", "502", "empty", "not ok",
         "reset"],
)  # fmt: skip
async def test_nothing_is_sent_twice_and_no_other_chat_waits(
    server: Scripted, tmp_path: Path, fault: Any, tries: int
) -> None:
    """What may have been shown is not sent again; only what certainly was not is."""
    queue = Queue(text(1, "first"), text(2, "second", chat=8), text(3, "third"))
    server.on("getUpdates", queue, 0.05, queue)

    def answer(call: Call) -> Any:
        is_first = call.body["text"] == "first" and said(server).count("first") == 1
        return fault if is_first else ok(message(9, call.body["chat_id"], call.body["text"]))

    server.on("sendMessage", answer)
    async with site_of(server, tmp_path).start():
        await until(lambda: {"second", "third"} <= set(said(server)))
        await asyncio.sleep(0.4)
    assert said(server).count("first") == tries
    assert said(server).count("second") == said(server).count("third") == 1
    own = [each for each in said(server) if each != "second"]
    assert own[-1] == "third"


@pytest.mark.parametrize(
    "why", ["Forbidden: bot was blocked by the user", "Bad Request: chat not found"]
)
async def test_a_chat_that_is_closed_is_asked_once(
    server: Scripted, tmp_path: Path, why: str
) -> None:
    """The other chats go on; when its person writes again, so does this one."""
    queue = Queue(text(1, "first"), text(2, "second", chat=8))
    server.on("getUpdates", queue, 0.05, queue)

    def answer(call: Call) -> Any:
        if call.body["text"] == "first":
            return refused(403 if "Forbidden" in why else 400, why)
        return ok(message(9, call.body["chat_id"], call.body["text"]))

    server.on("sendMessage", answer)
    async with site_of(server, tmp_path).start():
        await until(lambda: {"first", "second"} <= set(said(server)))
        await asyncio.sleep(0.2)
        queue.updates.append(text(3, "third"))
        await until(lambda: "third" in said(server))
    assert sorted(said(server)) == ["first", "second", "third"]


async def test_a_group_that_became_a_supergroup_is_followed(
    server: Scripted, tmp_path: Path
) -> None:
    """The message is sent once, to the new chat."""
    queue = Queue(text(1, "hello", chat=-5), text(2, "more", chat=-5))
    server.on("getUpdates", queue, 0.05, queue)

    def answer(call: Call) -> bytes:
        if call.body["chat_id"] == -5:
            return refused(400, "Bad Request: upgraded", migrate_to_chat_id=-1005)
        return ok(message(9, call.body["chat_id"], call.body["text"]))

    server.on("sendMessage", answer)
    async with site_of(server, tmp_path).start():
        await until(lambda: len(said(server)) >= 3)
    sent = [(call["chat_id"], call["text"]) for call in server.of("sendMessage")]
    assert sent == [(-5, "hello"), (-1005, "hello"), (-1005, "more")]


async def test_a_token_that_is_revoked_loses_nothing(server: Scripted, tmp_path: Path) -> None:
    """The answer waits until the bot is let in again."""
    queue = Queue(text(1, "hello"))
    server.on("getUpdates", queue, 0.05, queue)
    server.on("sendMessage", refused(401, "Unauthorized"), ok(message(9, 7, "hello")))
    async with site_of(server, tmp_path).start():
        await until(lambda: len(said(server)) == 2)
        await until(lambda: len(server.of("getMe")) == 2)


async def test_the_token_is_nowhere(
    server: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in logs nor in problems nor in a file, whatever goes wrong."""
    queue = Queue(text(1, "hello"), text(2, "again", chat=8))
    server.on("getUpdates", BUSY, Reset("late"), queue, 0.05, queue)
    server.on("sendMessage", Reset("early"), refused(403, "Forbidden: bot was blocked"))
    with caplog.at_level(logging.DEBUG):
        site = site_of(server, tmp_path)
        async with site.start():
            await until(lambda: len(server.of("sendMessage")) >= 1)
            await asyncio.sleep(0.3)
            shown = f"{site!r} {site.bots!r} {site.problems()!r} {site.counters!r}"
    found = await asyncio.to_thread(lambda: list(tmp_path.rglob("*")))
    files = [path for path in found if path.suffix or path.name.startswith("posthouse")]
    assert len(files) >= 2
    kept = b"".join([await asyncio.to_thread(path.read_bytes) for path in files])
    assert b"hello" in kept
    assert "canary" not in shown + caplog.text
    assert b"canary" not in kept
