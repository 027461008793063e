"""Commands on the bots of the database: `bots.add`, `bots.change`, `bots.enable` and so on.

The site that runs executes them; while none runs the command line does, under the file's lock.
Secrets come sealed: no command row ever holds a token.
"""

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from posthouse.bots.hosted import bounded
from posthouse.bots.hosting import Hosting
from posthouse.bots.making import Maker
from posthouse.bots.rows import BotRow, Rows
from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError, SetupError
from posthouse.ports.adapter import Leaves
from posthouse.ports.clock import Clock

log = logging.getLogger("posthouse.bots")

GOODBYE_S = 10.0
"""How long a messenger may take to forget a bot that is removed while it does not run."""


class BotCommands:
    """Executes the commands on bots.

    Args:
        rows: The table.
        maker: Tells whether a bot could be made of a row.
        clock: For the moments of changes.
        hosting: The bots that run; None when the site does not.
        taken: Names of the settings file's bots.
    """

    def __init__(
        self,
        rows: Rows,
        maker: Maker,
        *,
        clock: Clock,
        hosting: Hosting | None = None,
        taken: Sequence[str] = (),
    ) -> None:
        self._rows = rows
        self._maker = maker
        self._clock = clock
        self._hosting = hosting
        self._taken = frozenset(taken)

    def register(self, commands: Commands) -> None:
        """Let a site, or the command line, execute these."""
        for kind, execute in (
            ("bots.add", self._add),
            ("bots.change", self._change),
            ("bots.enable", self._enable),
            ("bots.disable", self._disable),
            ("bots.remove", self._remove),
            ("bots.rotate", self._rotate),
            ("bots.forget", self._forget),
            ("bots.states", self._states),
        ):
            commands.register(kind, execute)

    async def _add(
        self,
        *,
        name: str,
        messenger: str,
        apps: Sequence[str],
        options: Mapping[str, Any],
        sealed: str,
    ) -> str:
        if name in self._taken:
            raise ConflictError(f"the settings file has a bot {name} already; choose another name")
        now = self._clock.timestamp()
        row = BotRow(
            name=name,
            messenger=messenger,
            apps=tuple(apps),
            options=options,
            sealed=base64.b64decode(sealed),
            created=now,
            changed=now,
        )
        await self._maker.make(row)  # raises for what is not there
        await self._rows.add(row)
        return await self._started(row, "is added")

    async def _change(
        self,
        *,
        name: str,
        apps: Sequence[str] | None = None,
        options: Mapping[str, Any] | None = None,
        sealed: str | None = None,
    ) -> str:
        row = await self._rows.one(name)
        given = {key: value for key, value in (options or {}).items() if value is not None}
        kept = {key: value for key, value in row.options.items() if key not in (options or {})}
        row = replace(
            row,
            apps=tuple(apps) if apps else row.apps,
            options={**kept, **given},
            sealed=base64.b64decode(sealed) if sealed else row.sealed,
            remembered={},
            changed=self._clock.timestamp(),
        )
        await self._maker.make(row)
        await self._rows.put(row)
        await self._stopped(name)
        return await self._started(row, "is changed")

    async def _enable(self, *, name: str) -> str:
        row = replace(await self._rows.one(name), enabled=True, changed=self._clock.timestamp())
        await self._rows.put(row)
        if self._hosting is not None and name in self._hosting.all:
            return f"bot {name} runs already"
        return await self._started(row, "is enabled")

    async def _disable(self, *, name: str) -> str:
        row = replace(await self._rows.one(name), enabled=False, changed=self._clock.timestamp())
        await self._rows.put(row)
        await self._stopped(name)
        return f"bot {name} is disabled; what comes for it is asked to come later"

    async def _remove(self, *, name: str) -> str:
        row = await self._rows.one(name)
        if self._hosting is None or name not in self._hosting.all:
            await self._said_goodbye(row)
        await self._stopped(name, for_good=True)
        await self._rows.remove(name)
        return f"bot {name} is removed; what it knew of its chats stays in the database"

    async def _rotate(self) -> str:
        keys = self._maker.keys
        rows = await self._rows.all()
        anew: dict[str, bytes] = {}
        for row in rows:
            if not keys.is_newest(row.sealed):
                opened = keys.open(row.sealed, bot=row.name)
                plain = {name: secret.reveal() for name, secret in opened.items()}
                anew[row.name] = keys.seal(plain, bot=row.name)
        await self._rows.reseal(anew)
        count = f"{len(anew)} of {len(rows)} tokens"
        return f"{count} encrypted anew; the first key of POSTHOUSE_KEY opens all of them"

    async def _forget(self, *, name: str) -> str:
        """Forget what the adapter remembers, since somebody changed it behind its back."""
        await self._rows.put(replace(await self._rows.one(name), remembered={}))
        return f"bot {name} asks its messenger anew at its next start"

    async def _states(self) -> str:
        """Return what is wrong with single bots, as JSON."""
        return json.dumps({} if self._hosting is None else self._hosting.troubles)

    async def _stopped(self, name: str, *, for_good: bool = False) -> None:
        hosting = self._hosting
        if hosting is not None and (name in hosting.all or name in hosting.refused):
            if name in hosting.all:
                await hosting.remove(name, for_good=for_good)
            hosting.refused.pop(name, None)

    async def _said_goodbye(self, row: BotRow) -> None:
        """Let a bot that does not run undo what its messenger was told."""
        try:
            adapter = (await self._maker.make(row)).adapter
        except SetupError as error:
            log.warning("bot %s is removed without a word to its messenger: %s", row.name, error)
            return
        if isinstance(adapter, Leaves):
            complaint = f"bot {row.name} did not say good-bye to {row.messenger}"
            await bounded(adapter.leave(), GOODBYE_S, complaint)

    async def _started(self, row: BotRow, done: str) -> str:
        said = f"bot {row.name} {done}"
        if not row.enabled:
            return f"{said}, and stays disabled"
        if self._hosting is None:
            return f"{said}; it starts with the site"
        hosted = await self._hosting.add_row(row)
        if hosted.trouble:
            return f"{said}, and cannot start yet: {hosted.trouble}"
        return f"{said} and runs" if hosted.is_well else f"{said} and is about to start"
