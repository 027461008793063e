"""The demo as a process of its own, and a browser to look at it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.demo import Demo

# Longer than a page ever takes: a loaded machine is no fault of it.
expect.set_options(timeout=20_000)

# Nothing of its own to do: no network but ours, no graphics card, no sandbox for root.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo site, running; it can be killed and started again."""
    demo = Demo(tmp_path)
    demo.start()
    yield demo
    demo.kill()


@pytest.fixture
def site_url(demo: Demo) -> str:
    """Where the page is."""
    return demo.url


@pytest.fixture
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()
