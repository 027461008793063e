"""What a press does: verified, told from its repetition, and turned into the call of an action.

How this works: the payload says which message it belongs to, which drawing of it, and which action
to call with what. A press counts as the repetition of an earlier one with the same (message,
person, payload) while that one's answer has not arrived, for at least 1 s and at most 150 s: it is
answered and not run. A button of an older drawing does nothing but show the present one again if
this person's own press replaced that drawing; somebody else's press on a screen that several
persons share does run. What cannot be resolved opens the bot's first screen, with a sentence.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from posthouse.errors import ActionError, PayloadError
from posthouse.model.reply import BACK, HOME, SILENT, Answer
from posthouse.model.update import Press, TextMessage, TimerDue
from posthouse.payloads import LINK, Flag, Keys, Payload, action_id, looks_signed
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Claim, Handled
from posthouse.turn.action import Action
from posthouse.turn.screen import OpenScreen, PressNote
from posthouse.turn.turn import Turn

log = logging.getLogger("posthouse.presses")

REPEAT_LEAST_S = 1.0
REPEAT_MOST_S = 150.0
NO_ARGUMENTS = b"\x90"
"""An empty list in msgpack."""
GONE = "That button no longer works."
START = "/start "
"""How the message begins that somebody sends who follows a link."""
LINK_GONE = "That link no longer works."
_BACK, _HOME = action_id(BACK), action_id(HOME)


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
        try:
            payload = self._keys.verify(press.payload, account=self._account, chat=press.chat.id)
            action, packed = await self._called(turn, press, payload)
            if action is None:
                return _claimed("presses", SILENT)
            args, kwargs = action.decode(packed)
        except (PayloadError, ActionError) as error:
            log.info("press %s cannot be resolved: %s", press.id, error)
            return await self._lost(turn, GONE)
        turn.route = action.name
        return _claimed(action.name, await action(turn, *args, **kwargs))

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

    async def _called(
        self, turn: Turn, press: Press, payload: Payload
    ) -> tuple[Action[Any] | None, bytes]:
        """Return the action to run and its arguments; None when there is nothing to run."""
        opened = OpenScreen(
            payload.delivery,
            press.message_id,
            revision=payload.revision,
            loaded=await turn.load_screen(payload.delivery),
        )
        turn.screen = opened
        state = opened.state
        if (
            payload.revision < state.revision
            and state.presses.get(press.person.id, 0) >= payload.revision
            and state.path
        ):
            return self._named(state.path[-1][0]), state.path[-1][1]
        if payload.action == _BACK:
            return self._back(opened)
        if payload.action == _HOME:
            return self._dispatcher.home, NO_ARGUMENTS
        if Flag.ONCE in payload.flags and not _first(opened, press):
            return None, b""
        return await self._acting(turn, payload)

    async def _acting(self, turn: Turn, payload: Payload) -> tuple[Action[Any], bytes]:
        """Return the action that a payload calls, and its arguments; raises PayloadError."""
        action = self._dispatcher.actions_by_id.get(payload.action)
        if action is None:
            raise PayloadError("the action behind it is gone")
        if Flag.REFERENCE not in payload.flags:
            return action, payload.args or NO_ARGUMENTS
        kept = await turn.load_payload(payload.args)
        if kept is None:
            raise PayloadError("what it carried is no longer kept")
        return action, kept

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

    async def _lost(self, turn: Turn, said: str) -> Handled:
        turn.screen = None
        asked = await self._dispatcher.dispatch(turn)
        if asked.claims:
            return asked
        home = self._dispatcher.home
        if home is None:
            return _claimed("presses", said)
        shown: Any = await home(turn)
        return _claimed(home.name, [said, shown] if shown is not None else said)


def _first(opened: OpenScreen, press: Press) -> bool:
    """Note a press of a `once()` button; False when this person pressed it before."""
    digest = sha256(f"{press.person.id}\0{press.payload}".encode()).digest()[:8]
    if digest in opened.state.once:
        return False
    opened.state.once.append(digest)
    return True


def _claimed(route: str, answer: Answer) -> Handled:
    return Handled([Claim("", route, answer)])
