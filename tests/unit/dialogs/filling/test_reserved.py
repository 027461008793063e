"""What is never an answer: commands, links, edits, and what belongs to somebody else."""

from posthouse import App, Screen, TextMessage, Turn, button
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.testing import play
from posthouse.types import Answer, ChatKind


class Note(Form):
    """Two lines."""

    title: str = ask("Title?", min_length=2)
    body: str = ask("Body?")

    def preview(self) -> str:
        """Show both."""
        return f"{self.title}: {self.body}"


def notes() -> App:
    """Return an app that also echoes, has a command, help and a home."""
    app = App("notes")
    app.form(Note)

    @app.action(home=True)
    async def welcome(turn: Turn) -> Screen:
        return Screen("Welcome.").row(button("New", app.start(Note)))

    @app.command
    async def help(turn: Turn) -> str:
        return "I keep notes."

    @app.command
    async def ping(turn: Turn) -> str:
        return "pong"

    @app.on(where=lambda message: message.text.startswith("echo"))
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


async def test_an_open_question_is_asked_before_the_apps() -> None:
    """What would be an echo is the answer; without a form it is an echo again."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("echo 1")
        assert ann.sees == "echo 1"
        await ann.says("hello")
        await ann.presses("New")
        await ann.says("echo 2")
        assert ann.sees == "2 of 2\nBody?"


async def test_commands_are_never_answers() -> None:
    """Known ones run, unknown ones get the near one; the question stays."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("New")
        await ann.says("/ping")
        assert ann.answers == ["pong"]
        await ann.says("/pong")
        assert ann.answers == ["I do not know /pong. Did you mean /ping?"]
        await ann.says("/start@bot")
        assert ann.answers == ["1 of 2\nTitle?"]
        await ann.says("Shopping")
        assert ann.sees == "2 of 2\nBody?"


async def test_an_unknown_command_is_no_answer_where_the_apps_have_none() -> None:
    """The framework's own sentence says so."""
    app = App("notes")
    app.form(Note)
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("/weather tomorrow")
        assert ann.answers == ["I do not know /weather."]
        await ann.says("Shopping")
        assert ann.sees == "2 of 2\nBody?"


async def test_start_offers_to_go_on_or_to_begin_again() -> None:
    """With how far one got; it is a menu, and text is no answer there."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert ann.sees == "Welcome."
        await ann.presses("New")
        await ann.says("Shopping")
        await ann.says("/start")
        assert "1 of 2" in ann.sees
        assert ann.buttons == ["Go on", "Start over", "Cancel"]
        await ann.says("milk")
        assert ann.answers[0].startswith("Please choose with one of these buttons.")
        await ann.presses("Go on")
        assert ann.sees == "2 of 2\nBody?"
        await ann.says("/start")
        await ann.says("start over")
        assert ann.sees == "1 of 2\nTitle?"


async def test_cancel_asks_first_when_something_was_answered() -> None:
    """Without answers it is over at once; without a form there is nothing to cancel."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("/cancel")
        assert ann.answers == ["There is nothing to cancel."]
        await ann.says("/start")
        await ann.presses("New")
        await ann.says("/cancel")
        assert ann.sees == "Cancelled. Nothing was kept."
        await ann.presses("To the beginning")
        assert ann.sees == "Welcome."
        await ann.presses("New")
        await ann.says("Shopping")
        await ann.presses("Cancel")
        assert ann.sees == "Give up your answer?"
        await ann.presses("Go on")
        assert ann.sees == "2 of 2\nBody?"
        await ann.says("/cancel")
        await ann.presses("Yes, give up")
        assert ann.sees == "Cancelled. Nothing was kept."
        await ann.says("echo")
        assert ann.sees == "echo"


async def test_help_says_what_is_expected_and_what_the_apps_say() -> None:
    """Both, in that order; the question stays."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("New")
        await ann.says("/help")
        assert len(ann.answers) == 2
        assert ann.answers[0].endswith("/cancel gives up, /start begins again.")
        assert ann.answers[1] == "I keep notes."
        await ann.says("Shopping")
        assert ann.sees == "2 of 2\nBody?"


async def test_a_link_goes_to_the_apps_and_leaves_the_question() -> None:
    """A link of the bot's own runs its action."""
    app = notes()

    @app.command
    async def invite(turn: Turn) -> str:
        return turn.link(peek)

    @app.action
    async def peek(turn: Turn) -> str:
        return "peeked"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/invite")
        url = ann.sees
        await ann.says("/start")
        await ann.presses("New")
        await ann.follows(url)
        assert ann.sees == "peeked"
        await ann.says("/start promo")
        assert ann.sees == "Welcome."
        await ann.says("Shopping")
        assert ann.sees == "2 of 2\nBody?"


async def test_an_edit_changes_nothing_and_says_how_to_go_back() -> None:
    """Without a form an edit is left alone."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("New")
        await ann.says("Shopping")
        await ann.edits("Shipping")
        assert ann.answers == [
            "I do not read changes of a sent message. To change an answer, press Back, or Change "
            "at the end."
        ]
        await ann.says("milk")
        assert ann.sees == "Shopping: milk"


async def test_a_form_is_filled_in_privately() -> None:
    """In a group, its start answers with a link to the private chat."""
    app = notes()

    @app.command
    async def new(turn: Turn) -> Answer:
        return await app.start(Note)(turn)

    async with play(app) as site:
        ann = site.person("Ann", chat="town", kind=ChatKind.GROUP)
        await ann.says("/new")
        assert ann.sees.startswith("This needs a few answers")
        assert ann.buttons == ["Fill it in"]
        await ann.says("Shopping")
        assert ann.answers == []


async def test_messages_that_nobody_takes_open_home() -> None:
    """In private chats only, and never a screen that is not marked as home."""
    async with play(notes()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.sees == "Welcome."
        bob = site.person("Bob", chat="town", kind=ChatKind.GROUP)
        await bob.says("hello")
        assert bob.answers == []
    timers = App("timers")

    @timers.action
    async def rings(turn: Turn) -> str:
        return "ring"

    async with play(timers) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.answers == []


async def test_a_link_that_was_tampered_with_opens_home_with_a_sentence() -> None:
    """Also where messages that nobody takes would open it without one."""
    app = notes()

    @app.command
    async def invite(turn: Turn) -> str:
        return turn.link(app.start(Note))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/invite")
        url = ann.sees
        await ann.follows(url[:-1] + ("A" if url[-1] != "A" else "B"))
        assert ann.answers == ["That link no longer works.", "Welcome."]
        await ann.follows(url)
        assert ann.sees == "1 of 2\nTitle?"
