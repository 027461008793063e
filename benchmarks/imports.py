"""`import`: seconds and memory of importing everything public, each in a fresh interpreter.

Budget: a tenth of aiogram's time and a fifth of its memory.
"""

from statistics import median

import msgspec

from benchmarks.rounds import Result, in_rounds, medians, ratio

PROBE = """
import sys, time
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
before, start = resident(), time.perf_counter()
{body}
took = time.perf_counter() - start
print('{{"seconds": %f, "memory_mib": %f}}' % (took, (resident() - before) / 2**20))
"""
CANDIDATES = {
    "ours": """
import posthouse, posthouse.telegram, posthouse.types
for module in (posthouse, posthouse.telegram, posthouse.types):
    for name in module.__all__:
        getattr(module, name)
""",
    "floor": "import asyncio, msgspec",
    "aiogram": "import aiogram",
    "python-telegram-bot": "import telegram, telegram.ext",
}


class Cost(msgspec.Struct):
    """What one import came to."""

    seconds: float
    memory_mib: float


def measure(*, rounds: int) -> Result:
    """Measure everything in the same rounds, after one that fills the caches of byte code."""
    commands = {name: ["-c", PROBE.format(body=body)] for name, body in CANDIDATES.items()}
    runs = in_rounds(commands, Cost, rounds=rounds, warm_up=True)
    seconds = {name: round(median(r.seconds for r in some), 4) for name, some in runs.items()}
    ours, floor = seconds.pop("ours"), seconds.pop("floor")
    return Result(
        name="import",
        unit="s",
        ours=ours,
        floor=floor,
        peers=seconds,
        ratio_to_floor=ratio(ours, floor),
        ratio_to_best_peer=ratio(ours, min(seconds.values())),
        details={name: medians(some) for name, some in runs.items()},
    )
