"""The site that the fan-out driver kills: it publishes one item to many, who keep what they get.

Run as `python fan_out_site.py FOLDER PERSONS blind|idempotent`: what a chat shows is a line of a
file that outlives the process, written by its messenger as it takes a delivery. Or as `python
fan_out_site.py FOLDER PERSONS telegram URL`, with the simulator at that address.
"""

import asyncio
import logging
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from posthouse import App, Bot, Site
from posthouse.ports.adapter import Certainty, DeliverResult, Delivery
from posthouse.publishing.items import NewItem, put
from posthouse.publishing.topic import Topic
from posthouse.storage.publishing import subscription
from posthouse.testing import FakeMessenger
from posthouse.testing.adapter import FakeAdapter

NEWS: Topic[Any] = Topic("news", dict)
AT_ONCE = 500
FIRST = 1000
"""Number of the first person."""
TOKEN = "123:chaos"
SLOWEST_S = 0.02


class Keeper(FakeAdapter):
    """A messenger whose chats keep what they get, in a file."""

    def __init__(self, file: Path, certainty: Certainty) -> None:
        super().__init__(FakeMessenger(certainty=certainty))
        self._is_idempotent = certainty is Certainty.IDEMPOTENT
        self._known = set(_lines(file)) if self._is_idempotent else set()
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Keep it; the answer takes a while, in which the process may die."""
        await asyncio.sleep(random.uniform(0, SLOWEST_S))
        line = f"{delivery.id} {delivery.chat}"
        if line not in self._known:
            os.write(self._file, f"{line}\n".encode())
            if self._is_idempotent:
                self._known.add(line)
        await asyncio.sleep(random.uniform(0, SLOWEST_S))
        return str(delivery.id)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def publisher(persons: int) -> Callable[[Site], None]:
    """Return what publishes once the site runs, again after every start."""

    def ready(site: Site) -> None:
        async def publish() -> None:
            database = site.engine.database
            while True:
                rows: Any = await database.fetch(select(func.count()).select_from(subscription))
                count: int = rows[0][0]
                if count >= persons:
                    break
                some = range(count, min(count + AT_ONCE, persons))
                await database.execute(insert(subscription).values([_row(n) for n in some]))
            new = NewItem(topic="news", key="the one", body={}, shown="It has happened.")
            await database.execute(*put(new, site.clock.timestamp()))
            NEWS.tell()

        site.engine.supervisor.spawn(publish())

    return ready


def _row(number: int) -> dict[str, Any]:
    who = str(FIRST + number)
    return {
        "topic": "news", "account": 1, "chat": who, "person": who,
        "language": "en", "title": "News", "state": "active", "reason": "", "revisions": "ignore",
        "since": 0.0, "version": 1, "created": 0.0, "changed": 0.0,
    }  # fmt: skip


def bot(folder: Path, kind: str, *url: str) -> Bot:
    """Return the bot that sends it."""
    app = App("paper")
    app.beside.publishing.append(lambda publishing: publishing.add(NEWS))
    if kind == "telegram":
        return Bot(
            "chaos", messenger="telegram", apps=[app], token=TOKEN, base_url=url[0],
            rates={"enabled": False},
        )  # fmt: skip
    adapter = Keeper(folder / "shown.txt", Certainty(kind))
    return Bot("chaos", messenger=adapter.profile.messenger, apps=[app], adapter=adapter)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    folder, persons = Path(sys.argv[1]), int(sys.argv[2])
    Site(
        bots=[bot(folder, *sys.argv[3:])], storage="sqlite:chaos.db", folder=folder, listens=False
    ).run(ready=publisher(persons))
