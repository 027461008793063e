"""The HTTP server, over real sockets on loopback."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from posthouse.errors import PortTakenError, SetupError
from posthouse.ports.adapter import Endpoint
from posthouse.server.server import Server

Running = Callable[..., AbstractAsyncContextManager[Server]]


@asynccontextmanager
async def running(*endpoints: Endpoint, **settings: Any) -> AsyncIterator[Server]:
    """A server that accepts connections."""
    given = {"host": "127.0.0.1", "port": 0, "health": list, **settings}
    server = Server(endpoints, **given)
    await server.start()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        try:
            yield server
        finally:
            await server.aclose()


def says(name: str) -> Any:
    """An application that answers with its name and what it sees of the path."""

    async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": f"{name}: {message['text']}"})
            return
        body = json.dumps({"app": name, "root": scope["root_path"], "path": scope["path"]})
        headers = [(b"content-type", b"application/json"), (b"x-frame-options", b"DENY")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


async def get(url: str, **more: Any) -> tuple[int, Any, Any]:
    """The status, headers and JSON or text of one request."""
    async with aiohttp.ClientSession() as session, session.get(url, **more) as answer:
        kind = answer.content_type
        body = await answer.json() if kind == "application/json" else await answer.text()
        return answer.status, answer.headers, body


async def test_port_0_takes_a_free_port_and_tells_which() -> None:
    """The address names the real port."""
    async with running(Endpoint(path="/", app=says("web"))) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert not server.url.endswith(":0")
        assert (await get(server.url))[2]["app"] == "web"


async def test_the_longest_prefix_wins_and_becomes_the_root_path() -> None:
    """Nested endpoints do not shadow each other, and a prefix ends at a slash."""
    endpoints = [
        Endpoint(path="/", app=says("root")),
        Endpoint(path="/shop", app=says("shop")),
        Endpoint(path="/shop/hook/", app=says("hook")),
    ]
    async with running(*endpoints) as server:
        for path, app, root in [
            ("/", "root", ""),
            ("/shopping", "root", ""),
            ("/shop", "shop", "/shop"),
            ("/shop/a", "shop", "/shop"),
            ("/shop/hook/x", "hook", "/shop/hook"),
        ]:
            _, _, body = await get(server.url + path)
            assert body == {"app": app, "root": root, "path": path}


async def test_an_unknown_path_is_not_found_as_a_page_or_as_json() -> None:
    """A browser gets a page, a program JSON."""
    async with running(Endpoint(path="/shop", app=says("shop"))) as server:
        status, headers, body = await get(f"{server.url}/nothing", headers={"accept": "text/html"})
        assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "nothing at this address" in body
        status, _, body = await get(f"{server.url}/nothing")
        assert (status, body) == (404, {"error": "not found"})


async def test_health_lists_the_problems_with_503() -> None:
    """A load balancer sees the status, a person the sentences."""
    problems: list[str] = []
    async with running(health=lambda: problems) as server:
        status, _, body = await get(f"{server.url}/healthz")
        assert (status, body) == (200, {"ok": True, "problems": []})
        problems.append("the disk is full")
        status, _, body = await get(f"{server.url}/healthz")
        assert (status, body) == (503, {"ok": False, "problems": ["the disk is full"]})


async def test_security_headers_are_added_unless_the_endpoint_sets_them() -> None:
    """The endpoint's own header stands; the server does not name itself."""
    async with running(Endpoint(path="/", app=says("web"))) as server:
        _, headers, _ = await get(server.url)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers.getall("x-frame-options") == ["DENY"]
        assert "server" not in headers
        assert "date" in headers


async def test_a_websocket_reaches_its_endpoint() -> None:
    """Both ways, below a prefix."""
    async with (
        running(Endpoint(path="/shop", app=says("shop"))) as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.url}/shop/ws") as ws,
    ):
        await ws.send_str("hello")
        assert await ws.receive_str() == "shop: hello"


async def test_a_websocket_at_an_unknown_path_is_refused() -> None:
    """The handshake fails instead of hanging."""
    async with running() as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{server.url}/nothing")


async def test_a_websocket_message_above_the_limit_closes_the_connection() -> None:
    """With 1009, too big; nothing of it reaches the endpoint."""
    async with (
        running(Endpoint(path="/", app=says("web")), frame_bytes=1000) as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.url}/ws") as ws,
    ):
        await ws.send_str("x" * 2000)
        message = await ws.receive()
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert ws.close_code == 1009


async def test_a_taken_port_is_one_sentence_with_what_to_do() -> None:
    """It names host and port; nothing is left open."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = Server([], host="127.0.0.1", port=port, health=list)
        with pytest.raises(PortTakenError, match=rf"127\.0\.0\.1:{port} is in use .*--port"):
            await server.start()
        await server.aclose()


@pytest.mark.parametrize(
    ("host", "says"),
    [("203.0.113.7", "not an address of this machine"), ("no such host", "is not known here")],
)
async def test_a_wrong_host_is_one_sentence_with_what_to_do(host: str, says: str) -> None:
    """No stack of socket errors."""
    with pytest.raises(SetupError, match=says):
        await Server([], host=host, port=0, health=list).start()


def test_two_endpoints_with_one_path_are_refused() -> None:
    """Otherwise one bot would silently hide another."""
    twice = [Endpoint(path="/shop", app=says("a")), Endpoint(path="/shop/", app=says("b"))]
    with pytest.raises(SetupError, match=r'"/shop/" .* another bot'):
        Server(twice, host="127.0.0.1", port=0, health=list)
    with pytest.raises(SetupError, match="health"):
        Server([Endpoint(path="/healthz", app=says("a"))], host="h", port=0, health=list)
    with pytest.raises(SetupError, match="must begin"):
        Server([Endpoint(path="shop", app=says("a"))], host="h", port=0, health=list)


async def test_bots_come_and_go_while_the_server_runs() -> None:
    """A path whose bot has left asks to come later, and another bot may take it."""
    shared = says("all")
    async with running(Endpoint(path="/one", app=says("a"))) as server:
        server.mount([Endpoint(path="/two", app=shared), Endpoint(path="/two", app=shared)])
        assert (await get(f"{server.url}/two"))[0] == 200
        server.unmount([Endpoint(path="/two", app=shared)])
        async with aiohttp.ClientSession() as session, session.get(f"{server.url}/two") as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
        server.mount([Endpoint(path="/two", app=says("b"))])
        assert (await get(f"{server.url}/two"))[0] == 200
        assert (await get(f"{server.url}/one"))[0] == 200
        with pytest.raises(SetupError, match="another bot"):
            server.mount([Endpoint(path="/one", app=shared)])


async def test_bots_that_fail_are_listed_while_the_site_is_well() -> None:
    """With 200: starting all of it elsewhere would help none of them."""
    async with running(health=list, bots=lambda: {"shop": "no token"}) as server:
        status, _, body = await get(f"{server.url}/healthz")
        assert status == 200
        assert body == {"ok": True, "problems": [], "bots": {"shop": "no token"}}


async def test_a_running_request_is_finished_before_the_end() -> None:
    """Stop accepts nothing new and waits for what runs."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        entered.set()
        await leave.wait()
        await says("slow")(scope, receive, send)

    server = Server([Endpoint(path="/", app=slow)], host="127.0.0.1", port=0, health=list)
    await server.start()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        request = tasks.create_task(get(server.url))
        await entered.wait()
        end = tasks.create_task(server.aclose())
        await asyncio.sleep(0)
        leave.set()
        assert (await request)[0] == 200
        await end
    with pytest.raises(OSError, match="Connect"):
        await get(server.url)


async def test_a_request_that_does_not_end_is_cut() -> None:
    """The stop is bounded."""

    async def never(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        entered.set()
        await asyncio.Event().wait()

    entered = asyncio.Event()
    server = Server(
        [Endpoint(path="/", app=never)], host="127.0.0.1", port=0, health=list, stop_s=0
    )
    await server.start()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        request = tasks.create_task(expect_cut(server.url))
        await entered.wait()
        await server.aclose()
        await server.aclose()
        await request


async def expect_cut(url: str) -> None:
    """A request whose connection ends without an answer, or with an error."""
    try:
        status, _, _ = await get(url)
    except aiohttp.ClientError:
        return
    assert status == 500


async def test_an_open_websocket_does_not_hold_up_the_stop() -> None:
    """It is closed with 1012, service restart."""
    async with (
        running(Endpoint(path="/", app=says("web"))) as server,
        aiohttp.ClientSession() as http,
    ):
        ws = await http.ws_connect(f"{server.url}/ws")
        await ws.send_str("x")
        await ws.receive_str()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.aclose())
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
            assert ws.close_code == 1012


async def test_a_server_that_was_only_started_can_be_closed() -> None:
    """As when the start of a site fails after the port was taken."""
    server = Server([], host="127.0.0.1", port=0, health=list)
    url = await server.start()
    await server.aclose()
    again = Server([], host="127.0.0.1", port=int(url.rpartition(":")[2]), health=list)
    await again.start()
    await again.aclose()


async def test_a_cancelled_server_lets_go_of_its_port() -> None:
    """The owner's task group may end it without asking."""
    server = Server([], host="127.0.0.1", port=0, health=list)
    url = await server.start()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.serve())
        await asyncio.sleep(0)
        task.cancel()
    await server.aclose()
    again = Server([], host="127.0.0.1", port=int(url.rpartition(":")[2]), health=list)
    await again.start()
    await again.aclose()


async def test_the_signal_handlers_of_the_process_stay_as_they_are() -> None:
    """The site handles signals, uvicorn must not."""
    import signal

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with running():
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
