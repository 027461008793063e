"""posthouse.adapters.telegram.albums: edits of several photos, on Telegram's own wire."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from posthouse.adapters.telegram.client import TelegramClient
from posthouse.adapters.telegram.sending import Sending, riding
from posthouse.errors import NotSentError, RejectedError
from posthouse.model.media import KEPT, File, Photo
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.model.secret import Secret
from posthouse.model.text import Text, bold, text
from posthouse.ports.media import NoMedia
from tests.unit.adapters.telegram.scripted import TOKEN, Scripted, message, ok, refused, serving

SAME = refused(400, "Bad Request: message is not modified: specified new message content and ...")


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """Telegram, as scripted."""
    async with serving() as scripted:
        yield scripted


@pytest.fixture
async def sending(server: Scripted) -> AsyncIterator[Sending]:
    """What carries deliveries out."""
    client = TelegramClient(Secret(TOKEN), base_url=server.url)
    client.start()
    yield Sending(client)
    await client.aclose()


def photo(key: str) -> Photo:
    """Return a photo that Telegram has."""
    return Photo(key=key, width=1, height=1, size_bytes=1)


def edit(message_id: str, *keys: str, words: str | Text = "") -> Outgoing:
    """Return an edit of an album into these photos."""
    content = Content(text=text(words), photos=tuple(map(photo, keys)))
    return Outgoing(operation=Operation.EDIT, content=content, message_id=message_id)


def edited(server: Scripted) -> list[tuple[int, str, str | None]]:
    """Return which messages were changed into which photos, with which words."""
    calls = server.of("editMessageMedia")
    return [(c["message_id"], c["media"]["media"], c["media"].get("caption")) for c in calls]


async def test_each_photo_of_an_album_is_changed(server: Scripted, sending: Sending) -> None:
    """The words stand under the first, and the ids stay."""
    given = edit("5,6", "a", "b", words=text(bold("new")))
    assert await sending.carry_out("7", given, NoMedia()) == "5,6"
    assert edited(server) == [(5, "a", "new"), (6, "b", None)]
    assert server.of("editMessageMedia")[0]["media"]["caption_entities"]
    assert riding("7", given) is None


async def test_what_is_so_already_is_no_error(server: Scripted, sending: Sending) -> None:
    """As after a try that broke off."""
    server.on("editMessageMedia", SAME, ok(message(6, 7, "")))
    assert await sending.carry_out("7", edit("5,6", "a", "b"), NoMedia()) == "5,6"
    assert [each[0] for each in edited(server)] == [5, 6]


async def test_what_broke_off_is_done_again(server: Scripted, sending: Sending) -> None:
    """Nothing can be doubled by that."""
    wait = refused(429, "Too Many Requests: retry after 1", retry_after=1)
    server.on("editMessageMedia", ok(message(5, 7, "")), wait, SAME, ok(message(6, 7, "")))
    with pytest.raises(NotSentError):
        await sending.carry_out("7", edit("5,6", "a", "b"), NoMedia())
    assert await sending.carry_out("7", edit("5,6", "a", "b"), NoMedia()) == "5,6"
    assert [each[0] for each in edited(server)] == [5, 6, 5, 6]


@pytest.mark.parametrize("answer", [ok(True), refused(400, "Bad Request: message_id_invalid")])
async def test_what_is_too_much_is_deleted(
    server: Scripted, sending: Sending, answer: bytes
) -> None:
    """An album of three becomes one of two, or one photo; gone already is as good."""
    server.on("deleteMessages", answer)
    assert await sending.carry_out("7", edit("5,6,8", "a", "b"), NoMedia()) == "5,6"
    assert server.of("deleteMessages") == [{"chat_id": 7, "message_ids": [8]}]
    assert await sending.carry_out("7", edit("5,6,8", "a"), NoMedia()) == "5"
    assert server.of("deleteMessages")[1]["message_ids"] == [6, 8]
    assert riding("7", edit("5,6,8", "a")) is None


async def test_an_album_does_not_grow(server: Scripted, sending: Sending) -> None:
    """Said clearly, and nothing is changed."""
    with pytest.raises(RejectedError, match="has 1 photos or files and cannot get 2: Telegram"):
        await sending.carry_out("7", edit("5", "a", "b"), NoMedia())
    assert server.calls == []


async def test_what_the_site_keeps_is_uploaded_and_remembered(
    server: Scripted, sending: Sending, tmp_path: Path
) -> None:
    """Each under its own key, also where another one was so already."""
    (tmp_path / "x").write_bytes(b"jpeg")

    class Keeps(NoMedia):
        def __init__(self) -> None:
            self.natives: list[tuple[str, str]] = []

        async def path(self, key: str) -> Path:
            return tmp_path / "x"

        def keep_native(self, key: str, native: str, *, form: str) -> None:
            self.natives.append((key, native))

    told: dict[str, Any] = {**message(6, 7, ""), "photo": [{"file_id": "native"}]}
    server.on("editMessageMedia", SAME, ok(told))
    keeps, kept = Keeps(), f"{KEPT}k"
    assert await sending.carry_out("7", edit("5,6", "a", kept), keeps) == "5,6"
    assert keeps.natives == [(kept, "native")]


async def test_words_alone_change_the_first_caption(server: Scripted, sending: Sending) -> None:
    """As Telegram shows it."""
    server.on(
        "editMessageText", refused(400, "Bad Request: there is no text in the message to edit")
    )
    given = Outgoing(operation=Operation.EDIT, content=Content(text=Text("x")), message_id="5,6")
    await sending.carry_out("7", given, NoMedia())
    [call] = server.of("editMessageCaption")
    assert (call["message_id"], call["caption"]) == (5, "x")


async def test_a_voice_is_in_no_album(server: Scripted, sending: Sending) -> None:
    """Said before anything is called."""
    voice = File(key="voice/a", name="a", size_bytes=1, mime="audio/ogg")
    content = Content(files=(voice,))
    given = Outgoing(operation=Operation.EDIT, content=content, message_id="5,6")
    with pytest.raises(RejectedError, match="no voice into an album"):
        await sending.carry_out("7", given, NoMedia())
    assert server.calls == []
