"""`plans`: who has which plan until when, and giving and taking them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from posthouse.cli.asking import change_and_say, database, reading
from posthouse.cli.opening import DEFAULT, SettingsOption, open_site
from posthouse.cli.output import current
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.people.naming import named
from posthouse.ports.clock import SystemClock
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.commands import PlanCommands, Seller
from posthouse.publishing.gating.terms import Holder
from posthouse.storage.sqlite import SqliteStore

Who = Annotated[str, Parameter(help="Messenger and id, such as telegram:1234.")]
Named = Annotated[str, Parameter(help="The plan's name.")]
Note = Annotated[str, Parameter(help="For staff to read.")]
MOST = 1000
"""Rows that are listed."""


def list_(
    *,
    plan: Annotated[str | None, Parameter(help="Only of this plan.")] = None,
    person: Annotated[str | None, Parameter(help="Only of this person.")] = None,
    settings: SettingsOption = DEFAULT,
) -> None:
    """List who has which plan, those first whose plan ends first."""
    rows = asyncio.run(_rows(database(settings), plan, person))
    if not rows:
        current.get().say("Nobody has a plan.")
        return
    table = [(f"{who}:{id}", name, kinds, _moment(ends)) for who, id, name, kinds, ends in rows]
    current.get().table(("person", "plan", "how", "until"), table)


def grant(
    person: Who,
    plan: Named,
    /,
    *,
    bot: Annotated[
        str | None, Parameter(name=["--bot", "-b"], help="The bot that tells them.")
    ] = None,
    periods: Annotated[int, Parameter(help="How many periods of the plan.")] = 1,
    note: Note = "",
    settings: SettingsOption = DEFAULT,
) -> None:
    """Give a person a plan, from now or from the end of what they have."""
    args = {"person": person, "plan": plan, "bot": bot, "periods": periods, "note": note}
    _change(settings, "plan.grant", args)


def revoke(
    person: Who, plan: Named, /, *, note: Note = "", settings: SettingsOption = DEFAULT
) -> None:
    """Take a plan away from a person."""
    _change(settings, "plan.revoke", {"person": person, "plan": plan, "note": note})


def _change(settings: Path, kind: str, args: dict[str, Any]) -> None:
    site, _ = open_site(settings)
    sellers = [
        Seller(
            bot=bot.name,
            messenger=bot.messenger,
            zone=bot.zone,
            plans={k: v for app in bot.dispatcher.routers for k, v in app.beside.plans.items()},
        )
        for bot in site.bots
    ]

    def register(commands: Commands, store: SqliteStore) -> None:
        writer, clock = DirectWriter(store), SystemClock()
        PlanCommands(store, writer, clock=clock, sellers=lambda: sellers).register(commands)

    change_and_say(database(settings), kind, args, register)


async def _rows(path: Path, plan: str | None, person: str | None) -> Sequence[Any]:
    who = None if person is None else Holder(*named(person))
    now = SystemClock().timestamp()
    async with reading(path) as store:
        return await store.fetch(terms.listed(plan, who, now, MOST))


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
