"""python-telegram-bot's own webhook server takes what the simulator posts.

Its server needs an extra that may be missing, so its updates come in through its queue, behind a
server of aiohttp that checks the secret as its own does.

Run by a test as `python ptb_webhook.py BASE_URL TOKEN PLACES`.
"""

import asyncio
import sys

from aiohttp import web
from ptb_handlers import application
from telegram import Update

BASE, TOKEN = sys.argv[1], sys.argv[2]
SECRET = "Only-Telegram_knows"


async def main() -> None:
    """Serve until a person stops the bot."""
    over = asyncio.Event()
    app = application(BASE, TOKEN, over)

    async def hook(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.Response(status=403)
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        update = Update.de_json(await request.json(), app.bot)
        await app.update_queue.put(update)
        return web.Response()

    server = web.Application()
    server.router.add_post("/hook", hook)
    runner = web.AppRunner(server)
    async with app:
        await app.start()
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        await app.bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
        print("polling", flush=True)
        await over.wait()
        await runner.cleanup()
        await app.stop()
    print("done", flush=True)


asyncio.run(main())
