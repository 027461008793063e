"""Chaos: kill -9 in the middle of a fan-out, again and again, then count who got what.

One item goes to ten thousand persons while the process is killed five times at random moments, and
started again on the same folder each time. In the end everybody must have got it once. Where the
messenger can neither be asked nor told the same twice, as Telegram, nobody may have got it twice,
and whoever may not have got it must be counted as of unknown end.

`python tests/chaos/fan_out.py telegram [--persons 10000] [--kills 5] [--seed 1]` speaks HTTP with
the simulator; `blind` and `idempotent` are messengers within the process, of either kind.
"""

import argparse
import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Protocol

from fan_out_site import FIRST, TOKEN

from posthouse.testing.telegram import SimPerson, Simulator

SITE = Path(__file__).with_name("fan_out_site.py")
LOOK_S = 0.005
MOST_IN_FLIGHT = 64
"""Deliveries that may have been on their way at one kill."""


class Chats(Protocol):
    """The chats of a messenger that outlives the process."""

    arguments: list[str]
    """What the site has to know of it."""

    @property
    def size(self) -> int:
        """How many messages they show."""

    @property
    def shown(self) -> list[str]:
        """The chats that show the item, once for each message."""


class Kept:
    """Chats in a file, which the site's own messenger writes."""

    def __init__(self, folder: Path, certainty: str) -> None:
        self.arguments = [certainty]
        self._file = folder / "shown.txt"

    def __enter__(self) -> "Kept":
        return self

    def __exit__(self, *_: object) -> None:
        """The folder goes with the run."""

    @property
    def size(self) -> int:
        """How many messages they show."""
        return self._file.read_bytes().count(b"\n") if self._file.exists() else 0

    @property
    def shown(self) -> list[str]:
        """The chats that show the item, once for each message."""
        return [line.split()[1] for line in self._file.read_text().splitlines()]


class Telegram:
    """Chats of the simulator, which answers in a thread of its own."""

    def __init__(self, persons: int) -> None:
        self.arguments: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._simulator = Simulator(bots=[TOKEN])
        self._persons = persons
        self._people: list[SimPerson] = []

    def __enter__(self) -> "Telegram":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        self.arguments = ["telegram", self._simulator.base_url]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        closing = self._simulator.__aexit__(kind, error, traceback)
        asyncio.run_coroutine_threadsafe(closing, self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        await self._simulator.__aenter__()
        self._people = [self._simulator.person(f"P{n}", id=FIRST + n) for n in range(self._persons)]

    @property
    def size(self) -> int:
        """How many messages they show, or a few more: so many calls there were."""
        return len(self._simulator.journal)

    @property
    def shown(self) -> list[str]:
        """The chats that show the item, once for each message."""
        return [str(who.id) for who in self._people for each in who.screen if each.author != who.id]


class FanOut:
    """One run of the driver."""

    def __init__(self, asked: argparse.Namespace, folder: Path, chats: Chats) -> None:
        self._asked = asked
        self._chats = chats
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        dice = random.Random(asked.seed)
        part = asked.persons / (asked.kills + 1)
        self._moments = [int(part * (n + dice.uniform(0.1, 0.9))) for n in range(asked.kills)]
        """After so many have got it, the process is killed."""
        self.kills = 0
        self._begun = time.perf_counter()

    def run(self) -> list[str]:
        """Publish, kill, and return what is wrong."""
        self._start()
        try:
            while self._state() != "done":
                if time.perf_counter() - self._begun > self._asked.limit:
                    return [f"not done after {self._asked.limit:.0f} s: {self._counts()}"]
                if self._process is not None and self._process.poll() is not None:
                    return [f"the site ended with {self._process.returncode}"]
                if self._moments and self._chats.size >= self._moments[0]:
                    self._kill()
                time.sleep(LOOK_S)
            return self._judge()
        finally:
            self._stop()

    def _start(self) -> None:
        command = [str(SITE), str(self._folder), str(self._asked.persons), *self._chats.arguments]
        with (self._folder / "site.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)

    def _kill(self) -> None:
        assert self._process is not None
        del self._moments[0]
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.kills += 1
        print(f"kill {self.kills}: {self._chats.size} messages are shown", flush=True)
        self._start()

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)

    # --- what there is

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        try:
            db = sqlite3.connect(f"file:{self._folder / 'chaos.db'}?mode=ro", uri=True)
            try:
                return db.execute(query).fetchall()
            finally:
                db.close()
        except sqlite3.OperationalError:  # it is not there yet
            return []

    def _state(self) -> object:
        rows = self._rows("SELECT state FROM fan_out")
        return rows[0][0] if rows else None

    def _counts(self) -> dict[object, object]:
        return dict(self._rows("SELECT state, count(*) FROM receipt GROUP BY state"))  # type: ignore[arg-type]  # pairs

    def _judge(self) -> list[str]:
        wrong = [f"only {self.kills} kills took place"] if self._moments else []
        expected = {str(FIRST + number) for number in range(self._asked.persons)}
        times = Counter(self._chats.shown)
        wrong += [f"{chat} got it {n} times" for chat, n in times.items() if n > 1]
        wrong += [f"{chat} is nobody" for chat in times if chat not in expected]
        rows = self._rows("SELECT chat, state FROM receipt")
        ends = {str(chat): str(state) for chat, state in rows}
        missing = expected - set(times)
        wrong += [f"{chat} got nothing, and is {ends.get(chat)}" for chat in missing
                  if ends.get(chat) != "unknown"]  # fmt: skip
        wrong += [f"{chat} got it, and is {ends.get(chat)}" for chat in times
                  if ends.get(chat) not in ("sent", "unknown")]  # fmt: skip
        unknown = sum(state == "unknown" for state in ends.values())
        most = MOST_IN_FLIGHT * self.kills if self._asked.messenger != "idempotent" else 0
        if unknown > most:
            wrong.append(f"{unknown} are of unknown end, more than the {most} that may be")
        if len(ends) != len(expected):
            wrong.append(f"{len(ends)} receipts for {len(expected)} persons")
        return wrong

    def summary(self, wrong: list[str]) -> str:
        """Return the one line that says how it went."""
        unknown = self._counts().get("unknown", 0)
        good = "each got it exactly once"
        if self._asked.messenger != "idempotent":
            good += ", or is counted as of unknown end"
        outcome = f"FAILED, {len(wrong)} violations" if wrong else good
        return (
            f"fan-out: {self._asked.persons} persons, {self._asked.messenger}, {self.kills} kills, "
            f"{unknown} of unknown end, {time.perf_counter() - self._begun:.0f} s, "
            f"seed {self._asked.seed}: {outcome}"
        )


def main() -> int:
    """Run and return the exit code."""
    asked = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="posthouse-chaos-") as made:
        folder = Path(asked.folder or made)
        is_telegram = asked.messenger == "telegram"
        with Telegram(asked.persons) if is_telegram else Kept(folder, asked.messenger) as chats:
            run = FanOut(asked, folder, chats)
            wrong = run.run()
        for line in wrong[:50]:
            print(f"VIOLATION {line}")
        if wrong:
            print((folder / "site.log").read_text()[-4000:])
        print(run.summary(wrong))
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messenger", choices=["telegram", "blind", "idempotent"])
    parser.add_argument("--seed", type=int, default=1, help="decides the moments of the kills")
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--limit", type=float, default=600.0, help="give up after so many seconds")
    parser.add_argument("--folder", help="keep the site's files here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
