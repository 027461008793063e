"""What a press does, without an engine: a turn whose backing is a small fake."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from posthouse.app import App
from posthouse.dialogs.presses import Dialogs
from posthouse.errors import ActionError
from posthouse.model.chat import Chat, Person
from posthouse.model.reply import BACK, HOME, SILENT, Button, Reply, Screen
from posthouse.model.text import Text
from posthouse.model.update import Press, TimerDue
from posthouse.payloads import Flag, Keys, Payload, action_id
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.conversation import Conversations
from posthouse.turn.effects import Send
from posthouse.turn.screen import LoadedScreen, ScreenState, encode_screen
from posthouse.turn.turn import Turn
from posthouse.words.catalogue import Catalogue

AT = datetime(2031, 5, 17, tzinfo=UTC)
CHAT = Chat(id="ann", bot="bot", messenger="fake")
ANN = Person(id="ann", name="Ann")
KEYS = Keys([b"secret"])

GONE = "That button no longer works."


class Behind:
    """What stands behind a turn: screens and payloads that are remembered."""

    def __init__(self) -> None:
        self.screens: dict[int, ScreenState] = {}
        self.payloads: dict[bytes, bytes] = {}

    async def screen(self, delivery: int) -> LoadedScreen:
        """Read a screen."""
        state = self.screens.get(delivery)
        return LoadedScreen(0, None) if state is None else LoadedScreen(1, encode_screen(state))

    def say(self, turn: Turn, key: str, values: Any) -> Text:
        """Say what the framework says by itself."""
        return Catalogue().say(key, "en", **values)

    def keys_for(self, reply: Any, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return the delivery key of a message."""
        return 77, ()

    async def payload(self, key: bytes) -> bytes | None:
        """Read a payload."""
        return self.payloads.get(key)


class Desk:
    """Dialogs of one small app, and a way to press its buttons."""

    def __init__(self) -> None:
        self.behind = Behind()
        self.open: set[int] = set()
        self.now = 1000.0
        self.notice = ""
        """What the answer to the last press says, over the chat."""
        app = App("shop")

        @app.action(home=True)
        async def start(turn: Turn) -> Screen:
            return Screen("start")

        @app.action
        async def shelf(turn: Turn, page: int = 1) -> Screen:
            return Screen(f"shelf {page}")

        self.app = app
        self.dialogs = Dialogs(
            Dispatcher("bot", [app]), keys=KEYS, account=1, is_open=self.open.__contains__
        )
        self._count = 0

    def payload(
        self, action: str, args: bytes = b"\x90", *, revision: int = 1, flags: int = 0
    ) -> str:
        """Sign what a button carries."""
        what = Payload(5, revision, action_id(action), Flag(flags), args)
        return KEYS.sign(what, account=1, chat="ann")

    def turn(self, payload: str, *, message: str | None = "m1", id: str | None = None) -> Turn:
        """Make the turn of a press."""
        self._count += 1
        press = Press(
            id=id or f"p{self._count}",
            bot="bot",
            at=AT,
            chat=CHAT,
            person=ANN,
            message_id=message,
            payload=payload,
        )
        backing: Any = self.behind
        turn = Turn(press, backing=backing, conversations=Conversations({}))
        turn.received_s = self.now
        return turn

    async def press(self, payload: str, **fields: Any) -> Any:
        """Press and return the answer."""
        turn = self.turn(payload, **fields)
        assert isinstance(turn.update, Press)
        handled = await self.dialogs.press(turn, turn.update)
        self.notice = str(turn.notice)
        return handled.answer


@pytest.fixture
def desk() -> Desk:
    """Dialogs of one small app."""
    return Desk()


def words(answer: Any) -> Any:
    """What an answer says."""
    return answer.words if isinstance(answer, Screen) else answer


async def test_a_press_calls_what_its_payload_names(desk: Desk) -> None:
    """With its arguments, typed again; none stand for none."""
    assert words(await desk.press(desk.payload("shop.shelf", b"\x91\x07"))) == "shelf 7"
    assert words(await desk.press(desk.payload("shop.shelf", b""))) == "shelf 1"


async def test_a_reference_is_followed(desk: Desk) -> None:
    """Arguments that did not fit are kept under a key."""
    desk.behind.payloads[b"12345678"] = b"\x91\x09"
    payload = desk.payload("shop.shelf", b"12345678", flags=Flag.REFERENCE)
    assert words(await desk.press(payload)) == "shelf 9"
    gone = desk.payload("shop.shelf", b"87654321", flags=Flag.REFERENCE)
    assert words(await desk.press(gone)) == "start"
    assert desk.notice == GONE


async def test_a_press_that_comes_too_late_for_its_answer_gets_a_message(desk: Desk) -> None:
    """One that was set aside, say: nobody waits for what stands over the chat any more."""
    turn = desk.turn("forged")
    turn.late = True
    assert isinstance(turn.update, Press)
    handled = await desk.dialogs.press(turn, turn.update)
    assert words(handled.answer) == "start"
    assert turn.notice == ""
    [sent] = turn.effects
    assert isinstance(sent, Send)
    assert isinstance(sent.reply, Reply)
    assert str(sent.reply.words) == GONE


@pytest.mark.parametrize("path", [[], [("shop.shelf", b"\x90")]])
async def test_back_without_a_way_is_home(desk: Desk, path: list[tuple[str, bytes]]) -> None:
    """There is nothing before the first screen."""
    desk.behind.screens[5] = ScreenState(revision=1, path=path)
    assert words(await desk.press(desk.payload(BACK))) == "start"


async def test_back_shows_the_call_before(desk: Desk) -> None:
    """The last but one of the way."""
    way = [("shop.shelf", b"\x91\x03"), ("shop.start", b"\x90")]
    desk.behind.screens[5] = ScreenState(revision=1, path=way)
    assert words(await desk.press(desk.payload(BACK))) == "shelf 3"


async def test_home_is_the_first_screen(desk: Desk) -> None:
    """From everywhere."""
    assert words(await desk.press(desk.payload(HOME))) == "start"


async def test_a_way_that_leads_to_a_gone_action_opens_home(desk: Desk) -> None:
    """With the sentence."""
    way = [("shop.gone", b"\x90"), ("shop.start", b"\x90")]
    desk.behind.screens[5] = ScreenState(revision=1, path=way)
    assert words(await desk.press(desk.payload(BACK))) == "start"
    assert desk.notice == GONE


async def test_an_older_revision_is_shown_anew_only_to_whoever_replaced_it(desk: Desk) -> None:
    """Somebody else's press on it runs."""
    way = [("shop.shelf", b"\x91\x04")]
    desk.behind.screens[5] = ScreenState(revision=4, path=way, presses={"ann": 2, "bob": 9})
    old = desk.payload("shop.start", revision=2)
    assert words(await desk.press(old)) == "shelf 4"
    newer = desk.payload("shop.start", revision=3)
    assert words(await desk.press(newer)) == "start"
    desk.behind.screens[5].presses = {"bob": 9}
    desk.now += 500
    assert words(await desk.press(old)) == "start"


async def test_the_newest_revision_runs_whoever_pressed_before(desk: Desk) -> None:
    """Nobody replaced it."""
    desk.behind.screens[5] = ScreenState(revision=2, path=[("shop.shelf", b"")], presses={"ann": 1})
    assert words(await desk.press(desk.payload("shop.start", revision=2))) == "start"


async def test_a_once_button_runs_once_per_person(desk: Desk) -> None:
    """What was taken is kept in the screen's state."""
    payload = desk.payload("shop.shelf", flags=Flag.ONCE)
    turn = desk.turn(payload)
    assert isinstance(turn.update, Press)
    await desk.dialogs.press(turn, turn.update)
    assert turn.screen is not None
    desk.behind.screens[5] = turn.screen.state
    desk.now += 500
    assert await desk.press(payload) is SILENT


# --- repetitions


def answered(desk: Desk, turn: Turn, *, key: int, settled_s: float | None) -> None:
    """Note how a press's answer stands."""
    assert turn.note is not None
    turn.note.answer = key
    if settled_s is None:
        desk.open.add(key)
    else:
        turn.note.settle(settled_s)


async def first(desk: Desk, payload: str) -> Turn:
    """Press for the first time."""
    turn = desk.turn(payload)
    assert isinstance(turn.update, Press)
    await desk.dialogs.press(turn, turn.update)
    return turn


@pytest.mark.parametrize(
    ("after_s", "settled_s", "repeats"),
    [
        (0.5, 0.1, True),  # within a second, whatever happened
        (1.5, 0.1, False),  # the answer had ended
        (5.0, 6.0, True),  # it came before the answer had ended
        (5.0, None, True),  # the answer is still under way
        (149.0, None, True),
        (151.0, None, False),  # no messenger keeps it longer
        (151.0, 160.0, False),
    ],
)
async def test_what_counts_as_a_repetition(
    desk: Desk, after_s: float, settled_s: float | None, repeats: bool
) -> None:
    """At least 1 s, until the answer has ended, at most 150 s."""
    payload = desk.payload("shop.shelf")
    turn = await first(desk, payload)
    moment = None if settled_s is None else desk.now + settled_s
    answered(desk, turn, key=77, settled_s=moment)
    desk.now += after_s
    assert (await desk.press(payload) is SILENT) is repeats


async def test_a_press_whose_turn_was_not_committed_has_no_repetitions(desk: Desk) -> None:
    """Its answer got a key and then was no delivery."""
    payload = desk.payload("shop.shelf")
    turn = await first(desk, payload)
    assert turn.note is not None
    turn.note.answer = 77
    assert words(await desk.press(payload)) == "shelf 1"


async def test_a_press_that_is_run_again_is_no_repetition_of_itself(desk: Desk) -> None:
    """The engine runs an update again when its commit lost."""
    payload = desk.payload("shop.shelf")
    turn = await first(desk, payload)
    answered(desk, turn, key=77, settled_s=None)
    assert words(await desk.press(payload, id=turn.update.id)) == "shelf 1"


async def test_presses_without_a_message_id_are_told_apart_by_what_they_carry(desk: Desk) -> None:
    """Not every messenger tells where the button was."""
    one, two = desk.payload("shop.shelf", b"\x91\x01"), desk.payload("shop.shelf", b"\x91\x02")
    turn = desk.turn(one, message=None)
    assert isinstance(turn.update, Press)
    await desk.dialogs.press(turn, turn.update)
    answered(desk, turn, key=77, settled_s=None)
    assert await desk.press(one, message=None) is SILENT
    assert words(await desk.press(two, message=None)) == "shelf 2"


async def test_the_memory_of_presses_is_bounded(desk: Desk) -> None:
    """Two generations of 150 seconds."""
    for page in range(10):
        await first(desk, desk.payload("shop.shelf", bytes((0x91, page))))
        desk.now += 151
    assert len(desk.dialogs._notes) + len(desk.dialogs._older) <= 2


# --- timers


def due(action: str, args: bytes = b"\x90") -> TimerDue:
    """A timer that came due."""
    return TimerDue(
        id="t1", bot="bot", at=AT, chat=CHAT, person=ANN, timer_id="t1", action=action, args=args
    )


def turn_of(update: TimerDue) -> Turn:
    """Make its turn."""
    backing: Any = Behind()
    return Turn(update, backing=backing, conversations=Conversations({}))


async def test_a_timer_calls_its_action(desk: Desk) -> None:
    """With its arguments."""
    update = due("shop.shelf", b"\x91\x06")
    handled = await desk.dialogs.timer(turn_of(update), update)
    assert words(handled.answer) == "shelf 6"


@pytest.mark.parametrize(("action", "args"), [("shop.gone", b"\x90"), ("shop.shelf", b"\x91\xa1x")])
async def test_a_timer_that_cannot_be_called_says_why(desk: Desk, action: str, args: bytes) -> None:
    """It is a mistake of whoever changed the app."""
    update = due(action, args)
    with pytest.raises(ActionError):
        await desk.dialogs.timer(turn_of(update), update)


def test_a_button_of_the_framework_has_a_name_no_action_can_have() -> None:
    """So an app cannot take Back or Home away by accident."""
    make: Callable[..., Button] = Button
    assert make(label="‹", action=BACK).action == "<back>"
    assert not BACK.isidentifier()
    assert not HOME.isidentifier()
