"""`route`: bytes to an update, to one of a hundred handlers, to the bytes of the answer.

Nothing is kept and nothing is sent: Telegram's codec and the Dispatcher, without lanes or a store.
Budget: 0.35 of the floor, which is bare msgspec with the few types of the sample and two tables.
"""

from statistics import median

from benchmarks.decoding import Rate
from benchmarks.rounds import Result, in_rounds, of_floor, ratio

OURS, FLOOR = "ours", "floor"
UPDATES = 2_000
"""Routed again and again, so more would only take longer."""
PEER_UPDATES = 500
PEERS = {
    "aiogram": "benchmarks.peers.route_aiogram",
    "python-telegram-bot": "benchmarks.peers.route_ptb",
    "pyTelegramBotAPI": "benchmarks.peers.route_telebot",
}


def measure(*, rounds: int, updates: int = UPDATES, peers: bool = True) -> Result:
    """Measure everything in the same rounds."""
    commands = {
        OURS: _command("benchmarks.ours.route", updates),
        FLOOR: _command("benchmarks.floors.route", updates),
    }
    if peers:
        some = min(updates, PEER_UPDATES)
        commands |= {name: _command(module, some) for name, module in PEERS.items()}
    runs = in_rounds(commands, Rate, rounds=rounds)
    rates = {name: round(median(run.rate for run in some), 1) for name, some in runs.items()}
    ours, floor = rates.pop(OURS), rates.pop(FLOOR)
    return Result(
        name="route",
        unit="updates/s",
        ours=ours,
        floor=floor,
        peers=rates,
        ratio_to_floor=of_floor(runs[OURS], runs[FLOOR]),
        ratio_to_best_peer=ratio(ours, max(rates.values(), default=None)),
    )


def _command(module: str, updates: int) -> list[str]:
    return ["-m", module, "--updates", str(updates)]
