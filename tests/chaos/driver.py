"""Chaos: kill -9 under load, again and again, then count what was lost, doubled or out of order.

Two hundred persons talk to a site over WebSockets while its process is killed ten times at random
moments, each time with at least fifty messages that it has not acknowledged; every time it is
started again on the same folder. At the end each message must have been answered exactly once and
in order per person: asked through the protocol, and read from the SQLite file.

`make chaos`, or `make chaos C='--seed 7 --messages 4000'`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import verdict
from person import Person
from server import Server

LEAST_IN_FLIGHT = 50
"""Unacknowledged messages at each kill."""
PROGRESS_EVERY_S = 5.0


class Chaos:
    """One run of the driver."""

    def __init__(self, asked: argparse.Namespace, server: Server) -> None:
        self._asked = asked
        self._dice = random.Random(asked.seed)
        self._server = server
        each = asked.messages // asked.persons
        path = "/demo" if asked.demo else ""
        self.persons = [
            Person(n, server.port, count=each, dice=random.Random(self._dice.random()), path=path)
            for n in range(1, asked.persons + 1)
        ]
        for person in self.persons:
            person.acknowledgement = self._perhaps_kill
        self.total = each * asked.persons
        part = self.total / max(1, asked.kills)
        self._moments = [
            int(part * (n + self._dice.uniform(0.05, 0.7))) for n in range(asked.kills)
        ]
        """Acknowledgements after which the server is killed: one in each of equal parts."""
        self._acknowledged = 0
        self._killed = asyncio.Event()
        self.in_flight_at_kills: list[int] = []
        self._begun = time.perf_counter()

    async def run(self) -> list[str]:
        """Talk, kill, and return what is wrong."""
        self._say(f"the server is up after {await self._server.start():.1f} s")
        await asyncio.gather(*[asyncio.to_thread(person.arrive) for person in self.persons])
        try:
            async with asyncio.timeout(self._asked.limit), asyncio.TaskGroup() as group:
                progress = group.create_task(self._report())
                restarts = group.create_task(self._restart())
                talks = [group.create_task(person.talk()) for person in self.persons]
                await asyncio.wait(talks)
                progress.cancel()
                restarts.cancel()
        except TimeoutError:
            return [f"not done after {self._asked.limit:.0f} s: {self._state()}"]
        return await self._judge()

    def _perhaps_kill(self) -> None:
        """Kill when the next moment has come and enough is in flight."""
        self._acknowledged += 1
        if not self._moments or self._acknowledged < self._moments[0] or self._killed.is_set():
            return
        in_flight = self._in_flight
        if in_flight >= LEAST_IN_FLIGHT:
            del self._moments[0]
            self._server.kill()
            self._killed.set()
            self.in_flight_at_kills.append(in_flight)

    async def _restart(self) -> None:
        """Start the server again whenever it was killed."""
        while True:
            await self._killed.wait()
            self._say(f"kill {self._server.kills}: {self.in_flight_at_kills[-1]} in flight")
            self._say(f"the server is back after {await self._server.start():.1f} s")
            self._killed.clear()

    async def _judge(self) -> list[str]:
        wrong = [f"only {self._server.kills} kills took place"] if self._moments else []
        demo = self._asked.demo
        for person in self.persons:
            history = await person.history()
            wrong += verdict.of_history(person, history, demo=demo, where="history")
        code = await asyncio.to_thread(self._server.stop)
        if code != 0:
            wrong.append(f"the server ended with {code} when asked to stop")
        return wrong + verdict.of_file(self._server, self.persons, demo=demo)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_EVERY_S)
            self._say(self._state())

    def summary(self, wrong: list[str]) -> str:
        """Return the one line that says how it went."""
        repeated = sum(person.repeated for person in self.persons)
        outcome = f"FAILED, {len(wrong)} violations" if wrong else "answered exactly once, in order"
        return (
            f"chaos: {self.total} messages of {len(self.persons)} persons, {self._server.kills} "
            f"kills with {min(self.in_flight_at_kills, default=0)} to "
            f"{max(self.in_flight_at_kills, default=0)} in flight, {repeated} sent again, "
            f"{time.perf_counter() - self._begun:.0f} s, seed {self._asked.seed}: {outcome}"
        )

    @property
    def _in_flight(self) -> int:
        return sum(len(person.unacknowledged) for person in self.persons if person.is_connected)

    def _state(self) -> str:
        answered = sum(len(person.answers) for person in self.persons)
        return (
            f"{self._acknowledged} of {self.total} acknowledged, {answered} answered, "
            f"{self._in_flight} in flight, {self._server.kills} kills"
        )

    def _say(self, what: str) -> None:
        print(f"{time.perf_counter() - self._begun:6.1f} s  {what}", flush=True)


def main() -> int:
    """Run and return the exit code."""
    asked = _parser().parse_args()
    if asked.messages < asked.persons or asked.persons * 6 < LEAST_IN_FLIGHT:
        raise SystemExit("give at least a message each, and enough persons for 50 in flight")
    with tempfile.TemporaryDirectory(prefix="posthouse-chaos-") as folder:
        server = Server(Path(asked.folder or folder), demo=asked.demo)
        chaos = Chaos(asked, server)
        try:
            wrong = asyncio.run(chaos.run())
        finally:
            server.stop()
        for line in wrong[:50]:
            print(f"VIOLATION {line}")
        if wrong:
            print(server.log[-4000:])
        print(chaos.summary(wrong))
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="decides the moments of the kills")
    parser.add_argument("--persons", type=int, default=200)
    parser.add_argument("--messages", type=int, default=20_000, help="of all persons together")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--limit", type=float, default=600.0, help="give up after so many seconds")
    parser.add_argument("--demo", action="store_true", help="kill `posthouse demo`, which echoes")
    parser.add_argument("--folder", help="keep the site's files here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
