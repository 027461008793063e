"""Two bots that find for people what they are looking for on the boards."""

from datetime import timedelta

from townboard import HERE, Ad, Kind, Repair, bazaar, repairs

from posthouse import App, SavedSearch, Screen, Turn, button
from posthouse.publishing import (
    EntriesPublisher,
    Plan,
    Topic,
    any_of,
    at_least,
    at_most,
    months,
    require_member,
    require_plan,
)
from posthouse.ready.plans import plans_app
from posthouse.types import Money

REGIONS = (
    "Ardenia", "Belsk", "Chernava", "Dunmar", "Estragor", "Farlesia", "Gorlania", "Halvera",
    "Istrava", "Jarnovia", "Kelmaria", "Lunsk", "Mirovar", "Nordval", "Orlenia", "Pelagor",
    "Quarnia", "Rosmara", "Selvania", "Tarnovar", "Ulmeria", "Vostria", "Yasmora", "Zelgava",
)  # fmt: skip
A_WHILE = timedelta(seconds=10)  # a post that is taken back at once reaches nobody

ADS = Topic("ads", Ad, title="Cars for sale", revisions="again", delay=A_WHILE)
REQUESTS = Topic("requests", Repair, title="Repairs wanted", revisions="again", delay=A_WHILE)
bazaar.publisher(EntriesPublisher(Ad, topic=ADS, title=lambda ad: f"{ad.car}, {ad.price}"))
repairs.publisher(EntriesPublisher(Repair, topic=REQUESTS, title=lambda each: each.car))

cars = App("cars", words=HERE / "finding")
IN_CARS = require_member("channel", title="Cars for sale")
MONTH = Plan("cars", title="Car finder", period=months(1), trial=months(1))


@cars.search(topic=ADS, gates=(IN_CARS, require_plan(MONTH)))
class WantedCar(SavedSearch[Ad]):
    """A car that somebody looks for."""

    low: Money | None = at_least("price", ge=0, le=10**9, unit="USD", default=None)
    high: Money | None = at_most("price", ge=0, le=10**9, unit="USD", default=None)
    regions: tuple[str, ...] = any_of("town.region", options=REGIONS, columns=3)


@cars.action(home=True)
async def cars_home(turn: Turn) -> Screen:
    """Show what one can do."""
    new, mine = turn.say("wanted-car-new"), turn.say("wanted-car-mine")
    screen = Screen(turn.say("cars-welcome")).row(button(new, cars.start(WantedCar)))
    return screen.row(button(mine, cars.searches(WantedCar)))


plans = plans_app(MONTH)

work = App("work", words=HERE / "finding")
IN_REPAIRS = require_member("channel", title="Repairs wanted")


@work.search(topic=REQUESTS, gates=(IN_REPAIRS,))
class WantedWork(SavedSearch[Repair]):
    """Repairs that a workshop looks for."""

    kinds: tuple[Kind, ...] = any_of("kind", columns=2)
    regions: tuple[str, ...] = any_of("town.region", options=REGIONS, columns=3)


@work.action(home=True)
async def work_home(turn: Turn) -> Screen:
    """Show what one can do."""
    new, mine = turn.say("wanted-work-new"), turn.say("wanted-work-mine")
    screen = Screen(turn.say("work-welcome")).row(button(new, work.start(WantedWork)))
    return screen.row(button(mine, work.searches(WantedWork)))
