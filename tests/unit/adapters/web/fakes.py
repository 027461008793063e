"""Stand-ins for what surrounds a web adapter: database, engine, clock, pages."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import StaticPool, create_engine
from sqlalchemy.exc import IntegrityError

from posthouse.adapters.web import WebAdapter
from posthouse.adapters.web.tables import metadata
from posthouse.errors import ConflictError, OverloadedError, StoreUnavailableError
from posthouse.model.outgoing import Content, Outgoing
from posthouse.model.text import Text
from posthouse.payloads import Keys
from posthouse.ports.adapter import Delivery, Host, Incoming, OnSettled, Page, Settled
from posthouse.ports.media import Media, NoMedia
from posthouse.ports.menus import MenuCommand

T = TypeVar("T")


class FakeDatabase:
    """SQLite in memory; `held` makes writes wait, `broken` makes them fail."""

    def __init__(self, url: str = "sqlite://") -> None:
        self._engine = create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        metadata.create_all(self._engine)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self.broken = False
        self.writes = 0
        self._free = asyncio.Event()
        self._free.set()

    def hold(self) -> None:
        """Make writes wait until `free`."""
        self._free.clear()

    def free(self) -> None:
        """Let writes go on."""
        self._free.set()

    async def fetch(self, statement: Any) -> Sequence[Any]:
        if self.broken:
            raise StoreUnavailableError("the disk is full")
        return await self._run(lambda: self._read(statement))

    async def execute(self, *statements: Any) -> None:
        await self._free.wait()
        if self.broken:
            raise StoreUnavailableError("the disk is full")
        await self._run(lambda: self._write(statements))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _read(self, statement: Any) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    def _write(self, statements: Sequence[Any]) -> None:
        try:
            with self._engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)
        except IntegrityError as error:
            raise ConflictError(str(error)) from None
        self.writes += 1

    def close(self) -> None:
        """Let go of the memory and the thread."""
        self._thread.shutdown()
        self._engine.dispose()


class FakeReceiver:
    """Keeps what it receives; updates settle at once, or when told."""

    def __init__(self) -> None:
        self.received: list[Incoming] = []
        self.set_aside: list[tuple[str, bytes, str]] = []
        self.overloaded = False
        self.at_once = True
        self._waiting: list[OnSettled] = []
        self._settled: set[str] = set()

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        if self.overloaded:
            raise OverloadedError("full")
        if incoming.update_id not in {one.update_id for one in self.received}:
            self.received.append(incoming)
        if on_settled is not None:
            self._settle(on_settled)

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        self.set_aside.append((update_id, body, reason))
        if on_settled is not None:
            self._settle(on_settled)

    def moved(self, before: str, after: str) -> None:
        """Raise: no chat of the web moves."""
        raise AssertionError(before, after)

    def settle(self) -> None:
        """Settle all that waits."""
        waiting, self._waiting = self._waiting, []
        for on_settled in waiting:
            on_settled(Settled.DONE)

    def _settle(self, on_settled: OnSettled) -> None:
        if self.at_once:
            on_settled(Settled.DONE)
        else:
            self._waiting.append(on_settled)

    @property
    def texts(self) -> list[str]:
        """The texts received, in order."""
        return [getattr(one.update, "text", "") for one in self.received]


class FakeClock:
    """Stands still unless moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now

    def timestamp(self) -> float:
        return self._now.timestamp()

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, delay_s: float) -> None:
        self.move(delay_s)

    async def sleep_until(self, moment_s: float) -> None:
        self.move(max(0.0, moment_s - self.timestamp()))

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds


def host_of(
    folder: Path,
    *,
    database: FakeDatabase,
    receiver: FakeReceiver | None = None,
    clock: FakeClock | None = None,
    secret: bytes = b"secret",
    media: Media | None = None,
    roles_of: Callable[[str], frozenset[str]] = lambda person: frozenset(),
    pages: Mapping[str, Page] | None = None,
) -> Host:
    """Return what an adapter gets at start."""
    return Host(
        bot="demo",
        title="Demo",
        chats={"board": "board"},
        settings={},
        receiver=receiver or FakeReceiver(),
        database=database,
        clock=clock or FakeClock(),
        keys=Keys([secret]),
        folder=folder,
        commands=[MenuCommand(name="start", help="Begin")],
        media=media or NoMedia(),
        roles_of=roles_of,
        pages=pages or {},
    )


def send(id: int, chat: str, words: str, **more: Any) -> Delivery:
    """Return a delivery that sends a text."""
    return Delivery(id=id, chat=chat, outgoing=Outgoing(content=Content(text=Text(words), **more)))


class Response:
    """What came back over HTTP."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Talks to an adapter's pages without a network; keeps the cookie it gets."""

    def __init__(self, app: Any, *, root_path: str = "") -> None:
        self._app = app
        self._root = root_path
        self.cookie = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] = b"",
        *,
        breaks_off: bool = False,
        **headers: str,
    ) -> Response:
        """Make a request; the body may come in pieces, and break off."""
        pieces = [body] if isinstance(body, bytes) else list(body)
        answer: list[Any] = []

        async def receive() -> Any:
            await asyncio.sleep(0)
            if not pieces:
                if not breaks_off:
                    await asyncio.Event().wait()
                return {"type": "http.disconnect"}
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces) or breaks_off}

        async def send(message: Any) -> None:
            answer.append(message)

        await self._app(self._scope("http", path, headers, method=method), receive, send)
        sent = {key.decode(): value.decode() for key, value in answer[0]["headers"]}
        if "set-cookie" in sent:
            self.cookie = sent["set-cookie"].split(";")[0]
        return Response(
            answer[0]["status"], sent, b"".join(one.get("body", b"") for one in answer[1:])
        )

    async def enter(self, name: str = "Ann") -> str:
        """Say who one is; return the person's id."""
        answer = await self.ask("POST", "/person", json.dumps({"name": name}).encode())
        return str(answer.json["id"])

    def _scope(self, kind: str, path: str, headers: Mapping[str, str], **more: Any) -> Any:
        path, _, query = path.partition("?")
        given = {"host": "test", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookie:
            given["cookie"] = self.cookie
        return {
            "type": kind,
            "path": self._root + path,
            "root_path": self._root,
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
            "scheme": "http",
            "server": ("test", 80),
            "client": ("here", 1),
            "extensions": {},
            **more,
        }

    @asynccontextmanager
    async def socket(self, *, hello: int | None = 0, **headers: str) -> AsyncIterator["Socket"]:
        """Open a socket, say hello unless told not to, and close it at the end."""
        socket = Socket()
        scope = self._scope("websocket", "/socket", headers, subprotocols=[])
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(self._app(scope, socket.receive, socket.send))
            if hello is not None:
                socket.say(t="hello", seq=hello)
            yield socket
            socket.hang_up()
            await serving


class Socket:
    """The client's end of a WebSocket."""

    def __init__(self) -> None:
        self._to_server: asyncio.Queue[Any] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self.close_code: int | None = None
        self.reading = asyncio.Event()
        self.reading.set()

    async def receive(self) -> Any:
        return await self._to_server.get()

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        if message["type"] == "websocket.send":
            self._heard.put_nowait(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.close_code = message["code"]
            self._heard.put_nowait({"t": "closed"})

    def say(self, **frame: Any) -> None:
        """Send a frame."""
        self.raw(json.dumps(frame))

    def raw(self, text: str | bytes) -> None:
        """Send anything."""
        kind = "text" if isinstance(text, str) else "bytes"
        self._to_server.put_nowait({"type": "websocket.receive", kind: text})

    def hang_up(self) -> None:
        """Break the connection."""
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def next(self, *kinds: str) -> Any:
        """Wait for the next frame of some kinds, passing over others."""
        async with asyncio.timeout(15):
            while True:
                frame = await self._heard.get()
                if not kinds or frame["t"] in kinds:
                    return frame

    async def until(self, kind: str) -> list[Any]:
        """Return all frames up to and with the first of a kind."""
        frames = [await self.next()]
        while frames[-1]["t"] != kind:
            frames.append(await self.next())
        return frames

    async def silent(self) -> bool:
        """Say whether nothing more comes while everything gets its turn."""
        for _ in range(50):
            await asyncio.sleep(0.001)
        return self._heard.empty()


class House:
    """An adapter and what it talks to."""

    def __init__(self, folder: Path, database: FakeDatabase) -> None:
        self.folder = folder
        self.database = database
        self.receiver = FakeReceiver()
        self.clock = FakeClock()
        self.media: Media | None = None
        self.adapter = WebAdapter({})
        self.browser = Browser(None)

    async def start(self, settings: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Start, or start anew as after a restart of the process."""
        self.adapter = WebAdapter(settings or {})
        host = host_of(
            self.folder,
            database=self.database,
            receiver=self.receiver,
            clock=self.clock,
            media=self.media,
            **more,
        )
        await self.adapter.start(host)
        cookie = self.browser.cookie
        self.browser = self.new_browser()
        self.browser.cookie = cookie

    def new_browser(self) -> Browser:
        """Another person's browser."""
        [endpoint] = self.adapter.endpoints()
        return Browser(endpoint.app)
