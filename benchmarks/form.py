"""`form`: a form of nine fields, filled in by a thousand persons at once, durable at every answer.

Budget: ahead of the fastest peer, which keeps the answers in memory.
"""

import cProfile
import io
import pstats
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.answers import STEPS, make
from benchmarks.clients import Figures
from benchmarks.profiling import profiled
from benchmarks.rounds import Result, in_rounds, medians, ratio

PERSONS = 1000
PEERS = {
    "aiogram": "benchmarks.peers.form_aiogram",
    "python-telegram-bot": "benchmarks.peers.form_ptb",
}
OURS = "ours"


def measure(*, rounds: int, persons: int = PERSONS, peers: bool = True) -> Result:
    """Measure everything in the same rounds."""
    commands = {OURS: _command("benchmarks.ours.form", persons)}
    if peers:
        commands |= {name: _command(module, persons) for name, module in PEERS.items()}
    runs = in_rounds(commands, Figures, rounds=rounds)
    rates = {name: round(median(run.rate for run in some), 1) for name, some in runs.items()}
    ours = rates.pop(OURS)
    return Result(
        name="form",
        unit="answers/s",
        ours=ours,
        floor=None,
        peers=rates,
        ratio_to_floor=None,
        ratio_to_best_peer=ratio(ours, max(rates.values(), default=None)),
        p99_ms=round(median(run.p99_ms for run in runs[OURS]), 2),
        details={name: medians(some) for name, some in runs.items()},
    )


def profile(*, persons: int = PERSONS, lines: int = 60) -> str:
    """Return where the event loop's thread spends its time, by cProfile."""
    from benchmarks.ours import form as ours

    found = cProfile.Profile(builtins=False)

    with tempfile.TemporaryDirectory() as folder:
        sample = make(persons * STEPS)
        uvloop.run(ours.measure(sample, persons, Path(folder), around=partial(profiled, found)))
    out = io.StringIO()
    pstats.Stats(found, stream=out).strip_dirs().sort_stats("tottime").print_stats(lines)
    return out.getvalue()


def _command(module: str, persons: int) -> list[str]:
    return ["-m", module, "--in-flight", str(persons), "--updates", str(persons * STEPS)]
