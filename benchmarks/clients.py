"""One measurement of `turn` in a process of its own: clients that keep updates in flight."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
import uvloop

from benchmarks.updates import make

TOKEN = "123456:" + "A" * 35
"""Has the form of a token, so that the peers accept it."""


class Figures(msgspec.Struct):
    """What one run came to."""

    rate: float
    """Updates per second."""
    p50_ms: float
    p99_ms: float
    """From receipt to settled."""
    loop_us: float
    """Processor time of the event loop's thread per update, which neighbours disturb less."""
    other_us: float
    """Processor time of all other threads per update."""


Feed: TypeAlias = Callable[[bytes], Awaitable[object]]
Measure: TypeAlias = Callable[[Sequence[bytes], int, Path], Awaitable[Figures]]


async def run_clients(
    feed: Feed,
    lines: Sequence[bytes],
    *,
    in_flight: int,
    finish: Callable[[], Awaitable[None]] | None = None,
) -> Figures:
    """Feed all updates, never more than `in_flight` at once; the clock stops after `finish`."""
    waits: list[float] = []
    left = iter(lines)

    async def client() -> None:
        for line in left:
            begun = time.perf_counter()
            await feed(line)
            waits.append(time.perf_counter() - begun)

    start, cpu_s, loop_s = time.perf_counter(), time.process_time(), time.thread_time()
    await asyncio.gather(*[client() for _ in range(in_flight)])
    if finish is not None:
        await finish()
    took_s = time.perf_counter() - start
    loop_s = time.thread_time() - loop_s
    cpu_s = time.process_time() - cpu_s
    waits.sort()
    return Figures(
        rate=len(waits) / took_s,
        p50_ms=waits[len(waits) // 2] * 1e3,
        p99_ms=waits[int(len(waits) * 0.99)] * 1e3,
        loop_us=loop_s / len(waits) * 1e6,
        other_us=(cpu_s - loop_s) / len(waits) * 1e6,
    )


def main(measure: Measure, *, make: Callable[[int], list[bytes]] = make) -> None:
    """Run one measurement and print its figures as JSON; `make` makes so many updates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--updates", type=int, default=20_000)
    asked = parser.parse_args()
    lines = make(asked.updates)
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(_measured(measure, lines, asked.in_flight, Path(folder)))
    sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")


async def _measured(
    measure: Measure, lines: Sequence[bytes], in_flight: int, folder: Path
) -> Figures:
    return await measure(lines, in_flight, folder)
