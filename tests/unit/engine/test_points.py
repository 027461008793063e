"""ENGINE 25: the process dies at every commit point, and nothing is lost or doubled."""

from datetime import timedelta

import pytest

from posthouse import App, Conversation, Screen, TextMessage, Turn, button, use
from posthouse.errors import MistakeError, OutcomeUnknownError
from posthouse.testing import FakeMessenger, Point, TestSite, everywhere
from posthouse.types import AlbumMessage, Status


class Account(Conversation):
    """What a person has in the shop."""

    orders: int = 0
    cups: int = 0
    joined: int = 0
    photos: int = 0


class Shop:
    """An app that reaches every commit point, and the world outside that it touches."""

    def __init__(self) -> None:
        self.charged: list[str] = []
        self.app = App("shop")
        self._build()

    def _build(self) -> None:
        app = self.app

        async def charge(order: str) -> str:
            self.charged.append(order)
            return f"receipt {order}"

        @app.on
        async def joined(status: Status, account: Account) -> str:
            account.joined += 1
            return f"welcome {account.joined}"

        @app.action
        async def pour(turn: Turn, *, account: Account = use()) -> Screen:
            account.cups += 1
            return Screen(f"{account.cups} cups").row(button("More", pour))

        @app.command("menu")
        async def menu(turn: Turn) -> Screen:
            return Screen("menu").row(button("More", pour))

        @app.action
        async def ring(turn: Turn) -> str:
            return "ready"

        @app.on(where=lambda message: message.text == "order")
        async def order(message: TextMessage, turn: Turn, account: Account) -> str:
            account.orders += 1
            number = await turn.number("order")
            turn.later(timedelta(seconds=5), ring)
            try:
                await turn.once("charge", charge, message.id)
            except OutcomeUnknownError:
                return f"order {account.orders} is {number > 0}"
            return f"order {account.orders} is {number > 0}"

        @app.on
        async def album(message: AlbumMessage, account: Account) -> str:
            account.photos += len(message.photos)
            return f"{account.photos} photos"

        @app.on
        async def bad(message: TextMessage) -> str:
            raise MistakeError("cannot be handled")


async def order_tea(site: TestSite) -> None:
    """Join, order, press, say something that cannot be handled, wait for a timer, send photos."""
    ann = site.person("Ann")
    await ann.joins()
    await ann.says("order")
    await ann.says("/menu")
    await ann.presses("More")
    await ann.says("nonsense")
    await site.later(10)
    await ann.sends_album([(640, 480), (640, 480)])
    await site.later(10)


TEXTS = ["2 photos", "order 1 is True", "ready", "welcome 1"]


def bot_says(site: TestSite) -> list[str]:
    """Return what the bot has shown, sorted."""
    return sorted(message.text for message in site.messenger.messages if not message.author)


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_death_at_any_point_loses_and_doubles_nothing() -> None:
    """State changes once, each delivery is shown once, each charge is made at most once."""
    shop = Shop()

    def check(site: TestSite) -> None:
        texts = bot_says(site)
        assert [t for t in texts if not t.startswith("Sorry")] == ["1 cups", *TEXTS]
        assert len(shop.charged) == len(set(shop.charged)) <= 1
        assert [row.mark.update_id for row in site.quarantine] == ["u11"]
        assert len(texts) == 6
        shop.charged.clear()

    survey = await everywhere(
        order_tea,
        shop.app,
        check=check,
        occurrences=1,
        messenger=lambda: FakeMessenger(repeats_s={"*": 3600, "status": 0}),
    )
    assert set(survey.deaths) == set(Point)
