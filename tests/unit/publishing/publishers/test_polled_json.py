"""Data that is fetched as JSON."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from posthouse.errors import SetupError
from posthouse.publishing.publishers.polled import JsonPublisher
from posthouse.publishing.topic import Topic
from tests.unit.publishing.publishers.kit import FeedServer, desk


class Quake(msgspec.Struct):
    """An item."""

    place: str
    size: float


QUAKES = Topic("quakes", Quake)


class Quakes(JsonPublisher[Quake]):
    """Publishes quakes."""

    topic = QUAKES

    def render(self, item: Quake) -> str:
        return f"{item.size}: {item.place}"

    def title(self, item: Quake) -> str:
        return item.place


def quakes(server: FeedServer, **more: Any) -> Quakes:
    """A publisher of the server's data."""
    given: dict[str, Any] = {"items": "data.list", "name": "feed", "allow_private": True, **more}
    return Quakes(f"{server.url}/q.json", **given)


def data(*items: object) -> str:
    """The data that a server gives."""
    return json.dumps({"data": {"list": items}})


def quake(number: int, **more: object) -> dict[str, object]:
    """One of its items."""
    return {"id": number, "place": f"Place {number}", "size": "4.5", "more": {}, **more}


async def test_new_and_changed_items_are_published(server: FeedServer, tmp_path: Path) -> None:
    """The newest first in the data, the oldest first to those who get them."""
    async with desk(tmp_path, quakes(server)) as it:
        server.gives(data(quake(1)))
        assert await it.runner.look("feed") == 0
        server.gives(data(quake(3), quake(2), quake(1, size=5), quake(1, size=5)))
        assert await it.runner.look("feed") == 3
        sent = [("Place 1", 2), ("Place 2", 1), ("Place 3", 1)]
        assert await it.sent() == sent
        assert [item.key for item in await it.items()] == ["1", "2", "3"]
        server.gives(data(quake(1, size=5, more={"votes": 7})), ETag='"x"')
        assert await it.runner.look("feed") == 0
        assert await it.runner.look("feed") == 0
        assert server.asked["If-None-Match"] == '"x"'


async def test_what_does_not_fit_is_told_and_the_rest_is_published(
    server: FeedServer, tmp_path: Path
) -> None:
    """It is looked at again until all of it fits."""
    async with desk(tmp_path, quakes(server)) as it:
        server.gives(data(quake(1)))
        await it.runner.look("feed")
        server.gives(data(quake(3), {"id": 2, "place": 7}, quake(1), 5), ETag='"x"')
        await it.runner.look("feed")
        row = await it.row()
        assert row.errors == 1
        assert "what does not fit is left out: item 4 of 4" in row.reason
        assert await it.sent() == [("Place 3", 1)]
        server.gives(data(quake(3), quake(2), quake(1)), ETag='"x"')
        await it.runner.look("feed")
        assert await it.sent() == [("Place 3", 1), ("Place 2", 1)]
        assert (await it.row()).errors == 0


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{", "has not the data"),
        ('{"data": {}}', "no 'list' on the way to 'data.list'"),
        ('{"data": {"list": 5}}', "has int where a list"),
        (data({"place": "x", "size": 1}), "no 'id'"),
        (data(quake(1, id="")), "its key is ''"),
    ],
)
async def test_other_data_is_an_error(
    server: FeedServer, tmp_path: Path, body: str, says: str
) -> None:
    """It says what is missing where."""
    server.gives(body)
    async with desk(tmp_path, quakes(server)) as it:
        await it.runner.look("feed")
        assert says in (await it.row()).reason


async def test_functions_find_items_and_keys(server: FeedServer, tmp_path: Path) -> None:
    """Where names do not do, and the oldest come first."""
    server.gives(json.dumps([quake(1), quake(2)]))
    publisher = quakes(
        server,
        items=lambda found: found,
        key=lambda raw: f"q{raw['id']}",
        newest_first=False,
        last=1,
    )
    async with desk(tmp_path, publisher) as it:
        await it.runner.look("feed")
        assert [item.key for item in await it.items()] == ["q1", "q2"]
        assert await it.sent() == [("Place 2", 1)]


def test_an_address_that_is_none_is_refused() -> None:
    """When the publisher is made."""
    with pytest.raises(SetupError, match="does not begin with http"):
        Quakes("file:///etc/passwd", name="x")
