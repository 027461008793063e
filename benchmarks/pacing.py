"""`pacing`: how much of what Telegram permits is used, and how often it has to refuse.

Ours is a whole site against the simulator with its flood limits on, in virtual time: full queues
for many chats at once, in three scenes of which each meets another limit. The figure is the worst
of the three. Budget: 99 % of the permitted rate and no refusal.
"""

from statistics import median

import msgspec

from benchmarks.rounds import Result, in_rounds

OURS = "ours"
ROUNDS = 1
"""Time is virtual, so every round comes to the same."""
PEERS = {"aiogram": "benchmarks.peers.pacing_aiogram"}


class Scene(msgspec.Struct):
    """What came of full queues in some chats."""

    share: float
    """Messages that arrived, of those permitted."""
    refused: int
    """Calls answered with 429."""


class Scenes(msgspec.Struct):
    """All scenes, by the limit they meet."""

    bot: Scene | None = None
    chats: Scene | None = None
    groups: Scene | None = None


def measure(*, rounds: int, peers: bool = True) -> Result:
    """Measure ours once, and the peers, whose time is real, once too."""
    commands = {OURS: ["-m", "benchmarks.ours.pacing"]}
    if peers:
        commands |= {name: ["-m", module] for name, module in PEERS.items()}
    runs = in_rounds(commands, Scenes, rounds=min(rounds, ROUNDS))
    details: dict[str, dict[str, float]] = {}
    worst: dict[str, float] = {}
    for name, some in runs.items():
        scenes = {
            scene: [getattr(run, scene) for run in some] for scene in Scenes.__struct_fields__
        }
        seen = {scene: found for scene, found in scenes.items() if None not in found}
        details[name] = {
            f"{scene}_{figure}": median(getattr(each, figure) for each in found)
            for scene, found in seen.items()
            for figure in Scene.__struct_fields__
        }
        worst[name] = min(each.share for found in seen.values() for each in found)
    ours = worst.pop(OURS)
    return Result(
        name="pacing",
        unit="of the permitted rate",
        ours=ours,
        peers=worst,
        details=details,
    )
