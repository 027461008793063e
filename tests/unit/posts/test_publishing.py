"""Publishing: from the last answer to the post, the card, and the author's screen."""

from collections import Counter
from pathlib import Path

import pytest

from posthouse import App
from posthouse.errors import ActionError, RejectedError, SettingsError, UnreachableError
from posthouse.ports.adapter import Certainty
from posthouse.posts.publish import Publish
from posthouse.storage.schema import entry, post
from posthouse.testing import FakeMessenger, FakePerson, Point, TestSite, play
from tests.unit.posts.boards import CHATS, Ad, Feedback, board, publish, rows


async def test_a_finished_form_becomes_a_post(tmp_path: Path) -> None:
    """It has a number, a picture and an address; its author and staff are told."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        (shown,) = site.chat("channel")
        assert shown.text == "#1 Bike\nAs good as new"
        assert len(shown.content.photos) == 1
        assert ann.sees == "#1 is published."
        assert ann.buttons == [
            "Open the post",
            "Mark as: sold",
            "Write about #1",
            "Post #1 again",
            "Take #1 back",
            "New",
        ]
        (card,) = site.chat("admin")
        assert card.text == "#1 by Ann"
        (made,) = await rows(site, entry)
        assert (made["person"], made["name"], made["state"]) == ("ann", "Ann", "on-sale")
        (out,) = await rows(site, post)
        assert (out["message"], out["number"], out["status"]) == (shown.id, 1, "live")
        assert out["link"] == f"https://fake.example/channel/{shown.id}"


async def test_numbers_are_counted_on(tmp_path: Path) -> None:
    """Each publication has the next number, whoever it is from."""
    async with play(board(tmp_path), chats=CHATS) as site:
        for name in ("Ann", "Bob", "Ann"):
            await publish(site, name)
        assert sorted(out["number"] for out in await rows(site, post)) == [1, 2, 3]


async def test_several_chats_get_one_number(tmp_path: Path) -> None:
    """A post stands in every chat that is named, and has one card."""
    app = board(tmp_path, chat=("channel", "talk"))
    async with play(app, chats=CHATS) as site:
        ann = await publish(site)
        assert [len(site.chat(chat)) for chat in ("channel", "talk", "admin")] == [1, 1, 1]
        assert {out["number"] for out in await rows(site, post)} == {1}
        assert ann.buttons.count("Open the post") == 2


async def test_markup_in_an_answer_stays_as_it_is(tmp_path: Path) -> None:
    """Nothing that somebody types formats the post."""
    async with play(board(tmp_path), chats=CHATS) as site:
        await publish(site, title="<b>&{x}</b> *y*")
        (shown,) = site.chat("channel")
        assert shown.text.startswith("#1 <b>&{x}</b> *y*\n")
        assert not shown.content.text.spans


async def test_a_long_elastic_text_is_cut_to_what_the_chat_takes(tmp_path: Path) -> None:
    """The caption is as long as it may be, and everything else is in it."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("New ad")
        await ann.says("Bike")
        await ann.says("x" * 2000)
        await ann.presses("Skip")
        await ann.presses("Publish")
        (shown,) = site.chat("channel")
        assert len(shown.text) == 1024
        assert shown.text.startswith("#1 Bike\nxxx")
        assert shown.text.endswith("x…")


async def test_a_chat_that_refuses_the_post_is_told_and_tried_again(tmp_path: Path) -> None:
    """The author learns the truth, staff the reason; the retry keeps the number."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        messenger.fails(RejectedError("no rights"), chat="channel")
        ann = await publish(site)
        assert ann.sees == ("#1 could not be published. Staff were told. You can try again.")
        assert site.chat("channel") == []
        assert [m.text for m in site.chat("admin")] == [
            "#1 could not be published in channel: no rights"
        ]
        await ann.presses("Try again")
        assert [m.text for m in site.chat("channel")] == ["#1 Bike\nAs good as new"]
        assert ann.sees == "#1 is published."
        assert [out["number"] for out in await rows(site, post)] == [1]


async def test_a_chat_the_bot_was_removed_from(tmp_path: Path) -> None:
    """It is as with any refusal: nothing is lost, nobody is told it is out."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        messenger.fails(UnreachableError("kicked"), chat="channel")
        ann = await publish(site)
        assert "could not be published" in ann.sees
        (out,) = await rows(site, post)
        assert (out["status"], out["message"]) == ("failed", None)


async def test_an_unknown_end_is_said_and_not_repeated(tmp_path: Path) -> None:
    """Nothing is sent a second time unless the author asks for it."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        messenger.loses_answers(chat="channel")
        ann = await publish(site)
        await site.later(3600)
        assert ann.sees.startswith("Nobody can tell whether #1 was published")
        assert len(site.chat("channel")) == 1
        assert site.chat("admin")[0].text.startswith("Nobody can tell")
        await ann.presses("Try again")
        assert [m.text for m in site.chat("channel")] == ["#1 Bike\nAs good as new"] * 2
        assert ann.sees == "#1 is published."


async def test_a_bot_without_a_named_chat_does_not_start(tmp_path: Path) -> None:
    """The error names the chat and the form."""
    with pytest.raises(SettingsError, match=r"no chat named 'feedback', which the form bazaar\.Ad"):
        async with play(board(tmp_path), chats={"channel": "c", "admin": "a"}):
            pass  # pragma: no cover


async def fill(site: TestSite) -> FakePerson:
    """Let Ann fill in an ad up to the last press."""
    ann = site.person("Ann")
    await ann.says("/start")
    await ann.presses("New ad")
    await ann.says("Bike")
    await ann.says("As good as new")
    await ann.presses("Skip")
    await site.settle()
    return ann


async def check(site: TestSite) -> None:
    """There is one post, one number, one answer and one card."""
    (shown,) = site.chat("channel")
    (out,) = await rows(site, post)
    (made,) = await rows(site, entry)
    assert shown.text == f"#{out['number']} Bike\nAs good as new"
    assert (out["status"], out["entry"], out["message"]) == ("live", made["id"], shown.id)
    assert made["number"] == out["number"]
    told = [m.text for m in site.person("Ann").screen if "publish" in m.text]
    assert told == [f"#{out['number']} is published."]
    assert [card.text for card in site.chat("admin")] == [f"#{out['number']} by Ann"]


@pytest.mark.timeout(90)
async def test_one_post_one_number_one_answer_wherever_the_process_dies(tmp_path: Path) -> None:
    """A kill at any commit point that publishing passes, each time it does, changes nothing."""
    app = board(tmp_path, remind=None)
    async with play(app, chats=CHATS, storage="sqlite:calm.db") as site:
        ann = await fill(site)
        before = Counter(site.life.hits)
        await ann.presses("Publish")
        await site.settle()
        hits = site.life.hits - before
        await check(site)
    # The press, how the deliveries ended, and the card: more than one turn.
    assert hits[Point.HANDLED] >= 2
    assert {Point.NUMBER_RESERVED, Point.AFTER_SEND, Point.TIMER_FIRED} <= hits.keys()
    for point, times in hits.items():
        for nth in range(1, times + 1):
            async with play(app, chats=CHATS, storage="sqlite:death.db", strict=False) as site:
                site.revives = True
                ann = await fill(site)
                site.crash_at(point, nth)
                life = site.life
                await ann.presses("Publish")
                await site.later(5)
                assert life.crashed is point, f"{point} was not reached {nth} times"
                await check(site)


def test_ads_are_shown_without_a_number_before(tmp_path: Path) -> None:
    """The template stands on its own."""
    assert str(Ad(title="Bike", details="red").preview().words) == "#000 Bike\nred"


def test_one_publish_is_of_one_app(tmp_path: Path) -> None:
    """Else the posts of one would go where those of the other do."""
    publish = Publish(chat="channel", number="ad")
    App("one").form(publish=publish)(Feedback)
    with pytest.raises(ActionError, match=r"two: Feedback is published by the app one with the"):
        App("two").form(publish=publish)(Feedback)
