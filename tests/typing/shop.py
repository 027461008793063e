"""What a type checker accepts and rejects of a small shop that uses most of the public names.

`mypy --strict` must find nothing here: each ignored line is one that it must reject, and an ignore
that is not needed is an error.
"""

from datetime import time, timedelta
from decimal import Decimal
from enum import Enum

from posthouse import (
    App,
    Bot,
    Form,
    Photo,
    Publish,
    Remind,
    Reply,
    Rest,
    Screen,
    Site,
    State,
    TextMessage,
    Turn,
    ask,
    bold,
    button,
    choose,
    text,
    use,
)
from posthouse.types import Statement

app = App("shop")


class Product:
    number: int
    title: str
    price: Decimal


class Shop:
    async def product(self, number: int) -> Product:
        raise NotImplementedError

    async def page(self, page: int) -> list[Product]:
        raise NotImplementedError

    def order(self, number: int, quantity: int) -> Statement:
        raise NotImplementedError


@app.on
async def echo(message: TextMessage) -> str:
    return message.text  # str, not str | None


@app.on
def shout(message: TextMessage) -> str:  # plain functions are handlers too
    return message.text.upper()


@app.command
async def remind(turn: Turn, after: timedelta, what: Rest) -> str:
    turn.later(after, nudge, what)
    return f"ok, {what}"


@app.action
async def nudge(turn: Turn, what: str) -> str:
    return what


@app.action
async def shelf(turn: Turn, page: int = 1, *, shop: Shop = use()) -> Screen:
    screen = Screen("Shelf")
    for found in await shop.page(page):
        screen = screen.row(button(found.title, product, found.number))
    return screen.row(button("›", shelf, page=page + 1)).back()


@app.action
async def product(turn: Turn, number: int, *, shop: Shop = use()) -> Screen:
    found = await shop.product(number)
    return (
        Screen(text(bold(found.title), ": ", found.price))
        .row(button("Buy", buy, number, quantity=1))
        .back()
    )


@app.action
async def buy(turn: Turn, number: int, quantity: int, *, shop: Shop = use()) -> Screen:
    turn.execute(shop.order(number, quantity))  # commits with the turn, or not at all
    return Screen("done").row(button("home", shelf))


class Region(Enum):
    NORTH = "North"
    SOUTH = "South"


draft, open_, sold = State("draft"), State("open"), State("sold")


@app.form(
    publish=Publish(
        chat="board", number="ad", template=lambda ad: ad.preview(), transitions=(open_ >> sold,)
    ),
    remind=Remind(
        after=timedelta(days=21),
        at=time(16),
        template=lambda ad: Reply(f"Still selling {ad.title}?"),
    ),
)
class Ad(Form):
    title: str = ask("What do you sell?", min_length=3)
    price: Decimal = ask("Price?", ge=1)
    region: Region = choose("Where?")
    photos: tuple[Photo, ...] = ask("Photos?", max_items=10, default=())

    def preview(self) -> Reply:
        return Reply(
            text(bold(self.title), " ", self.price, " ", self.region.value), photos=self.photos
        )


@app.submit(Ad)
async def thank(turn: Turn, ad: Ad) -> str:
    return f"No. {await turn.number('ad')}: {ad.title} is out"


site = Site(bots=[Bot("main", messenger="web", apps=[app])])

# --- what must be rejected

button("bad", product, "not-an-int")  # type: ignore[arg-type]
button("bad", buy, 1)  # type: ignore[call-arg]
button("bad", shelf, pgae=2)  # type: ignore[call-arg]
Ad(title="x", price="1", region=Region.NORTH)  # type: ignore[arg-type]


async def bad(turn: Turn) -> None:
    turn.later(timedelta(1), nudge, 7)  # type: ignore[arg-type]
    turn.send(7)  # type: ignore[arg-type]
