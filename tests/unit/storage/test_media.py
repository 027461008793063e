"""The folder of content: what goes wrong while something is put there leaves nothing behind."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from posthouse.model.pictures import HEAD_BYTES
from posthouse.storage import media
from posthouse.storage.media import MediaFolder
from posthouse.testing.clock import FakeClock


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[MediaFolder]:
    """A folder without content."""
    folder = MediaFolder(tmp_path / "media", FakeClock())
    yield folder
    await folder.aclose()


def kept(tmp_path: Path) -> list[Path]:
    """Return all files in the folder."""
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


async def test_a_full_disk_leaves_nothing(
    folder: MediaFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller learns of it, whatever was given; afterwards the same can be put."""
    (tmp_path / "notes.txt").write_bytes(b"notes")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    await folder.put(b"so that the folder is there")
    with monkeypatch.context() as patch:
        patch.setattr(media.os, "fsync", full)
        for source in (b"bytes", tmp_path / "notes.txt"):
            with pytest.raises(OSError, match="No space left"):
                await folder.put(source)
    await folder.idle()
    assert len(kept(tmp_path)) == 1
    content = await folder.put(tmp_path / "notes.txt")
    assert await folder.read(content.key) == b"notes"


async def test_a_chunk_that_comes_after_giving_up_is_dropped(
    folder: MediaFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled upload may still have one on the way to the thread."""
    written = asyncio.Event()
    loop, write = asyncio.get_running_loop(), media._Part.write

    def slowly(part: media._Part, chunk: bytes) -> None:
        loop.call_soon_threadsafe(written.set)
        while not part.given_up:
            time.sleep(0.001)
        write(part, chunk)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"half"

    monkeypatch.setattr(media._Part, "write", slowly)
    async with asyncio.TaskGroup() as group:
        putting = group.create_task(folder.put_stream(chunks()))
        await written.wait()
        putting.cancel()
    assert putting.cancelled()
    await folder.touch("media:0")  # everything before it has ended
    assert kept(tmp_path) == []


async def test_only_the_latest_files_are_known(
    folder: MediaFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was forgotten is read again."""
    monkeypatch.setattr(media, "_MOST_KNOWN", 2)
    files = [tmp_path / name for name in ("a", "b", "c")]
    for path in files:
        path.write_bytes(path.name.encode())
        await folder.put(path)
    read: list[Path] = []
    chunks = media._chunks

    def noted(file: media.BinaryIO) -> object:
        read.append(Path(file.name))
        return chunks(file)

    monkeypatch.setattr(media, "_chunks", noted)
    for path in reversed(files):
        content = await folder.put(path)
        assert await folder.read(content.key) == path.name.encode()
    assert read == [files[0]]


async def test_the_head_of_a_long_stream_is_that_of_its_first_chunk(folder: MediaFolder) -> None:
    """However many follow."""

    async def chunks() -> AsyncIterator[bytes]:
        for letter in (b"a", b"b", b"c"):
            yield letter * HEAD_BYTES

    content = await folder.put_stream(chunks())
    assert (content.size_bytes, content.head) == (3 * HEAD_BYTES, b"a" * HEAD_BYTES)
