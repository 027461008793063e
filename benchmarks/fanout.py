"""`fanout`: how fast an item is on its way to many, and how much of what is permitted it uses.

Ours is a whole site. First, in real time and with a database file: seconds from the commit of an
item until receipts for all its subscribers are durable, while the first are being sent. Then, in
virtual time against the simulator with its flood limits on: messages that arrived, of those that
Telegram permits. Budget: 10 s for 100 000, 99 % of the permitted rate and no refusal.
"""

from statistics import median

import msgspec

from benchmarks.rounds import Result, in_rounds

OURS = "ours"
SUBSCRIBERS = 100_000


class FannedOut(msgspec.Struct):
    """What one run came to."""

    planned_s: float
    """Until all receipts were durable."""
    answered_ms: float
    """The longest that an answer took meanwhile."""
    share: float
    """Messages that arrived, of those permitted."""
    refused: int
    """Calls answered with 429."""


def measure(*, rounds: int, subscribers: int = SUBSCRIBERS) -> Result:
    """Measure ours."""
    commands = {OURS: ["-m", "benchmarks.ours.fanout", str(subscribers)]}
    runs = in_rounds(commands, FannedOut, rounds=min(rounds, 3))[OURS]
    details = {
        name: median(getattr(run, name) for run in runs) for name in FannedOut.__struct_fields__
    }
    return Result(
        name="fanout",
        unit="receipts/s",
        ours=subscribers / details["planned_s"],
        peers={},
        details={OURS: details},
    )
