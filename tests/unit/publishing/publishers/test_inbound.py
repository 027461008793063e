"""Items that are handed in over HTTP, at a real server."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from sqlalchemy import select

from posthouse.errors import SetupError
from posthouse.model.secret import Secret
from posthouse.publishing.publishers import sources
from posthouse.publishing.publishers.handing_in import endpoints
from posthouse.publishing.publishers.inbound import InboundPublisher
from posthouse.publishing.publishers.signing import sign
from posthouse.publishing.topic import Topic
from posthouse.server.server import Server
from posthouse.storage.publishing import handed_in
from posthouse.testing.clock import FakeClock
from tests.unit.publishing.publishers.kit import NOW, Desk, desk

SECRET, OLD_SECRET = "s" * 32, "o" * 32


class Alarm(msgspec.Struct):
    """What is handed in."""

    id: str
    level: int
    text: str = ""


ALARMS = Topic("alarms", Alarm)


class Alarms(InboundPublisher[Alarm]):
    """Takes alarms."""

    topic = ALARMS

    def render(self, item: Alarm) -> str:
        return f"{item.level}: {item.text}"


class Door:
    """The address where alarms are handed in."""

    def __init__(self, it: Desk, session: aiohttp.ClientSession, url: str) -> None:
        self.it = it
        self.session = session
        self.url = url

    async def post(
        self,
        body: bytes | dict[str, Any],
        *,
        key: str | None = None,
        secret: str = SECRET,
        at: float | None = None,
        path: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Hand something in; return status and answer."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        moment = self.it.clock.timestamp() if at is None else at
        signed = {"Posthouse-Signature": sign(raw, secret, at=moment)}
        sent = signed if headers is None else headers
        if key is not None:
            sent = sent | {"Idempotency-Key": key}
        async with self.session.post(f"{self.url}{path}", data=raw, headers=sent) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def door(folder: Path, **more: Any) -> AsyncIterator[Door]:
    """Serve a publisher of alarms."""
    given: dict[str, Any] = {"secret": [SECRET, OLD_SECRET], "key": "id", **more}
    publisher = Alarms("/hooks/alarms", **given)
    async with desk(folder, publisher, clock=FakeClock(NOW)) as it:
        server = Server(endpoints(it.runner), host="127.0.0.1", port=0, health=list)
        url = await server.start()
        async with asyncio.TaskGroup() as tasks, aiohttp.ClientSession() as session:
            tasks.create_task(server.serve())
            try:
                yield Door(it, session, f"{url.rstrip('/')}/hooks/alarms")
            finally:
                await server.aclose()


async def test_what_is_handed_in_is_published(tmp_path: Path) -> None:
    """The first one too; the same again is nothing new, another one under its id a revision."""
    async with door(tmp_path) as at:
        status, said = await at.post({"id": "a", "level": 1, "text": "Fire"})
        assert (status, said) == (201, {"topic": "alarms", "key": "a", "item": said["item"]})
        assert await at.post({"id": "a", "level": 1, "text": "Fire"}) == (201, said)
        assert await at.post({"id": "a", "level": 0, "text": "Out"}) == (201, said)
        (item,) = await at.it.items()
        assert (item.id, item.revision, item.plain["text"]) == (said["item"], 2, "Out")
        assert item.content.content.text.plain == "0: Out"
        assert len(await at.it.sent()) == 2
        assert (await at.it.row("alarms")).state == "running"


async def test_a_key_gets_its_answer_again_and_takes_no_other_body(tmp_path: Path) -> None:
    """After a restart as well; keys are kept for a week."""
    body = {"id": "a", "level": 1}
    async with door(tmp_path) as at:
        first = await at.post(body, key="k1")
        assert first[0] == 201
        await at.post({"id": "a", "level": 2}, key="k2")
    async with door(tmp_path) as at:
        assert await at.post(body, key="k1") == first
        assert [item.revision for item in await at.it.items()] == [2]
        status, said = await at.post({"id": "a", "level": 3}, key="k1")
        assert status == 409
        assert "another body" in said["error"]
        assert isinstance(at.it.clock, FakeClock)
        await at.it.clock.advance(timedelta(days=8))
        await at.post({"id": "b", "level": 1}, key="k3")
        kept = await at.it.store.fetch(select(handed_in.c.key))
        assert [row.key for row in kept] == ["k3"]


async def test_the_same_key_many_times_at_once_publishes_once(tmp_path: Path) -> None:
    """All get the same answer."""
    async with door(tmp_path, key=None) as at:
        body = {"id": "a", "level": 1}
        answers = await asyncio.gather(*(at.post(body, key="k") for _ in range(20)))
        assert {status for status, _ in answers} == {201}
        assert len({said["item"] for _, said in answers}) == 1
        assert [item.key for item in await at.it.items()] == ["k"]
        assert len(await at.it.sent()) == 1


async def test_without_a_key_or_an_id_an_item_is_known_by_what_it_says(tmp_path: Path) -> None:
    """And an id may be made of the item."""
    body = {"id": "a", "level": 1}
    async with door(tmp_path / "a", key=None) as at:
        assert await at.post(body) == await at.post(body)
        assert len(await at.it.items()) == 1
    async with door(tmp_path / "b", key=lambda item: item.level) as at:
        assert (await at.post(body))[1]["key"] == "1"


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "signature is missing"),
        ({"Posthouse-Signature": "nonsense"}, "not of the form"),
        ({"Posthouse-Signature": "t=5,t=6,v1=aa"}, "not of the form"),
        ({"Posthouse-Signature": sign(b"other", SECRET, at=NOW.timestamp())}, "not of this body"),
        ({"Posthouse-Signature": sign(b"{}", "x" * 32, at=NOW.timestamp())}, "not of this body"),
        ({"Posthouse-Signature": sign(b"{}", SECRET, at=NOW.timestamp() - 301)}, "another time"),
        ({"Posthouse-Signature": sign(b"{}", SECRET, at=NOW.timestamp() + 301)}, "another time"),
        ({"X-Hub-Signature-256": "sha256=00"}, "not of this body"),
        ({"X-Hub-Signature-256": sign(b"{}", SECRET, at=1)}, "not of this body"),
    ],
)
async def test_what_is_not_signed_rightly_is_refused(
    tmp_path: Path, headers: dict[str, str], says: str
) -> None:
    """Nothing of it is read."""
    async with door(tmp_path) as at:
        status, said = await at.post(b"{}", headers=headers)
        assert status == 401
        assert says in said["error"]
        assert await at.it.items() == []


async def test_both_kinds_of_signature_and_both_secrets_count(tmp_path: Path) -> None:
    """The one that GitHub makes too."""
    body = b'{"id": "a", "level": 1}'
    hub = {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, sha256).hexdigest()}
    async with door(tmp_path) as at:
        assert (await at.post(body, headers=hub | {"X-GitHub-Delivery": "d1"}))[0] == 201
        assert (await at.post(body, secret=OLD_SECRET))[0] == 201
        kept = await at.it.store.fetch(select(handed_in.c.key))
        assert [row.key for row in kept] == ["d1"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b'{"id": "a"}', 422, "missing required field `level`"),
        (b'{"id": "a", "level": "high"}', 422, "at `$.level`"),
        (b'{"id": "", "level": 1}', 422, "id is what an item is known by"),
        (b"[1, 2]", 422, "Expected `object`"),
        (b"{", 400, "not JSON"),
        (b'{"id": "\xff", "level": 1}', 400, "not JSON"),
        (b'{"id": "' + b"a" * 5000 + b'"}', 413, "4000 bytes"),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_reason(
    tmp_path: Path, body: bytes, status: int, says: str
) -> None:
    """And nothing is published."""
    async with door(tmp_path, most_bytes=4000) as at:
        got, said = await at.post(body)
        assert got == status
        assert says in said["error"]
        assert await at.it.items() == []


async def test_only_post_at_its_own_path_publishes(tmp_path: Path) -> None:
    """A page that somebody visits must not."""
    async with door(tmp_path) as at:
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            async with at.session.request(method, at.url) as answer:
                assert answer.status == 405
                assert answer.headers["Allow"] == "POST"
        assert (await at.post({"id": "a", "level": 1}, path="/more"))[0] == 404
        assert (await at.post({"id": "a", "level": 1}, key="k" * 201))[0] == 400
        assert await at.it.items() == []


async def test_a_paused_publisher_asks_to_come_later(tmp_path: Path) -> None:
    """Who hands in keeps it meanwhile."""
    async with door(tmp_path) as at:
        source = at.it.runner.sources["alarms"]
        await at.it.runner.write(source, state=sources.PAUSED)
        assert (await at.post({"id": "a", "level": 1}))[0] == 503
        await at.it.runner.write(source, state=source.running)
        assert (await at.post({"id": "a", "level": 1}))[0] == 201


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Alarms("hooks", SECRET), "must begin"),
        (lambda: Alarms("/hooks", "short"), "at least 16 characters"),
        (lambda: Alarms("/hooks", []), "at least 16 characters"),
        (lambda: Alarms("/hooks", Secret("short")), "at least 16 characters"),
        (lambda: Oddities("/h", SECRET).prepare(), "handed in as JSON"),
    ],
)
def test_a_publisher_that_is_declared_wrongly_says_so(
    make: Callable[[], object], says: str
) -> None:
    """When it is made, or before it runs."""
    with pytest.raises(SetupError, match=says):
        make()


class Odd(msgspec.Struct):
    """Cannot be read from JSON."""

    either: Alarm | Door


class Oddities(InboundPublisher[Odd]):
    """Would take them."""

    topic = Topic("oddities", Odd)
