"""The end of a form: exactly once, wherever the process dies, and never when a handler fails."""

from typing import Any

from posthouse import SILENT, App, Conversation, Screen, Turn, button, use
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.testing import Point, TestSite, everywhere, play

POINTS = [
    Point.RECEIVED,
    Point.HANDLED,
    Point.BEFORE_COMMIT,
    Point.AFTER_COMMIT,
    Point.BEFORE_SEND,
    Point.AFTER_SEND,
]


class Wish(Form):
    """One wish."""

    words: str = ask("What do you wish?")

    def preview(self) -> str:
        """Show it."""
        return self.words


class Seen(Conversation):
    """How many wishes came."""

    wishes: int = 0


def wishes() -> App:
    """Return an app that numbers wishes, and counts them in a conversation."""
    app = App("wishes")
    app.form(Wish)

    @app.submit(Wish)
    async def grant(turn: Turn, wish: Wish, *, seen: Seen = use()) -> str:
        seen.wishes += 1
        return f"{wish.words}: no. {seen.wishes}"

    return app


async def scenario(site: TestSite) -> None:
    """Make one wish."""
    ann = site.person("Ann")
    await ann.says("hello")
    await ann.says("rain")
    await ann.presses("Send")


def check(site: TestSite) -> None:
    """One wish was granted, and its author knows."""
    shown = [message.text for message in site.person("Ann").screen if not message.author]
    assert shown.count("rain: no. 1") == 1
    assert shown[-1] == "rain: no. 1"


async def test_a_form_is_submitted_once_wherever_the_process_dies() -> None:
    """With every update handed over twice, too."""
    await everywhere(scenario, wishes(), check=check, points=POINTS)


async def test_a_draft_is_still_there_when_a_handler_fails() -> None:
    """The person is told; the next press submits it."""
    app = App("wishes")
    app.form(Wish)
    failing = [True]

    @app.submit(Wish)
    async def grant(turn: Turn, wish: Wish) -> str:
        if failing[0]:
            raise RuntimeError("no")
        return "granted"

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("rain")
        await ann.presses("Send")
        assert ann.sees.startswith("Sorry")
        failing[0] = False
        await site.later(200)
        await ann.presses("Send")
        assert ann.sees == "granted"


class Hook:
    """What posts are to a form: a hook that is bound once and asked before the handlers."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.bound: list[Any] = []
        self.got: list[Any] = []

    def bind(self, app: Any, form: type[Form]) -> None:
        """Note what it is bound to."""
        self.bound.append((app.name, form))

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> Any:
        """Note what it gets."""
        self.got.append((draft_id, form, about))
        return self.answer


async def test_hooks_come_before_handlers_in_the_same_turn() -> None:
    """Publish is the word on the button then; every draft has an id of its own."""
    app = App("wishes")
    hook = Hook("published")
    app.form(publish=hook)(Wish)

    @app.submit(Wish)
    async def grant(turn: Turn, wish: Wish) -> str:
        return "granted"

    assert hook.bound == [("wishes", Wish)]
    async with play(app) as site:
        ann = site.person("Ann")
        for words in ("rain", "sun"):
            await ann.says("hello")
            await ann.says(words)
            await ann.presses("Publish")
            assert ann.answers == ["published", "granted"]
    ids = [got[0] for got in hook.got]
    assert len(set(ids)) == 2
    assert [got[1:] for got in hook.got] == [(Wish(words="rain"), ""), (Wish(words="sun"), "")]


async def test_a_form_says_that_it_was_taken_unless_somebody_says_more() -> None:
    """None leaves it to the form, SILENT says nothing."""
    for answer, said in ((None, ["Done. Thank you!"]), (SILENT, [])):
        app = App("wishes")
        app.form(publish=Hook(answer))(Wish)
        async with play(app) as site:
            ann = site.person("Ann")
            await ann.says("hello")
            await ann.says("rain")
            await ann.presses("Publish")
            assert ann.answers == said


async def test_a_form_can_be_about_something() -> None:
    """The hook learns what; another subject begins it anew."""
    app = App("wishes")
    hook = Hook("published")
    app.form(publish=hook)(Wish)

    @app.action(home=True)
    async def welcome(turn: Turn) -> Screen:
        begin = app.forms[Wish].begin
        return Screen("Welcome.").row(button("A", begin, "a"), button("B", begin, "b"))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("hello")
        await ann.presses("A")
        await ann.presses("B")
        await ann.says("rain")
        await ann.presses("Publish")
    assert hook.got[0][2] == "b"
