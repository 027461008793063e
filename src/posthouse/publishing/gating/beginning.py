"""Terms that begin: given, tried or paid for; each from the end of the one before.

How this works: two terms that begin at once cannot both build on the same end. The statement that
adds one touches a row only where none ends later, and whoever lost runs again.
"""

from datetime import UTC, datetime, tzinfo
from typing import Literal, TypeAlias, get_args

from posthouse.errors import MistakeError
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.plan import Plan, after
from posthouse.publishing.gating.terms import Holder, Term
from posthouse.turn.turn import Turn

Kind: TypeAlias = Literal["trial", "granted", "paid"]


def next_term(  # noqa: PLR0913  a term has that many sides; all of them are named
    plan: Plan,
    who: Holder,
    found: list[Term],
    *,
    kind: Kind,
    periods: int = 1,
    now: float,
    zone: tzinfo,
    account: int,
    by: str = "",
    note: str = "",
) -> Term:
    """Return the term that follows on those that somebody has."""
    begins = max(now, terms.until(found, now) or now)
    ends = datetime.fromtimestamp(begins, UTC)
    period = plan.trial if kind == "trial" and plan.trial is not None else plan.period
    for _ in range(periods):
        ends = after(ends, period, zone)
    return Term(
        messenger=who.messenger,
        person=who.person,
        plan=plan.name,
        kind=kind,
        begins=begins,
        ends=ends.timestamp(),
        account=account,
        by=by,
        note=note,
        at=now,
    )


async def begin_term(
    turn: Turn,
    plan: Plan,
    *,
    kind: Kind,
    person: str | None = None,
    periods: int = 1,
    by: str = "",
    note: str = "",
) -> Term:
    """Give somebody a plan when the turn commits, from now or from the end of what they have.

    Where two do so at once, the second runs again and builds on the first. A trial that somebody
    had is set aside with its update; the button of `app.plan` gives each person one only. Raises
    MistakeError for another kind.

    Args:
        turn: In which it is given.
        plan: What.
        kind: "trial", "granted" or "paid".
        person: To whom, by their id on this messenger; the person of the turn when left out.
        periods: How many periods.
        by: Who gave it.
        note: What else there is to say, such as the number of an order.
    """
    if kind not in get_args(Kind):
        raise MistakeError(
            f'begin_term of {plan.name}: kind is {kind!r}; give "trial", "granted" or "paid"'
        )
    who = Holder(turn.persons.messenger, person or turn.person.id)
    now = turn.now_s
    term = next_term(
        plan,
        who,
        terms.made(await turn.fetch(terms.terms_of(who, plan.name))),
        kind=kind,
        periods=periods,
        now=now,
        zone=turn.zone,
        account=turn.account,
        by=by,
        note=note,
    )
    turn.execute(terms.add(term), expect_rows=1)
    turn.execute(terms.resume(term))
    turn.on_commit(plan.tell)
    return term


def holder_of(turn: Turn) -> Holder:
    """Return the person of a turn."""
    return Holder(turn.persons.messenger, turn.person.id)
