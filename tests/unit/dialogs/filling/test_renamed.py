"""A form whose class was renamed: with its old name nobody loses a draft, a button or a post."""

from pathlib import Path
from typing import Any

import pytest

from posthouse import App, Bot, Publish, Screen, Turn, button
from posthouse.bots.people import marks_of
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.graph import graph_of
from posthouse.errors import FormError
from posthouse.routing.dispatch import Dispatcher
from posthouse.testing import FakeMessenger, play
from posthouse.testing.adapter import FakeAdapter


class Ad(Form):
    """As it was called first."""

    title: str = ask("Title?")
    price: int = ask("Price?")

    def preview(self) -> str:
        """Show it."""
        return f"{self.title}, {self.price}"


class Offer(Ad):
    """As it is called now."""


def market(form: type[Form], **options: Any) -> App:
    """Return an app that publishes a form."""
    app = App("market")
    app.form(publish=Publish(chat="board", number="ad"), **options)(form)

    @app.command
    async def mine(turn: Turn) -> Screen:
        """Show what somebody published."""
        return Screen("Yours").row(button("All", app.posts(form)))

    return app


def _kept(folder: Path) -> dict[str, Any]:
    """Return how several lives of one site are played."""
    return {
        "storage": f"sqlite:{folder}/site.db",
        "messenger": FakeMessenger(),
        "chats": {"board": "board"},
    }


async def test_a_renamed_form_keeps_drafts_buttons_and_posts(tmp_path: Path) -> None:
    """The class may have any name, as long as the form keeps its own."""
    playing = _kept(tmp_path)
    async with play(market(Ad), **playing) as site:
        ann = site.person("Ann")
        for words in ("hello", "Bike", "100", "Publish", "hello", "Car"):
            await ann.says(words)
        assert ann.sees == "2 of 2\nPrice?"
    async with play(market(Offer, name="Ad"), **playing) as site:
        ann = site.person("Ann")
        await ann.presses("‹ Back")
        assert ann.sees == "1 of 2\nTitle?\nNow: Car"
        await ann.presses("Next ›")
        await ann.says("200")
        assert ann.sees == "Car, 200"
        await ann.presses("Publish")
        await ann.says("/mine")
        await ann.presses("All")
        posts = [label for label in ann.buttons if label.startswith("#")]
        assert len(posts) == 2
        assert posts[-1] == "#1 · published"


async def test_without_its_old_name_it_is_another_form(tmp_path: Path) -> None:
    """What was typed then is no answer to it: its draft belongs to a form that is gone."""
    playing = _kept(tmp_path)
    async with play(market(Ad), **playing) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("Car")
    async with play(market(Offer), **playing) as site:
        ann = site.person("Ann")
        await ann.says("200")
        assert ann.sees == "1 of 2\nTitle?"


def test_names_are_names_and_each_is_given_once() -> None:
    """Drafts are kept under them, and what buttons call begins with them."""
    app = App("market")
    with pytest.raises(FormError, match="name='an ad' is no name"):
        app.form(name="an ad")(Ad)
    app.form(Ad)
    with pytest.raises(FormError, match="has the name of"):
        app.form(name="Ad")(Offer)


def test_the_graph_of_a_renamed_form_is_the_same() -> None:
    """It is drawn under the name that the form keeps."""

    def drawn(app: App) -> tuple[list[str], list[tuple[str, str]]]:
        graph = graph_of("bot", Dispatcher("bot", [app]))
        edges = [(edge.source, edge.target) for edge in graph.edges]
        return sorted(node.name for node in graph.nodes), sorted(edges)

    names, _ = before = drawn(market(Ad))
    assert "market.Ad:posts" in names
    assert drawn(market(Offer, name="Ad")) == before


def test_its_personal_fields_are_known_by_its_old_name() -> None:
    """What a person asks to be forgotten is found in the entries that were made before."""
    adapter, apps = FakeAdapter(FakeMessenger()), [market(Offer, name="Ad")]
    bot = Bot("bot", messenger="fake", apps=apps, adapter=adapter, chats={"board": "board"})
    assert [*marks_of([bot], ()).forms] == ["market.Ad"]
