from datetime import timedelta

from tea import app

from posthouse.testing import Point, TestSite, everywhere, play


async def test_an_order_is_on_the_tab() -> None:
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Assam")
        await ann.presses("Order")
        assert ann.sees == "Assam is on its way."
        await ann.says("/tab")
        assert ann.sees == "Assam"


async def test_tea_is_ready_in_time() -> None:
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/draw Assam 4m")
        await site.later(timedelta(minutes=4))
        assert ann.sees == "Your Assam is ready."


async def order_sencha(site: TestSite) -> None:
    ann = site.person("Ann")
    await ann.says("/menu")
    await ann.presses("Sencha")
    await ann.presses("Order")
    await ann.says("/tab")


def has_one_order(site: TestSite) -> None:
    assert site.person("Ann").sees == "Sencha"


async def test_a_crash_neither_loses_nor_doubles_an_order() -> None:
    points = [Point.RECEIVED, Point.HANDLED, Point.AFTER_COMMIT, Point.AFTER_SEND]
    await everywhere(order_sencha, app, check=has_one_order, points=points)
