"""Commands on plans: `plan.grant` and `plan.revoke`, for staff at the command line."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from typing import Any, TypeAlias

from msgspec import Struct
from sqlalchemy import select

from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError, MistakeError
from posthouse.people import rows
from posthouse.people.naming import Named, named
from posthouse.ports.changes import Change, Execute, PutTimer, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement, TimerRow
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.beginning import next_term
from posthouse.publishing.gating.screens import PlanScreens
from posthouse.publishing.gating.terms import Holder, Term
from posthouse.storage.schema import account

TRIES = 20
"""How often a term is tried to be added while others are added to the same plan of somebody."""
MOST_PERIODS = 120


class Seller(Struct, frozen=True, kw_only=True):
    """A bot, with the plans that its apps name."""

    bot: str
    messenger: str
    zone: tzinfo
    plans: Mapping[str, PlanScreens]
    account: int | None = None
    """Its number in the database; None where that has to be looked up."""


Telling: TypeAlias = Callable[[Term], Awaitable[TimerRow | None]]
"""Returns the timer that tells somebody of a new term; None where nobody can."""


class PlanCommands:
    """Executes the commands on plans.

    Args:
        store: Where they are read.
        writer: Where changes go.
        clock: For moments.
        sellers: Returns the bots and their plans.
        tells: Lets somebody be told, where a site runs.
        changed: Called with what was set when something has changed, where a site runs.
    """

    def __init__(
        self,
        store: Any,
        writer: Any,
        *,
        clock: Clock,
        sellers: Callable[[], Sequence[Seller]],
        tells: Telling | None = None,
        changed: Callable[[TimerRow | None], object] = lambda timer: None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._sellers = sellers
        self._tells = tells
        self._changed = changed

    def register(self, commands: Commands) -> None:
        """Let a site, or the command line, execute them."""
        commands.register("plan.grant", self.grant)
        commands.register("plan.revoke", self.revoke)

    async def grant(
        self, *, person: str, plan: str, bot: str | None = None, periods: int = 1, note: str = ""
    ) -> str:
        """Give somebody a plan, from now or from the end of what they have."""
        who = named(person)
        if not 1 <= periods <= MOST_PERIODS:
            raise MistakeError(f"{periods} periods: give 1 to {MOST_PERIODS}")
        seller, number = await self._seller(who, plan, bot)
        of, holder = seller.plans[plan].plan, Holder(who.messenger, who.id)
        for _ in range(TRIES):
            found = terms.made(await self._store.fetch(terms.terms_of(holder, plan)))
            now = self._clock.timestamp()
            term = next_term(
                of,
                holder,
                found,
                kind="granted",
                periods=periods,
                now=now,
                zone=seller.zone,
                account=number,
                by=rows.COMMAND_LINE,
                note=note,
            )
            timer = None if self._tells is None else await self._tells(term)
            if await self._added(term, who, timer):
                self._changed(timer)
                until = term.until.astimezone(seller.zone)
                return f"{who} has {plan} until {until:%Y-%m-%d %H:%M %Z}"
        raise ConflictError(f"{who} is given {plan} by others all the time; try again")

    async def revoke(self, *, person: str, plan: str, note: str = "") -> str:
        """Take back what somebody has of a plan."""
        who, now = named(person), self._clock.timestamp()
        change = Change()
        holder = Holder(who.messenger, who.id)
        if terms.until(terms.made(await self._store.fetch(terms.terms_of(holder, plan))), now):
            change.writes.append(Execute(terms.revoke(holder, plan, now)))
            change.writes.append(Execute(self._note("revoke plan", who, plan, note)))
            if await self._writer.write(change) is Verdict.WON:
                self._changed(None)
                return f"{who} has {plan} no more"
        raise ConflictError(f"{who} has no {plan}; `posthouse plans list` shows who has what")

    # --- inside

    async def _added(self, term: Term, who: Named, timer: TimerRow | None) -> bool:
        detail = f"until {datetime.fromtimestamp(term.ends, UTC):%Y-%m-%d %H:%M} UTC"
        change = Change()
        change.writes.append(Execute(terms.add(term), 1))
        change.writes.append(Execute(terms.resume(term)))
        said = ": ".join(filter(None, (detail, term.note)))
        change.writes.append(Execute(self._note("grant plan", who, term.plan, said)))
        if timer is not None:
            change.writes.append(PutTimer(timer))
        return await self._writer.write(change) is Verdict.WON

    def _note(self, deed: str, who: Named, plan: str, more: str) -> Statement:
        return rows.note(
            number=rows.NO_ACCOUNT,
            at=self._clock.now(),
            by="",
            name=rows.COMMAND_LINE,
            deed=deed,
            about=who.id,
            detail=" ".join(filter(None, (plan, more))),
        )

    async def _seller(self, who: Named, plan: str, bot: str | None) -> tuple[Seller, int]:
        """Return the bot by which somebody gets a plan, and its account's number."""
        sellers = [each for each in self._sellers() if each.plans]
        names = sorted({name for each in sellers for name in each.plans})
        if plan not in names:
            near = get_close_matches(plan, names, n=1)
            known = ", ".join(names) or "none"
            hint = f"did you mean {near[0]}?" if near else f"there are: {known}"
            raise MistakeError(f"no app has a plan {plan!r}; {hint}")
        fit = [each for each in sellers if plan in each.plans and each.messenger == who.messenger]
        fit = [each for each in fit if bot is None or each.bot == bot]
        if not fit:
            raise MistakeError(
                f"no bot {'' if bot is None else f'{bot!r} '}on {who.messenger} has the plan {plan}"
            )
        for seller in fit:
            if seller.account is not None:
                return seller, seller.account
            here = (account.c.messenger == who.messenger, account.c.bot == seller.bot)
            newest = select(account.c.id).where(*here).order_by(account.c.id.desc()).limit(1)
            found = await self._store.fetch(newest)
            if found:
                return seller, int(found[0][0])
        raise ConflictError(
            f"bot {fit[0].bot} has never run, so nothing can be kept about its persons; run it once"
        )
