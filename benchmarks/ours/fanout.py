"""`fanout` on Posthouse: an item to many subscribers, in real time and against the simulator."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import uvloop
from sqlalchemy import insert, select, update

from benchmarks.clients import TOKEN
from benchmarks.fanout import SUBSCRIBERS, FannedOut
from benchmarks.ours.pacing import WARM_UP_S, Watched, _pass, _sent
from posthouse.app import App
from posthouse.engine.engine import Engine
from posthouse.model.chat import Chat
from posthouse.model.update import TextMessage
from posthouse.ports.clock import Clock
from posthouse.publishing.items import NewItem, put
from posthouse.publishing.topic import Topic
from posthouse.site import Bot, Site
from posthouse.storage.publishing import fan_out, subscription
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.clock import FakeClock
from posthouse.testing.messenger import MESSENGER, FakeMessenger
from posthouse.testing.telegram import Simulator

NEWS: Topic[Any] = Topic("news", dict)
PERSONS = 4_000
"""Of the simulator, more than can be reached in the time."""
FOR_S = 60
PERMITTED = FOR_S * 30
AT_ONCE = 500
_AN_ANSWER = update(subscription).where(subscription.c.id == 0).values(title="")
"""What is committed takes as long as an answer does."""


def paper() -> App:
    """Return an app that publishes news, and answers."""
    app = App("paper")
    app.beside.publishing.append(lambda publishing: publishing.add(NEWS))

    @app.on
    def answer(message: TextMessage) -> str:
        return "heard"

    return app


async def subscribe(engine: Engine, chats: list[str]) -> None:
    """Let the persons of private chats subscribe."""
    for first in range(0, len(chats), AT_ONCE):
        rows = [
            {
                "topic": "news", "account": 1, "chat": chat, "person": chat, "language": "en",
                "title": "News", "state": "active", "reason": "", "revisions": "ignore",
                "since": 0.0, "version": 1, "created": 0.0, "changed": 0.0,
            }
            for chat in chats[first : first + AT_ONCE]
        ]  # fmt: skip
        await engine.database.execute(insert(subscription).values(rows))


async def publish(engine: Engine, clock: Clock) -> None:
    """Put an item."""
    new = NewItem(topic="news", key="a", body={}, shown="Something has happened.")
    await engine.database.execute(*put(new, clock.timestamp()))
    NEWS.tell()


async def planned(subscribers: int, folder: Path) -> tuple[float, float]:
    """Return the seconds until all receipts are durable, and the longest that an answer took."""
    messenger = FakeMessenger()
    chats = [f"p{number}" for number in range(subscribers)]
    for chat in chats:
        messenger.chats[chat] = Chat(id=chat, bot="bench", messenger=MESSENGER)
    bot = Bot("bench", messenger=MESSENGER, apps=[paper()], adapter=FakeAdapter(messenger))
    site = Site(bots=[bot], folder=folder, storage="sqlite:fanout.db")
    async with site.start():
        engine = site.engine
        await subscribe(engine, chats)
        longest = 0.0

        async def ask() -> None:
            nonlocal longest
            while True:
                begun = time.perf_counter()
                await engine.database.execute(_AN_ANSWER)
                longest = max(longest, time.perf_counter() - begun)
                await asyncio.sleep(0.005)

        begun = time.perf_counter()
        await publish(engine, site.clock)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(ask())
            while await _state(engine) == "planning":  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)
            asking.cancel()
        took_s = time.perf_counter() - begun
        rows: Any = await engine.database.fetch(select(fan_out.c.total))
        total = rows[0][0]
        if total != subscribers:
            raise SystemExit(f"{total} receipts instead of {subscribers}")
    return took_s, longest * 1e3


async def paced(folder: Path) -> tuple[float, int]:
    """Return the share of the permitted rate that is used, and the refusals."""
    clock = FakeClock()
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(bots=[TOKEN], clock=clock))
        people = [simulator.person(f"Person {number}") for number in range(PERSONS)]
        adapter = Watched({"token": TOKEN, "base_url": simulator.base_url})
        clock.idle.append(adapter.landed)
        bot = Bot("bench", messenger="telegram", apps=[paper()], adapter=adapter)
        site = Site(bots=[bot], folder=folder, storage="memory:", stop_s=0.1, clock=clock)
        await stack.enter_async_context(site.start())
        await subscribe(site.engine, [str(each.id) for each in people])
        simulator.flood.is_on = True
        before = len(simulator.journal.entries)
        await publish(site.engine, clock)
        await simulator.until(lambda: bool(_sent(simulator, before)), what="the first message")
        await _pass(clock, WARM_UP_S)
        begun = len(simulator.journal.entries)
        await _pass(clock, FOR_S)
        arrived = sum(entry.status == 200 for entry in _sent(simulator, begun))
        refused = sum(entry.status == 429 for entry in _sent(simulator, before))
        clock.idle.clear()
    return round(arrived / PERMITTED, 4), refused


async def _state(engine: Engine) -> str:
    rows: Any = await engine.database.fetch(select(fan_out.c.state))
    return str(rows[0][0])


async def main() -> None:
    """Measure; print what came of it."""
    subscribers = int(sys.argv[1]) if sys.argv[1:] else SUBSCRIBERS
    with TemporaryDirectory() as folder:
        planned_s, answered_ms = await planned(subscribers, Path(folder))
    with TemporaryDirectory() as folder:
        share, refused = await paced(Path(folder))
    found = FannedOut(
        planned_s=round(planned_s, 3),
        answered_ms=round(answered_ms, 1),
        share=share,
        refused=refused,
    )
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    uvloop.run(main())
