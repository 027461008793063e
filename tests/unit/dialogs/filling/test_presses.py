"""Presses on what is old, over or somebody else's."""

from posthouse import App, Screen, Turn, button
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.testing import play


class Pair(Form):
    """Two words."""

    first: str = ask("First?")
    second: str = ask("Second?", default="none")

    def preview(self) -> str:
        """Show both."""
        return f"{self.first} {self.second}"


def pairs(taken: list[Pair]) -> App:
    """Return an app with the form."""
    app = App("pairs")
    app.form(Pair)

    @app.submit(Pair)
    async def take(turn: Turn, pair: Pair) -> str:
        taken.append(pair)
        return "Taken."

    @app.action(home=True)
    async def welcome(turn: Turn) -> Screen:
        return Screen("Welcome.").row(button("New", app.start(Pair)))

    return app


async def test_a_button_of_an_older_question_shows_the_present_one() -> None:
    """And changes nothing, however often."""
    async with play(pairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("one")
        await ann.says("two")
        assert ann.sees == "one two"
        old = ann.screen[-3].id
        await ann.presses("Skip")
        assert [shown.text for shown in ann.screen if shown.id == old] == ["one two"]
        await site.later(2)
        await ann.presses("Send")
        assert ann.sees == "Taken."


async def test_a_second_press_of_send_says_that_it_is_done() -> None:
    """Whether it comes at once, which is a repetition, or from another message later."""
    taken: list[Pair] = []
    async with play(pairs(taken)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("one")
        await ann.says("two")
        await ann.says("well?")
        first = ann.presses("Send", wait=False)
        second = ann.presses("Send", wait=False)
        await first
        await second
        await site.settle()
        assert len(taken) == 1
        await site.later(200)
        await ann.presses("Send")
        assert ann.answers == []
        assert list(site.messenger.notices.values()) == ["This was sent already."]
        assert taken == [Pair(first="one", second="two")]


async def test_buttons_of_a_cancelled_or_restarted_draft_say_so() -> None:
    """A new draft of the same form is left alone."""
    async with play(pairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("one")
        await ann.says("/start")
        await ann.says("start over")
        assert ann.sees == "1 of 2\nFirst?"
        await ann.presses("Skip")
        [said] = site.messenger.notices.values()
        assert said == "This was begun anew; the older answers are gone."
        assert ann.sees == "1 of 2\nFirst?"
        await ann.says("1")
        assert ann.sees.startswith("2 of 2")
        await ann.says("/cancel")
        await ann.presses("Yes, give up")
        await ann.presses("‹ Back")
        assert [*site.messenger.notices.values()][1:] == ["This was cancelled."]


async def test_a_button_of_somebody_else_is_refused() -> None:
    """Payloads are bound to their chat; what was forged opens home."""
    async with play(pairs([])) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("one")
        await bob.says("hello")
        await bob.presses("New")
        theirs = ann.screen[-1]
        [_, skip, _] = theirs.content.rows[0]
        await bob._press(theirs, skip, wait=True)
        assert list(site.messenger.notices.values()) == ["That button no longer works."]
        await bob.says("eins")
        assert bob.sees == "2 of 2\nSecond?"


async def test_two_answers_at_once_answer_two_questions() -> None:
    """They are taken in the order in which they came."""
    async with play(pairs([])) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.presses("New")
        one, two = ann.says("one", wait=False), ann.says("two", wait=False)
        await one
        await two
        await site.settle()
        assert ann.sees == "one two"
