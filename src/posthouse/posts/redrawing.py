"""Drawing a screen anew in a turn that is not that of a press on it."""

from typing import Any

from posthouse.model.reply import Screen
from posthouse.turn.action import Action
from posthouse.turn.screen import OpenScreen
from posthouse.turn.turn import Turn


def shown_by(turn: Turn, screen: Screen, action: Action[Any], *args: Any) -> Screen:
    """Let a screen count as that of an action, so that Back and later drawings know it."""
    turn.shown_by(screen, (action.name, action.encode(args, {})))
    return screen


async def reopen(turn: Turn, delivery: int | None, action: Action[Any], *args: Any) -> bool:
    """Let the next screen of this turn go into an earlier message, if it still shows that call.

    False when the message shows something else by now, or is not known any more.
    """
    if delivery is None:
        return False
    loaded = await turn.load_screen(delivery)
    if loaded.body is None:
        return False
    opened = OpenScreen(delivery, None, revision=1, loaded=loaded)
    path = opened.state.path
    if not path or path[-1][0] != action.name or path[-1][1] != action.encode(args, {}):
        return False
    opened.revision = opened.state.revision
    turn.screen = opened
    return True
