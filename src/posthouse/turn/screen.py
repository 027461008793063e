"""What is remembered of a screen: its drawings, the way to it, whose presses changed it."""

import msgspec
from msgspec import Struct

from posthouse.turn.view import View, call_digest

LONGEST_PATH = 32
"""Screens that Back can go through; older ones are forgotten."""


class ScreenState(Struct):
    """One message of ours that an action drew."""

    revision: int = 0
    """How often it was drawn; buttons of an older drawing carry an older number."""
    path: list[tuple[str, bytes]] = []
    """The calls one came through, (action, encoded arguments), the present one last."""
    presses: dict[str, int] = {}
    """Person id to the newest revision that this person's own press replaced."""
    once: list[bytes] = []
    """Presses of `button(...).once()` that were taken, as digests."""
    views: list[View] = []
    """How each of the path's screens is seen."""

    def drawn(self, origin: tuple[str, bytes] | None, *, view: View | None = None) -> None:
        """Note that the screen is drawn again, by that call and seen like that.

        Going to a call that is on the path goes back to it, and to how it was seen.
        """
        self.revision += 1
        if origin is None:
            return
        self.views += [{} for _ in range(len(self.path) - len(self.views))]
        if origin in self.path:
            del self.path[self.path.index(origin) + 1 :]
        elif self.path and self.path[-1][0] == origin[0]:
            self.path[-1] = origin  # another page of the same screen
            self.views[len(self.path) - 1] = {}
        else:
            self.path.append(origin)
            self.views.append({})
            del self.path[:-LONGEST_PATH], self.views[:-LONGEST_PATH]
        del self.views[len(self.path) :]
        if view is not None:
            self.views[-1] = view

    def view_of(self, origin: tuple[str, bytes]) -> View:
        """Return how a screen of the path is seen."""
        if origin not in self.path:
            return {}
        place = self.path.index(origin)
        return self.views[place] if place < len(self.views) else {}

    def call_of(self, digest: bytes) -> tuple[str, bytes] | None:
        """Return the newest call of the path with that digest."""
        return next((call for call in reversed(self.path) if call_digest(*call) == digest), None)

    def moved(self) -> "ScreenState":
        """Return what is remembered of a screen that goes on in another message."""
        return ScreenState(path=list(self.path), views=list(self.views), once=list(self.once))


class OpenScreen:
    """The screen whose button was pressed, during the turn of that press."""

    __slots__ = (
        "before",
        "delivery",
        "message_id",
        "moves",
        "revision",
        "seen",
        "state",
        "used",
        "version",
    )

    def __init__(
        self, delivery: int, message_id: str | None, *, revision: int, loaded: "LoadedScreen"
    ) -> None:
        self.delivery = delivery
        self.message_id = message_id
        self.revision = revision
        """Revision of the button that was pressed; 0 when it was not on a screen."""
        self.version = loaded.version
        """Version of its row; 0 when nothing is remembered of the message."""
        self.before = loaded.body
        self.state = decode_screen(loaded.body) if loaded.body else ScreenState()
        self.used = False
        """A screen was drawn into it in this turn; further ones are messages of their own."""
        self.moves = False
        """It is drawn into a new message below, because something was typed since."""
        self.seen: tuple[tuple[str, bytes], View] | None = None
        """A call, and how its screen is to be seen from now on."""

    def taken(self, person: str) -> ScreenState:
        """Note that the screen is drawn anew by a person's doing, and return its state."""
        self.used = True
        if self.moves:
            return self.state.moved()
        self.state.presses[person] = self.revision
        return self.state

    def view_for(self, origin: tuple[str, bytes] | None) -> View | None:
        """Return how a call's screen is to be seen from now on; None for as it was."""
        return self.seen[1] if self.seen is not None and self.seen[0] == origin else None


class LoadedScreen(Struct, frozen=True):
    """A screen's row as it was read."""

    version: int
    body: bytes | None


class PressNote:
    """A press, so that its repetition can be told from a new one."""

    __slots__ = ("answer", "press", "received_s", "settled_s")

    def __init__(self, press: str, *, received_s: float) -> None:
        self.press = press
        """Update id of the press."""
        self.received_s = received_s
        """Monotonic."""
        self.answer = 0
        """Delivery key of its answer; 0 before there is one."""
        self.settled_s: float | None = None
        """When its answer ended, monotonic; None before that."""

    def settle(self, now_s: float) -> None:
        """Note that its answer has ended."""
        self.settled_s = now_s


def screen_key(delivery: int) -> str:
    """Return the state key of a screen; keys sort as delivery keys do."""
    return f"s{delivery:012x}"


encode_screen = msgspec.msgpack.Encoder().encode
decode_screen = msgspec.msgpack.Decoder(ScreenState).decode
