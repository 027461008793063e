"""The public App: handlers, commands and actions under one name."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, overload

from posthouse.errors import ActionError
from posthouse.model.reply import Answer, Screen
from posthouse.routing.router import Router, name_of
from posthouse.turn.action import Action
from posthouse.turn.turn import Turn
from posthouse.turn.use import where

P = ParamSpec("P")


class App(Router):
    """Takes updates and claims or passes them; a bot asks its apps in order."""

    @overload
    def action(
        self, fn: Callable[Concatenate[Turn, P], Awaitable[Screen | Answer] | Screen | Answer], /
    ) -> Action[P]: ...
    @overload
    def action(
        self, /, *, home: bool = False, alias: str | tuple[str, ...] = ()
    ) -> Callable[
        [Callable[Concatenate[Turn, P], Awaitable[Screen | Answer] | Screen | Answer]], Action[P]
    ]: ...
    def action(
        self, fn: Any = None, /, *, home: bool = False, alias: str | tuple[str, ...] = ()
    ) -> Any:
        """Register a node of the conversation graph that buttons and timers call.

        Args:
            home: it is the bot's first screen.
            alias: names it had before; buttons and timers that are out there know it by these.
        """
        if fn is None:
            return lambda fn: self._add_action(fn, home=home, alias=alias)
        return self._add_action(fn, home=home, alias=alias)

    def _add_action(self, fn: Any, *, home: bool, alias: str | tuple[str, ...]) -> Action[Any]:
        if not callable(fn):
            raise ActionError(f"{self.name}: {fn!r} is no function")
        self._require_open(fn)
        action: Action[Any] = Action(fn, name=f"{self.name}.{name_of(fn)}", home=home)
        old = (alias,) if isinstance(alias, str) else alias
        names = (action.name, *(f"{self.name}.{name}" for name in old))
        for name in names:
            if name in self.actions:
                raise ActionError(
                    f"{where(fn)}: {name} is taken by {where(self.actions[name].fn)}; every action "
                    f"of an app has a name of its own"
                )
        self.actions.update(dict.fromkeys(names, action))
        return action
