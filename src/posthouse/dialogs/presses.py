"""What a press does: verified, told from its repetition, and turned into the call of an action.

How this works: the payload says which message it belongs to, which drawing of it, and which action
to call with what. A press counts as the repetition of an earlier one with the same (message,
person, payload) while that one's answer has not arrived, for at least 1 s and at most 150 s: it is
answered and not run. A button of an older drawing does nothing but show the present one again if
this person's own press replaced that drawing; somebody else's press on a screen that several
persons share does run. What cannot be resolved opens the bot's first screen, and the press's own
answer says why.
"""

import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec import DecodeError
from msgspec.structs import replace

from posthouse.dialogs.showing.confirming import in_place_of_question, question, sure_of
from posthouse.dialogs.showing.stepping import take_step
from posthouse.errors import ActionError, PayloadError
from posthouse.model.reply import BACK, HOME, INERT, SILENT, STAY, VIEW, Answer
from posthouse.model.update import Press, TextMessage, TimerDue
from posthouse.payloads import LINK, Flag, Keys, Payload, action_id, looks_signed
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Claim, Handled
from posthouse.turn.action import Action
from posthouse.turn.screen import OpenScreen, PressNote
from posthouse.turn.turn import Turn
from posthouse.turn.view import Move, decode_step

log = logging.getLogger("posthouse.presses")

REPEAT_LEAST_S = 1.0
REPEAT_MOST_S = 150.0
NO_ARGUMENTS = b"\x90"
"""An empty list in msgpack."""
GONE = "posthouse-button-gone"
START = "/start "
"""How the message begins that somebody sends who follows a link."""
LINK_GONE = "posthouse-link-gone"
_BACK, _HOME, _STAY = action_id(BACK), action_id(HOME), action_id(STAY)
_VIEW, _INERT = action_id(VIEW), action_id(INERT)


class Dialogs:
    """Runs the actions of one bot.

    Args:
        dispatcher: Knows the bot's actions.
        keys: Verifies payloads.
        account: The account's number in the database.
        is_open: Tells whether a delivery has not ended.
    """

    def __init__(
        self, dispatcher: Dispatcher, *, keys: Keys, account: int, is_open: Callable[[int], bool]
    ) -> None:
        self._dispatcher = dispatcher
        self._keys = keys
        self._account = account
        self._is_open = is_open
        self._notes: dict[tuple[str, str, str], PressNote] = {}
        self._older: dict[tuple[str, str, str], PressNote] = {}
        self._since_s = 0.0
        """Since when notes gather in the younger of the two."""

    async def press(self, turn: Turn, press: Press) -> Handled:
        """Run what a button calls."""
        if self._is_repetition(turn, press):
            return _claimed("presses", SILENT)
        return await self.pressed(turn, press)

    async def pressed(self, turn: Turn, press: Press) -> Handled:
        """Run what a button calls, also one that stands as a number and whose number was typed."""
        try:
            payload = self._keys.verify(press.payload, account=self._account, chat=press.chat.id)
            run = await self._resolved(turn, press, payload)
        except (PayloadError, ActionError) as error:
            log.info("press %s cannot be resolved: %s", press.id, error)
            return await self._lost(turn, GONE)
        if run is None:
            return _claimed("presses", SILENT)
        turn.route = run.route
        return _claimed(run.route, await run.call())

    async def start(self, turn: Turn, message: TextMessage) -> Handled:
        """Run what a link calls that somebody followed; what is no link goes to the apps.

        One that was tampered with, or whose action is gone, counts as a plain /start.
        """
        encoded = message.text[len(START) :]
        if not looks_signed(encoded):  # an app's own
            return await self._dispatcher.dispatch(turn)
        try:
            payload = self._keys.verify(encoded, account=self._account, chat=LINK)
            action, packed = await self._acting(turn, payload)
            args, kwargs = action.decode(packed)
        except (PayloadError, ActionError) as error:
            log.info("the link of update %s cannot be resolved: %s", message.id, error)
            turn.replace_update(replace(message, text=START.strip(), formatted=None))
            return await self._lost(turn, LINK_GONE)
        turn.route = action.name
        return _claimed(action.name, await action(turn, *args, **kwargs))

    async def timer(self, turn: Turn, timer: TimerDue) -> Handled:
        """Run what a timer calls.

        Raises ActionError when the action is gone or its arguments no longer fit.
        """
        action = self._dispatcher.actions.get(timer.action)
        if action is None:
            raise ActionError(
                f"a timer calls {timer.action}, which no app of this bot has any more; give the "
                "action back, or name the new "
                f"one's alias after it"
            )
        args, kwargs = action.decode(timer.args)
        turn.route = action.name
        return _claimed(action.name, await action(turn, *args, **kwargs))

    def _is_repetition(self, turn: Turn, press: Press) -> bool:
        key = (press.message_id or "", press.person.id, press.payload)
        now = turn.received_s
        note = self._notes.get(key) or self._older.get(key)
        if note is not None and note.press != press.id and self._repeats(note, now):
            return True
        turn.note = PressNote(press.id, received_s=now)
        if (
            now - self._since_s >= REPEAT_MOST_S
        ):  # two generations, so that forgetting costs nothing
            self._older, self._notes, self._since_s = self._notes, {}, now
        self._notes[key] = turn.note
        return False

    def _repeats(self, note: PressNote, now: float) -> bool:
        """Whether a press that was received now came while an earlier one was being answered."""
        age_s = now - note.received_s
        if note.settled_s is None:  # under way, unless its turn was not committed
            return age_s < REPEAT_MOST_S and self._is_open(note.answer)
        return age_s < REPEAT_LEAST_S or (age_s < REPEAT_MOST_S and now <= note.settled_s)

    async def _resolved(self, turn: Turn, press: Press, payload: Payload) -> "Run | None":
        """Return what a press runs, None for nothing; raises PayloadError or ActionError."""
        opened = OpenScreen(
            payload.delivery,
            press.message_id,
            revision=payload.revision,
            loaded=await turn.load_screen(payload.delivery),
        )
        opened.moves = press is not turn.update
        turn.screen = opened
        if payload.action == _INERT:
            return None
        superseded = _is_superseded(opened, payload, press)
        if payload.action == _VIEW:
            return await self._viewed(turn, opened, payload, superseded=superseded)
        if payload.action == _STAY and not opened.state.path:
            if not opened.moves:  # it was pressed, and not typed
                turn.sent(opened.delivery).delete()  # a question that stood alone
            return None
        return await self._run_of(turn, press, payload, superseded=superseded)

    async def _run_of(
        self, turn: Turn, press: Press, payload: Payload, *, superseded: bool
    ) -> "Run | None":
        opened = self._opened(turn)
        shows_present = superseded and bool(opened.state.path)
        if superseded and Flag.SURE in payload.flags:
            return None  # it was answered, and what came of it may be what the screen shows
        action, packed = await self._called(turn, press, payload, shows_present=shows_present)
        if action is None:
            return None
        if not shows_present and Flag.ASK in payload.flags:
            asking = question(turn, action.name, packed, flags=payload.flags)
            return Run(action.name, lambda: _ready(asking))
        if not shows_present and Flag.SURE in payload.flags:
            sure = sure_of(turn, packed)
            return None if sure is None else self._answering(turn, opened, action, sure)
        return Run(action.name, _call_of(turn, action, packed))

    def _answering(
        self, turn: Turn, opened: OpenScreen, action: Action[Any], packed: bytes
    ) -> "Run":
        call = _call_of(turn, action, packed)

        async def answer() -> Answer:
            return in_place_of_question(turn, opened, await call())

        return Run(action.name, answer)

    async def _viewed(
        self, turn: Turn, opened: OpenScreen, payload: Payload, *, superseded: bool
    ) -> "Run":
        """Return the run of a screen's own action, seen as the button says.

        What a button says is absolute, so it holds on an older drawing of that screen too: else a
        second choice would be lost that was made before the first was drawn. Where the person went
        on to another screen, and for Done a second time, the present one is shown.
        """
        try:
            step = decode_step(await self._arguments(turn, payload))
        except DecodeError as error:
            raise PayloadError(f"where it leads does not decode: {error}") from None
        call = opened.state.call_of(step.call)
        is_over = step.move is Move.DONE or [call] != opened.state.path[-1:]
        if call is None or (superseded and is_over):
            action, packed = self._present(opened)
            return Run(action.name, _call_of(turn, action, packed))
        action = self._named(call[0])
        action.decode(call[1])
        return Run(action.name, lambda: take_step(turn, opened, action, step))

    async def _called(
        self, turn: Turn, press: Press, payload: Payload, *, shows_present: bool
    ) -> tuple[Action[Any] | None, bytes]:
        """Return the action to run and its arguments; None when there is nothing to run."""
        opened = self._opened(turn)
        if shows_present or payload.action == _STAY:
            return self._present(opened)
        if payload.action == _BACK:
            return self._back(opened)
        if payload.action == _HOME:
            return self._dispatcher.home, NO_ARGUMENTS
        action, packed = await self._acting(turn, payload)
        counts = Flag.ONCE in payload.flags and Flag.ASK not in payload.flags
        if counts and not _first(opened, press, action.name, packed):
            return None, b""
        return action, packed

    def _opened(self, turn: Turn) -> OpenScreen:
        if turn.screen is None:
            raise PayloadError("it belongs to no message")
        return turn.screen

    def _present(self, opened: OpenScreen) -> tuple[Action[Any], bytes]:
        """Return the call that drew what the screen shows; raises PayloadError."""
        if not opened.state.path:
            raise PayloadError("nothing is known of what its screen showed")
        name, args = opened.state.path[-1]
        return self._named(name), args

    async def _acting(self, turn: Turn, payload: Payload) -> tuple[Action[Any], bytes]:
        """Return the action that a payload calls, and its arguments; raises PayloadError."""
        action = self._dispatcher.actions_by_id.get(payload.action)
        if action is None:
            raise PayloadError("the action behind it is gone")
        return action, await self._arguments(turn, payload)

    async def _arguments(self, turn: Turn, payload: Payload) -> bytes:
        if Flag.REFERENCE not in payload.flags:
            return payload.args or NO_ARGUMENTS
        kept = await turn.load_payload(payload.args)
        if kept is None:
            raise PayloadError("what it carried is no longer kept")
        return kept

    def _back(self, opened: OpenScreen) -> tuple[Action[Any] | None, bytes]:
        before = opened.state.path[:-1]
        if not before:
            return self._dispatcher.home, NO_ARGUMENTS
        name, args = before[-1]
        return self._named(name), args

    def _named(self, name: str) -> Action[Any]:
        action = self._dispatcher.actions.get(name)
        if action is None:
            raise PayloadError(f"the action {name} is gone")
        return action

    async def _lost(self, turn: Turn, key: str) -> Handled:
        turn.screen = None
        asked = await self._dispatcher.dispatch(turn, apps_only=True)
        if asked.claims:
            return asked
        turn.notify(turn.say(key))
        home = self._dispatcher.home
        if home is None:
            return _claimed("presses", SILENT)
        shown: Any = await home(turn)
        return _claimed(home.name, SILENT if shown is None else shown)


class Run(NamedTuple):
    """What a press runs."""

    route: str
    call: Callable[[], Awaitable[Answer]]


def _call_of(turn: Turn, action: Action[Any], packed: bytes) -> Callable[[], Awaitable[Answer]]:
    args, kwargs = action.decode(packed)
    return lambda: action(turn, *args, **kwargs)


async def _ready(answer: Answer) -> Answer:
    return answer


def _is_superseded(opened: OpenScreen, payload: Payload, press: Press) -> bool:
    """Whether the person's own press replaced the drawing that bears the button."""
    state = opened.state
    replaced = state.presses.get(press.person.id, 0)
    return payload.revision < state.revision and replaced >= payload.revision


def _first(opened: OpenScreen, press: Press, action: str, packed: bytes) -> bool:
    """Note a press of a `once()` button; False when this person pressed it before.

    However often the screen was drawn in between: it is the same call that counts.
    """
    digest = sha256(f"{press.person.id}\0{action}\0".encode() + packed).digest()[:8]
    if digest in opened.state.once:
        return False
    opened.state.once.append(digest)
    return True


def _claimed(route: str, answer: Answer) -> Handled:
    return Handled([Claim("", route, answer)])
