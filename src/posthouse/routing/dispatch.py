"""Dispatcher: asks a bot's apps in order who takes an update, and what they answer."""

import logging
from collections.abc import Sequence
from copy import copy
from types import CoroutineType
from typing import Any, Literal

from posthouse.model.chat import ChatKind
from posthouse.model.reply import PASS
from posthouse.model.update import ChatUpdate, Message, TextMessage, Update
from posthouse.routing.commands import Command, Unknown, command_of, unknown_command
from posthouse.routing.explaining import Explained, explain
from posthouse.routing.gathering import (
    by_id,
    candidates,
    conversations,
    greeting,
    home,
    menu,
    uses,
)
from posthouse.routing.handled import Claim, Handled, checked
from posthouse.routing.plain import Process
from posthouse.routing.router import Router
from posthouse.routing.table import Candidate, Table
from posthouse.turn.turn import Turn

_log = logging.getLogger("posthouse.routing")
START = "start"
"""The command that messengers send by themselves when somebody opens a bot."""


class Observer:
    """A function that sees updates in turns of its own."""

    __slots__ = ("_candidate", "name")

    def __init__(self, candidate: Candidate) -> None:
        self.name = candidate.name
        """`app.function`: with the update's mark it says whether it has run."""
        self._candidate = candidate

    def __repr__(self) -> str:
        return f"<Observer {self.name}>"

    @property
    def kinds(self) -> tuple[type[Update], ...]:
        """Update classes it sees."""
        return self._candidate.kinds

    def wants(self, kind: type[Update]) -> bool:
        """Whether it sees updates of a class."""
        return issubclass(kind, self._candidate.kinds)

    async def call(self, turn: Turn) -> None:
        """Show it the turn's update."""
        turn.route, turn.limit_s = self.name, self._candidate.limit_s
        accepts = self._candidate.where
        if accepts is None or await _settled(accepts(turn.update)):
            await _settled(self._candidate.call(turn))


class Dispatcher:
    """Routes the updates of one bot to its apps."""

    def __init__(
        self,
        bot: str,
        apps: Sequence[Router | Process],
        *,
        ask: Literal["first", "all"] = "first",
        answers_unknown: bool = True,
    ) -> None:
        """Compile all handlers of a bot's apps; raises RouteError.

        Args:
            bot: the bot's name.
            apps: in the order in which they are asked.
            ask: "first" stops at the first claim, "all" lets every app take the update.
            answers_unknown: answer an unknown command in a private chat with the nearest one.
        """
        self.bot = bot
        self.ask_all = ask == "all"
        self.answers_unknown = answers_unknown
        self.addressed: frozenset[str] = frozenset({bot.lower()})
        """Names, in lower case, that a command may be addressed to: `/help@name`."""
        self.routers = routers = [app for app in apps if isinstance(app, Router)]
        self.table = Table(candidates(apps))
        self.observers = [
            Observer(Candidate(0, router.name, route.name, route))
            for router in routers
            for route in router.observers
        ]
        """Functions that see updates, each in a turn of its own."""
        handled = {kind for candidate in self.table.all for kind in candidate.kinds}
        handled.update(kind for observer in self.observers for kind in observer.kinds)
        beside = {kind for router in routers for kind in router.beside.kinds}
        self.kinds = frozenset(handled | beside)
        """Update classes that handlers ask for."""
        self.private_kinds = frozenset(beside - handled)
        """Those of them that nobody asks for but in private chats."""
        self.commands = menu(routers)
        """Commands and what they do, in order, for menus; of some not everybody may know."""
        self.actions = {name: a for router in routers for name, a in router.actions.items()}
        """Actions by full name, aliases included."""
        self.actions_by_id = by_id(self.actions)
        """Actions by the four bytes that stand for them in payloads."""
        self.home = home(routers)
        """The action of the first screen."""
        self.greeting = greeting(routers)
        """The action that answers private messages which no app takes."""
        routes = [route for router in routers for route in (*router.routes, *router.observers)]
        self.scopes = frozenset(
            (
                *(kind.scope for kind in conversations(routers, routes)),
                *(scope for router in routers for scope in router.beside.scopes),
            )
        )
        """Conversations that any handler may reach."""
        self.uses = [
            *uses(routes, self.actions.values()),
            *(need for router in routers for need in router.beside.needs),
        ]
        """What modules must provide, for the check at start."""

    def __repr__(self) -> str:
        return f"<Dispatcher {self.bot}: {len(self.table.all)} routes>"

    def shared_by(self, bot: str) -> "Dispatcher":
        """Return a dispatcher for another bot with the same apps, which shares all but names."""
        other = copy(self)
        other.bot, other.addressed = bot, frozenset({bot.lower()})
        return other

    def address(self, name: str) -> None:
        """Let commands be addressed to a name, as in `/help@name`."""
        self.addressed |= {name.lower()}

    async def dispatch(self, turn: Turn, *, apps_only: bool = False) -> Handled:
        """Ask the apps in order; sets the turn's route and limit before each call.

        What a handler did before it returned PASS stays in the turn. A message that nobody took is
        answered as `_end` says, unless only the apps are to be asked.
        """
        update = turn.update
        claims: list[Claim] = []
        taken = -1
        for candidate in self.candidates_for(update):
            if candidate.index == taken:
                continue
            turn.route = candidate.name
            turn.limit_s = candidate.limit_s
            where = candidate.where
            # A plain no is nearly always the answer, and there may be many to ask.
            if where is not None and (
                (accepts := where(update)) is False
                or not (accepts is True or await _settled(accepts))
            ):
                continue
            answer = candidate.fn(update) if candidate.takes_update else candidate.call(turn)
            if type(answer) is CoroutineType:  # nearly always
                answer = await answer
            while type(answer) is not str and hasattr(answer, "__await__"):
                answer = await answer  # a handler may return another action's call
            if answer is PASS:
                continue
            if type(answer) is not str or not answer:
                answer = checked(answer, candidate.fn)
            claims.append(Claim(candidate.app, candidate.name, answer))
            if not self.ask_all:
                return Handled(claims)
            taken = candidate.index
        return await self._end(turn, claims, apps_only=apps_only)

    async def _end(self, turn: Turn, claims: list[Claim], *, apps_only: bool) -> Handled:
        """Return what the apps made of an update; a message that none of them took is answered.

        In a private chat an unknown command gets the nearest known one, and anything else, and
        /start, the bot's home; elsewhere it is left alone.
        """
        if claims or apps_only:
            return self._settle(claims)
        update = turn.update
        if unknown := self.unknown(update):
            answer = turn.say(unknown.key, **unknown.values).plain
            return Handled([Claim("", "unknown_command", answer)])
        home = self.greeting if self.answers_unknown and isinstance(update, Message) else None
        if home is None or turn.chat.kind is not ChatKind.PRIVATE:
            return Handled([])
        turn.route, turn.limit_s = home.name, None
        shown: Any = await home(turn)
        return Handled([Claim("", home.name, checked(shown, home.fn))])

    def candidates_for(self, update: Update) -> Sequence[Candidate]:
        """Return who might take an update, in order, filters not asked."""
        if isinstance(update, TextMessage) and update.text[:1] == "/":
            # As menus and most people write it.
            found = self.table.words.get(update.text.partition(" ")[0])
            if found is not None and type(update) is TextMessage:
                return found
            command = self.command_in(update)
            if command is not None:
                return self.table.of_command(type(update), command.name)
        return self.table.of_kind(type(update))

    def command_in(self, message: TextMessage) -> Command | None:
        """Return the command a message holds for this bot, or None."""
        command = command_of(message.text)
        if command is None or not command.addressed or command.addressed in self.addressed:
            return command
        return command if message.chat.kind is ChatKind.PRIVATE else None

    def observing(self, update: Update) -> list[Observer]:
        """Return the observers that see an update."""
        return [o for o in self.observers if o.wants(type(update))] if self.observers else []

    def unknown(self, update: Update) -> Unknown | None:
        """Return the answer to an unknown command, or None where it is left alone."""
        if not self.answers_unknown or not self.commands or not isinstance(update, TextMessage):
            return None
        command = self.command_in(update)
        if command is None or update.chat.kind is not ChatKind.PRIVATE:
            return None
        if command.name == START and self.greeting is not None:
            return None  # it opens home
        # One that is known and was not taken is not for this person: it is no near miss of itself.
        names = [each.command.name for each in self.commands if each.is_open]
        known = [name for name in names if name != command.name]
        return unknown_command(command.name, known)

    async def explain(self, update: ChatUpdate) -> list[Explained]:
        """Tell of every route whether it takes an update and why; runs filters but no handlers."""
        command = self.command_in(update) if isinstance(update, TextMessage) else None
        return await explain(self.table.all, update, command, ask_all=self.ask_all)

    def _settle(self, claims: list[Claim]) -> Handled:
        for claim in claims[1:]:
            _log.info(
                "%s answered after %s had claimed; its answer is not delivered",
                claim.route,
                claims[0].route,
            )
        return Handled(claims)


async def _settled(result: Any) -> Any:
    return await result if hasattr(result, "__await__") else result
