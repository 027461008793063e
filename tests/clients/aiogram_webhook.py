"""aiogram's own webhook server takes what the simulator posts, and answers in the answer.

Run by a test as `python aiogram_webhook.py BASE_URL TOKEN PLACES`.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

BASE, TOKEN = sys.argv[1], sys.argv[2]
SECRET = "Only-Telegram_knows"


async def main() -> None:
    """Serve until a person stops the bot."""
    dispatcher, over = Dispatcher(), asyncio.Event()

    @dispatcher.message()
    async def echo(message: types.Message) -> object:
        if message.photo:
            return message.answer(f"photo {message.photo[-1].width}")
        button = types.InlineKeyboardButton(text="More", callback_data="more")
        markup = types.InlineKeyboardMarkup(inline_keyboard=[[button]])
        return message.answer(f"you said {message.text}", reply_markup=markup)

    @dispatcher.edited_message()
    async def edited(message: types.Message) -> object:
        return message.answer(f"you changed it to {message.text}")

    @dispatcher.callback_query()
    async def pressed(query: types.CallbackQuery) -> object:
        assert isinstance(query.message, types.Message)
        await query.message.edit_text("more it is")
        return query.answer("done")

    @dispatcher.my_chat_member()
    async def blocked(change: types.ChatMemberUpdated) -> None:
        assert change.new_chat_member.status == "kicked"
        over.set()

    session = AiohttpSession(api=TelegramAPIServer.from_base(BASE))
    async with Bot(TOKEN, session=session) as bot:
        app = web.Application()
        # Handled before the answer, so that what a handler returns becomes the answer.
        handler = SimpleRequestHandler(
            dispatcher, bot, handle_in_background=False, secret_token=SECRET
        )
        handler.register(app, path="/hook")
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
        print("polling", flush=True)
        await over.wait()
        await asyncio.sleep(0.2)
        await runner.cleanup()
    print("done", flush=True)


asyncio.run(main())
