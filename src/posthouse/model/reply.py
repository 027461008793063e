"""What a handler may give back: words, replies with media and buttons, screens, PASS and SILENT."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Literal, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from posthouse.model.media import File, Photo
from posthouse.model.text import Words


class Signal(Enum):
    """Answers that are not messages."""

    PASS = "pass"  # noqa: S105  no password
    """Not mine after all: ask the next route, then the next app."""
    SILENT = "silent"
    """Mine, and there is nothing to say."""


PASS: Literal[Signal.PASS] = Signal.PASS
SILENT: Literal[Signal.SILENT] = Signal.SILENT


class Button(Struct, frozen=True, kw_only=True):
    """A button: a deferred call of an action, or a link.

    Build it with `button(...)` or `link_button(...)`.
    """

    label: str
    action: str | None = None
    """Full name of the action it calls."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}
    encoded: bytes = b""
    """The checked arguments as they travel."""
    url: str | None = None
    only_once: bool = False

    def once(self) -> Self:
        """Take only the first press of each person for as long as the screen lives."""
        return replace(self, only_once=True)


BACK = "<back>"
HOME = "<home>"


class Reply(Struct, frozen=True):
    """One message to send."""

    words: Words = ""
    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    choices: tuple[tuple[str, ...], ...] | None = None
    """Ready answers offered instead of typing, in rows: None leaves the ones shown now, an empty
    tuple takes them away."""


class Screen(Struct, frozen=True):
    """What an action shows; it is edited in place when a button on it is pressed."""

    words: Words | Reply
    rows: tuple[tuple[Button, ...], ...] = ()

    def row(self, *buttons: Button) -> Self:
        """Add a row of buttons below."""
        return replace(self, rows=(*self.rows, buttons))

    def back(self, label: str = "‹") -> Self:
        """Add a button that shows the screen before this one; left out where there is none."""
        return self.row(Button(label=label, action=BACK))

    def home(self, label: str = "⌂") -> Self:
        """Add a button that shows the bot's first screen."""
        return self.row(Button(label=label, action=HOME))


Answer: TypeAlias = Words | Reply | Screen | Sequence[Words | Reply | Screen] | Signal | None
"""Anything a handler may return."""
