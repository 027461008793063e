"""S6: feedback about a repair, days later, on Telegram."""

from datetime import timedelta
from pathlib import Path

from tests.examples.town import Town, requested, shown


async def test_feedback_days_later(tmp_path: Path) -> None:
    """It names the request, is checked, and goes into the thread and to the second chat."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await requested(town)
            (thread,) = await town.posts(town.comments)
            (post,) = await town.posts(town.works)
        town.clock.shift = timedelta(days=5)
        async with town.running():
            await ivan.presses("Tell how it went", "How did it go?")
            assert any("#1" in words for words in ivan.answers)
            await ivan.says("ok", "at least 3 are needed")
            await ivan.says("x" * 4001, "at most 4000")
            await ivan.person.sends_file(kind="sticker")
            await ivan.person.waits_for("3 to 4000 characters")
            before = post.content
            await ivan.says("Quick & <cheap>", "Quick & <cheap>")
            await ivan.presses("Publish", "Thank you!")
            told = (await town.posts(town.comments, 2))[-1]
            assert told.content == "Quick & <cheap>"
            assert told.body["reply_to_message"]["message_id"] == thread.id
            (copied,) = await town.posts(town.feedback)
            assert copied.content == "About #1, from Ivan:\nQuick & <cheap>"
            link = next(one for one in copied.body["entities"] if one["type"] == "text_link")
            assert link["url"] == f"https://t.me/town_repairs/{post.id}"
            assert shown(town.works)[0].content == before


async def test_giving_feedback_up(town: Town) -> None:
    """Cancel goes back to the request, and nothing is sent."""
    ivan = await requested(town)
    await ivan.presses("Tell how it went", "How did it go?")
    await ivan.presses("Cancel", "")
    await ivan.person.until(lambda: "How did it go?" not in ivan.prompt, what="the request")
    assert shown(town.feedback) == []
    assert len(await town.posts(town.comments)) == 1


async def test_feedback_without_a_thread_goes_to_the_second_chat(town: Town) -> None:
    """Where the channel has no discussion, the group alone gets it."""
    town.works.linked = None
    ivan = await requested(town)
    await ivan.presses("Tell how it went", "How did it go?")
    await ivan.says("Splendid work", "Splendid work")
    await ivan.presses("Publish", "Thank you!")
    (copied,) = await town.posts(town.feedback)
    assert copied.content.endswith("Splendid work")
    assert shown(town.comments) == []


async def test_a_second_feedback_is_added(town: Town) -> None:
    """Both stand below the post."""
    ivan = await requested(town)
    await town.posts(town.comments)
    for words in ("Good so far", "It broke again"):
        await (await ivan.finds("Tell how it went")).pressed()
        await ivan.person.until(lambda: "How did it go?" in ivan.prompt, what="the question")
        await ivan.says(words, words)
        await ivan.presses("Publish", "Thank you!")
        await ivan.presses("Show #1", "no. 1 is on the board")
    said = [one.content.splitlines()[-1] for one in await town.posts(town.comments, 3)]
    assert said[1:] == ["Good so far", "It broke again"]


async def test_a_request_that_staff_deleted_takes_none(town: Town) -> None:
    """The button says that it is gone."""
    ivan = await requested(town)
    feedback = ivan.remembers("Tell how it went")
    await town.staff().decides("#1", "Delete")
    await town.sim.until(lambda: shown(town.works) == [], what="the post to go")
    await feedback.pressed()
    await ivan.person.until(lambda: "removed" in ivan.prompt, what="the news")
    assert shown(town.feedback) == []
