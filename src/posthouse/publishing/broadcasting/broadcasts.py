"""Broadcasts on a running site: ordered, begun at their moment, held up, ended, taken back."""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from posthouse.engine.alarm import Again
from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError, MistakeError, StoreUnavailableError
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.model.text import Text
from posthouse.people.rows import COMMAND_LINE, note
from posthouse.ports.records import Statement
from posthouse.publishing.broadcasting import COMMANDS, rows
from posthouse.publishing.broadcasting.audience import (
    Count,
    Of,
    Whom,
    counted,
    decode,
    reasons,
    recipients,
    require_some,
    whom,
)
from posthouse.publishing.broadcasting.pace import per_second_of
from posthouse.publishing.broadcasting.retracting import delete_shown
from posthouse.publishing.broadcasting.rows import Broadcast, broadcasts
from posthouse.publishing.desk import Desk
from posthouse.publishing.fan_outs import end_waiting
from posthouse.publishing.rows import UNDONE, any_of

log = logging.getLogger("posthouse.publishing")

CLEAR_AGAIN_S = 1.0
"""How soon it is looked again at what was leaving when a broadcast was stopped."""
DRAFTS_LAST_S = 30 * 86400.0
"""How long a broadcast waits for the yes of whoever made it."""
Having: TypeAlias = Callable[[str, str], Iterable[str]]
"""Persons of a messenger who have a role by the settings."""


class Broadcasts:
    """The broadcasts of a site."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.having: Having = _nobody
        self._settled: set[int] = set()
        """Of those that were cancelled or taken back, what is done, or being done."""

    def register(self, commands: Commands) -> None:
        """Let a site execute the commands on broadcasts."""
        for name in COMMANDS:
            commands.register(f"broadcast.{name}", getattr(self, name))

    # --- whom they go to

    def audience(self, audience: bytes, account: int) -> Any:
        """Select the recipients of a fan-out, for the planner."""
        to = decode(audience)
        return recipients(to, self._of(to, account))

    async def count(self, of: Whom, account: int) -> Count:
        """Count whom a broadcast would go to now."""
        return counted(await self._desk.fetch(reasons(of, self._of(of, account))))

    def per_second(self, account: int) -> float | None:
        """Return how many messages a bot may send in a second, where its messenger sets that."""
        bot = self._desk.bot(account)
        return None if bot is None else per_second_of(bot.adapter)

    def _of(self, to: Whom, account: int) -> Of:
        bot = self._desk.bot(account)
        if bot is None:
            raise ConflictError(f"the bot of account {account} does not run")
        messenger = bot.crowd.messenger
        having = tuple(self.having(messenger, to.value)) if to.sort == "role" else ()
        now = self._desk.clock.timestamp()
        return Of(account=account, bot=bot.name, messenger=messenger, now=now, having=having)

    # --- commands

    async def start(
        self,
        *,
        bot: str,
        to: str,
        words: dict[str, Any] | None = None,
        photo: str | None = None,
        at: float | None = None,
        key: str | None = None,
    ) -> str:
        """Order a broadcast; tell its number, the recipients and the pace as JSON.

        A command that is executed again, after the process died of it, has its key and orders none.
        """
        account = self._account(bot)
        now = self._desk.clock.timestamp()
        if at is not None and at <= now:
            raise ConflictError("the broadcast should begin at a moment that is over; leave it out")
        named = whom(to)
        of = Whom(sort=named.sort, value=named.value, at=at)
        reply = await self._reply(words, photo)
        title = rows.title_of(str(reply.words)) or (Path(photo).name if photo else "")
        topic = f"{rows.PREFIX}{bot}"
        known = await self._desk.fetch(rows.by_key(topic, key)) if key else ()
        key, statements = rows.order(
            reply, of, bot=bot, account=account, person=None, title=title, now=now, key=key
        )
        count = await self.count(of, account)
        if at is None and not known:
            require_some(count, of, bot=bot)
        if not known and not await self._desk.write(*statements):
            raise ConflictError("the broadcast could not be written down; try again")
        (made,) = broadcasts(await self._desk.fetch(rows.by_key(topic, key)))
        if not known:
            await self._note(made, "broadcast", f"{made.id}: {of.words}: {title}")
        self._desk.wake()
        return json.dumps(
            {
                "id": made.id,
                "recipients": count.recipients,
                "per_second": self.per_second(account),
            }
        )

    async def pause(self, *, id: int) -> str:
        """Hold a broadcast up."""
        await self._change(id, "broadcast pause", rows.pause)
        return f"broadcast {id} is paused; `posthouse broadcast resume {id}` lets it go on"

    async def resume(self, *, id: int) -> str:
        """Let a broadcast go on, or begin before its moment."""
        now = self._desk.clock.timestamp()
        await self._change(id, "broadcast resume", lambda of: rows.start(of, now))
        return f"broadcast {id} goes on"

    async def cancel(self, *, id: int) -> str:
        """End a broadcast; what was sent stays."""
        now = self._desk.clock.timestamp()
        await self._change(id, "broadcast cancel", lambda of: rows.cancel(of, now))
        return f"broadcast {id} is cancelled; what was sent stays"

    async def retract(self, *, id: int) -> str:
        """End a broadcast and delete what was sent."""
        now = self._desk.clock.timestamp()
        await self._change(id, "broadcast retract", lambda of: rows.retract(of, now))
        return (
            f"broadcast {id} is taken back; what was sent is being deleted where that is possible"
        )

    async def edit(
        self, *, id: int, words: dict[str, Any] | None = None, photo: str | None = None
    ) -> str:
        """Change what a broadcast says, for those who have it and those who will."""
        now, reply = self._desk.clock.timestamp(), await self._reply(words, photo)
        title = rows.title_of(str(reply.words))
        await self._change(
            id, "broadcast edit", lambda of: rows.changed(of, reply, title=title, now=now)
        )
        return f"broadcast {id} is changed; messages that were sent are being edited"

    async def pace(self, *, id: int | None = None, bot: str | None = None) -> str:
        """Tell how many messages a second the bot of a broadcast may send, as JSON."""
        account = (await self._found(id)).account if id is not None else self._account(str(bot))
        return json.dumps(self.per_second(account))

    # --- what goes on by itself

    async def round(self) -> Again:
        """Begin what is due, clear away what was stopped; return when to look again."""
        now, soonest = self._desk.clock.timestamp(), math.inf
        for each in broadcasts(await self._desk.fetch(rows.waiting())):
            at = each.whom.at
            if each.standing == rows.DRAFT and (until := each.published + DRAFTS_LAST_S) > now:
                soonest = min(soonest, until)
            elif each.standing == rows.DRAFT:
                await self._desk.write(*rows.forget_draft(each), expect_rows=1)
            if at is None or each.whom.is_draft:
                continue
            if at <= now:
                await self._desk.write(*rows.start(each, now), expect_rows=1)
                self._desk.wake()
            else:
                soonest = min(soonest, at)
        for each in broadcasts(await self._desk.fetch(rows.stopped())):
            if each.id not in self._settled:
                self._settled.add(each.id)
                self._desk.engine.supervisor.spawn(self._clear_away(each))
        return Again(soonest)

    async def _clear_away(self, of: Broadcast) -> None:
        """Clear a broadcast away that was stopped; what cannot be done now is tried again."""
        is_clear = False
        try:
            is_clear = await self._clear(of)
        except StoreUnavailableError as error:
            log.warning("broadcast %d waits for the database: %s", of.id, error)
        if not is_clear:
            await self._desk.clock.sleep(CLEAR_AGAIN_S)
            self._settled.discard(of.id)
            self._desk.to_look.set()

    async def _clear(self, of: Broadcast) -> bool:
        """End what waits of a broadcast that was stopped; False when something is leaving still."""
        await end_waiting(self._desk, of.id)
        is_clear = True
        if of.standing == rows.RETRACTED:
            is_clear = await delete_shown(self._desk, of.id)
        if await self._desk.fetch(any_of(of.id, UNDONE)):
            return False
        if of.standing == rows.RETRACTED:  # what left meanwhile
            is_clear = is_clear and await delete_shown(self._desk, of.id)
        return is_clear

    # --- inside

    async def _change(
        self, id: int, deed: str, change: Callable[[Broadcast], list[Statement]]
    ) -> None:
        of = await self._found(id)
        if not await self._desk.write(*change(of), expect_rows=1):
            raise ConflictError(f"broadcast {id} has changed meanwhile; look at it and try again")
        await self._note(of, deed, f"{id}: {of.title}")
        self._settled.discard(id)
        self._desk.wake()

    async def _found(self, id: int) -> Broadcast:
        return rows.one(await self._desk.fetch(rows.by_number(id)), id)

    def _account(self, name: str) -> int:
        known = {}
        for number, intake in self._desk.engine.intakes.items():
            known[intake.bot.name] = number
        if name not in known:
            raise ConflictError(
                f"this site has no bot {name!r} that runs; it has {', '.join(sorted(known))}"
            )
        return known[name]

    async def _reply(self, words: dict[str, Any] | None, photo: str | None) -> Reply:
        said = Text() if words is None else msgspec.convert(words, Text)
        photos: tuple[Photo, ...] = ()
        if photo is not None:
            photos = (await asyncio.to_thread(_picture, Path(photo)),)
        if not said.plain.strip() and not photos:
            raise ConflictError("the broadcast says nothing; give it words or a photo")
        try:
            return await self._desk.keep(Reply(said, photos=photos))
        except OSError as error:
            raise ConflictError(f"the photo cannot be read: {error}") from None

    async def _note(self, of: Broadcast, deed: str, detail: str) -> None:
        await self._desk.write(
            note(
                number=of.account,
                at=self._desk.clock.now(),
                by="",
                name=COMMAND_LINE,
                deed=deed,
                about="",
                detail=detail,
            )
        )


def _picture(path: Path) -> Photo:
    if not path.is_file():
        raise ConflictError(f"there is no photo {path}")
    try:
        return Photo.of(path)
    except (OSError, MistakeError) as error:
        raise ConflictError(f"{path} cannot be sent as a photo: {error}") from None


def _nobody(_messenger: str, _role: str) -> tuple[str, ...]:
    return ()
