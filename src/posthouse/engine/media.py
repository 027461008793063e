"""Photos and files that a bot sends and its messenger has not got: its own, or another bot's."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from posthouse.errors import EmptyReplyError, InvalidReplyError, MistakeError, RejectedError
from posthouse.model.media import File, OwnFile, OwnPhoto, Photo, Source, is_kept
from posthouse.model.outgoing import Content
from posthouse.model.pictures import picture
from posthouse.ports.adapter import Adapter
from posthouse.ports.changes import PutNative
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer
from posthouse.storage.media import Content as Kept, MediaFolder

M = TypeVar("M", Photo, File)
_MOST_NATIVE = 4096


class MediaDesk:
    """Keeps what the bots of a site send, so that a delivery needs to carry no more than a key."""

    def __init__(self, folder: MediaFolder, store: Store, writer: Writer, clock: Clock) -> None:
        self.folder = folder
        self.store = store
        self.writer = writer
        self.clock = clock
        self._bots: dict[str, tuple[int, Adapter]] = {}

    def add(self, bot: str, account: int, adapter: Adapter) -> None:
        """Let other bots send what this one received."""
        self._bots[bot] = (account, adapter)

    def remove(self, bot: str) -> None:
        """Forget a bot that left the site."""
        self._bots.pop(bot, None)

    async def keep(self, content: Content, *, bot: str) -> Content:
        """Return a content whose every photo and file the messenger of a bot can get at.

        What it has not got is durable in the site's folder before this returns. Raises
        MistakeError, InvalidReplyError and EmptyReplyError, and OSError or NotSentError when the
        disk or another bot's messenger cannot be used now.
        """
        photos = tuple([await self._photo(photo, bot) for photo in content.photos])
        files = tuple([await self._file(file, bot) for file in content.files])
        return replace(content, photos=photos, files=files)

    async def sweep(self) -> int:
        """Remove what no table names any more; return how much."""
        return await self.folder.sweep(await self.store.media())

    async def _photo(self, photo: Photo, bot: str) -> Photo:
        if not isinstance(photo, OwnPhoto):
            if photo.was_file and not is_kept(photo.key):
                # No messenger's key of a file serves for a photo, not even its own bot's.
                key = await self._copied(photo.key, photo.bot or bot, form="file")
                return replace(photo, key=key, bot="", was_file=False)
            return await self._known(photo, bot, form="photo")
        kept = await self._put(photo.source, "Photo")
        found = picture(kept.head)
        if found is None:
            raise InvalidReplyError(
                f"Photo.of() was given {_named(photo.source)}, which is no JPEG, PNG, GIF, WebP or "
                "AVIF; send it with File.of()"
            )
        mime, width, height = found
        return Photo(
            key=kept.key, width=width, height=height, size_bytes=kept.size_bytes, mime=mime
        )

    async def _file(self, file: File, bot: str) -> File:
        if not isinstance(file, OwnFile):
            return await self._known(file, bot, form="file")
        kept = await self._put(file.source, "File")
        return File(key=kept.key, name=file.name, size_bytes=kept.size_bytes, mime=file.mime)

    async def _put(self, source: Source, what: str) -> Kept:
        try:
            kept = await self.folder.put(source)
        except OSError as error:
            if isinstance(source, Path) and error.filename == str(source):
                why = error.strerror or str(error)
                raise MistakeError(f"{what}.of() cannot read {source}: {why}") from error
            raise
        if not kept.size_bytes:
            raise EmptyReplyError(f"{what}.of() was given {_named(source)}, which holds no bytes")
        return kept

    async def _known(self, item: M, bot: str, *, form: str) -> M:
        if is_kept(item.key):
            if not await self.folder.touch(item.key):
                raise InvalidReplyError(
                    f"the {form} {item.key} is not kept any more; make it again of its source"
                )
            return item
        if item.bot in ("", bot):
            return item
        return replace(item, key=await self._copied(item.key, item.bot, form=form), bot="")

    async def _copied(self, native: str, bot: str, *, form: str) -> str:
        """Return the key of content that another bot received, fetching it the first time."""
        if bot not in self._bots:
            raise MistakeError(
                f"the {form} {native} was received by the bot {bot!r}, which this site has not got "
                "and which alone can read it"
            )
        account, adapter = self._bots[bot]
        key = await self.store.content_of(native, account=account, form=form)
        if key is not None and await self.folder.touch(key):
            return key
        stream = adapter.fetch(native)
        try:
            kept = await self.folder.put_stream(stream)
        except RejectedError as error:  # as it will be the next time, so the turn is not run again
            raise InvalidReplyError(
                f"the {form} {native} cannot be fetched from the bot {bot}, which received it: "
                f"{error}"
            ) from error
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()  # a download that was cut lets go of its connection now
        now = self.clock.timestamp()
        self.writer.note(PutNative(kept.key, account, form, native, now))
        return kept.key


class BotMedia:
    """`Media` for the adapter of one bot."""

    def __init__(self, desk: MediaDesk, account: Callable[[], int]) -> None:
        self._desk = desk
        self._account = account
        self._natives: dict[tuple[str, str], str] = {}

    async def path(self, key: str) -> Path:
        """Return the file with the content; raises RejectedError when it is not kept any more."""
        path = await self._desk.folder.find(key)
        if path is None:
            raise _gone(key)
        return path

    async def read(self, key: str) -> bytes:
        """Return the content; raises RejectedError when it is not kept any more."""
        data = await self._desk.folder.read(key)
        if data is None:
            raise _gone(key)
        return data

    async def native(self, key: str, *, form: str) -> str | None:
        """Return under which key this bot's messenger has the content."""
        known = self._natives.get((key, form))
        if known is None:
            known = await self._desk.store.native(key, account=self._account(), form=form)
        return known

    def keep_native(self, key: str, native: str, *, form: str) -> None:
        """Remember the messenger's own key of content that this bot uploaded."""
        if len(self._natives) >= _MOST_NATIVE:
            self._natives.clear()
        self._natives[key, form] = native
        now = self._desk.clock.timestamp()
        self._desk.writer.note(PutNative(key, self._account(), form, native, now))


def _gone(key: str) -> RejectedError:
    return RejectedError(f"the content {key} is not kept any more; send it again of its source")


def _named(source: Source) -> str:
    return str(source) if isinstance(source, Path) else f"{len(source)} bytes"
