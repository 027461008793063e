"""The app for plans, and who may use it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from posthouse.ready.plans import plans_app
from posthouse.routing.ready.access import Access
from posthouse.storage.schema import audit
from posthouse.testing import play
from tests.unit.publishing.gating.club import cars, held

STAFF = Access(roles={"staff": ["fake:boss"]})


async def test_staff_give_and_take_plans_in_chat() -> None:
    """The person is told in their own language; each deed stands in the log."""
    async with play(plans_app(cars()), middlewares=[STAFF]) as site:
        ann, boss = site.person("Ann", language="uk"), site.person("Boss")
        await ann.says("/plans")
        assert ann.sees == "У вас немає «Car alerts»."  # noqa: RUF001  Ukrainian
        await boss.says("/grant_plan ann cars 2")
        assert boss.sees == "ann has “Car alerts” until 2026-03-01 12:00."
        assert ann.sees == "Вам надали «Car alerts». Діє до 2026-03-01 12:00."
        await ann.says("/plans")
        assert ann.sees == "«Car alerts» діє у вас до 2026-03-01 12:00."  # noqa: RUF001
        await boss.says("/revoke_plan ann cars")
        assert boss.sees == "ann does not have “Car alerts” any more."
        await site.later(1)
        assert ann.sees.startswith("«Car alerts» закінчилося.")
        await boss.says("/revoke_plan ann cars")
        assert boss.sees == "ann does not have “Car alerts”."
        found = select(audit.c.person, audit.c.deed, audit.c.about, audit.c.detail)
        rows: Sequence[Any] = await site.engine.database.fetch(found.order_by(audit.c.id))
        assert sorted(tuple(row) for row in rows) == [  # both at one moment of the clock
            ("boss", "grant plan", "ann", "cars until 2026-03-01 12:00"),
            ("boss", "revoke plan", "ann", "cars"),
        ]


async def test_only_staff_give_plans_and_only_those_there_are() -> None:
    """Others get no further than with any word that is no command."""
    async with play(plans_app(cars()), middlewares=[STAFF]) as site:
        ann, boss = site.person("Ann"), site.person("Boss")
        await ann.says("/grant_plan ann cars")
        assert "granted" not in ann.sees
        await boss.says("/grant_plan ann boats")
        assert boss.sees == "There is no plan boats. There are: cars"
        await boss.says("/revoke_plan ann boats")
        assert boss.sees == "There is no plan boats. There are: cars"
        await boss.says("/grant_plan ann cars 1000")
        assert boss.sees == "Give between 1 and 120 periods."
        assert await held(site) == []
