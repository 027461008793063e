"""A bot that publishes news and lets people subscribe to them, for the tests beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from posthouse import App, Screen, Turn, button
from posthouse.publishing.subscriptions.flow import own, subscribing
from posthouse.publishing.topic import Topic
from posthouse.storage.publishing import subscription
from posthouse.testing import FakePerson, TestSite, play


class News(Struct, frozen=True):
    """An item."""

    words: str


def news(**options: Any) -> Topic[News]:
    """Return a topic of news."""
    return Topic("news", News, title="News", **options)


def kiosk(of: Topic[News], **options: Any) -> App:
    """Return an app that publishes what it is told, and lets people subscribe."""
    app = App("kiosk")
    subscribe, mine = subscribing(app, of, **options), own(app)

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        """Show what one can do."""
        return Screen("Welcome").row(button("News", subscribe)).row(button("Mine", mine))

    @app.command
    async def link(turn: Turn) -> str:
        """Tell the address that subscribes."""
        return turn.link(subscribe)

    @app.command
    async def news(turn: Turn) -> Any:
        """Subscribe."""
        return await subscribe(turn)

    @app.command
    async def mine_(turn: Turn) -> Any:
        """List."""
        return await mine(turn)

    @app.command
    async def publish(turn: Turn, key: str, words: str) -> str:
        """Publish an item, or change it."""
        at = f"https://n.example/{key}"
        of.publish(turn, News(words), key=key, shown=words, title=words, link=at)
        return "published"

    return app


@asynccontextmanager
async def opened(app: App, **options: Any) -> AsyncIterator[TestSite]:
    """Run a site with an app."""
    async with play(app, **options) as site:
        yield site


async def subscribed(person: FakePerson, how: str = "At once") -> None:
    """Let a person subscribe."""
    await person.says("/news")
    await person.presses(how)


async def publish(site: TestSite, key: str, words: str) -> None:
    """Let the editor publish."""
    await site.person("Editor").says(f"/publish {key} {words}")
    await site.settle()


async def rows(site: TestSite) -> list[dict[str, Any]]:
    """Return all subscriptions, the oldest first."""
    found = await site.store.fetch(select(subscription).order_by(subscription.c.id))
    return [row._asdict() for row in found]


async def until(site: TestSite, moment: datetime) -> None:
    """Let time pass until a moment."""
    await site.later(moment - site.clock.now() + timedelta(seconds=1))


def got(site: TestSite, chat: str) -> list[str]:
    """Return the texts that a chat shows."""
    return [shown.text for shown in site.chat(chat)]
