"""The town's news: a feed on a server of its own, for whoever subscribes."""

import os
import shutil
from pathlib import Path

import news
import pytest

from posthouse.testing import TestSite, play

ITEM = """<item><guid isPermaLink="false">hall-4</guid><title>Fair on Sunday</title>
<link>https://hall.example/news/4</link><description>On the square.</description></item>"""


async def look(site: TestSite) -> None:
    """Look at the feed, whether or not the site looks by itself at the same time."""
    await site.command("publisher.fetch", name="town-hall")


async def test_what_the_town_hall_writes_reaches_subscribers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there before is not sent; what is added is, and what is put right is edited."""
    shutil.copytree(news.HERE / "hall", tmp_path / "hall")
    monkeypatch.setattr(news, "HERE", tmp_path)
    feed = tmp_path / "hall" / "news.xml"
    async with play(news.news, modules=[news.TownHall()], patience_s=30) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert "What the town hall has to tell" in ann.sees
        await ann.presses("Subscribe")
        await ann.presses("At once")
        await look(site)
        assert "bridge of Alvivka" not in ann.sees
        before = feed.read_text(encoding="utf-8")
        feed.write_text(before.replace("</channel>", f"{ITEM}</channel>"), encoding="utf-8")
        await look(site)
        await site.later(60)
        assert ann.sees.startswith("Fair on Sunday")
        feed.write_text(feed.read_text().replace("On the square", "On the riverside"))
        os.utime(feed, (feed.stat().st_mtime + 5, feed.stat().st_mtime + 5))  # seconds count
        await look(site)
        await site.later(60)
        assert "On the riverside" in ann.sees
