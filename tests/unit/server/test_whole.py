"""Requests that go to an application whole, over real sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from posthouse.ports.adapter import Endpoint, Exchange
from posthouse.server.whole import MOST_BYTES
from tests.unit.server.test_server import running

HEAD = "POST {path} HTTP/1.1\r\nHost: here\r\n{more}Content-Length: {length}\r\n\r\n"


class Hook:
    """Answers at once with what came, unless it is told to wait; by ASGI it says so."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[Exchange] = asyncio.Queue()

    def take(
        self, path: str, headers: Mapping[bytes, bytes], body: bytes, exchange: Exchange
    ) -> None:
        if body == b"fail":
            raise RuntimeError("it failed")
        if body == b"wait":
            self.waiting.put_nowait(exchange)
            return
        said = b"%s %d %s" % (path.encode(), len(body), headers.get(b"x-word", b""))
        exchange.answer(200, said, (b"content-type", b"text/plain"))
        exchange.answer(500, b"twice")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"asgi"})


class Caller:
    """One connection, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def post(self, body: bytes, *, path: str = "/hook/a", more: str = "") -> None:
        """Write a request."""
        head = HEAD.format(path=path, more=more, length=len(body))
        self.writer.write(head.encode() + body)

    async def answer(self) -> tuple[str, str, dict[str, str]]:
        """The status, body and headers of the next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ") for line in head[1:])}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return head[0].split(" ", 1)[1], body.decode(), headers


@asynccontextmanager
async def hooked(hook: Hook | None = None) -> AsyncIterator[tuple[Any, Caller]]:
    """A server with a hook, and a connection to it."""
    async with running(Endpoint(path="/hook", app=hook or Hook())) as server:
        port = int(server.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield server, Caller(reader, writer)
        writer.close()


async def test_requests_of_one_connection_are_answered_one_by_one() -> None:
    """Whole, with the headers and what is below the prefix; the connection is kept."""
    async with hooked() as (_, caller):
        for number in range(3):
            caller.post(b"x" * number, more="X-Word: hi\r\n", path="/hook/a?b=c")
            status, body, headers = await caller.answer()
            assert (status, body) == ("200 OK", f"/a {number} hi")
            assert (headers["content-type"], "date" in headers) == ("text/plain", True)
            assert headers["x-content-type-options"] == "nosniff"
            assert "connection" not in headers


async def test_a_body_may_come_in_parts() -> None:
    """Also the longest."""
    async with hooked() as (_, caller):
        caller.post(b"x" * MOST_BYTES)
        assert (await caller.answer())[1] == "/a 65536 "
        head = HEAD.format(path="/hook/b", more="", length=2).encode()
        for part in (head[:9], head[9:], b"o", b"k"):
            caller.writer.write(part)
            await asyncio.sleep(0.01)
        assert (await caller.answer())[1] == "/b 2 "


@pytest.mark.parametrize(
    "head",
    [
        "POST /hook/a%20b HTTP/1.1\r\nContent-Length: 0",
        f"POST /hook HTTP/1.1\r\nContent-Length: {MOST_BYTES + 1}",
        "POST /hook HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        "POST /hook HTTP/1.0\r\nContent-Length: 0",
        "PUT /hook HTTP/1.1\r\nContent-Length: 0",
    ],
)
async def test_what_is_unusual_comes_by_asgi(head: str) -> None:
    """The application is one of both kinds."""
    async with hooked() as (_, caller):
        caller.writer.write(f"{head}\r\n\r\n".encode())
        assert (await caller.answer())[1] == "asgi"


async def test_other_paths_and_methods_stay_as_they_are() -> None:
    """On the same connection, too."""
    async with hooked() as (_, caller):
        caller.writer.write(b"GET /hook/a HTTP/1.1\r\nHost: here\r\n\r\n")
        assert (await caller.answer())[1] == "asgi"
        caller.post(b"", path="/hooks")
        assert (await caller.answer())[0] == "404 Not Found"


async def test_whoever_does_not_wait_for_answers_gets_them_in_order() -> None:
    """What comes while another request is open waits, and comes by ASGI."""
    hook = Hook()
    async with hooked(hook) as (_, caller):
        caller.post(b"wait")
        caller.post(b"next")
        exchange = await hook.waiting.get()
        assert exchange.is_open
        exchange.answer(200, b"first")
        assert (await caller.answer())[1] == "first"
        assert (await caller.answer())[1] == "asgi"
        caller.post(b"more")
        assert (await caller.answer())[1] == "/a 4 "


async def test_an_answer_to_nobody_is_dropped() -> None:
    """The caller may go while the request is open."""
    hook = Hook()
    async with hooked(hook) as (_, caller):
        caller.post(b"wait")
        exchange = await hook.waiting.get()
        caller.writer.close()
        for _ in range(300):
            if exchange.is_open:
                await asyncio.sleep(0.01)
        assert not exchange.is_open
        exchange.answer(200, b"late")


async def test_an_application_that_fails_closes_its_connection() -> None:
    """And no other."""
    failed: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    async with hooked() as (server, caller):
        caller.post(b"fail")
        assert await caller.reader.read() == b""
        assert isinstance(failed[0]["exception"], RuntimeError)
        port = int(server.url.rpartition(":")[2])
        other = Caller(*await asyncio.open_connection("127.0.0.1", port))
        other.post(b"ok")
        assert (await other.answer())[1] == "/a 2 "
        other.writer.close()


async def test_an_open_request_is_answered_before_the_end() -> None:
    """Stopping waits for it, and closes the connection with the answer."""
    hook = Hook()
    async with hooked(hook) as (server, caller):
        caller.post(b"wait")
        exchange = await hook.waiting.get()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.aclose())
            await asyncio.sleep(0.05)
            exchange.answer(200, b"done")
            _, body, headers = await caller.answer()
            assert (body, headers["connection"]) == ("done", "close")
