"""aiogram's own client talks to the simulator: every answer has to fit its strict models.

Run by a test as `python aiogram_script.py BASE_URL TOKEN PLACES`, with ids of chats as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable

from aiogram import Bot, Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

BASE, TOKEN, PLACES = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
CALLS: list[str] = []


async def refused(
    call: Awaitable[object], words: str, kind: type[TelegramAPIError] = TelegramBadRequest
) -> TelegramAPIError:
    """Expect a refusal with those words."""
    try:
        await call
    except kind as error:
        found = error
    else:
        raise AssertionError(f"nothing was refused with {words!r}")
    assert words in str(found), f"expected {words!r}, got {found}"
    CALLS.append(words)
    return found


def keys(*labels: str) -> types.InlineKeyboardMarkup:
    """One row of buttons."""
    row = [types.InlineKeyboardButton(text=label, callback_data=label.lower()) for label in labels]
    return types.InlineKeyboardMarkup(inline_keyboard=[row])


async def texts(bot: Bot, ann: int) -> None:
    """Send, format, edit, reply, forward, copy, delete."""
    sent = await bot.send_message(ann, "<b>Tea</b> &amp; <i>cake</i>", parse_mode="HTML")
    assert sent.text == "Tea & cake"
    assert [one.type for one in sent.entities or []] == ["bold", "italic"]
    assert sent.html_text == "<b>Tea</b> &amp; <i>cake</i>"
    marked = await bot.send_message(ann, r"*1\.* _😀_", parse_mode="MarkdownV2")
    assert marked.text == "1. 😀"
    assert marked.entities is not None
    assert marked.entities[1].length == 2
    entity = types.MessageEntity(type="code", offset=0, length=4)
    code = await bot.send_message(ann, "code here", entities=[entity], parse_mode=None)
    assert [one.model_dump() for one in code.entities or []] == [entity.model_dump()]
    edited = await bot.edit_message_text(
        "new", chat_id=ann, message_id=sent.message_id, reply_markup=keys("A", "B")
    )
    assert isinstance(edited, types.Message)
    assert edited.edit_date
    markup = await bot.edit_message_reply_markup(
        chat_id=ann, message_id=sent.message_id, reply_markup=keys("C")
    )
    assert isinstance(markup, types.Message)
    assert markup.reply_markup is not None
    reply = await bot.send_message(
        ann, "answer", reply_parameters=types.ReplyParameters(message_id=sent.message_id)
    )
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "new"
    forwarded = await bot.forward_message(ann, ann, sent.message_id)
    assert isinstance(forwarded.forward_origin, types.MessageOriginUser)
    assert (await bot.copy_message(ann, ann, sent.message_id)).message_id > 0
    assert await bot.pin_chat_message(ann, sent.message_id)
    assert (await bot.get_chat(ann)).pinned_message is not None
    thumb = types.ReactionTypeEmoji(emoji="👍")
    assert await bot.set_message_reaction(ann, sent.message_id, [thumb])
    assert await bot.delete_message(ann, reply.message_id)
    assert await bot.delete_messages(ann, [forwarded.message_id])
    choices = types.ReplyKeyboardMarkup(keyboard=[[types.KeyboardButton(text="Yes")]])
    await bot.send_message(ann, "well?", reply_markup=choices)
    await bot.send_chat_action(ann, "typing")
    CALLS.extend(["texts"] * 16)


async def media(bot: Bot, ann: int, picture: bytes) -> None:
    """Upload, send again by id, album, change, download."""
    photo = await bot.send_photo(ann, types.BufferedInputFile(picture, "a.png"), caption="*x*")
    assert photo.photo is not None
    again = await bot.send_photo(ann, photo.photo[-1].file_id, caption="again")
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == photo.photo[-1].file_unique_id
    document = await bot.send_document(ann, types.BufferedInputFile(b"hello", "h.txt"))
    assert document.document is not None
    assert document.document.file_name == "h.txt"
    file = await bot.get_file(document.document.file_id)
    assert file.file_path is not None
    loaded = await bot.download_file(file.file_path)
    assert loaded is not None
    assert loaded.read() == b"hello"
    album = await bot.send_media_group(
        ann,
        [
            types.InputMediaPhoto(media=types.BufferedInputFile(picture, "1.png"), caption="two"),
            types.InputMediaPhoto(media=photo.photo[-1].file_id),
        ],
    )
    assert len({one.media_group_id for one in album}) == 1
    assert album[0].caption == "two"
    changed = await bot.edit_message_caption(
        chat_id=ann, message_id=photo.message_id, caption="<u>new</u>", parse_mode="HTML"
    )
    assert isinstance(changed, types.Message)
    assert changed.caption == "new"
    replaced = await bot.edit_message_media(
        types.InputMediaDocument(media=document.document.file_id),
        chat_id=ann,
        message_id=photo.message_id,
    )
    assert isinstance(replaced, types.Message)
    assert replaced.document is not None
    voice = await bot.send_voice(ann, types.BufferedInputFile(b"ogg", "v.ogg"), duration=3)
    assert voice.voice is not None
    assert voice.voice.duration == 3
    await bot.send_animation(ann, types.BufferedInputFile(b"gif", "a.mp4"))
    await bot.send_location(ann, 52.5, 13.4)
    await bot.send_venue(ann, 52.5, 13.4, "Office", "Street 1")
    await bot.send_contact(ann, "+4930123", "Bo")
    dice = await bot.send_dice(ann)
    assert dice.dice is not None
    poll = await bot.send_poll(ann, "Tea?", ["yes", "no"])
    assert (await bot.stop_poll(ann, poll.message_id)).is_closed
    assert (await bot.get_user_profile_photos(ann)).total_count == 0
    CALLS.extend(["media"] * 17)


async def chats(bot: Bot, places: dict[str, int]) -> None:
    """Members, titles, links, topics, commands."""
    group, ann = places["group"], places["bo"]
    full = await bot.get_chat(group)
    assert full.permissions is not None
    assert await bot.get_chat_member_count(group) == 3
    assert {one.status for one in await bot.get_chat_administrators(group)} == {
        "creator",
        "administrator",
    }
    assert (await bot.get_chat_member(group, ann)).status == "member"
    await bot.restrict_chat_member(group, ann, types.ChatPermissions(can_send_messages=True))
    assert (await bot.get_chat_member(group, ann)).status == "restricted"
    await bot.promote_chat_member(group, ann, can_pin_messages=True)
    assert (await bot.get_chat_member(group, ann)).status == "administrator"
    await bot.promote_chat_member(group, ann)
    await bot.ban_chat_member(group, ann)
    assert (await bot.get_chat_member(group, ann)).status == "kicked"
    await bot.unban_chat_member(group, ann, only_if_banned=True)
    await bot.set_chat_title(group, "Friends again")
    await bot.set_chat_description(group, "about tea")
    link = await bot.create_chat_invite_link(group, name="door", member_limit=3)
    assert link.member_limit == 3
    assert (await bot.revoke_chat_invite_link(group, link.invite_link)).is_revoked
    topic = await bot.create_forum_topic(group, "Plans")
    inside = await bot.send_message(group, "x", message_thread_id=topic.message_thread_id)
    assert inside.is_topic_message
    await bot.close_forum_topic(group, topic.message_thread_id)
    await bot.delete_forum_topic(group, topic.message_thread_id)
    command = types.BotCommand(command="tea", description="make tea")
    await bot.set_my_commands([command], scope=types.BotCommandScopeChat(chat_id=group))
    there = await bot.get_my_commands(scope=types.BotCommandScopeChat(chat_id=group))
    assert [one.command for one in there] == ["tea"]
    assert await bot.get_my_commands() == []
    await bot.set_my_name("Teapot", language_code="de")
    assert (await bot.get_my_name(language_code="de")).name == "Teapot"
    assert isinstance(await bot.get_chat_menu_button(), types.MenuButtonCommands)
    assert (await bot.get_my_default_administrator_rights()).can_manage_chat is False
    post = await bot.send_message(places["channel"], "news")
    assert post.sender_chat is not None
    assert post.chat.type == "channel"
    CALLS.extend(["chats"] * 26)


async def refusals(bot: Bot, places: dict[str, int]) -> None:
    """What Telegram refuses, in its words."""
    ann = places["ann"]
    sent = await bot.send_message(ann, "same")
    same = bot.edit_message_text("same", chat_id=ann, message_id=sent.message_id)
    await refused(same, "message is not modified")
    lost = bot.edit_message_text("x", chat_id=ann, message_id=99999)
    await refused(lost, "message to edit not found")
    await refused(bot.delete_message(ann, 99999), "message to delete not found")
    await refused(bot.forward_message(ann, ann, 99999), "message to forward not found")
    await refused(bot.send_message(ann, "<b>x", parse_mode="HTML"), "Can't find end tag")
    dot = bot.send_message(ann, "a.b", parse_mode="MarkdownV2")
    await refused(dot, "Character '.' is reserved")
    await refused(bot.send_message(ann, "x" * 4097), "message is too long")
    await refused(bot.send_message(ann, ""), "message text is empty")
    await refused(bot.send_message(ann, "  \n"), "text must be non-empty")
    await refused(bot.send_message(424242, "x"), "chat not found")
    await refused(bot.send_message("@nobody_here", "x"), "chat not found")
    gone = types.ReplyParameters(message_id=99999)
    to_gone = bot.send_message(ann, "x", reply_parameters=gone)
    await refused(to_gone, "message to be replied not found")
    long = types.InlineKeyboardButton(text="x", callback_data="ж" * 33)
    wide = types.InlineKeyboardMarkup(inline_keyboard=[[long]])
    await refused(bot.send_message(ann, "x", reply_markup=wide), "BUTTON_DATA_INVALID")
    await refused(bot.answer_callback_query("1"), "query is too old")
    await refused(bot.send_photo(ann, "no-such-file"), "wrong file identifier/HTTP URL specified")
    text = types.BufferedInputFile(b"no picture", "x.png")
    await refused(bot.send_photo(ann, text), "IMAGE_PROCESS_FAILED")
    await refused(bot.get_file("nonsense-nonsense"), "wrong file_id")
    blocked = bot.send_message(places["stopped"], "x")
    await refused(blocked, "bot was blocked by the user", TelegramForbiddenError)
    await refused(
        bot.send_message(places["stranger"], "x"), "can't initiate", TelegramForbiddenError
    )
    moved = await refused(bot.send_message(places["old"], "x"), "upgraded", TelegramMigrateToChat)
    assert isinstance(moved, TelegramMigrateToChat)
    assert moved.migrate_to_chat_id == places["new"]
    busy = await refused(bot.send_message(places["busy"], "x"), "retry after 7", TelegramRetryAfter)
    assert isinstance(busy, TelegramRetryAfter)
    assert busy.retry_after == 7


async def receiving(bot: Bot) -> None:
    """Polling: two at once, a webhook in the way, then a real dispatcher."""
    waiting = await bot.get_updates()
    assert any(one.message and one.message.pinned_message for one in waiting)
    offset = waiting[-1].update_id + 1
    conflict = "terminated by other getUpdates request"
    first = bot.get_updates(timeout=20, offset=offset)

    async def second() -> list[types.Update]:
        await asyncio.sleep(0.3)
        return await bot.get_updates(timeout=1, offset=offset)

    _, found = await asyncio.gather(refused(first, conflict, TelegramConflictError), second())
    assert found == []
    await bot.set_webhook("https://example.org/hook", secret_token="s")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    await refused(bot.get_updates(), "while webhook is active", TelegramConflictError)
    await bot.delete_webhook()
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: types.Message) -> None:
        if message.photo:
            await message.answer(f"photo {message.photo[-1].width}")
        else:
            await message.answer(f"you said {message.text}", reply_markup=keys("More"))

    @dispatcher.edited_message()
    async def edited(message: types.Message) -> None:
        await message.answer(f"you changed it to {message.text}")

    @dispatcher.callback_query()
    async def pressed(query: types.CallbackQuery) -> None:
        assert isinstance(query.message, types.Message)
        await query.message.edit_text("more it is")
        await query.answer("done")

    @dispatcher.my_chat_member()
    async def blocked(change: types.ChatMemberUpdated) -> None:
        assert change.new_chat_member.status == "kicked"
        await dispatcher.stop_polling()

    print("polling", flush=True)
    await dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5)


async def main() -> None:
    """Run it all."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(BASE))
    async with Bot(TOKEN, session=session) as bot:
        me = await bot.get_me()
        assert me.is_bot
        await texts(bot, PLACES["ann"])
        await media(bot, PLACES["ann"], bytes.fromhex(PLACES["picture"]))
        await chats(bot, PLACES)
        await refusals(bot, PLACES)
        await receiving(bot)
    print(f"done {len(CALLS)}", flush=True)


asyncio.run(main())
