"""The demo bot: what a person sees who tries everything, on a site with the console."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from posthouse.adapters.console import ConsoleAdapter
from posthouse.demo import shop, talk
from posthouse.demo.site import demo_site
from posthouse.site import Bot, Site


class Talk:
    """A conversation with the demo, line by line."""

    def __init__(self) -> None:
        self.styled = False
        self.typing = True
        self.site: Site | None = None
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._shown: list[str] = []

    def open(self) -> None:
        """Nothing to open."""

    async def read_line(self) -> str | None:
        """The next line of the test."""
        return await self._lines.get()

    def write(self, text: str) -> None:
        """Remember what was shown."""
        self._shown.append(text)

    def close(self) -> None:
        """Nothing to close."""

    async def says(self, line: str) -> list[str]:
        """Type a line and return what was shown, once everything is quiet."""
        self._shown.clear()
        self._lines.put_nowait(line)
        return await self.sees(1)

    async def sees(self, count: int) -> list[str]:
        """Wait until so much was shown and everything is quiet."""
        async with asyncio.timeout(15):
            while len(self._shown) < count or self._is_busy():  # noqa: ASYNC110  no event tells
                await asyncio.sleep(0.001)
        return list(self._shown)

    def _is_busy(self) -> bool:
        counters = self.site.counters if self.site else {}
        return bool(counters["unsettled"] or counters["waiting"])


Talking = Callable[[], AbstractAsyncContextManager[Talk]]


@pytest.fixture
def talking(tmp_path: Path) -> Talking:
    """A function that starts the demo; what it remembers is in one folder."""

    @asynccontextmanager
    async def started() -> AsyncIterator[Talk]:
        talk_ = Talk()
        bot = Bot(
            "demo",
            messenger="console",
            apps=[shop.app, talk.app],
            chats={"board": "board"},
            adapter=ConsoleAdapter({"person": "Ann"}, terminal=talk_),
        )
        async with Site(bots=[bot], folder=tmp_path).start() as site:
            talk_.site = site
            yield talk_

    return started


async def test_words_come_back_literally(talking: Talking) -> None:
    """Markup is not understood, so nothing is lost."""
    async with talking() as ann:
        assert await ann.says("<b>hi</b> *you* _&_") == ["<b>hi</b> *you* _&_"]


async def test_the_greeting_says_what_to_try(talking: Talking) -> None:
    """And offers it as ready answers."""
    async with talking() as ann:
        (greeting,) = await ann.says("/start")
        assert greeting.startswith("Hello, Ann! I am the Posthouse demo.")
        assert greeting.endswith(
            "[1] Menu  [2] /remind 10s tea\n[3] /post Hello, everybody!  [4] Help"
        )
        assert (await ann.says("4"))[0].startswith("Hello, Ann!")
        assert (await ann.says("1"))[0].startswith("Our teas, page 1 of 3")


async def test_the_menu_is_paged_and_leads_back(talking: Talking) -> None:
    """Each press edits the message in place; back leads to the page one came from."""
    async with talking() as ann:
        (menu,) = await ann.says("/menu")
        assert menu == (
            "Our teas, page 1 of 3\n[1] Assam\n[2] Darjeeling\n[3] Ceylon\n[4] Earl Grey\n"
            "[5] Next ›"
        )
        (second,) = await ann.says("5")
        assert second.startswith("(edited) Our teas, page 2 of 3\n[1] Sencha")
        assert second.endswith("[5] ‹ Previous  [6] Next ›")
        (tea,) = await ann.says("2")
        assert tea == (
            "(edited) Genmaicha\ngreen, with roasted rice\nDraws for 2 minutes.\n"
            "[1] Order\n[2] ‹ Back to the menu"
        )
        (back,) = await ann.says("2")
        assert back.startswith("(edited) Our teas, page 2 of 3")


async def test_an_order_gets_a_number(talking: Talking) -> None:
    """Each order its own."""
    async with talking() as ann:
        for number in ("1", "2"):
            await ann.says("/menu")
            await ann.says("1")
            (receipt,) = await ann.says("1")
            assert receipt == (
                f"(edited) Order no. {number}: Assam. It is on its way!\n[1] More tea"
            )
        assert (await ann.says("1"))[0].startswith("(edited) Our teas, page 1")


async def test_a_reminder_outlives_a_restart(talking: Talking) -> None:
    """It was durable when it was confirmed."""
    async with talking() as ann:
        assert await ann.says("/remind 1s tea") == ["I will remind you in 1 second: tea"]
    async with talking() as ann:
        assert (await ann.sees(2))[-1] == "⏰ tea"


async def test_a_reminder_in_a_far_future_is_refused(talking: Talking) -> None:
    """In words."""
    async with talking() as ann:
        assert await ann.says("/remind 400d tea") == ["I can remember things for up to 30 days."]
        assert "soon" in (await ann.says("/remind soon tea"))[0]


async def test_the_board_shows_what_is_posted(talking: Talking) -> None:
    """To everybody, with the name of who wrote it."""
    async with talking() as ann:
        shown = await ann.says("/post Hello, all!")
        assert sorted(shown) == ["It is on the board now.", "[board] Ann: Hello, all!"]


async def test_a_photo_comes_back_with_its_size(talking: Talking, tmp_path: Path) -> None:
    """In pixels and bytes."""
    head = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    picture = tmp_path / "tea.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + head + crc + bytes(34_000))
    async with talking() as ann:
        (answer,) = await ann.says(f"photo {picture}")
        assert answer.startswith("640 × 480, 34 kB\n[photo 640 × 480, 34 kB] ")


async def test_a_file_is_told_by_name_and_size(talking: Talking, tmp_path: Path) -> None:
    """It is not sent back."""
    (tmp_path / "tea.txt").write_text("green")
    async with talking() as ann:
        assert await ann.says(f"file {tmp_path / 'tea.txt'}") == ["tea.txt, 5 bytes"]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(seconds=10), "10 seconds"),
        (timedelta(hours=1, minutes=30), "1 hour 30 minutes"),
        (timedelta(days=1, seconds=1), "1 day 1 second"),
        (timedelta(milliseconds=200), "a moment"),
    ],
)
def test_durations_are_spoken(after: timedelta, words: str) -> None:
    """As people say them."""
    assert talk.spoken(after) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"), [(0, "0 bytes"), (34_100, "34 kB"), (5_210_000, "5.2 MB")]
)
def test_sizes_are_spoken(size_bytes: int, words: str) -> None:
    """In thousands."""
    assert talk.size(size_bytes) == words


def test_the_demo_is_the_town_board_and_a_bot_beside_it(tmp_path: Path) -> None:
    """All on the web, in the folder that is given."""
    site = demo_site(tmp_path, port=0)
    *boards, bot = site.bots
    names = ("bazaar", "repairs", "cars", "work", "news")
    assert [(each.name, each.messenger) for each in boards] == [(name, "web") for name in names]
    assert (bot.name, bot.messenger, [*bot.chats], site.folder) == (
        "demo",
        "web",
        ["board"],
        tmp_path,
    )
