"""What typed words do while a chat's newest message has numbered choices or a searching list.

How this works: a typed number or label is the press of that choice, and runs as one. Words that
are typed while a searching list is the newest message run the screen's action again, its list
narrowed by them; the screen then stands below what was typed. All else goes the usual way, but a
number that no choice has is answered with those there are.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from posthouse.dialogs.showing.finding import folded
from posthouse.dialogs.showing.stepping import narrowed
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import ChatKind
from posthouse.model.update import Press, TextMessage
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Claim, Handled
from posthouse.turn.front import Choice, Front, Showing, decode_front, has_buttons
from posthouse.turn.screen import OpenScreen
from posthouse.turn.turn import Turn

Pressed: TypeAlias = Callable[[Turn, Press], Awaitable[Handled]]
Otherwise: TypeAlias = Callable[[Turn], Awaitable[Handled]]
_NUMBER = re.compile(r"(/?)(\d{1,6})\.?")


class Listener:
    """Takes what is typed to one bot.

    Args:
        dispatcher: Knows the bot's actions.
        screens: Know whether there are searching lists.
        capabilities: Tells what a chat shows.
        pressed: Runs the press that typed words stand for.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        screens: Showing,
        capabilities: Callable[[str], Capabilities],
        *,
        pressed: Pressed,
    ) -> None:
        self._dispatcher = dispatcher
        self._screens = screens
        self._capabilities = capabilities
        self._pressed = pressed

    def hears(self, message: TextMessage) -> bool:
        """Whether a text may be a choice or a search; nearly always it is neither."""
        if not has_buttons(self._capabilities(message.chat.id)):
            return True
        return self._screens.has_searches and _may_search(message)

    async def hear(self, turn: Turn, message: TextMessage, otherwise: Otherwise) -> Handled:
        """Run what a text stands for, or else what would have been run."""
        is_plain = not has_buttons(self._capabilities(message.chat.id))
        front = await _front_of(turn)
        if front is None:
            return await otherwise(turn)
        choice = choice_of(front, message.text) if is_plain else None
        if choice is not None:
            return await self._pressed(turn, _press_of(choice, message))
        if front.is_newest and is_out_of_range(front, message):
            words = turn.say("posthouse-choice-range", most=len(front.choices))
            return Handled([Claim("", "choices", words)])
        if front.is_newest and front.search is not None and _may_search(message):
            found = await self._search(turn, message, front, place=front.search)
            if found is not None:
                return found
        return await otherwise(turn)

    async def _search(
        self, turn: Turn, message: TextMessage, front: Front, *, place: int
    ) -> Handled | None:
        """Show the list narrowed; None when its action is gone or nothing is known of it."""
        loaded = await turn.load_screen(front.delivery)
        opened = OpenScreen(front.delivery, None, revision=0, loaded=loaded)
        opened.revision = opened.state.revision
        action = None
        if opened.state.path:
            action = self._dispatcher.actions.get(opened.state.path[-1][0])
        if action is None:
            return None
        call = opened.state.path[-1]
        opened.moves = True
        opened.seen = (call, narrowed(opened.state.view_of(call), place, message.text.strip()))
        args, kwargs = action.decode(call[1])
        turn.screen, turn.route = opened, action.name
        return Handled([Claim("", action.name, await action(turn, *args, **kwargs))])


def choice_of(front: Front, typed: str) -> Choice | None:
    """Return the choice that a text stands for: its number, or its label."""
    number = _number_of(front, typed)
    if number is not None:
        return front.choices[number - 1] if 1 <= number <= len(front.choices) else None
    wanted = folded(typed)
    same = [choice for choice in front.choices if folded(choice.label) == wanted]
    return same[0] if same else None


def is_out_of_range(front: Front, message: TextMessage) -> bool:
    """Whether somebody meant a choice by a number that none has.

    In chats with others numbers may mean anything.
    """
    number = _number_of(front, message.text)
    return number is not None and bool(front.choices) and message.chat.kind is ChatKind.PRIVATE


def _number_of(front: Front, typed: str) -> int | None:
    fits = _NUMBER.fullmatch(typed.strip())
    if fits is None or not front.choices or (front.slashed and not fits[1]):
        return None
    return int(fits[2])


def _may_search(message: TextMessage) -> bool:
    return message.chat.kind is ChatKind.PRIVATE and message.text[:1] != "/"


async def _front_of(turn: Turn) -> Front | None:
    body = (await turn.load_front(turn.chat.id)).body
    if body is None:
        return None
    try:
        return decode_front(body)
    except msgspec.DecodeError:  # of another version
        return None


def _press_of(choice: Choice, message: TextMessage) -> Press:
    return Press(
        id=message.id,
        bot=message.bot,
        at=message.at,
        native=message.native,
        chat=message.chat,
        person=message.person,
        message_id=None,
        payload=choice.payload,
    )
