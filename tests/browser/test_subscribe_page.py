"""The page of a topic in the browser: from there into the chat, subscribed, and the news comes."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import axe_playwright_python.async_playwright as axe
import pytest
from playwright.async_api import Browser, Page, expect

from posthouse import Bot, Site
from posthouse.ready.subscriptions import app as ready
from tests.browser.chatting import Chat
from tests.unit.publishing.subscriptions.kiosk import kiosk, news

SIZES = {
    "desktop": {"viewport": {"width": 1100, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture
def bot() -> Bot:
    """A web bot with a topic that has feeds, at a path of its own."""
    return Bot(
        "news",
        messenger="web",
        apps=[kiosk(news(feed=True)), ready],
        path="/chat",
        title="The paper",
    )


@pytest.fixture
async def site(bot: Bot, tmp_path: Path) -> AsyncIterator[Site]:
    """A site with it, on a port of its own."""
    async with Site(bots=[bot], folder=tmp_path, port=0).start() as site:
        yield site


async def pictured(page: Page, name: str) -> None:
    """Keep a picture of the page where the environment says so, to be looked at."""
    if folder := os.environ.get("POSTHOUSE_SCREENSHOTS"):
        await page.wait_for_timeout(300)
        await page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_page_into_the_chat(browser: Browser, site: Site, size: str) -> None:
    """Its button opens the chat, asks for a name, and shows how to subscribe."""
    at = f"{site.urls[0]}/chat"
    context = await browser.new_context(**SIZES[size], locale="en-GB")
    chat = Chat(await context.new_page())
    page = chat.page
    await page.goto(f"{at}/subscribe/news")
    await expect(page.get_by_role("heading", name="News", exact=True)).to_be_visible()
    await expect(page.get_by_text("Nothing has been published yet.")).to_be_visible()
    await page.get_by_role("link", name="Subscribe in the chat").click()
    await page.get_by_label("Your name").fill("Ann")
    await page.keyboard.press("Enter")
    await expect(chat.message("News: when shall what is new come to you?")).to_be_visible()
    await expect(chat.own("/start")).to_be_visible()
    assert "start=" not in page.url
    await chat.press("At once")
    await expect(chat.log.get_by_text("You are subscribed.")).to_be_visible()
    await pictured(page, f"subscribed-{size}")
    other = Chat(await (await browser.new_context()).new_page())
    await other.enter(f"{at}/", "Editor")
    await other.say('/publish a "The bridge is open again"')
    await expect(chat.message("The bridge is open again")).to_be_visible()
    await chat.press("⚙ Subscription")
    await expect(chat.message("The bridge is open again")).to_be_visible()
    await pictured(page, f"settings-{size}")
    await page.reload()
    await expect(chat.message("The bridge is open again")).to_be_visible()
    await expect(chat.own("/start")).to_have_count(1)
    await page.goto(f"{at}/subscribe/news")
    await expect(page.get_by_role("link", name="The bridge is open again")).to_be_visible()
    await pictured(page, f"topic-{size}")
    found = await axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await chat.overflow() <= 0
    assert chat.problems == []


async def test_its_feeds_are_there(browser: Browser, site: Site) -> None:
    """And it is in the visitor's language, with the headers of the other pages."""
    at = site.urls[0]
    context = await browser.new_context(locale="uk-UA")
    page = await context.new_page()
    answer = await page.goto(f"{at}/chat/subscribe/news")
    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await page.locator("html").get_attribute("lang") == "uk"
    await expect(page.get_by_role("link", name="Підписатися в чаті")).to_be_visible()
    for name in ("Atom", "JSON"):
        address = await page.get_by_role("link", name=name).get_attribute("href")
        feed = await context.request.get(f"{at}{address}")
        assert feed.status == 200
    missing = await context.request.get(f"{at}/chat/subscribe/other")
    assert missing.status == 404
