"""The echoing bot of python-telegram-bot's scripts."""

import asyncio
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE


Bot = Application[Any, Any, Any, Any, Any, Any]


def application(base: str, token: str, over: asyncio.Event) -> Bot:
    """Build the bot; `over` is set when a person stops it."""
    builder = ApplicationBuilder().token(token)
    app = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot").build()

    async def echo(update: Update, _: Context) -> None:
        assert update.message is not None
        if update.message.photo:
            await update.message.reply_text(f"photo {update.message.photo[-1].width}")
            return
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
        await update.message.reply_text(f"you said {update.message.text}", reply_markup=markup)

    async def edited(update: Update, _: Context) -> None:
        assert update.edited_message is not None
        await update.edited_message.reply_text(f"you changed it to {update.edited_message.text}")

    async def pressed(update: Update, _: Context) -> None:
        assert update.callback_query is not None
        await update.callback_query.edit_message_text("more it is")
        await update.callback_query.answer("done")

    async def blocked(update: Update, _: Context) -> None:
        assert update.my_chat_member is not None
        assert update.my_chat_member.new_chat_member.status == "kicked"
        over.set()

    app.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited))
    app.add_handler(MessageHandler(filters.UpdateType.MESSAGE, echo))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(ChatMemberHandler(blocked, ChatMemberHandler.MY_CHAT_MEMBER))
    return app
