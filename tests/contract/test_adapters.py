"""The adapter contract, on every adapter there is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from posthouse.adapters.console import ConsoleAdapter
from posthouse.adapters.web import WebAdapter
from posthouse.adapters.web.tables import metadata
from posthouse.model.chat import Chat, Person
from posthouse.model.outgoing import Content
from posthouse.model.text import Text
from posthouse.model.update import TextMessage
from posthouse.payloads import Keys
from posthouse.ports.adapter import Adapter, Certainty, Endpoint, Host, Receiver
from posthouse.ports.clock import SystemClock
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.contracts.adapter import ADAPTER_CHECKS, AdapterStage, Check, expect
from posthouse.testing.fakes import FakeDatabase
from posthouse.testing.messenger import MESSENGER, FakeMessenger


class Stage:
    """What the stages share."""

    def __init__(self, folder: Path, *, database: FakeDatabase) -> None:
        self.chat = "ann"
        self._folder = folder
        self._database = database
        self._clock = SystemClock()
        self._keys = Keys([b"secret"])

    def host(self, receiver: Receiver) -> Host:
        """Return what an adapter gets."""
        return Host(
            bot="bot",
            title="Bot",
            chats={},
            settings={},
            receiver=receiver,
            database=self._database,
            clock=self._clock,
            keys=self._keys,
            folder=self._folder,
        )

    async def open(self, endpoints: Sequence[Endpoint]) -> None:
        """Serve nothing."""

    async def again(self) -> None:
        """Repeat nothing."""


# --- the in-memory messenger


class MemoryStage(Stage):
    """Ann in a private chat of a FakeMessenger."""

    def __init__(self, folder: Path, *, database: FakeDatabase, certainty: Certainty) -> None:
        super().__init__(folder, database=database)
        self.messenger = FakeMessenger(certainty=certainty)
        self._place = Chat(id="ann", bot="bot", messenger=MESSENGER)
        self.messenger.chats["ann"] = self._place

    def adapter(self) -> Adapter:
        """Make an adapter."""
        return FakeAdapter(self.messenger)

    async def says(self, words: str) -> None:
        """Write."""
        now, number = self._clock.now(), self.messenger.next_id()
        message = self.messenger.write("ann", "Ann", Content(text=Text(words)), at=now)
        self.messenger.tell(
            TextMessage(
                id=f"u{number}",
                bot="bot",
                at=now,
                chat=self._place,
                person=Person(id="ann", name="Ann"),
                message_id=message.id,
                text=words,
            )
        )

    async def again(self) -> None:
        """Hand over what was not acknowledged, as a start does."""
        for told in list(self.messenger.unacknowledged("bot")):
            self.messenger.hand_over(told)

    async def shown(self) -> list[str]:
        """Return what the bot shows."""
        return [m.text for m in self.messenger.shown_in("ann") if not m.author]


def memory_stage(
    certainty: Certainty,
) -> Callable[[Path], AbstractAsyncContextManager[AdapterStage]]:
    """Return how to make a stage with a messenger of that certainty."""

    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[AdapterStage]:
        database = FakeDatabase()
        yield MemoryStage(folder, database=database, certainty=certainty)
        await database.aclose()

    return make


# --- the console


class Paper:
    """A terminal whose person is the test."""

    styled = False
    typing = False

    def __init__(self) -> None:
        self.written: list[str] = []
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()

    def open(self) -> None:
        """Nothing to open."""

    async def read_line(self) -> str | None:
        """Wait for a line."""
        return await self.lines.get()

    def write(self, text: str) -> None:
        """Keep what is shown."""
        self.written.append(text)

    def close(self) -> None:
        """Nothing to close."""


class ConsoleStage(Stage):
    """Somebody at a terminal."""

    def __init__(self, folder: Path, *, database: FakeDatabase) -> None:
        super().__init__(folder, database=database)
        self.chat = "console"
        self.paper = Paper()

    def adapter(self) -> Adapter:
        """Make an adapter on the same terminal."""
        return ConsoleAdapter({}, terminal=self.paper)

    async def says(self, words: str) -> None:
        """Type a line."""
        self.paper.lines.put_nowait(words)

    async def shown(self) -> list[str]:
        """Return everything that was written."""
        return self.paper.written


@asynccontextmanager
async def console_stage(folder: Path) -> AsyncIterator[AdapterStage]:
    """Make a stage with a terminal."""
    database = FakeDatabase()
    yield ConsoleStage(folder, database=database)
    await database.aclose()


# --- the web messenger


class Page:
    """One open chat page, spoken to over ASGI."""

    def __init__(self) -> None:
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        self.heard: list[Any] = []
        self.news = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """What the server reads."""
        return await self._to_server.get()

    async def send(self, message: Any) -> None:
        """What the server says."""
        if message["type"] == "websocket.send":
            self.heard.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.heard.append({"t": "closed"})
        self.news.set()

    def say(self, **frame: Any) -> None:
        """Send a frame."""
        self._to_server.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def hang_up(self) -> None:
        """Go away."""
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def until(self, *kinds: str) -> None:
        """Wait for a frame of some kinds."""
        async with asyncio.timeout(5):
            while not any(frame["t"] in kinds for frame in self.heard):
                self.news.clear()
                await self.news.wait()


class WebStage(Stage):
    """Ann at a chat page, which repeats what was not acknowledged whenever it connects."""

    def __init__(self, folder: Path, *, database: FakeDatabase, group: asyncio.TaskGroup) -> None:
        super().__init__(folder, database=database)
        self._group = group
        self._app: Any = None
        self._cookie = ""
        self._page: Page | None = None
        self._ids = count(1)
        self._waiting: dict[str, str] = {}

    def adapter(self) -> Adapter:
        """Make an adapter."""
        return WebAdapter({})

    async def open(self, endpoints: Sequence[Endpoint]) -> None:
        """Serve the page and let Ann open it."""
        self._app = endpoints[0].app
        if not self._cookie:
            await self._enter()
        await self._connect()

    async def says(self, words: str) -> None:
        """Say something on the page."""
        self._heard()
        id = f"c{next(self._ids)}"
        self._waiting[id] = words
        self._say(id, words)

    async def again(self) -> None:
        """Connect anew and repeat."""
        self._heard()
        await self._connect()
        for id, words in self._waiting.items():
            self._say(id, words)

    async def shown(self) -> list[str]:
        """Return what a page that is opened now shows of the bot's messages."""
        page = Page()
        task = self._group.create_task(self._app(self._scope("websocket"), page.receive, page.send))
        page.say(t="hello", seq=0)
        await page.until("synced", "closed")
        page.hang_up()
        await task
        messages: dict[str, Any] = {}
        for frame in page.heard:
            if frame["t"] == "message":
                messages[frame["id"]] = frame
            for message in frame.get("messages", ()):
                messages[message["id"]] = message
        bot = [m for m in messages.values() if m["id"].startswith("b") and not m.get("deleted")]
        return [m["content"]["text"]["plain"] for m in bot]

    async def _enter(self) -> None:
        answer: list[Any] = []
        body = json.dumps({"name": "Ann"}).encode()

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            answer.append(message)

        await self._app(self._scope("http"), receive, send)
        headers = {key.decode(): value.decode() for key, value in answer[0]["headers"]}
        self._cookie = headers["set-cookie"].split(";")[0]
        self.chat = json.loads(answer[1]["body"])["id"]

    async def _connect(self) -> None:
        self.leave()
        page = self._page = Page()
        self._group.create_task(self._app(self._scope("websocket"), page.receive, page.send))
        page.say(t="hello", seq=0)
        await page.until("synced", "closed")

    def leave(self) -> None:
        """Close the page."""
        if self._page is not None:
            self._page.hang_up()

    def _say(self, id: str, words: str) -> None:
        if self._page is not None:
            self._page.say(t="say", id=id, text=words)

    def _heard(self) -> None:
        for frame in self._page.heard if self._page else ():
            if frame["t"] == "ack":
                self._waiting.pop(frame["id"], None)

    def _scope(self, kind: str) -> dict[str, Any]:
        headers = {"host": "test", **({"cookie": self._cookie} if self._cookie else {})}
        return {
            "type": kind,
            "method": "POST",
            "path": "/person" if kind == "http" else "/socket",
            "root_path": "",
            "query_string": b"",
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
            "scheme": "http",
            "server": ("test", 80),
            "client": ("here", 1),
            "subprotocols": [],
            "extensions": {},
        }


@asynccontextmanager
async def web_stage(folder: Path) -> AsyncIterator[AdapterStage]:
    """Make a stage with a chat page."""
    async with AsyncExitStack() as stack:
        database = FakeDatabase(metadata)
        stack.push_async_callback(database.aclose)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        stage = WebStage(folder, database=database, group=group)
        stack.callback(stage.leave)
        yield stage


STAGES = {
    "memory idempotent": memory_stage(Certainty.IDEMPOTENT),
    "memory confirmable": memory_stage(Certainty.CONFIRMABLE),
    "memory blind": memory_stage(Certainty.BLIND),
    "console": console_stage,
    "web": web_stage,
}


@pytest.mark.parametrize("check", ADAPTER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_adapter_keeps_the_contract(
    check: Check,
    stage: Callable[[Path], AbstractAsyncContextManager[AdapterStage]],
    tmp_path: Path,
) -> None:
    """Every adapter does what the contract says."""
    async with stage(tmp_path) as made:
        await check(made)


def test_a_broken_expectation_is_told() -> None:
    """A check that fails says what it expected."""
    with pytest.raises(AssertionError, match="the line must be open"):
        expect([], "the line must be open")
