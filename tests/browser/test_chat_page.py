from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # no types
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.chatting import Chat, chatting
from tests.browser.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(90)]

PHONE: ViewportSize = {"width": 360, "height": 640}
# A picture of 3 by 2 pixels.
GIF = bytes.fromhex("47494638376103000200800100ff0000ffffff2c00000000030002000002038c7905003b")


async def test_what_is_said_comes_back(browser: Browser, site_url: str) -> None:
    """A text is sent, marked as sent, and answered; also after a reload it is there once."""
    async with chatting(browser, site_url) as chat:
        await chat.say("hello שלום 👋 <b>no markup</b>")
        await expect(chat.message("hello שלום 👋 <b>no markup</b>")).to_be_visible()
        await expect(chat.log.get_by_role("img", name="Sent")).to_have_count(1)
        await chat.page.reload()
        await expect(chat.message("hello שלום 👋 <b>no markup</b>")).to_have_count(1)
        await expect(chat.own("hello שלום 👋 <b>no markup</b>")).to_have_count(1)


async def test_the_menu_is_walked_in_place(browser: Browser, site_url: str) -> None:
    """Pages forth and back, into an item, home again: always the same message."""
    async with chatting(browser, site_url) as chat:
        await chat.say("/menu")
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.press("Next ›")
        await expect(chat.log).to_contain_text("page 2 of 3")
        await chat.press("‹ Previous")
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.press("Ceylon")
        await expect(chat.log).to_contain_text("with a touch of lemon")
        await chat.press("‹ Back to the menu")
        await expect(chat.log).to_contain_text("page 1 of 3")
        await expect(chat.log.locator("article.theirs")).to_have_count(1)
        await expect(chat.log.locator("[aria-busy]")).to_have_count(0)


async def test_a_photo_and_a_file_go_up_and_come_back(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    """The photo opens large and closes again, the file can be downloaded."""
    (tmp_path / "dot.gif").write_bytes(GIF)
    (tmp_path / "notes.txt").write_text("some words")
    async with chatting(browser, site_url) as chat:
        await chat.page.set_input_files("#file", tmp_path / "dot.gif")
        await expect(chat.log.locator("article.theirs")).to_contain_text("3 × 2")
        photo = chat.log.get_by_role("button", name="Photo, 3 by 2, open").last
        await expect(photo.locator("img")).to_have_js_property("naturalWidth", 3)
        await photo.click()
        await expect(chat.page.get_by_role("dialog", name="Photo")).to_be_visible()
        await chat.page.keyboard.press("Escape")
        await expect(chat.page.get_by_role("dialog", name="Photo")).to_be_hidden()
        await chat.page.set_input_files("#file", tmp_path / "notes.txt")
        await expect(chat.log.locator("article.theirs").last).to_contain_text("notes.txt")
        async with chat.page.expect_download() as download:
            await chat.log.get_by_role("link", name="notes.txt").click()
        saved = await (await download.value).path()
        assert saved.read_text() == "some words"


async def test_files_chosen_together_come_in_their_order(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    """Also when the first takes longest to go up."""
    sizes = {"first.bin": 8 * 1024 * 1024, "second.bin": 1, "third.bin": 1}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    async with chatting(browser, site_url) as chat:
        await chat.page.set_input_files("#file", [tmp_path / name for name in sizes])
        answers = chat.log.locator("article.theirs")
        await expect(answers.last).to_contain_text("third.bin")
        said = " ".join(await answers.all_inner_texts())
        assert sorted(sizes, key=said.index) == list(sizes)


async def test_too_much_is_said_to_be_too_much(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    """Before anything is sent, and the words are not lost."""
    large = tmp_path / "large.bin"
    large.write_bytes(b"")
    with large.open("r+b") as file:
        file.truncate(11 * 1024 * 1024)
    async with chatting(browser, site_url) as chat:
        await chat.page.set_input_files("#file", large)
        await expect(chat.page.locator("#toast")).to_contain_text("too large")
        await chat.say("many words " * 10_000)
        await expect(chat.page.locator("#toast")).to_contain_text("too long")
        assert len(await chat.text_field.input_value()) == 110_000
        await chat.say("short")
        await expect(chat.message("short")).to_be_visible()


async def test_two_windows_are_two_persons_and_two_tabs_are_one(
    browser: Browser, site_url: str
) -> None:
    """What one says the other does not see; what is published all see, with a count."""
    async with chatting(browser, site_url) as ann, chatting(browser, site_url, "Ben") as ben:
        tab = Chat(await ann.page.context.new_page())
        await tab.page.goto(site_url)
        await ann.say("only for me")
        await expect(tab.message("only for me")).to_be_visible()
        await expect(ben.message("only for me")).to_have_count(0)
        await ann.say("/post News")
        board = ben.page.get_by_role("button", name="board")
        await expect(board).to_contain_text("1 unread")
        await board.click()
        await expect(ben.log).to_contain_text("Ann: News")
        await expect(ben.page.get_by_text("Only the bot writes in this chat.")).to_be_visible()
        await expect(board).not_to_contain_text("unread")


async def test_a_killed_server_loses_and_doubles_nothing(browser: Browser, demo: Demo) -> None:
    """What is written meanwhile is sent when it is back, in order and once."""
    async with chatting(browser, demo.url) as chat:
        await chat.say("before")
        await expect(chat.message("before")).to_be_visible()
        for number in range(5):
            await chat.say(f"at the time {number}")
        demo.kill()
        for number in range(5, 10):
            await chat.say(f"at the time {number}")
        await expect(chat.page.locator("#banner")).to_contain_text("No connection")
        demo.start()
        await expect(chat.message("at the time 9")).to_be_visible(timeout=30_000)
        await expect(chat.page.locator("#banner")).to_be_hidden()
        answers = await chat.log.locator("article.theirs .text").all_inner_texts()
        assert answers == ["before", *(f"at the time {number}" for number in range(10))]
        own = await chat.log.locator("article.mine .text").all_inner_texts()
        assert own == answers
        await expect(chat.log.get_by_role("img", name="Sending")).to_have_count(0)


async def test_a_reload_without_a_connection_keeps_what_was_written(
    browser: Browser, demo: Demo
) -> None:
    """It waits in the browser."""
    async with chatting(browser, demo.url) as chat:
        await chat.say("first")
        await expect(chat.message("first")).to_be_visible()
        demo.stop()
        await chat.say("second")
        await expect(chat.log.get_by_role("img", name="Sending")).to_have_count(1)
        demo.start()
        await chat.page.reload()
        await expect(chat.message("second")).to_have_count(1)
        await expect(chat.own("second")).to_have_count(1)


async def test_it_works_by_keyboard_alone(browser: Browser, site_url: str) -> None:
    """Commands, buttons, the menu of a message, editing, ready answers."""
    async with chatting(browser, site_url) as chat:
        keyboard = chat.page.keyboard
        await keyboard.type("/men")
        await expect(chat.page.get_by_role("option", name="/menu")).to_be_visible()
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.log.get_by_role("button", name="Next ›").focus()
        await keyboard.press("Enter")
        await expect(chat.log).to_contain_text("page 2 of 3")
        await chat.page.wait_for_function("document.activeElement.closest('.keyboard') !== null")
        await chat.text_field.focus()
        await keyboard.type("helo")
        await keyboard.press("Enter")
        await expect(chat.message("helo")).to_be_visible()
        await keyboard.press("ArrowUp")
        await expect(chat.text_field).to_have_value("helo")
        await chat.text_field.fill("hello")
        await keyboard.press("Enter")
        await expect(chat.message("You changed that to: hello")).to_be_visible()
        await expect(chat.own("hello")).to_be_visible()
        more = chat.log.locator("article.mine").last.get_by_role("button", name="More about")
        await more.focus()
        await keyboard.press("Enter")
        await expect(chat.page.get_by_role("menu").locator(":focus")).to_be_visible()
        await keyboard.press("Enter")
        await expect(chat.log.get_by_role("button", name="👍, 1")).to_be_visible()
        await more.focus()
        await keyboard.press("Enter")
        await expect(chat.page.get_by_role("menu")).to_be_visible()
        await keyboard.press("Escape")
        await expect(more).to_be_focused()
        await keyboard.press("Enter")
        await chat.page.get_by_role("menuitem", name="Delete").focus()
        await keyboard.press("Enter")
        await expect(chat.own("hello")).to_have_count(0)


async def test_the_menu_of_a_message_that_changes_stays_open(
    browser: Browser, site_url: str
) -> None:
    """And the focus stays where it was in it."""
    async with chatting(browser, site_url) as chat:
        await chat.say("/menu")
        await expect(chat.log).to_contain_text("page 1 of 3")
        shown = chat.log.locator("article").last
        await shown.get_by_role("button", name="More about").click()
        await chat.page.keyboard.press("ArrowDown")
        focused = chat.page.get_by_role("menu").locator(":focus")
        await expect(focused).to_have_attribute("aria-label", "React with ❤️")
        await shown.get_by_role("button", name="Next ›").evaluate("button => button.click()")
        await expect(chat.log).to_contain_text("page 2 of 3")
        await expect(focused).to_have_attribute("aria-label", "React with ❤️")
        await chat.page.keyboard.press("Enter")
        await expect(shown.get_by_role("button", name="❤️, 1")).to_be_visible()


async def test_ready_answers_and_replies(browser: Browser, site_url: str) -> None:
    """A ready answer is said by a click; a reply shows what it is about."""
    async with chatting(browser, site_url) as chat:
        await chat.say("/start")
        answers = chat.page.get_by_role("group", name="Ready answers")
        await answers.get_by_role("button", name="Menu").click()
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.say("quote me")
        said = chat.log.locator("article.theirs").last
        await expect(said).to_contain_text("quote me")
        await said.hover()
        await said.get_by_role("button", name="More about this message").click()
        await chat.page.get_by_role("menuitem", name="Reply").click()
        await chat.say("of course")
        await expect(chat.log.locator("article.mine .quoted").last).to_contain_text("quote me")


async def test_a_forged_cookie_asks_for_the_name_again(browser: Browser, site_url: str) -> None:
    """Nobody else's chat is to be had."""
    async with chatting(browser, site_url) as chat:
        await chat.say("secret")
        await expect(chat.message("secret")).to_be_visible()
        [cookie] = await chat.page.context.cookies()
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
        value = cookie["value"][:-1] + ("A" if cookie["value"][-1] != "A" else "B")
        await chat.page.context.add_cookies([{**cookie, "value": value}])
        await chat.enter(site_url, "Eve")
        await expect(chat.page.get_by_role("heading", name="Say hello")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, site_url: str, scheme: str) -> None:
    """In light and dark, in each state of the page, on a phone too."""
    more: dict[str, Any] = {
        "color_scheme": scheme,
        "reduced_motion": "reduce",
        "bypass_csp": True,
    }
    context = await browser.new_context(**more)
    page = await context.new_page()
    await page.goto(site_url)
    await page.get_by_label("Your name").wait_for()
    found = {"who": await violations(page)}
    await context.close()
    async with chatting(browser, site_url, **more) as chat:
        found["empty"] = await violations(chat.page)
        await chat.say("/start")
        await chat.say("/menu")
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.log.get_by_role("button", name="More about").last.focus()
        await chat.page.keyboard.press("Enter")
        found["menu"] = await violations(chat.page)
        await chat.page.keyboard.press("Escape")
        await chat.text_field.press_sequentially("/")
        found["commands"] = await violations(chat.page)
        await chat.page.set_viewport_size(PHONE)
        found["phone"] = await violations(chat.page)
        await chat.page.get_by_role("button", name="Chats").click()
        found["drawer"] = await violations(chat.page)
    assert {state: problems for state, problems in found.items() if problems} == {}


async def violations(page: Page) -> list[str]:
    """Return what axe-core has to say, in short."""
    results = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in results.response["violations"]]


async def test_a_phone_never_scrolls_sideways(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    """At 360 pixels, whatever is shown."""
    name = "a_very_long_name_without_any_blank_in_it" * 3 + ".txt"
    (tmp_path / name).write_text("x")
    async with chatting(browser, site_url, viewport=PHONE, has_touch=True, is_mobile=True) as chat:
        assert await chat.overflow() == 0
        await chat.text_field.fill("W" * 200)
        await chat.page.get_by_role("button", name="Send").click()
        await expect(chat.message("W" * 200)).to_be_visible()
        for words in ("/start", "/post Hello", "/menu"):
            await chat.text_field.fill(words)
            await chat.page.get_by_role("button", name="Send").click()
        await expect(chat.log).to_contain_text("page 1 of 3")
        await chat.page.set_input_files("#file", tmp_path / name)
        await expect(chat.log.locator("article.theirs").last).to_contain_text("blank")
        assert await chat.overflow() == 0
        await chat.page.get_by_role("button", name="Chats").click()
        await chat.page.get_by_role("button", name="board").click()
        await expect(chat.page.get_by_role("heading", name="board")).to_be_visible()
        assert await chat.overflow() == 0
