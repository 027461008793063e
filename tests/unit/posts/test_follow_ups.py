"""Follow-ups: a further form about a post, into its thread and a second chat."""

from pathlib import Path

import pytest

from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.errors import RejectedError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.reply import Reply
from posthouse.posts.declare import FollowUp
from posthouse.storage.schema import entry, post as post_table
from posthouse.testing import FakeMessenger, FakePerson, play
from tests.unit.posts.boards import (
    CHATS,
    STAFF,
    Feedback,
    board,
    notices,
    publish,
    rows,
    thread_opens,
)


async def write(person: FakePerson, words: str, number: int = 1) -> None:
    """Let somebody fill in a follow-up."""
    await person.presses(f"Write about #{number}")
    await person.says(words)
    await person.presses("Publish")


async def test_a_follow_up_goes_into_the_thread_and_the_second_chat(tmp_path: Path) -> None:
    """The post itself is not edited."""
    messenger = FakeMessenger(capabilities=Capabilities(threads=Level.FULL))
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        await thread_opens(site, site.chat("channel")[0], thread="m77")
        await write(ann, "Very good")
        (told,) = site.chat("talk")
        assert told.text == "Words: Very good"
        sent = [d.outgoing.reply_to for _, d in messenger.deliveries if d.chat == "talk"]
        assert sent == ["m77"]
        (other,) = site.chat("feedback")
        assert other.text == "About #1, from Ann:\nWords: Very good"
        assert site.chat("channel")[0].edits == 0
        assert ann.sees == "Thank you, it was passed on."
        await ann.presses("Show #1")
        assert ann.sees == "#1 is published."


async def test_it_names_the_post_and_keeps_its_screen(tmp_path: Path) -> None:
    """The buttons of the post stay where they were."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await ann.presses("Write about #1")
        assert ann.answers[0] == "About #1:"
        assert any(m.text == "#1 is published." for m in ann.screen)
        await ann.says("ok")
        assert "How did it go?" in ann.sees
        await ann.presses("Cancel")


@pytest.mark.parametrize(("again", "told"), [("add", 2), ("edit", 1), ("refuse", 1)])
async def test_a_second_one(tmp_path: Path, again: str, told: int) -> None:
    """It is added, takes the place of the first, or is refused."""
    follow_up = FollowUp(form=Feedback, chat="feedback", again=again)  # type: ignore[arg-type]
    async with play(board(tmp_path, follow_ups=(follow_up,)), chats=CHATS) as site:
        ann = await publish(site)
        await write(ann, "Very good")
        await site.later(2)
        if again == "refuse":
            await ann.presses("Write about #1")
            assert notices(site) == ["You have written about #1 already."]
        else:
            await write(ann, "On second thought, bad")
        shown = [m.text.splitlines()[-1] for m in site.chat("feedback")]
        assert len(shown) == told
        assert shown[-1].endswith("Very good" if again == "refuse" else "bad")


async def test_a_removed_post_takes_none(tmp_path: Path) -> None:
    """Neither at the press nor when the form was open already."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        ann = await publish(site)
        await ann.presses("Write about #1")
        await ann.says("Very good")
        await site.person("Sam", chat="admin").presses("Delete")
        await ann.presses("Publish")
        assert ann.sees == "#1 was removed by staff."
        await site.later(2)
        await ann.presses("Write about #1")
        assert notices(site) == ["#1 was removed by staff."]
        assert site.chat("feedback") == []
        assert len(await rows(site, entry)) == 1


async def test_a_draft_about_another_post_gives_way(tmp_path: Path) -> None:
    """What is written is about the post whose button was pressed last."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await publish(site)
        await ann.presses("Write about #1")
        await write(ann, "Very good", 2)
        (told,) = site.chat("feedback")
        assert told.text.startswith("About #2")


async def test_staff_hear_when_it_cannot_be_sent(tmp_path: Path) -> None:
    """The entry is kept."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        messenger.fails(RejectedError("no rights"), chat="feedback")
        await write(ann, "Very good")
        assert "could not be sent to feedback: no rights" in site.chat("admin")[-1].text
        assert len(await rows(site, entry)) == 2


class Answer(Form):
    """Shows what it is about by itself, and is longer than a message may be."""

    words: str = ask("How did it go?", max_length=3000, elastic=True)

    def preview(self) -> Reply:
        """Show it."""
        return Reply(f"Re {self.number} at {self.link}: {self.words}")


async def test_its_preview_names_the_post(tmp_path: Path) -> None:
    """With the number and the address, both where the form shows them and above it."""
    follow_up = FollowUp(form=Answer, chat="feedback")
    async with play(board(tmp_path, follow_ups=(follow_up,)), chats=CHATS) as site:
        ann = await publish(site)
        (post,) = await rows(site, post_table)
        assert post["link"]
        await ann.presses("Write about #1")
        await ann.says("Very good")
        expected = f"About #1, from Ann:\nRe 1 at {post['link']}: Very good"
        assert ann.sees == expected
        await ann.presses("Publish")
        assert [m.text for m in site.chat("feedback")] == [expected]


async def test_a_long_one_is_cut_to_one_message(tmp_path: Path) -> None:
    """Where it is elastic, with the line above it counted."""
    messenger = FakeMessenger(capabilities=Capabilities(text_length=300))
    follow_up = FollowUp(form=Answer, chat="feedback")
    app = board(tmp_path, follow_ups=(follow_up,), media={})
    async with play(app, chats=CHATS, messenger=messenger) as site:
        ann = await publish(site)
        await ann.presses("Write about #1")
        await ann.says("W" * 290)
        await ann.presses("Publish")
        (told,) = site.chat("feedback")
        assert len(told.text) == 300
        assert told.text.startswith("About #1, from Ann:\nRe 1 at ")
        assert told.text.endswith("W…")


async def test_a_second_one_is_sent_where_the_first_did_not_arrive(tmp_path: Path) -> None:
    """There is nothing to edit there."""
    messenger = FakeMessenger()
    follow_up = FollowUp(form=Feedback, chat="feedback", again="edit")
    async with play(
        board(tmp_path, follow_ups=(follow_up,)), chats=CHATS, messenger=messenger
    ) as site:
        ann = await publish(site)
        messenger.fails(RejectedError("no rights"), chat="feedback")
        await write(ann, "Very good")
        await site.later(2)
        assert site.chat("feedback") == []
        await write(ann, "On second thought, bad")
        (told,) = site.chat("feedback")
        assert told.text.endswith("bad")
