"""The graph of what leads where, and what is wrong with it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from posthouse.app import App
from posthouse.dialogs.graph import graph_of
from posthouse.dialogs.nodes import RUN_TIME, Edge, Graph
from posthouse.model.reply import Answer, Reply, Screen
from posthouse.model.update import TextMessage
from posthouse.payloads import LONGEST_ARGUMENTS, Keys, Payload, action_id
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.action import Action, button, link_button
from posthouse.turn.turn import Turn

elsewhere = App("elsewhere")


@elsewhere.action
async def far(turn: Turn) -> Screen:
    """Stand in an app that the bot does not have."""
    return Screen("far").home()


shop = App("shop")


@shop.action(home=True)
async def start(turn: Turn) -> Answer:
    """Be one of what there is: start."""
    turn.later(timedelta(hours=1), remind)
    turn.send(f"see {turn.link(linked, 3)}").then(sent)
    if turn.late:
        return await late(turn)
    screen = Screen("start").row(button("One", one if turn.person.name else two), *more(turn))
    return screen.options(["a"], chosen).toggles([1], several).dates(day).back().home()


def more(turn: Turn) -> list[Any]:
    """Be one of what there is: more."""
    return [button("Helped", helped)]


@shop.action
async def one(turn: Turn) -> str:
    """Be one of what there is: one."""
    return "one"


@shop.action
async def two(turn: Turn) -> str:
    """Be one of what there is: two."""
    return "two"


@shop.action
async def remind(turn: Turn) -> str:
    """Be one of what there is: remind."""
    return "remind"


@shop.action
async def linked(turn: Turn, number: int) -> str:
    """Be one of what there is: linked."""
    return str(number)


@shop.action
async def sent(turn: Turn) -> None:
    """Be one of what there is: sent."""
    return


@shop.action
async def late(turn: Turn) -> str:
    """Be one of what there is: late."""
    return "late"


@shop.action
async def helped(turn: Turn) -> str:
    """Be one of what there is: helped."""
    return "helped"


@shop.action
async def chosen(turn: Turn, what: str) -> str:
    """Be one of what there is: chosen."""
    return what


@shop.action
async def several(turn: Turn, what: tuple[int, ...]) -> str:
    """Be one of what there is: several."""
    return str(what)


@shop.action
async def day(turn: Turn, at: date) -> str:
    """Be one of what there is: day."""
    return str(at)


@shop.command
async def menu(turn: Turn) -> Answer:
    """Be one of what there is: menu."""
    return await start(turn)


class Words:
    """Catalogues in two languages, one of which lacks a word."""

    languages: Sequence[str] = ("en", "uk")

    def says(self, key: str, language: str) -> bool:
        """Whether a language has a key."""
        return key == "known" or (key == "half" and language == "en")


def found(*apps: App, words: Any = None) -> Graph:
    """Return the graph of a bot with these apps."""
    return graph_of("bot", Dispatcher("bot", apps), words)


def edges(graph: Graph) -> set[tuple[str, str, str]]:
    """Return source, how and target of each edge."""
    return {(edge.source, edge.how, edge.target) for edge in graph.edges}


def told(graph: Graph, sort: str) -> list[str]:
    """Return what was found of one sort."""
    return [finding.what for finding in graph.findings if finding.sort == sort]


def test_every_sort_of_way_is_seen() -> None:
    """Buttons, elements, timers, links, what follows a delivery, calls, helpers, choices."""
    graph = found(shop)
    assert edges(graph) == {
        ("shop.start", "timer", "shop.remind"),
        ("shop.start", "link", "shop.linked"),
        ("shop.start", "then", "shop.sent"),
        ("shop.start", "calls", "shop.late"),
        ("shop.start", "button", "shop.one"),
        ("shop.start", "button", "shop.two"),
        ("shop.start", "button", "shop.helped"),
        ("shop.start", "options", "shop.chosen"),
        ("shop.start", "toggles", "shop.several"),
        ("shop.start", "dates", "shop.day"),
        ("shop.start", "home", "shop.start"),
        ("shop.menu()", "calls", "shop.start"),
    }
    assert graph.findings == []
    assert [node.name for node in graph.nodes if node.is_home] == ["shop.start"]


def test_what_is_decided_at_run_time_is_dashed() -> None:
    """And what nothing else leads to may be reached by it."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        screen = Screen("start")
        for action in every:
            screen = screen.row(button("Go", action))
        return screen

    @app.action
    async def hidden(turn: Turn) -> str:
        return "hidden"

    every: list[Action[[]]] = [hidden]
    graph = found(app)
    assert graph.edges == [Edge("shop.start", RUN_TIME, "button", "Go", is_dashed=True)]
    (note,) = graph.findings
    assert (note.sort, note.is_wrong) == ("unreachable", False)
    assert "shop.hidden; perhaps one does" in note.what


def test_what_nothing_leads_to_is_told() -> None:
    """Also two screens that lead to each other alone."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> str:
        return "start"

    @app.action
    async def left(turn: Turn) -> Screen:
        return Screen("left").row(button("Right", right))

    @app.action
    async def right(turn: Turn) -> Screen:
        return Screen("right").row(button("Left", left))

    graph = found(app)
    assert told(graph, "unreachable") == [
        "nothing that can be reached leads to shop.left",
        "nothing that can be reached leads to shop.right",
    ]
    assert all(finding.is_wrong for finding in graph.findings)
    assert "test_graph.py:" in graph.findings[0].where


@pytest.mark.parametrize("chain", ["bare", "links", "kept", "replied", "backed", "worded"])
def test_a_screen_without_a_way_on_is_a_dead_end(chain: str) -> None:
    """A link leads out of the bot; what a reply holds may be a way."""
    app = App("shop")

    @app.action(home=True)
    async def bare(turn: Turn) -> Screen:
        return Screen("bare")

    @app.action(home=True)
    async def links(turn: Turn) -> Screen:
        return Screen("links").row(link_button("Site", "http://x.y"))

    @app.action(home=True)
    async def kept(turn: Turn) -> Screen:
        screen = Screen("kept")
        return screen  # noqa: RET504  a name is what is to be followed

    @app.action(home=True)
    async def replied(turn: Turn) -> Screen:
        return Screen(Reply("x", rows=((button("Go", replied),),)))

    @app.action(home=True)
    async def backed(turn: Turn) -> Screen:
        return Screen("backed").back()

    @app.action(home=True)
    async def worded(turn: Turn) -> str:
        return "no screen"

    one = App("shop")
    one.actions = {name: action for name, action in app.actions.items() if name.endswith(chain)}
    expected = 1 if chain in ("bare", "links", "kept") else 0
    assert len(told(found(one), "dead end")) == expected


def test_a_way_to_another_bots_app_is_told() -> None:
    """Its press would open home, with a sentence."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start").row(button("Far", far))

    assert "bot bot has no app 'elsewhere'" in told(found(app), "foreign")[0]
    assert told(found(app, elsewhere), "foreign") == []


def test_arguments_that_do_not_fit_are_noted_and_wrong_ones_told() -> None:
    """As far as they are written in the code."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn, number: int = 0) -> Screen:
        screen = Screen("start").row(
            button("Short", named, "x" * 3), button("Now", named, turn.route)
        )
        screen = screen.row(button("Long", named, "a name that is longer than fits"))
        return screen.row(button("Wrong", start, "one"))  # type: ignore[arg-type]  # that is it

    @app.action
    async def named(turn: Turn, name: str) -> str:
        return name

    graph = found(app)
    noted = [finding for finding in graph.findings if not finding.is_wrong]
    assert [finding.sort for finding in noted] == ["payload"]
    assert "take 33 bytes, and 25 fit" in noted[0].what
    assert "number = 'one'" in told(graph, "payload")[1]


def test_the_longest_arguments_just_fit() -> None:
    """The number is that of the payload's format."""
    payload = Payload(1, 1, action_id("a"), flags_of_none(), b"x" * LONGEST_ARGUMENTS)
    assert len(Keys([b"k"]).sign(payload, account=1, chat="c")) == 64


def flags_of_none() -> Any:
    """Return no flags."""
    from posthouse.payloads import Flag

    return Flag(0)


def test_missing_words_are_told_by_language() -> None:
    """Those whose keys are written in the code."""
    app = App("shop")

    @app.on
    async def talk(turn: Turn, message: TextMessage) -> Any:
        key = "computed"
        return [turn.say("known"), turn.say("half"), turn.say("none"), turn.say(key)]

    assert told(found(app, words=Words()), "words") == [
        "half is missing in uk; add it to the catalogue",
        "none is missing in en, uk; add it to the catalogue",
    ]


def test_what_has_no_source_is_noted() -> None:
    """Such as code that was made at run time."""
    app = App("shop")
    space: dict[str, Any] = {"Turn": Turn}
    exec("async def made(turn: Turn) -> str:\n    return 'made'", space)
    app.action(home=True)(space["made"])
    (note,) = found(app).findings
    assert (note.sort, note.is_wrong) == ("unread", False)


def test_functions_that_call_each_other_end() -> None:
    """A helper is read once."""
    app = App("shop")

    def first(deep: int) -> Any:
        return second(deep) if deep else button("Go", start)

    def second(deep: int) -> Any:
        return first(deep - 1)

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start").row(first(3), second(2))

    assert edges(found(app)) == {("shop.start", "button", "shop.start")}
