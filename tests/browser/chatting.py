"""One person at a chat page, in words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect


class Chat:
    """What a person does and sees."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._console(message.type, message.text))

    def _console(self, kind: str, words: str) -> None:
        # A server that is down is told by the browser itself; that is no fault of the page.
        if kind == "error" and "WebSocket" not in words and "Failed to load resource" not in words:
            self.problems.append(words)

    async def enter(self, url: str, name: str) -> None:
        """Open the page and say who one is."""
        await self.page.goto(url)
        await self.page.get_by_label("Your name").fill(name)
        await self.page.keyboard.press("Enter")
        await expect(self.text_field).to_be_focused()

    @property
    def text_field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def message(self, words: str) -> Locator:
        """A message of the bot with exactly these words."""
        return self.log.locator("article.theirs .text").get_by_text(words, exact=True)

    def own(self, words: str) -> Locator:
        """A message of one's own with exactly these words."""
        return self.log.locator("article.mine .text").get_by_text(words, exact=True)

    async def say(self, words: str) -> None:
        """Write and send."""
        await self.text_field.fill(words)
        await self.text_field.press("Enter")

    async def press(self, label: str) -> None:
        """Press a button under the newest message."""
        await self.log.get_by_role("button", name=label, exact=True).last.click()

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            await self.page.evaluate(
                "Math.max(document.documentElement.scrollWidth,"
                " ...[...document.querySelectorAll('.log, .foot, .bar')].map(e => e.scrollWidth))"
                " - innerWidth"
            )
        )


@asynccontextmanager
async def chatting(
    browser: Browser, url: str, name: str = "Ann", **more: Any
) -> AsyncIterator[Chat]:
    """Let a person open a window of their own; at the end the page must not have complained."""
    context = await browser.new_context(**{"viewport": {"width": 1100, "height": 760}, **more})
    chat = Chat(await context.new_page())
    chat.page.set_default_timeout(20_000)
    await chat.enter(url, name)
    yield chat
    await context.close()
    assert chat.problems == []
