"""S10: hostile and unlucky input, at every stage of an ad and while it is published."""
# ruff: noqa: RUF001  names in other letters are typed on purpose

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select
from townboard import bazaar

from posthouse.engine.points import Point
from posthouse.errors import NotSentError, OutcomeUnknownError, RejectedError, UnreachableError
from posthouse.ports.adapter import Certainty
from posthouse.storage.schema import entry, post
from posthouse.testing import FakeMessenger, FakePerson, TestSite, play
from tests.examples.town import TOWN, Town, advertised, shown

CHATS = {"channel": "channel", "admin": "admin", "discussion": "talk"}
COUNTRY = {"country": "UA"}
ANSWERS = (
    "Ivan", "067 123-45-67", "Škoda Fabia", "120", "5 000", "Open to offers", "Runs well", "Skip",
    "zerlava",
)  # fmt: skip
"""One for each question; the town is then pressed."""
WILD = (
    "<b>", "</b>", "&amp;", "<script>alert(1)</script>", "{car}", "{ $number }", "%s %(a)d",
    "[x](javascript:alert(1))", "\u202etxet\u202c.", "😀" * 20, "a\u0300\u0301", "';--", "\\n",
    "*_~`|",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def towns() -> None:
    """Read what the board says before a loop runs."""
    for field in next(iter(bazaar.forms)).form_fields:
        field.kind.load()


async def answer(ann: FakePerson, what: str) -> None:
    """Press it if it is a button, else say it."""
    await (ann.presses(what) if what in ann.buttons else ann.says(what))


async def begin(site: TestSite, name: str = "Ann") -> FakePerson:
    """Let somebody begin an ad."""
    ann = site.person(name)
    await ann.says("hi")
    await ann.presses("Sell a car")
    return ann


async def fill(site: TestSite, *answers: str, name: str = "Ann") -> FakePerson:
    """Let somebody fill in an ad up to the preview."""
    ann = await begin(site, name)
    for each in answers or ANSWERS:
        await answer(ann, each)
    await ann.presses("Žerlava")
    return ann


# --- at every stage


async def edit(ann: FakePerson) -> None:
    """Change an earlier message."""
    await ann.edits("something else")


ODD: dict[str, Callable[[FakePerson], Awaitable[object]]] = {
    "a sticker": lambda ann: ann.sends_other("sticker"),
    "a voice message": lambda ann: ann.sends_other("voice"),
    "a poll": lambda ann: ann.sends_other("poll"),
    "a point": lambda ann: ann.shares_location(50.0, 30.0),
    "a foreign contact": lambda ann: ann.shares_contact("+380501112233", own=False),
    "a file": lambda ann: ann.sends_file("notes.txt"),
    "an edit": edit,
    "a reaction": lambda ann: ann.reacts("👍"),
    "blanks": lambda ann: ann.says(" \u00a0\u200b\u2800 "),
    "100 kB": lambda ann: ann.says("x" * 100_000),
    "an unknown command": lambda ann: ann.says("/nonsense <b>"),
    "help": lambda ann: ann.says("/help"),
}


@pytest.mark.parametrize("stage", range(len(ANSWERS) + 1))
async def test_odd_messages_change_nothing(stage: int) -> None:
    """Each is answered or passed over; the question stays, and then takes its answer."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await begin(site)
        for each in ANSWERS[:stage]:
            await answer(ann, each)
        if stage == len(ANSWERS):
            await ann.presses("Žerlava")
        for what, does in ODD.items():
            await does(ann)
            assert len(site.chat("ann")[-1].text) < 2000, what
        if stage == len(ANSWERS):
            await ann.presses("Publish")
            assert [one.text.split()[0] for one in site.chat("channel")] == ["#1"]
            return
        assert any(f"{stage + 1} of 9" in one.text for one in site.chat("ann")[-6:])
        for each in ANSWERS[stage:]:
            await answer(ann, each)
        await ann.presses("Žerlava")
        assert "Škoda Fabia" in "".join(one.text for one in site.chat("ann"))
        await ann.presses("Publish")
        (shown_post,) = site.chat("channel")
        assert "Runs well" in shown_post.text
        assert "120 thousand km" in shown_post.text


@pytest.mark.parametrize("wild", WILD)
async def test_markup_is_text_everywhere(wild: str) -> None:
    """Whatever is typed stands in the preview, in the post and on the card as it was typed."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await fill(site, f"Ann {wild}", *ANSWERS[1:2], f"car {wild}", *ANSWERS[3:6],
                         f"words {wild}", *ANSWERS[7:])  # fmt: skip
        assert any(f"words {wild}" in one.text for one in site.chat("ann"))
        await ann.presses("Publish")
        (out,) = site.chat("channel")
        for part in (f"Ann {wild}", f"car {wild}", f"words {wild}"):
            assert part in out.text
        kinds = {span.kind for span in out.content.text.spans}
        assert kinds <= {"bold", "hashtag"}


@pytest.mark.parametrize(
    "spelled",
    ["Zar'yane", "zar\u2019yane", "ZAR\u02bcYANE", "zaryane", "Зар’яне", "зарьяне", "зар`яне"],
)
async def test_a_town_however_it_is_spelled(spelled: str) -> None:
    """Any apostrophe or none, any case, either language: the same candidate."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await begin(site)
        for each in ANSWERS[:-1]:
            await answer(ann, each)
        await ann.says(spelled)
        assert ann.buttons[0] == "Zar'yane"


# --- albums and photos


async def test_twelve_photos_and_an_album_in_pieces() -> None:
    """Nine are kept and the rest is told; parts that come late are told, too."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await begin(site)
        for each in ANSWERS[:7]:
            await answer(ann, each)
        await ann.sends_album([(640, 480 + number) for number in range(12)])
        assert "I left out the last 3" in " ".join(ann.answers)
        await ann.presses("Done")
        await ann.says("zerlava")
        await ann.presses("Žerlava")
        await ann.presses("Publish")
        (out,) = site.chat("channel")
        assert len(out.content.photos) == 9


# --- commands, presses, several at once


async def test_start_in_the_middle() -> None:
    """It offers to go on; nothing is lost until one says so."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await begin(site)
        for each in ANSWERS[:3]:
            await answer(ann, each)
        await ann.says("/start")
        assert "3 of 9 questions" in ann.sees
        await ann.presses("Go on")
        assert "4 of 9" in ann.sees
        await ann.says("/start")
        await ann.presses("Start over")
        assert "1 of 9" in ann.sees


async def test_updates_that_come_twice_count_once() -> None:
    """The messenger repeats everything; there is one draft, one post, one number."""
    messenger = FakeMessenger()
    messenger.copies = 2
    async with play(bazaar, chats=CHATS, options=COUNTRY, messenger=messenger) as site:
        ann = await fill(site)
        await ann.presses("Publish")
        assert len(site.chat("channel")) == 1
        assert len(await rows(site, entry)) == 1


async def test_another_persons_button_is_refused() -> None:
    """Somebody presses what was shown to somebody else; nothing happens to the ad."""
    async with play(bazaar, chats=CHATS, options=COUNTRY) as site:
        ann = await fill(site)
        await ann.presses("Publish")
        bob = site.person("Bob", chat="ann")
        await bob.presses("It is sold")
        (out,) = site.chat("channel")
        assert out.text.startswith("#1")
        (made,) = await rows(site, entry)
        assert made["state"] == "on-sale"


# --- while it is published


@pytest.mark.parametrize(
    "point",
    [Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.ACKNOWLEDGED,
     Point.BEFORE_SEND, Point.AFTER_SEND],
)  # fmt: skip
async def test_a_crash_while_publishing(tmp_path: Path, point: Point) -> None:
    """Whenever the process dies, there is one post, one number and one entry."""
    async with play(
        bazaar,
        chats=CHATS,
        options={"country": "UA"},
        storage="sqlite:town.db",
        folder=tmp_path,
    ) as site:
        ann = await fill(site)
        site.crash_at(point)
        await ann.presses("Publish", wait=False)
        await site.settle()
        if site.crashed is not None:
            await site.restart()
        await site.settle()
        assert len(site.chat("channel")) == 1
        assert len(await rows(site, entry)) == 1
        (number,) = {one["number"] for one in await rows(site, post)}
        assert f"no. {number} is on the board" in " ".join(one.text for one in site.chat("ann"))


@pytest.mark.parametrize(
    ("error", "posts", "said"),
    [
        (RejectedError("no rights"), 0, "could not be published"),
        (UnreachableError("kicked"), 0, "could not be published"),
        (OutcomeUnknownError("no answer"), 0, "Nobody can tell whether #1"),
        (NotSentError("later", retry_after_s=3), 1, "is on the board"),
    ],
)
async def test_a_channel_that_fails(error: Exception, posts: int, said: str) -> None:
    """The author is told the truth, staff are told, and the next form works."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(bazaar, chats=CHATS, options=COUNTRY, messenger=messenger) as site:
        ann = await fill(site)
        messenger.fails(error, chat="channel")
        await ann.presses("Publish")
        await site.later(10)
        assert len(site.chat("channel")) == posts
        assert said in ann.sees
        assert bool(site.chat("admin"))
        await fill(site, name="Bob")
        await site.person("Bob").presses("Publish")
        assert len(site.chat("channel")) == posts + 1


async def test_an_author_who_blocked_the_bot(town: Town) -> None:
    """Others go on, and staff may still act on the ad."""
    ivan = await advertised(town)
    await ivan.person.blocks()
    await town.staff().decides("#1", "Delete")
    await town.sim.until(lambda: shown(town.cars) == [], what="the deletion")
    await advertised(town, "Olha")
    assert len(shown(town.cars)) == 1


async def test_rejected_on_telegram(town: Town) -> None:
    """The bot lost its rights in the channel: the author and staff are told, no one waits."""
    town.sim.faults.add(
        "refused", method="sendPhoto", chat_id=str(town.cars.id), code=403,
        description="Forbidden: bot was kicked from the channel chat",
    )  # fmt: skip
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills(*ANSWERS[:-1], *TOWN)
    await ivan.presses("Publish", "could not be published")
    assert shown(town.cars) == []
    (alert,) = await town.posts(town.admin)
    assert "kicked" in alert.content
    await ivan.presses("Try again", "is on the board")
    assert len(shown(town.cars)) == 1


async def test_a_time_out_on_telegram_is_not_repeated(town: Town) -> None:
    """Nobody knows whether the post is there, so it is not sent twice."""
    town.sim.faults.add("gateway_timeout", method="sendPhoto", chat_id=str(town.cars.id))
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills(*ANSWERS[:-1], *TOWN)
    await ivan.presses("Publish", "#1")
    await ivan.person.until(lambda: "Nobody can tell" in ivan.prompt, what="the truth")
    assert len(shown(town.cars)) == 1


async def rows(site: TestSite, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    return [row._asdict() for row in await site.store.fetch(select(table))]
