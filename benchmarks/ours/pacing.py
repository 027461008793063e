"""`pacing` on Posthouse: a site with full queues against the simulator, in virtual time."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

import msgspec
import uvloop

from benchmarks.clients import TOKEN
from benchmarks.pacing import Scene, Scenes
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.app import App
from posthouse.model.chat import Chat
from posthouse.model.reply import SILENT, Signal
from posthouse.ports.adapter import DeliverResult, Delivery
from posthouse.site import Bot, Site
from posthouse.testing.clock import FakeClock
from posthouse.testing.telegram import Simulator
from posthouse.turn.turn import Turn

WARM_UP_S = 60
STEP = timedelta(milliseconds=10)
SENDS = ("sendMessage",)


class Play(NamedTuple):
    """Full queues in some chats."""

    chats: int
    messages: int
    """In each chat."""
    for_s: int
    permitted: int
    """Messages in that time, after the first minute: then nothing is left of any burst."""
    in_groups: bool = False

    def part(self, parts: int) -> Self:
        """Return the same for a part of the chats and of the time."""
        return self._replace(
            chats=self.chats // parts,
            for_s=self.for_s // parts,
            permitted=self.permitted // parts**2,
        )


PLAYS = {
    "bot": Play(chats=1_300, messages=3, for_s=60, permitted=60 * 30),
    "chats": Play(chats=20, messages=130, for_s=60, permitted=60 * 20),
    "groups": Play(chats=20, messages=70, for_s=120, permitted=20 * 40, in_groups=True),
}


class Watched(TelegramAdapter):
    """Tells whether anything is on its way, which virtual time has to wait for."""

    flying = 0

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Carry out one operation."""
        self.flying += 1
        try:
            return await super().deliver(delivery)
        finally:
            self.flying -= 1

    async def landed(self) -> bool:
        """Wait for what is on its way, a little; say whether there was any."""
        if not self.flying:
            return False
        await asyncio.sleep(0.0005)
        return True


def filler(chats: Sequence[str], messages: int) -> App:
    """Return an app that fills the queues of all chats when it is told to."""
    app = App("filler")

    @app.command
    def fill(turn: Turn) -> Signal:
        for number in range(messages):
            for chat in chats:
                turn.send(f"{number}", to=Chat(id=chat, bot="bench", messenger="telegram"))
        return SILENT

    return app


async def play(asked: Play, folder: Path) -> Scene:
    """Fill the queues, let the time pass, and count what arrived."""
    clock = FakeClock()
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(bots=[TOKEN], clock=clock))
        boss = simulator.person("Boss")
        people = [simulator.person(f"Person {number}") for number in range(asked.chats)]
        if asked.in_groups:
            found = [
                simulator.supergroup(f"Group {each.id}", each, simulator.bot()) for each in people
            ]
            chats = [str(each.id) for each in found]
        else:
            chats = [str(each.id) for each in people]
        adapter = Watched({"token": TOKEN, "base_url": simulator.base_url})
        clock.idle.append(adapter.landed)
        app = filler(chats, asked.messages)
        bot = Bot("bench", messenger="telegram", apps=[app], adapter=adapter)
        site = Site(bots=[bot], folder=folder, storage="memory:", stop_s=0.1, clock=clock)
        await stack.enter_async_context(site.start())
        simulator.flood.is_on = True
        before = len(simulator.journal.entries)
        await boss.says("/fill")
        await simulator.until(lambda: bool(_sent(simulator, before)), what="the first message")
        await _pass(clock, WARM_UP_S)
        begun = len(simulator.journal.entries)
        await _pass(clock, asked.for_s)
        arrived = sum(entry.status == 200 for entry in _sent(simulator, begun))
        refused = sum(entry.status == 429 for entry in _sent(simulator, before))
        clock.idle.clear()
    return Scene(share=round(arrived / asked.permitted, 4), refused=refused)


async def _pass(clock: FakeClock, seconds: float) -> None:
    end_s = clock.monotonic() + seconds
    while clock.monotonic() < end_s:
        await clock.advance(STEP)


def _sent(simulator: Simulator, since: int) -> list[Any]:
    return [each for each in simulator.journal.entries[since:] if each.method in SENDS]


async def main() -> None:
    """Play all scenes; print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="scenes; left out, all of them")
    parser.add_argument("--parts", type=int, default=1, help="play one part of so many of a scene")
    asked = parser.parse_args()
    scenes = {}
    for name in asked.names or list(PLAYS):
        with TemporaryDirectory() as folder:
            scenes[name] = await play(PLAYS[name].part(asked.parts), Path(folder))
    print(msgspec.json.encode(Scenes(**scenes)).decode())


if __name__ == "__main__":
    uvloop.run(main())
