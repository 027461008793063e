"""Photos and files between the site and the page: what bots bring, and what other bots fetch."""

from collections.abc import AsyncIterator
from hashlib import sha256
from mimetypes import guess_extension

from msgspec.structs import replace

from posthouse.adapters.web.archive import FileRow, media_keys
from posthouse.adapters.web.files import Cellar, clean_name
from posthouse.adapters.web.office import Office
from posthouse.errors import ConflictError, RejectedError
from posthouse.model.media import File, Photo, is_kept
from posthouse.model.outgoing import Content

_KEY_CHARACTERS = 40


class MediaPorter:
    """Carries content to the page's files and from them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        most = office.settings.max_upload_bytes
        self._cellar = Cellar(office.host.folder, most_bytes=most)

    async def bring(self, content: Content) -> Content:
        """Return a content whose photos and files the page has; raises RejectedError."""
        if not (content.photos or content.files):
            return content
        photos = tuple([await self._photo(photo) for photo in content.photos])
        files = tuple([await self._file(file) for file in content.files])
        content = replace(content, photos=photos, files=files)
        there = await self._office.archive.files(media_keys(content))
        missing = [key for key in media_keys(content) if key not in there]
        if missing:
            raise RejectedError(f"there are no files with the keys {', '.join(missing)}")
        return content

    async def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield the content of a file; raises RejectedError when there is none."""
        if key not in await self._office.archive.files([key]):
            raise RejectedError(f"there is no file with the key {key}")
        async for chunk in self._cellar.read(key):
            yield chunk

    async def _photo(self, photo: Photo) -> Photo:
        if not is_kept(photo.key):
            return replace(photo, bot="")  # pages need not know who received it
        name = f"photo{guess_extension(photo.mime) or ''}"
        key = await self._adopt(photo, name, width=photo.width, height=photo.height)
        return replace(photo, key=key)

    async def _file(self, file: File) -> File:
        if not is_kept(file.key):
            return replace(file, bot="")
        return replace(file, key=await self._adopt(file, file.name, width=0, height=0))

    async def _adopt(self, item: Photo | File, name: str, *, width: int, height: int) -> str:
        """Make what the site keeps one of the page's files, which stays as long as the history."""
        office, name = self._office, clean_name(name)
        # The same for the same content, name and size: a repeated delivery adds nothing.
        named = f"{item.key}\0{name}\0{width}x{height}"
        key = sha256(named.encode()).hexdigest()[:_KEY_CHARACTERS]
        if key in await office.archive.files([key]):
            return key
        size = await self._cellar.adopt(key, await office.host.media.path(item.key))
        at = office.host.clock.now().timestamp()
        row = FileRow(key, name, item.mime, size, width, height, "", at)
        try:
            await office.archive.add_file(row)
        except ConflictError:
            if key not in await office.archive.files([key]):
                raise  # otherwise a delivery to another chat was faster
        return key
