"""What every adapter must do that carries photos or files; run beside the other checks.

```python
@pytest.mark.parametrize("check", MEDIA_CHECKS, ids=lambda check: check.__name__)
async def test_media(check, tmp_path):
    async with my_stage(tmp_path) as stage:
        await check(stage)
```
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from posthouse.errors import RejectedError
from posthouse.model.capabilities import Level
from posthouse.model.media import File
from posthouse.model.outgoing import Content, Outgoing
from posthouse.model.text import Text
from posthouse.model.update import FileMessage
from posthouse.ports.adapter import Adapter, Delivery, Endpoint, Host, Receiver
from posthouse.testing.contracts.adapter import AdapterStage, expect, polling
from posthouse.testing.fakes import FakeMedia, FakeReceiver

CONTENT = b"one hundred and five bytes of tea, which nobody could mistake for a picture\n" * 40_000
"""Too large for a single piece of a download."""
_KEY = 2_000_000


class MediaStage(AdapterStage, Protocol):
    """A stage whose person sends and sees files."""

    async def sends_file(self, path: Path) -> None:
        """Let the person send a file in the chat; return when that is on its way."""

    async def shown_media(self) -> list[bytes]:
        """Return the contents of all files that the bot's messages show, the oldest first."""


Check: TypeAlias = Callable[[MediaStage], Awaitable[None]]


async def received_file_can_be_fetched(stage: MediaStage) -> None:
    """Every byte of it, by the key in the update, also after the next start."""
    async with _with_media(stage) as (served, media):
        path = await media.path(await media.keep(CONTENT))
        receiver = FakeReceiver()
        async with polling(served, receiver) as adapter:
            await stage.sends_file(path)
            (incoming, *_) = await receiver.until(1)
            update = adapter.decode(incoming.body)
            expect(isinstance(update, FileMessage), "a file must come as a FileMessage")
            file = update.file if isinstance(update, FileMessage) else _no_file()
            bot = stage.host(receiver).bot
            expect(file.bot == bot, f"file.bot must be {bot!r}, who received it, not {file.bot!r}")
            expect(file.size_bytes == len(CONTENT), "file.size_bytes must be its size")
            expect(await _fetched(adapter, file.key) == CONTENT, "fetch() must yield the content")
        async with polling(served, FakeReceiver()) as adapter:
            expect(await _fetched(adapter, file.key) == CONTENT, "keys outlive the adapter")


async def unknown_content_is_refused(stage: MediaStage) -> None:
    """A key that nobody has is no download of nothing."""
    async with _with_media(stage) as (served, _), polling(served, FakeReceiver()) as adapter:
        try:
            await _fetched(adapter, "AgACAgIAAxkBnobody")
        except RejectedError:
            return
        raise AssertionError("fetch() must raise RejectedError for a key that nobody has")


async def kept_content_is_shown(stage: MediaStage) -> None:
    """What the site keeps arrives whole, in each message that shows it."""
    async with _with_media(stage) as (served, media), polling(served, FakeReceiver()) as adapter:
        if adapter.capabilities(stage.chat).files < Level.PARTIAL:
            return
        key = await media.keep(CONTENT)
        for number in (1, 2):
            await adapter.deliver(_sending(number, stage.chat, key))
            shown = await stage.shown_media()
            expect(shown == [CONTENT] * number, f"delivery {number} must show the content once")


async def missing_content_is_refused(stage: MediaStage) -> None:
    """A delivery whose content is gone never can be sent."""
    async with _with_media(stage) as (served, _), polling(served, FakeReceiver()) as adapter:
        try:
            await adapter.deliver(_sending(1, stage.chat, f"media:{'0' * 64}"))
        except RejectedError:
            expect(await stage.shown_media() == [], "nothing of it must be shown")
            return
        raise AssertionError("deliver() must raise RejectedError when Host.media does")


MEDIA_CHECKS: tuple[Check, ...] = (
    received_file_can_be_fetched,
    unknown_content_is_refused,
    kept_content_is_shown,
    missing_content_is_refused,
)
"""Every adapter passes all of these whose capabilities show photos or files."""


class _Served:
    """A stage whose hosts have media."""

    def __init__(self, stage: MediaStage, media: FakeMedia) -> None:
        self._stage = stage
        self._media = media

    @property
    def chat(self) -> str:
        """Raw id of the chat."""
        return self._stage.chat

    @chat.setter
    def chat(self, chat: str) -> None:
        self._stage.chat = chat

    def adapter(self) -> Adapter:
        """Make an adapter."""
        return self._stage.adapter()

    def host(self, receiver: Receiver) -> Host:
        """Return what it gets."""
        return replace(self._stage.host(receiver), media=self._media)

    async def open(self, endpoints: Sequence[Endpoint]) -> None:
        """Serve its endpoints."""
        await self._stage.open(endpoints)

    async def says(self, words: str) -> None:
        """Let the person write."""
        await self._stage.says(words)

    async def again(self) -> None:
        """Let the messenger repeat."""
        await self._stage.again()

    async def shown(self) -> list[str]:
        """Return what is shown."""
        return await self._stage.shown()


@asynccontextmanager
async def _with_media(stage: MediaStage) -> AsyncIterator[tuple[AdapterStage, FakeMedia]]:
    media = FakeMedia(stage.host(FakeReceiver()).folder / "media")
    async with aclosing(media):
        yield _Served(stage, media), media


async def _fetched(adapter: Adapter, key: str) -> bytes:
    return b"".join([chunk async for chunk in adapter.fetch(key)])


def _sending(number: int, chat: str, key: str) -> Delivery:
    file = File(key=key, name="tea.txt", size_bytes=len(CONTENT), mime="text/plain")
    outgoing = Outgoing(content=Content(text=Text("tea"), files=(file,)))
    return Delivery(id=_KEY + number, chat=chat, outgoing=outgoing)


def _no_file() -> File:
    raise AssertionError("there is no file")
