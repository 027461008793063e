"""What people send at every step that is no answer to it, or looks like one."""

from collections.abc import Awaitable, Callable
from enum import Enum

import pytest

from posthouse import App, Photo, Turn
from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form
from posthouse.model.capabilities import Capabilities
from posthouse.testing import FakeMessenger, play
from posthouse.testing.people import FakePerson
from posthouse.types import Phone


class Size(Enum):
    """How big."""

    SMALL = "small"
    LARGE = "large"


class Pet(Form):
    """A pet, with all sorts of fields."""

    name: str = ask("Name?", max_length=20)
    legs: int = ask("Legs?", ge=0, le=1000)
    size: Size = choose("Size?")
    colours: tuple[Size, ...] = choose("Which sizes of spots?")
    tame: bool = choose("Tame?")
    photos: tuple[Photo, ...] = ask("Photos?", max_items=3, default=())
    note: str | None = ask("Note?", default=None, elastic=True)

    def preview(self) -> str:
        """Show it."""
        return f"{self.name} {self.legs} {self.size.value} {len(self.photos)} {self.note}"


def pets(taken: list[Pet]) -> App:
    """Return an app with the form."""
    app = App("pets")
    app.form(Pet)

    @app.submit(Pet)
    async def take(turn: Turn, pet: Pet) -> str:
        taken.append(pet)
        return "Taken."

    return app


STEPS = ["Name?", "Legs?", "Size?", "Which sizes of spots?", "Tame?", "Photos?", "Note?"]


async def go_to(ann: FakePerson, step: str) -> None:
    """Answer until a question is asked."""
    await ann.says("hello")
    answers = {
        "Name?": ["Rex"],
        "Legs?": ["4"],
        "Size?": ["small"],
        "Which sizes of spots?": ["large", "Done"],
        "Tame?": ["yes"],
        "Photos?": ["Skip"],
    }
    for each in STEPS[: STEPS.index(step)]:
        for words in answers[each]:
            await ann.says(words)
    assert step in ann.sees


@pytest.mark.parametrize("step", STEPS)
async def test_what_is_no_answer_gets_one_sentence_and_the_question(step: str) -> None:
    """Stickers, contacts, places, files and edits, at every step."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, step)
        sends: list[Callable[[], Awaitable[object]]] = [
            lambda: ann.sends_other("sticker"),
            lambda: ann.shares_contact("+380671234567"),
            lambda: ann.shares_location(50.45, 30.52),
            lambda: ann.sends_file("a.zip"),
        ]
        for send in sends:
            await send()
            assert len(ann.answers) == 1, ann.answers
            above, _, below = ann.sees.partition("\n\n")
            assert above
            assert step in below
        await ann.edits("what I wrote before")
        assert ann.answers[0].startswith("I do not read changes")
        await ann.says("/start")
        if step != "Name?":  # where there is nothing to go on with
            await ann.says("Go on")
        assert step in ann.sees


@pytest.mark.parametrize("step", ["Name?", "Legs?", "Size?", "Which sizes of spots?", "Tame?"])
async def test_words_that_do_not_fit_get_one_sentence_and_the_question(step: str) -> None:
    """Long ones, numbers beyond all bounds, what is no number, and markup."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, step)
        for words in (
            "x" * 100_000,
            "1" + "0" * 30,
            "inf",
            "nan",
            "-5",
            "<b>&nbsp;{braces}</b>" * 3,
        ):
            if step == "Name?" and len(words) <= 20:
                continue
            await ann.says(words)
            assert len(ann.answers) == 1
            assert step in ann.sees.partition("\n\n")[2]


async def test_markup_in_an_answer_stays_what_it_is() -> None:
    """In the question when one goes back, in the menu and in the preview."""
    taken: list[Pet] = []
    async with play(pets(taken)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("<b>*Rex*</b>")
        await ann.presses("‹ Back")
        assert ann.sees.endswith("Now: <b>*Rex*</b>")
        await ann.presses("Next ›")
        for words in ("4", "small", "large", "Done", "yes", "Skip", "_[x](y)_ &amp;"):
            await ann.says(words)
        assert ann.sees == "<b>*Rex*</b> 4 small 0 _[x](y)_ &amp;"
        await ann.presses("Send")
    assert taken[0].name == "<b>*Rex*</b>"


async def test_an_album_in_pieces_is_one_answer() -> None:
    """Ten photos of which three are wanted: the first three, and a sentence."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, "Photos?")
        await ann.sends_album([(640, 480)] * 10)
        await site.later(5)
        assert len(ann.answers) == 1
        assert "Photos so far: 3 of at most 3." in ann.sees
        assert "Skip" not in ann.buttons
        await ann.sends_photo()
        assert len(ann.answers) == 1
        await ann.presses("Done")
        assert ann.sees.endswith("Note?")
        await ann.says("Skip")
        assert ann.sees == "Rex 4 small 3 None"


async def test_an_elastic_text_is_cut_to_what_fits() -> None:
    """In the preview, by what the messenger takes of one message."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, "Note?")
        await ann.says("long " * 799)
        assert len(ann.screen[-1].text) <= 4096
        assert ann.buttons[0] == "Send"


async def test_a_sticker_at_the_preview_gets_one_sentence() -> None:
    """As words do."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, "Note?")
        await ann.says("Skip")
        await ann.sends_other("sticker")
        assert ann.answers == ["Please choose with one of these buttons."]


class Card(Form):
    """Whom to call."""

    phone: Phone = ask("Your number?", country="UA")
    note: str = ask("Note?")

    def preview(self) -> str:
        """Show it."""
        return f"{self.phone}: {self.note}"


async def test_a_number_can_be_shared_where_the_messenger_can() -> None:
    """By a ready answer, among which are the ways around; it is taken away afterwards."""
    app = App("cards")
    app.form(Card)
    able = Capabilities(requests=frozenset({"contact"}), both_keyboards=False)
    async with play(app, messenger=FakeMessenger(capabilities=able)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.choices == ["Share my number", "Cancel"]
        await ann.says("/cancel")
        assert ann.choices == []
        await ann.says("hello")
        await ann.shares_contact("+380671234567")
        assert ann.sees == "2 of 2\nNote?"
        assert ann.choices == []
        await ann.presses("‹ Back")
        assert "Share my number" in ann.choices
        assert "Now: " in ann.sees
        await ann.says("next")
        assert ann.choices == []
        await ann.says("evenings")
        assert ann.sees == "+380671234567: evenings"


async def test_photos_that_come_too_late_change_nothing() -> None:
    """A part of an album that arrives after the field was answered gets one sentence."""
    async with play(pets([])) as site:
        ann = site.person("Ann")
        await go_to(ann, "Photos?")
        await ann.sends_album([(640, 480)] * 2, album="holiday")
        await site.later(5)
        await ann.presses("Done")
        assert ann.sees.endswith("Note?")
        await ann.sends_album([(640, 480)], album="holiday")
        await site.later(5)
        assert ann.answers == [
            "Some photos came too late to be taken with the others. To add them, press Back."
        ]
        await ann.says("Skip")
        assert ann.sees == "Rex 4 small 2 None"
