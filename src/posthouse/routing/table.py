"""Who might take an update: tables by class and by command, merged in the order of registration.

How this works: a bot's routes stand in one list, the order of its apps and within them the order of
registration. For each class of update that really comes, and each command, the few routes that
might take it are picked out of that list once and kept. So one update costs two look-ups, however
many handlers there are, and the order stays the rule.
"""

from collections.abc import Iterable, Sequence

from posthouse.model.update import Press, TextMessage, TimerDue, Update
from posthouse.routing.arguments import Arguments
from posthouse.routing.handler import Call
from posthouse.routing.plain import PlainApp
from posthouse.routing.router import Filter, Route

TAKEN_BY_ACTIONS = (Press, TimerDue)
"""Updates that actions take: handlers get them only when they name exactly these."""


class Candidate:
    """A route or a plain app in a bot's order."""

    __slots__ = (
        "app",
        "arguments",
        "call",
        "commands",
        "fn",
        "index",
        "kinds",
        "limit_s",
        "name",
        "takes_update",
        "where",
    )

    def __init__(self, index: int, app: str, name: str, source: Route | PlainApp) -> None:
        self.index = index
        """Which of the bot's apps it belongs to."""
        self.app = app
        self.name = name
        self.fn = source.fn
        self.arguments: Arguments | None = None
        self.commands: tuple[str, ...] = ()
        self.where: Filter | None = None
        self.limit_s: float | None = None
        self.takes_update = False
        """`fn` may be called with the update at once, which saves a call."""
        self.call: Call
        self.kinds: tuple[type[Update], ...]
        if isinstance(source, Route):
            ready = source.compiled
            self.call, self.kinds, self.arguments = ready.call, ready.kinds, ready.arguments
            self.takes_update = ready.takes_update
            self.commands, self.where, self.limit_s = source.commands, source.where, source.limit_s
        else:
            self.call, self.kinds = source.call, source.kinds

    def wants(self, kind: type[Update]) -> bool:
        """Whether it takes updates of a class."""
        wanted = [mine for mine in self.kinds if issubclass(kind, mine)]
        if issubclass(kind, TAKEN_BY_ACTIONS):
            return any(issubclass(mine, TAKEN_BY_ACTIONS) for mine in wanted)
        return bool(wanted)


class Table:
    """All candidates of a bot, by class of update and by command."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.all = tuple(candidates)
        self.commands = frozenset(name for c in self.all for name in c.commands)
        self._by_kind: dict[type[Update], Sequence[Candidate]] = {}
        self._by_command: dict[tuple[type[Update], str], Sequence[Candidate]] = {}
        self.words: dict[str, Sequence[Candidate]] = {}
        """Who might take a TextMessage that begins with a word such as "/help", once asked for."""

    def of_kind(self, kind: type[Update]) -> Sequence[Candidate]:
        """Return who might take an update of a class that is no command."""
        found = self._by_kind.get(kind)
        if found is None:
            found = tuple(c for c in self.all if not c.commands and c.wants(kind))
            self._by_kind[kind] = found
        return found

    def of_command(self, kind: type[TextMessage], name: str) -> Sequence[Candidate]:
        """Return who might take a message with a command."""
        if name not in self.commands:  # keeps what strangers type out of the table
            return self.of_kind(kind)
        found = self._by_command.get((kind, name))
        if found is None:
            found = tuple(
                c for c in self.all if (name in c.commands if c.commands else c.wants(kind))
            )
            self._by_command[kind, name] = found
            if kind is TextMessage:
                self.words[f"/{name}"] = found
        return found
