"""Buttons under a message: no word is broken while there is room for it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator

from posthouse import App, Bot, Screen, Site, Turn, button
from tests.browser.chatting import chatting

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(60)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
SHORT = ("Send", "Edit", "Cancel")
REGIONS = ("Ardenia", "Chernava", "Estragor")
DAYS = tuple(map(str, range(22, 29)))
LONG = ("Unsubscribe", "Donaudampfschifffahrtsgesellschaft")

app = App("keys")


@app.action
async def pressed(turn: Turn) -> Screen:
    """Show that a button was pressed."""
    return Screen("Pressed.")


@app.action(home=True)
async def home(turn: Turn) -> Screen:
    """Show rows of buttons under a few letters."""
    screen = Screen("Well?")
    for labels in (SHORT, REGIONS, DAYS, LONG):
        screen = screen.row(*(button(label, pressed) for label in labels))
    return screen


@pytest.fixture
def bot() -> Bot:
    """A bot of the web chat."""
    return Bot("keys", messenger="web", apps=[app])


@pytest.fixture
async def site(bot: Bot, tmp_path: Path) -> AsyncIterator[Site]:
    """A site with it, on a port of its own."""
    async with Site(bots=[bot], folder=tmp_path, port=0).start() as site:
        yield site


async def lines(key: Locator) -> int:
    """On how many lines a button's label stands."""
    return int(
        await key.evaluate(
            """key => {
                const range = document.createRange();
                range.selectNodeContents(key.querySelector("span") ?? key);
                return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
            }"""
        )
    )


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_short_labels_stay_on_one_line(browser: Browser, site: Site, size: str) -> None:
    """Also seven in a row; the longest word there is breaks, and the page gets no wider."""
    more = PHONE if size == "phone" else {}
    async with chatting(browser, site.urls[0], **more) as ann:
        await ann.say("/start")
        for label in (*SHORT, *REGIONS, *DAYS):
            key = ann.log.get_by_role("button", name=label, exact=True)
            await key.wait_for()
            assert await lines(key) == 1, label
        assert await ann.overflow() <= 0
        right = await ann.log.locator(".key").last.evaluate("e => e.getBoundingClientRect().right")
        assert right <= await ann.page.evaluate("innerWidth")
