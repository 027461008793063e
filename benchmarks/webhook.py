"""`webhook`: bytes to an update to an answer over HTTP, the server on one core, 32 connections.

Ours is the whole site: engine, lanes and outbox, in memory or in SQLite with every turn durable
before its request is answered. The floor is bare uvicorn with what `route`'s floor does.
Budget: 0.6 of the floor and p99 under 5 ms in memory; 0.3 and under 10 ms durable.
"""

from statistics import median

from benchmarks.posting import Posted
from benchmarks.rounds import Result, in_rounds, medians, of_floor, ratio

OURS, DURABLE, FLOOR = "ours", "ours, durable", "floor"
UPDATES = 10_000
PEER_UPDATES = 1_000
PEERS = {"aiogram": "benchmarks.peers.webhook_aiogram"}


def measure(*, rounds: int, updates: int = UPDATES, peers: bool = True) -> Result:
    """Measure everything in the same rounds."""
    ours = [*_command("benchmarks.ours.webhook", updates), "--simulator"]
    commands = {
        OURS: ours,
        DURABLE: [*ours, "--durable"],
        FLOOR: _command("benchmarks.floors.webhook", updates),
    }
    if peers:
        some = min(updates, PEER_UPDATES)
        commands |= {name: _command(module, some) for name, module in PEERS.items()}
    runs = in_rounds(commands, Posted, rounds=rounds)
    rates = {name: round(median(run.rate for run in some), 1) for name, some in runs.items()}
    details = {name: medians(some) for name, some in runs.items()}
    durable = details.pop(DURABLE) | {"of_floor": of_floor(runs[DURABLE], runs[FLOOR])}
    details[OURS] |= {f"durable_{figure}": value for figure, value in durable.items()}
    best_peer = max((rates[name] for name in PEERS if name in rates), default=None)
    return Result(
        name="webhook",
        unit="updates/s",
        ours=rates[OURS],
        floor=rates[FLOOR],
        peers={name: rates[name] for name in PEERS if name in rates},
        ratio_to_floor=of_floor(runs[OURS], runs[FLOOR]),
        ratio_to_best_peer=ratio(rates[OURS], best_peer),
        p99_ms=round(details[OURS]["p99_ms"], 2),
        details=details,
    )


def _command(module: str, updates: int) -> list[str]:
    return ["-m", "benchmarks.posting", module, "--updates", str(updates)]
