"""One ASGI application out of many: the longest prefix of the path decides.

`/healthz` tells how the site is.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

import msgspec

from posthouse.errors import SetupError
from posthouse.ports.adapter import Endpoint, TakesWhole

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Health: TypeAlias = Callable[[], Sequence[str]]
"""Says what is wrong, one sentence each; nothing when all is well."""
Troubles: TypeAlias = Callable[[], Mapping[str, str]]
"""Says which bots fail, by name, while the site as a whole is well."""

HEALTH_PATH = "/healthz"
RETRY_AFTER_S = b"30"
SECURITY_HEADERS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-opener-policy": b"same-origin",
}
"""Sent with every answer unless the endpoint sets the header itself."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not found</title>
<body style="font: 1rem/1.5 sans-serif; margin: 3rem auto; max-width: 32rem; padding: 1rem">
<h1>Not found</h1>
<p>There is nothing at this address.</p>
</body>
</html>
"""
_NO_SCRIPTS = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


class Mounts:
    """An ASGI application that hands a request to the endpoint with the longest prefix."""

    def __init__(
        self, endpoints: Sequence[Endpoint], *, health: Health, bots: Troubles = dict
    ) -> None:
        self._health = health
        self._bots = bots
        self._by_prefix: dict[str, ASGIApp] = {}
        self._apps: list[tuple[str, ASGIApp]] = []
        self._whole: dict[str, TakesWhole] = {}
        """Those that take requests whole, by prefix."""
        self.add(endpoints)

    def add(self, endpoints: Sequence[Endpoint]) -> None:
        """Answer for further endpoints; raises SetupError when another bot has a path of theirs.

        Several bots may share one application.
        """
        self._by_prefix = _joined(self._by_prefix, endpoints)
        self._sort()

    def remove(self, endpoints: Sequence[Endpoint]) -> None:
        """Answer "come later" on the paths of a bot that has left, until another one takes them."""
        gone = {endpoint.path.rstrip("/"): _come_later for endpoint in endpoints}
        self._by_prefix |= gone
        self._sort()

    def _sort(self) -> None:
        self._apps = sorted(self._by_prefix.items(), key=lambda item: len(item[0]), reverse=True)
        every: list[tuple[str, object]] = [*self._apps]
        self._whole = {prefix: app for prefix, app in every if isinstance(app, TakesWhole)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or WebSocket."""
        guarded = _with_security(send) if scope["type"] == "http" else send
        path: str = scope["path"]
        if path == HEALTH_PATH and scope["type"] == "http":
            await self._answer_health(scope, guarded)
            return
        for prefix, app in self._apps:
            if path == prefix or path.startswith(f"{prefix}/"):
                await app(_below(scope, prefix), receive, guarded)
                return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4404, "reason": "not found"})
            return
        await _answer_not_found(scope, guarded)

    def whole(self, url: bytes) -> tuple[TakesWhole, str] | None:
        """Return who takes a request to an address whole, and what is below its prefix."""
        path = url.partition(b"?")[0].decode("ascii")
        if not self._whole or "%" in path or path == HEALTH_PATH:
            return None
        for prefix, _ in self._apps:
            if path == prefix or path.startswith(f"{prefix}/"):
                whole = self._whole.get(prefix)
                return None if whole is None else (whole, path[len(prefix) :])
        return None

    async def _answer_health(self, scope: Scope, send: Send) -> None:
        problems = list(self._health())
        report: dict[str, Any] = {"ok": not problems, "problems": problems}
        if bots := self._bots():
            report["bots"] = dict(bots)
        body = msgspec.json.encode(report)
        await _answer(
            scope, send, status=503 if problems else 200, kind=b"application/json", body=body
        )


def _joined(before: Mapping[str, ASGIApp], endpoints: Sequence[Endpoint]) -> dict[str, ASGIApp]:
    apps = dict(before)
    for endpoint in endpoints:
        prefix = endpoint.path.rstrip("/")
        if not endpoint.path.startswith("/"):
            raise SetupError(f'the path "{endpoint.path}" of an endpoint must begin with "/"')
        has = apps.get(prefix, _come_later)
        if has not in (_come_later, endpoint.app) or prefix == HEALTH_PATH:
            taken = "the site's own health report" if prefix == HEALTH_PATH else "another bot"
            raise SetupError(
                f'the path "{endpoint.path}" is taken by {taken}; give the bot a path of its own, '
                f'as in path = "/shop"'
            )
        apps[prefix] = endpoint.app
    return apps


def _below(scope: Scope, prefix: str) -> Scope:
    """Return the scope as an application mounted at a prefix gets it.

    ASGI: `path` stays whole and `root_path` is the part of it before the application; Starlette's
    routing cuts it off.
    """
    return scope if not prefix else {**scope, "root_path": scope.get("root_path", "") + prefix}


def _with_security(send: Send) -> Send:
    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers.extend((n, v) for n, v in SECURITY_HEADERS.items() if n not in present)
            message = {**message, "headers": headers}
        await send(message)

    return guarded


async def _come_later(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for a bot that has left: messengers repeat what they could not bring."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": "come later"})
        return
    headers = [(b"retry-after", RETRY_AFTER_S), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _answer_not_found(scope: Scope, send: Send) -> None:
    accepts = b"".join(value for name, value in scope["headers"] if name == b"accept")
    if b"text/html" in accepts:
        await _answer(
            scope, send, status=404, kind=b"text/html; charset=utf-8", body=_PAGE.encode()
        )
    else:
        await _answer(
            scope, send, status=404, kind=b"application/json", body=b'{"error":"not found"}'
        )


async def _answer(scope: Scope, send: Send, *, status: int, kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        _NO_SCRIPTS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
