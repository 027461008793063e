"""S1: a repair request on Telegram, from first contact to the comments."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from townboard import repairs

from posthouse.storage.schema import journal, person
from posthouse.testing import TestSite, play
from tests.examples.town import REQUEST, Town, shown

ODD = "It <b>rattles</b> & {knocks} [x](y) </i>"


async def test_the_first_message_is_no_answer(town: Town) -> None:
    """Whatever it is, it gets the welcome; only the button begins."""
    ivan = town.owner()
    await ivan.says("hi", "Something broken")
    assert ivan.person.buttons == ["Ask for a repair", "My requests"]
    await ivan.person.sends_photo()
    await ivan.person.waits_for("Something broken")
    await ivan.person.sends_file(kind="sticker")
    await ivan.person.waits_for("Something broken")
    await ivan.presses("Ask for a repair", "What is your name?")


async def test_a_name_that_does_not_fit_is_told_and_asked_again(town: Town) -> None:
    """The sentence says the limit, the question follows, and nothing is kept."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    for wrong, told in (
        ("A", "at least 2 are needed"),
        ("x" * 51, "it has 51 characters, and at most 50 fit"),
        ("\u2800\u200b", "2 to 50 characters"),
    ):
        await ivan.says(wrong, told)
        assert "1 of 6" in ivan.prompt
        assert "What is your name?" in ivan.prompt
        assert len(ivan.answers) <= 2
    await ivan.person.sends_file(kind="sticker")
    await ivan.person.waits_for("2 to 50 characters")
    await ivan.fills("  Ivan ")
    assert "2 of 6" in ivan.prompt


async def test_the_kind_is_chosen_not_typed_freely(town: Town) -> None:
    """Eight kinds; an unknown one is refused, a label may be typed, and Back keeps the name."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills("Ivan")
    assert ivan.person.buttons[:8] == [
        "Engine and chassis", "Bodywork", "Electrics", "Computer diagnostics", "Advice wanted",
        "Spare parts", "Fuel", "Something else",
    ]  # fmt: skip
    await ivan.says("A new kind", "choose one of the options")
    assert "2 of 6" in ivan.prompt
    await ivan.fills("‹ Back")
    assert "What is your name?" in ivan.prompt
    assert "Now: Ivan" in ivan.prompt
    await ivan.fills("Next ›", "bodywork")
    assert "Which car" in ivan.prompt


async def test_a_problem_is_kept_as_it_was_typed(town: Town) -> None:
    """700 characters fit, 701 do not; markup is text, in the preview and in the post."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills("Ivan", "Fuel", "Lada Niva, 2011")
    await ivan.says("x" * 701, "it has 701 characters, and at most 700 fit")
    await ivan.fills("x" * 700, "‹ Back", ODD, "Skip", "Zar'yane")
    await ivan.fills(*ivan.person.buttons[:1])
    assert ODD in ivan.prompt
    await ivan.publishes()
    (post,) = await town.posts(town.works)
    assert ODD in post.content
    assert {one["type"] for one in post.body["caption_entities"]} == {"bold", "hashtag"}


async def test_one_photo_however_it_comes(town: Town) -> None:
    """Text is refused; an image file does; of an album the first counts, and one note says so."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills(*REQUEST)
    await ivan.says("look at it", "send a photo")
    await ivan.person.sends_file(name="dent.png", content=_png())
    await ivan.person.waits_for("In which town")
    await ivan.fills("‹ Back")
    await ivan.person.sends_album(3)
    await ivan.person.waits_for("In which town")
    notes = [words for words in ivan.answers if "Only one photo is needed" in words]
    assert len(notes) == 1
    await ivan.fills("‹ Back", "Next ›", "Zar'yane")
    await ivan.fills(*ivan.person.buttons[:1])
    assert "photo" in ivan.person.screen[-1].body


async def test_the_town_is_one_that_was_offered(town: Town) -> None:
    """Two letters find many, an unknown name none, other letters and cases the same one."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills(*REQUEST, "Skip")
    await ivan.says("Atlantis", "no place like “Atlantis”")
    await ivan.says("al", "I found")
    assert "1/" in " ".join(ivan.person.buttons)
    await ivan.says("ЖЕРЛАВА", "one place")
    assert ivan.person.buttons[0] == "Žerlava"
    await ivan.says("nowhere at all", "no place like")
    await ivan.presses("Žerlava", "#Bodywork #000")
    assert "Žerlava #Ardenia" in ivan.prompt
    await ivan.says("hello", "choose with one of these buttons")
    assert ivan.person.buttons[:2] == ["Publish", "Change"]
    assert any("#Bodywork #000" in message.content for message in ivan.person.screen)


async def test_any_answer_can_be_changed_from_the_preview(town: Town) -> None:
    """Change lists the answers; one is asked again, and the preview comes back."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills(*REQUEST, "Skip", "zerlava")
    await ivan.presses("Žerlava", "#000")
    await ivan.presses("Change", "What do you want to change?")
    assert "Car: Lada Niva, 2011" in ivan.person.buttons
    await ivan.presses("Car: Lada Niva, 2011", "Which car")
    await ivan.says("ZAZ 968, 1975", "#000")
    assert "ZAZ 968, 1975" in ivan.prompt
    assert "Žerlava" in ivan.prompt


async def test_publishing_once(town: Town) -> None:
    """The post, the card of staff, the author's screen; a second press adds nothing."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills(*REQUEST, "Skip", "zerlava")
    await ivan.presses("Žerlava", "#000")
    publish = await ivan.finds("Publish")
    await ivan.publishes()
    (post,) = await town.posts(town.works)
    assert post.content.splitlines() == [
        "#Bodywork #1 · open", "Lada Niva, 2011", "A dent in the door", "Žerlava #Ardenia", "Ivan",
    ]  # fmt: skip
    assert "photo" in post.body
    assert "reply_markup" not in post.body
    assert "067" not in post.content
    (card,) = await town.posts(town.admin)
    assert "#1" in card.content
    assert ivan.prompt.startswith("Your request no. 1 is on the board.")
    assert ivan.person.buttons == [
        "Open the post", "It is repaired", "Tell how it went", "Take the request back",
        "Ask for a repair",
    ]  # fmt: skip
    await publish.pressed()
    assert len(shown(town.works)) == 1
    assert len(shown(town.admin)) == 1


async def test_the_thread_is_where_telegram_forwards_the_post(town: Town) -> None:
    """Feedback goes below the automatic forward, whatever people forward besides."""
    ivan = town.owner()
    await ivan.begins("Ask for a repair")
    await ivan.fills(*REQUEST, "Skip", "zerlava")
    await ivan.presses("Žerlava", "#000")
    await ivan.publishes()
    (post,) = await town.posts(town.works)
    (forward,) = await town.posts(town.comments)
    assert forward.body["is_automatic_forward"] is True
    await town.boss.at(town.comments).forwards(post)
    await town.boss.at(town.feedback).forwards(post)
    await ivan.presses("Tell how it went", "How did it go?")
    await ivan.says("Quick and cheap", "Quick and cheap")
    await ivan.presses("Publish", "Thank you")
    told = (await town.posts(town.comments, 3))[-1]
    assert told.content == "Quick and cheap"
    assert told.body["reply_to_message"]["message_id"] == forward.id


def _png() -> bytes:
    from townboard import HERE

    return (HERE / "car.png").read_bytes()


async def test_what_was_said_is_written_down(tmp_path: Path) -> None:
    """For a bot that keeps a journal: a row each way, of every kind of message."""
    chats = {"channel": "channel", "admin": "admin", "feedback": "feedback"}
    options = {"country": "UA", "journal": timedelta(days=30)}
    async with play(
        repairs, chats=chats, options=options, storage="sqlite:town.db", folder=tmp_path
    ) as site:
        ann = site.person("Ann")
        await ann.sends_other("sticker")
        assert sorted(await said(site)) == [
            ("in", "othermessage", "sticker", "ann"),
            ("out", "send", ann.sees, "ann"),
        ]
        await ann.presses("Ask for a repair")
        await ann.says("<b>I</b>")
        later = (await said(site))[2:]
        assert [kind for way, kind, *_ in later if way == "in"] == ["press", "textmessage"]
        assert ("in", "textmessage", "<b>I</b>", "ann") in later
        assert any("What is your name?" in words for way, _, words, _ in later if way == "out")
        (who,) = await site.store.fetch(select(person))
        assert (who.person, who.name, who.chat) == ("ann", "Ann", "ann")
        await site.clock.advance(timedelta(days=31))
        assert await said(site) == []


async def said(site: TestSite) -> list[tuple[str, str, str, str]]:
    """Return all of the journal: the way, the kind, the words, and of whom."""
    await site.engine.committer.drained()
    rows = await site.store.fetch(select(journal).order_by(journal.c.id))
    return [(row.way, row.kind, row.text, row.person) for row in rows]
