"""Commands: what the command line and staff ask of a site, executed by the file's owner."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from posthouse.delivery.outbox import Outbox
from posthouse.engine.intake import Intake
from posthouse.errors import ConflictError, PosthouseError, StoreUnavailableError
from posthouse.ports.changes import (
    Change,
    DropQuarantine,
    FinishCommand,
    Replay,
    Settle,
    Verdict,
    Write,
)
from posthouse.ports.clock import Clock
from posthouse.ports.records import DeliveryState
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer

log = logging.getLogger("posthouse.commands")

LOOK_EVERY_S = 0.5
FAILED_STATES = (DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN)


class Commands:
    """Executes command rows; each kind is one method registered by name."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        *,
        intakes: Mapping[int, Intake] | None = None,
        outboxes: Mapping[int, Outbox] | None = None,
    ) -> None:
        self._store = store
        self._writer = writer
        # Not `or {}`: bots are added to these after this was made.
        self._intakes = {} if intakes is None else intakes
        self._outboxes = {} if outboxes is None else outboxes
        self._kinds: dict[str, Callable[..., Awaitable[str]]] = {}
        self.register("quarantine.replay", self._replay)
        self.register("quarantine.drop", self._drop)
        self.register("outbox.requeue", self._requeue)
        self.register("outbox.cancel", self._cancel)

    def register(self, kind: str, execute: Callable[..., Awaitable[str]]) -> None:
        """Add a kind.

        Its function gets the command's arguments by name and returns what to tell.
        """
        self._kinds[kind] = execute

    def known(self) -> Mapping[str, Callable[..., Awaitable[str]]]:
        """Return the kinds there are, for `reset`."""
        return dict(self._kinds)

    def reset(self, known: Mapping[str, Callable[..., Awaitable[str]]]) -> None:
        """Know what was known before something that could not be opened whole."""
        self._kinds = dict(known)

    async def run(self, clock: Clock) -> None:
        """Execute what is asked for, until cancelled."""
        while True:
            try:
                for row in await self._store.commands():
                    ok, result = await self.execute(row.kind, json.loads(row.args))
                    change = Change()
                    change.writes.append(FinishCommand(row.id, ok, result))
                    await self._writer.write(change)
            except StoreUnavailableError as error:
                log.warning("cannot read commands now: %s", error)
            await clock.sleep(LOOK_EVERY_S)

    async def execute(self, kind: str, args: Mapping[str, Any]) -> tuple[bool, str]:
        """Execute one command; return whether it worked and a sentence."""
        execute = self._kinds.get(kind)
        if execute is None:
            return (
                False,
                f"this site does not know the command {kind}; it knows "
                f"{', '.join(sorted(self._kinds))}",
            )
        try:
            return True, await execute(**args)
        except (PosthouseError, TypeError) as error:
            return False, str(error)

    async def _replay(self, *, id: int | None = None) -> str:
        """Replay one update, or all of them."""
        rows = await self._store.quarantine(limit=10_000)
        chosen = [row for row in reversed(rows) if id is None or row.id == id]
        if id is not None and not chosen:
            raise ConflictError(_not_there(id))
        for row in chosen:
            await self._write(Replay(row.id), _not_there(row.id))
            intake = self._intakes.get(row.mark.account)
            back = await self._store.inbox_row(row.mark)
            if intake is not None and back is not None:
                intake.restore(back)
        return f"{len(chosen)} update{'s' * (len(chosen) != 1)} replayed"

    async def _drop(self, *, id: int) -> str:
        await self._write(
            DropQuarantine(id),
            _not_there(id),
        )
        return f"update {id} dropped"

    async def _requeue(self, *, id: int) -> str:
        row = await self._failed(id)
        await self._write(Settle(id, DeliveryState.PENDING), f"delivery {id} has ended meanwhile")
        outbox = self._outboxes.get(row.account)
        row.state, row.attempts, row.late, row.expires = DeliveryState.PENDING, 0, True, None
        if outbox is not None:
            outbox.requeue(row)
        return f"delivery {id} is sent again"

    async def _cancel(self, *, id: int) -> str:
        row = await self._failed(id)
        await self._write(Settle(id, DeliveryState.CANCELLED), f"delivery {id} has ended meanwhile")
        outbox = self._outboxes.get(row.account)
        if outbox is not None:
            outbox.forget(id)
        return f"delivery {id} cancelled"

    async def _failed(self, id: int) -> Any:
        for row in await self._store.outbox(
            account=None, states=FAILED_STATES, after=id - 1, limit=1
        ):
            if row.id == id:
                return row
        raise ConflictError(
            f"no failed delivery has number {id}; `posthouse outbox list` shows them"
        )

    async def _write(self, write: Any, otherwise: str) -> None:
        change = Change()
        change.writes.append(write)
        if await self._writer.write(change) is not Verdict.WON:
            raise ConflictError(otherwise)


def _not_there(id: int) -> str:
    return f"nothing is set aside under number {id}; `posthouse quarantine list` shows what is"


class DirectWriter:
    """A writer for a process that owns the file and runs no site."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def submit(self, change: Change) -> None:
        """Not used without a running site."""
        raise StoreUnavailableError("no site runs in this process; use write")

    def note(self, write: Write) -> None:
        """Not used without a running site."""
        raise StoreUnavailableError("no site runs in this process; use write")

    async def write(self, change: Change) -> Verdict:
        """Commit one change."""
        await self._store.commit([change])
        return change.verdict or Verdict.FAILED
