"""The graph of what leads where in a bot, and what is wrong with it."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.nodes import RUN_TIME, Drawn, Draws, Edge, Finding, Graph, Kind, Node
from posthouse.dialogs.seeing import Seen, Way, first_line, is_ready_made, see
from posthouse.errors import ActionError
from posthouse.payloads import LONGEST_ARGUMENTS
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.action import Action

POSTS = "posthouse.posts."
"""Handlers of these modules only listen: no person gets there, and nowhere from there."""


class Words(Protocol):
    """The bot's catalogues."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the bot speaks."""

    def says(self, key: str, language: str) -> bool:
        """Whether a language itself has a key."""


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
        self._drawn: set[str] = set()
        self._ready: set[str] = set()
        self._around: dict[str, str] = {}
        """What forms are a part of, where they are drawn with what becomes of them."""

    def build(self) -> None:
        """Read every function, then look at the whole."""
        home = self._dispatcher.home
        drawn = self._drawn_by_hooks()
        for name, fns, kind, where in self._sources():
            is_home = home is not None and name == self._node_of(home)
            if is_home or kind == "handler":
                self._entries.append(name)
            app, _, title = name.partition(".")
            inside = self._around.get(name, app)
            self.graph.nodes.append(Node(name, kind, where, is_home, inside, title))
            for fn in fns:
                self._read(name, fn)
        self.graph.nodes += drawn.nodes
        self.graph.edges = list(dict.fromkeys([*self._edges, *drawn.edges]))
        self._look_for_unreachable()

    def _drawn_by_hooks(self) -> Drawn:
        """Return what becomes of forms by the framework's own code."""
        nodes: list[Node] = []
        edges: list[Edge] = []
        for form, hook in self._hooks():
            drawn = hook.drawn(form.app, form.form, _place_of(form.form))
            nodes += drawn.nodes
            edges += drawn.edges
            self._around |= drawn.inside
        self._drawn = {node.name for node in nodes}
        return Drawn(nodes, edges)

    def _hooks(self) -> Iterator[tuple[Registered, Draws]]:
        for router in self._dispatcher.routers:
            for form in router.forms.values():
                for hook in form.hooks.values():
                    if isinstance(hook, Draws):
                        yield form, hook

    def _node_of(self, action: Action[Any]) -> str:
        """Return the name of the node that an action belongs to: a form has several actions."""
        return action.name if action.name in self._drawn else action.name.partition(":")[0]

    def _sources(self) -> Iterator[tuple[str, list[Callable[..., Any]], Kind, str]]:
        """Yield each node with the functions whose ways on are its own."""
        dispatcher = self._dispatcher
        forms = {form.name: form for router in dispatcher.routers for form in router.forms.values()}
        for action in dict.fromkeys(dispatcher.actions.values()):
            if action.name.partition(":")[0] not in forms:
                yield action.name, [action.fn], "action", _where(action.fn)
        for router in dispatcher.routers:
            for route in (*router.routes, *router.observers):
                if not _module_of(route.fn).startswith(POSTS):
                    yield f"{route.name}()", [route.fn], "handler", _where(route.fn)
        for name, form in forms.items():
            fns = [handler.fn for handler in form.handlers]
            yield name, fns, "form", _where(fns[0]) if fns else _place_of(form.form)

    def _read(self, name: str, fn: Callable[..., Any]) -> None:
        seen = see(fn)
        file = _file_of(fn)
        is_ready = is_ready_made(_module_of(fn))
        if is_ready:
            self._ready.add(name)
        if not is_ready and not seen.is_read:
            self._find(
                "unread",
                f"{name}",
                "its source cannot be read, so where it leads is not known",
                note=True,
            )
        for way in seen.ways:
            self._add(name, way, f"{file}:{way.line}")
        if is_ready:  # what is amiss there is no mistake of this bot
            return
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
                self._edges[Edge(name, self._node_of(home), "home")] = None
            return
        if way.to is None:
            self._edges[Edge(name, RUN_TIME, way.how, way.label, is_dashed=True)] = None
            return
        target = self._node_of(way.to)
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
        reached = _reached(self._entries, self.graph)
        is_open = any(edge.is_dashed and edge.source in reached for edge in self.graph.edges)
        perhaps = "; perhaps one does that is decided at run time" if is_open else ""
        for node in self.graph.nodes:
            if node.name not in reached | self._ready:
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


def _reached(entries: list[str], graph: Graph) -> set[str]:
    """Return the nodes that can be reached."""
    ways: dict[str, list[str]] = {}
    for edge in graph.edges:
        ways.setdefault(edge.source, []).append(edge.target)
    reached: set[str] = set()
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(ways.get(name, ()))
    return reached


def _module_of(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__module__", None) or ""


def _place_of(form: type[Form]) -> str:
    """Return where a form is written."""
    try:
        line = inspect.getsourcelines(form)[1]
        file = inspect.getsourcefile(form) or "?"
    except (OSError, TypeError):  # it was made at run time
        return form.__module__
    return f"{_shown(file)}:{line}"


def _file_of(fn: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(fn), "__code__", None)
    return "?" if code is None else _shown(code.co_filename)


def _shown(file: str) -> str:
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _where(fn: Callable[..., Any]) -> str:
    return f"{_file_of(fn)}:{first_line(fn)}"
