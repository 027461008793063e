"""What every candidate of `route` shares: the updates, the clock, the check of what it answered."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import msgspec

from benchmarks.decoding import Rate, repeats
from benchmarks.updates import make

REPLY = "ok"
Route: TypeAlias = Callable[[bytes], Awaitable[bytes]]
"""Takes the body of an update and returns the call that answers it, as JSON."""


class _Answer(msgspec.Struct):
    method: str
    text: str
    chat_id: int | str
    """Of the chat the update happened in."""


def main(route: Route) -> None:
    """Time the candidate on the updates that the command line asks for; print the rate."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, required=True)
    lines = make(parser.parse_args().updates)
    sys.stdout.write(msgspec.json.encode(Rate(asyncio.run(_best(route, lines)))).decode() + "\n")


async def _best(route: Route, lines: Sequence[bytes]) -> float:
    for line in lines:
        answer = msgspec.json.decode(await route(line), type=_Answer)
        if (answer.method, answer.text) != ("sendMessage", REPLY) or (
            str(answer.chat_id).encode() not in line
        ):
            raise SystemExit(f"route: {answer} is no answer to {line!r}")
    return max([await _rate(route, lines) for _ in repeats()])


async def _rate(route: Route, lines: Sequence[bytes]) -> float:
    start = time.perf_counter()
    for line in lines:
        await route(line)
    return len(lines) / (time.perf_counter() - start)
