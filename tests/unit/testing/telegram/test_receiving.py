"""Updates reach a bot by polling or by its webhook, as on Telegram."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from bot_client import Client

from posthouse.testing import FakeClock
from posthouse.testing.telegram import Simulator


async def polled(bot: Client, **parameters: Any) -> list[str]:
    """Texts of the updates that a poll gives."""
    return [one["message"]["text"] for one in await bot("getUpdates", **parameters)]


async def test_an_offset_confirms_what_lies_before_it(
    bot: Client, sim: Simulator, clock: FakeClock
) -> None:
    """The same updates come again until then; a negative one keeps the last."""
    ann = sim.person("Ann")
    for words in ("a", "b", "c"):
        await ann.says(words)
    found = await bot("getUpdates")
    assert [one["message"]["text"] for one in found] == ["a", "b", "c"]
    first = found[0]["update_id"]
    assert [one["update_id"] - first for one in found] == [0, 1, 2]
    assert await polled(bot, offset=first + 1, limit=1) == ["b"]
    assert await polled(bot, offset=first + 1000) == ["b", "c"], "a wild offset confirms nothing"
    assert await polled(bot, offset=-1) == ["c"]
    clock.jump(5)
    await clock.advance(5)
    assert await polled(bot, offset=0) == ["c"]


async def test_a_poll_waits_until_somebody_writes(
    bot: Client, sim: Simulator, clock: FakeClock
) -> None:
    """Or until its time is over, in the simulator's time."""
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(polled(bot, timeout=30))
        await sim.until(lambda: bool(sim.journal.of("getUpdates")))
        await sim.person("Ann").says("hi")
        assert await poll == ["hi"]
        empty = group.create_task(polled(bot, timeout=30, offset=10**9 + 5))
        await sim.until(lambda: len(sim.journal.of("getUpdates")) > 1)
        assert not empty.done()


async def test_a_second_poll_ends_the_first(bot: Client, sim: Simulator) -> None:
    """With 409, as two programs with one token find out."""
    async with asyncio.TaskGroup() as group:
        first = group.create_task(bot.answer("getUpdates", timeout=50))
        await sim.until(lambda: bool(sim.journal.of("getUpdates")))
        await asyncio.sleep(0.05)
        second = group.create_task(bot.answer("getUpdates", timeout=50))
        assert (await first)["error_code"] == 409
        assert "terminated by other getUpdates request" in (await first)["description"]
        await sim.person("Ann").says("hi")
        assert len((await second)["result"]) == 1


async def test_only_the_kinds_a_bot_allows_are_queued(bot: Client, sim: Simulator) -> None:
    """Reactions have to be asked for; an empty list means the usual ones again."""
    ann = sim.person("Ann")
    sent = await bot("sendMessage", chat_id=ann.id, text="x")
    await ann.reacts("👍")
    assert await bot("getUpdates") == []
    await bot("getUpdates", allowed_updates=["message_reaction", "nonsense"], offset=-1)
    await ann.says("unheard")
    await ann.reacts("🔥")
    (update,) = await bot("getUpdates", offset=1)
    assert update["message_reaction"]["message_id"] == sent["message_id"]
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    await bot("getUpdates", allowed_updates=[], offset=-1)
    await ann.says("heard")
    assert [one["message"]["text"] for one in (await bot("getUpdates", offset=2))[-1:]] == ["heard"]


async def test_updates_do_not_wait_for_ever(bot: Client, sim: Simulator, clock: FakeClock) -> None:
    """A press is worth something for 150 seconds, a message for a day."""
    ann = sim.person("Ann")
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await bot("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    await ann.says("hi")
    query = await ann.presses("A")
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 2
    await clock.advance(151)
    assert await polled(bot) == ["hi"]
    too_old = "query is too old and response timeout expired or query ID is invalid"
    assert too_old in await bot.refusal("answerCallbackQuery", callback_query_id=query.body["id"])
    await clock.advance(86400)
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 0


# --- webhooks


class Hook:
    """A bot's own server, which answers as a test says."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[web.Response] = []
        self.wait: asyncio.Event | None = None
        self.news = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """Take an update."""
        self.headers.append(dict(request.headers))
        self.got.append(await request.json())
        self.news.set()
        if self.wait is not None:
            await self.wait.wait()
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count: int) -> None:
        """Wait until so many posts came."""
        async with asyncio.timeout(10):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """A server for a webhook."""
    found, app = Hook(), web.Application()
    app.router.add_post("/hook", found.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret(bot: Client, sim: Simulator, hook: Hook) -> None:
    """As JSON without a charset, in the shape the real server writes."""
    found = await bot.answer("setWebhook", url=hook.url, secret_token="s-1")
    assert found["description"] == "Webhook was set"
    await sim.person("Ann").says("hi")
    await hook.until(1)
    assert hook.got[0]["message"]["text"] == "hi"
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert hook.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s-1"
    assert "webhook is active" in await bot.refusal("getUpdates")
    assert (await bot.answer("deleteWebhook"))["description"] == "Webhook was deleted"


async def test_a_failed_post_is_tried_again(
    bot: Client, sim: Simulator, hook: Hook, clock: FakeClock
) -> None:
    """At once, then after two seconds; Retry-After counts where it is given."""
    hook.answers = [
        web.Response(status=500),
        web.Response(status=500),
        web.Response(status=429, headers={"Retry-After": "20"}),
        web.Response(),
    ]
    await bot("setWebhook", url=hook.url)
    await sim.person("Ann").says("hi")
    await hook.until(2)
    info = await bot("getWebhookInfo")
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    await until_asleep(clock)
    await clock.advance(2)
    await hook.until(3)
    await until_asleep(clock)
    await clock.advance(19)
    assert len(hook.got) == 3
    await clock.advance(1)
    await hook.until(4)
    assert len({one["update_id"] for one in hook.got}) == 1
    await sim.until(lambda: not sim.world.queues[123].pending())


async def until_asleep(clock: FakeClock) -> None:
    """Wait until the simulator waits for time to pass."""
    async with asyncio.timeout(10):
        while not clock._sleepers:  # noqa: ASYNC110  the clock tells nobody
            await asyncio.sleep(0.01)


async def test_a_chat_waits_for_its_own_update_only(
    bot: Client, sim: Simulator, hook: Hook
) -> None:
    """The next of the same chat comes after the answer; other chats do not wait."""
    hook.wait = asyncio.Event()
    await bot("setWebhook", url=hook.url)
    ann, bo = sim.person("Ann"), sim.person("Bo")
    await ann.says("first")
    await ann.says("second")
    await bo.says("other")
    await hook.until(2)
    await asyncio.sleep(0.05)
    assert sorted(one["message"]["text"] for one in hook.got) == ["first", "other"]
    hook.wait.set()
    await hook.until(3)
    assert hook.got[2]["message"]["text"] == "second"


async def test_an_answer_may_hold_a_call(bot: Client, sim: Simulator, hook: Hook) -> None:
    """As JSON, as a form, as multipart with a file; what reads or sets webhooks is passed over."""
    ann = sim.person("Ann")
    await bot("setWebhook", url=hook.url)
    reply = {"method": "sendMessage", "chat_id": ann.id, "text": "json"}
    hook.answers.append(web.json_response(reply))
    await ann.says("1")
    await ann.waits_for("json")
    form = aiohttp.FormData({"method": "sendMessage", "chat_id": str(ann.id), "text": "form"})()
    hook.answers.append(
        web.Response(body=form.decode().encode(), headers={"Content-Type": form.content_type})
    )
    await ann.says("2")
    await ann.waits_for("form")
    writer = aiohttp.MultipartWriter("form-data")
    for name, value in {"method": "sendDocument", "chat_id": str(ann.id)}.items():
        writer.append(value).set_content_disposition("form-data", name=name)
    part = writer.append(b"content")
    part.set_content_disposition("form-data", name="document", filename="a.txt")
    hook.answers.append(web.Response(body=writer))
    await ann.says("3")
    found = await ann.waits_for()
    assert found.body["document"]["file_name"] == "a.txt"
    hook.answers.append(web.json_response({"method": "deleteWebhook"}))
    await ann.says("4")
    await hook.until(4)
    assert (await bot("getWebhookInfo"))["url"] == hook.url


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"url": "ftp://x.y/"}, "Bad Request: bad webhook: invalid webhook URL specified"),
        ({"url": "https://nowhere/"}, "Bad Request: bad webhook: URL host is invalid"),
        (
            {"url": "https://a.b/", "secret_token": "ü"},
            "secret token contains unallowed characters",
        ),
        ({"url": "https://a.b/", "secret_token": "x" * 257}, "257"),
    ],
)
async def test_a_wrong_webhook_is_refused(
    bot: Client, parameters: dict[str, str], description: str
) -> None:
    """In Telegram's words, the length in the simulator's."""
    assert description in await bot.refusal("setWebhook", **parameters)


async def test_webhooks_are_set_once_a_second(bot: Client, clock: FakeClock) -> None:
    """More often is refused with 429."""
    await bot("setWebhook", url="https://a.b/")
    assert await bot.refusal("setWebhook", url="https://a.b/") == (
        "Too Many Requests: retry after 1"
    )
    await clock.advance(1)
    again = await bot.answer("setWebhook", url="https://a.b/")
    assert again["description"] == "Webhook is already set"


async def test_posts_come_twice_or_out_of_order(bot: Client, sim: Simulator, hook: Hook) -> None:
    """When a test asks for it; each still arrives."""
    ann = sim.person("Ann")
    for words in ("a", "b", "c"):
        await ann.says(words)
    sim.faults.add("reorder", method="webhook")
    sim.faults.add("duplicate", method="webhook")
    await bot("setWebhook", url=hook.url)
    await hook.until(4)
    assert [one["message"]["text"] for one in hook.got] == ["b", "a", "c", "c"]
    assert {status for _, status in sim.posts()} == {200}
