"""Fan-outs as staff see them: how far one is, and letting it pause, go on, or end."""

from msgspec import Struct
from sqlalchemy import update

from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError
from posthouse.publishing.desk import Desk
from posthouse.publishing.items import CANCELLED, PAUSED, PLANNING, RUNNING, counts
from posthouse.publishing.rows import (
    HELD,
    QUEUED,
    WAITING,
    FanOut,
    any_of,
    change_some,
    fan_out_of,
    made,
)
from posthouse.storage.publishing import fan_out

CHUNK = 1000


class Progress(Struct, frozen=True, kw_only=True):
    """How far a fan-out is."""

    fan_out: FanOut
    states: dict[str, int]
    """Receipts, by how they stand."""

    @property
    def total(self) -> int:
        """To how many it goes, as far as is known."""
        return max(sum(self.states.values()), self.fan_out.total or 0)

    @property
    def left(self) -> int:
        """How many are to come."""
        return sum(self.states.get(state, 0) for state in (WAITING, HELD, QUEUED))

    def left_s(self, now: float) -> float | None:
        """Return how long the rest takes at the pace so far, None where nobody can tell."""
        done = self.total - self.left
        took_s = now - self.fan_out.created
        return self.left * took_s / done if done > 0 and took_s > 0 else None


class FanOuts:
    """Lets fan-outs pause, go on, or end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(self, commands: Commands) -> None:
        """Add the commands `fan_out.pause`, `fan_out.resume` and `fan_out.cancel`."""
        commands.register("fan_out.pause", self.pause)
        commands.register("fan_out.resume", self.resume)
        commands.register("fan_out.cancel", self.cancel)

    async def progress(self, id: int) -> Progress:
        """Return how far a fan-out is; raises ConflictError when there is none of that number."""
        found = await self._found(id)
        rows = await self._desk.fetch(counts(found.item))
        return Progress(fan_out=found, states=dict(tuple(row) for row in rows))

    async def pause(self, id: int) -> str:
        """Send nothing further of it, from now on, until it is resumed."""
        await self._move(id, (PLANNING, RUNNING), PAUSED)
        return f"fan-out {id} is paused"

    async def resume(self, id: int) -> str:
        """Go on where it was paused."""
        # Whether all receipts are there is found out by planning on, which adds none twice.
        await self._move(id, (PAUSED,), PLANNING)
        return f"fan-out {id} goes on"

    async def cancel(self, id: int) -> str:
        """Send nothing further of it, for good."""
        found = await self._move(id, (PLANNING, RUNNING, PAUSED), CANCELLED)
        await end_waiting(self._desk, found.item)
        return f"fan-out {id} is cancelled"

    async def _move(self, id: int, before: tuple[str, ...], state: str) -> FanOut:
        found = await self._found(id)
        ended = self._desk.clock.timestamp() if state == CANCELLED else None
        moved = (
            update(fan_out)
            .where(fan_out.c.id == id, fan_out.c.state.in_(before))
            .values(state=state, ended=ended)
        )
        if not await self._desk.write(moved, expect_rows=1):
            raise ConflictError(
                f"fan-out {id} is {(await self._found(id)).state}; only one that is "
                f"{' or '.join(before)} can become {state}"
            )
        self._desk.wake()
        return found

    async def _found(self, id: int) -> FanOut:
        rows = made(FanOut, await self._desk.fetch(fan_out_of(id)))
        if not rows:
            raise ConflictError(f"no fan-out has number {id}")
        return rows[0]


async def end_waiting(desk: Desk, item: int) -> None:
    """Cancel what of an item waits, a chunk at a time."""
    states, now = (WAITING, HELD), desk.clock.timestamp()
    while await desk.fetch(any_of(item, states)):
        await desk.write(change_some(item, states, limit=CHUNK, state="cancelled", at=now))
