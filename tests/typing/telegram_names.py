"""What a user's type checker sees of `posthouse.telegram`: `mypy --strict` must find nothing."""

from typing import assert_type

from posthouse import App, Turn, use
from posthouse.telegram import (
    InlineQueried,
    InputFile,
    Message,
    SendMessage,
    TelegramClient,
    User,
)

app = App("telegram")


@app.on
async def queried(query: InlineQueried, *, telegram: TelegramClient = use()) -> None:
    assert_type(query.query, str)
    assert_type(
        await telegram.answer_inline_query(inline_query_id=query.query_id, results=[]), bool
    )


@app.command
async def calls(turn: Turn, *, telegram: TelegramClient = use()) -> str:
    sent = await telegram.send_message(chat_id=int(turn.chat.id), text="hi")
    assert_type(sent, Message)
    assert_type(sent.message_id, int)
    assert_type((await telegram.call(SendMessage(chat_id=1, text="hi"))).message_id, int)
    assert_type(await telegram.get_me(), User)
    photo = await telegram.send_photo(chat_id="@channel", photo=InputFile(b"", "a.jpg"))
    return f"{sent.message_id} and {photo.message_id}"


# --- must be rejected: each ignore is an error when there is nothing to ignore
async def rejected(telegram: TelegramClient) -> None:
    await telegram.send_message(chat_id=1)  # type: ignore[call-arg]
    await telegram.send_message(chat_id=1, text=7)  # type: ignore[arg-type]
    await telegram.send_mesage(chat_id=1, text="hi")  # type: ignore[attr-defined]
