"""The finder of cars in the browser: a search is saved, an ad fits it, and arrives."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chatting import chatting
from tests.browser.demo import Demo
from tests.browser.test_townboard_page import PHONE, answered, newest, pictured, said

AD = ("Ivan", "067 123-45-67", "Škoda Fabia, 2014", "120", "5 000", "Open to offers", "Runs well")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.mark.parametrize("size", ["phone"])
async def test_an_ad_that_fits_a_search_arrives(browser: Browser, demo: Demo, size: str) -> None:
    """Ann looks for a car in two regions; what Ivan puts up comes to her, with the way to it."""
    more = PHONE if size == "phone" else {}
    async with (
        chatting(browser, f"{demo.board}cars", "Ann", **more) as ann,
        chatting(browser, demo.board, "Ivan", **more) as ivan,
    ):
        await said(ann, "hi")
        await answered(ann, "New search")
        await pictured(ann, f"search-plan-{size}")
        await answered(ann, "1 month for free", "Go on", "1000", "6000")
        await pictured(ann, f"search-regions-{size}")
        for region in ("Ardenia", "Belsk"):
            await newest(ann).get_by_role("button", name=f"☐ {region}", exact=True).click()
            await expect(newest(ann)).to_contain_text(f"☑ {region}")
        await answered(ann, "Done")
        await expect(newest(ann)).to_contain_text("It would have found")
        await pictured(ann, f"search-preview-{size}")
        await answered(ann, "Send")
        await expect(newest(ann)).to_contain_text("The search is active")
        await pictured(ann, f"search-active-{size}")
        await said(ivan, "hi")
        await answered(ivan, "Sell a car", *AD, "Skip", "lypnyky", "Lypnyky (Ardenia)", "Publish")
        await expect(newest(ivan)).to_contain_text("is on the board")
        await expect(ann.log).to_contain_text("Škoda Fabia, 2014", timeout=30_000)
        await pictured(ann, f"search-found-{size}")
        assert await ann.overflow() == 0
