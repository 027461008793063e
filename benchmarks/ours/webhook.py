"""`webhook` on Posthouse: a whole site with a Telegram bot, in memory or durable.

A press is answered as such (answerCallbackQuery), everything else with a message.
"""

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from benchmarks.clients import TOKEN
from benchmarks.ours.hundred import hundred
from benchmarks.serving import Ended, Ready, pinned, say, until_closed
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.engine.memory import settle_memory
from posthouse.site import Bot, Site


async def serve(folder: Path, *, telegram: str, durable: bool) -> None:
    """Serve until standard input ends."""
    adapter = TelegramAdapter(
        {
            "token": TOKEN,
            "webhook": "https://bench.example",
            "base_url": telegram,
            "rates": {"enabled": False},
        }
    )
    bot = Bot("bench", messenger="telegram", apps=[hundred(presses=None)], adapter=adapter)
    storage = "sqlite:bench.db" if durable else "memory:"
    site = Site(bots=[bot], folder=folder, storage=storage, port=0)
    async with site.start():
        settle_memory()  # as Site.run does
        port = urlsplit(site.urls[0]).port or 0
        path = urlsplit(adapter.webhook_url).path
        await until_closed(Ready(port, path, adapter.secret.decode()))
        counters = site.counters
    say(Ended(counters["turns"], counters["quarantined"]))


if __name__ == "__main__":
    asked = pinned()
    with tempfile.TemporaryDirectory() as kept:
        uvloop.run(serve(Path(kept), telegram=asked.telegram, durable=asked.durable))
