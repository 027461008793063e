"""A messenger without buttons: options have numbers, and numbers can still be answers."""

from enum import Enum

from posthouse import App, Turn
from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form
from posthouse.model.capabilities import Capabilities, Level
from posthouse.testing import FakeMessenger, play


class Size(Enum):
    """How big."""

    SMALL = "small"
    LARGE = "large"


class Pot(Form):
    """A pot."""

    size: Size = choose("Size?")
    litres: int = ask("Litres?", ge=0)

    def preview(self) -> str:
        """Show it."""
        return f"{self.size.value}, {self.litres} l"


async def test_a_form_is_filled_in_by_typing_alone() -> None:
    """A number is the choice where there is a list, and the answer where there is none."""
    app = App("pots")
    app.form(Pot)

    @app.submit(Pot)
    async def take(turn: Turn, pot: Pot) -> str:
        return "Taken."

    able = Capabilities(buttons=Level.FALLBACK)
    async with play(app, messenger=FakeMessenger(capabilities=able)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.says("2")
        assert "Litres?" in ann.sees
        await ann.says("1")
        assert ann.sees.startswith("large, 1 l"), site.transcript
        await ann.says("send")
        assert ann.sees == "Taken."
