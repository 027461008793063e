"""Posts in the graph of a bot: what nobody wrote as code is shown all the same."""

from pathlib import Path

from posthouse import App
from posthouse.dialogs.graph import graph_of
from posthouse.dialogs.nodes import Edge, Graph
from posthouse.posts.publish import Publish
from posthouse.routing.dispatch import Dispatcher
from tests.unit.posts.boards import Feedback, board


def drawn(app: App) -> Graph:
    """Return the graph of a bot with an app."""
    return graph_of("bot", Dispatcher("bot", [app]))


def ways(graph: Graph) -> set[tuple[str, str, str]]:
    """Return source, label and target of each way that only the framework knows."""
    return {(edge.source, edge.label or edge.how, edge.target) for edge in graph.edges}


def test_everything_that_becomes_of_a_post_is_drawn(tmp_path: Path) -> None:
    """Transitions, posting again, taking back, follow-ups, reminders, cards; nothing is wrong."""
    graph = drawn(board(tmp_path))
    assert graph.findings == []
    new, sold, form = "bazaar.Ad is on-sale", "bazaar.Ad is sold", "bazaar.Ad"
    assert ways(graph) == {
        ("bazaar.home", "New ad", form),
        ("bazaar.home", "My ads", "bazaar.Ad:posts"),
        ("bazaar.Ad:posts", "new", form),
        ("bazaar.Ad:posts", "options", new),
        ("bazaar.Ad:posts", "options", sold),
        (form, "publish in channel", new),
        (new, "to sold", sold),
        (new, "new", form),
        (sold, "new", form),
        (new, "again", new),
        (new, "take back", "bazaar.Ad: taken back"),
        (new, "21 days later", "bazaar.Ad:remind"),
        (new, "card", "bazaar.Ad:card"),
        ("bazaar.Ad:card", "delete", "bazaar.Ad: deleted by staff"),
        ("bazaar.Ad:card", "ban the author", "bazaar.Ad: deleted by staff"),
        (new, "follow up", "bazaar.Feedback"),
        (sold, "follow up", "bazaar.Feedback"),
        ("bazaar.Feedback", "publish", "bazaar.Feedback is out"),
    }


def test_what_belongs_to_a_form_stands_together(tmp_path: Path) -> None:
    """Under the name that the form has in the code, with the place where it stands."""
    nodes = {node.name: node for node in drawn(board(tmp_path)).nodes}
    box = "bazaar.Ad and its posts"
    assert {name for name, node in nodes.items() if node.inside != box} == {"bazaar.home"}
    assert nodes["bazaar.Ad"].title == "Ad"
    assert nodes["bazaar.Ad is sold"].title == "sold"
    assert nodes["bazaar.Ad:remind"].title == "reminder at 16:00"
    assert "boards.py:" in nodes["bazaar.Ad is sold"].where


def test_only_what_the_terms_allow_is_drawn(tmp_path: Path) -> None:
    """A post that has one state and no buttons of its own only leads to a new one."""
    app = board(
        tmp_path,
        remind=None,
        transitions=(),
        repost=None,
        withdraw=False,
        moderation=None,
        media={},
        follow_ups=(),
    )
    graph = drawn(app)
    only = "bazaar.Ad is published"
    assert [edge for edge in graph.edges if edge.source == only] == [
        Edge(only, "bazaar.Ad", "button", "new")
    ]


def test_a_form_has_the_name_it_is_kept_under() -> None:
    """Which may be that of a class that was called otherwise."""
    app = App("bazaar")
    app.form(publish=Publish(chat="channel", number="ad"), name="Advert")(Feedback)
    nodes = {node.name for node in drawn(app).nodes}
    assert {"bazaar.Advert", "bazaar.Advert is published", "bazaar.Advert:posts"} <= nodes
