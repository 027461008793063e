"""Terms: from when to when somebody has a plan, and what becomes of subscriptions meanwhile.

How this works: a term begins when the last one ends, so nobody loses what is left. Two that begin
at once cannot both build on the same end: the statement that adds one touches a row only where none
ends later, and whoever lost reads again. A trial is kept from being given twice by an index.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Update,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from posthouse.publishing.gating.plan import Plan
from posthouse.storage.publishing import plan_term, subscription
from posthouse.storage.schema import account, person

NOT_YET, NEAR, END = "", "near", "end"
"""What somebody was told of a term's end: nothing yet, that it comes, all there is to tell."""


class Term(Struct, frozen=True, kw_only=True):
    """From when to when somebody has a plan."""

    messenger: str
    person: str
    plan: str
    kind: str
    begins: float
    ends: float
    account: int
    by: str = ""
    note: str = ""
    told: str = NOT_YET
    revoked: bool = False
    at: float
    id: int = 0

    @property
    def until(self) -> datetime:
        """When it ends."""
        return datetime.fromtimestamp(self.ends, UTC)


class Holder(Struct, frozen=True):
    """Somebody who has plans."""

    messenger: str
    person: str


_PLAN = "plan "
_c = plan_term.c
_TERM = [_c[name] for name in Term.__struct_fields__]
_KEPT = [name for name in Term.__struct_fields__ if name != "id"]


def made(rows: Any) -> list[Term]:
    """Return rows of `terms` as terms."""
    return [Term(**dict(zip(Term.__struct_fields__, row, strict=True))) for row in rows]


def terms(*where: ColumnElement[bool]) -> Select[Any]:
    """Find terms, in the order in which they were given."""
    return select(*_TERM).where(*where).order_by(_c.id)


def terms_of(who: Holder, plan: str) -> Select[Any]:
    """Find what somebody has and had of a plan."""
    return terms(*_mine(who, plan))


def is_live(who: Holder, plan: str, now: float) -> Select[Any]:
    """Find whether somebody has a plan at a moment."""
    here = (_c.begins <= now, _c.ends > now, _c.revoked == false())
    return select(_c.id).where(*_mine(who, plan), *here).limit(1)


def until(found: list[Term], now: float) -> float | None:
    """Return when the last of somebody's terms ends; None when no plan is live."""
    live = [each.ends for each in found if not each.revoked and each.ends > now]
    return max(live, default=None)


def is_trial_left(plan: Plan, found: list[Term], now: float) -> bool:
    """Whether somebody may try a plan: they never did, never paid for it, and have it not now."""
    if plan.trial is None or until(found, now) is not None:
        return False
    return all(each.kind == "granted" for each in found)


def add(term: Term) -> Insert:
    """Add a term, unless another one ends after it begins; it has to touch one row."""
    row = msgspec.structs.asdict(term)
    who = Holder(term.messenger, term.person)
    later = exists().where(*_mine(who, term.plan), _c.revoked == false(), _c.ends > term.begins)
    values = select(*(literal(row[name], _c[name].type) for name in _KEPT)).where(~later)
    return insert(plan_term).from_select(_KEPT, values)


def resume(term: Term) -> Update:
    """Let subscriptions go on that the end of a plan suspended."""
    c = subscription.c
    return (
        update(subscription)
        .where(
            c.person == term.person,
            _on(term.messenger, term.account),
            c.state == "suspended",
            c.reason == reason(term.plan),
        )
        .values(state="active", reason="", since=term.at, changed=term.at, version=c.version + 1)
    )


def suspend(ids: list[int], plan: str, now: float) -> Update:
    """Suspend subscriptions that need a plan."""
    c = subscription.c
    values = {"state": "suspended", "reason": reason(plan), "changed": now}
    here = (c.id.in_(ids), c.state == "active")
    return update(subscription).where(*here).values(version=c.version + 1, **values)


def gated(term: Term) -> Select[Any]:
    """Find somebody's active subscriptions that need something, and what."""
    c = subscription.c
    here = (c.person == term.person, _on(term.messenger, term.account), c.state == "active")
    return select(c.id, c.gates).where(*here, c.gates.is_not(None))


def revoke(who: Holder, plan: str, now: float) -> Update:
    """Take back what somebody has of a plan, now and later."""
    here = (_c.ends > now, _c.revoked == false())
    return update(plan_term).where(*_mine(who, plan), *here).values(revoked=True)


def tell(term: Term, told: str) -> Update:
    """Note what somebody was told, once; it has to touch one row."""
    here = (_c.id == term.id, _c.told == term.told)
    return update(plan_term).where(*here).values(told=told)


def over(plan: str, since: float, now: float) -> Select[Any]:
    """Find terms that have ended since a moment, and nobody was told."""
    return terms(_c.plan == plan, _c.ends > since, _c.ends <= now, _c.told != END)


def taken_back(plan: str, now: float) -> Select[Any]:
    """Find terms that were revoked, and nobody was told."""
    return terms(_c.plan == plan, _c.ends > now, _c.told != END, _c.revoked)


def nearing(plan: str, now: float, soon: float) -> Select[Any]:
    """Find terms that end soon, and nobody was told."""
    here = (_c.ends > now, _c.ends <= soon, _c.told == NOT_YET, _c.revoked == false())
    return terms(_c.plan == plan, *here)


def soonest(plan: str, since: float, told: Sequence[str]) -> Select[Any]:
    """Find when the first term after a moment ends, of those whose persons were told so little."""
    here = (_c.ends > since, _c.told.in_(told), _c.revoked == false())
    return select(func.min(_c.ends)).where(_c.plan == plan, *here)


def listed(plan: str | None, who: Holder | None, now: float, limit: int) -> Select[Any]:
    """Find who has which plan until when, those first whose plan ends first."""
    here = [_c.ends > now, _c.revoked == false()]
    if plan is not None:
        here.append(_c.plan == plan)
    if who is not None:
        here += [_c.messenger == who.messenger, _c.person == who.person]
    last = func.max(_c.ends)
    kinds = func.group_concat(_c.kind.distinct())
    return (
        select(_c.messenger, _c.person, _c.plan, kinds, last)
        .where(*here)
        .group_by(_c.messenger, _c.person, _c.plan)
        .order_by(last)
        .limit(limit)
    )


def met(number: int, who: str) -> Select[Any]:
    """Find where a bot talks with somebody alone, and in which language."""
    wanted = select(person.c.chat, person.c.name, person.c.language, person.c.chosen)
    return wanted.where(person.c.account == number, person.c.person == who)


def reason(plan: str) -> str:
    """Return why subscriptions are suspended that need a plan."""
    return f"{_PLAN}{plan}"


def plan_in(why: str) -> str:
    """Return the plan whose end is a reason; "" where it is another one."""
    return why.removeprefix(_PLAN) if why.startswith(_PLAN) else ""


def _mine(who: Holder, plan: str) -> tuple[ColumnElement[bool], ...]:
    return (_c.messenger == who.messenger, _c.person == who.person, _c.plan == plan)


def _on(messenger: str, number: int) -> ColumnElement[bool]:
    """Return which subscriptions are on a messenger: of an account, and of the others there."""
    others = select(account.c.id).where(account.c.messenger == messenger)
    return or_(subscription.c.account == number, subscription.c.account.in_(others))
