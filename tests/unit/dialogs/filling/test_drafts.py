"""Drafts: one for each person and form, resumed, given up in time, and kept when a form changes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from posthouse import App, Screen, Turn, button
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.testing import FakeMessenger, play


class Book(Form):
    """A book."""

    title: str = ask("Title?", profile=True)
    pages: int = ask("Pages?", ge=1)

    def preview(self) -> str:
        """Show the book."""
        return f"{self.title}, {self.pages} pages"


class Shelf(Form):
    """Where books stand."""

    room: str = ask("Room?")
    wall: str = ask("Wall?")

    def preview(self) -> str:
        """Show the shelf."""
        return f"{self.room}, {self.wall}"


def library(**options: Any) -> App:
    """Return an app with two forms."""
    app = App("library")
    app.form(**options)(Book)
    app.form(Shelf)

    @app.submit(Book)
    async def took_book(turn: Turn, book: Book) -> str:
        return "Kept."

    @app.submit(Shelf)
    async def took_shelf(turn: Turn, shelf: Shelf) -> None:
        """Say nothing."""

    @app.action(home=True)
    async def welcome(turn: Turn) -> Screen:
        screen = Screen("Welcome.").row(button("Book", app.start(Book)))
        return screen.row(button("Shelf", app.start(Shelf)))

    return app


async def test_a_draft_is_resumed_after_a_restart(tmp_path: Path) -> None:
    """With its answers and its question; the buttons on the screen work on."""
    async with play(library(), storage=f"sqlite:{tmp_path}/site.db") as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("Book")
        await ann.says("Emma")
        await site.restart()
        await ann.presses("‹ Back")
        assert ann.sees == "1 of 2\nTitle?\nNow: Emma"
        await site.restart()
        await ann.says("Persuasion")
        assert ann.sees == "2 of 2\nPages?"


async def test_a_second_form_comes_first_and_gives_way() -> None:
    """The one below is asked again when the one above it ends, however it ends."""
    async with play(library()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("hello")
        await ann.presses("Book")
        await ann.says("Emma")
        await ann.presses("Shelf")
        assert "1 of 2\nRoom?" in [shown.text for shown in ann.screen]
        await ann.says("attic")
        await ann.says("north")
        await ann.presses("Send")
        assert ann.answers == ["Done. Thank you!", "2 of 2\nPages?"]
        await ann.says("300")
        assert ann.sees == "Emma, 300 pages"


async def test_starting_again_offers_to_go_on() -> None:
    """There is never a second draft of the same form."""
    async with play(library()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("hello")
        await ann.presses("Book")
        await ann.says("Emma")
        await ann.says("/start")
        await ann.presses("Go on")
        assert ann.sees == "2 of 2\nPages?"


async def test_a_draft_expires_with_a_sentence_and_swallows_nothing() -> None:
    """What was written goes to the apps."""
    async with play(library(expires=timedelta(days=2))) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("Book")
        await ann.says("Emma")
        await site.later(timedelta(days=1))
        await ann.says("many")
        assert ann.sees.endswith("2 of 2\nPages?")
        await site.later(timedelta(days=2, hours=1))
        await ann.says("300")
        assert ann.answers == [
            "What you had begun was given up with one answer, because it waited too long.",
            "Welcome.",
        ]
        await ann.says("echo")
        assert ann.answers == ["Welcome."]


async def test_an_expired_draft_is_told_of_at_a_press() -> None:
    """And later presses are told what became of it."""
    async with play(library(expires=timedelta(days=2))) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("Book")
        await ann.says("Emma")
        await site.later(timedelta(days=3))
        await ann.presses("‹ Back")
        await ann.presses("Cancel")
        assert ann.sees == "2 of 2\nPages?"
        said, over = site.messenger.notices.values()
        assert said.startswith("What you had begun was given up with one answer")
        assert over == "This waited too long and was given up."


async def test_what_was_submitted_before_is_offered_again() -> None:
    """As a button; it is copied into the form, and only submitted answers are kept."""
    async with play(library()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("Book")
        assert ann.buttons == ["Cancel"]
        await ann.says("Emma")
        await ann.says("300")
        await ann.presses("Send")
        await ann.says("hello")
        await ann.presses("Book")
        assert ann.buttons == ["Emma", "Cancel"]
        await ann.presses("Emma")
        assert ann.sees == "2 of 2\nPages?"
        await ann.says("301")
        assert ann.sees == "Emma, 301 pages"


def edition(form: type[Form]) -> App:
    """Return an app with one form and a way to begin it."""
    app = App("library")
    app.form(form)
    return app


async def test_a_changed_form_keeps_the_answers_that_still_fit(tmp_path: Path) -> None:
    """One that does not fit is asked again, a new one is asked, one that is gone is forgotten."""
    storage = f"sqlite:{tmp_path}/site.db"
    made: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}

    def form(**fields: Any) -> type[Form]:
        kinds = {name: kind for name, (kind, _) in fields.items()}
        asked = {name: ask(prompt) for name, (_, prompt) in fields.items()}
        return type("Paper", (Form,), {**made, "__annotations__": kinds, **asked})

    before = form(
        title=(str, "Title?"), size=(str, "Size?"), old=(str, "Old?"), last=(str, "Last?")
    )
    after = form(size=(int, "Size in cm?"), title=(str, "Title?"), new=(str, "New?"))
    messenger = FakeMessenger()
    async with play(edition(before), storage=storage, messenger=messenger) as site:
        ann = site.person("Ann")
        for words in ("hello", "News", "large", "yes"):
            await ann.says(words)
        assert ann.sees == "4 of 4\nLast?"
    async with play(edition(after), storage=storage, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("mine")
        changed = "This question has changed since, so please answer it again."
        assert ann.sees == f"{changed}\n\n3 of 3\nNew?"
        await ann.says("fresh")
        assert ann.sees == f"{changed}\n\n1 of 3\nSize in cm?"
        await ann.says("20")
        assert ann.sees == "Size: 20\nTitle: News\nNew: fresh"
