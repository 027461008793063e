"""What the parts of publishing work with: the engine, the topics, and what other parts find out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from posthouse.engine.bot import BotRuntime
from posthouse.engine.engine import Engine
from posthouse.model.outgoing import Content
from posthouse.model.reply import Button, Reply
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement
from posthouse.publishing.rows import Subscription
from posthouse.publishing.showing import ShownButton
from posthouse.publishing.topic import Topic


class Matches(Protocol):
    """Finds the searches that an item fulfils."""

    def match(self, item: Any) -> Sequence[int]:
        """Return the ids of the subscriptions that want an item, given as plain data."""


class Audience(Protocol):
    """Reads whom a fan-out that names its own audience goes to."""

    def __call__(self, audience: bytes, account: int) -> Any:
        """Return a SELECT of three columns, labelled `key`, `chat` and `person`.

        `key` is text, names each recipient once, and can be ordered by; the planner adds the order,
        the limit and where to go on.
        """


Gate = Callable[[bytes, int, str], Awaitable[bool]]
"""Whether the gates of a subscription, as it keeps them, are open: its account, its person."""
More = Callable[[int, str, int, str], "Button | None"]
"""The button under "and N more": account, chat, how many are left out, and the language."""
Beneath = Callable[[int, Subscription], "ShownButton | None"]
"""The button under what is sent for a subscription: the account, and the subscription."""


class Desk:
    """What all parts share; `Publishing` is one."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.store = engine.store
        self.writer = engine.committer
        self.topics: dict[str, Topic[Any]] = {}
        self.matchers: dict[str, Matches] = {}
        """What finds the searches on a topic, by the topic's name."""
        self.audience: Audience | None = None
        self.gate: Gate | None = None
        self.more: More | None = None
        self.beneath: Beneath | None = None
        self.ended: set[int] = set()
        """Items of which some receipts have ended since somebody looked whether all have."""
        self.looks_at_all = True
        """Receipts may have ended of which nobody was told, as of who unsubscribed."""
        self.settled = asyncio.Event()
        """Cleared while items are planned, a few seconds at most: a chat gets them together."""
        self.settled.set()
        self.to_plan = asyncio.Event()
        self.to_send = asyncio.Event()
        self.to_look = asyncio.Event()
        """At broadcasts that begin, or were stopped."""

    def wake(self) -> None:
        """Look at once what is to be done: something was published or changed."""
        self.looks_at_all = True
        self.to_plan.set()
        self.to_send.set()
        self.to_look.set()

    def note_ended(self, items: Iterable[int]) -> None:
        """Note that something of some items has ended, so that somebody looks whether all has."""
        if not self.ended:
            self.to_plan.set()
        self.ended.update(items)

    def bot(self, account: int) -> BotRuntime | None:
        """Return the bot that has an account now, if it runs."""
        intake = self.engine.intakes.get(account)
        return None if intake is None else intake.bot

    async def keep(self, reply: Reply) -> Reply:
        """Return a reply whose own photos and files are kept, so that an item can show it."""
        if not (reply.photos or reply.files):
            return reply
        content = Content(photos=reply.photos, files=reply.files)
        kept = await self.engine.media.keep(content, bot="")
        return msgspec.structs.replace(reply, photos=kept.photos, files=kept.files)

    async def write(self, *statements: Statement, expect_rows: int | None = None) -> bool:
        """Run statements in one transaction; False when one did not touch the rows it should.

        `expect_rows` is what the first of them has to touch.
        """
        change = Change()
        for n, statement in enumerate(statements):
            change.writes.append(Execute(statement, None if n else expect_rows))
        return await self.writer.write(change) is Verdict.WON

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data."""
        return await self.store.fetch(statement)
