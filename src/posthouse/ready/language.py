"""`/language`: persons choose in which of the bot's languages they are spoken to."""

from posthouse.app import App
from posthouse.model.chat import ChatKind
from posthouse.model.reply import Screen
from posthouse.model.update import ChatUpdate
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

app = App("language")


def is_alone(update: ChatUpdate) -> bool:
    """Whether a person is alone with the bot; elsewhere the bot speaks its own language."""
    return update.chat.kind is ChatKind.PRIVATE


@app.command("language", menu="private", where=is_alone)
async def offer(turn: Turn) -> Screen:
    """Choose a language."""
    screen = Screen(turn.say("posthouse-language"))
    for tag, name in turn.languages.items():
        screen = screen.row(button(name, speak, tag))
    return screen.row(button(turn.say("posthouse-language-automatic").plain, speak, ""))


@app.action
async def speak(turn: Turn, tag: str) -> Screen:
    """Speak a language from now on; an empty tag is what the messenger tells."""
    turn.speak(tag if tag in turn.languages else None)
    return Screen(turn.say("posthouse-language-set"))
