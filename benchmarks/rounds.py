"""Rounds: each candidate in a process of its own, in turns, so that noise hits all alike."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import msgspec

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 600.0
Shown = TypeVar("Shown", bound=msgspec.Struct)


class Result(msgspec.Struct, kw_only=True):
    """What a benchmark came to; printed as one JSON object."""

    name: str
    unit: str
    ours: float
    floor: float | None = None
    peers: dict[str, float] = {}
    ratio_to_floor: float | None = None
    """Ours divided by the floor."""
    ratio_to_best_peer: float | None = None
    """Ours divided by the best peer."""
    p99_ms: float | None = None
    details: dict[str, dict[str, float]] = {}
    """Further figures by candidate: medians over the rounds."""


class Failed(SystemExit):
    """A candidate could not be measured."""


def in_rounds(
    commands: Mapping[str, Sequence[str]], kind: type[Shown], *, rounds: int, warm_up: bool = False
) -> dict[str, list[Shown]]:
    """Run all commands once per round, starting each round with another one.

    Each prints one JSON object as its last line, which is decoded as `kind`.

    Args:
        commands: What to run, by name.
        kind: What they print.
        rounds: How often.
        warm_up: Run all once before, to fill caches of byte code that begin empty: whoever wrote
            into the source trees before makes no difference.
    """
    names = list(commands)
    out: dict[str, list[Shown]] = {name: [] for name in names}
    with TemporaryDirectory() as folder:
        env = _caching_in(folder) if warm_up else None
        for number in range(-warm_up, rounds):
            shift = number % len(names)
            for name in names[shift:] + names[:shift]:
                shown = run(name, commands[name], kind, env=env)
                if number >= 0:
                    out[name].append(shown)
    return out


def _caching_in(folder: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return env | {"PYTHONPYCACHEPREFIX": folder}


def run(
    name: str, command: Sequence[str], kind: type[Shown], *, env: Mapping[str, str] | None = None
) -> Shown:
    """Run one command and decode the last line it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"{name}: `python {' '.join(command)}` failed\n{done.stderr[-2000:]}")
    return msgspec.json.decode(done.stdout.strip().rpartition("\n")[2], type=kind)


def medians(runs: Sequence[msgspec.Struct]) -> dict[str, float]:
    """Return the median of each figure."""
    names = type(runs[0]).__struct_fields__
    return {name: median(getattr(run, name) for run in runs) for name in names}


class Rated(Protocol):
    """A run that came to a rate."""

    rate: float


def of_floor(ours: Sequence[Rated], floor: Sequence[Rated]) -> float:
    """Take each round's own ratio, since what disturbs a round disturbs both."""
    ratios = (mine.rate / bare.rate for mine, bare in zip(ours, floor, strict=True))
    return float(f"{median(ratios):.3g}")


def ratio(ours: float, other: float | None) -> float | None:
    """Return how many times the other it is, to three figures."""
    return None if not other else float(f"{ours / other:.3g}")
