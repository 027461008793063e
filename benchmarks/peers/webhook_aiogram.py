"""`webhook` on aiogram and aiohttp, the answer in the reply; nothing durable."""

import uvloop
from aiogram import Bot
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from benchmarks.clients import TOKEN
from benchmarks.peers.route_aiogram import dispatcher
from benchmarks.serving import SECRET, Ready, bound, pinned, until_closed


async def serve() -> None:
    """Serve until standard input ends."""
    app = web.Application()
    handler = SimpleRequestHandler(
        dispatcher(), Bot(TOKEN), handle_in_background=False, secret_token=SECRET
    )
    handler.register(app, "/webhook")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = bound()
    await web.SockSite(runner, listener).start()
    await until_closed(Ready(listener.getsockname()[1], "/webhook"))
    await runner.cleanup()


if __name__ == "__main__":
    pinned()
    uvloop.run(serve())
