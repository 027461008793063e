"""A broadcast as it goes out, in a terminal: a bar, the outcomes so far, the pace, the rest."""

import asyncio
import json
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from posthouse.cli.asking import ask, reading
from posthouse.cli.output import current
from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError, PosthouseError
from posthouse.ports.clock import SystemClock
from posthouse.publishing.broadcasting import COMMANDS, rows
from posthouse.publishing.broadcasting.pace import Measured, lasting
from posthouse.publishing.broadcasting.rows import Broadcast
from posthouse.publishing.broadcasting.tally import Tally, tallies
from posthouse.storage.lock import holder
from posthouse.storage.sqlite import SqliteStore

LOOK_EVERY_S = 0.5
STILL_S = 3.0
"""After so long without news it is looked whether a site runs at all."""
_STANDS_STILL = (
    "no site runs here any more, so broadcast {id} stands still with {left} recipients left; it "
    "goes on when the site is started again: `posthouse run`"
)
HEAD = ("outcome", "recipients", "share")


def needs_site(commands: Commands, _: SqliteStore) -> None:
    """Let the commands on broadcasts say that they need the site that sends."""
    for name in COMMANDS:
        commands.register(f"broadcast.{name}", _refuse)


async def _refuse(**_: object) -> str:
    raise ConflictError(
        "no site runs here, and broadcasts are sent by the site: start it with `posthouse run`"
    )


async def standing(path: Path, id: int) -> tuple[Broadcast, Tally]:
    """Return a broadcast, and how its recipients stand."""
    async with reading(path) as store:
        return await _standing(store, id)


async def follow(path: Path, id: int, per_second: float | None) -> tuple[Broadcast, Tally]:
    """Show how far a broadcast is until it is over; return how it ended.

    Raises ConflictError when nothing has moved for a while and no site runs that could send it.
    """
    clock, measured = SystemClock(), Measured(per_second)
    known, since_s = -1, clock.monotonic()
    with _progress() as shown:
        task = shown.add_task("", total=None, **_fields(Tally(), measured, ""))
        async with reading(path) as store:
            while True:
                of, tally = await _standing(store, id)
                measured.note(clock.monotonic(), tally.done)
                _draw(shown, task, of, tally, measured)
                if of.is_over and not tally.left:
                    return of, tally
                now_s = clock.monotonic()
                if tally.done != known:
                    known, since_s = tally.done, now_s
                elif now_s - since_s >= STILL_S:
                    if holder(path) is None:
                        raise ConflictError(_STANDS_STILL.format(id=id, left=tally.left))
                    since_s = now_s
                await asyncio.sleep(LOOK_EVERY_S)


async def pace_of(path: Path, id: int) -> float | None:
    """Return how many messages a second the site may send, as it says; None when none answers."""
    try:
        ok, told = await ask(path, "broadcast.pace", {"id": id}, within_s=2.0)
    except PosthouseError:
        return None
    found: float | None = json.loads(told) if ok else None
    return found


def outcomes(of: Broadcast, tally: Tally) -> None:
    """Print a table of how a broadcast stands, by outcome."""
    total = max(tally.total, of.total or 0)
    stopped = "taken back, or not sent" if of.standing == rows.RETRACTED else "not sent any more"
    lines = [
        ("sent", tally.sent),
        ("failed", tally.failed),
        ("unknown", tally.unknown),
        (stopped, tally.stopped),
        ("left", max(total - tally.done, 0)),
    ]
    shown = [line for line in lines if line[1] or line[0] in ("sent", "failed", "unknown")]
    if not total:
        return
    table = [(what, str(many), f"{many / total:.1%}") for what, many in shown]
    current.get().table(HEAD, table)
    if tally.failed or tally.unknown:
        current.get().say("`posthouse outbox list` shows what failed and why.")


def _draw(shown: Progress, task: TaskID, of: Broadcast, tally: Tally, measured: Measured) -> None:
    total = max(tally.total, of.total or 0)
    is_planning = of.state == "planning"
    stands = "" if of.standing == "running" else of.standing
    shown.update(
        task,
        total=None if is_planning and not total else total,
        completed=tally.done,
        **_fields(tally, measured, stands),
    )


def _fields(tally: Tally, measured: Measured, stands: str) -> dict[str, Any]:
    rate = measured.per_second
    left_s = measured.left_s(tally.left) if tally.left and not stands else None
    return {
        "counts": f"sent {tally.sent}  failed {tally.failed}  unknown {tally.unknown}",
        "rate": "" if rate is None or stands else f"{rate:.0f}/s",
        "rest": stands or ("" if left_s is None else f"{lasting(left_s)} left"),
    }


def _progress() -> Progress:
    return Progress(
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[counts]}"),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[rest]}"),
        console=current.get().console,
        transient=True,
        disable=not current.get().console.is_terminal,
        refresh_per_second=4,
    )


async def _standing(store: SqliteStore, id: int) -> tuple[Broadcast, Tally]:
    of = rows.one(await store.fetch(rows.by_number(id)), id)
    return of, tallies(await store.fetch(rows.counts([id]))).get(id, Tally())
