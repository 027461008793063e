"""What may become of a post: sold, posted again, taken back, gone."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from posthouse.errors import RejectedError
from posthouse.model.outgoing import Operation
from posthouse.storage.schema import entry, post
from posthouse.testing import FakeMessenger, Point, TestSite, everywhere, play
from tests.unit.posts.boards import CHATS, Ad, board, notices, publish, rows


async def test_a_transition_asks_and_changes_the_post(tmp_path: Path) -> None:
    """Picture and words change in one edit; then the author is told that it is done."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site, photos=1)
        before = site.chat("channel")[0].content.photos
        await ann.presses("Mark as: sold")
        assert ann.sees == "Mark #1 as: sold? This cannot be undone."
        await ann.presses("No")
        assert ann.sees == "#1 is published."
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        (shown,) = site.chat("channel")
        assert (shown.text, shown.edits) == ("SOLD #1 Bike\nAs good as new", 1)
        assert shown.content.photos != before
        assert ann.sees == "#1: sold."
        assert ann.buttons == ["Open the post", "Write about #1", "New"]
        (made,) = await rows(site, entry)
        assert made["state"] == "sold"


async def test_a_second_press_says_that_it_is_so(tmp_path: Path) -> None:
    """Nothing is edited again, from whichever message the button is."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.says("/start")
        await ann.presses("My ads")
        await ann.presses("#1 · on sale")
        for _ in range(2):  # in the list's message, then in that of the publication
            await ann.presses("Mark as: sold")
            await ann.presses("Yes")
        assert notices(site) == ["#1 is that already: sold."]
        assert site.chat("channel")[0].edits == 1


async def test_acting_on_a_post_leaves_a_draft_alone(tmp_path: Path) -> None:
    """The half-filled form takes the next text."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.says("/start")
        await ann.presses("New ad")
        await ann.says("Car")
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        await ann.says("A red one")
        await ann.presses("Skip")
        await ann.presses("Publish")
        assert [m.text for m in site.chat("channel")] == [
            "SOLD #1 Bike\nAs good as new",
            "#2 Car\nA red one",
        ]


async def test_a_strangers_press_is_refused(tmp_path: Path) -> None:
    """A button that somebody else got hold of does nothing but say so."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        bob = site.person("Bob", chat="ann")
        await bob.presses("Mark as: sold")
        await bob.presses("Yes")
        assert notices(site)[-1] == "Only its author can do that."
        assert site.chat("channel")[0].edits == 0
        assert (await rows(site, entry))[0]["state"] == "on-sale"
        assert ann.id == "ann"


async def test_an_edit_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    """The entry is sold at once; that the channel is not, is said until it is."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        no = RejectedError("no rights")
        messenger.fails(no, chat="channel", operation=Operation.EDIT, times=2)
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        assert "could not be updated yet; it will be tried again" in ann.sees
        alert = site.chat("admin")[-1].text
        assert alert.startswith("The message of #1 could not be changed: no rights")
        assert (await rows(site, entry))[0]["state"] == "sold"
        await site.restart()
        await site.later(timedelta(minutes=1))
        assert site.chat("channel")[0].edits == 0
        await site.later(timedelta(minutes=10))
        assert site.chat("channel")[0].text.startswith("SOLD #1")
        assert ann.sees == "#1: sold."
        assert len(site.chat("admin")) == 2


async def test_it_is_given_up_in_the_end(tmp_path: Path) -> None:
    """Staff are told twice: at the first failure and at the last."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        no = RejectedError("no rights")
        messenger.fails(no, chat="channel", operation=Operation.EDIT, times=99)
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        for hours in (1, 2, 7, 48):
            await site.later(timedelta(hours=hours))
        _, first, last = (m.text for m in site.chat("admin"))
        assert first.endswith("It is tried again.")
        assert last.endswith("It is not tried any more.")


async def test_a_post_deleted_by_hand_can_be_posted_again(tmp_path: Path) -> None:
    """The author hears that it is gone; posting again is offered whatever the terms say."""
    async with play(board(tmp_path, repost=None), chats=CHATS) as site:
        ann = await publish(site)
        site.messenger.messages.remove(site.chat("channel")[0])
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        assert ann.sees == (
            "#1: sold. Its message is not there any more: somebody deleted it. "
            "You can post it again."
        )
        (out,) = await rows(site, post)
        assert (out["status"], out["live"]) == ("gone", False)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("edit", ["#1 was posted again: #2 https://fake.example/channel/{id}", "#2 Bike\n*"]),
        ("delete", ["#2 Bike\n*"]),
        ("keep", ["#1 Bike\n*", "#2 Bike\n*"]),
    ],
)
async def test_posting_again(tmp_path: Path, policy: str, expected: list[str]) -> None:
    """There is a new number, and the old message becomes what the terms say."""
    async with play(board(tmp_path, repost=policy), chats=CHATS) as site:
        ann = await publish(site)
        await ann.presses("Post #1 again")
        shown = site.chat("channel")
        told = [each.text.replace("As good as new", "*") for each in shown]
        assert told == [each.format(id=shown[-1].id) for each in expected]
        assert ann.sees == "#2 is published."
        assert len(site.chat("admin")) == 2
        posts = sorted(await rows(site, post), key=lambda out: out["number"])
        old = "gone" if policy == "delete" else "moved"
        assert [(out["status"], out["live"]) for out in posts] == [(old, 0), ("live", 1)]


async def test_posting_again_twice_makes_one_new_post(tmp_path: Path) -> None:
    """The second press, on an older message, says what its number is now."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.says("/start")
        await ann.presses("My ads")
        await ann.presses("#1 · on sale")
        await ann.presses("Post #1 again")
        await ann.presses("Post #1 again")
        assert notices(site) == ["It was posted again already: #2."]
        assert len(site.chat("channel")) == 2


async def test_an_old_button_acts_on_the_present_post(tmp_path: Path) -> None:
    """Sold by a button of #1, it is #2 that shows it."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.says("/start")
        await ann.presses("My ads")
        await ann.presses("#1 · on sale")
        old = next(m for m in ann.screen if m.text == "#1 is published.")
        await ann.presses("Post #1 again")  # in the newest message: the list's
        site.messenger.messages.remove(ann.screen[-1])
        assert old in ann.screen
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        assert site.chat("channel")[1].text.startswith("SOLD #2")


async def test_taking_a_post_back(tmp_path: Path) -> None:
    """Its message is deleted, and nothing follows on it."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        assert site.chat("channel") == []
        assert (ann.sees, ann.buttons) == ("#1 was taken back.", ["New"])


async def test_a_message_that_cannot_be_deleted_is_told(tmp_path: Path) -> None:
    """Author and staff learn that it stands there still."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        messenger.fails(RejectedError("too old"), operation=Operation.DELETE)
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        assert ann.sees.startswith("#1 was taken back, but its message could not be deleted")
        assert site.chat("admin")[-1].text == "The message of #1 could not be deleted: too old"


async def test_selling_and_posting_again_survive_a_death_anywhere(tmp_path: Path) -> None:
    """There is one live post, and it shows the state of its entry."""

    async def scenario(site: TestSite) -> None:
        ann = await publish(site)
        await ann.presses("Post #1 again")
        await site.settle()
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")

    async def check(site: TestSite) -> None:
        (made,) = await rows(site, entry)
        live = [out for out in await rows(site, post) if out["live"]]
        assert [(out["number"], out["shown"]) for out in live] == [(made["number"], "sold")]
        texts = [each.text for each in site.chat("channel")]
        assert len(texts) == 2
        assert texts[0].startswith("#1 was posted again: #2")
        assert texts[1].startswith("SOLD #2")
        assert site.person("Ann").sees == "#2: sold."

    points = [Point.HANDLED, Point.AFTER_COMMIT, Point.BEFORE_SEND, Point.AFTER_SEND]
    app = board(tmp_path, remind=None)
    await everywhere(scenario, app, check=check, points=points, chats=CHATS, occurrences=1)


@pytest.mark.parametrize("policy", ["edit", "keep"])
async def test_taking_back_what_was_posted_again_takes_all_of_it(
    tmp_path: Path, policy: str
) -> None:
    """A former message would lead to one that is gone."""
    async with play(board(tmp_path, repost=policy), chats=CHATS) as site:
        ann = await publish(site)
        await ann.presses("Post #1 again")
        await site.later(2)
        await ann.presses("Take #2 back")
        await ann.presses("Yes")
        assert site.chat("channel") == []


async def test_what_the_terms_allow_no_longer_is_refused(tmp_path: Path) -> None:
    """A button that says otherwise may be on a screen from before."""
    app = board(tmp_path)
    async with play(app, chats=CHATS) as site:
        ann = await publish(site)
        submits = app.forms[Ad].hooks["publish"].flows["bazaar", Ad]
        submits.board.terms = replace(submits.board.terms, withdraw=False)
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        assert notices(site) == ["That cannot be done with #1 now."]
        assert len(site.chat("channel")) == 1
