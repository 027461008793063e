"""Entrance: gates of one action, command, topic or search, and what it shows outside."""

import logging
from typing import Any

from posthouse.errors import MistakeError, RejectedError, TryLaterError
from posthouse.model.chat import Chat
from posthouse.model.reply import Button, Screen
from posthouse.model.update import Press
from posthouse.publishing.gating.gates import MEMBER, PLAN, Gate, kept_of
from posthouse.publishing.gating.screens import PlanScreens, screens_of
from posthouse.turn.action import Action, button, link_button
from posthouse.turn.gates import Entrance
from posthouse.turn.turn import Turn

log = logging.getLogger("posthouse.publishing")

Again = tuple[str, bytes] | None


class Gates(Entrance):
    """Some gates, all of which have to be open."""

    def __init__(self, app: Any, gates: tuple[Gate, ...]) -> None:
        for gate in gates:
            if not isinstance(gate, Gate):
                raise MistakeError(
                    f"{app.name}: {gate!r} is no gate; write require_member(...) or "
                    f"require_plan(...)"
                )
        self.gates = gates
        self.kept = kept_of(gates)
        """For `subscription.gates`."""
        self._app = app
        self._plans: dict[str, PlanScreens] = {}
        for gate in gates:
            if gate.kind == MEMBER:
                app.beside.chats.setdefault(gate.name, repr(gate))
            elif gate.plan is not None:
                self._plans[gate.name] = screens_of(app, gate.plan)
        self._checks = _checks(app)

    def __repr__(self) -> str:
        return f"<Gates {', '.join(map(repr, self.gates))}>"

    async def refusal(self, turn: Turn, again: Again = None, *, command: str = "") -> Screen | None:
        """Return what to show to whom a gate does not let through; None to whom all do."""
        for gate in self.gates:
            back = _again(self._app, again)
            if gate.kind == PLAN:
                shown = await self._plans[gate.name].refusal(turn, again)
            else:
                shown = await self._not_inside(turn, gate, back, command)
            if shown is not None:
                return shown
        return None

    async def _not_inside(
        self, turn: Turn, gate: Gate, back: "Back | None", command: str
    ) -> Screen | None:
        chat, say = turn.named(gate.name), turn.say
        title = gate.title or chat.title or gate.name
        key, label = "posthouse-gate-member", say("posthouse-gate-joined")
        try:
            if await turn.is_member(chat):
                return None
            if isinstance(turn.update, Press):
                turn.notify(say("posthouse-gate-not-yet", chat=title))
        except RejectedError as error:
            log.error("%s", hidden(turn.persons.bot, gate.name, chat, error))  # noqa: TRY400  it says all
            key, label = "posthouse-gate-hidden", say("posthouse-gate-again")
        except (TryLaterError, OSError) as error:
            log.warning("who is in %s cannot be asked now: %s", gate.name, error)
            key, label = "posthouse-gate-later", say("posthouse-gate-again")
        screen = Screen(say(key, chat=title))
        if key == "posthouse-gate-member" and (url := await turn.way_in(chat)) is not None:
            screen = screen.row(link_button(say("posthouse-gate-join"), url))
        if back is None:
            return screen.row(button(label, self._checks, gate.name, title, command))
        return screen.row(back.button(label))


class Back:
    """The call that was not made."""

    def __init__(self, action: Action[Any], encoded: bytes) -> None:
        self._action = action
        self._encoded = encoded

    def button(self, label: Any) -> Button:
        """Return a button that makes it."""
        args, kwargs = self._action.decode(self._encoded)
        return button(label, self._action, *args, **kwargs)


def hidden(bot: str, name: str, chat: Chat, error: Exception) -> str:
    """Return what to tell the owners of a bot that may not know who is in a chat."""
    return (
        f"bot {bot} cannot see who is in its chat {name!r} ({chat.id}), so require_member lets "
        f"nobody in: {error}; make the bot an administrator there"
    )


def _again(app: Any, again: Again) -> Back | None:
    action = None if again is None else app.actions.get(again[0])
    return None if action is None or again is None else Back(action, again[1])


def _checks(app: Any) -> Action[[str, str, str]]:
    """Return the action that looks again for somebody who typed a command."""
    name = f"{app.name}:joined"
    known: Action[[str, str, str]] | None = app.actions.get(name)
    if known is not None:
        return known

    async def joined(turn: Turn, chat: str, title: str, command: str) -> Screen:
        """Look whether somebody has joined by now."""
        gates = Gates(app, (Gate(MEMBER, chat, title=title),))
        shown = await gates.refusal(turn, command=command)
        return shown or Screen(turn.say("posthouse-gate-open", command=command))

    app.actions[name] = action = Action(joined, name=name)
    return action
