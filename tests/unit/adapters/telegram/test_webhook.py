"""Webhooks over real HTTP: exact answers, and deliveries that ride in them."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from posthouse import SILENT, App, Screen, TextMessage, Turn, button
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.engine.journal import Journal
from posthouse.ports.records import DeliveryState, Mark
from posthouse.site import Bot, Site
from posthouse.telegram import InputPollOption, SendPoll
from posthouse.testing import FakeClock
from tests.unit.adapters.telegram.scripted import (
    TOKEN,
    Scripted,
    http,
    message,
    ok,
    refused,
    serving,
)

ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}


def app() -> App:
    """Answers in all the ways there are."""
    app = App("talk")

    @app.action
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("go", menu))

    @app.command
    async def screen(turn: Turn) -> Screen:
        return await menu(turn)

    @app.command
    async def twice() -> list[str]:
        return ["one", "two"]

    @app.command
    async def handle(turn: Turn) -> object:
        turn.sent(turn.send("with a handle").key)
        return SILENT

    @app.command
    async def slow() -> str:
        await asyncio.sleep(3)
        return "at last"

    @app.command
    async def poll(turn: Turn) -> object:
        options = [InputPollOption(text="yes"), InputPollOption(text="no")]
        turn.call(SendPoll(chat_id=7, question="Tea?", options=options))
        return SILENT

    @app.command
    async def pollandwords(turn: Turn) -> str:
        await poll(turn)
        return "there"

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


def text(number: int, words: str, chat: int = 7) -> dict[str, Any]:
    """Return an update with a text of Ann's."""
    told = message(number, chat, words)
    told["chat"]["first_name"] = "Ann"
    return {"update_id": number, "message": {**told, "from": ANN}}


class Posted(NamedTuple):
    """What a request was answered."""

    status: int
    body: str
    headers: Any

    @property
    def reply(self) -> Any:
        """The call that rides in it, or None."""
        return json.loads(self.body) if self.body else None


Post = Callable[..., Awaitable[Posted]]


async def parts(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body in parts, so that nobody says how long it is."""
    yield body[:3]
    yield body[3:]


def bot_of(server: Scripted, **settings: Any) -> Bot:
    """Return a bot of that server."""
    adapter = TelegramAdapter({"token": TOKEN, "base_url": server.url, **settings})
    return Bot("post", messenger="telegram", apps=[app()], adapter=adapter)


@asynccontextmanager
async def running(
    server: Scripted, folder: Path, *, clock: FakeClock | None = None, **settings: Any
) -> AsyncIterator[tuple[Site, Post]]:
    """Run a bot on a webhook, and post to it as Telegram does."""
    bot = bot_of(server, webhook="https://bots.example.org", **settings)
    site = Site(bots=[bot], folder=folder, port=0, clock=clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(site.start())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for _ in range(200):
            if server.of("setWebhook"):
                break
            await asyncio.sleep(0.01)
        secret = server.of("setWebhook")[-1]["secret_token"]

        async def post(
            update: Any, path: str = "/telegram/123456", *, in_parts: bool = False, **headers: str
        ) -> Posted:
            headers = {
                "X-Telegram-Bot-Api-Secret-Token": secret,
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            }
            body = update if isinstance(update, bytes) else json.dumps(update).encode()
            data: Any = parts(body) if in_parts else io.BytesIO(body)
            async with session.post(f"{site.urls[0]}{path}", data=data, headers=headers) as got:
                return Posted(got.status, await got.text(), got.headers)

        yield site, post


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """Telegram, as far as the bot calls it."""
    async with serving() as scripted:
        scripted.on(
            "getWebhookInfo",
            lambda _: ok(
                {
                    "url": next((c["url"] for c in scripted.of("setWebhook")[::-1]), ""),
                    "has_custom_certificate": False,
                    "pending_update_count": 0,
                }
            ),
        )
        yield scripted


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens soon."""
    for _ in range(300):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within three seconds")


# --- answers


@pytest.mark.parametrize("in_parts", [False, True])
async def test_every_way_a_request_comes_is_answered_alike(
    server: Scripted, tmp_path: Path, *, in_parts: bool
) -> None:
    """Whole, or by ASGI because nobody says how long it is."""
    async with running(server, tmp_path) as (site, post):
        first = await post(text(1, "hi"), in_parts=in_parts)
        again = await post(text(1, "hi"), in_parts=in_parts)
        assert first.reply == again.reply == {"method": "sendMessage", "chat_id": 7, "text": "hi"}
        assert (await post(b"no JSON", in_parts=in_parts)).body == ""
        assert site.counters["turns"] == 1


@pytest.mark.parametrize("length", [10, 70_000])
async def test_what_is_no_update_of_telegrams_is_refused(
    server: Scripted, tmp_path: Path, length: int
) -> None:
    """By exact status codes, long or short; an unknown bot is never 404 or 410."""
    async with running(server, tmp_path) as (site, post):
        told = json.dumps(text(1, "x" * length)).encode()
        header = "X_Telegram_Bot_Api_Secret_Token"
        assert (await post(told, **{header: "wrong"})).status == 401
        assert (await post(told, **{header: ""})).status == 401
        assert (await post(told, Content_Type="text/plain")).status == 415
        assert (await post(b"x" * 1_100_000)).status == 413
        unknown = await post(told, path="/telegram/999")
        assert (unknown.status, unknown.headers["Retry-After"]) == (503, "5")
        address = f"{site.urls[0]}/telegram/123456"
        async with aiohttp.ClientSession() as session, session.get(address) as got:
            assert got.status == 405
        assert site.counters["turns"] == 0


async def test_what_cannot_be_decoded_is_set_aside_alone(server: Scripted, tmp_path: Path) -> None:
    """It is taken, so that Telegram does not repeat it for a day; the next one is answered."""
    async with running(server, tmp_path) as (site, post):
        for broken in (
            b'{"update_id": 5, "message": {"message_id": "x"}}',
            b'{"update_id": 6, "message": 5}',
            b"[1, 2]",
            b"no JSON \xff",
            b"",
        ):
            assert (await post(broken)).status == 200
        assert (await post(text(7, "hi"))).status == 200
        assert site.counters["quarantined"] == 5
        assert site.counters["turns"] == 1
        kept = {row.mark.update_id: row.body for row in await site.engine.store.quarantine()}
        assert kept["6"] == b'{"update_id": 6, "message": 5}'


async def test_the_webhook_is_set_and_removed(server: Scripted, tmp_path: Path) -> None:
    """For what the handlers ask for, with a secret that only Telegram knows."""
    async with running(server, tmp_path, max_connections=7):
        told = server.of("setWebhook")[-1]
        assert told["url"] == "https://bots.example.org/telegram/123456"
        assert told["max_connections"] == 7
        assert set(told["allowed_updates"]) == {
            "message", "channel_post", "callback_query", "my_chat_member",
        }  # fmt: skip
        assert len(told["secret_token"]) == 64
        assert not server.of("deleteWebhook")
    assert len(server.of("deleteWebhook")) == 1


async def test_a_webhook_may_stay_set(server: Scripted, tmp_path: Path) -> None:
    """Where another process takes over at once."""
    async with running(server, tmp_path, keep_webhook=True):
        pass
    assert not server.of("deleteWebhook")


async def test_a_webhook_that_somebody_removed_is_set_again(
    server: Scripted, tmp_path: Path
) -> None:
    """It is looked at every ten minutes."""
    clock = FakeClock()
    async with running(server, tmp_path, clock=clock):
        gone = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        usual = server._scripts["getWebhookInfo"].pop()
        server.on("getWebhookInfo", ok(gone), usual)
        await asyncio.sleep(0.2)
        await clock.advance(601)
        await until(lambda: len(server.of("setWebhook")) == 2)


# --- riding


async def test_a_plain_answer_rides(server: Scripted, tmp_path: Path) -> None:
    """In the reply to the request, and is not sent."""
    async with running(server, tmp_path) as (site, post):
        got = await post(text(1, "hi"))
        assert got.reply == {"method": "sendMessage", "chat_id": 7, "text": "hi"}
        assert got.headers["Content-Type"] == "application/json"
        assert not server.of("sendMessage")
        assert site.counters["turns"] == 1


@pytest.mark.parametrize("words", ["/screen", "/twice", "/handle"])
async def test_what_something_may_refer_to_does_not_ride(
    server: Scripted, tmp_path: Path, words: str
) -> None:
    """Screens, several answers, handles: they are sent."""
    async with running(server, tmp_path) as (_, post):
        assert (await post(text(1, words))).reply is None
        await until(lambda: len(server.of("sendMessage")) == (2 if words == "/twice" else 1))


async def test_riding_can_be_switched_off(server: Scripted, tmp_path: Path) -> None:
    """By a setting."""
    async with running(server, tmp_path, webhook_replies=False) as (_, post):
        assert (await post(text(1, "hi"))).reply is None
        await until(lambda: server.of("sendMessage"))


async def test_a_repetition_rides_again(server: Scripted, tmp_path: Path) -> None:
    """The same bytes; the handler does not run again, and nothing is sent beside it."""
    async with running(server, tmp_path) as (site, post):
        first = await post(text(1, "hi"))
        assert (await post(text(1, "hi"))).body == first.body
        assert site.counters["turns"] == 1
    async with running(server, tmp_path) as (site, post):
        assert (await post(text(1, "hi"))).body == first.body
        assert site.counters["turns"] == 0
        await asyncio.sleep(0.2)
        assert not server.of("sendMessage")


async def test_what_rode_as_the_process_died_rides_again(server: Scripted, tmp_path: Path) -> None:
    """Its update ran then, so it is suspect, but done: it does not go through the inbox."""
    async with running(server, tmp_path) as (_, post):
        first = await post(text(1, "hi"))
    Journal(tmp_path / "posthouse.journal").enter(Mark(1, "1"))
    async with running(server, tmp_path) as (site, post):
        assert site.engine._journal.attempts(Mark(1, "1")) == 1
        assert (await post(text(1, "hi"))).body == first.body
        assert site.engine._journal.attempts(Mark(1, "1")) == 0
        assert (await post(text(2, "hi again"))).reply["text"] == "hi again"
        assert not server.of("sendMessage")


async def test_what_rode_and_comes_again_by_polling_is_sent(
    server: Scripted, tmp_path: Path
) -> None:
    """Telegram repeats it because it never got the answer."""
    async with running(server, tmp_path) as (_, post):
        assert (await post(text(1, "hi"))).reply
    server.on("getUpdates", ok([text(1, "hi")]), 30.0, ok([]))
    async with Site(bots=[bot_of(server)], folder=tmp_path, port=0).start() as site:
        await until(lambda: server.of("sendMessage"))
        assert server.of("sendMessage") == [{"chat_id": 7, "text": "hi"}]
        await asyncio.sleep(0.1)
        assert site.counters["turns"] == 0


async def test_what_follows_waits_until_telegram_is_through(
    server: Scripted, tmp_path: Path
) -> None:
    """For the chat's next update, or three seconds."""
    clock = FakeClock()
    async with running(server, tmp_path, clock=clock) as (site, post):
        assert (await post(text(1, "hi"))).reply
        assert (await post(text(2, "/screen"))).status == 200
        await until(lambda: server.of("sendMessage"))  # its update let it go
        assert (await post(text(3, "again", chat=8))).reply
        outbox = next(iter(site.engine.outboxes.values()))
        assert outbox.waiting == 1
        await clock.advance(3.1)
        assert outbox.waiting == 0


async def test_a_chat_with_something_on_its_way_does_not_ride(
    server: Scripted, tmp_path: Path
) -> None:
    """Else the answer would overtake it."""
    server.on("sendMessage", 0.5, ok(message(1, 7, "menu")))
    async with running(server, tmp_path) as (_, post):
        await post(text(1, "/screen"))
        assert (await post(text(2, "hi"))).reply is None
        assert (await post(text(3, "hi", chat=8))).reply
        await until(lambda: len(server.of("sendMessage")) == 2)
        assert [call.get("text") for call in server.of("sendMessage")] == ["menu", "hi"]


async def test_nothing_rides_after_telegram_asked_to_wait(server: Scripted, tmp_path: Path) -> None:
    """For a minute."""
    clock = FakeClock()
    server.on("sendMessage", refused(429, "Too Many Requests: retry after 2", retry_after=2))
    server.on("sendMessage", ok(message(1, 7, "")))
    async with running(server, tmp_path, clock=clock) as (_, post):
        await post(text(1, "/screen"))
        await until(lambda: server.of("sendMessage"))
        await asyncio.sleep(0.1)
        assert (await post(text(2, "hi", chat=8))).reply is None
        await clock.advance(61)
        assert (await post(text(3, "hi", chat=9))).reply


async def test_a_chat_in_doubt_rides_again_after_a_minute(server: Scripted, tmp_path: Path) -> None:
    """However often it was asked meanwhile."""
    clock = FakeClock()
    server.on("sendMessage", http(502, b"<html>", kind="text/html"), ok(message(1, 7, "")))
    async with running(server, tmp_path, clock=clock) as (site, post):
        await post(text(1, "/screen"))
        outbox = next(iter(site.engine.outboxes.values()))
        await until(lambda: outbox.counts[DeliveryState.UNKNOWN])
        assert (await post(text(2, "hi"))).reply is None
        await clock.advance(40)
        assert (await post(text(3, "hi"))).reply is None
        await clock.advance(21)
        assert (await post(text(4, "hi"))).reply


async def test_an_answer_that_comes_too_late_is_sent(server: Scripted, tmp_path: Path) -> None:
    """After two seconds the update is in the inbox and its request answered."""
    async with running(server, tmp_path) as (_, post):
        got = await post(text(1, "/slow"))
        assert (got.status, got.reply) == (200, None)
        await until(lambda: server.of("sendMessage"))


async def test_a_ride_is_counted_when_nobody_can_repeat_it(
    server: Scripted, tmp_path: Path
) -> None:
    """Apart from what was sent."""
    clock = FakeClock()
    async with running(server, tmp_path, clock=clock) as (site, post):
        assert (await post(text(1, "hi"))).reply
        outbox = next(iter(site.engine.outboxes.values()))
        await clock.advance(100)
        assert outbox.counts[DeliveryState.RIDDEN] == 0
        await clock.advance(60)
        assert outbox.counts[DeliveryState.RIDDEN] == 1
        assert (await post(text(1, "hi"))).reply is None


async def test_rates_count_what_rides(server: Scripted, tmp_path: Path) -> None:
    """The fourth answer within a moment is sent later instead."""
    clock = FakeClock()
    async with running(server, tmp_path, clock=clock) as (_, post):
        replies = [(await post(text(number, "hi"))).reply for number in range(1, 6)]
        assert [bool(reply) for reply in replies] == [True, True, True, False, False]


async def test_the_answer_to_a_press_rides(server: Scripted, tmp_path: Path) -> None:
    """When it is all that a press leads to."""
    query = {
        "id": "q1",
        "from": ANN,
        "chat_instance": "x",
        "data": "old",
        "message": text(3, "x")["message"],
    }
    async with running(server, tmp_path) as (_, post):
        got = await post({"update_id": 4, "callback_query": query})
        assert got.status == 200
        await until(lambda: got.reply or server.of("answerCallbackQuery"))
        called = server.of("answerCallbackQuery") or [got.reply]
        assert called[0]["callback_query_id"] == "q1"


# --- calls of Telegram's own


async def test_a_call_is_durable_and_may_ride(server: Scripted, tmp_path: Path) -> None:
    """It stands in the chat's order like every delivery."""
    async with running(server, tmp_path) as (_, post):
        assert (await post(text(1, "/poll"))).reply == {
            "method": "sendPoll",
            "chat_id": 7,
            "question": "Tea?",
            "options": [{"text": "yes"}, {"text": "no"}],
        }
        assert (await post(text(2, "/pollandwords"))).reply is None
        await until(lambda: server.of("sendMessage"))
        assert [call.method for call in server.calls if call.method.startswith("send")] == [
            "sendPoll",
            "sendMessage",
        ]
