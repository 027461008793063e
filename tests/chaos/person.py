"""One person on a WebSocket who says things, comes back when the line breaks, and forgets nothing.

How this works: each message has a client id and stays in `unacknowledged` until its `ack`. After a
break the person says hello with the highest `seq` seen and repeats what is not acknowledged, in
order, with the same ids. What the bot answers is collected by message id, so that an answer shown
twice under one id counts once and one sent twice counts twice.
"""

import asyncio
import json
import random
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

WINDOW = 6
"""Messages of one person that may be without an acknowledgement."""


class Person:
    """Says `count` messages and waits for as many answers."""

    def __init__(
        self, number: int, port: int, *, count: int, dice: random.Random, path: str = ""
    ) -> None:
        self.words = [f"person {number} message {n}" for n in range(1, count + 1)]
        self.id = ""
        self.unacknowledged: dict[str, str] = {}
        self.acknowledged = 0
        self.repeated = 0
        self.answers: dict[str, str] = {}
        """What the bot said, by message id, in the order of arrival."""
        self.complaints: list[str] = []
        self.is_connected = False
        self.acknowledgement: Callable[[], None] = lambda: None
        """Called after each acknowledgement, once further messages have been sent."""
        self._number = number
        self._port = port
        self._path = path
        self._dice = dice
        self._cookie = ""
        self._said = 0
        self._seq = 0
        self._held_until: float | None = None
        """The server asked to wait until then."""

    @property
    def is_done(self) -> bool:
        """Whether everything is acknowledged and answered."""
        everything = len(self.words)
        return self.acknowledged >= everything and len(self.answers) >= everything

    def arrive(self) -> None:
        """Get a name and a cookie; blocks."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request(
            "POST", f"{self._path}/person", json.dumps({"name": f"Person {self._number}"})
        )
        answer = connection.getresponse()
        self.id = str(json.loads(answer.read())["id"])
        self._cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        connection.close()

    async def talk(self) -> None:
        """Say everything, over as many connections as it takes."""
        while not self.is_done:
            try:
                async with self._connected() as line:
                    self.is_connected = True
                    await self._serve(line)
            except (OSError, TimeoutError, WebSocketException):
                pass
            finally:
                self.is_connected = False
            if not self.is_done:
                await asyncio.sleep(self._dice.uniform(0.05, 0.3))

    async def history(self) -> list[tuple[bool, str]]:
        """Return the whole chat as the server tells it: (is it mine, words), the oldest first."""
        shown: dict[int, tuple[bool, str]] = {}
        async with self._connected() as line:
            await line.send(json.dumps({"t": "hello", "seq": 0}))
            while True:
                frame = json.loads(await line.recv())
                if frame["t"] != "history" or frame["chat"] != self.id:
                    continue
                for message in frame["messages"]:
                    shown[message["place"]] = (message["mine"], _words(message))
                if not frame["more"]:
                    return [shown[place] for place in sorted(shown)]
                ask = {"t": "more", "chat": self.id, "before": min(shown)}
                await line.send(json.dumps(ask))

    # --- one connection

    def _connected(self) -> connect:
        return connect(
            f"ws://127.0.0.1:{self._port}{self._path}/socket",
            additional_headers={"Cookie": self._cookie},
            open_timeout=30,
            ping_interval=None,
            compression=None,
            close_timeout=1,
        )

    async def _serve(self, line: ClientConnection) -> None:
        self._held_until = None
        await line.send(json.dumps({"t": "hello", "seq": self._seq}))
        await self._repeat(line)
        while not self.is_done:
            try:
                async with asyncio.timeout_at(self._held_until):
                    raw = await line.recv()
            except TimeoutError:
                self._held_until = None
                await self._repeat(line)
            else:
                await self._take(json.loads(raw), line)

    async def _take(self, frame: dict[str, Any], line: ClientConnection) -> None:
        match frame["t"]:
            case "ack":
                if self.unacknowledged.pop(frame["id"], None) is not None:
                    self.acknowledged += 1
                await self._say_more(line)
                self.acknowledgement()
            case "later" if self._held_until is None:
                self._held_until = asyncio.get_running_loop().time() + frame["retry_s"]
            case "refused":
                self.complaints.append(f"refused: {frame['reason']}")
            case "message":
                self._seq = max(self._seq, frame["seq"])
                self._look(frame)
            case "history":
                for message in frame["messages"]:
                    self._look(message)
            case "synced":
                self._seq = max(self._seq, frame["seq"])

    def _look(self, message: dict[str, Any]) -> None:
        if message["chat"] == self.id and not message["mine"]:
            self.answers.setdefault(message["id"], _words(message))

    async def _repeat(self, line: ClientConnection) -> None:
        for client_id, words in list(self.unacknowledged.items()):
            self.repeated += 1
            await line.send(json.dumps({"t": "say", "id": client_id, "text": words}))
        await self._say_more(line)

    async def _say_more(self, line: ClientConnection) -> None:
        everything = len(self.words)
        while (
            self._held_until is None
            and len(self.unacknowledged) < WINDOW
            and self._said < everything
        ):
            words = self.words[self._said]
            self._said += 1
            client_id = f"m{self._said}"
            self.unacknowledged[client_id] = words
            await line.send(json.dumps({"t": "say", "id": client_id, "text": words}))


def _words(message: dict[str, Any]) -> str:
    return str(message["content"].get("text", {}).get("plain", ""))
