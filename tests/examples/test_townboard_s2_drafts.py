"""S2: going back, going on after a restart, starting over, and drafts beside each other."""

import asyncio
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import townboard

from tests.examples.town import ANSWERS, TOWN, Town, shown


async def test_the_last_answer_counts_everywhere(town: Town) -> None:
    """Three steps back from the price; what is answered anew replaces what was there."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan", "067 123-45-67", "Škoda", "120")
    assert "What does it cost" in ivan.prompt
    await ivan.fills("‹ Back")
    assert "How far has it gone" in ivan.prompt
    await ivan.fills("‹ Back")
    assert "Which car" in ivan.prompt
    await ivan.fills("‹ Back")
    assert "Which number" in ivan.prompt
    await ivan.fills("050 123 45 67")
    assert "What does it cost" in ivan.prompt  # what was answered already is not asked again
    await ivan.fills("‹ Back", "90", "‹ Back", "‹ Back", "Fiat 124", "900", "Fixed price", "Rusty")
    await ivan.fills("Skip", "zerlava", "Žerlava")
    for kept in ("+380501234567", "Fiat 124", "90 thousand km", "900", "#to1000", "Fixed price"):
        assert kept in ivan.prompt
    await ivan.publishes()
    (post,) = await town.posts(town.cars)
    for gone in ("Škoda", "120", "0671234567", "Open to offers"):
        assert gone not in post.content
    for kept in ("+380501234567", "Fiat 124", "90 thousand km", "900", "#to1000", "Fixed price"):
        assert kept in post.content


async def test_a_draft_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The next text answers what was asked before."""
    async with Town(tmp_path) as town:
        ivan = town.seller()
        async with town.running():
            await ivan.begins("Sell a car")
            await ivan.fills(*ANSWERS)
            assert "What should a buyer know" in ivan.prompt
        async with town.running():
            await ivan.says("Runs well", "Now some photos")
            await ivan.fills("Skip", "zerlava", "Žerlava")
            assert "Runs well" in ivan.prompt


async def test_a_command_is_no_answer(town: Town) -> None:
    """/start offers to go on, unknown ones are told, /cancel asks; the draft stays."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan", "067 123-45-67", "Škoda")
    await ivan.says("/start", "3 of 9 questions are answered")
    assert ivan.person.buttons == ["Go on", "Start over", "Cancel"]
    await ivan.presses("Go on", "How far has it gone")
    await ivan.says("/nonsense", "/nonsense")
    await ivan.says("/help", "/cancel")
    await ivan.says("/cancel", "Give up your 3 answers?")
    await ivan.presses("Go on", "How far has it gone")
    await ivan.fills("12")
    await ivan.fills("‹ Back")
    assert "Now: 12" in ivan.prompt


async def test_cancelling_and_starting_over_keep_nothing(tmp_path: Path) -> None:
    """The old preview's Publish is explained and publishes nothing, also after a restart."""
    async with Town(tmp_path) as town:
        ivan = town.seller()
        async with town.running():
            await ivan.begins("Sell a car")
            await ivan.fills(*ANSWERS, "Runs well", "Skip", "zerlava", "Žerlava")
            publish = await ivan.finds("Publish")
            await ivan.presses("Start over", "What is your name?")
            await publish.pressed()  # an older drawing of the same message: the present one stays
            assert "What is your name?" in ivan.prompt
            assert shown(town.cars) == []
        async with town.running():
            await publish.pressed()
            assert "What is your name?" in ivan.prompt
            assert shown(town.cars) == []
            await ivan.says("Petro", "Which number")
            await ivan.presses("Cancel", "Give up your answer?")
            await ivan.presses("Yes, give up", "Cancelled")
            await ivan.says("hi", "Here cars find new owners")


async def test_drafts_of_two_bots_are_apart(town: Town) -> None:
    """What is typed in one is no answer in the other."""
    selling, mending = town.seller(), town.owner()
    await selling.begins("Sell a car")
    await mending.begins("Ask for a repair")
    await selling.fills("Ivan", "067 123-45-67")
    await mending.fills("Ivanko")
    await selling.fills("‹ Back")
    assert "Now: +380 67 123 4567" in selling.prompt
    await selling.fills("‹ Back")
    assert "Now: Ivan" in selling.prompt
    await mending.fills("‹ Back")
    assert "Now: Ivanko" in mending.prompt


async def test_two_messages_at_once_are_taken_in_order(town: Town) -> None:
    """Both are answers, one after the other, of the only draft; others do not wait."""
    ivan, olha = town.seller(), town.seller("Olha")
    await ivan.begins("Sell a car")
    await olha.begins("Sell a car")
    for words in ("Ivan", "067 123-45-67", "Škoda"):
        await ivan.person.says(words)
    await olha.says("Olha", "Which number")
    await ivan.person.until(lambda: "How far has it gone" in ivan.prompt, what="the mileage")
    await ivan.fills("‹ Back")
    assert "Now: Škoda" in ivan.prompt
    await ivan.fills("‹ Back")
    assert "Now: +380 67 123 4567" in ivan.prompt


def next_version(monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> Any:
    """Return the bazaar as somebody changed it, with its old name."""
    source = (Path(townboard.__file__)).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    made = ModuleType("townboard_next")
    made.__file__ = townboard.__file__
    monkeypatch.setitem(sys.modules, made.__name__, made)
    exec(compile(source, made.__name__, "exec"), made.__dict__)
    return made.bazaar


async def test_a_draft_at_a_question_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version asks no more for the mileage: who was asked for it goes on at the next."""
    async with Town(tmp_path) as town:
        ivan = town.seller()
        async with town.running():
            await ivan.begins("Sell a car")
            await ivan.fills(*ANSWERS[:3])
            assert "How far has it gone" in ivan.prompt
        gone = ("    mileage: Decimal = ask(ge=0, le=100_000)\n", "")
        unused = ("int(self.mileage)", "0")
        new = await asyncio.to_thread(next_version, monkeypatch, gone, unused)
        town.apps = (new, town.apps[1])
        async with town.running():
            await ivan.says("120", "What does it cost")
            await ivan.fills(*ANSWERS[4:], "Runs well", "Skip", *TOWN)
            assert "Škoda" in ivan.prompt
            assert "#to5000" in ivan.preview
            await ivan.publishes()
            assert len(shown(town.cars)) == 1


async def test_a_draft_with_an_answer_that_no_longer_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version wants more words of the car: it is asked for again before the preview."""
    async with Town(tmp_path) as town:
        ivan = town.seller()
        async with town.running():
            await ivan.begins("Sell a car")
            await ivan.fills("Ivan", "067 123-45-67", "Lada", "120")
        old = "car: str = ask(min_length=3, max_length=50, single_line=True)\n    mileage"
        longer = (old, old.replace("length=3", "length=9"))
        new = await asyncio.to_thread(next_version, monkeypatch, longer)
        town.apps = (new, town.apps[1])
        async with town.running():
            await ivan.fills(*ANSWERS[4:], "Runs well", "Skip", *TOWN)
            assert "Which car" in ivan.prompt
            await ivan.fills("Lada Niva, 2011")
            assert "Lada Niva, 2011" in ivan.preview
            await ivan.publishes()
