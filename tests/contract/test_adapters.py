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
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.adapters.web import WebAdapter
from posthouse.adapters.web.tables import metadata
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File
from posthouse.model.outgoing import Content
from posthouse.model.text import Text
from posthouse.model.update import FileMessage, TextMessage
from posthouse.payloads import Keys
from posthouse.ports.adapter import Adapter, Certainty, Endpoint, Host, Receiver
from posthouse.ports.clock import Clock, SystemClock
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.clock import FakeClock
from posthouse.testing.contracts.adapter import ADAPTER_CHECKS, Check, expect
from posthouse.testing.contracts.media import MEDIA_CHECKS, Check as MediaCheck, MediaStage
from posthouse.testing.fakes import FakeDatabase
from posthouse.testing.messenger import MESSENGER, FakeMessenger
from posthouse.testing.telegram import Message, Simulator

TELEGRAM = "123:contract"
"""A token of nobody's."""


class Stage:
    """What the stages share."""

    def __init__(self, folder: Path, *, database: FakeDatabase) -> None:
        self.chat = "ann"
        self._folder = folder
        self._database = database
        self._clock: Clock = SystemClock()
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

    async def sends_file(self, path: Path) -> None:
        """Send a file."""
        now, number = self._clock.now(), self.messenger.next_id()
        content = await asyncio.to_thread(path.read_bytes)
        self.messenger.offer("bot", content, key=f"f{number}")
        file = File(key=f"f{number}", name=path.name, size_bytes=len(content), bot="bot")
        self.messenger.tell(
            FileMessage(
                id=f"u{number}",
                bot="bot",
                at=now,
                chat=self._place,
                person=Person(id="ann", name="Ann"),
                message_id=f"m{number}",
                file=file,
            )
        )

    async def shown_media(self) -> list[bytes]:
        """Return the content of the bot's files."""
        files = [file for m in self.messenger.shown_in("ann") for file in m.content.files]
        return [self.messenger.content("bot", file.key) for file in files]

    async def shown(self) -> list[str]:
        """Return what the bot shows."""
        return [m.text for m in self.messenger.shown_in("ann") if not m.author]


def memory_stage(
    certainty: Certainty,
) -> Callable[[Path], AbstractAsyncContextManager[MediaStage]]:
    """Return how to make a stage with a messenger of that certainty."""

    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[MediaStage]:
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
        self._clock = FakeClock()  # every start is within the same moment
        self.chat = "console"
        self.paper = Paper()

    def adapter(self) -> Adapter:
        """Make an adapter on the same terminal."""
        return ConsoleAdapter({}, terminal=self.paper)

    async def says(self, words: str) -> None:
        """Type a line."""
        self.paper.lines.put_nowait(words)

    async def sends_file(self, path: Path) -> None:
        """Type its path."""
        self.paper.lines.put_nowait(f"file {path}")

    async def shown_media(self) -> list[bytes]:
        """Return what the files hold whose paths were written."""
        lines = [line for text in self.paper.written for line in text.splitlines()]
        paths = [Path(line.rpartition("] ")[2]) for line in lines if line.startswith("[file ")]
        return [await asyncio.to_thread(path.read_bytes) for path in paths]

    async def shown(self) -> list[str]:
        """Return everything that was written."""
        return self.paper.written


@asynccontextmanager
async def console_stage(folder: Path) -> AsyncIterator[MediaStage]:
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
        async with asyncio.timeout(15):
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

    async def sends_file(self, path: Path) -> None:
        """Upload a file and say it on the page."""
        self._heard()
        content = await asyncio.to_thread(path.read_bytes)
        status, body = await self._ask("POST", "/files", content, query=f"name={path.name}")
        expect(status == 201, f"an upload is answered {status}")
        if self._page is not None:
            self._page.say(t="say", id=f"c{next(self._ids)}", text="", file=json.loads(body)["key"])

    async def shown_media(self) -> list[bytes]:
        """Download the files of the bot's messages."""
        files = [file for content in await self._contents() for file in content.get("files", ())]
        answers = [await self._ask("GET", f"/files/{file['key']}") for file in files]
        expect(all(status == 200 for status, _ in answers), "the person may see them")
        return [body for _, body in answers]

    async def shown(self) -> list[str]:
        """Return what a page that is opened now shows of the bot's messages."""
        return [content["text"]["plain"] for content in await self._contents()]

    async def _contents(self) -> list[Any]:
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
        return [m["content"] for m in bot]

    async def _enter(self) -> None:
        headers: dict[str, str] = {}
        body = json.dumps({"name": "Ann"}).encode()
        _, said = await self._ask("POST", "/person", body, headers=headers)
        self._cookie = headers["set-cookie"].split(";")[0]
        self.chat = json.loads(said)["id"]

    async def _ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Ask the server over HTTP; what it sets goes into `headers`."""
        answer: list[Any] = []
        asked = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return asked.pop() if asked else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            answer.append(message)

        scope = self._scope("http") | {"method": method, "path": path}
        await self._app(scope | {"query_string": query.encode()}, receive, send)
        if headers is not None:
            headers |= {key.decode(): value.decode() for key, value in answer[0]["headers"]}
        return answer[0]["status"], b"".join(part["body"] for part in answer[1:])

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
            "path": "/socket",
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
async def web_stage(folder: Path) -> AsyncIterator[MediaStage]:
    """Make a stage with a chat page."""
    async with AsyncExitStack() as stack:
        database = FakeDatabase(metadata)
        stack.push_async_callback(database.aclose)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        stage = WebStage(folder, database=database, group=group)
        stack.callback(stage.leave)
        yield stage


# --- Telegram


class TelegramStage(Stage):
    """Somebody in a private chat of the simulator."""

    def __init__(self, folder: Path, *, database: FakeDatabase, telegram: Simulator) -> None:
        super().__init__(folder, database=database)
        self._telegram = telegram
        self._person = telegram.person("Ann")
        self.chat = str(self._person.id)

    def adapter(self) -> Adapter:
        """Make an adapter that polls the simulator."""
        return TelegramAdapter({"token": TELEGRAM, "base_url": self._telegram.base_url})

    async def says(self, words: str) -> None:
        """Write in the chat."""
        await self._person.says(words)

    async def sends_file(self, path: Path) -> None:
        """Send a document."""
        content = await asyncio.to_thread(path.read_bytes)
        await self._person.sends_file(path.name, content)

    async def shown(self) -> list[str]:
        """Return what the bot's messages say."""
        return [message.content for message in self._messages()]

    async def shown_media(self) -> list[bytes]:
        """Return what the files of the bot's messages hold."""
        telegram, shown = self._telegram, []
        for message in self._messages():
            body = telegram.world.files.as_seen_by(telegram.bot().id, message.body)
            for each in (body.get("document"), *body.get("photo", [])[-1:]):
                if each is not None:
                    found = telegram.world.files.find(telegram.bot().id, each["file_id"])
                    expect(found is not None, "a file that is shown must be there")
                    shown.append(b"" if found is None else found[0].content)
        return shown

    def _messages(self) -> list[Message]:
        return [each for each in self._person.screen if each.author != self._person.id]


@asynccontextmanager
async def telegram_stage(folder: Path) -> AsyncIterator[MediaStage]:
    """Make a stage with a Bot API server."""
    database = FakeDatabase()
    async with Simulator(bots=[TELEGRAM]) as telegram:
        telegram.world.slows_polling = False  # it would only take longer
        yield TelegramStage(folder, database=database, telegram=telegram)
    await database.aclose()


STAGES = {
    "memory idempotent": memory_stage(Certainty.IDEMPOTENT),
    "memory confirmable": memory_stage(Certainty.CONFIRMABLE),
    "memory blind": memory_stage(Certainty.BLIND),
    "console": console_stage,
    "web": web_stage,
    "telegram": telegram_stage,
}


# Telegram repeats nothing to somebody who polls and does not ask again; tests/unit has the rest.
NOT_ASKED = {("telegram", "unacknowledged_update_comes_again")}
CASES = [
    pytest.param(check, stage, id=f"{name}-{check.__name__}")
    for name, stage in STAGES.items()
    for check in ADAPTER_CHECKS
    if (name, check.__name__) not in NOT_ASKED
]


@pytest.mark.parametrize(("check", "stage"), CASES)
async def test_adapter_keeps_the_contract(
    check: Check,
    stage: Callable[[Path], AbstractAsyncContextManager[MediaStage]],
    tmp_path: Path,
) -> None:
    """Every adapter does what the contract says."""
    async with stage(tmp_path) as made:
        await check(made)


@pytest.mark.parametrize("check", MEDIA_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_adapter_carries_media(
    check: MediaCheck,
    stage: Callable[[Path], AbstractAsyncContextManager[MediaStage]],
    tmp_path: Path,
) -> None:
    """Every adapter that shows files does what the contract says of them."""
    async with stage(tmp_path) as made:
        await check(made)


def test_a_broken_expectation_is_told() -> None:
    """A check that fails says what it expected."""
    with pytest.raises(AssertionError, match="the line must be open"):
        expect([], "the line must be open")
