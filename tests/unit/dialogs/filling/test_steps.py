"""The way through a form: questions, answers, back and forth, the preview, and the end."""

from decimal import Decimal
from enum import Enum

from posthouse import App, Reply, Screen, Turn, button, text
from posthouse.dialogs.forms.fields import ask, choose, computed
from posthouse.dialogs.forms.form import Form
from posthouse.testing import play
from posthouse.testing.people import FakePerson


class Colour(Enum):
    """What it looks like."""

    RED = "red"
    BLUE = "blue"


class Chair(Form):
    """A chair for sale."""

    title: str = ask("What is it?", min_length=3)
    price: Decimal = ask("How much?", ge=0)
    colour: Colour = choose("Which colour?", default=Colour.RED)
    note: str = ask("Anything else?", default="nothing")
    shout: str = computed(lambda chair: chair.title.upper())

    def preview(self) -> str:
        """Show the chair."""
        return f"{self.shout} for {self.price}, {self.colour.value}. {self.note}"


def chairs(taken: list[Chair]) -> App:
    """Return an app with the form, that keeps what was submitted."""
    app = App("chairs")
    app.form(Chair)

    @app.submit(Chair)
    async def take(turn: Turn, chair: Chair) -> str:
        taken.append(chair)
        return f"Thank you, {turn.person.name}."

    @app.action(home=True)
    async def welcome(turn: Turn) -> Screen:
        return Screen("Welcome.").row(button("New", app.start(Chair)))

    return app


async def answer(person: FakePerson, *words: str) -> None:
    """Write one answer after the other."""
    for each in words:
        await person.says(each)


async def test_a_form_is_filled_in_and_submitted_once() -> None:
    """Each question comes with its place, the preview shows the outcome, Send ends it."""
    taken: list[Chair] = []
    async with play(chairs(taken)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        assert ann.sees == "1 of 4\nWhat is it?"
        assert ann.buttons == ["Cancel"]
        await answer(ann, "Armchair")
        assert ann.sees == "2 of 4\nHow much?"
        await answer(ann, "12.50")
        await ann.presses("blue")
        assert ann.buttons == ["‹ Back", "Skip", "Cancel"]
        await ann.presses("Skip")
        assert ann.sees == "ARMCHAIR for 12.50, blue. nothing"
        assert ann.buttons == ["Send", "Change", "Start over", "Cancel"]
        await ann.presses("Send")
        assert ann.answers[-1] == "Thank you, Ann."
        assert ann.screen[-2].text == "ARMCHAIR for 12.50, blue. nothing"
        assert taken == [Chair(title="Armchair", price=Decimal("12.50"), colour=Colour.BLUE)]
        assert taken[0].shout == "ARMCHAIR"
        await ann.says("hello")
        assert ann.sees == "Welcome."


async def test_a_wrong_answer_gets_one_message_with_the_question_again() -> None:
    """What was expected stands above it, and nothing was answered."""
    async with play(chairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("ab")
        assert len(ann.answers) == 1
        above, _, below = ann.sees.partition("\n\n")
        assert "3" in above
        assert below == "1 of 4\nWhat is it?"
        await answer(ann, "Armchair", "inf")
        assert len(ann.answers) == 1
        assert ann.sees.endswith("2 of 4\nHow much?")


async def test_back_keeps_answers_and_forward_keeps_the_one_shown() -> None:
    """A new answer goes to the first question without one."""
    async with play(chairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await answer(ann, "Armchair", "12")
        await ann.presses("‹ Back")
        await ann.presses("‹ Back")
        assert ann.sees == "1 of 4\nWhat is it?\nNow: Armchair"
        assert ann.buttons == ["Next ›", "Cancel"]
        await ann.presses("Next ›")
        assert ann.sees == "2 of 4\nHow much?\nNow: 12"
        await ann.presses("‹ Back")
        await ann.says("Stool")
        assert ann.sees.startswith("3 of 4\nWhich colour?")
        await ann.presses("Skip")
        await ann.presses("Skip")
        assert ann.sees == "STOOL for 12, red. nothing"


async def test_one_field_is_changed_from_the_preview() -> None:
    """The list shows every answer; an answer, Next and Back all lead back to the preview."""
    async with play(chairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await answer(ann, "Armchair", "12", "blue", "skip")
        await ann.presses("Change")
        assert ann.buttons[0] == "Title: Armchair"
        await ann.presses("Price: 12")
        assert ann.sees == "2 of 4\nHow much?\nNow: 12"
        await ann.presses("‹ Back")
        assert ann.sees == "ARMCHAIR for 12, blue. nothing"
        await ann.presses("Change")
        await ann.presses("Price: 12")
        await ann.presses("Next ›")
        assert ann.sees == "ARMCHAIR for 12, blue. nothing"
        await ann.presses("Change")
        await ann.presses("Price: 12")
        await ann.says("13")
        assert ann.sees == "ARMCHAIR for 13, blue. nothing"
        await ann.presses("Change")
        await ann.presses("‹ Back")
        assert ann.sees == "ARMCHAIR for 13, blue. nothing"


async def test_a_typed_label_is_a_press() -> None:
    """Without its signs, in any case; at every page, and for the ways around, too."""
    taken: list[Chair] = []
    async with play(chairs(taken)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await answer(ann, "Armchair", "12", "BACK")
        assert ann.sees == "2 of 4\nHow much?\nNow: 12"
        await answer(ann, "next", "Blue", "SKIP", "change", "price: 12", "back", "send")
        assert [chair.colour for chair in taken] == [Colour.BLUE]


async def test_start_over_asks_from_the_beginning() -> None:
    """The answers are gone, and so are the buttons of the old draft."""
    async with play(chairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await answer(ann, "Armchair", "12", "blue", "skip")
        await ann.presses("Start over")
        assert ann.sees == "1 of 4\nWhat is it?"
        assert ann.buttons == ["Cancel"]


async def test_text_at_the_preview_gets_one_sentence() -> None:
    """It is no answer to anything."""
    async with play(chairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await answer(ann, "Armchair", "12", "blue", "skip", "well?")
        assert ann.answers == ["Please choose with one of these buttons."]
        assert ann.buttons == ["Send", "Change", "Start over", "Cancel"]
        await ann.says("send")
        assert ann.sees == "Thank you, Ann."


class Parcel(Form):
    """Something sent, insured or not."""

    insured: bool = choose("Insured?")
    worth: int = ask("Worth what?", default=0, when=lambda parcel: parcel.insured)
    town: str = ask("Where to?")

    def preview(self) -> Reply:
        """Show the parcel."""
        return Reply(text(f"to {self.town}, {self.worth}"))


async def test_a_question_is_asked_only_if_its_condition_holds() -> None:
    """It is looked at again at each step; an answer that is not asked any more is not submitted."""
    app = App("parcels")
    app.form(Parcel)
    taken: list[Parcel] = []

    @app.submit(Parcel)
    async def take(turn: Turn, parcel: Parcel) -> None:
        taken.append(parcel)

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.sees == "1 of 2\nInsured?"
        await ann.presses(ann.buttons[0])
        assert ann.sees == "2 of 3\nWorth what?"
        await answer(ann, "70", "Lviv")
        assert ann.sees == "to Lviv, 70"
        await ann.presses("Change")
        assert len(ann.buttons) == 4
        await ann.presses(ann.buttons[0])
        await ann.presses(ann.buttons[1])
        assert ann.sees == "to Lviv, 0"
        await ann.presses("Change")
        assert len(ann.buttons) == 3
        await ann.presses("‹ Back")
        await ann.presses("Send")
        assert ann.sees == "Done. Thank you!"
    assert taken == [Parcel(insured=False, worth=0, town="Lviv")]
