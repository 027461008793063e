"""What a finished form is handed to before the app's own handlers; posts publish it that way."""

from typing import Any, Protocol, runtime_checkable

from posthouse.dialogs.forms.form import Form
from posthouse.model.reply import Answer, Reply
from posthouse.model.text import Words
from posthouse.turn.turn import Turn


@runtime_checkable
class SubmitHook(Protocol):
    """What `@app.form(publish=..., remind=...)` takes."""

    def bind(self, app: Any, form: type[Form]) -> None:
        """Get to know the app and the form, once, when the form is registered.

        Actions that the hook needs are registered here, with `app.action`.
        """

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> Answer:
        """Take a form that was filled in; what it returns is shown to the person.

        None lets the form say by itself that it was taken; SILENT means that the hook has said so.

        It runs in the turn of the press on Submit, so that everything it asks for commits together
        with the end of the draft: once, however often the turn is run. `draft_id` is unique within
        the site's database and never used again. `about` is what `Registered.begin` was given.
        """


@runtime_checkable
class PreviewHook(Protocol):
    """What a hook has besides when it tells something under the preview of a form."""

    async def on_preview(self, turn: Turn, form: Form) -> Words | None:
        """Return what to tell under the answers that are looked over; None for nothing."""


@runtime_checkable
class Previews(Protocol):
    """A hook that knows better than the form what will be shown, and in which language."""

    def previewed(self, turn: Turn, form: Form) -> Reply:
        """Return what will come of a finished form, as its author is shown it beforehand."""
