"""Sub-forms in a list, checks of a form's own, and conditions on what was answered."""

from posthouse import App, Turn
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.testing import play


class Guest(Form):
    """Somebody who comes along."""

    name: str = ask("Guest's name?", min_length=2)
    age: int = ask("Guest's age?", ge=0)


async def is_free(evening: str) -> str | None:
    """Return what is wrong with an evening; it has to be looked up somewhere."""
    return "Monday is taken." if evening == "Monday" else None


def even(seats: int, party: "Party") -> None:
    """Refuse an odd number of seats on Fridays."""
    if party.evening == "Friday" and seats % 2:
        raise ValueError("On Fridays we seat pairs.")


class Party(Form):
    """Who comes when."""

    evening: str = ask("Which evening?", check=is_free)
    seats: int = ask("How many seats?", ge=1, check=even)
    guests: tuple[Guest, ...] = ask("Who comes along?", max_items=2, default=())

    def preview(self) -> str:
        """Show the party."""
        names = ", ".join(f"{guest.name} ({guest.age})" for guest in self.guests)
        return f"{self.evening}, {self.seats}: {names or 'nobody'}"


def parties(taken: list[Party]) -> App:
    """Return an app with the form."""
    app = App("parties")
    app.form(Party)

    @app.submit(Party)
    async def take(turn: Turn, party: Party) -> str:
        taken.append(party)
        return "See you."

    return app


async def test_sub_forms_are_added_and_taken_away() -> None:
    """Each is asked like a form of its own, and comes back to the list."""
    taken: list[Party] = []
    async with play(parties(taken)) as site:
        ann = site.person("Ann")
        for words in ("hello", "Sunday", "3"):
            await ann.says(words)
        assert "Who comes along?" in ann.sees
        await ann.presses("Add")
        assert ann.sees == "1 of 2\nGuest's name?"
        await ann.says("B")
        assert ann.sees.endswith("1 of 2\nGuest's name?")
        await ann.says("Bob")
        assert ann.sees == "2 of 2\nGuest's age?"
        await ann.presses("‹ Back")
        assert ann.sees == "1 of 2\nGuest's name?\nNow: Bob"
        await ann.presses("Next ›")
        await site.restart()
        await ann.says("30")
        assert "Who comes along?" in ann.sees
        await ann.presses("Add")
        await ann.presses("‹ Back")
        assert "Who comes along?" in ann.sees
        await ann.presses("Add")
        await ann.says("Eve")
        await ann.says("31")
        assert "Add" not in ann.buttons
        await ann.presses("Remove the last")
        await ann.presses("Done")
        assert ann.sees == "Sunday, 3: Bob (30)"
        await ann.presses("Send")
    assert taken == [Party(evening="Sunday", seats=3, guests=(Guest(name="Bob", age=30),))]


async def test_a_check_may_wait_and_may_see_the_other_answers() -> None:
    """It returns a sentence or raises ValueError with one."""
    async with play(parties([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("Monday")
        assert ann.sees == "Monday is taken.\n\n1 of 3\nWhich evening?"
        await ann.says("Friday")
        await ann.says("3")
        assert ann.sees == "On Fridays we seat pairs.\n\n2 of 3\nHow many seats?"
        await ann.says("4")
        await ann.presses("Skip")
        assert ann.sees == "Friday, 4: nobody"


async def test_back_within_a_list_does_not_lose_it() -> None:
    """What was added stays when one goes on, and when the list is asked again."""
    async with play(parties([])) as site:
        ann = site.person("Ann")
        for words in ("hello", "Sunday", "3", "Add", "Bob", "30", "Done"):
            await ann.says(words)
        assert ann.sees == "Sunday, 3: Bob (30)"
        await ann.presses("Change")
        await ann.presses(ann.buttons[2])
        await ann.says("Add")
        for words in ("Eve", "31", "done"):
            await ann.says(words)
        assert ann.sees == "Sunday, 3: Bob (30), Eve (31)"
