"""A bot that many persons talk with, for the tests beside it."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from posthouse import App, TextMessage
from posthouse.publishing.broadcasting import rows
from posthouse.publishing.broadcasting.rows import Broadcast
from posthouse.publishing.service import Publishing
from posthouse.storage.publishing import receipt
from posthouse.storage.schema import person
from posthouse.testing import TestSite

PERSONS = tuple(f"p{n:04}" for n in range(40))


def bot() -> App:
    """Return an app that answers anything."""
    app = App("bot")

    @app.on
    async def hear(message: TextMessage) -> str:
        """Answer."""
        return "heard"

    return app


async def publishing(site: TestSite) -> Publishing:
    """Return the publishing of a site, with the commands on broadcasts."""
    found: Publishing = await site.life.site.publishing()
    return found


async def meets(site: TestSite, names: Sequence[str] = PERSONS, **values: Any) -> None:
    """Let the bot have met persons who have private chats with it."""
    for name in names:
        site.person(name.capitalize())
    today = int(site.clock.timestamp()) // 86400
    row = {"account": 1, "username": "", "language": "en", "first_day": 1, "last_day": today}
    made = [{"person": name, "chat": name, "name": name, **row, **values} for name in names]
    await site.engine.database.execute(insert(person).values(made))


async def start(site: TestSite, to: str = "all", words: str = "hello", **args: Any) -> int:
    """Order a broadcast, as the command line does; return its number."""
    await publishing(site)
    said = {"plain": words, "spans": []}
    ok, told = await site.engine.commands.execute(
        "broadcast.start", {"bot": bot_name(site), "to": to, "words": said, **args}
    )
    assert ok, told
    return int(json.loads(told)["id"])


async def tell(site: TestSite, what: str, id: int, **args: Any) -> str:
    """Give a command on a broadcast, and return what it says."""
    await publishing(site)
    _, told = await site.engine.commands.execute(f"broadcast.{what}", {"id": id, **args})
    return told


def bot_name(site: TestSite) -> str:
    """Return the name of the only bot."""
    return site.life.site.bots[0].name


async def found(site: TestSite, id: int) -> Broadcast:
    """Return a broadcast as it stands."""
    return rows.one(await site.engine.store.fetch(rows.by_number(id)), id)


async def states(site: TestSite) -> Counter[str]:
    """Count the receipts by state."""
    return Counter(state for (state,) in await site.engine.database.fetch(select(receipt.c.state)))


def got(site: TestSite, chat: str) -> list[str]:
    """Return what a chat shows."""
    return [shown.text for shown in site.chat(chat)]
