"""Photos and files that the site keeps, on the chat page."""

import asyncio
import errno
import os
from typing import Any

import pytest

from posthouse.errors import NotSentError, RejectedError
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.ports.adapter import Delivery
from posthouse.testing import FakeMedia
from tests.unit.adapters.web.fakes import House, send


@pytest.fixture
async def media(house: House, tmp_path_factory: pytest.TempPathFactory) -> FakeMedia:
    """What the site keeps, known to the adapter."""
    made = FakeMedia(tmp_path_factory.mktemp("media"))
    house.media = made
    await house.start()
    return made


def file(key: str, name: str = "tea.txt", **more: Any) -> File:
    """A file of the site."""
    return File(key=key, name=name, size_bytes=3, **more)


async def test_the_page_shows_and_serves_what_the_site_keeps(
    house: House, media: FakeMedia
) -> None:
    """To the person in whose chat it is, and to nobody else; long after the site forgot it."""
    ann = await house.browser.enter()
    key = await media.keep(b"tea")
    photo = Photo(key=key, width=3, height=2, size_bytes=3, mime="image/png")
    await house.adapter.deliver(send(1, ann, "look", photos=(photo,), files=(file(key),)))
    async with house.browser.socket() as socket:
        (message,) = (await socket.next("history"))["messages"]
    shown, listed = message["content"]["photos"][0], message["content"]["files"][0]
    assert (shown["width"], shown["height"]) == (3, 2)
    assert not shown["key"].startswith("media:")
    (await media.path(key)).unlink()
    picture = await house.browser.ask("GET", f"/files/{shown['key']}")
    assert (picture.status, picture.body) == (200, b"tea")
    assert picture.headers["content-type"] == "image/png"
    text = await house.browser.ask("GET", f"/files/{listed['key']}")
    assert "attachment" in text.headers["content-disposition"]
    assert "tea.txt" in text.headers["content-disposition"]
    ben = house.new_browser()
    await ben.enter("Ben")
    assert (await ben.ask("GET", f"/files/{shown['key']}")).status == 404


async def test_a_repeated_delivery_adds_no_file(house: House, media: FakeMedia) -> None:
    """The same content under the same name is one file; another name is another."""
    ann = await house.browser.enter()
    key = await media.keep(b"tea")
    deliveries = [send(n, ann, "", files=(file(key),)) for n in (1, 1, 2)]
    await asyncio.gather(*map(house.adapter.deliver, deliveries[:2]))
    await house.adapter.deliver(deliveries[2])
    assert len(list(house.folder.iterdir())) == 1
    await house.adapter.deliver(send(3, ann, "", files=(file(key, "other.txt"),)))
    assert len(list(house.folder.iterdir())) == 2


async def test_an_edit_may_bring_a_photo(house: House, media: FakeMedia) -> None:
    """It is served like one that was sent."""
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "wait"))
    photo = Photo(key=await media.keep(b"png"), width=1, height=1, mime="image/png")
    outgoing = Outgoing(operation=Operation.EDIT, content=Content(photos=(photo,)), target=1)
    await house.adapter.deliver(Delivery(id=2, chat=ann, outgoing=outgoing))
    async with house.browser.socket() as socket:
        (message,) = (await socket.next("history"))["messages"]
    key = message["content"]["photos"][0]["key"]
    assert (await house.browser.ask("GET", f"/files/{key}")).body == b"png"


async def test_where_links_cannot_be_content_is_copied(
    house: House, media: FakeMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder on another disk is no reason to fail."""

    def refuse(*args: object, **options: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refuse)
    ann = await house.browser.enter()
    await house.adapter.deliver(send(1, ann, "", files=(file(await media.keep(b"tea")),)))
    (copied,) = house.folder.iterdir()
    assert copied.read_bytes() == b"tea"


async def test_what_is_gone_is_rejected(house: House, media: FakeMedia) -> None:
    """The delivery shows nothing and never will."""
    ann = await house.browser.enter()
    with pytest.raises(RejectedError, match="not kept"):
        await house.adapter.deliver(send(1, ann, "", files=(file(f"media:{'0' * 64}"),)))
    with pytest.raises(NotSentError):
        await house.adapter.confirm(send(1, ann, ""))
    with pytest.raises(RejectedError, match="no file with the key"):
        [chunk async for chunk in house.adapter.fetch("nobody")]


async def test_who_received_a_file_is_not_told_to_pages(house: House, media: FakeMedia) -> None:
    """The name of the bot is for the site."""
    ann = await house.browser.enter()
    uploaded = await house.browser.ask("POST", "/files?name=a.txt", b"abc")
    own = file(uploaded.json["key"], "a.txt", bot="demo")
    await house.adapter.deliver(send(1, ann, "", files=(own,)))
    async with house.browser.socket() as socket:
        (message,) = (await socket.next("history"))["messages"]
    assert "bot" not in message["content"]["files"][0]
