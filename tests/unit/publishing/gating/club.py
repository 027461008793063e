"""An app with gates and plans, for the tests beside it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from posthouse import App, Screen, Turn, button
from posthouse.publishing.gating.gates import kept_of, require_member, require_plan
from posthouse.publishing.gating.plan import Plan, months
from posthouse.storage.publishing import plan_term, subscription
from posthouse.testing import TestSite
from tests.unit.publishing.fanning import paper, topic

CHATS = {"channel": "chan"}


def cars(**options: Any) -> Plan:
    """Return a plan: a month each time, and one to try."""
    given = {"period": months(1), "trial": months(1), "title": "Car alerts", **options}
    return Plan("cars", **given)


def club(plan: Plan) -> App:
    """Return an app: a page for members, one for those who have a plan, a command for both."""
    app = App("club")

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        screen = Screen("home").row(button("Members", inside, 7)).row(button("Alerts", alerts))
        return screen.row(button("Plan", page))

    @app.action(gates=(require_member("channel"),))
    async def inside(turn: Turn, number: int) -> Screen:
        return Screen(f"inside {number}")

    @app.action(gates=(require_plan(plan),))
    async def alerts(turn: Turn) -> Screen:
        return Screen("your alerts")

    @app.command(gates=(require_member("channel"), require_plan(plan)))
    async def both(turn: Turn, word: str) -> str:
        """Say a word to members who have the plan."""
        return f"both {word}"

    page = app.plan(plan)
    return app


def paper_for(plan: Plan) -> App:
    """Return an app that publishes news, for those who are in the channel and have the plan."""
    app = paper(topic())
    app.plan(plan)
    return app


def kept(plan: Plan, *, member: bool = False) -> bytes | None:
    """Return gates as subscriptions keep them."""
    gates = [require_plan(plan)] + ([require_member("channel")] if member else [])
    return kept_of(gates)


async def held(site: TestSite) -> Sequence[Any]:
    """Return all terms: who, how, begin, end."""
    c = plan_term.c
    found = select(c.person, c.kind, c.begins, c.ends, c.revoked, c.told).order_by(c.id)
    return await site.engine.database.fetch(found)


async def stands(site: TestSite) -> list[tuple[str, str]]:
    """Return how the subscriptions stand, and why."""
    c = subscription.c
    rows: Sequence[Any] = await site.engine.database.fetch(select(c.state, c.reason).order_by(c.id))
    return [(row.state, row.reason) for row in rows]


DAY = timedelta(days=1)
