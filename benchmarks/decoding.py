"""What every candidate of `decode` shares: the updates, the clock, the figure."""

import argparse
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import msgspec

from benchmarks.updates import make

REPEATS = 5
LEAST_S = float(os.environ.get("BENCHMARK_LEAST_S", "2"))
"""A machine that others use is fast only at times: the best of so long is one of those. A trial
that is after no figures says 0."""


class Rate(msgspec.Struct):
    """How many updates a second were decoded, in the best of a few repeats."""

    rate: float


def parser() -> argparse.ArgumentParser:
    """Return what every candidate is asked with."""
    made = argparse.ArgumentParser()
    made.add_argument("--unknown", type=int, default=0, help="percent with unknown keys")
    made.add_argument("--updates", type=int, required=True)
    return made


def main(decode: Callable[[bytes], object], asked: argparse.Namespace | None = None) -> None:
    """Time the decoder on the updates that the command line asks for; print the rate."""
    asked = asked or parser().parse_args()
    lines = with_unknown_keys(make(asked.updates), percent=asked.unknown)
    best = max(_rate(decode, lines) for _ in repeats())
    print(msgspec.json.encode(Rate(best)).decode())


def repeats() -> Iterator[int]:
    """Yield as often as is to be measured: a few times, and for a while."""
    end_s = time.perf_counter() + LEAST_S
    for number in count():
        if number >= REPEATS and time.perf_counter() > end_s:
            return
        yield number


def _rate(decode: Callable[[bytes], object], lines: Sequence[bytes]) -> float:
    start = time.perf_counter()
    for line in lines:
        decode(line)
    return len(lines) / (time.perf_counter() - start)


def with_unknown_keys(lines: Sequence[bytes], *, percent: int) -> list[bytes]:
    """Give so many of the updates a key that nobody knows yet, on one of their levels."""
    dice = random.Random(2)
    return [_grown(dice, line) if dice.randrange(100) < percent else line for line in lines]


def _grown(dice: random.Random, line: bytes) -> bytes:
    update: dict[str, Any] = json.loads(line)
    payload = update.get("message") or update["callback_query"]
    place = dice.choice([update, payload, payload["from"]])
    place[f"new_{dice.randrange(100)}"] = {"kind": "new", "values": [1, 2]}
    return json.dumps(update, ensure_ascii=False).encode()
