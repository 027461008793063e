"""An app of Posthouse with a hundred handlers: fifty commands, fifty presses, and the rest."""

from benchmarks.updates import COMMANDS, PRESSES
from posthouse.app import App
from posthouse.model.update import PhotoMessage, Press, TextMessage


def hundred(answer: str = "ok", *, presses: str | None = "ok") -> App:
    """Return the app; every handler answers the same, those of presses what is said for them."""
    app = App("bench")
    for number in range(COMMANDS):
        _add_command(app, number, answer)
    for number in range(PRESSES):
        _add_press(app, number, presses)

    @app.on
    async def other(message: TextMessage | PhotoMessage) -> str:
        return answer

    return app


def _add_command(app: App, number: int, answer: str) -> None:
    @app.command(f"cmd{number}")
    async def handle(message: TextMessage) -> str:
        return answer


def _add_press(app: App, number: int, answer: str | None) -> None:
    wanted = f"act:{number}"

    @app.on(where=lambda press: press.payload == wanted)
    async def handle(press: Press) -> str | None:
        return answer
