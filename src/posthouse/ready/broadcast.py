"""`/broadcast`: staff write a message to everybody, or to some, look at it, and send it.

What it will say is asked in a form, so a draft is there after a restart; the preview is the very
message. The bot then tells how many will get it and asks once more. While it goes out, a message
shows how far it is, and lets it pause, go on, or end.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from weakref import WeakSet
from zlib import crc32

from posthouse.app import App
from posthouse.errors import ConflictError, MistakeError
from posthouse.model.chat import ChatKind
from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.model.text import text
from posthouse.model.update import ChatUpdate
from posthouse.people.banning import write_down
from posthouse.ports.records import Statement
from posthouse.posts.redrawing import reopen, shown_by
from posthouse.publishing.broadcasting import rows
from posthouse.publishing.broadcasting.audience import Whom
from posthouse.publishing.broadcasting.rows import Broadcast
from posthouse.publishing.broadcasting.tally import Tally, tallies
from posthouse.publishing.broadcasting.telling import KEY, left_out, progress, takes
from posthouse.publishing.broadcasting.writing import PosthouseBroadcast
from posthouse.routing.ready.access import require_role
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

EVERY = timedelta(seconds=5)
"""How often the progress is drawn anew."""
EVERY_RESTING = timedelta(minutes=1)


class Broadcasting:
    """The app, and what its actions share.

    Args:
        roles: Who may send broadcasts.
        name: Of the app.
    """

    def __init__(self, *roles: str, name: str = "broadcast") -> None:
        self._roles = frozenset(roles)
        self._has_role = require_role(*roles)
        self._known: WeakSet[Any] = WeakSet()
        self.app = app = App(name)
        app.beside.publishing.append(self._known.add)
        app.form(PosthouseBroadcast)
        app.command("broadcast", where=self._may, menu="private")(self.begin)
        app.submit(PosthouseBroadcast)(self.review)
        self._send = app.action(self.send)
        self._drop = app.action(self.drop)
        self._show = app.action(self.show)
        self._tick = app.action(self.tick)
        self._pause = app.action(self.pause)
        self._resume = app.action(self.resume)
        self._cancel = app.action(self.cancel)

    # --- writing one

    async def begin(self, turn: Turn) -> Answer:
        """Write to everybody, or to some."""
        return await self.app.start(PosthouseBroadcast)(turn)

    async def review(self, turn: Turn, form: PosthouseBroadcast) -> Answer:
        """Tell to how many it would go, and ask whether it should."""
        if self._is_refused(turn):
            return SILENT
        to = form.whom()
        count = await self._publishing(turn).broadcasts.count(to, turn.account)
        if not count.recipients:
            return text(turn.say(f"{KEY}-nobody"), left_out(turn, count))
        key, statements = rows.order(
            form.preview(),
            Whom(sort=to.sort, value=to.value, is_draft=True),
            bot=turn.persons.bot,
            account=turn.account,
            person=turn.person.id,
            title=rows.title_of(form.words.plain),
            now=turn.now_s,
        )
        for statement in statements:
            turn.execute(statement)
        turn.on_commit(self._publishing(turn).wake)
        pace = self._publishing(turn).broadcasts.per_second(turn.account)
        asked = turn.say(f"{KEY}-confirm", count=count.recipients, whom=to.words)
        parts = [asked, left_out(turn, count)]
        if pace:
            parts.append(text("\n", takes(turn, count.recipients / pace)))
        return (
            Screen(text(*parts))
            .row(button(turn.say(f"{KEY}-send").plain, self._send, key))
            .row(button(turn.say(f"{KEY}-drop").plain, self._drop, key))
        )

    # --- what its buttons do

    async def send(self, turn: Turn, key: str) -> Screen | Answer:
        """Let a broadcast begin, and show how far it is."""
        of = await self._found(turn, key)
        if of is None:
            return SILENT
        if of.standing == rows.DRAFT:
            self._change(turn, of, "broadcast", rows.start(of, turn.now.timestamp()))
        return await self._follow(turn, of)

    async def drop(self, turn: Turn, key: str) -> Screen | Answer:
        """Forget a broadcast that has not begun."""
        of = await self._found(turn, key)
        if of is None:
            return SILENT
        if of.standing != rows.DRAFT:
            return await self._follow(turn, of)
        for statement in rows.forget_draft(of):
            turn.execute(statement)
        return Screen(turn.say(f"{KEY}-dropped"))

    async def show(self, turn: Turn, key: str, since: int) -> Screen | Answer:
        """Show how far a broadcast is."""
        of = await self._found(turn, key)
        return SILENT if of is None else await self._drawn(turn, of, since)

    async def pause(self, turn: Turn, key: str, since: int) -> Screen | Answer:
        """Hold a broadcast up."""
        return await self._stopped(turn, key, since, "pause")

    async def cancel(self, turn: Turn, key: str, since: int) -> Screen | Answer:
        """End a broadcast."""
        return await self._stopped(turn, key, since, "cancel")

    async def resume(self, turn: Turn, key: str, since: int) -> Screen | Answer:
        """Let a broadcast go on."""
        of = await self._found(turn, key)
        if of is None:
            return SILENT
        try:
            self._change(turn, of, "broadcast resume", rows.start(of, turn.now.timestamp()))
        except ConflictError:
            return await self._drawn(turn, of, since)
        return await self._follow(turn, of)

    async def tick(
        self, turn: Turn, key: str, since: int, delivery: int, seen: int
    ) -> Screen | Answer:
        """Draw the progress anew if it is another, and look once more later; tell the end."""
        of = await self._broadcast(turn, key)
        if of is None or not await reopen(turn, delivery, self._show, key, since):
            return SILENT
        tally = await self._tally(turn, of)
        if of.is_over and not tally.left:
            turn.send(progress(turn, of, tally, "over"))
            return Screen(progress(turn, of, tally, of.standing))
        screen = await self._drawn(turn, of, since)
        now = crc32(f"{screen.words} {len(screen.rows)}".encode())
        after = EVERY if of.standing == "running" else EVERY_RESTING
        turn.later(after, self._tick, key, since, delivery, now)
        if now == seen:
            turn.screen = None
            return SILENT
        return screen

    # --- inside

    def _may(self, update: ChatUpdate) -> bool:
        return update.chat.kind is ChatKind.PRIVATE and self._has_role(update)

    def _is_refused(self, turn: Turn) -> bool:
        if not self._roles.isdisjoint(turn.person.roles):
            return False
        turn.notify(turn.say("posthouse-post-staff-only"))
        return True

    def _publishing(self, turn: Turn) -> Any:
        for each in self._known:
            if each.is_open and each.engine.people.crowds.get(turn.account) is turn.persons:
                return each
        raise MistakeError(f"the app {self.app.name} is on no site that publishes")

    async def _broadcast(self, turn: Turn, key: str) -> Broadcast | None:
        topic = f"{rows.PREFIX}{turn.persons.bot}"
        found = rows.broadcasts(await turn.fetch(rows.by_key(topic, key)))
        return found[0] if found else None

    async def _found(self, turn: Turn, key: str) -> Broadcast | None:
        if self._is_refused(turn):
            return None
        of = await self._broadcast(turn, key)
        if of is None:
            turn.notify(turn.say(f"{KEY}-gone"))
        return of

    def _change(
        self, turn: Turn, of: Broadcast, deed: str, statements: Sequence[Statement]
    ) -> None:
        """Change a broadcast when the turn commits, and write down who did it."""
        for n, statement in enumerate(statements):
            turn.execute(statement, expect_rows=None if n else 1)
        write_down(turn, deed, about="", detail=f"{of.id}: {of.whom.words}: {of.title}")
        turn.on_commit(self._publishing(turn).wake)

    async def _stopped(self, turn: Turn, key: str, since: int, how: str) -> Screen | Answer:
        of = await self._found(turn, key)
        if of is None:
            return SILENT
        try:
            done = rows.pause(of) if how == "pause" else rows.cancel(of, turn.now.timestamp())
            self._change(turn, of, f"broadcast {how}", done)
        except ConflictError:
            return await self._drawn(turn, of, since)
        standing = "paused" if how == "pause" else "cancelled"
        return await self._drawn(turn, of, since, standing)

    async def _follow(self, turn: Turn, of: Broadcast) -> Screen:
        """Show a broadcast from now on in the message whose button was pressed."""
        since = int(turn.now.timestamp() * 1000)  # of two who follow in one message, the newer
        if turn.screen is not None:
            turn.later(EVERY, self._tick, of.key, since, turn.screen.delivery, 0)
        return await self._drawn(turn, of, since, "running")

    async def _drawn(
        self, turn: Turn, of: Broadcast, since: int, standing: str | None = None
    ) -> Screen:
        standing = standing or of.standing
        tally = await self._tally(turn, of)
        screen = Screen(progress(turn, of, tally, standing))
        given = (of.key, since)
        if standing == "running":
            screen = screen.row(button(turn.say(f"{KEY}-pause").plain, self._pause, *given))
        elif standing in ("paused", rows.SCHEDULED):
            screen = screen.row(button(turn.say(f"{KEY}-resume").plain, self._resume, *given))
        if standing in ("running", "paused", rows.SCHEDULED):
            screen = screen.row(button(turn.say(f"{KEY}-cancel").plain, self._cancel, *given))
        return shown_by(turn, screen, self._show, of.key, since)

    async def _tally(self, turn: Turn, of: Broadcast) -> Tally:
        return tallies(await turn.fetch(rows.counts([of.id]))).get(of.id, Tally())


def broadcasting(*roles: str, name: str = "broadcast") -> App:
    """Return an app with `/broadcast` for those who have one of some roles.

    ```python
    apps = [broadcasting("editor", "owner")]
    ```
    """
    return Broadcasting(*roles, name=name).app


app = broadcasting("staff")
