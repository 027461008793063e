"""`decode`: bytes to a typed update, every type of the Bot API known, and unknown keys kept.

Budget: 0.45 of the floor, and 0.35 where 5 % of the updates have unknown keys. The floor is bare
msgspec with the few types that the sample needs, without unknown keys; the details have bare
msgspec with all types, too.
"""

from statistics import median

from benchmarks.decoding import Rate
from benchmarks.rounds import Result, in_rounds, of_floor, ratio

OURS, UNKNOWN, FLOOR, ALL_TYPES = "ours", "ours, unknown keys", "floor", "floor, all types"
UNKNOWN_PERCENT = 5
UPDATES = 2_000
"""Decoded again and again, so more would only take longer."""
PEERS = {
    "aiogram": "benchmarks.peers.decode_aiogram",
    "python-telegram-bot": "benchmarks.peers.decode_ptb",
    "pyTelegramBotAPI": "benchmarks.peers.decode_telebot",
}


def measure(*, rounds: int, updates: int = UPDATES, peers: bool = True) -> Result:
    """Measure everything in the same rounds."""
    commands = {
        OURS: _command("benchmarks.ours.decode", updates),
        UNKNOWN: _command("benchmarks.ours.decode", updates, "--unknown", str(UNKNOWN_PERCENT)),
        FLOOR: _command("benchmarks.floors.decode", updates),
        ALL_TYPES: _command("benchmarks.floors.decode", updates, "--all-types"),
    }
    if peers:
        commands |= {name: _command(module, updates) for name, module in PEERS.items()}
    runs = in_rounds(commands, Rate, rounds=rounds)
    rates = {name: round(median(run.rate for run in some), 1) for name, some in runs.items()}
    best_peer = max((rates[name] for name in PEERS if name in rates), default=None)
    return Result(
        name="decode",
        unit="updates/s",
        ours=rates[OURS],
        floor=rates[FLOOR],
        peers={name: rates[name] for name in PEERS if name in rates},
        ratio_to_floor=of_floor(runs[OURS], runs[FLOOR]),
        ratio_to_best_peer=ratio(rates[OURS], best_peer),
        details={
            OURS: {
                "rate": rates[OURS],
                f"rate_{UNKNOWN_PERCENT}_percent_unknown": rates[UNKNOWN],
                f"of_floor_{UNKNOWN_PERCENT}_percent_unknown": of_floor(runs[UNKNOWN], runs[FLOOR]),
            },
            FLOOR: {
                "rate": rates[FLOOR],
                "rate_all_types": rates[ALL_TYPES],
                "ours_of_all_types": of_floor(runs[OURS], runs[ALL_TYPES]),
                "unknown_of_all_types": of_floor(runs[UNKNOWN], runs[ALL_TYPES]),
            },
        },
    )


def _command(module: str, updates: int, *more: str) -> list[str]:
    return ["-m", module, "--updates", str(updates), *more]
