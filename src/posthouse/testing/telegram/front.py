"""The HTTP side: addresses, bodies, answers, and faults where they are wanted."""

import asyncio
import os
import re
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import msgspec

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.api import Answer, Api, refused
from posthouse.testing.telegram.faults import NO_EFFECT, Fault, FaultKind, Faults
from posthouse.testing.telegram.journal import Entry
from posthouse.testing.telegram.parameters import Arguments, EncodingError, TooLargeError, read
from posthouse.testing.telegram.refusals import RefusalError, refuse, too_many

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Control = Callable[[str, str, bytes], Awaitable[tuple[int, Any]]]

TRANSPORT = "posthouse.transport"
"""Where the server puts the connection into the scope, so that it can be cut."""
MOST_BODY_BYTES = 60 * 1024 * 1024
_BOT = re.compile(r"/bot([^/]+)(?:/test)?(?:/([^/]*))?/?")
_FILE = re.compile(r"/file/bot([^/]+)/(.+)")
_TRICKLE = 20
_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_PAGES = {
    FaultKind.BAD_GATEWAY: (502, "502 Bad Gateway"),
    FaultKind.GATEWAY_TIMEOUT: (504, "504 Gateway Time-out"),
}


class Front:
    """The ASGI application of the simulator.

    Args:
        control: What answers below /control/: gets method, path and body, returns status and JSON.
    """

    def __init__(self, api: Api, faults: Faults, control: Control) -> None:
        self._api = api
        self._faults = faults
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        reply = _Reply(scope, send)
        if scope["method"] not in {"GET", "POST"} and not scope["path"].startswith("/control/"):
            await reply.write(501, b"")
            return
        body = await _read_body(receive)
        if body is None:
            await reply.write(413, b"", {"Connection": "close"})
            return
        await self._route(scope, body, reply)

    async def _route(self, scope: Scope, body: bytes, reply: "_Reply") -> None:
        path = unquote(scope["raw_path"].decode().partition("?")[0])
        if found := _BOT.fullmatch(path):
            await self._method(found[1], found[2] or "", scope, body, reply)
        elif found := _FILE.fullmatch(path):
            await self._file(found[1], found[2], reply)
        elif path.startswith("/control/"):
            status, value = await self._control(
                scope["method"], path.removeprefix("/control/"), body
            )
            await reply.json(status, value)
        else:
            await reply.answer(refused(refuse(refusals.NOT_FOUND)))

    async def _method(
        self, token: str, method: str, scope: Scope, body: bytes, reply: "_Reply"
    ) -> None:
        headers = {key.decode().lower(): value.decode("latin-1") for key, value in scope["headers"]}
        try:
            arguments = read(scope["query_string"].decode(), headers, body)
        except TooLargeError:
            await reply.write(413, b"", {"Connection": "close"})
            return
        except EncodingError:
            await reply.write(415, b"")
            return
        method = method or arguments.texts.get("method", "")
        if not method:
            await reply.answer(refused(refuse(refusals.NOT_FOUND)))
            return
        entry = self._api.note(token, method, arguments, via="request")
        fault = self._faults.next(method, arguments.texts, entry.bot)
        if fault is None:
            answer = await self._api.call(token, entry, arguments)
            self._faults.release()
            await reply.answer(answer)
        else:
            entry.fault = fault.kind
            await self._spoil(fault, token, entry, arguments, reply)

    async def _file(self, token: str, path: str, reply: "_Reply") -> None:
        try:
            self._api.bot(token)
        except RefusalError as refusal:
            await reply.answer(refused(refusal))
            return
        stored = self._api.world.files.at(path)
        if stored is None:
            await reply.answer(refused(refuse(refusals.NOT_FOUND)))
            return
        await reply.write(200, stored.content, kind="application/octet-stream")

    # --- faults

    async def _spoil(
        self, fault: Fault, token: str, entry: Entry, arguments: Arguments, reply: "_Reply"
    ) -> None:
        if fault.kind in NO_EFFECT:
            await self._instead(fault, entry, reply)
            return
        if fault.kind is FaultKind.REORDER and entry.method.lower() != "getupdates":
            await self._faults.hold()
        answer = await self._api.call(token, entry, arguments)
        if fault.kind is FaultKind.DUPLICATE and entry.method.lower() != "getupdates":
            answer = await self._api.call(token, entry, arguments)
        await self._afterwards(fault, answer, reply)

    async def _instead(self, fault: Fault, entry: Entry, reply: "_Reply") -> None:
        answer = Answer(body={})
        match fault.kind:
            case FaultKind.RESET_BEFORE:
                reply.reset()
                return
            case FaultKind.BAD_GATEWAY:
                await _page(fault.kind, reply)
                entry.status = _PAGES[fault.kind][0]
                return
            case FaultKind.TOO_MANY:
                answer = refused(too_many(fault.retry_after_s))
            case FaultKind.SERVER_ERROR:
                answer = refused(refuse("Internal Server Error: restart"))
            case _:
                answer = refused(RefusalError(fault.description, code=fault.code))
        if not fault.has_header:
            answer.headers.clear()
        if fault.kind is FaultKind.NOT_OK:
            answer.status = 200
        entry.status = answer.status
        entry.description = str(answer.body["description"])
        await reply.answer(answer)

    async def _afterwards(self, fault: Fault, answer: Answer, reply: "_Reply") -> None:
        clock = self._api.world.clock
        match fault.kind:
            case FaultKind.GATEWAY_TIMEOUT:
                await _page(fault.kind, reply)
            case FaultKind.EMPTY:
                await reply.write(200, b"")
            case FaultKind.CUT:
                await reply.cut(answer)
            case FaultKind.SILENCE:
                await clock.sleep(fault.delay_s)
                reply.reset()
            case FaultKind.RESET_AFTER:
                reply.reset()
            case FaultKind.SLOW:
                await reply.trickle(answer, lambda: clock.sleep(fault.delay_s / _TRICKLE))
            case _:
                if isinstance(answer.body.get("result"), list):
                    found = answer.body["result"]
                    twice = fault.kind is FaultKind.DUPLICATE
                    answer.body["result"] = (
                        [one for one in found for _ in range(2)] if twice else found[::-1]
                    )
                await reply.answer(answer)


async def _page(kind: FaultKind, reply: "_Reply") -> None:
    status, title = _PAGES[kind]
    await reply.write(status, _PAGE.format(title).encode(), kind="text/html")


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than any server takes."""
    pieces, size_bytes = [], 0
    while True:
        event = await receive()
        piece = event.get("body", b"")
        size_bytes += len(piece)
        if size_bytes > MOST_BODY_BYTES:
            return None
        pieces.append(piece)
        if not event.get("more_body"):
            return b"".join(pieces)


class _Reply:
    """Writes the answer of one request, whole or not."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send

    async def answer(self, answer: Answer) -> None:
        """Write a whole answer of the Bot API."""
        await self.write(answer.status, msgspec.json.encode(answer.body), answer.headers)

    async def json(self, status: int, value: Any) -> None:
        """Write JSON."""
        await self.write(status, msgspec.json.encode(value))

    async def write(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        kind: str = "application/json",
    ) -> None:
        """Write a whole answer."""
        await self._start(status, len(body), headers or {}, kind)
        await self._send({"type": "http.response.body", "body": body})

    async def cut(self, answer: Answer) -> None:
        """Write half an answer that promised to be whole, and end the connection."""
        body = msgspec.json.encode(answer.body)
        await self._start(answer.status, len(body), answer.headers, "application/json")
        half = body[: len(body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        self._scope[TRANSPORT].close()

    async def trickle(self, answer: Answer, pause: Callable[[], Awaitable[None]]) -> None:
        """Write an answer in small pieces."""
        body = msgspec.json.encode(answer.body)
        await self._start(answer.status, len(body), answer.headers, "application/json")
        size = max(1, -(-len(body) // _TRICKLE))
        for begin in range(0, len(body), size):
            await pause()
            piece = body[begin : begin + size]
            more = begin + size < len(body)
            await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    def reset(self) -> None:
        """End the connection as a machine does that does not know it: with RST."""
        transport: asyncio.Transport = self._scope[TRANSPORT]
        number = transport.get_extra_info("socket").fileno()
        with socket.socket(fileno=os.dup(number)) as same:
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    async def _start(self, status: int, length: int, headers: dict[str, str], kind: str) -> None:
        found = {"Content-Type": kind, "Content-Length": str(length), **headers}
        await self._send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(key.lower().encode(), value.encode()) for key, value in found.items()],
            }
        )
