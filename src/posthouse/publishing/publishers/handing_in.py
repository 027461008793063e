"""The endpoint of an `InboundPublisher`: what is asked for, checked, committed and answered."""

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import Select, delete, literal, select
from sqlalchemy.dialects import sqlite

from posthouse.errors import ConflictError, StoreUnavailableError
from posthouse.ports.adapter import Endpoint
from posthouse.publishing.publishers import sources
from posthouse.publishing.publishers.caching import DAY_S
from posthouse.publishing.publishers.inbound import InboundPublisher
from posthouse.publishing.publishers.publisher import Fresh, Round
from posthouse.publishing.publishers.runner import Runner
from posthouse.publishing.publishers.signing import refusal
from posthouse.publishing.publishers.sources import Source
from posthouse.storage.publishing import handed_in, item as items

KEPT_S = 7 * DAY_S
"""How long an answer is kept for who asks again under the same key."""
MOST_KEY = 200
RETRY_AFTER = ("retry-after", "30")

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Answer(Struct, frozen=True):
    """What a request gets."""

    status: int
    body: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = ()


class HandingIn:
    """An ASGI application that takes the items of one publisher."""

    def __init__(self, runner: Runner, source: Source) -> None:
        if not isinstance(source.publisher, InboundPublisher):
            raise TypeError(f"publisher {source.name} is given nothing")
        self._runner = runner
        self._source = source
        self._publisher: InboundPublisher[Any] = source.publisher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        await _send(send, await self._answer(scope, receive), has_body=scope["method"] != "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if (wrong := _misplaced(scope)) is not None:
            return wrong
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        body = await _body(receive, self._publisher.most_bytes)
        if body is None:
            most = self._publisher.most_bytes
            return _no(413, f"a body may have {most} bytes", ("connection", "close"))
        now = self._runner.clock.timestamp()
        if why := refusal(headers, body, self._publisher.secrets, now=now):
            return _no(401, why)
        idempotency = headers.get("idempotency-key") or headers.get("x-github-delivery")
        if idempotency is not None and not 0 < len(idempotency) <= MOST_KEY:
            return _no(400, f"an Idempotency-Key has at most {MOST_KEY} characters")
        if not self._source.active.is_set():
            return _no(503, f"this publisher is {self._source.state}", RETRY_AFTER)
        return await self._take(body, idempotency)

    async def _take(self, body: bytes, idempotency: str | None) -> Answer:
        topic = self._publisher.topic
        try:
            decoded = msgspec.json.decode(body, type=topic.item_type)
            key = self._publisher.key_of(decoded, idempotency=idempotency, body=body)
        except msgspec.ValidationError as error:
            return _no(422, f"the item does not fit: {error}")
        except LookupError as error:
            return _no(422, str(error.args[0]))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _no(400, f"the body is not JSON: {error}")
        try:
            async with self._source.lock:
                return await self._commit(Fresh(key, decoded), body, idempotency)
        except StoreUnavailableError:
            return _no(503, "the database cannot write now", RETRY_AFTER)

    async def _commit(self, fresh: Fresh[Any], body: bytes, idempotency: str | None) -> Answer:
        digest = hashlib.sha256(body).digest()
        if idempotency is not None and (known := await self._known(idempotency)) is not None:
            if known.digest != digest:
                return _no(409, "this Idempotency-Key was used with another body; use a new one")
            return self._taken(fresh.key, known.item)
        more = [] if idempotency is None else self._noted(fresh.key, idempotency, digest)
        source = self._source  # its row goes with the item
        source.state, source.fetched = sources.RUNNING, self._runner.clock.timestamp()
        await self._runner.take(source, Round(items=[fresh]), *more)
        found = await self._runner.store.fetch(_number(self._publisher.topic.name, fresh.key))
        if not found:
            raise ConflictError(f"item {fresh.key} is gone as soon as it was committed")
        return self._taken(fresh.key, found[0].id)

    def _noted(self, key: str, idempotency: str, digest: bytes) -> list[Any]:
        """Note what is answered, and forget what was long ago."""
        now = self._runner.clock.timestamp()
        name = self._publisher.name
        row = {
            "publisher": literal(name),
            "key": literal(idempotency),
            "digest": literal(digest),
            "item": items.c.id,
            "at": literal(now),
        }
        columns = (value.label(column) for column, value in row.items())
        made = _where(select(*columns), self._publisher.topic.name, key)
        return [
            delete(handed_in).where(handed_in.c.publisher == name, handed_in.c.at < now - KEPT_S),
            sqlite.insert(handed_in).from_select([*row], made),
        ]

    async def _known(self, idempotency: str) -> Any:
        found = await self._runner.store.fetch(
            select(handed_in).where(
                handed_in.c.publisher == self._publisher.name, handed_in.c.key == idempotency
            )
        )
        return found[0] if found else None

    def _taken(self, key: str, number: int) -> Answer:
        return Answer(201, {"topic": self._publisher.topic.name, "key": key, "item": number})


def endpoints(runner: Runner) -> list[Endpoint]:
    """Return what a site's web server answers for its publishers."""
    return [
        Endpoint(path=source.publisher.path, app=HandingIn(runner, source))
        for source in runner.sources.values()
        if isinstance(source.publisher, InboundPublisher)
    ]


def _number(topic: str, key: str) -> Select[Any]:
    return _where(select(items.c.id), topic, key)


def _where(found: Select[Any], topic: str, key: str) -> Select[Any]:
    return found.where(items.c.topic == topic, items.c.key == key)


def _misplaced(scope: Scope) -> Answer | None:
    if scope["path"][len(scope.get("root_path", "")) :].strip("/"):
        return _no(404, "not found")
    if scope["method"] != "POST":
        return _no(405, "items are handed in by POST", ("allow", "POST"))
    return None


def _no(status: int, why: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, {"error": why}, headers)


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the body, or None when it is too long."""
    found, is_more = bytearray(), True
    while is_more:
        message = await receive()
        found += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(found) > most:
            return None
    return bytes(found)


async def _send(send: Send, answer: Answer, *, has_body: bool) -> None:
    body = msgspec.json.encode(answer.body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *((name.encode(), value.encode()) for name, value in answer.headers),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body if has_body else b""})
