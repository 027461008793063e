"""The graph of what leads where in a bot, and what is wrong with it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from msgspec import Struct

from posthouse.dialogs.seeing import Seen, Way, first_line, see
from posthouse.errors import ActionError
from posthouse.payloads import LONGEST_ARGUMENTS
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.action import Action

Kind: TypeAlias = Literal["action", "form", "handler"]
RUN_TIME = "decided at run time"
"""Stands for what is only known then."""


class Words(Protocol):
    """The bot's catalogues."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the bot speaks."""

    def says(self, key: str, language: str) -> bool:
        """Whether a language itself has a key."""


class Node(Struct, frozen=True):
    """Something that leads on."""

    name: str
    kind: Kind
    where: str
    is_home: bool = False


class Edge(Struct, frozen=True):
    """A way from one node to another."""

    source: str
    target: str
    how: str
    label: str = ""
    is_dashed: bool = False
    """Where it leads is decided at run time."""


class Finding(Struct, frozen=True):
    """What is wrong, or worth knowing."""

    sort: Literal["unreachable", "dead end", "payload", "words", "foreign", "unread"]
    where: str
    what: str
    is_wrong: bool = True
    """False for a note."""


class Graph(Struct):
    """The graph of one bot."""

    bot: str
    nodes: list[Node] = []
    edges: list[Edge] = []
    findings: list[Finding] = []


def graph_of(bot: str, dispatcher: Dispatcher, words: Words | None = None) -> Graph:
    """Return the graph of a bot with what was found in it; nothing of the bot runs."""
    building = _Building(bot, dispatcher, words)
    building.build()
    return building.graph


class _Building:
    """A graph that is being built."""

    def __init__(self, bot: str, dispatcher: Dispatcher, words: Words | None) -> None:
        self.graph = Graph(bot)
        self._dispatcher = dispatcher
        self._words = words
        self._edges: dict[Edge, None] = {}
        self._entries: list[str] = []

    def build(self) -> None:
        """Read every function, then look at the whole."""
        home = self._dispatcher.home
        for name, fns, kind in self._sources():
            is_home = home is not None and name == node_of(home)
            if is_home or kind == "handler":
                self._entries.append(name)
            self.graph.nodes.append(Node(name, kind, _where(fns[0]) if fns else "", is_home))
            for fn in fns:
                self._read(name, fn)
        self.graph.edges = list(self._edges)
        self._look_for_unreachable()

    def _sources(self) -> Iterator[tuple[str, list[Callable[..., Any]], Kind]]:
        """Yield each node with the functions whose ways on are its own."""
        dispatcher = self._dispatcher
        forms = {form.name: form for router in dispatcher.routers for form in router.forms.values()}
        for name, form in forms.items():
            yield name, [handler.fn for handler in form.handlers], "form"
        for action in dict.fromkeys(dispatcher.actions.values()):
            if node_of(action) not in forms:
                yield action.name, [action.fn], "action"
        for router in dispatcher.routers:
            for route in (*router.routes, *router.observers):
                yield f"{route.name}()", [route.fn], "handler"

    def _read(self, name: str, fn: Callable[..., Any]) -> None:
        seen = see(fn)
        file = _file_of(fn)
        if not seen.is_read:
            self._find(
                "unread",
                f"{name}",
                "its source cannot be read, so where it leads is not known",
                note=True,
            )
        for way in seen.ways:
            self._add(name, way, f"{file}:{way.line}")
        for line in seen.dead_ends:
            self._find(
                "dead end",
                f"{file}:{line}",
                f"{name} shows a screen with no way on; add a row, .back() or .home()",
            )
        self._look_at_words(seen, file)

    def _add(self, name: str, way: Way, where: str) -> None:
        if way.how == "back":
            return
        if way.how == "home":
            home = self._dispatcher.home
            if home is not None:
                self._edges[Edge(name, node_of(home), "home")] = None
            return
        if way.to is None:
            self._edges[Edge(name, RUN_TIME, way.how, way.label, is_dashed=True)] = None
            return
        target = node_of(way.to)
        if self._dispatcher.actions.get(way.to.name) is not way.to:
            app = way.to.name.partition(".")[0]
            self._find(
                "foreign",
                where,
                f"{name} leads to {way.to.name}, but bot {self.graph.bot} has no app {app!r} with "
                f"it; give the bot that app, or take the button away",
            )
        self._edges[Edge(name, target, way.how, way.label)] = None
        if way.args is not None:
            self._look_at_payload(name, way.to, way.args, where)

    # --- what is wrong

    def _look_at_payload(
        self, name: str, to: Action[Any], args: tuple[Any, ...], where: str
    ) -> None:
        try:
            size = len(to.encode(args, {}))
        except ActionError as error:
            self._find("payload", where, f"{name}: {error}")
            return
        if size > LONGEST_ARGUMENTS:
            self._find(
                "payload",
                where,
                f"{name}: the arguments of the button to {to.name} take {size} bytes, and "
                f"{LONGEST_ARGUMENTS} fit into a button; they are kept in the database instead",
                note=True,
            )

    def _look_at_words(self, seen: Seen, file: str) -> None:
        if self._words is None:
            return
        for said in seen.says:
            without = [tag for tag in self._words.languages if not self._words.says(said.key, tag)]
            if without:
                self._find(
                    "words",
                    f"{file}:{said.line}",
                    f"{said.key} is missing in {', '.join(without)}; add it to the catalogue",
                )

    def _look_for_unreachable(self) -> None:
        reached = _reached(self._entries, self.graph.edges)
        is_open = any(edge.is_dashed and edge.source in reached for edge in self.graph.edges)
        perhaps = "; perhaps one does that is decided at run time" if is_open else ""
        for node in self.graph.nodes:
            if node.name not in reached:
                self._find(
                    "unreachable",
                    node.where,
                    f"nothing that can be reached leads to {node.name}{perhaps}",
                    note=is_open,
                )

    def _find(self, sort: Any, where: str, what: str, *, note: bool = False) -> None:
        finding = Finding(sort, where, what, is_wrong=not note)
        if finding not in self.graph.findings:
            self.graph.findings.append(finding)


def node_of(action: Action[Any]) -> str:
    """Return the name of the node that an action belongs to: a form has several actions."""
    return action.name.partition(":")[0]


def _reached(entries: list[str], edges: list[Edge]) -> set[str]:
    ways: Mapping[str, list[str]] = {
        edge.source: [other.target for other in edges if other.source == edge.source]
        for edge in edges
    }
    reached: set[str] = set()
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(ways.get(name, ()))
    return reached


def _file_of(fn: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(fn), "__code__", None)
    if code is None:
        return "?"
    path = Path(code.co_filename)
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _where(fn: Callable[..., Any]) -> str:
    return f"{_file_of(fn)}:{first_line(fn)}"
