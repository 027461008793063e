"""Why a route takes an update or does not: what `posthouse explain` prints."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from posthouse.model.update import TextMessage, Update
from posthouse.routing.arguments import Misread
from posthouse.routing.commands import Command
from posthouse.routing.router import Filter, name_of
from posthouse.routing.table import TAKEN_BY_ACTIONS, Candidate


class Decision(StrEnum):
    """What a route does with an update."""

    TAKES = "takes it"
    NOT_ASKED = "not asked"
    REFUSES = "does not take it"


class Explained(NamedTuple):
    """One route's decision."""

    app: str
    route: str
    verdict: Decision
    why: str


async def explain(
    candidates: Iterable[Candidate], update: Update, command: Command | None, *, ask_all: bool
) -> list[Explained]:
    """Explain every route's decision in order; asks filters, reads arguments, runs no handler."""
    told: list[Explained] = []
    takers: dict[int, str] = {}
    for candidate in candidates:
        why = _mismatch(candidate, update, command) or await _refusal(candidate.where, update)
        taker = takers.get(candidate.index) if ask_all else next(iter(takers.values()), None)
        if why:
            verdict = Decision.REFUSES
        elif taker:
            verdict, why = Decision.NOT_ASKED, f"{taker} comes first and took it"
        else:
            takers[candidate.index] = candidate.name
            verdict, why = Decision.TAKES, _reason(candidate, update, command)
        told.append(Explained(candidate.app, candidate.name, verdict, why))
    return told


def _mismatch(candidate: Candidate, update: Update, command: Command | None) -> str:
    kind = type(update)
    if candidate.commands:
        mine = ", ".join(f"/{name}" for name in candidate.commands)
        if command is None:
            return f"command is {mine}, this is no command of this bot"
        return (
            ""
            if command.name in candidate.commands
            else f"command is {mine}, this is /{command.name}"
        )
    if candidate.wants(kind):
        return ""
    wanted = " or ".join(mine.__name__ for mine in candidate.kinds)
    if issubclass(kind, TAKEN_BY_ACTIONS) and issubclass(kind, candidate.kinds):
        return f"actions take a {kind.__name__}; a handler that wants it must name exactly that"
    return f"wrong kind: wants {wanted}, this is {kind.__name__}"


async def _refusal(accepts: Filter | None, update: Update) -> str:
    if accepts is None:
        return ""
    said = accepts(update)
    if not isinstance(said, bool) and hasattr(said, "__await__"):
        said = await said
    return "" if said else f"filter {name_of(accepts)} said no"


def _reason(candidate: Candidate, update: Update, command: Command | None) -> str:
    if candidate.arguments is not None and isinstance(update, TextMessage):
        found = candidate.arguments.read(update)
        if isinstance(found, Misread):
            return f"answers what is wrong with the arguments: {found}"
    if candidate.commands and command is not None:
        return f"command is /{command.name}"
    return f"wants {' or '.join(mine.__name__ for mine in candidate.kinds)}"
