"""Who might take an update, looked up by its class and its command."""

from posthouse import App, TextMessage
from posthouse.routing.gathering import candidates
from posthouse.routing.table import Table


class Whisper(TextMessage, frozen=True, kw_only=True):
    """A text message of a messenger's own sort."""


def test_a_command_in_a_message_of_another_class_has_a_place_of_its_own() -> None:
    """What is found by the first word alone is for plain text messages."""
    app = App("shop")

    @app.command
    def tea() -> str:
        return "tea"

    table = Table(candidates([app]))
    (found,) = table.of_command(Whisper, "tea")
    assert found.name == "shop.tea"
    assert table.words == {}
    assert table.of_command(TextMessage, "tea") == (found,)
    assert table.words == {"/tea": (found,)}
