"""`Sheet`: what an element needs to become rows of buttons."""

from enum import Enum
from typing import Any, Protocol, TypeAlias

import msgspec

from posthouse.dialogs.forms.choices import enum_keys
from posthouse.errors import ActionError, MistakeError
from posthouse.model.elements import Element
from posthouse.model.reply import INERT, VIEW, Button, is_pair
from posthouse.turn.turn import Turn
from posthouse.turn.view import Move, Seen, Step, call_digest, encode_step

Row: TypeAlias = tuple[Button, ...]
_ONE = 1


class Words(Protocol):
    """The bot's catalogues."""

    def has(self, key: str, language: str) -> bool:
        """Whether somebody who speaks a language can be told a key."""


class Sheet:
    """One element of one screen that is being drawn.

    Args:
        turn: Whose words and moment count.
        call: The call that made the screen, None when no action did.
        place: Which element it is.
        seen: How it is seen.
        plain: For numbered choices.
        words: Know what members of an Enum are called.
    """

    def __init__(
        self,
        turn: Turn,
        call: tuple[str, bytes] | None,
        *,
        place: int,
        seen: Seen,
        plain: bool = False,
        words: Words | None = None,
    ) -> None:
        self.turn = turn
        self.seen = seen
        self.plain = plain
        self._call = call
        self._place = place
        self._words = words

    def step(self, label: str, move: Move, to: int | bytes = 0) -> Button:
        """Return a button that changes how the element is seen.

        Raises MistakeError for a screen that no action made, since the action runs again then.
        """
        if self._call is None:
            raise MistakeError(
                "a screen with pages, toggles, a calendar or a clock must be what an action "
                "returns, since its action is run again to turn them; move it into an @app.action, "
                "and return `await that(turn)` where you returned the screen"
            )
        step = Step(call_digest(*self._call), self._place, move, to)
        return Button(label=label, action=VIEW, encoded=encode_step(step))

    def calls(self, label: str, element: Element, *values: Any) -> Button:
        """Return a button that calls the element's action with these values."""
        return Button(
            label=label,
            action=element.to.name,
            args=(*values, *element.args),
            kwargs=element.kwargs,
            encoded=element.call(*values),
        )

    def say(self, key: str, **values: Any) -> str:
        """Return words of the framework's own, for a label."""
        return self.turn.say(key, **values).plain

    def label_of(self, item: Any) -> str:
        """Return the label of an item.

        A member of an Enum has the words `{enum}-{value}` of the catalogues, else its value.

        Raises ActionError for an empty one.
        """
        label = str(item[0] if is_pair(item) else item)
        if isinstance(item, Enum):
            key = next((key for key in enum_keys(item) if self._knows(key)), None)
            label = str(item.value) if key is None else self.say(key)
        if not label:
            raise ActionError(
                f"the item {item!r} of a list has no label; give a pair (label, value)"
            )
        return label

    def paging(self, page: int, pages: int) -> list[Row]:
        """Return the row that turns pages; none when there is one page."""
        if pages <= _ONE:
            return []
        row = [inert(f"{page + 1}/{pages}")]
        if page > 0:
            row.insert(0, self.step("‹", Move.PAGE, page - 1))
        if page < pages - 1:
            row.append(self.step("›", Move.PAGE, page + 1))
        return [tuple(row)]

    def _knows(self, key: str) -> bool:
        return self._words is not None and self._words.has(key, self.turn.language)


def inert(label: str) -> Button:
    """Return a heading among buttons, that does nothing."""
    return Button(label=label, action=INERT)


def page_of(seen: Seen, count: int, per_page: int) -> tuple[int, int]:
    """Return the page to show and how many there are; a page that is gone is the last one."""
    pages = max(1, -(-count // per_page))
    return min(max(seen.page, 0), pages - 1), pages


def in_columns(buttons: list[Button], columns: int) -> list[Row]:
    """Lay buttons out side by side."""
    return [tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns)]


def digest_of(value: Any) -> bytes:
    """Return what stands for a value in a button."""
    return call_digest("", msgspec.msgpack.encode(value))
