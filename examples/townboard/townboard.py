"""Two boards of a town: repairs wanted, and cars for sale."""

from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from posthouse import (
    App,
    FollowUp,
    Form,
    Photo,
    Publish,
    Remind,
    Reply,
    Screen,
    State,
    Turn,
    ask,
    bold,
    button,
    choose,
    computed,
    hashtag,
    italic,
    strike,
    text,
)
from posthouse.types import Money, Phone, Place

HERE = Path(__file__).parent
TOWNS = HERE / "towns.csv"


class Feedback(Form):
    """How a repair went."""

    words: str = ask(min_length=3, max_length=4000)

    def preview(self) -> Reply:
        """Show what goes into the comments."""
        return Reply(italic(self.words))


repairs = App("repairs", words=HERE / "words")
OPEN, DONE = State("open"), State("done", ends=True)
Kind = StrEnum("Kind", "ENGINE BODY ELECTRICS COMPUTER ADVICE PARTS FUEL OTHER")


@repairs.form(
    publish=Publish(
        chat="channel",
        number="repair",
        transitions=(OPEN >> DONE,),
        moderation="admin",
        media={OPEN: HERE / "repair.png"},
        follow_ups=(FollowUp(form=Feedback, chat="feedback"),),
    )
)
class Repair(Form):
    """A repair that somebody wants done; workshops answer in the comments."""

    name: str = ask(min_length=2, max_length=50, single_line=True, profile=True)
    kind: Kind = choose(columns=2)
    car: str = ask(min_length=3, max_length=50, single_line=True)
    problem: str = ask(min_length=3, max_length=700, elastic=True)
    photo: Photo | None = ask(default=None)
    town: Place = choose(options=TOWNS)

    def preview(self) -> Reply:
        """Show the post."""
        kind, state = self.say(f"kind-{self.kind}"), "done" if self.state is DONE else "open"
        words = text(
            bold(text(hashtag(kind), " #", self.number or "000")), " · ",
            self.say(f"repair-is-{state}"), "\n", self.car, "\n", self.problem, "\n",
            self.town, " ", hashtag(self.town.region), "\n", self.name,
        )  # fmt: skip
        return Reply(words, photos=(self.photo,) if self.photo else ())


@repairs.action(home=True)
async def repairs_home(turn: Turn) -> Screen:
    """Show what one can do."""
    new, mine = turn.say("repair-new"), turn.say("repair-mine")
    screen = Screen(turn.say("repairs-welcome")).row(button(new, repairs.start(Repair)))
    return screen.row(button(mine, repairs.posts(Repair)))


bazaar = App("bazaar", words=HERE / "words")
ON_SALE, SOLD = State("on-sale"), State("sold", ends=True)
BANDS = (1000, 2500, 5000, 7500, 10_000)


def band_of(ad: "Ad") -> str:
    """Return the tag of a price: every amount falls into one band."""
    above = next((most for most in BANDS if ad.price.amount <= most), None)
    return f"to{above}" if above else f"above{BANDS[-1]}"


@bazaar.form(
    publish=Publish(
        chat="channel",
        number="ad",
        transitions=(ON_SALE >> SOLD,),
        repost="edit",
        extra_photos="discussion",
        moderation="admin",
        media={ON_SALE: HERE / "car.png", SOLD: HERE / "sold.png"},
    ),
    remind=Remind(after=timedelta(days=21), at=time(16)),
)
class Ad(Form):
    """A car for sale."""

    name: str = ask(min_length=2, max_length=50, single_line=True, profile=True)
    phone: Phone = ask(profile=True)
    car: str = ask(min_length=3, max_length=50, single_line=True)
    mileage: Decimal = ask(ge=0, le=100_000)
    price: Money = ask(ge=0, le=10**9, unit="USD")
    bargain: bool = choose()
    description: str = ask(min_length=3, max_length=750, elastic=True)
    photos: tuple[Photo, ...] = ask(max_items=9, default=())
    town: Place = choose(options=TOWNS)
    band: str = computed(band_of)

    def preview(self) -> Reply:
        """Show the post; that of a sold car has no phone, and no tags to find it by."""
        number, town = bold(text("#", self.number or "000")), self.town
        distance = self.say("ad-distance", thousands=int(self.mileage))
        facts = text(self.car, "\n", self.description, "\n", distance, "\n")
        haggling = self.say("ad-bargain-yes" if self.bargain else "ad-bargain-no")
        price = text(bold(self.price), " · ", haggling)
        words = text(
            number, " ", hashtag(self.band), "\n", facts, price, "\n",
            town, " ", hashtag(town.region), "\n", self.name, ", ", self.phone,
        )  # fmt: skip
        if self.state is SOLD:
            gone = strike(text(price, "\n", town, ", ", town.region))
            words = text(bold(self.say("ad-sold")), " ", number, "\n", facts, gone, "\n", self.name)
        return Reply(words, photos=self.photos)


@bazaar.action(home=True)
async def bazaar_home(turn: Turn) -> Screen:
    """Show what one can do."""
    new, mine = turn.say("ad-new"), turn.say("ad-mine")
    screen = Screen(turn.say("bazaar-welcome")).row(button(new, bazaar.start(Ad)))
    return screen.row(button(mine, bazaar.posts(Ad)))
