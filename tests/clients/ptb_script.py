"""python-telegram-bot's own client talks to the simulator.

Run by a test as `python ptb_script.py BASE_URL TOKEN PLACES`, with ids of chats as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable

from ptb_handlers import application
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatPermissions,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    MessageOriginUser,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, RetryAfter, TelegramError

BASE, TOKEN, PLACES = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])


async def refused(
    call: Awaitable[object], words: str, kind: type[TelegramError] = BadRequest
) -> TelegramError:
    """Expect a refusal with those words."""
    try:
        await call
    except kind as error:
        found = error
    else:
        raise AssertionError(f"nothing was refused with {words!r}")
    assert words.lower() in str(found).lower(), f"expected {words!r}, got {found}"
    return found


def keys(label: str) -> InlineKeyboardMarkup:
    """One button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)]])


async def texts(bot: Bot, ann: int) -> None:
    """Send, format, edit, reply, forward, copy, delete."""
    sent = await bot.send_message(ann, "<b>Tea</b> https://example.org", parse_mode="HTML")
    assert [one.type for one in sent.entities] == ["bold", "url"]
    marked = await bot.send_message(ann, r"||secret|| [a](https://b.c/)", parse_mode="MarkdownV2")
    assert marked.text_markdown_v2 == r"||secret|| [a](https://b.c/)"
    edited = await bot.edit_message_text("new", ann, sent.message_id, reply_markup=keys("A"))
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    assert await bot.edit_message_reply_markup(ann, sent.message_id, reply_markup=keys("B"))
    reply = await bot.send_message(ann, "yes", reply_to_message_id=sent.message_id)
    assert reply.reply_to_message is not None
    forwarded = await bot.forward_message(ann, ann, sent.message_id)
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    copy = await bot.copy_message(ann, ann, sent.message_id)
    assert await bot.delete_messages(ann, [forwarded.message_id, copy.message_id])
    assert await bot.pin_chat_message(ann, sent.message_id)
    assert await bot.unpin_chat_message(ann)
    assert await bot.set_message_reaction(ann, sent.message_id, "🔥")
    await bot.send_message(ann, "well?", reply_markup=ReplyKeyboardMarkup([["Yes", "No"]]))
    await bot.send_chat_action(ann, "upload_photo")


async def media(bot: Bot, ann: int, picture: bytes) -> None:
    """Upload, send again, album, change, download."""
    photo = await bot.send_photo(ann, picture, caption="*x*", parse_mode="Markdown")
    assert photo.caption_entities[0].type == "bold"
    again = await bot.send_photo(ann, photo.photo[-1])
    assert again.photo[-1].file_unique_id == photo.photo[-1].file_unique_id
    document = await bot.send_document(ann, b"hello", filename="h.txt")
    assert document.document is not None
    file = await bot.get_file(document.document)
    assert bytes(await file.download_as_bytearray()) == b"hello"
    album = await bot.send_media_group(
        ann, [InputMediaPhoto(picture, caption="two"), InputMediaPhoto(photo.photo[-1])]
    )
    assert len({one.media_group_id for one in album}) == 1
    await bot.edit_message_caption(ann, photo.message_id, caption="new")
    changed = await bot.edit_message_media(
        InputMediaDocument(b"other", filename="o.txt"), ann, photo.message_id
    )
    assert isinstance(changed, Message)
    assert changed.document is not None
    await bot.send_location(ann, 1.5, 2.5)
    await bot.send_video(ann, b"mp4", duration=4)
    poll = await bot.send_poll(ann, "Tea?", ["yes", "no"], is_anonymous=False)
    assert (await bot.stop_poll(ann, poll.message_id)).is_closed
    assert (await bot.send_dice(ann, emoji="🎯")).dice is not None


async def chats(bot: Bot) -> None:
    """Members, links, topics, commands."""
    group, bo = PLACES["group"], PLACES["bo"]
    assert (await bot.get_chat(group)).is_forum
    assert len(await bot.get_chat_administrators(group)) == 2
    await bot.restrict_chat_member(group, bo, ChatPermissions.no_permissions())
    assert (await bot.get_chat_member(group, bo)).status == "restricted"
    await bot.ban_chat_member(group, bo)
    await bot.unban_chat_member(group, bo)
    link = await bot.create_chat_invite_link(group, creates_join_request=True)
    assert link.creates_join_request
    topic = await bot.create_forum_topic(group, "Plans")
    await bot.edit_forum_topic(group, topic.message_thread_id, name="Other plans")
    await bot.set_my_commands([BotCommand("tea", "make tea")], BotCommandScopeAllPrivateChats())
    assert len(await bot.get_my_commands(BotCommandScopeAllPrivateChats())) == 1
    assert (await bot.get_my_description()).description == ""


async def refusals(bot: Bot) -> None:
    """What Telegram refuses, in its words."""
    ann = PLACES["ann"]
    sent = await bot.send_message(ann, "same")
    await refused(bot.edit_message_text("same", ann, sent.message_id), "message is not modified")
    await refused(bot.edit_message_text("x", ann, 99999), "message to edit not found")
    await refused(bot.delete_message(ann, 99999), "message to delete not found")
    await refused(bot.send_message(ann, "<i>x</b>", parse_mode="HTML"), "Unmatched end tag")
    await refused(bot.send_message(ann, "_x", parse_mode="Markdown"), "end of the entity")
    await refused(bot.send_message(ann, "x" * 4097), "message is too long")
    await refused(bot.send_message(ann, ""), "message text is empty")
    await refused(bot.send_message(424242, "x"), "chat not found")
    await refused(bot.answer_callback_query("1"), "query is too old")
    await refused(bot.send_photo(ann, "AgACAgIAAxkBAAI"), "wrong file identifier")
    await refused(bot.send_message(PLACES["stopped"], "x"), "bot was blocked", Forbidden)
    moved = await refused(bot.send_message(PLACES["old"], "x"), "migrated", ChatMigrated)
    assert isinstance(moved, ChatMigrated)
    assert moved.new_chat_id == PLACES["new"]
    busy = await refused(bot.send_message(PLACES["busy"], "x"), "retry in 7", RetryAfter)
    assert isinstance(busy, RetryAfter)
    await bot.set_webhook("https://example.org/hook")
    await refused(bot.get_updates(), "can't use getUpdates method", Conflict)
    await bot.delete_webhook()


async def main() -> None:
    """Run it all, then serve a person by polling."""
    over = asyncio.Event()
    app = application(BASE, TOKEN, over)
    async with app:
        await texts(app.bot, PLACES["ann"])
        await media(app.bot, PLACES["ann"], bytes.fromhex(PLACES["picture"]))
        await chats(app.bot)
        await refusals(app.bot)
        assert app.updater is not None
        await app.updater.start_polling(timeout=5)
        await app.start()
        print("polling", flush=True)
        await over.wait()
        await app.updater.stop()
        await app.stop()
    print("done", flush=True)


asyncio.run(main())
