"""What users say is about persons, gathered from their bots; and the command that forgets."""

from collections.abc import Callable, Iterable, Sequence
from typing import get_type_hints

from sqlalchemy import MetaData

from posthouse.bots.bot import Bot
from posthouse.dialogs.forms.form import Form, fields_of
from posthouse.engine.commands import Commands
from posthouse.people.crowd import People, Reads
from posthouse.people.forgetting import Archive, Marks, said
from posthouse.people.naming import named
from posthouse.ports.clock import Clock
from posthouse.ports.personal import is_personal
from posthouse.ports.writer import Writer
from posthouse.routing.router import Router
from posthouse.turn.conversation import Scope as StateScope

LOOKS_AFTER_S = 0.05
MOST_LOOKS = 10
"""Looks for what is still to be handled, before somebody is forgotten all the same."""


def marks_of(bots: Iterable[Bot], tables: Sequence[MetaData]) -> Marks:
    """Return what the forms of some bots, their adapters and users' tables say of persons."""
    forms: dict[str, frozenset[str]] = {}
    states: dict[str, frozenset[str]] = {}
    every = list(tables)
    for bot in bots:
        own = getattr(bot.adapter, "tables", None)
        if isinstance(own, MetaData) and own not in every:
            every.append(own)
        for router in bot.dispatcher.routers:
            forms |= {entry.name: _fields(form) for form, entry in router.forms.items()}
            states |= _shared(router)
    return Marks(forms, every, states)


def _fields(form: type[Form]) -> frozenset[str]:
    return frozenset(field.name for field in fields_of(form) if field.is_personal)


def _shared(router: Router) -> dict[str, frozenset[str]]:
    """Return the personal fields of the states that everybody in a chat shares, of one app."""
    routes = [*router.routes, *router.observers]
    kinds = {kind for route in routes for kind in route.compiled.conversations}
    kinds |= {kind for each in router.actions.values() for kind in each.conversations.values()}
    found: dict[str, frozenset[str]] = {}
    for kind in kinds:
        if kind.scope is StateScope.CHAT:
            hints = get_type_hints(kind, include_extras=True)
            marked = {name for name in kind.__struct_fields__ if is_personal(hints[name])}
            found[f"{router.name}.{kind.__qualname__}"] = frozenset(marked)
    return {name: marked for name, marked in found.items() if marked}


class Forgetting:
    """Executes `people.forget`.

    Args:
        store: Where persons are.
        writer: Where changes go.
        clock: For moments.
        marks: What is about persons, as far as the bots that run know.
        people: What the running site keeps in memory; None when none runs.
        forgotten: Called when somebody was forgotten.
    """

    def __init__(
        self,
        store: Reads,
        writer: Writer,
        *,
        clock: Clock,
        marks: Callable[[], Marks],
        people: People | None = None,
        forgotten: Callable[[], object] = lambda: None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._marks = marks
        self._people = people
        self._forgotten = forgotten

    def register(self, commands: Commands) -> None:
        """Let a site, or the command line, execute it."""
        commands.register("people.forget", self._forget)

    async def _forget(self, *, person: str, bot: str | None = None) -> str:
        people, who = self._people, named(person)
        crowds = people.crowds.items() if people is not None else ()
        archive = Archive(
            self._store,
            self._marks(),
            accounts={number: (crowd.bot, crowd.messenger) for number, crowd in crowds},
            runs=people is not None,
        )
        waiting = 0 if people is None else await self._waits_for(archive, person, bot)
        counted = await archive.forget(person, bot, writer=self._writer, clock=self._clock)
        if people is not None:
            people.forget(who.messenger, who.id, bot)
        self._forgotten()
        told = f"forgotten: {said(counted, who)}"
        if not waiting:
            return told
        return f"{told}; {waiting} in inbox are still being handled, so forget again in a while"

    async def _waits_for(self, archive: Archive, person: str, bot: str | None) -> int:
        """Let the site handle what it has of a person, for a while; return what it still has."""
        waiting = await archive.waiting(person, bot)
        for _ in range(MOST_LOOKS):
            if not waiting:
                break
            await self._clock.sleep(LOOKS_AFTER_S)
            waiting = await archive.waiting(person, bot)
        return waiting
