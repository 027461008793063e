"""Feeds that are slow, huge, broken or meant to do harm, and servers that send one elsewhere."""

import asyncio
import gzip
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from posthouse.errors import FetchError
from posthouse.publishing.publishers.addresses import is_public, public_socket, resolve_public
from posthouse.publishing.publishers.feeds import FeedPublisher
from posthouse.publishing.publishers.fetching import Fetcher, Limits
from posthouse.publishing.publishers.hosts import Hosts
from posthouse.testing.clock import FakeClock
from tests.unit.publishing.publishers.kit import (
    NEWS,
    Desk,
    FeedServer,
    desk,
    entry,
    feed,
    numbered,
    rss,
    slowly,
)

_LOL = "".join(
    f'<!ENTITY l{n} "{(f"&l{n - 1};" if n else "lol") * (10 if n else 1)}">' for n in range(10)
)
BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE x [{_LOL}]>' + rss([entry(1, title="&l9;")]).partition("?>")[2]
)
FILE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + rss([entry(1, title="&f;")]).partition("?>")[2]
)


async def failed(it: Desk, says: str) -> None:
    """Look, and see that it failed with these words and published nothing."""
    before = await it.titles()
    assert await it.runner.look("feed") == 0
    row = await it.row()
    assert row.errors == 1, row
    assert re.search(says, row.reason), row.reason
    assert await it.titles() == before


# --- what is read


@pytest.mark.parametrize("document", [BOMB, FILE, BOMB.encode("utf-16")])
async def test_entities_of_a_documents_own_are_refused(
    server: FeedServer, tmp_path: Path, document: str | bytes
) -> None:
    """A few lines that would grow to gigabytes, or hold a file of this machine."""
    server.gives(document)
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "entities of its own")


async def test_a_page_that_is_no_feed_is_an_error(server: FeedServer, tmp_path: Path) -> None:
    """Such as the page of a login, or data that is no JSON Feed."""
    server.gives("<html><body>Please log in</body></html>", Content_Type="text/html")
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, r"no feed \(text/html\)")


@pytest.mark.parametrize("body", ["{", '{"items": []}', '{"version": 1}'])
async def test_json_that_is_no_feed_is_an_error(
    server: FeedServer, tmp_path: Path, body: str
) -> None:
    """It says what is wrong."""
    server.gives(body, Content_Type="application/json")
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "not valid JSON|no JSON Feed")


async def test_a_body_names_no_file(server: FeedServer, tmp_path: Path) -> None:
    """What looks like a path is not opened."""
    (tmp_path / "other.xml").write_text(numbered([1]))
    server.gives(str(tmp_path / "other.xml"))
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "no feed")


async def test_a_feed_that_breaks_off_loses_and_doubles_nothing(
    server: FeedServer, tmp_path: Path
) -> None:
    """Half an entry is not published; the whole one is when it comes."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        whole = numbered([1, 2, 3])
        server.gives(whole[: whole.index("About 2")], ETag='"half"')
        await failed(it, "breaks off")
        server.gives(whole, ETag='"half"')
        await it.runner.look("feed")
        assert "If-None-Match" not in server.asked
        assert await it.sent() == [("Entry 2", 1), ("Entry 3", 1)]
        assert (await it.row()).errors == 0


async def test_a_connection_that_breaks_in_the_middle_is_an_error(
    server: FeedServer, tmp_path: Path
) -> None:
    """Less came than was announced."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(numbered([1]).encode())
        assert request.transport is not None
        request.transport.close()
        return response

    server.answer = answer
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "cannot be fetched")


async def test_a_reader_that_takes_too_long_is_ended_and_others_go_on(
    server: FeedServer, tmp_path: Path
) -> None:
    """Its process is killed; the next feed gets another one."""
    server.gives(rss(entry(number, more="x" * 500) for number in range(12_000)))
    async with desk(tmp_path, feed(server), parse_within_s=0.05) as it:
        await failed(it, "took longer than 0.05 s")
        assert it.runner._parser._idle == []
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert await it.titles() == ["Entry 1"]


async def test_a_reader_that_died_is_replaced(server: FeedServer, tmp_path: Path) -> None:
    """As when the machine ran out of memory."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        (reader,) = it.runner._parser._idle
        assert reader._process is not None
        os.kill(reader._process.pid, 9)
        server.gives(numbered([1, 2]))
        await failed(it, "cannot be read")
        assert await it.runner.look("feed") == 1


@pytest.mark.slow
@pytest.mark.timeout(90)
async def test_ten_megabytes_are_read_while_everything_else_goes_on(
    server: FeedServer, tmp_path: Path
) -> None:
    """The loop turns while another process reads."""
    filler = "word " * 10_000  # in few entries, for cleaning markup takes most of the time
    server.gives(rss(entry(number, more=f"<a>{filler}</a>") for number in range(210)))
    assert len(server.body) > 10_000_000
    ticks = 0

    async def ticking() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    async with desk(tmp_path, feed(server), parse_within_s=80) as it, asyncio.TaskGroup() as group:
        task = group.create_task(ticking())
        await it.runner.look("feed")
        task.cancel()
        assert (await it.row()).reason == ""
        assert len(await it.items()) == 210
        assert ticks > 20


# --- how much comes


async def test_a_body_that_is_too_long_is_refused(server: FeedServer, tmp_path: Path) -> None:
    """However it is packed."""
    server.gives(numbered(range(500)))
    async with desk(tmp_path, feed(server, most_bytes=10_000)) as it:
        await failed(it, "larger than 10000 bytes")


async def test_a_body_that_grows_when_unpacked_is_refused(
    server: FeedServer, tmp_path: Path
) -> None:
    """A megabyte of zeros is a thousand bytes long when packed."""
    server.gives(gzip.compress(b"0" * 50_000_000, mtime=0), Content_Encoding="gzip")
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "larger than")


@pytest.mark.parametrize(
    ("packing", "body", "says"),
    [("br", b"x", "packed as br"), ("gzip", gzip.compress(b"x" * 999, mtime=0)[:-9], "breaks off")],
)
async def test_a_body_that_cannot_be_unpacked_is_an_error(
    server: FeedServer, tmp_path: Path, packing: str, body: bytes, says: str
) -> None:
    """What was not asked for, or only half of it."""
    server.gives(body, Content_Encoding=packing)
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, says)


async def test_a_server_that_drips_is_left(server: FeedServer, tmp_path: Path) -> None:
    """The whole answer has its time, not each byte of it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await slowly(request, [b" "] * 1000, pause_s=0.02)

    server.answer = answer
    within = timedelta(seconds=0.3)
    async with desk(tmp_path, feed(server, answer_within=within)) as it:
        await failed(it, "not answered whole within 0.3 s")


# --- where it leads


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_off_the_public_internet_are_told(address: str) -> None:
    """Also those that carry such an address inside."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_told(address: str) -> None:
    """Those of the internet."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
async def test_this_machine_is_not_fetched_from_however_it_is_called(
    server: FeedServer, tmp_path: Path, host: str
) -> None:
    """By default, whatever name or number leads there."""
    server.gives(numbered([1]))
    port = server.url.rpartition(":")[2]
    publisher = FeedPublisher(f"http://{host}:{port}/", name="feed", topic=NEWS)
    async with desk(tmp_path, publisher) as it:
        await failed(it, "not on the public internet|cannot be fetched")
        assert server.requests == []


async def test_a_redirect_to_this_machine_is_refused(server: FeedServer) -> None:
    """What is checked is each address that would be connected to."""
    from posthouse.publishing.publishers.fetching import _Hop

    class Outside(Fetcher):
        """Its first hop is a public server that sends elsewhere."""

        target = ""

        async def _hop(self, url: str, headers: object, limits: Limits) -> _Hop:
            if "news.example.org" in url:
                return _Hop(status=302, headers={"location": self.target}, body=b"")
            return await super()._hop(url, {}, limits)

    port = server.url.rpartition(":")[2]
    clock = FakeClock()
    async with Outside(clock, hosts=Hosts(clock, gap_s=0)) as fetcher:
        for fetcher.target in (
            f"http://127.0.0.1:{port}/",
            f"http://localhost:{port}/",
            "file:///etc/passwd",
        ):
            with pytest.raises(FetchError, match=r"not on the public internet|begins with"):
                await fetcher.get("http://news.example.org/")
    assert server.requests == []


def test_no_connection_is_opened_off_the_public_internet() -> None:
    """Whatever was resolved before: the last check is on the socket's own address."""
    with pytest.raises(OSError, match=r"10\.0\.0\.1 is not on the public internet"):
        public_socket((2, 1, 6, "", ("10.0.0.1", 80)))
    public_socket((2, 1, 6, "", ("93.184.216.34", 80))).close()


async def test_a_name_gives_only_its_public_addresses() -> None:
    """One that has others only is refused."""
    with pytest.raises(OSError, match=r"localhost .* is not on the public internet"):
        await resolve_public("localhost", 80, 0)  # type: ignore[arg-type]


async def test_a_circle_of_redirects_ends(server: FeedServer, tmp_path: Path) -> None:
    """After a few of them."""
    server.gives(b"", status=302, Location="/again")
    async with desk(tmp_path, feed(server)) as it:
        await failed(it, "redirects more than 5 times")
        assert len(server.requests) == 6


async def test_secret_headers_stay_with_their_server(tmp_path: Path) -> None:
    """A redirect to another one does not carry them along."""
    async with FeedServer().serving() as first, FeedServer().serving() as second:
        first.gives(b"", status=302, Location=f"{second.url}/feed.xml")
        second.gives(numbered([1]))
        secret = {"Authorization": "Bearer abc"}
        async with desk(tmp_path, feed(first, headers=secret)) as it:
            await it.runner.look("feed")
            assert first.asked["Authorization"] == "Bearer abc"
            assert "Authorization" not in second.asked
            assert await it.titles() == ["Entry 1"]
