"""A Bot API server that answers with whatever a test scripted, down to the bytes on the wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

TOKEN = "123456:AAExampleOfNobody_canary"
ME = {"id": 123456, "is_bot": True, "first_name": "Post", "username": "post_bot"}


class Call(NamedTuple):
    """A request as it came."""

    method: str
    body: dict[str, Any]


class Reset(Exception):  # noqa: N818  an instruction, no error
    """Break the connection instead of answering."""


def http(status: int, body: bytes, *, kind: str = "application/json", more: str = "") -> bytes:
    """Return an answer as it stands on the wire."""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


def ok(result: Any) -> bytes:
    """Return a successful answer."""
    return http(200, json.dumps({"ok": True, "result": result}).encode())


def refused(code: int, description: str, *, more: str = "", **parameters: Any) -> bytes:
    """Return a refusal."""
    body = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return http(code, json.dumps(body).encode(), more=more)


class Scripted:
    """Answers each method from its script; the last answer of a script stays."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.url = ""
        self._scripts: dict[str, list[Any]] = {}
        self._sent = 0

    def on(self, method: str, *answers: Any) -> None:
        """Answer the next calls of a method so.

        An answer is bytes, a number (seconds to wait, with the next answer behind it), an Event
        (the same, until it is set), a Reset ("early": before the body is read, "late": after it),
        or a function of the call.
        """
        self._scripts.setdefault(method, []).extend(answers)

    def of(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of all calls of a method."""
        return [call.body for call in self.calls if call.method == method]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while line := await reader.readline():
                method = line.split()[1].decode().rpartition("/")[2]
                length = 0
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode().partition(":")
                    if name.lower() == "content-length":
                        length = int(value)
                script = self._scripts.get(method, [])
                step = script.pop(0) if len(script) > 1 else script[0] if script else None
                if isinstance(step, Reset) and step.args == ("early",):
                    raise step
                body = await reader.readexactly(length)
                call = Call(method, json.loads(body or b"{}"))
                self.calls.append(call)
                while isinstance(step, float | asyncio.Event):
                    await (asyncio.sleep(step) if isinstance(step, float) else step.wait())
                    step = script.pop(0) if len(script) > 1 else script[0]
                if callable(step):
                    step = step(call)
                if isinstance(step, Reset):
                    raise step
                writer.write(step if step is not None else self._usual(call))
                await writer.drain()
        except (Reset, ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            writer.close()

    def _usual(self, call: Call) -> bytes:
        match call.method:
            case "getMe":
                return ok(ME)
            case "getMyCommands" | "getUpdates":
                return ok([])
            case "getWebhookInfo":
                return ok({"url": "", "has_custom_certificate": False, "pending_update_count": 0})
            case name if name.startswith(("send", "edit")) and name != "sendChatAction":
                self._sent += 1
                return ok(message(self._sent, call.body["chat_id"], call.body.get("text", "")))
        return ok(True)


def message(number: int, chat: int, text: str) -> dict[str, Any]:
    """Return a message as Telegram does."""
    kind = "private" if chat > 0 else "supergroup"
    return {"message_id": number, "date": 1, "chat": {"id": chat, "type": kind}, "text": text}


@asynccontextmanager
async def serving() -> AsyncIterator[Scripted]:
    """Serve on a free port of the loopback."""
    scripted = Scripted()
    server = await asyncio.start_server(scripted.answer, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
