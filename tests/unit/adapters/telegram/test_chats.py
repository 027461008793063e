"""Long replies, albums, groups that move and chats that are closed, on Telegram's own wire."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from posthouse import App, Conversation, Photo, Reply, TextMessage, Turn, button
from posthouse.types import AlbumMessage
from tests.unit.adapters.telegram.scripted import Call, Scripted, message, ok, refused, serving
from tests.unit.adapters.telegram.test_polling import ANN, Queue, said, site_of, text, until

OLD, NEW = -100, -1001


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """Telegram, as scripted."""
    async with serving() as scripted:
        yield scripted


class Seen(Conversation):
    """How much a person said."""

    said: int = 0


def club() -> App:
    """An app that answers long, counts, takes albums and makes links."""
    app = App("club")

    @app.action
    async def join(turn: Turn, by: str) -> str:
        return f"invited by {by}"

    @app.command
    async def long(turn: Turn) -> Reply:
        return Reply("word " * 1000, rows=((button("Join", join, "me"),),))

    @app.command
    async def photos(turn: Turn) -> Reply:
        some = tuple(Photo(key=f"p{n}", width=1, height=1, size_bytes=1) for n in range(12))
        return Reply("twelve", photos=some, rows=((button("Join", join, "me"),),))

    @app.command
    async def invite(turn: Turn) -> str:
        return turn.link(join, "Ann")

    @app.on
    async def album(message: AlbumMessage, seen: Seen) -> str:
        seen.said += 1
        again = "again " if message.amends else ""
        return f"{again}{len(message.photos)} photos, {message.caption}, {seen.said}"

    @app.on
    async def count(message: TextMessage, seen: Seen) -> str:
        seen.said += 1
        return f"{message.text} {seen.said}"

    return app


def photo(number: int, group: str | None, caption: str | None = None) -> dict[str, Any]:
    """Return an update with a photo of Ann's."""
    told = {**message(number, 7, ""), "from": ANN}
    del told["text"]
    told["photo"] = [
        {"file_id": f"p{number}", "file_unique_id": f"u{number}", "width": 9, "height": 9}
    ]
    if group is not None:
        told["media_group_id"] = group
    if caption is not None:
        told["caption"] = caption
    return {"update_id": number, "message": told}


async def test_a_long_reply_becomes_several_messages(server: Scripted, tmp_path: Path) -> None:
    """Each within 4096 characters, the buttons under the last."""
    server.on("getUpdates", Queue(text(1, "/long")), 0.05, ok([]))
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(server.of("sendMessage")) == 2)
    first, second = server.of("sendMessage")
    assert len(first["text"]) <= 4096
    assert (first["text"] + " " + second["text"]).split() == ["word"] * 1000
    assert "reply_markup" not in first
    assert "Join" in json.dumps(second["reply_markup"])


async def test_many_photos_become_albums_with_the_buttons_below(
    server: Scripted, tmp_path: Path
) -> None:
    """Ten in an album, and an album has no buttons."""

    def album(call: Call) -> bytes:
        media = call.body["media"]
        media = json.loads(media) if isinstance(media, str) else media
        return ok([message(90 + n, 7, "") for n in range(len(media))])

    server.on("sendMediaGroup", album)
    server.on("getUpdates", Queue(text(1, "/photos")), 0.05, ok([]))
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: server.of("sendMessage"))
    ten, two = server.of("sendMediaGroup")
    assert [len(call["media"]) for call in (ten, two)] == [10, 2]
    [below] = server.of("sendMessage")
    assert "Join" in json.dumps(below["reply_markup"])


async def test_a_media_group_is_one_album(server: Scripted, tmp_path: Path) -> None:
    """Its parts are confirmed at once; what follows is handled after it, and late parts amend."""
    first = Queue(photo(1, "g", "mine"), photo(2, "g"))
    queue = Queue(photo(3, "g"), text(4, "then"), photo(5, None))
    late = Queue(photo(6, "g"))
    server.on("getUpdates", first, queue, first, 0.3, late, 0.1, late)
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(said(server)) == 3)
    assert said(server) == ["3 photos, mine, 1", "then 2", "again 4 photos, mine, 3"]


# --- groups that become supergroups


def moved_service(number: int, chat: int, **fields: int) -> dict[str, Any]:
    """Return the service message of a move."""
    told = {**message(number, chat, ""), "from": ANN, **fields}
    del told["text"]
    return {"update_id": number, "message": told}


def by_ann(number: int, words: str, chat: int) -> dict[str, Any]:
    """Return an update with a text of Ann's in a group."""
    return text(number, words, chat)


async def test_a_service_message_moves_the_group(server: Scripted, tmp_path: Path) -> None:
    """State is there under the new id, also when only one of the two messages comes."""
    queue = Queue(
        by_ann(1, "a", OLD),
        moved_service(2, OLD, migrate_to_chat_id=NEW),
        moved_service(3, NEW, migrate_from_chat_id=OLD),
        by_ann(4, "b", NEW),
    )
    server.on("getUpdates", queue, 0.05, queue)
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(said(server)) == 2)
    assert said(server) == ["a 1", "b 2"]


async def test_a_refused_send_moves_the_group_for_good(server: Scripted, tmp_path: Path) -> None:
    """The message goes to the new id; after a restart nothing is sent to the old one."""
    gone = refused(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=NEW
    )

    def send(call: Call) -> bytes:
        return gone if call.body["chat_id"] == OLD else ok(message(50, NEW, call.body["text"]))

    server.on("sendMessage", send)
    queue = Queue(by_ann(1, "a", OLD))
    server.on("getUpdates", queue, 0.05, ok([]))
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(server.of("sendMessage")) == 2)
    assert [call["chat_id"] for call in server.of("sendMessage")] == [OLD, NEW]
    server.calls.clear()
    server._scripts["getUpdates"] = [Queue(by_ann(2, "b", OLD), by_ann(3, "c", NEW)), 0.05, ok([])]
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(said(server)) == 2)
    assert {call["chat_id"] for call in server.of("sendMessage")} == {NEW}
    assert sorted(said(server)) == ["b 2", "c 3"]


# --- chats that are closed, links


async def test_a_person_who_blocked_the_bot_is_remembered(server: Scripted, tmp_path: Path) -> None:
    """Until something is heard of them."""
    blocked = refused(403, "Forbidden: bot was blocked by the user")
    server.on("sendMessage", blocked, ok(message(9, 7, "b")))
    queue = Queue(text(1, "a"))
    server.on("getUpdates", queue, 0.3, Queue(text(2, "b")), 0.1, ok([]))
    async with site_of(server, tmp_path, club()).start() as site:
        [outbox] = site.engine.outboxes.values()
        await until(lambda: outbox.unreachable == {"7"})
        await until(lambda: len(said(server)) == 2 and not outbox.unreachable)
        [account] = site.engine.intakes
        assert await site.engine.store.unreachable(account=account) == set()


async def test_a_link_opens_the_bot_and_calls_an_action(server: Scripted, tmp_path: Path) -> None:
    """As t.me links do: the person's message is /start and the payload."""
    queue = Queue(text(1, "/invite"))

    def follow(call: Call) -> bytes:
        if not said(server):
            return ok([])
        return ok([text(2, f"/start {said(server)[0].partition('?start=')[2]}", chat=8)])

    server.on("getUpdates", queue, 0.2, follow, 0.2, ok([]))
    async with site_of(server, tmp_path, club()).start():
        await until(lambda: len(said(server)) == 2)
    assert said(server)[0].startswith("https://t.me/post_bot?start=")
    assert said(server)[1] == "invited by Ann"
