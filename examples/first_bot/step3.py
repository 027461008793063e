from datetime import timedelta

from posthouse import App, Screen, TextMessage, Turn, bold, button, text

app = App("tea")
TEAS = {"Assam": "malty and strong", "Sencha": "fresh as mown grass", "Rooibos": "red and mild"}


@app.command(help="say hello")
def start(turn: Turn) -> str:
    return f"Welcome to the tea house, {turn.person.name}! /menu shows what we have."


@app.command(help="tell you when it has drawn: /draw Assam 4m")
def draw(turn: Turn, name: str, after: timedelta) -> str:
    turn.later(after, ready, name)
    return f"I will tell you when the {name} is ready."


@app.action
async def ready(turn: Turn, name: str) -> str:
    return f"Your {name} is ready."


@app.command(help="what we have")
@app.action(home=True)
async def menu(turn: Turn) -> Screen:
    screen = Screen("What would you like?")
    for name in TEAS:
        screen = screen.row(button(name, tea, name))
    return screen


@app.action
async def tea(turn: Turn, name: str) -> Screen:
    words = text(bold(name), ", ", TEAS[name], ".")
    return Screen(words).row(button("Order", order, name)).back("‹ Back")


@app.action
async def order(turn: Turn, name: str) -> Screen:
    return Screen(f"{name} is on its way.").home("More tea")


@app.on
def anything_else(message: TextMessage) -> str:
    return f"I do not know what to do with {message.text!r}. Try /menu."
