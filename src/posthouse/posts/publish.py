"""Publish: what `@app.form(publish=...)` takes to make posts of finished forms."""

from collections.abc import Iterable
from typing import Any, Protocol

from msgspec import field

from posthouse.dialogs.filling.worst import Sight
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.nodes import Drawn
from posthouse.errors import ActionError, MistakeError
from posthouse.model.reply import Answer, Reply
from posthouse.posts.checking import check_length
from posthouse.posts.declare import Remind, Terms
from posthouse.posts.drawing import drawn
from posthouse.turn.turn import Turn


class Submits(Protocol):
    """What publishes the forms of one kind; SQLAlchemy comes with it."""

    board: Any
    """The form's board."""

    async def submit(self, turn: Turn, id: str, form: Form) -> Answer:
        """Publish a finished form."""


class Publish(Terms, frozen=True, kw_only=True):
    """How the entries of a form are published, and what may become of their posts.

    ```python
    @app.form(publish=Publish(chat="channel", number="ad", transitions=(ON_SALE >> SOLD,)))
    class Ad(Form): ...
    ```
    """

    flows: dict[tuple[str, type[Any]], Submits] = field(default_factory=dict)
    """For the framework: what submits, by app and form."""

    def bind(self, app: Any, form: type[Form]) -> None:
        """Register what buttons, timers and outcomes call; done by `app.form`."""
        from posthouse.posts.assembling import assemble  # noqa: PLC0415  SQLAlchemy is heavy

        other = next((name for name, kind in self.flows if kind is form and name != app.name), None)
        if other is not None:
            raise ActionError(
                f"{app.name}: {form.__name__} is published by the app {other} with the same "
                f"Publish(...); give each app one of its own"
            )
        check_length(form, self)
        self.flows[app.name, form] = assemble(app, form, self)
        for chat in self.named_chats:
            app.beside.chats.setdefault(chat, f"the form {app.name}.{form.__name__}")

    def reminds(self, app: Any, form: type[Form], remind: Remind) -> None:
        """Let authors be reminded of their posts; done by `app.form`."""
        self.flows[app.name, form].board.remind = remind

    def drawn(self, app: str, form: type[Form], where: str) -> Drawn:
        """Return what becomes of the posts, for the bot's graph."""
        board = self.flows[app, form].board
        return drawn(board.name, self, board.remind, board.registered_name, where=where)

    def sights(self, form: type[Form]) -> Iterable[Sight]:
        """Return what the post shows in each state, for its length to be checked."""
        name = "preview" if self.template is None else "template"
        for state in self.states:
            draw = self.template or form.preview
            yield Sight(name, draw, state=state, has_media=state in self.media)

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> Answer:
        """Publish a finished form; done by the dialog that fills it in."""
        return await self._flow(form).submit(turn, draft_id, form)

    def previewed(self, turn: Turn, form: Form) -> Reply:
        """Return what the post is going to show; done by the dialog that asks if it is right."""
        shown: Reply = self._flow(form).board.previewed(turn, form)
        return shown

    def _flow(self, form: Form) -> Submits:
        for (_, kind), submits in self.flows.items():
            if kind is type(form):
                return submits
        raise MistakeError(f"{type(form).__name__} is not published by this Publish(...)")
