"""A site with many bots of the database, each on a webhook; run by `benchmarks.bots`.

`python -m benchmarks.ours.bots FOLDER PORT COUNT` prints a line when every bot runs, and
ends with its standard input.
"""

import asyncio
import os
import sys
import time

from posthouse import App, TextMessage
from posthouse.adapters.telegram.client import TRANSPORT
from posthouse.engine.memory import settle_memory
from posthouse.site import Site


def app() -> App:
    """An app that says what it hears, with a few commands for the menu."""
    shop = App("shop")

    @shop.command
    async def start() -> str:
        """Begin."""
        return "Welcome."

    @shop.command
    async def help() -> str:
        """What I can do."""
        return "I repeat."

    @shop.on
    async def say(message: TextMessage) -> str:
        return message.text

    return shop


def _is_whole(site: Site, count: int) -> bool:
    well = sum(each.is_well for each in site.hosting.all.values())
    return well == count and not TRANSPORT.setting_up.locked()


async def main(folder: str, port: int, count: int) -> None:
    """Run until standard input ends."""
    begun = time.perf_counter()
    key = os.environ["POSTHOUSE_KEY"]
    site = Site(bots=[], presets={"shop": [app()]}, token_keys=[key], folder=folder, port=port)
    async with site.start():
        while not _is_whole(site, count):  # noqa: ASYNC110  a look now and then is all it takes
            await asyncio.sleep(0.05)
        settle_memory()
        print(f"running {time.perf_counter() - begun:.3f}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
