"""What a type checker accepts and rejects of a screen's lists, toggles, calendars and clocks.

`mypy --strict` must find nothing here: each ignored line is one that it must reject, and an ignore
that is not needed is an error.
"""

from collections.abc import Sequence
from datetime import date, time, timedelta
from enum import Enum
from typing import assert_type

from posthouse import App, Screen, Turn, bold, button
from posthouse.types import Button

app = App("shop")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@app.action
async def paint(turn: Turn, colour: Colour, number: int = 0, *, loud: bool = False) -> Screen:
    return Screen("painted")


@app.action
async def several(turn: Turn, colours: tuple[Colour, ...], number: int) -> Screen:
    return Screen("painted")


@app.action
async def town(turn: Turn, name: str) -> Screen:
    return Screen("there")


@app.action
async def day(turn: Turn, when: date, number: int) -> Screen:
    return Screen("then")


@app.action
async def hour(turn: Turn, when: time) -> Screen:
    return Screen("then")


pairs = [(bold("Red"), Colour.RED)]
names: Sequence[str] = ["Kyiv", "Lviv"]
screen = Screen("Which?", per_page=3, columns=2, search=True)

# --- accepted
assert_type(screen.options(pairs, paint, 3), Screen)
assert_type(screen.options(Colour, paint, 3, loud=True).options(Colour, paint).back(), Screen)
screen.options(names, town).options([("Kyiv", "k")], town)
screen.toggles(Colour, several, (), 7).toggles(pairs, several, [Colour.RED], number=7)
Screen("When?", first=date.min, last=date.max).dates(day, 7).dates(day, number=7)
Screen("When?", step=timedelta(minutes=15)).times(hour)
assert_type(button(bold("Go"), town, "Kyiv").confirm().once(), Button)
button("Go", town, "Kyiv").confirm(bold("Really?"))

# --- rejected
screen.options([7], paint)  # type: ignore[call-overload]
screen.options([("A", 1)], town)  # type: ignore[call-overload]
screen.options(Colour, paint, "no")  # type: ignore[call-overload]
screen.options(Colour, paint, loud="no")  # type: ignore[call-overload]
screen.toggles(Colour, paint)  # type: ignore[call-overload]
screen.toggles(Colour, several)  # type: ignore[call-overload]
screen.toggles(Colour, several, ["red"], 1)  # type: ignore[call-overload]
screen.dates(day)  # type: ignore[call-arg]
screen.dates(hour)  # type: ignore[arg-type]
screen.times(day, 7)  # type: ignore[arg-type]
screen.dates(day, "seven")  # type: ignore[arg-type]
Screen("Which?", per_page="three")  # type: ignore[arg-type]
button(7, town, "Kyiv")  # type: ignore[arg-type]
button("Go", town)  # type: ignore[call-arg]
button("Go", town, 7)  # type: ignore[arg-type]
button("Go", town, "Kyiv").confirm(7)  # type: ignore[arg-type]
