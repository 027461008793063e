"""What the screens of a subscription have in common: whose it is, how it is changed, buttons."""

from collections.abc import Callable
from typing import Any, TypeAlias

from posthouse.model.reply import SILENT, Answer, Button, Screen
from posthouse.model.text import Words
from posthouse.publishing.subscriptions.offers import Offers, may
from posthouse.publishing.subscriptions.rows import Own, change, one_of
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn

Register: TypeAlias = Callable[[str, Any], Action[Any]]
"""Registers a function as an action of an app."""


class Part:
    """Some of the screens on which a chat sets a subscription."""

    def __init__(self, offers: Offers, shows: Action[[int]]) -> None:
        self.offers = offers
        self.shows = shows
        """Shows a subscription as a whole."""

    async def found(self, turn: Turn, id: int) -> Own | None:
        """Return a subscription of the chat that the person may set; else say what is wrong."""
        found = await one_of(turn, id)
        if found is None:
            turn.notify(turn.say("posthouse-subscription-lost"))
            return None
        if not may(turn, self.offers.of_bot(turn.account).get(found.topic)):
            turn.notify(turn.say("posthouse-subscription-staff"))
            return None
        return found

    def changed(self, turn: Turn, found: Own, **values: Any) -> Own:
        """Change a subscription, and let what waits for it be looked at."""
        turn.on_commit(self.offers.wake)
        return change(turn, found, **values)

    async def set(self, turn: Turn, id: int, **values: Any) -> Screen | Answer:
        """Change a subscription and show it."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        return await self.whole(turn, self.changed(turn, found, **values))

    async def whole(self, turn: Turn, found: Own) -> Screen:
        """Return the screen of a subscription."""
        screen: Screen = await self.offers.flow.settings.screen(turn, found)
        return screen


def ticked(label: Words, is_chosen: bool) -> str:
    """Return a label, with a tick before it if it is what is chosen."""
    return f"✓ {label}" if is_chosen else str(label)


def button_to(label: Words, action: Action[Any], *args: Any) -> Button:
    """Return a button that calls an action."""
    return button(str(label), action, *args)


def back_to(turn: Turn, action: Action[Any], id: int) -> Button:
    """Return a button back to a screen of a subscription."""
    return button(str(turn.say("posthouse-subscription-back")), action, id)
