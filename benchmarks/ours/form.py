"""`form` on Posthouse: nine questions asked and answered, each answer durable before the next.

From bytes to confirmed commit, on a SQLite file with synchronous=FULL. Every question is a message
with signed buttons; the last word submits the form to a handler that counts.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from benchmarks.answers import STEPS, make
from benchmarks.clients import Figures, main
from benchmarks.ours.turn import Bench, require, run
from posthouse.app import App
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.turn.turn import Turn


class Nine(Form):
    """Nine texts."""

    first: str = ask("What is the first?")
    second: str = ask("What is the second?")
    third: str = ask("What is the third?")
    fourth: str = ask("What is the fourth?")
    fifth: str = ask("What is the fifth?")
    sixth: str = ask("What is the sixth?")
    seventh: str = ask("What is the seventh?")
    eighth: str = ask("What is the eighth?")
    ninth: str = ask("What is the ninth?")

    def preview(self) -> str:
        """Show some of it."""
        return f"{self.first}, {self.second} and {self.ninth}"


async def measure(
    lines: Sequence[bytes],
    in_flight: int,
    folder: Path,
    *,
    around: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Figures:
    """Run all updates through a site; `around` is entered for the measured part only."""
    app = App("bench")
    app.form(Nine)
    taken = 0

    @app.submit(Nine)
    async def take(turn: Turn, form: Nine) -> str:
        nonlocal taken
        taken += form.ninth.startswith("Answer no. 9")
        return "ok"

    figures = await run(Bench(), [app], lines, in_flight, folder, around=around)
    require(taken == len(lines) // STEPS, "not every form was submitted")
    return figures


if __name__ == "__main__":
    main(measure, make=make)
