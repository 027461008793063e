"""`/broadcast`: staff write to many from a chat, follow it, hold it up and end it."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from posthouse import App, Photo, TextMessage, bold, text
from posthouse.model.outgoing import DeliveryClass
from posthouse.model.values import Url
from posthouse.ports.adapter import Delivery
from posthouse.publishing.broadcasting import rows
from posthouse.publishing.broadcasting.writing import PosthouseAudience, PosthouseBroadcast
from posthouse.ready.broadcast import app as broadcast, broadcasting
from posthouse.routing.ready.access import Access
from posthouse.storage.schema import audit
from posthouse.testing import TestSite, play
from tests.unit.publishing.broadcasting.kit import got, meets, states

NAMES = tuple(f"p{n:02}" for n in range(12))


def bot() -> App:
    """Return an app that answers anything."""
    app = App("bot")

    @app.on
    async def hear(message: TextMessage) -> str:
        """Answer."""
        return "heard"

    return app


def playing(tmp_path: Path, *, app: App = broadcast) -> Any:
    """Play a bot that staff broadcast with; Ann is staff."""
    access = Access(roles={"staff": ["fake:ann"]})
    return play(app, bot(), storage="sqlite:site.db", folder=tmp_path, middlewares=[access])


async def write(site: TestSite, words: str = "Tea is **here**") -> Any:
    """Let Ann write a broadcast up to its preview."""
    ann = site.person("Ann")
    await ann.says("/broadcast")
    await ann.says(words)
    await ann.presses("Skip")
    await ann.says("Look")
    await ann.says("https://tea.example/")
    await ann.presses("Everybody")
    return ann


async def test_staff_write_look_send_and_follow(tmp_path: Path) -> None:
    """The preview is the very message; the progress is drawn anew, and the end is told."""
    async with playing(tmp_path) as site:
        await meets(site, NAMES)
        await meets(site, ["gone"], blocked=1.0)
        ann = await write(site)
        assert "Tea is **here**" in got(site, "ann")
        assert "Tea is **here** [Look]" in site.transcript
        await ann.presses("Send")
        assert ann.sees == (
            "This goes to 13 recipients (all). Send it?\nLeft out: cannot be reached: 1."
        )
        site.engine.outboxes[1].hurry()
        await ann.presses("Yes, send it", wait=False)
        await site.later(2)
        site.engine.outboxes[1].open()
        await site.later(30)
        assert [got(site, who) for who in NAMES] == [["Tea is **here**"]] * len(NAMES)
        assert "Sent: 13. Failed: 0. Unknown: 0. Left: 0." in ann.sees
        assert "Broadcast 1 is over: Tea is **here**" in ann.sees
        deeds = await site.engine.database.fetch(select(audit.c.deed, audit.c.name))
        assert [tuple(row) for row in deeds] == [("broadcast", "Ann")]


async def test_it_pauses_goes_on_and_stops(tmp_path: Path) -> None:
    """By the buttons under its progress, also after a restart; each is written down."""
    async with playing(tmp_path) as site:
        ann = await sending(site)
        assert "Broadcast 1 is going out: Tea is **here**\n░" in ann.sees
        assert ann.buttons == ["Pause", "Stop for good"]
        await ann.presses("Pause")
        assert "Broadcast 1 is paused" in ann.sees
        await site.stop()
        await site.restart()
        await site.later(120)
        assert await states(site) == {"held": 13}
        assert ann.buttons == ["Go on", "Stop for good"]
        await ann.presses("Go on")
        await site.later(60)
        assert await states(site) == {"sent": 13}
        assert "Left: 0." in ann.sees
        assert "Pause" not in ann.buttons
        assert await deeds(site) == ["broadcast", "broadcast pause", "broadcast resume"]


async def test_it_is_stopped_for_good(tmp_path: Path) -> None:
    """Nobody gets it any more; buttons of before do nothing."""
    async with playing(tmp_path) as site:
        ann = await sending(site)
        await ann.presses("Pause")
        await ann.presses("Stop for good")
        edits = site.transcript.count("bot edits")
        await site.later(1100)  # until what is in the outbox would leave
        assert await states(site) == {"cancelled": 13}
        assert site.transcript.count("bot edits") - edits <= 2
        assert got(site, "p01") == []
        assert "Broadcast 1 is over" in ann.sees
        assert await deeds(site) == ["broadcast", "broadcast pause", "broadcast cancel"]


async def test_the_progress_is_edited_seldom(tmp_path: Path) -> None:
    """However many go out meanwhile."""
    async with playing(tmp_path) as site:
        await meets(site, NAMES)
        ann = await write(site)
        await ann.presses("Send")
        edits = site.transcript.count("bot edits")
        for name in NAMES:
            site.messenger.slow(3, chat=name)
        await ann.presses("Yes, send it", wait=False)
        await site.later(120)
        assert await states(site) == {"sent": 13}
        assert 1 <= site.transcript.count("bot edits") - edits <= 10
        assert "is over" in ann.sees


async def test_what_is_dropped_is_forgotten(tmp_path: Path) -> None:
    """And a draft of the form is there after a restart."""
    async with playing(tmp_path) as site:
        await meets(site, NAMES)
        ann = site.person("Ann")
        await ann.says("/broadcast")
        await ann.says("Tea")
        await site.stop()
        await site.restart()
        await ann.presses("Skip")
        await ann.presses("Skip")
        await ann.presses("Those who speak a language")
        await ann.says("english please")
        assert "Which language?" in ann.sees
        await ann.says("en")
        await ann.presses("Send")
        assert "(language:en)" in ann.sees
        await ann.presses("Do not send")
        assert ann.sees == "It was not sent."
        await site.later(60)
        found = await site.engine.store.fetch(rows.newest(10))
        assert (list(found), got(site, "p01")) == ([], [])


async def test_what_nobody_would_get_is_not_ordered(tmp_path: Path) -> None:
    """It is told why."""
    async with playing(tmp_path) as site:
        await meets(site, ["gone"], blocked=1.0, language="uk")
        ann = site.person("Ann")
        await ann.says("/broadcast")
        await ann.says("Tea")
        await ann.presses("Skip")
        await ann.presses("Skip")
        await ann.presses("Those who speak a language")
        await ann.says("uk")
        await ann.presses("Send")
        assert "Nobody would get this" in ann.sees
        assert "cannot be reached: 1" in ann.sees


async def test_only_those_with_the_role(tmp_path: Path) -> None:
    """Others are not understood; nor is a button pressed whose role is gone."""
    async with playing(tmp_path, app=broadcasting("editor")) as site:
        ann = site.person("Ann")
        await ann.says("/broadcast")
        assert ann.sees == "heard"
        granted = {"bot": site.life.site.bots[0].name, "person": "fake:ann", "role": "editor"}
        await site.engine.commands.execute("people.grant", granted)
        await write(site)
        await site.engine.commands.execute("people.revoke", granted)
        await ann.presses("Send")
        found = await site.engine.store.fetch(rows.newest(10))
        assert list(found) == []


def test_formatting_stays_and_the_message_is_the_preview() -> None:
    """With its photo and its button."""
    form = PosthouseBroadcast(
        words=text("Tea is ", bold("here")),
        photo=Photo(key="k", width=1, height=1),
        label="Look",
        url=Url("https://tea.example/"),
        audience=PosthouseAudience.ACTIVE,
    )
    shown = form.preview()
    assert shown.words == text("Tea is ", bold("here"))
    assert [photo.key for photo in shown.photos] == ["k"]
    assert shown.rows[0][0].url == "https://tea.example/"
    assert form.whom().words == "active:30"


class OnlyAnswers:
    """A pacer that lets what is published wait."""

    def wait_s(self, delivery: Delivery) -> float:
        """Return how long a delivery waits."""
        return 1000.0 if delivery.klass is DeliveryClass.BULK else 0.0

    def frozen(self, delivery: Delivery, retry_after_s: float) -> None:
        """Nothing is frozen here."""


async def sending(site: TestSite) -> Any:
    """Let Ann send a broadcast of which nothing leaves before a restart."""
    await meets(site, NAMES)
    ann = await write(site)
    await ann.presses("Send")
    site.engine.outboxes[1]._sender._pacer = OnlyAnswers()
    await ann.presses("Yes, send it")
    await site.later(6)
    return ann


async def deeds(site: TestSite) -> list[str]:
    """Return what was written down."""
    found = await site.engine.database.fetch(select(audit.c.deed).order_by(audit.c.at))
    return [deed for (deed,) in found]
