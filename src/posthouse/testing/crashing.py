"""`everywhere`: one scenario, run with the process dying at every commit point.

How this works: the scenario is played once undisturbed, which tells how often each point is
reached. Then it is played again and again: with a death at the first, the second ... time of every
point, with every update handed over twice, with acknowledgements that get lost, and with chats out
of order. After a death the site starts again by itself, as under a supervisor of the operating
system, and the messenger hands over what was not acknowledged. After each run the check decides.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from posthouse.engine.points import Point
from posthouse.routing.plain import Process
from posthouse.routing.router import Router
from posthouse.testing.messenger import FakeMessenger
from posthouse.testing.playing import play
from posthouse.testing.site import TestSite

Scenario = Callable[[TestSite], Awaitable[None]]
Check = Callable[[TestSite], Awaitable[None] | None]
STORAGE = "sqlite:everywhere.db"


class Run(Struct, frozen=True):
    """One way to disturb a scenario."""

    name: str
    point: Point | None = None
    nth: int = 0
    copies: int = 1
    forgets_acknowledgements: bool = False
    reordered: bool = False


class Survey(Struct):
    """What `everywhere` has seen."""

    runs: list[Run] = []
    hits: dict[Point, int] = {}
    """How often each point was reached in the undisturbed run."""
    deaths: dict[Point, int] = {}
    """How often the process died at each point."""


async def everywhere(
    scenario: Scenario,
    *apps: Router | Process,
    check: Check,
    points: Sequence[Point] = tuple(Point),
    occurrences: int = 2,
    messenger: Callable[[], FakeMessenger] = FakeMessenger,
    storage: str = STORAGE,
    **options: Any,
) -> Survey:
    """Play a scenario with the process dying at every commit point; return what was seen.

    ```python
    async def scenario(site):
        ann = site.person("Ann")
        await ann.says("/order tea")

    def check(site):
        assert site.person("Ann").answers == ["One tea, coming up."]

    await everywhere(scenario, app, check=check, points=[Point.HANDLED, Point.AFTER_COMMIT])
    ```

    Raises AssertionError when the check fails in any run, naming the run, when updates are left
    unacknowledged or deliveries unsent, and when the process never died at one of the points:
    a point that the scenario does not reach is a hole in the test.

    Args:
        scenario: What persons do. It need not know of deaths: whatever a person does waits until
            the update is done, in this life or the next.
        apps: Of the bot; functions and objects outside the site live through deaths.
        check: What must hold afterwards, as an assertion.
        points: Where to die.
        occurrences: How many times of each point; its last time is always among them.
        messenger: Makes the messenger of a run.
        storage: Must outlive a process.
        options: Further arguments of `play`.
    """
    survey = Survey([], {}, {})

    async def once(run: Run) -> Counter[Point]:
        survey.runs.append(run)
        try:
            async with play(
                *apps, messenger=messenger(), storage=storage, strict=False, **options
            ) as site:
                return await _disturbed(site, run, scenario, check, survey)
        except Exception as error:
            error.add_note(f"run: {run.name}")
            raise

    hits = await once(Run("undisturbed"))
    survey.hits = dict(hits)
    for point in points:
        for nth in _some(hits[point], occurrences):
            await once(Run(f"death at {point.value!r}, time {nth}", point, nth))
    await once(Run("every update handed over twice", copies=2))
    await once(Run("acknowledgements lost", forgets_acknowledgements=True))
    await once(Run("chats out of order", reordered=True))
    never = [point.value for point in points if not survey.deaths.get(point)]
    if never:
        raise AssertionError(
            f"the scenario never reached: {', '.join(never)}; let it do what passes there, or "
            "leave "
            f"the point out of points="
        )
    return survey


async def _disturbed(
    site: TestSite, run: Run, scenario: Scenario, check: Check, survey: Survey
) -> Counter[Point]:
    messenger = site.messenger
    messenger.copies = run.copies
    messenger.forgets_acknowledgements = run.forgets_acknowledgements
    site.reorders = run.reordered
    site.revives = True
    if run.point is not None:
        site.crash_at(run.point, run.nth)
    before = site.life
    await scenario(site)
    await site.settle()
    if run.forgets_acknowledgements:
        await site.restart()
        await site.settle()
    if before.crashed is not None:
        survey.deaths[before.crashed] = survey.deaths.get(before.crashed, 0) + 1
    hits = site.hits + site.life.hits
    _check_nothing_is_left(site)
    result = check(site)
    if result is not None:
        await result
    return hits


def _check_nothing_is_left(site: TestSite) -> None:
    left = [told.update.id for told in site.messenger.updates.values() if not told.is_acknowledged]
    if left:
        raise AssertionError(f"never acknowledged: {', '.join(left)}")
    counters = site.engine.counters()
    if counters["waiting"] or counters["unsettled"]:
        raise AssertionError(
            f"{counters['unsettled']} updates and {counters['waiting']} deliveries are not done"
        )


def _some(hits: int, occurrences: int) -> Iterator[int]:
    yield from range(1, min(hits, occurrences) + 1)
    if hits > occurrences:
        yield hits
