"""Publishers on a whole site."""

from pathlib import Path

from sqlalchemy import select

from posthouse.adapters.web import WebAdapter
from posthouse.app import App
from posthouse.bots.bot import Bot
from posthouse.publishing.publishers.opening import endpoints_of, open_publishers
from posthouse.site import Site
from posthouse.storage import publishing as tables
from tests.unit.publishing.publishers.kit import FeedServer, feed, numbered
from tests.unit.publishing.publishers.test_inbound import SECRET, Alarms
from tests.unit.publishing.publishers.test_outgoing import OPEN


async def test_a_site_runs_its_publishers(server: FeedServer, tmp_path: Path) -> None:
    """Their topics, commands and addresses are the site's, and what they find is planned."""
    server.gives(numbered([1]))
    bot = Bot("b", messenger="web", apps=[App("a")], adapter=WebAdapter({}))
    site = Site(bots=[bot], folder=tmp_path, port=0)
    async with site.start():
        publishing = await site.publishing()
        publishing.add(OPEN)
        runner = await open_publishers(publishing, [feed(server), Alarms("/alarms", SECRET)])
        try:
            assert {"news", "alarms", "open"} <= publishing.topics.keys()
            paths = {each.path for each in endpoints_of(publishing, runner)}
            assert paths == {"/alarms", "/feeds"}
            await site.engine.commands.execute("publisher.fetch", {"name": "feed"})
            server.gives(numbered([1, 2]))
            ok, said = await site.engine.commands.execute("publisher.fetch", {"name": "feed"})
            assert (ok, said) == (True, "publisher feed found 1 new item")
            found = await publishing.store.fetch(select(tables.fan_out))
            assert [row.revision for row in found] == [1]
        finally:
            await runner.aclose()
