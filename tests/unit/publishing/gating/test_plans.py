"""Plans from the free month to the end and on: what a person sees, and what is kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from posthouse import App, Screen, Turn, button
from posthouse.engine.points import Point
from posthouse.errors import ConflictError, MistakeError, StoreUnavailableError
from posthouse.publishing.desk import Desk
from posthouse.publishing.gating.beginning import begin_term
from posthouse.publishing.gating.gates import require_plan
from posthouse.publishing.gating.plan import Plan, months
from posthouse.publishing.searches.registering import register_search
from posthouse.publishing.topic import Topic
from posthouse.testing import TestSite, play
from posthouse.testing.crashing import everywhere
from tests.unit.publishing.fanning import got, publish, subscribe
from tests.unit.publishing.gating.club import CHATS, DAY, cars, club, held, kept, paper_for, stands
from tests.unit.publishing.searches.market import CARS, Wanted
from tests.unit.publishing.searches.test_own import look_for

FREE = "1 month for free"


async def test_the_free_month_is_taken_by_a_press_and_opens_the_way() -> None:
    """Opening the page and leaving does not use it up; it is there once."""
    async with play(club(cars()), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Plan")
        assert ann.sees == "You do not have “Car alerts”."
        await ann.says("something else")
        assert await held(site) == []
        await ann.presses("Alerts")
        assert ann.sees == "This is part of “Car alerts”, which you do not have yet."
        assert ann.buttons == [FREE, "About “Car alerts”"]
        await ann.presses(FREE)
        assert ann.sees == "“Car alerts” is yours until 2026-02-01 12:00."
        await ann.presses("Go on")
        assert ann.sees == "your alerts"
        await site.later(31 * DAY)
        await ann.says("/start")
        await ann.presses("Alerts")
        assert ann.sees == "This is part of “Car alerts”, which you had until 2026-02-01 12:00."
        assert ann.buttons == ["About “Car alerts”"]


async def test_an_old_button_gives_no_second_trial() -> None:
    """Neither while the first goes on, nor after."""
    async with play(club(cars()), chats=CHATS) as site:
        ann = site.person("Ann")
        for _ in range(3):
            await ann.says("/start")
            await ann.presses("Plan")
        await ann.presses(FREE)
        assert ann.sees == "“Car alerts” is yours until 2026-02-01 12:00."
        before = list(await held(site))
        await ann.presses(FREE)
        assert "You have “Car alerts” until 2026-02-01 12:00." in [m.text for m in ann.screen]
        await site.later(40 * DAY)
        await ann.presses(FREE)
        assert "You have had “Car alerts” for free before." in [m.text for m in ann.screen]
        assert [row.ends for row in await held(site)] == [row.ends for row in before]


async def test_a_race_for_the_trial_is_lost_politely() -> None:
    """Who finds it taken when it commits runs again and is told."""
    plan, go_on = cars(), asyncio.Event()
    app = App("race")
    runs: list[str] = []

    @app.command
    async def trial(turn: Turn) -> str:
        """Take the trial after another has taken it."""
        from posthouse.publishing.gating import terms
        from posthouse.publishing.gating.beginning import begin_term, holder_of

        who = holder_of(turn)
        found = terms.made(await turn.fetch(terms.terms_of(who, plan.name)))
        runs.append(str(len(found)))
        if not terms.is_trial_left(plan, found, turn.now.timestamp()):
            return "taken"
        if len(runs) == 1:
            await go_on.wait()
        await begin_term(turn, plan, kind="trial")
        return "yours"

    async with play(app, storage="sqlite:site.db") as site:
        ann, other = site.person("Ann"), site.person("Ann", chat="group")
        await ann.says("/trial", wait=False)
        await site.settle()
        await other.says("/trial")
        assert other.sees == "yours"
        go_on.set()
        await asyncio.sleep(0.05)
        await site.settle()
        assert ann.sees == "taken"
        assert [row.kind for row in await held(site)] == ["trial"]
        assert runs == ["0", "0", "1"]


async def test_a_renewal_ten_days_early_loses_nothing() -> None:
    """It goes on from the old end, on the calendar of the bot's zone."""
    options = {"timezone": "Europe/Kyiv"}
    async with play(club(cars()), chats=CHATS, options=options) as site:
        site.person("Ann")
        said = await site.command("plan.grant", person="fake:ann", plan="cars")
        assert said == "fake:ann has cars until 2026-02-01 14:00 EET"
        await site.later(21 * DAY)
        said = await site.command("plan.grant", person="fake:ann", plan="cars", periods=2)
        assert said == "fake:ann has cars until 2026-04-01 14:00 EEST"
        first, second = await held(site)
        assert (first.kind, first.ends) == ("granted", second.begins)


async def test_two_grants_at_once_stack() -> None:
    """Neither is lost, whoever comes first."""
    async with play(club(cars()), chats=CHATS) as site:
        commands = site.engine.commands
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(
                    commands.execute("plan.grant", {"person": "fake:ann", "plan": "cars"})
                )
        rows = await held(site)
        assert len(rows) == 5
        assert [row.begins for row in rows[1:]] == [row.ends for row in rows[:-1]]
        last = datetime.fromtimestamp(rows[-1].ends, UTC)
        assert f"{last:%Y-%m-%d %H:%M}" == "2026-06-01 12:00"


async def test_the_end_comes_with_two_notices_and_no_more_items() -> None:
    """Expired: no copies, one notice; renewed: resumes, and what came meanwhile stays away."""
    plan = cars()
    async with play(paper_for(plan), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await site.command("plan.grant", person="fake:ann", plan="cars")
        assert ann.sees == "You were given “Car alerts”. You have it until 2026-02-01 12:00."
        await subscribe(site, "ann", gates=kept(plan))
        await publish(site, "a", "first")
        assert ann.sees == "first"
        await site.later(28 * DAY + timedelta(minutes=1))
        assert ann.sees.startswith("You have “Car alerts” until 2026-02-01 12:00. After that")
        await site.later(3 * DAY)
        assert ann.sees.startswith("“Car alerts” has ended.")
        assert await stands(site) == [("suspended", "plan cars")]
        await publish(site, "b", "second")
        await site.restart()
        await site.later(5 * DAY)
        assert ann.sees.startswith("“Car alerts” has ended.")
        assert sum("has ended" in each.text for each in site.chat("ann")) == 1
        await site.command("plan.grant", person="fake:ann", plan="cars")
        assert await stands(site) == [("active", "")]
        await publish(site, "c", "third")
        assert ann.sees == "third"
        assert "second" not in got(site, "ann")


async def test_who_has_a_plan_no_more_cannot_switch_on_what_it_suspended() -> None:
    """Neither a subscription nor a search, which goes on as soon as they have the plan again."""
    plan = cars()
    app = App("gated")
    of: Topic[Any] = Topic("news", dict, title="News", gates=(require_plan(plan),))
    subscribe, mine = app.subscribe(of), app.subscriptions()
    register_search(app, Wanted, topic=CARS, gates=(require_plan(plan),))
    app.plan(plan)

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        screen = Screen("home").row(button("News", subscribe)).row(button("Mine", mine))
        screen = screen.row(button("Search", app.start(Wanted)))
        return screen.row(button("Searches", app.searches(Wanted)))

    needed = "This is part of “Car alerts”, which you had until 2026-02-01 12:00."
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("News")
        for each in (FREE, "Go on", "At once"):
            await ann.presses(each)
        await look_for(ann, low="2000")
        await ann.presses("Send")
        await site.later(32 * DAY)
        assert await stands(site) == [("suspended", "plan cars")] * 2
        for number in (0, 1):
            await ann.says("/start")
            await ann.presses("Mine")
            await ann.presses(ann.buttons[number])
            assert "Suspended, since “Car alerts” has ended." in ann.sees
            await ann.presses("Go on")
            assert ann.sees == needed
        for label in ("Switch on", "Change"):
            await ann.says("/start")
            await ann.presses("Searches")
            await ann.presses(ann.buttons[0])
            await ann.presses(label)
            assert ann.sees == needed
        assert await stands(site) == [("suspended", "plan cars")] * 2
        await site.command("plan.grant", plan="cars", person="fake:ann")
        assert await stands(site) == [("active", "")] * 2


async def test_no_notice_where_it_goes_on() -> None:
    """Renewed in time, there is nothing to tell, but of the last end."""
    plan = cars(period=timedelta(days=10), trial=None)
    async with play(paper_for(plan), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await site.command("plan.grant", person="fake:ann", plan="cars", periods=1)
        await site.command("plan.grant", person="fake:ann", plan="cars", periods=1)
        shown = len(site.chat("ann"))
        await site.later(16 * DAY)
        assert len(site.chat("ann")) == shown
        await site.later(5 * DAY)
        assert [m.text[:12] for m in site.chat("ann")[shown:]] == ["You have “Ca", "“Car alerts”"]


async def test_what_is_taken_back_ends_at_once() -> None:
    """The person is told, and what needs it stops; there is an entry in the log of staff."""
    plan = cars()
    async with play(paper_for(plan), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await site.command("plan.grant", person="fake:ann", plan="cars", periods=3)
        await subscribe(site, "ann", gates=kept(plan))
        said = await site.command("plan.revoke", person="fake:ann", plan="cars", note="paid back")
        assert said == "fake:ann has cars no more"
        await site.settle()
        assert ann.sees.startswith("“Car alerts” has ended.")
        assert await stands(site) == [("suspended", "plan cars")]
        with pytest.raises(ConflictError, match="has no cars"):
            await site.command("plan.revoke", person="fake:ann", plan="cars")
        await site.command("plan.grant", person="fake:ann", plan="cars")
        assert (await held(site))[-1].begins == pytest.approx(site.clock.timestamp(), abs=5)
        assert await stands(site) == [("active", "")]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"plan": "car"}, "did you mean cars"),
        ({"plan": "xyzzy"}, "there are: cars"),
        ({"person": "ann"}, "is no person"),
        ({"person": "matrix:ann"}, "no bot on matrix has the plan"),
        ({"bot": "other"}, "no bot 'other' on fake"),
        ({"periods": 0}, "give 1 to"),
    ],
)
async def test_a_grant_that_cannot_be_is_told(args: dict[str, Any], words: str) -> None:
    """With what would be."""
    async with play(club(cars()), chats=CHATS) as site:
        with pytest.raises(ConflictError, match=words):
            await site.command("plan.grant", **{"person": "fake:ann", "plan": "cars", **args})
        assert await held(site) == []


async def test_the_offer_is_the_way_on() -> None:
    """Where the bot says how one gets it for longer."""
    plan = Plan("cars", period=months(1), title="Car alerts")
    app = App("club")

    @app.action
    async def buy(turn: Turn) -> Screen:
        return Screen("buy it here")

    page = app.plan(plan, offer=buy)

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        shown = await page(turn)
        assert isinstance(shown, Screen)
        return shown

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert ann.buttons[0] == "Get it for longer"
        await ann.presses("Get it for longer")
        assert ann.sees == "buy it here"


async def test_a_term_is_of_a_kind_that_there_is() -> None:
    """Another word would be kept, and counted as paid for."""
    plan, app = cars(), App("shop")

    @app.command
    async def buy(turn: Turn) -> str:
        """Buy."""
        kind: Any = "buy"
        with pytest.raises(MistakeError, match='kind is \'buy\'; give "trial", "granted" or'):
            await begin_term(turn, plan, kind=kind)
        return "told"

    async with play(app) as site:
        await site.person("Ann").says("/buy")
        assert site.person("Ann").sees == "told"


def test_two_plans_of_one_name_are_refused() -> None:
    """They would be one in the database."""
    app = App("club")
    assert app.plan(cars()).name == "club.cars:plan"
    with pytest.raises(MistakeError, match="two plans are called 'cars'"):
        app.plan(cars())


async def test_a_process_that_dies_gives_one_trial_and_one_notice_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it dies."""
    plan = cars(trial=timedelta(days=5))
    app = club(plan)

    async def scenario(site: TestSite) -> None:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Plan")
        await ann.presses("5 days for free")
        await subscribe(site, "ann", gates=kept(plan))
        await site.later(3 * DAY)
        await site.later(4 * DAY)

    async def check(site: TestSite) -> None:
        texts = [m.text for m in site.chat("ann")]
        assert sum("After that" in each for each in texts) == 1, texts
        assert sum("has ended" in each for each in texts) == 1, texts
        assert [(row.kind, row.told) for row in await held(site)] == [("trial", "end")]
        assert await stands(site) == [("suspended", "plan cars")]

    points = [Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT]
    await everywhere(scenario, app, check=check, points=points, occurrences=1, chats=CHATS)


async def test_a_renewed_plan_that_is_taken_back_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both terms end at once; also when the database could not be read at first."""
    plan = cars()
    async with play(paper_for(plan), chats=CHATS) as site:
        await subscribe(site, "ann", gates=kept(plan))
        await site.person("Ann").says("hi")
        for _ in range(2):
            await site.command("plan.grant", person="fake:ann", plan="cars")
        await site.later(10)
        before, inner, fails = len(got(site, "ann")), Desk.fetch, [True]

        async def fetch(self: Desk, statement: Any) -> Any:
            if fails and "plan_term" in str(statement):
                fails.clear()
                raise StoreUnavailableError("busy")
            return await inner(self, statement)

        monkeypatch.setattr(Desk, "fetch", fetch)
        await site.command("plan.revoke", person="fake:ann", plan="cars")
        assert not fails
        await site.later(100)
        assert len(got(site, "ann")) == before + 1
        assert await stands(site) == [("suspended", "plan cars")]


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_plan_of_two_bots_ends_for_both(*, is_same: bool) -> None:
    """Though each has a Plan of its own by that name."""
    first = cars()
    second = first if is_same else cars()
    async with play(bots={"one": [club(first)], "two": [club(second)]}, chats=CHATS) as site:
        ann = site.person("Ann", bot="one")
        await ann.says("/start")
        await ann.presses("Plan")
        await ann.presses(FREE)
        await site.later(40 * DAY)
        assert any("has ended" in words for words in got(site, "ann"))
