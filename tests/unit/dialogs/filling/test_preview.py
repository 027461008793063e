"""The preview of a form that is published is the very post: its language, its template, its cut."""

from pathlib import Path

from posthouse import App, Publish
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.model.text import Text
from posthouse.testing import play


class Lost(Form):
    """Something lost."""

    what: str = ask("What?")

    def preview(self) -> Text:
        """Show it."""
        return self.say("lost", what=self.what)


def catalogues(folder: Path) -> Path:
    """Write what is said in two languages."""
    (folder / "en.ftl").write_text("lost = Lost: { $what }\n", encoding="utf-8")
    (folder / "uk.ftl").write_text("lost = Загублено: { $what }\n", encoding="utf-8")
    return folder


async def test_the_preview_is_in_the_language_of_the_post(tmp_path: Path) -> None:
    """That is the bot's, whatever the author is spoken to in."""
    app = App("found", words=catalogues(tmp_path))
    app.form(publish=Publish(chat="board", number="lost"))(Lost)
    async with play(app, chats={"board": "board"}, options={"language": "uk"}) as site:
        ann = site.person("Ann", language="en")
        await ann.says("hello")
        await ann.says("Cap")
        assert ann.sees == "Загублено: Cap"
        assert ann.buttons[0] == "Publish"
        await ann.presses("Publish")
        assert site.chat("board")[-1].text == "Загублено: Cap"


async def test_the_preview_is_drawn_by_the_template_of_the_post(tmp_path: Path) -> None:
    """Where there is one, the form's own preview is not what will be published."""

    def template(lost: Lost) -> str:
        return f"Lost and found: {lost.what}"

    app = App("found", words=catalogues(tmp_path))
    app.form(publish=Publish(chat="board", number="lost", template=template))(Lost)
    async with play(app, chats={"board": "board"}) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("Cap")
        assert ann.sees == "Lost and found: Cap"


async def test_what_only_its_author_sees_is_in_the_authors_language(tmp_path: Path) -> None:
    """A form that is not published speaks to whoever fills it in."""
    app = App("found", words=catalogues(tmp_path))
    app.form(Lost)
    async with play(app, options={"language": "uk"}) as site:
        ann = site.person("Ann", language="en")
        await ann.says("hello")
        await ann.says("Cap")
        assert ann.sees == "Lost: Cap"
