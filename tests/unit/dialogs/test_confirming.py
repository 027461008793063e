"""Buttons that ask first."""

from datetime import timedelta

from posthouse.app import App
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import bold
from posthouse.model.update import Press
from posthouse.testing import FakePerson, play
from posthouse.turn.action import button
from posthouse.turn.turn import Turn


def seats(log: list[object]) -> App:
    """An app in which one leaves, pays, hides and goes."""
    app = App("seats")

    @app.action(home=True)
    async def status(turn: Turn) -> Screen:
        return (
            Screen("You have a seat.")
            .row(button("Leave", leave, 7).confirm(bold("Give your place away?")))
            .row(button("Pay", pay, "EUR").confirm(), button("Hide", hide).confirm())
            .row(button("Once", pay, "USD").once().confirm())
        )

    @app.action
    async def leave(turn: Turn, place: int) -> Screen:
        log.append((turn.person.id, place))
        return Screen("You are off the list.").row(button("Back", status))

    @app.action
    async def pay(turn: Turn, currency: str) -> str:
        log.append(currency)
        return f"Paid in {currency}."

    @app.action
    async def hide(turn: Turn) -> Answer:
        log.append("hidden")
        return SILENT

    @app.command
    async def alone(turn: Turn) -> Reply:
        ask = button("Leave", leave, 8).confirm("Sure?")
        return Reply("A plain message.", rows=((ask,),))

    return app


async def test_a_press_asks_in_place_and_yes_does_it() -> None:
    """The question keeps its formatting, and what the action shows takes its place."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Leave")
        assert ann.sees == "Give your place away?"
        assert ann.screen[-1].content.text == bold("Give your place away?")
        assert (ann.buttons, log) == (["Yes", "No"], [])
        await ann.presses("Yes")
        assert (ann.sees, log) == ("You are off the list.", [("ann", 7)])
        await ann.presses("Back")
        assert ann.sees == "You have a seat."
        assert len(ann.screen) == 2


async def test_no_shows_the_screen_again() -> None:
    """And nothing was done."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Pay")
        assert ann.sees == "Are you sure?"
        await ann.presses("No")
        assert (ann.sees, log) == ("You have a seat.", [])


async def test_words_take_the_place_of_the_question() -> None:
    """With a way back to where one was."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Pay")
        await ann.presses("Yes")
        assert (ann.sees, ann.buttons) == ("Paid in EUR.", ["‹"])
        await ann.presses("‹")
        await ann.presses("Hide")
        await ann.presses("Yes")
        assert (ann.sees, log) == ("Done.", ["EUR", "hidden"])
        assert len(ann.screen) == 2


async def test_yes_pressed_twice_counts_once() -> None:
    """At once, and when the question is long gone."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Pay")
        yes, shown = key_of(ann, "Yes"), ann.screen[-1].id
        await ann.presses("Yes", wait=False)
        await press(ann, yes, shown)
        await site.later(timedelta(minutes=5))
        await press(ann, yes, shown)
        assert log == ["EUR"]
        assert ann.sees == "Paid in EUR."


async def test_a_question_is_answered_by_whoever_was_asked() -> None:
    """Somebody else's Yes does nothing; anybody may say No."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann, ben = site.person("Ann", chat="pub"), site.person("Ben", chat="pub")
        await ann.says("/alone")
        await ann.presses("Leave")
        await ben.presses("Yes")
        assert log == []
        await ann.presses("Yes")
        assert log == [("ann", 8)]


async def test_no_takes_away_a_question_that_stands_alone() -> None:
    """Under a message that is no screen the question is a message of its own."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/alone")
        await ann.presses("Leave")
        assert ann.sees == "Sure?"
        await ann.presses("No")
        assert (ann.sees, log) == ("A plain message.", [])
        await site.later(timedelta(minutes=5))
        await ann.presses("Leave")
        yes, shown = key_of(ann, "Yes"), ann.screen[-1].id
        await ann.presses("Yes")
        assert ann.sees == "You are off the list."
        await site.later(timedelta(minutes=5))
        await press(ann, yes, shown)
        assert log == [("ann", 8)]


async def test_a_button_that_counts_once_may_be_asked_about_again() -> None:
    """Only its Yes counts."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Once")
        await ann.presses("No")
        await ann.presses("Once")
        await ann.presses("Yes")
        assert log == ["USD"]


async def test_a_question_survives_a_restart() -> None:
    """It stands in the database."""
    log: list[object] = []
    async with play(seats(log)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await site.restart()
        await ann.presses("Leave")
        await site.restart()
        await ann.presses("Yes")
        assert log == [("ann", 7)]


def key_of(person: FakePerson, label: str) -> str:
    """Return what the newest button of that label carries."""
    keys = [key for row in person.screen[-1].content.rows for key in row if key.label == label]
    return keys[0].payload or ""


async def press(person: FakePerson, payload: str, message: str) -> None:
    """Press a button that carries that."""
    await person._do(Press, "(presses)", wait=True, message_id=message, payload=payload)
