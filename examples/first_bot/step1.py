from posthouse import App, TextMessage, Turn

app = App("tea")


@app.command(help="say hello")
def start(turn: Turn) -> str:
    return f"Welcome to the tea house, {turn.person.name}! /menu shows what we have."


@app.on
def anything_else(message: TextMessage) -> str:
    return f"I do not know what to do with {message.text!r}. Try /menu."
