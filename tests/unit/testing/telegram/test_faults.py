"""Faults come when they are wanted, and limits hold when they are on."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from bot_client import Client

from posthouse.testing import FakeClock
from posthouse.testing.telegram import FaultKind, SimPerson, Simulator
from posthouse.testing.telegram.flood import Flood


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody to write to."""
    return sim.person("Ann")


async def raw(bot: Client, ann: SimPerson) -> tuple[int, str, bytes, dict[str, str]]:
    """Status, type, body and headers of a sendMessage."""
    url = f"{bot.sim.base_url}/bot123:secret/sendMessage"
    async with bot.session.post(url, json={"chat_id": ann.id, "text": "x"}) as response:
        return response.status, response.content_type, await response.read(), dict(response.headers)


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "effect"),
    [
        ("too_many", 429, "application/json", 0),
        ("refused", 400, "application/json", 0),
        ("server_error", 500, "application/json", 0),
        ("bad_gateway", 502, "text/html", 0),
        ("gateway_timeout", 504, "text/html", 1),
        ("empty", 200, "application/json", 1),
        ("not_ok", 200, "application/json", 0),
        ("duplicate", 200, "application/json", 2),
    ],
)
async def test_an_answer_is_spoiled(
    kind: str, status: int, content_type: str, effect: int, bot: Client, ann: SimPerson
) -> None:
    """With or without the effect, once; the next call is well."""
    bot.sim.faults.add(kind, method="sendmessage")
    found = await raw(bot, ann)
    assert found[:2] == (status, content_type)
    assert len(ann.screen) == effect
    assert (await raw(bot, ann))[0] == 200
    assert bot.sim.faults.played == [("sendMessage", FaultKind(kind))]
    assert bot.sim.journal.entries[0].fault == kind


async def test_a_429_may_come_without_its_header(bot: Client, ann: SimPerson) -> None:
    """Some proxies drop it; the body says it still."""
    bot.sim.faults.add("too_many", retry_after_s=3, times=2)
    assert (await raw(bot, ann))[3]["Retry-After"] == "3"
    bot.sim.faults.clear()
    bot.sim.faults.add("too_many", retry_after_s=3, has_header=False)
    _, _, body, headers = await raw(bot, ann)
    assert "Retry-After" not in headers
    assert b'"parameters":{"retry_after":3}' in body


@pytest.mark.parametrize(
    ("kind", "error", "effect"),
    [
        ("cut", aiohttp.ClientPayloadError, 1),
        ("reset_before", aiohttp.ClientConnectionError, 0),
        ("reset_after", aiohttp.ClientConnectionError, 1),
    ],
)
async def test_a_connection_breaks(
    kind: str, error: type[Exception], effect: int, bot: Client, ann: SimPerson
) -> None:
    """Before the effect, after it, or in the middle of the answer."""
    bot.sim.faults.add(kind, method="sendMessage", times=0)
    with pytest.raises(error):
        # A client of its own: a reset of a kept connection would be tried again.
        async with aiohttp.ClientSession() as session:
            await raw(Client(bot.sim, session), ann)
    assert len(ann.screen) >= effect
    assert bool(ann.screen) is bool(effect)
    bot.sim.faults.clear()


async def test_silence_lasts_as_long_as_it_is_told(
    bot: Client, ann: SimPerson, clock: FakeClock
) -> None:
    """The effect is there long before the client gives up."""
    bot.sim.faults.add("silence", delay_s=30)
    async with asyncio.TaskGroup() as group:
        call = group.create_task(_fails(bot, ann))
        await ann.until(lambda: bool(ann.screen))
        assert not call.done()
        await clock.advance(31)
        assert await call


async def _fails(bot: Client, ann: SimPerson) -> bool:
    try:
        await raw(bot, ann)
    except aiohttp.ClientError:
        return True
    return False


async def test_an_answer_trickles_in(ann: SimPerson) -> None:
    """It is whole in the end."""
    async with Simulator(bots=["123:secret"]) as sim, aiohttp.ClientSession() as session:
        sim.faults.add("slow", delay_s=0.4)
        person, begun_s = sim.person("Ann"), time.perf_counter()
        status, _, body, _ = await raw(Client(sim, session), person)
        assert time.perf_counter() - begun_s > 0.3
        assert (status, body[-2:]) == (200, b"}}")


async def test_one_call_overtakes_another(bot: Client, ann: SimPerson) -> None:
    """The first has its effect after the second."""
    bot.sim.faults.add("reorder", method="sendMessage")
    async with asyncio.TaskGroup() as group:
        group.create_task(bot("sendMessage", chat_id=ann.id, text="first"))
        await bot.sim.until(lambda: bool(bot.sim.journal.entries))
        await asyncio.sleep(0.05)
        group.create_task(bot("sendMessage", chat_id=ann.id, text="second"))
    assert [one.content for one in ann.screen] == ["second", "first"]


async def test_updates_come_twice_or_in_another_order(bot: Client, ann: SimPerson) -> None:
    """As after a crash of the server."""
    await ann.says("a")
    await ann.says("b")
    bot.sim.faults.add("duplicate", method="getUpdates")
    assert await _texts(bot, limit=2) == ["a", "a", "b", "b"]
    bot.sim.faults.add("reorder", method="getUpdates")
    assert await _texts(bot, limit=3, offset=1) == ["b", "a"]


async def _texts(bot: Client, **parameters: Any) -> list[str]:
    return [one["message"]["text"] for one in await bot("getUpdates", **parameters)]


async def test_a_fault_waits_for_its_chat_and_its_turn(bot: Client, sim: Simulator) -> None:
    """Others pass."""
    ann, bo = sim.person("Ann"), sim.person("Bo")
    fault = sim.faults.add("server_error", chat_id=str(ann.id), skip=1, times=0)
    assert (await raw(bot, bo))[0] == 200
    assert (await raw(bot, ann))[0] == 200
    assert (await raw(bot, ann))[0] == 500
    assert (await raw(bot, ann))[0] == 500
    sim.faults.remove(fault)
    assert (await raw(bot, ann))[0] == 200


# --- limits


async def test_who_writes_too_often_is_refused(
    bot: Client, sim: Simulator, clock: FakeClock
) -> None:
    """Five at once in a chat, then one a second; off unless it is turned on."""
    ann = sim.person("Ann")
    for _ in range(8):
        await bot("sendMessage", chat_id=ann.id, text="x")
    sim.flood.is_on = True
    for _ in range(5):
        await bot("sendMessage", chat_id=ann.id, text="x")
    assert await bot.refusal("sendMessage", chat_id=ann.id, text="x") == (
        "Too Many Requests: retry after 1"
    )
    assert (await bot("getMe"))["id"] == 123
    await clock.advance(1)
    await bot("sendMessage", chat_id=ann.id, text="x")


def test_groups_and_bots_have_limits_of_their_own() -> None:
    """Twenty a minute in a group, thirty a second in all."""
    flood = Flood()
    flood.is_on = True
    waits = [flood.wait_s(1, "sendMessage", "-5", now_s=number * 1.0) for number in range(40)]
    assert waits.count(0) == 33, "twenty of the burst, and one in three seconds"
    assert max(waits) == 2, "a second has passed by then"
    many = [flood.wait_s(2, "sendPhoto", str(number), now_s=0.0) for number in range(40)]
    assert many.count(0) == 30
    assert flood.wait_s(2, "sendChatAction", "1", now_s=0.0) == 0
