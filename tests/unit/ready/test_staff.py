"""The app `staff` where the messenger tells little: posts, the journal, pages of statistics."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from posthouse.app import App
from posthouse.errors import RejectedError
from posthouse.model.chat import ChatKind
from posthouse.model.text import Span, Text
from posthouse.model.update import TextMessage
from posthouse.ready.staff import app as staff
from posthouse.ready.staff.counting import PER_PAGE
from posthouse.ready.staff.posting import read_ad
from posthouse.storage.schema import audit, ban
from posthouse.testing import FakeMessenger, play
from tests.unit.posts.boards import CHATS, STAFF, board, notices, publish, rows


def talk() -> App:
    """An app that answers nothing, wherever it is."""
    app = App("talk")

    @app.on(where=lambda message: not message.text.startswith("/"))
    async def hear(message: TextMessage) -> None:
        """Listen."""

    return app


def town(folder: Path, **options: Any) -> Any:
    """Play the board with the commands of staff."""
    options |= {"chats": CHATS, "middlewares": [STAFF], "storage": "sqlite:town.db"}
    return play(board(folder), staff, **options)


async def test_the_author_of_a_post_is_banned_by_its_card(tmp_path: Path) -> None:
    """For as long as it says; then it ends by itself, and only once."""
    async with town(tmp_path) as site:
        ann = await publish(site)
        sam = site.person("Sam", chat="admin")
        card = site.chat("admin")[-1]
        await sam.says("/ban 2h too many bikes", reply_to=card.id)
        assert sam.sees == "Ann (ann) is banned until 2026-01-01 14:00."
        (row,) = await rows(site, audit)
        assert (row["deed"], row["about"], row["name"]) == ("ban", "ann", "Sam")
        assert row["detail"] == "2026-01-01 14:00: too many bikes"
        await sam.says("/ban", reply_to=card.id)
        assert sam.sees == "Ann is banned already."
        await ann.says("hi")
        assert ann.answers == []
        await site.clock.advance(timedelta(hours=2, minutes=1))
        await ann.says("hi")
        assert ann.sees.startswith("Welcome")
        assert [row["deed"] for row in await rows(site, audit)] == ["ban", "ban over"]


async def test_a_later_ban_is_not_ended_by_an_earlier_one(tmp_path: Path) -> None:
    """Whoever is banned anew for good stays so."""
    async with town(tmp_path) as site:
        ann = await publish(site)
        sam = site.person("Sam", chat="admin")
        await sam.says("/ban", reply_to=site.chat("admin")[-1].id)
        await sam.presses("Lift the ban")
        assert sam.sees == "Sam lifted the ban: Ann is heard again."
        await ann.says("hi")
        assert ann.sees.startswith("Welcome")
        await site.clock.advance(timedelta(hours=1))
        await site.command("people.ban", person="fake:ann")
        await site.clock.advance(timedelta(hours=30))
        assert [row.person for row in await site.store.fetch(select(ban))] == ["ann"]
        await ann.says("hi")
        assert ann.answers == []


async def test_the_journal_tells_who_wrote_a_message() -> None:
    """Where the bot keeps one; else nobody can tell."""
    options = {"journal": "30d"}
    for kept, told in ((options, "Bob (bob) is banned until"), ({}, "Nobody can tell")):
        async with play(talk(), staff, middlewares=[STAFF], options=kept) as site:
            bob = site.person("Bob", chat="square", kind=ChatKind.GROUP)
            await bob.says("Buy watches")
            spam = site.chat("square")[-1]
            sam = site.person("Sam", chat="square", kind=ChatKind.GROUP)
            await sam.says("/ban", reply_to=spam.id)
            assert sam.sees.startswith(told)


async def test_statistics_have_pages_for_staff_alone(tmp_path: Path) -> None:
    """Every author is on one of them, and somebody else who presses is told off."""
    async with town(tmp_path) as site:
        for number in range(PER_PAGE + 3):
            await publish(site, f"Ann{number:02}")
        await publish(site, "Ann07", "Another")
        await site.command("people.ban", person="fake:ann03")
        sam = site.person("Sam", chat="admin")
        await sam.says("/statistics")
        head, first, *lines = sam.sees.split("\n")
        assert head == f"Persons: {PER_PAGE + 3}. Authors: {PER_PAGE + 3}. Published: 24."
        assert first == "Ann07: 2: #24 #8"
        assert "Ann03 (banned): 1: #4" in lines
        await site.person("Bob", chat="admin").presses("2 ›")
        assert notices(site)[-1] == "Only staff can do that."
        await sam.presses("2 ›")
        rest = sam.sees.split("\n")[1:]
        assert len(rest) == 3
        assert not set(rest) & {first, *lines}
        await sam.presses("‹ 1")
        assert sam.sees.split("\n")[1] == first


async def test_a_post_goes_to_a_chat_that_is_named(tmp_path: Path) -> None:
    """The command says which; the answer says where it stands."""
    async with town(tmp_path) as site:
        sam = site.person("Sam")
        await sam.says("/post_ad talk\nLook\nhttps://example.org\nThe fair is on")
        (shown,) = site.chat("talk")
        assert shown.text == "The fair is on"
        assert sam.sees.startswith("Posted: talk.")


async def test_a_post_that_the_messenger_refuses(tmp_path: Path) -> None:
    """Whoever wanted it is told why."""
    messenger = FakeMessenger()
    messenger.fails(RejectedError("no rights here"), chat="talk")
    async with town(tmp_path, messenger=messenger) as site:
        sam = site.person("Sam")
        await sam.says("/post_ad talk\nLook\nhttps://example.org\nThe fair is on")
        assert sam.sees == "It could not be posted to talk: no rights here"


def test_formatting_of_the_words_stays() -> None:
    """What is bold in the message is bold in the post, wherever it begins."""
    written = "/post_ad\nLook\nhttps://example.org\n\nThe fair is on"
    at = written.index("fair")
    bold = Span(kind="bold", start=at, end=at + 4)
    head = Span(kind="italic", start=0, end=12)
    ad = read_ad(Text(written, (head, bold)))
    assert ad is not None
    assert ad.words == Text("The fair is on", (Span(kind="bold", start=4, end=8),))


@pytest.mark.parametrize("url", ["mailto:fair@example.org", "tg://resolve?domain=fair"])
def test_links_that_are_no_pages(url: str) -> None:
    """What messengers open besides pages will do."""
    ad = read_ad(Text(f"/post_ad@bot\nLook\n{url}\nCome"))
    assert ad is not None
    assert ad.url == url
