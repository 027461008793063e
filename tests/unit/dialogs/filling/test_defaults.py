"""What the bot's settings say about drafts, and what registering refuses."""

from datetime import timedelta

import pytest

from posthouse import App, Turn
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.errors import FormError, RouteError
from posthouse.testing import play


class Line(Form):
    """One line."""

    words: str = ask("Words?")
    more: str = ask("More?")


async def test_a_draft_is_given_up_after_thirty_days() -> None:
    """Unless the bot's setting or the form says something else."""
    app = App("lines")
    app.form(Line)
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("one")
        await site.later(timedelta(days=29))
        await ann.says("/start")
        assert "1 of 2" in ann.sees
        await site.later(timedelta(days=31))
        await ann.says("two")
        assert ann.answers[0].startswith("What you had begun was given up with one answer")


def test_a_form_has_to_be_registered_before_it_is_used() -> None:
    """The error says how."""
    app = App("lines")
    with pytest.raises(FormError, match=r"write @lines\.form above it first"):
        app.start(Line)
    with pytest.raises(FormError, match=r"write @lines\.form above it first"):
        app.submit(Line)
    with pytest.raises(FormError, match="is no form; subclass Form"):
        app.form(int)  # type: ignore[type-var]  # what is tested


def test_two_forms_of_an_app_cannot_have_one_name() -> None:
    """Drafts are kept under it."""
    app = App("lines")
    app.form(Line)
    other = type("Line", (Form,), {"__module__": __name__, "__annotations__": {}})
    with pytest.raises(FormError, match="give each of an app its own"):
        app.form(other)
    with pytest.raises(FormError, match="leaves no time"):
        app.form(expires=timedelta(0))(type("Late", (Line,), {"__module__": __name__}))


def test_a_submit_handler_takes_the_turn_and_the_form() -> None:
    """What modules provide stands after a star."""
    app = App("lines")
    app.form(Line)
    with pytest.raises(RouteError, match="takes the turn and the form"):

        @app.submit(Line)
        async def take(turn: Turn) -> str:
            return "no"
