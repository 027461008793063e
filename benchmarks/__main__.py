"""`python -m benchmarks NAME --json`: measure, and print figures, floors, peers and ratios."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec

from benchmarks import (
    bots,
    decode,
    fanout,
    form,
    imports,
    match,
    pacing,
    route,
    start,
    turn,
    webhook,
)
from benchmarks.rounds import Result
from benchmarks.tables import show

NAMES = (
    *("decode", "route", "webhook", "turn", "turn-500", "form", "pacing", "match", "fanout"),
    *("import", "start", "bots"),
)
TELEGRAM = {"decode": decode, "route": route, "webhook": webhook}
IN_FLIGHT = (32, 500)


def main() -> None:
    """Measure what the command line names."""
    asked = _parser().parse_args()
    if asked.compare_floor is not None:
        sys.exit(_compare(asked.compare_floor, asked))
    if asked.profile:
        if asked.name == "form":
            print(form.profile(persons=asked.persons))
            return
        print(turn.profile(in_flight=asked.in_flight or 32, updates=asked.updates))
        return
    names = [asked.name] if asked.name else list(NAMES)
    for name in names:
        for result in _measure(name, asked):
            print(msgspec.json.encode(result).decode() if asked.json else show(result), flush=True)


def _measure(name: str, asked: argparse.Namespace) -> list[Result]:
    peers = not asked.no_peers
    alone: dict[str, Callable[[], Result]] = {
        "import": lambda: imports.measure(rounds=asked.rounds),
        "bots": lambda: bots.measure(bots=asked.bots),
        "start": lambda: start.measure(rounds=asked.rounds),
        "match": lambda: match.measure(rounds=asked.rounds, peers=peers),
        "fanout": lambda: fanout.measure(rounds=asked.rounds),
        "pacing": lambda: pacing.measure(rounds=asked.rounds, peers=peers),
        "form": lambda: form.measure(rounds=asked.rounds, persons=asked.persons, peers=peers),
    }
    if name in alone:
        return [alone[name]()]
    if name in TELEGRAM:
        of = TELEGRAM[name]
        some = min(asked.updates, of.UPDATES)
        return [of.measure(rounds=asked.rounds, updates=some, peers=peers)]
    concurrencies = [500] if name == "turn-500" else [asked.in_flight or 32]
    if name == "turn" and not asked.in_flight and not asked.json and asked.name:
        concurrencies = list(IN_FLIGHT)
    return [
        turn.measure(in_flight=n, rounds=asked.rounds, updates=asked.updates, peers=peers)
        for n in concurrencies
    ]


def _compare(other: Path, asked: argparse.Namespace) -> int:
    """Compare the floor of `turn` with another file; 1 when ours is slower beyond the noise."""
    worst = 1.0
    for in_flight in [asked.in_flight] if asked.in_flight else IN_FLIGHT:
        mine, theirs = turn.compare_floors(
            other.resolve(), in_flight=in_flight, rounds=asked.rounds
        )
        ratio = median(mine) / median(theirs)
        worst = min(worst, ratio)
        print(
            f"{in_flight:3} in flight: ours {median(mine):8.0f}/s, {other} {median(theirs):8.0f}/s,"
            f" ratio {ratio:.2f}"
        )
    return int(worst < 0.9)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="which one; left out, all of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--in-flight", type=int, help="turn: unsettled updates at any time")
    parser.add_argument(
        "--updates", type=int, default=turn.UPDATES, help="how many, where there are any"
    )
    parser.add_argument("--persons", type=int, default=form.PERSONS, help="form: how many at once")
    parser.add_argument("--bots", type=int, default=bots.BOTS, help="bots: how many")
    parser.add_argument("--no-peers", action="store_true", help="ours and the floor only")
    parser.add_argument("--profile", action="store_true", help="turn and form: where our time goes")
    parser.add_argument(
        "--compare-floor", type=Path, metavar="FILE", help="turn: our floor against another one"
    )
    return parser


if __name__ == "__main__":
    main()
