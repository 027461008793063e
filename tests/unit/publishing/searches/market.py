"""A small market with a saved search on it, for the tests beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

from msgspec import Struct

from posthouse import App, Screen, Turn, button
from posthouse.publishing.searches.asking import any_of, at_least, at_most, without_words, words
from posthouse.publishing.searches.keeper import SearchKeeper
from posthouse.publishing.searches.registering import register_search, searches_action
from posthouse.publishing.searches.saved import SavedSearch
from posthouse.publishing.topic import Topic
from posthouse.testing import TestSite, play

REGIONS = ("Kyiv", "Lviv", "Odesa")


class Town(Struct, frozen=True):
    name: str
    region: str


class Fuel(Enum):
    PETROL = "petrol"
    DIESEL = "diesel"


class Car(Struct, frozen=True, kw_only=True):
    car: str
    price: int
    town: Town
    fuel: Fuel = Fuel.PETROL
    description: str = ""


CARS: Topic[Car] = Topic("cars", Car, title="Cars")


class Wanted(SavedSearch[Car]):
    """A car that somebody looks for."""

    low: int | None = at_least("price", "At least?", default=None)
    high: int | None = at_most("price", "At most?", default=None)
    regions: tuple[str, ...] = any_of("town.region", "Where?", options=REGIONS)
    text: str | None = words("car", "description", prompt="Which words?", default=None)
    no: str | None = without_words("description", prompt="Without?", default=None)


def car(price: int, *, region: str = "Kyiv", name: str = "Astra", about: str = "") -> Car:
    """Return an item."""
    return Car(car=name, price=price, town=Town(region, region), description=about)


def market(**options: Any) -> App:
    """Return an app where one searches and sells."""
    app = App("market")
    register_search(app, Wanted, topic=CARS, **options)

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        """Show what one can do."""
        screen = Screen("Welcome").row(button("Search", app.start(Wanted)))
        return screen.row(button("Searches", searches_action(app, Wanted)))

    @app.command
    async def sell(turn: Turn, price: int, region: str, name: str = "Astra") -> str:
        """Publish a car."""
        made = car(price, region=region, name=name)
        key = f"{name}-{price}-{region}"
        CARS.publish(turn, made, key=key, shown=f"{name} for {price}", title=f"{name} for {price}",
                     link=f"https://cars.example/{key}")  # fmt: skip
        return "on sale"

    return app


@asynccontextmanager
async def open_market(**options: Any) -> AsyncIterator[tuple[TestSite, SearchKeeper]]:
    """Run a market; its searches are read."""
    async with play(market(**options)) as site:
        keeper = await keeper_of(site)
        await keeper.loaded()
        yield site, keeper


async def keeper_of(site: TestSite) -> SearchKeeper:
    """Return what matches the searches of a market."""
    keeper = (await site.life.site.publishing()).matchers["cars"]
    assert isinstance(keeper, SearchKeeper)
    return keeper
