"""The town board in the browser: an author fills in forms, a reader watches the channel."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.chatting import Chat, chatting
from tests.browser.demo import Demo

EXAMPLE = Path(__file__).parents[2] / "examples" / "townboard"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
AD = ("Ivan", "067 123-45-67", "Škoda Fabia, 2014", "120", "5 000")
REQUEST = ("Olha", "Electrics", "Lada Niva, 2011", "It does not start in the rain")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(60)]


async def answered(chat: Chat, *answers: str) -> None:
    """Answer questions; what is on a button of the newest screen is pressed."""
    for answer in answers:
        asked = await newest(chat).inner_text()
        pressed = newest(chat).get_by_role("button", name=answer, exact=True)
        await (pressed.click() if await pressed.count() else said(chat, answer))
        await expect(newest(chat)).not_to_have_text(asked, use_inner_text=True)


async def said(chat: Chat, words: str) -> None:
    """Write and send, as one does on a phone, too."""
    await chat.text_field.fill(words)
    await chat.page.get_by_role("button", name="Send").click()


def newest(chat: Chat) -> Locator:
    """The newest message of the bot with buttons."""
    return chat.log.locator("article.theirs").filter(has=chat.page.locator(".keyboard")).last


async def opened(chat: Chat, name: str) -> None:
    """Show another chat of the list, which on a phone is behind a button."""
    drawer = chat.page.get_by_role("button", name="Chats")
    if await drawer.is_visible():
        await drawer.click()
    await chat.page.get_by_role("button", name=name).click()


async def pictured(chat: Chat, name: str) -> None:
    """Keep a picture of the page where the environment says so, to be looked at."""
    if folder := os.environ.get("POSTHOUSE_SCREENSHOTS"):
        await chat.page.wait_for_timeout(300)
        await chat.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_an_ad_is_published_and_sold(browser: Browser, demo: Demo, size: str) -> None:
    """With photos; the reader sees the post, and then that the car is sold."""
    more = PHONE if size == "phone" else {}
    async with (
        chatting(browser, demo.board, "Ivan", **more) as ivan,
        chatting(browser, demo.board, "Reader", **more) as reader,
    ):
        await said(ivan, "hi")
        await expect(ivan.log).to_contain_text("Here cars find new owners")
        await pictured(ivan, f"ad-home-{size}")
        await answered(ivan, "Sell a car", *AD, "Open to offers", "Runs <b>well</b>")
        await ivan.page.set_input_files("#file", [EXAMPLE / "car.png", EXAMPLE / "repair.png"])
        await expect(newest(ivan)).to_contain_text("Photos so far: 2 of at most 9")
        await pictured(ivan, f"ad-photos-{size}")
        await answered(ivan, "Done", "lypnyky")
        await pictured(ivan, f"ad-towns-{size}")
        await answered(ivan, "Lypnyky (Ardenia)")
        await expect(ivan.log).to_contain_text("#000 #to5000")
        await pictured(ivan, f"ad-preview-{size}")
        await answered(ivan, "Publish")
        await expect(newest(ivan)).to_contain_text("Your ad no. 1 is on the board")
        await expect(ivan.log).not_to_contain_text("Is everything right?")
        await pictured(ivan, f"ad-done-{size}")
        await opened(reader, "All ads")
        await expect(reader.page.locator("#title")).to_have_text("All ads")
        await expect(reader.log).to_contain_text("#1 #to5000")
        await expect(reader.log).to_contain_text("Runs <b>well</b>")
        await expect(reader.log).to_contain_text("Lypnyky #Ardenia")
        await pictured(reader, f"ad-read-{size}")
        await newest(ivan).get_by_role("button", name="It is sold", exact=True).click()
        await expect(newest(ivan)).to_contain_text("Mark #1 as: sold?")
        await pictured(ivan, f"ad-sure-{size}")
        await newest(ivan).get_by_role("button", name="Yes", exact=True).click()
        await expect(newest(ivan)).to_contain_text("#1: sold")
        await expect(reader.log).to_contain_text("SOLD #1")
        await expect(reader.log).not_to_contain_text("+380671234567")
        await pictured(reader, f"ad-sold-{size}")
        assert await ivan.overflow() == 0
        assert await reader.overflow() == 0


async def test_a_request_and_how_it_went(browser: Browser, demo: Demo) -> None:
    """A wrong answer is told; the request is read; the feedback stands in the second chat."""
    async with (
        chatting(browser, f"{demo.board}repairs", "Olha") as olha,
        chatting(browser, f"{demo.board}repairs", "Reader") as reader,
    ):
        assert await reader.page.locator("#chats button").count() == 1  # the others are empty
        await olha.say("hello?")
        await answered(olha, "Ask for a repair")
        await answered(olha, "O")
        await expect(newest(olha)).to_contain_text("at least 2 are needed")
        await pictured(olha, "repair-wrong")
        await answered(olha, *REQUEST[:1])
        await pictured(olha, "repair-kinds")
        await answered(olha, *REQUEST[1:], "Skip", "Атлантида")
        await expect(newest(olha)).to_contain_text("no place like")
        await answered(olha, "жерлава", "Žerlava")
        await expect(olha.log).to_contain_text("#Electrics #000")
        await answered(olha, "Change")
        await pictured(olha, "repair-change")
        await answered(olha, "Car: Lada Niva, 2011", "ZAZ 968, 1975", "Publish")
        await expect(newest(olha)).to_contain_text("Your request no. 1 is on the board")
        await opened(reader, "All requests")
        await expect(reader.log).to_contain_text("ZAZ 968, 1975")
        await pictured(reader, "repair-read")
        await answered(olha, "Tell how it went", "Quick & cheap", "Publish")
        await expect(newest(olha)).to_contain_text("Thank you!")
        await pictured(olha, "repair-thanks")
        await opened(reader, "How it went")
        await expect(reader.log).to_contain_text("Quick & cheap")
        await pictured(reader, "repair-feedback")


async def test_a_draft_outlives_the_server(browser: Browser, demo: Demo) -> None:
    """Killed in the middle of a form; the next answer is taken by the next process."""
    async with chatting(browser, demo.board, "Ivan") as ivan:
        await said(ivan, "hi")
        await answered(ivan, "Sell a car", "Ivan", "067 123-45-67")
        demo.kill()
        demo.start()
        await answered(ivan, "Škoda Fabia, 2014")
        await expect(newest(ivan)).to_contain_text("How far has it gone")
