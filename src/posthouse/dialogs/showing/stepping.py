"""Steps: what a press does that changes only how a screen is seen."""

from typing import Any

from msgspec.structs import replace

from posthouse.dialogs.showing.calendar import MONTHS, YEARS
from posthouse.dialogs.showing.lists import chosen_of
from posthouse.dialogs.showing.sheet import digest_of
from posthouse.errors import PayloadError
from posthouse.model.elements import Toggles
from posthouse.model.reply import Answer, Screen, value_of
from posthouse.turn.action import Action
from posthouse.turn.screen import OpenScreen
from posthouse.turn.turn import Turn
from posthouse.turn.view import AT_FIRST, Move, Seen, Step, View

LEVELS = {Move.DAYS: 0, Move.MONTHS: MONTHS, Move.YEARS: YEARS}
_LAST_HOUR = 23


async def take_step(turn: Turn, opened: OpenScreen, action: Action[Any], step: Step) -> Answer:
    """Run a screen's action again, seen as a button says; Done calls what the toggles are for.

    Args:
        turn: Of the press.
        opened: The screen whose button was pressed.
        action: The one that drew it.
        step: What the button carries.
    """
    call = opened.state.call_of(step.call)
    if call is None:
        raise PayloadError("the screen it turns is no longer there")
    view = opened.state.view_of(call)
    seen = view.get(step.element, AT_FIRST)
    args, kwargs = action.decode(call[1])
    if step.move in (Move.TAKE, Move.LEAVE, Move.ALL, Move.NONE, Move.DONE):
        return await _choose(turn, opened, step, again=action(turn, *args, **kwargs), call=call)
    opened.seen = (call, {**view, step.element: after_move(seen, step)})
    return await action(turn, *args, **kwargs)


def after_move(seen: Seen, step: Step) -> Seen:
    """Return how an element is seen after a step; raises PayloadError for a senseless one."""
    to = step.to
    if not isinstance(to, int):
        raise PayloadError("it does not say where it leads")
    if step.move is Move.PAGE:
        return replace(seen, page=max(to, 0))
    if step.move is Move.CLEAR:
        return replace(seen, find="", page=0)
    if step.move is Move.HOUR:
        return replace(seen, hour=min(max(to, 0), _LAST_HOUR))
    if step.move is Move.HOURS:
        return replace(seen, hour=None)
    return replace(seen, level=LEVELS[step.move], month=to)


async def _choose(
    turn: Turn, opened: OpenScreen, step: Step, *, again: Any, call: tuple[str, bytes]
) -> Answer:
    """Change what is chosen of the items that the action gives now, or take it."""
    shown = await again
    view = opened.state.view_of(call)
    opened.seen = (call, view)
    elements = shown.elements if isinstance(shown, Screen) else ()
    toggles = elements[step.element] if step.element < len(elements) else None
    if not isinstance(toggles, Toggles):
        return shown  # type: ignore[no-any-return]  # what the action shows now
    seen = view.get(step.element, AT_FIRST)
    chosen = chosen_of(toggles, seen.chosen)
    every = [(digest_of(value_of(item)), value_of(item)) for item in toggles.items]
    if step.move is Move.DONE:
        values = tuple(value for digest, value in every if digest in chosen)
        return await toggles.to(turn, values, *toggles.args, **toggles.kwargs)  # type: ignore[no-any-return]  # as any action
    if step.move is Move.ALL:
        chosen = {digest for digest, _ in every}
    elif step.move is Move.NONE:
        chosen = set()
    elif isinstance(step.to, bytes):
        chosen = chosen | {step.to} if step.move is Move.TAKE else chosen - {step.to}
    known = tuple(digest for digest, _ in every if digest in chosen)
    opened.seen = (call, {**view, step.element: replace(seen, chosen=known)})
    return shown  # type: ignore[no-any-return]  # what the action shows now


def narrowed(view: View, place: int, typed: str) -> View:
    """Return a view in which a searching list is narrowed by what was typed."""
    return {**view, place: replace(view.get(place, AT_FIRST), find=typed, page=0)}
