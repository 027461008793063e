import struct
import zlib

import pytest

from posthouse.adapters.web.files import clean_name
from posthouse.adapters.web.pages import FORBIDDEN, NOBODY
from posthouse.adapters.web.shelf import STATIC
from posthouse.model.media import File
from posthouse.model.pictures import picture
from posthouse.model.update import FileMessage, PhotoMessage
from tests.unit.adapters.web.fakes import Browser, House, send


def png(width: int, height: int) -> bytes:
    """Return a black picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" * (width + 1) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_the_page_comes_with_strict_headers(house: House) -> None:
    """No scripts but its own, no requests elsewhere."""
    page = await house.browser.ask("GET", "/")
    assert page.status == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    script = await house.browser.ask("GET", "/static/main.js")
    assert "javascript" in script.headers["content-type"]
    tag = script.headers["etag"]
    again = await house.browser.ask("GET", "/static/main.js", if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    assert (await house.browser.ask("GET", "/static/..%2Fpages.py")).status == 404


def test_the_page_names_no_other_site() -> None:
    """Everything it needs comes from here, by relative addresses."""
    for file in STATIC.iterdir():
        words = file.read_text()
        assert 'src="/' not in words
        assert 'href="/' not in words
        assert 'src="http' not in words
        assert "innerHTML" not in words


async def test_a_newcomer_gets_a_signed_cookie_and_can_change_the_name(house: House) -> None:
    """The same person, by another name, on all open pages."""
    assert (await house.browser.ask("GET", "/me")).json == {"title": "Demo", "person": None}
    made = await house.browser.ask("POST", "/person", b'{"name":"  Ann\\u202e\\n Lee "}')
    assert made.status == 201
    assert made.json["name"] == "Ann Lee"
    assert "HttpOnly" in made.headers["set-cookie"]
    assert "SameSite=lax" in made.headers["set-cookie"]
    async with house.browser.socket() as socket:
        await socket.next("synced")
        renamed = await house.browser.ask("POST", "/person", b'{"name":"Anna"}')
        assert renamed.json == {"id": made.json["id"], "name": "Anna"}
        assert await socket.next() == {"t": "you", "name": "Anna"}
    assert (await house.browser.ask("GET", "/me")).json["person"]["name"] == "Anna"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"name":""}', b'{"name":" "}', b"x" * 5000])
async def test_a_name_that_is_none_is_not_taken(house: House, body: bytes) -> None:
    """The page says what is wanted."""
    answer = await house.browser.ask("POST", "/person", body)
    assert answer.status == 400
    assert "name" in answer.json["error"]


async def test_a_forged_cookie_makes_a_new_person(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and no socket opens for it."""
    ann = await house.browser.enter()
    forger = house.new_browser()
    forger.cookie = house.browser.cookie[:-1] + ("A" if house.browser.cookie[-1] != "A" else "B")
    assert (await forger.ask("GET", "/me")).json["person"] is None
    assert "not ours" in caplog.text
    assert ann not in caplog.text
    async with forger.socket(hello=None) as socket:
        await socket.next("closed")
        assert socket.close_code == NOBODY
    assert (await forger.ask("POST", "/files", b"x")).status == 401
    assert await forger.enter() != ann


async def test_other_pages_may_not_use_the_cookie(house: House) -> None:
    """Neither by a form nor by a socket; the settings can allow some."""
    await house.browser.enter()
    for path in ("/person", "/files"):
        assert (await house.browser.ask("POST", path, origin="https://evil.example")).status == 403
    async with house.browser.socket(hello=None, origin="https://evil.example") as socket:
        await socket.next("closed")
        assert socket.close_code == FORBIDDEN
    async with house.browser.socket(origin="http://test") as socket:
        await socket.next("synced")
    await house.start({"origins": ["https://friend.example"]})
    async with house.browser.socket(origin="https://friend.example") as socket:
        await socket.next("synced")


async def test_a_picture_is_known_by_its_bytes(house: House) -> None:
    """Its size is read, it is shown in place, and it reaches the bot as a photo."""
    await house.browser.enter()
    stored = await house.browser.ask("POST", "/files?name=..%2Fsea.txt", png(30, 20))
    key = stored.json.pop("key")
    assert stored.status == 201
    fields = stored.json
    assert (fields["name"], fields["mime"]) == ("sea.txt", "image/png")
    assert (fields["width"], fields["height"]) == (30, 20)
    shown = await house.browser.ask("GET", f"/files/{key}")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", text="sea", file=key)
        said = await socket.next("message")
        assert said["content"]["photos"][0]["width"] == 30
        socket.say(t="edit", id="c2", message_id="pc1", text="")
        await socket.next("ack")
    update = house.receiver.received[0].update
    assert isinstance(update, PhotoMessage)
    assert (update.photo.width, update.photo.height, update.caption) == (30, 20, "sea")


async def test_anything_else_is_only_ever_downloaded(house: House) -> None:
    """A page that calls itself a picture runs nowhere."""
    await house.browser.enter()
    evil = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    stored = await house.browser.ask("POST", "/files?name=a.svg", evil, content_type="image/png")
    key = stored.json["key"]
    shown = await house.browser.ask("GET", f"/files/{key}")
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.body == evil
    async with house.browser.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", file=key)
        await socket.next("ack")
    update = house.receiver.received[0].update
    assert isinstance(update, FileMessage)
    assert (update.file.name, update.file.mime) == ("a.svg", "image/svg+xml")


async def test_a_file_is_seen_only_where_it_was_shown(house: House) -> None:
    """By whoever sent it, and by all who see a chat that shows it."""
    await house.browser.enter()
    key = (await house.browser.ask("POST", "/files?name=a", b"hello")).json["key"]
    ben = house.new_browser()
    assert (await ben.ask("GET", f"/files/{key}")).status == 404
    ben_id = await ben.enter("Ben")
    assert (await ben.ask("GET", f"/files/{key}")).status == 404
    async with ben.socket() as socket:
        await socket.next("synced")
        socket.say(t="say", id="c1", file=key)
        assert (await socket.next())["t"] == "refused"
        file = File(key=key, name="a", size_bytes=5)
        await house.adapter.deliver(send(1, ben_id, "look", files=(file,)))
        await socket.next("message")
        socket.say(t="say", id="c2", file=key)
        assert (await socket.next("ack"))["id"] == "c2"
    assert (await ben.ask("GET", f"/files/{key}?download")).body == b"hello"


async def test_too_large_a_file_is_refused_before_and_while_it_comes(house: House) -> None:
    """Nothing is left of it, and the page gets a sentence."""
    await house.start({"max_upload_bytes": 2048})
    await house.browser.enter()
    early = await house.browser.ask("POST", "/files?name=a", b"", content_length="1073741824")
    assert (early.status, early.json["error"]) == (
        413,
        "That file is too large: 2 KiB are the most.",
    )
    late = await house.browser.ask("POST", "/files?name=a", [b"x" * 1000] * 5)
    assert late.status == 413
    assert (await house.browser.ask("POST", "/files?name=a", b"")).status == 400
    assert (await house.browser.ask("POST", "/files?name=a", b"x" * 2048)).status == 201
    assert len(list(house.folder.iterdir())) == 1


async def test_an_upload_that_breaks_off_leaves_nothing(house: House) -> None:
    """The rest never comes."""
    await house.browser.enter()
    answer = await house.browser.ask("POST", "/files?name=a", b"x" * 10, breaks_off=True)
    assert answer.status == 400
    assert list(house.folder.iterdir()) == []


async def test_a_database_that_cannot_be_used_is_said_so(house: House) -> None:
    """With the time to come back."""
    await house.browser.enter()
    house.database.broken = True
    answer = await house.browser.ask("GET", "/me")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    async with house.browser.socket(hello=None) as socket:
        await socket.next("closed")


async def test_it_works_below_a_path_of_its_own(house: House) -> None:
    """The cookie stays there, and the address gets its slash."""
    await house.start({"path": "/shop"})
    [endpoint] = house.adapter.endpoints()
    assert endpoint.path == "/shop"
    browser = Browser(endpoint.app, root_path="/shop")
    made = await browser.ask("POST", "/person", b'{"name":"Ann"}')
    assert "Path=/shop/" in made.headers["set-cookie"]
    assert (await browser.ask("GET", "/")).status == 200
    bare = await browser.ask("GET", "")
    assert bare.status == 307
    assert bare.headers["location"].endswith("/shop/")
    async with browser.socket() as socket:
        await socket.next("synced")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("\x00\n", "file"),
        ("", "file"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_of_files_are_names(name: str, kept: str) -> None:
    """No folders, no control characters, not too long."""
    assert clean_name(name) == kept


@pytest.mark.parametrize(
    "head", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF1234WEBPVP8 "]
)
def test_a_broken_picture_is_a_plain_file(head: bytes) -> None:
    """And raises nothing."""
    assert picture(head) is None
