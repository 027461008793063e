"""What a bot's apps bring along, gathered and checked once when it starts."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from posthouse.errors import ActionError, RouteError
from posthouse.payloads import action_id
from posthouse.ports.menus import MenuCommand
from posthouse.routing.plain import PlainApp, Process
from posthouse.routing.ready.access import HasRole
from posthouse.routing.router import Route, Router
from posthouse.routing.table import Candidate
from posthouse.turn.action import Action
from posthouse.turn.conversation import Conversation, Scope
from posthouse.turn.use import Needed, where


def candidates(apps: Sequence[Router | Process]) -> Iterator[Candidate]:
    """Return routes and plain apps in the order in which they are asked."""
    names: set[str] = set()
    for index, app in enumerate(apps):
        if not isinstance(app, Router):
            plain = PlainApp(app)
            name = _free_name(plain.name, names)
            names.add(name)
            yield Candidate(index, name, name, plain)
            continue
        if app.name in names:
            raise RouteError(
                f"two apps are named {app.name!r}; states and buttons are kept under the app's "
                f"name, so give each its own"
            )
        names.add(app.name)
        app.close()
        for route in app.routes:
            yield Candidate(index, app.name, route.name, route)


def _free_name(name: str, taken: Container[str]) -> str:
    names = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(free for free in names if free not in taken)


class Listed(NamedTuple):
    """A command as it stands in a menu, and where its words are."""

    command: MenuCommand
    keys: tuple[str, ...]
    """Keys of catalogues under which what it does may be said, the best first."""

    @property
    def is_open(self) -> bool:
        """Whether everybody may know of it."""
        return not self.command.roles and self.command.place not in ("admins", "nowhere")


def menu(routers: Iterable[Router]) -> list[Listed]:
    """Return commands in order, each once: that of everybody rather than that of a few."""
    menu: dict[str, Listed] = {}
    for router in routers:
        for route in router.routes:
            if route.commands:
                found = _listed(router, route)
                known = menu.setdefault(route.commands[0], found)
                if found.is_open and not known.is_open:
                    menu[route.commands[0]] = found
    return list(menu.values())


def _listed(router: Router, route: Route) -> Listed:
    name = route.commands[0]
    wants = route.where.roles if isinstance(route.where, HasRole) else frozenset()
    keys = [f"{router.name}-{name}-help"]
    if str(getattr(route.fn, "__module__", "")).startswith("posthouse."):  # an app of ours
        keys.append(f"posthouse-{name}-help")
    command = MenuCommand(
        name=name,
        help=route.help,
        place=route.menu or "everywhere",
        roles=frozenset() if route.menu else wants,
    )
    return Listed(command, tuple(keys))


def by_id(actions: Mapping[str, Action[Any]]) -> dict[bytes, Action[Any]]:
    """Return actions by the four bytes that stand for them; raises ActionError for a collision."""
    names: dict[bytes, str] = {}
    for name in actions:
        other = names.setdefault(action_id(name), name)
        if other != name:
            raise ActionError(
                f"the actions {other} and {name} have the same number in payloads; rename one of "
                f"them and give it its old name as alias="
            )
    return {number: actions[name] for number, name in names.items()}


def home(routers: Sequence[Router]) -> Action[Any] | None:
    """Return the action of the first screen: the marked one, or the first without arguments."""
    every = [action for router in routers for action in router.actions.values()]
    marked = (action for action in every if action.home)
    return next(marked, next((a for a in every if a.callable_without_arguments), None))


def greeting(routers: Sequence[Router]) -> Action[Any] | None:
    """Return what answers a message that no app takes: the marked home, else the first form.

    Other actions never do, whatever `home` returns for Back: a timer's action may need no arguments
    either.
    """
    every = (action for router in routers for action in router.actions.values())
    forms = (router.beside.greeting for router in routers)
    return next((a for a in every if a.home), next((a for a in forms if a is not None), None))


def conversations(routers: Iterable[Router], routes: Iterable[Route]) -> set[type[Conversation]]:
    """Return the states that handlers reach; raises RouteError for two of one name."""
    asked = [(r.app, kind) for r in routes for kind in r.compiled.conversations]
    for router in routers:
        for action in router.actions.values():
            asked += [(router.name, kind) for kind in action.conversations.values()]
    known: dict[tuple[str, Scope, str], type[Conversation]] = {}
    for app, kind in asked:
        if known.setdefault((app, kind.scope, kind.__qualname__), kind) is not kind:
            raise RouteError(
                f"{app} keeps two conversations named {kind.__qualname__} in scope {kind.scope}; "
                f"rename one of the classes"
            )
    return set(known.values())


def uses(routes: Iterable[Route], actions: Iterable[Action[Any]]) -> list[Needed]:
    """Return what modules must provide, handler by handler."""
    from_routes = [
        Needed(where(route.fn), name, kind)
        for route in routes
        for name, kind in route.compiled.uses.items()
    ]
    from_actions = [
        Needed(where(action.fn), name, kind)
        for action in actions
        for name, kind in action.uses.items()
    ]
    return list(dict.fromkeys(from_routes + from_actions))
