"""Registering saved searches with an app; what it needs at runtime comes along, SQLAlchemy too."""

from functools import partial
from typing import Any

from posthouse.dialogs.forms.form import Form
from posthouse.errors import FormError
from posthouse.publishing.gating.gates import check_several
from posthouse.publishing.searches.hook import SearchHook
from posthouse.publishing.searches.keeper import keep_searches
from posthouse.publishing.searches.own import OwnSearches
from posthouse.publishing.searches.saved import SavedSearch
from posthouse.publishing.topic import Topic


def register_search(
    app: Any,
    form: Any,
    *,
    topic: Topic[Any],
    gates: tuple[Any, ...] = (),
    most: int | None = None,
    name: str | None = None,
) -> Any:
    """Register a saved search with an app: it is filled in like any form.

    Args:
        app: The app.
        form: The search.
        topic: Among whose items it searches.
        gates: What a person needs to have one.
        most: Most items a day that one search brings.
        name: What its searches are called, above their list; the title of the topic if left out.

    Raises FormError when it is no search, or one among other items.
    """
    if not (isinstance(form, type) and issubclass(form, SavedSearch)):
        raise FormError(f"{app.name}: {form!r} is no search; subclass SavedSearch[Item]")
    check_several(gates, f"{app.name}: {form.__name__}")
    known, wanted = form.item_type, topic.item_type
    if known is Any and wanted is not Any:
        named = getattr(wanted, "__name__", wanted)
        raise FormError(
            f"{app.name}: {form.__name__} names no item type; write SavedSearch[{named}]"
        )
    if known is not Any and not issubclass(wanted, known):
        raise FormError(
            f"{app.name}: {form.__name__} searches among {known.__name__}, and the items of "
            f"{topic.name!r} are {wanted.__name__}; search a topic of {known.__name__}"
        )
    if most is not None and most < 1:
        raise FormError(f"{app.name}: {form.__name__} with most={most} brings nothing; give 1 up")
    app.form(form)
    hook = SearchHook(topic, gates=gates, most=most, name=name)
    entry = app.forms[form]
    entry.hooks = {**entry.hooks, "search": hook}
    entry.start.gates = app.entrance((*topic.gates, *gates))
    hook.own = OwnSearches(app, form, hook)
    app.beside.publishing.append(partial(keep_searches, hook=hook))
    return form


def searches_action(app: Any, form: type[Form]) -> Any:
    """Return the action that lists a person's own searches by a form; raises FormError."""
    action = app.actions.get(f"{app.name}.{form.__name__}:searches")
    if action is None:
        raise FormError(
            f"{form.__name__} is no search of the app {app.name}; write "
            f"@{app.name}.search(topic=...) above it"
        )
    return action
