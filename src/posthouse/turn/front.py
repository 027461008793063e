"""What typed words may refer to in a chat: its newest numbered choices or searching list.

How this works: where a messenger has no buttons, choices are written under the text as a numbered
list, and a typed number stands for the press of one. On every messenger, what is typed while a
searching list is the newest message narrows it. Both are kept as one row for each chat, its front,
which is written with the message and closed when something else is shown after it.
"""

from typing import Protocol

import msgspec
from msgspec import Struct

from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.reply import Screen
from posthouse.turn.turn import Turn
from posthouse.turn.view import View

# A member's look-up through its class costs as much as a call.
_FALLBACK, _REJECTED = Level.FALLBACK, Level.REJECTED


class Choice(Struct, frozen=True, array_like=True):
    """One of the numbered choices."""

    label: str
    payload: str


class Front(Struct, frozen=True, omit_defaults=True):
    """The newest message of a chat that typed words may refer to."""

    delivery: int
    """Delivery key of the message."""
    choices: tuple[Choice, ...] = ()
    slashed: bool = False
    """They are numbered `/1`, because a plain number may be an answer."""
    search: int | None = None
    """Which element of the screen is a searching list."""
    is_newest: bool = True
    """Nothing was shown in the chat since."""


class Drawn(Struct, frozen=True):
    """A screen's elements as rows."""

    screen: Screen
    """The screen with rows alone."""
    search: int | None = None
    """Which element is a searching list."""


class Showing(Protocol):
    """Draws the elements of a bot's screens, and knows whether it has searching lists."""

    has_searches: bool
    """Whether a searching list was ever shown in any chat of the bot's account."""

    def draw(
        self, turn: Turn, screen: Screen, *, call: tuple[str, bytes] | None, view: View, plain: bool
    ) -> Drawn:
        """Turn the elements of a screen into rows.

        Args:
            turn: Whose words and moment count.
            screen: What an action returned.
            call: The call that made it, None when no action did.
            view: How its elements are seen.
            plain: For numbered choices: one under another, each understood by itself.
        """


def has_buttons(able: Capabilities) -> bool:
    """Whether a chat shows buttons; else they are written as numbered choices.

    Where sending them is refused, a message with buttons is an error, as for all that is refused.
    """
    return able.buttons > _FALLBACK or able.buttons is _REJECTED


def front_key(chat: str) -> str:
    """Return the state key of a chat's front; that of "" notes that there are searching lists."""
    return f"n{chat}"


encode_front = msgspec.msgpack.Encoder().encode
decode_front = msgspec.msgpack.Decoder(Front).decode
