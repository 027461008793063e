"""How long a preview can become: measured when the bot starts, and cut where the form allows it."""

import pytest

from posthouse import App, Photo, Reply, Turn
from posthouse.dialogs.filling.fitting import fitted, preview_of
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.errors import FormError
from posthouse.model.capabilities import Capabilities
from posthouse.testing import play


class Wide(Form):
    """A picture with too many words under it."""

    photo: Photo = ask("Photo?")
    title: str = ask("Title?", max_length=100)
    story: str = ask("Story?", max_length=1000)

    def preview(self) -> Reply:
        """Show it."""
        return Reply(f"{self.title}: {self.story}", photos=(self.photo,))


class Elastic(Wide):
    """The same with a story that may be cut."""

    story: str = ask("Story?", max_length=1000, elastic=True)


class Nowhere:
    """Publishes nothing."""

    def bind(self, app: App, form: type[Form]) -> None:
        """Take note of nothing."""

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> None:
        """Do nothing."""


async def test_a_preview_that_may_be_too_long_is_an_error_at_the_start() -> None:
    """With the figures, and the texts that can be shortened."""
    app = App("wide")
    app.form(publish=Nowhere())(Wide)
    with pytest.raises(FormError) as error:
        async with play(app):
            pass
    assert "1102 characters long, and one message with a picture holds 1024" in str(error.value)
    assert "title up to 100, story up to 1000" in str(error.value)
    app = App("wide")
    app.form(publish=Nowhere())(Elastic)
    app.form(Wide)
    async with play(app):
        pass


@pytest.mark.parametrize("length", [1, 20, 900, 921, 922, 923, 924, 1000])
def test_an_elastic_text_is_cut_to_the_rest(length: int) -> None:
    """To the last character that fits, and only where it has to be."""
    photo = Photo(key="p", width=1, height=1)
    form = Elastic(photo=photo, title="T" * 100, story="s" * length)
    words = preview_of(form, Capabilities()).words
    assert len(words) == min(1024, 102 + length)
    assert fitted(form, Capabilities()) == form or str(words).endswith("…")
