"""An app with a topic, and those who subscribe to it, for the tests beside it."""

from collections import Counter
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select

from posthouse import App, TextMessage, Turn
from posthouse.publishing.service import Publishing
from posthouse.publishing.topic import Topic
from posthouse.storage.publishing import fan_out, receipt, subscription
from posthouse.testing import TestSite


class News(Struct, frozen=True):
    """An item."""

    words: str


def topic(**options: Any) -> Topic[News]:
    """Return a topic of news."""
    return Topic("news", News, title="News", **options)


def paper(of: Topic[News], *parts: Any) -> App:
    """Return an app that publishes what it is told, and whatever else knows the publishing."""
    app = App("paper")
    app.beside.publishing.append(lambda publishing: publishing.add(of))
    app.beside.publishing.extend(parts)

    @app.command
    async def publish(turn: Turn, key: str, words: str) -> str:
        """Publish an item, or change it."""
        of.publish(
            turn, News(words), key=key, shown=words, title=words, link=f"https://n.example/{key}"
        )
        return "published"

    @app.command
    async def withdraw(turn: Turn, key: str) -> str:
        """Take it back."""
        of.withdraw(turn, key)
        return "withdrawn"

    @app.command
    async def subscribe(turn: Turn) -> str:
        """Want all items."""
        now, who = turn.now.timestamp(), turn.person.id
        turn.execute(insert(subscription).values(**_row(who, now)))
        return "subscribed"

    @app.on
    async def hear(message: TextMessage) -> str:
        """Answer anything."""
        return "heard"

    return app


async def subscribe(site: TestSite, *names: str, **values: Any) -> None:
    """Let persons have subscriptions, as they are kept."""
    now = site.clock.timestamp()
    for name in names:
        site.person(name.capitalize())
        row = _row(name, now) | values
        await site.engine.database.execute(insert(subscription).values(**row))


async def publish(site: TestSite, key: str, words: str, *, by: str = "Editor") -> None:
    """Let somebody publish."""
    editor = site.person(by)
    await editor.says(f"/publish {key} {words}")
    await site.settle()


def got(site: TestSite, chat: str) -> list[str]:
    """Return what a chat shows."""
    return [shown.text for shown in site.chat(chat)]


async def states(site: TestSite) -> Counter[str]:
    """Count the receipts by state."""
    return Counter(state for (state,) in await site.engine.database.fetch(select(receipt.c.state)))


async def fan_outs(site: TestSite) -> list[str]:
    """Return how the fan-outs stand, the oldest first."""
    found = select(fan_out.c.state).order_by(fan_out.c.id)
    return [state for (state,) in await site.engine.database.fetch(found)]


async def publishing(site: TestSite) -> Publishing:
    """Return the publishing of a site."""
    return await site.life.site.publishing()


def _row(who: str, now: float) -> dict[str, Any]:
    return {
        "topic": "news",
        "account": 1,
        "chat": who,
        "person": who,
        "language": "en",
        "title": "News",
        "state": "active",
        "reason": "",
        "revisions": "ignore",
        "since": now,
        "version": 1,
        "created": now,
        "changed": now,
    }
