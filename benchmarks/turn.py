"""`turn`: durable turns per second, against the hand-written floor and three frameworks in memory.

Budget: half of the floor at 32 and at 500 in flight, p99 under 10 ms at 32, ten times aiogram.
"""

import cProfile
import io
import pstats
import re
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.clients import Figures
from benchmarks.profiling import profiled
from benchmarks.rounds import Failed, Result, in_rounds, medians, ratio
from benchmarks.updates import make

UPDATES = 20_000
PEER_UPDATES = 3_000
"""The peers get the first so many of the same updates; their rate does not depend on it."""
PEERS = {
    "aiogram": "benchmarks.peers.turn_aiogram",
    "python-telegram-bot": "benchmarks.peers.turn_ptb",
    "pyTelegramBotAPI": "benchmarks.peers.turn_telebot",
}
OURS, FLOOR = "ours", "floor"


def measure(*, in_flight: int, rounds: int, updates: int = UPDATES, peers: bool = True) -> Result:
    """Measure everything in the same rounds."""
    commands = {
        OURS: _command("benchmarks.ours.turn", in_flight, updates),
        FLOOR: _command("benchmarks.floors.turn", in_flight, updates),
    }
    if peers:
        for name, module in PEERS.items():
            commands[name] = _command(module, in_flight, min(updates, PEER_UPDATES))
    runs = in_rounds(commands, Figures, rounds=rounds)
    rates = {name: round(median(run.rate for run in some), 1) for name, some in runs.items()}
    ours, floor = rates.pop(OURS), rates.pop(FLOOR)
    return Result(
        name="turn" if in_flight == 32 else f"turn-{in_flight}",
        unit="updates/s",
        ours=ours,
        floor=floor,
        peers=rates,
        # Of each round's own ratio, since what disturbs a round disturbs both.
        ratio_to_floor=ratio(
            median(a.rate / b.rate for a, b in zip(runs[OURS], runs[FLOOR], strict=True)), 1.0
        ),
        ratio_to_best_peer=ratio(ours, max(rates.values(), default=None)),
        p99_ms=round(median(run.p99_ms for run in runs[OURS]), 2),
        details={name: medians(some) for name, some in runs.items()},
    )


def _command(module: str, in_flight: int, updates: int) -> list[str]:
    return ["-m", module, "--in-flight", str(in_flight), "--updates", str(updates)]


def compare_floors(other: Path, *, in_flight: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return the rates of our floor and of another floor's file, measured in turns.

    The other one is called with the number in flight and prints `turn N/s ...`.
    """
    mine, theirs = [], []
    for _ in range(rounds):
        command = _command("benchmarks.floors.turn", in_flight, UPDATES)
        mine += [run.rate for run in in_rounds({FLOOR: command}, Figures, rounds=1)[FLOOR]]
        theirs.append(_rate_of(other, in_flight))
    return mine, theirs


def _rate_of(other: Path, in_flight: int) -> float:
    done = subprocess.run(
        [sys.executable, str(other), str(in_flight)],
        cwd=other.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"turn ([\d.]+)/s", done.stdout)
    if found is None:
        raise Failed(f"{other} did not print `turn N/s`: {done.stdout!r}")
    return float(found[1])


def profile(*, in_flight: int, updates: int = UPDATES, lines: int = 45) -> str:
    """Return where the event loop's thread spends its time, by cProfile.

    The profiler slows small functions most; trust the order, and the processor times that
    `--json` gives, not the microseconds.
    """
    from benchmarks.ours import turn as ours

    found = cProfile.Profile(builtins=False)

    sample = make(updates)
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(ours.measure(sample, in_flight, Path(folder), around=partial(profiled, found)))
    out = io.StringIO()
    pstats.Stats(found, stream=out).strip_dirs().sort_stats("tottime").print_stats(lines)
    return out.getvalue()
