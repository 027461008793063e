"""Requests that go to an application whole, below ASGI, where it takes them so.

How this works: a messenger's webhook is one small request and one small answer, and ASGI costs
more than all the server does besides: a task, a scope, two events each way. Uvicorn's protocol
parses as always; when the headers are there and the endpoint is a `TakesWhole`, the request becomes
an `Exchange` instead of a task. The exchange stands where uvicorn keeps what it answers, so keeping
alive, pipelining and stopping go on as they do. Whatever is unusual about a request goes to ASGI.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from posthouse.ports.adapter import TakesWhole
from posthouse.server.mounts import Mounts

MOST_BYTES: Final = 64 * 1024
"""Longest body that comes whole; for a longer one ASGI lets who is not welcome be refused first."""
# Of the headers that other answers have, the one that is not for pages alone.
_STATUS_LINES: Final = {
    each.value: (
        f"HTTP/1.1 {each.value} {each.phrase}\r\nx-content-type-options: nosniff\r\n".encode()
    )
    for each in HTTPStatus
}


class _Nobody:
    """Stands for those who wait for an event: nobody does."""

    def set(self) -> None:
        """Tell nobody."""


class Exchange:
    """One request and its answer, with the names that uvicorn looks for."""

    __slots__ = (
        "_protocol",
        "app",
        "body",
        "disconnected",
        "headers",
        "keep_alive",
        "more_body",
        "path",
        "response_complete",
    )
    message_event: Final = _Nobody()

    def __init__(
        self, protocol: Any, headers: Mapping[bytes, bytes], app: TakesWhole, path: str
    ) -> None:
        self._protocol = protocol
        self.headers = headers
        self.app = app
        self.path = path
        self.body = b""
        self.keep_alive: bool = protocol.parser.should_keep_alive()
        self.more_body = True
        self.disconnected = False
        self.response_complete = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not (self.response_complete or self.disconnected)

    def answer(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        """Answer at once, unless it was answered, and let uvicorn go on as after any other."""
        if not self.is_open:
            return
        self.response_complete = True
        protocol = self._protocol
        parts = [_STATUS_LINES[status]]
        for name, value in (*protocol.server_state.default_headers, *headers):
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"content-length: %d\r\n" % len(body))
        parts.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        parts.append(body)
        protocol.transport.write(b"".join(parts))
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()


def protocol_of(mounts: Mounts) -> type[Any]:
    """Make the protocol of a server with these mounts."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class WholeProtocol(HttpToolsProtocol):
        """Uvicorn's own, but for requests that are taken whole."""

        cycle: Any
        complete: Exchange | None = None

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            # Not within the parser, which would take an error for one of its own.
            complete, self.complete = self.complete, None
            if complete is not None and complete.is_open:
                complete.app.take(complete.path, complete.headers, complete.body, complete)

        def on_headers_complete(self) -> None:
            headers = dict(self.headers)
            found = mounts.whole(self.url) if _is_usual(self, headers) else None
            if found is None:
                super().on_headers_complete()
            else:
                self.cycle = Exchange(self, headers, *found)

        def on_body(self, body: bytes) -> None:
            if type(self.cycle) is Exchange:
                self.cycle.body += body
            else:
                super().on_body(body)

        def on_message_complete(self) -> None:
            if type(self.cycle) is Exchange:
                self.complete = self.cycle
            else:
                super().on_message_complete()

    return WholeProtocol


def _is_usual(protocol: Any, headers: Mapping[bytes, bytes]) -> bool:
    parser, before = protocol.parser, protocol.cycle
    return (
        parser.get_method() == b"POST"
        and (before is None or before.response_complete)
        and 0 <= int(headers.get(b"content-length", b"-1")) <= MOST_BYTES
        and parser.get_http_version() == "1.1"
        and not protocol.expect_100_continue
        and not parser.should_upgrade()
    )
