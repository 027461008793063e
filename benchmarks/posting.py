"""One measurement of `webhook`: starts a server on one core and posts to it from the other.

As Telegram does: every connection sends an update, waits for the answer, and sends the next.
Requests are written and answers read by hand on uvloop, so that the one who measures has time to
spare; `busy` tells how much of its core it took.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from benchmarks.clients import TOKEN
from benchmarks.rounds import ROOT
from benchmarks.serving import Ended, Ready
from benchmarks.updates import make

CONNECTIONS = 32
READY_S = 60.0


class Posted(msgspec.Struct):
    """What one run came to."""

    rate: float
    """Updates answered per second."""
    p50_ms: float
    p99_ms: float
    """From the request's first byte to the answer's last."""
    with_call: float
    """Share of answers that carry a call."""
    busy: float
    """Share of its core that the one who posts took."""
    cpu_us: float = 0.0
    """Processor time of the server per update, which neighbours disturb less."""


class Poster(asyncio.Protocol):
    """One connection: posts what is left, one update after the other."""

    def __init__(self, left: Iterator[bytes], waits: list[float]) -> None:
        self._left = left
        self._waits = waits
        self._got = b""
        self._begun = 0.0
        self._transport: Any = None
        self.with_call = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def go(self) -> None:
        """Post the next update, if one is left."""
        request = next(self._left, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._begun = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        got = self._got = self._got + data if self._got else data
        head, end, body = got.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._waits.append(time.perf_counter() - self._begun)
        if not head.startswith(b"HTTP/1.1 200"):
            self._fail(f"answered {head[:60]!r}")
            return
        self._got = b""
        self.with_call += bool(body)
        self.go()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"closed the connection ({error})")

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(SystemExit(f"webhook: the server {why}"))


def _length(head: bytes) -> int:
    after = head.lower().partition(b"\r\ncontent-length:")[2]
    return int(after.partition(b"\r\n")[0] or 0)


async def post(ready: Ready, lines: Sequence[bytes], *, connections: int) -> Posted:
    """Post all updates over so many connections."""
    head = (
        f"POST {ready.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {ready.secret}\r\nContent-Length: "
    ).encode()
    left = iter([head + str(len(line)).encode() + b"\r\n\r\n" + line for line in lines])
    waits: list[float] = []
    loop = asyncio.get_running_loop()
    posters: list[Poster] = []
    for _ in range(connections):
        _, poster = await loop.create_connection(
            lambda: Poster(left, waits), "127.0.0.1", ready.port
        )
        posters.append(poster)
    start, cpu_s = time.perf_counter(), time.process_time()
    for poster in posters:
        poster.go()
    await asyncio.gather(*[poster.done for poster in posters])
    took_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu_s
    waits.sort()
    return Posted(
        rate=len(waits) / took_s,
        p50_ms=waits[len(waits) // 2] * 1e3,
        p99_ms=waits[int(len(waits) * 0.99)] * 1e3,
        with_call=sum(poster.with_call for poster in posters) / len(waits),
        busy=cpu_s / took_s,
    )


async def measure(asked: argparse.Namespace) -> Posted:
    """Start the server, warm it up, post, and let it end."""
    mine, its = _cores()
    os.sched_setaffinity(0, {mine})
    lines = make(asked.updates + asked.warm_up)
    command = [sys.executable, "-m", asked.server, "--core", str(its)]
    command += ["--durable"] * asked.durable
    async with AsyncExitStack() as stack:
        if asked.simulator:
            from posthouse.testing.telegram import Simulator

            # It does not know the sample's chats: the few answers that do not ride are refused.
            simulator = await stack.enter_async_context(Simulator(bots=[TOKEN]))
            command += ["--telegram", simulator.base_url]
        server = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        stack.callback(_kill, server)
        async with asyncio.timeout(READY_S):
            line = await _stdout(server).readline()
        ready = msgspec.json.decode(line, type=Ready)
        warm_up, rest = lines[: asked.warm_up], lines[asked.warm_up :]
        await post(ready, warm_up, connections=asked.connections)
        before_s = _cpu_s(server.pid)
        posted = await post(ready, rest, connections=asked.connections)
        posted.cpu_us = (_cpu_s(server.pid) - before_s) / len(rest) * 1e6
        said, _ = await server.communicate(b"")  # ends its input, and so the server
        if said.strip():
            _check(msgspec.json.decode(said, type=Ended), len(lines))
    return posted


def _cpu_s(pid: int) -> float:
    """Return the processor time a process has taken, all its threads together."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _check(ended: Ended, posted: int) -> None:
    if ended.turns != posted or ended.quarantined:
        raise SystemExit(f"webhook: {ended} of {posted} updates; a figure would mean nothing")


def _stdout(server: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if server.stdout is None:
        raise SystemExit("webhook: the server has no output")
    return server.stdout


def _kill(server: asyncio.subprocess.Process) -> None:
    if server.returncode is None:
        server.kill()


def _cores() -> tuple[int, int]:
    """Return the core for the one who posts, and the server's."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[-1], cores[0]


def main() -> None:
    """Measure the server that the command line names; print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("--updates", type=int, required=True)
    parser.add_argument("--warm-up", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--simulator", action="store_true", help="give it a Bot API server")
    parser.add_argument("--durable", action="store_true", help="ours: with SQLite")
    asked = parser.parse_args()
    print(msgspec.json.encode(uvloop.run(measure(asked))).decode())


if __name__ == "__main__":
    main()
