"""Two boards of a town on the sketched calls: repairs wanted, and cars for sale."""

from datetime import time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path

from calls import (
    App,
    FollowUp,
    Form,
    Money,
    Phone,
    Photo,
    Place,
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
    strike,
    text,
)

HERE = Path(__file__).parent
TOWNS = HERE / "towns.csv"


class Contact(Form):
    """Who to ask for; offered again the next time."""

    name: str = ask(min_length=2, max_length=50, profile=True)
    phone: Phone = ask(profile=True)


class Feedback(Form):
    """How it went."""

    words: str = ask(min_length=3, max_length=4000)


# --- repairs wanted

repairs = App("repairs", words=HERE / "words")
OPEN, DONE = State("open"), State("done", ends=True)


class Kind(Enum):
    """What is broken."""

    ENGINE = "engine"
    BODY = "body"
    ELECTRICS = "electrics"
    COMPUTER = "computer"
    ADVICE = "advice"
    PARTS = "parts"
    FUEL = "fuel"
    OTHER = "other"


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
class Repair(Contact):
    """A repair that somebody wants done."""

    kind: Kind = choose()
    car: str = ask(min_length=3, max_length=50)
    problem: str = ask(min_length=3, max_length=700, elastic=True)
    photo: Photo | None = ask(default=None)
    town: Place = choose(options=TOWNS)

    def preview(self) -> Reply:
        """Show the post."""
        words = text(
            hashtag(self.say(f"kind-{self.kind.value}")), " #", self.number or "000", "\n",
            bold(self.car), "\n", self.problem, "\n",
            self.town.name, " ", hashtag(self.town.region), "\n", self.name, ", ", self.phone,
        )  # fmt: skip
        return Reply(words, photos=(self.photo,) if self.photo else ())


@repairs.action(home=True)
async def repairs_home(turn: Turn) -> Screen:
    """Show what one can do."""
    screen = Screen(turn.say("repairs-welcome"))
    screen = screen.row(button(turn.say("repair-new"), repairs.start(Repair)))
    return screen.row(button(turn.say("repair-mine"), repairs.posts(Repair)))



# --- cars for sale

bazaar = App("bazaar", words=HERE / "words")
ON_SALE, SOLD = State("on-sale"), State("sold", ends=True)
BANDS = (1000, 2500, 5000, 7500, 10_000)


def band(ad: "Ad") -> str:
    """Return the hashtag of a price: each amount falls into one band."""
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
class Ad(Contact):
    """A car for sale."""

    price: Money = ask(ge=0, le=Decimal(10**9), unit="USD")
    bargain: bool = choose()
    car: str = ask(min_length=3, max_length=50)
    mileage: int = ask(ge=0, le=100_000, unit="thousand km")
    description: str = ask(min_length=3, max_length=750, elastic=True)
    photos: tuple[Photo, ...] = ask(max_items=9, default=())
    town: Place = choose(options=TOWNS)
    band: str = computed(band)

    def preview(self) -> Reply:
        """Show the post; what is sold has neither price nor phone."""
        sold = self.state is SOLD
        price = text(self.price, self.say("ad-bargain") if self.bargain else "")
        place = text(self.town.name, ", ", self.town.region)
        words = text(
            bold(self.say("ad-sold")) if sold else "", "#", self.number or "000", "\n",
            bold(self.car), ", ", self.say("ad-mileage", mileage=self.mileage), "\n",
            self.description, "\n", strike(price) if sold else price, "\n",
            strike(place) if sold else text(place, "\n", self.name, ", ", self.phone), "\n",
            hashtag(self.band), " ", hashtag(self.town.region),
        )  # fmt: skip
        return Reply(words, photos=self.photos)


@bazaar.action(home=True)
async def bazaar_home(turn: Turn) -> Screen:
    """Show what one can do."""
    screen = Screen(turn.say("bazaar-welcome"))
    screen = screen.row(button(turn.say("ad-new"), bazaar.start(Ad)))
    return screen.row(button(turn.say("ad-mine"), bazaar.posts(Ad)))
