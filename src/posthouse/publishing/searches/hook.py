"""SearchHook: what takes a filled-in search, and tells the running sites of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeAlias

from posthouse.dialogs.forms.form import Form
from posthouse.errors import MistakeError
from posthouse.model.reply import Answer
from posthouse.model.text import Words
from posthouse.publishing.searches.conditions import Condition
from posthouse.publishing.searches.saved import SavedSearch
from posthouse.publishing.topic import Topic
from posthouse.turn.turn import Turn

Told: TypeAlias = Callable[[str, int, Condition | None], object]
"""Called with a topic's name, a search's id and its condition, or None for one that ended."""
WEEK = timedelta(days=7)


class Keeps(Protocol):
    """Keeps the searches of one form of one app; SQLAlchemy comes with it."""

    async def keep(self, turn: Turn, form: SavedSearch[Any], *, about: str = "") -> Answer:
        """Write a search down, or change one."""

    async def told(self, turn: Turn, form: SavedSearch[Any], span: timedelta) -> Words:
        """Return how many items it would have found lately."""


class SearchHook:
    """How the searches of one form are kept; made by `register_search`."""

    def __init__(
        self, topic: Topic[Any], *, gates: tuple[Any, ...], most: int | None, name: str | None
    ) -> None:
        self.topic = topic
        self.gates = gates
        """What a person needs to have a search, beside what the topic asks for."""
        self.most = most
        """Most items a day that one search brings."""
        self.name = name
        """What the searches are called in their list."""
        self.listeners: set[Told] = set()
        self.own: Keeps | None = None
        """What keeps and shows them."""

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> Answer:
        """Keep a search that was filled in; `about` is the id of the one it takes the place of."""
        own, search = self._bound(form)
        return await own.keep(turn, search, about=about)

    async def on_preview(self, turn: Turn, form: Form) -> Words | None:
        """Return how many items it would have found in the last week."""
        own, search = self._bound(form)
        return await own.told(turn, search, WEEK)

    def tell(self, id: int, condition: Condition | None) -> None:
        """Let the running sites know what was committed."""
        for listener in list(self.listeners):
            listener(self.topic.name, id, condition)

    def _bound(self, form: Form) -> tuple["Keeps", SavedSearch[Any]]:
        if self.own is None or not isinstance(form, SavedSearch):
            raise MistakeError(f"{type(form).__name__} is no search that is registered with an app")
        return self.own, form
