"""A WSGI request as the ASGI application of a site answers it."""

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from posthouse.server.mounts import ASGIApp

MOST_BYTES: Final = 16 * 1024 * 1024
"""Longest body that is taken."""


class Answer(NamedTuple):
    """A whole answer."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def plain(status: HTTPStatus, text: str, **headers: str) -> Answer:
    """Return an answer of one sentence."""
    body = text.encode()
    given = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(
        f"{status.value} {status.phrase}",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *given],
        body,
    )


def read_body(environ: Mapping[str, Any]) -> bytes | None:
    """Return the body of a request, None for one that is too long or says no length."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(int(length)) if int(length) else b""
    return body


async def answer(app: ASGIApp, environ: Mapping[str, Any], body: bytes) -> Answer:
    """Let an ASGI application answer; runs in its event loop."""
    begun: dict[str, Any] = {}
    parts: list[bytes] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        return await asyncio.get_running_loop().create_future()  # WSGI tells of no disconnect

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope_of(environ), receive, send)
    status = HTTPStatus(begun["status"])
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in begun["headers"]
    ]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain; charset=utf-8"))  # WSGI servers insist on it
    return Answer(f"{status.value} {status.phrase}", headers, b"".join(parts))


def scope_of(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Return a WSGI request's environment as an ASGI scope."""
    # PEP 3333: paths are bytes in the shape of Latin-1 text.
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    port = environ.get("SERVER_PORT") or "80"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").partition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ.get("wsgi.url_scheme", "http"),
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "root_path": environ.get("SCRIPT_NAME", ""),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "headers": list(_headers(environ)),
        "client": (environ.get("REMOTE_ADDR", ""), 0),
        "server": (environ.get("SERVER_NAME", ""), int(port)),
        "state": {},
    }


def _headers(environ: Mapping[str, Any]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            key = name[5:]
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            key = name
        else:
            continue
        yield key.replace("_", "-").lower().encode("latin-1"), value.encode("latin-1")
