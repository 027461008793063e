"""The part of `check` about words: catalogues against each other and against the code."""

import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from posthouse.dialogs.forms.fields import kebab
from posthouse.dialogs.forms.form import fields_of
from posthouse.routing.router import Router
from posthouse.site import Bot
from posthouse.words.checking import Asked, asked_in, unknown, unused, wrong_with


def words_of(bots: Iterable[Bot]) -> tuple[list[str], list[str]]:
    """Return what is wrong with the words of some bots, and what is merely of no use."""
    wrong: dict[str, None] = {}
    users: dict[Path, tuple[list[Asked], list[str]]] = {}
    for bot in bots:
        routers = bot.dispatcher.routers
        folders = bot.words.folders
        modules = list(_modules(routers))
        asked = [*_asked(modules), *_prompts(routers)]
        derived = list(_derived(routers, modules))
        for folder in folders:
            wrong.update(dict.fromkeys(wrong_with(folder, bot.language)))
            every, begins = users.setdefault(folder, ([], []))
            every += asked
            begins += derived
        wrong.update(dict.fromkeys(unknown(asked, folders)))
    # Several apps may share a folder: a key is of use when one of them asks for it.
    idle = [line for folder, used in users.items() for line in unused(used[0], folder, used[1])]
    return list(wrong), list(dict.fromkeys(idle))


def _modules(routers: Iterable[Router]) -> Iterator[Any]:
    """Return the modules in which the handlers, actions and forms of apps stand, the user's own."""
    found: dict[str, Any] = {}
    for router in routers:
        things = [
            *(route.fn for route in (*router.routes, *router.observers)),
            *(action.fn for action in router.actions.values()),
            *router.forms,
        ]
        for thing in things:
            name = getattr(thing, "__module__", None) or ""
            if name in sys.modules and not name.startswith("posthouse."):
                found[name] = sys.modules[name]
    yield from found.values()


def _asked(modules: Iterable[Any]) -> Iterator[Asked]:
    for module in modules:
        file = getattr(module, "__file__", None)
        if file is not None:
            yield from asked_in(Path(file).read_text(encoding="utf-8"), Path(file))


def _prompts(routers: Iterable[Router]) -> Iterator[Asked]:
    """Return the keys of questions that stand in catalogues alone.

    A field that is inherited may be asked by the key of the form or by that of its class.
    """
    for router in routers:
        if router.words is None:
            continue
        known = _keys(router.words)
        for form in router.forms:
            module = sys.modules.get(form.__module__)
            file = Path(getattr(module, "__file__", None) or form.__module__)
            for field in fields_of(form):
                if field.prompt is None and known.isdisjoint(field.keys):
                    yield Asked(field.keys[0], file, 1)


def _keys(folder: Path) -> set[str]:
    from posthouse.words.reading import read_folder  # noqa: PLC0415  Fluent is heavy

    return {key for file in read_folder(folder).values() for key in file.patterns}


def _derived(routers: Iterable[Router], modules: Iterable[Any]) -> Iterator[str]:
    """Return how keys begin that the framework makes of names: of forms, and of choices."""
    for router in routers:
        for form in router.forms:
            for kind in form.__mro__:
                if kind.__module__ in sys.modules and not kind.__module__.startswith("posthouse."):
                    yield f"{kebab(kind.__name__)}-"
    for module in modules:
        for name, thing in vars(module).items():
            if isinstance(thing, type) and issubclass(thing, Enum):
                yield f"{kebab(name)}-"
