"""Chaos on Telegram: kill -9 under load from the simulator, then count what was lost or doubled.

A hundred persons write to a bot while its process is killed ten times at random moments. Telegram's
sends can neither be repeated nor asked after, so the promise is: every message is handled exactly
once and in order, and an answer that is missing is one whose end nobody knows, and counted as such.

`python tests/chaos/telegram.py polling`, or `webhook`; `make chaos` runs both after the web's.
"""

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec
from server import HERE, free_port

from posthouse.model.outgoing import Outgoing
from posthouse.testing.telegram import SimPerson, Simulator

TOKEN = "123:chaos"
WINDOW = 4
"""Messages a person writes before the first of them is answered."""
PATIENCE_S = 4.0
"""After this long without an answer a person writes on."""


class Talker:
    """A person who writes numbered messages."""

    def __init__(self, person: SimPerson, count: int, dice: random.Random) -> None:
        self.person = person
        self.count = count
        self.written = 0
        self._dice = dice

    @property
    def answers(self) -> list[str]:
        """What the bot said to this person, in the order it was shown."""
        screen, mine = self.person.screen, self.person.id
        return [message.content for message in screen if message.author != mine]

    async def talk(self) -> None:
        """Write everything, some messages ahead of the answers."""
        while self.written < self.count:
            if self.written - len(self.answers) >= WINDOW:
                await self._wait()
            self.written += 1
            await self.person.says(f"m{self.written}")
            await asyncio.sleep(self._dice.uniform(0, 0.05))

    async def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        known = len(self.answers)
        while len(self.answers) == known and time.monotonic() < until:  # noqa: ASYNC110  no event tells
            await asyncio.sleep(0.02)


class Attacked:
    """The bot's process, killed and started again."""

    def __init__(self, folder: Path, url: str, mode: str) -> None:
        self.folder, self.kills = folder, 0
        self._command = [
            sys.executable, str(HERE / "telegram_site.py"), str(free_port()), str(folder), url,
            TOKEN, mode,
        ]  # fmt: skip
        self._log = (folder / "server.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start a process."""
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self.kills += 1

    def stop(self) -> int:
        """Ask the process to stop and return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
        code = self._process.wait(timeout=60)
        self._log.close()
        return code

    @property
    def log(self) -> str:
        """What all processes have said."""
        return (self.folder / "server.log").read_text(errors="replace")

    def deliveries(self, *states: str) -> Counter[tuple[str, str]]:
        """Return chat and words of what ended in some states."""
        marks = ",".join("?" * len(states))
        database = self.folder / "chaos.db"
        with sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True) as db:
            rows = db.execute(f"SELECT chat, body FROM outbox WHERE state IN ({marks})", states)
            decode = msgspec.msgpack.Decoder(Outgoing).decode
            return Counter((chat, decode(body).content.text.plain) for chat, body in rows)


async def attack(asked: argparse.Namespace, folder: Path) -> tuple[list[str], str]:
    """Run once and return what is wrong, and one line about how it went."""
    dice = random.Random(asked.seed)
    each = asked.messages // asked.persons
    begun = time.perf_counter()
    async with Simulator(bots=[TOKEN]) as telegram:
        server = Attacked(folder, telegram.base_url, asked.mode)
        talkers = [
            Talker(telegram.person(f"P{n}", id=1000 + n), each, random.Random(dice.random()))
            for n in range(asked.persons)
        ]
        await asyncio.to_thread(server.start)
        in_flight: list[int] = []
        try:
            async with asyncio.timeout(asked.limit), asyncio.TaskGroup() as group:
                talks = [group.create_task(talker.talk()) for talker in talkers]
                part = each * asked.persons / max(1, asked.kills)
                for number in range(asked.kills):
                    moment = int(part * (number + dice.uniform(0.1, 0.7)))
                    while sum(len(talker.answers) for talker in talkers) < moment:  # noqa: ASYNC110
                        await asyncio.sleep(0.005)
                    in_flight.append(sum(t.written - len(t.answers) for t in talkers))
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(server.start)
                await asyncio.wait(talks)
                await settled(talkers, telegram)
        except TimeoutError:
            got = sum(len(talker.answers) for talker in talkers)
            return [f"not done after {asked.limit:.0f} s, {got} answers"], server.log[-3000:]
        finally:
            code = await asyncio.to_thread(server.stop)
        wrong = [f"the server ended with {code}"] if code else []
        wrong += judge(talkers, server)
        unknown = server.deliveries("unknown").total()
        missing = sum(each - len(set(talker.answers)) for talker in talkers)
        how = f"FAILED, {len(wrong)} violations" if wrong else "handled exactly once, in order"
        return wrong, (
            f"chaos on telegram by {asked.mode}: {each * asked.persons} messages of "
            f"{asked.persons} persons, {server.kills} kills with {min(in_flight, default=0)} to "
            f"{max(in_flight, default=0)} unanswered, {missing} answers missing, {unknown} of "
            f"unknown end, {time.perf_counter() - begun:.0f} s, seed {asked.seed}: {how}"
        )


async def settled(talkers: list[Talker], telegram: Simulator) -> None:
    """Wait until nothing comes any more."""
    known, since = -1, time.monotonic()
    while time.monotonic() - since < PATIENCE_S + 2:
        now = sum(len(talker.answers) for talker in talkers)
        waits = len(telegram.world.queues[telegram.bot().id])
        if now != known or waits:
            known, since = now, time.monotonic()
        if all(len(talker.answers) >= talker.count for talker in talkers):
            return
        await asyncio.sleep(0.1)


def judge(talkers: list[Talker], server: Attacked) -> list[str]:
    """Return every broken promise."""
    wrong: list[str] = []
    unknown = server.deliveries("unknown")
    waiting = server.deliveries("pending", "claimed", "parked")
    wrong += [f"chat {chat}: {words!r} was never sent" for chat, words in waiting]
    for talker in talkers:
        chat = str(talker.person.id)
        counted = Counter(talker.answers)
        numbers = [int(words.split()[0]) for words in talker.answers]
        if numbers != sorted(numbers):
            wrong.append(f"chat {chat}: out of order: {numbers}")
        for n in range(1, talker.count + 1):
            words = f"{n} m{n}"
            times = counted.pop(words, 0)
            if times > 1:
                wrong.append(f"chat {chat}: {words!r} was shown {times} times")
            if times == 0 and not unknown[chat, words]:
                wrong.append(f"chat {chat}: {words!r} is missing, and not counted as unknown")
        wrong += [f"chat {chat}: {words!r} is no right answer" for words in counted]
    return wrong


def main() -> int:
    """Run and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["polling", "webhook"])
    parser.add_argument("--seed", type=int, default=1, help="decides the moments of the kills")
    parser.add_argument("--persons", type=int, default=100)
    parser.add_argument("--messages", type=int, default=5_000, help="of all persons together")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--limit", type=float, default=300.0, help="give up after so many seconds")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posthouse-chaos-") as folder:
        wrong, summary = asyncio.run(attack(asked, Path(folder)))
        for line in wrong[:30]:
            print(f"VIOLATION {line}")
        if wrong:
            print((Path(folder) / "server.log").read_text(errors="replace")[-3000:])
    print(summary)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
