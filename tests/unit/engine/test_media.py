"""Photos and files that a bot makes itself, or that another bot received."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from posthouse import App, Reply, TextMessage, Turn
from posthouse.engine.media import BotMedia
from posthouse.errors import MistakeError, NotSentError, RejectedError
from posthouse.model.media import File, Photo, guessed_mime, is_kept
from posthouse.model.outgoing import Departure
from posthouse.ports.store import DAY_S, Retention
from posthouse.storage.media import GRACE_S
from posthouse.testing import FakeMessenger, Point, play
from posthouse.testing.site import TestSite as Played
from posthouse.types import FileMessage, PhotoMessage

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0\x12\x16\xf1M"
    b"\0\0\0\x0bIDAT\x08\xd7c`@\x05\0\0\x10\0\x01\xd5\x0f\xdd\xfd\0\0\0\0IEND\xaeB`\x82"
)
MONTH = timedelta(days=31)


def sender(*photos: Photo, files: tuple[File, ...] = ()) -> App:
    """An app that answers everything with some media."""
    app = App("sender")

    @app.on
    async def send(message: TextMessage) -> Reply:
        return Reply(message.text, photos=photos, files=files)

    return app


def kept(site: Played) -> list[Path]:
    """Return the content in the site's folder."""
    return [path for path in (site.life.site.folder / "media").rglob("*") if path.is_file()]


async def test_a_bot_sends_bytes_of_its_own() -> None:
    """The person sees the picture with its size, and downloads exactly what was sent."""
    photo, file = Photo.of(PNG), File.of(b"tea;1\n", name="list.csv")
    async with play(sender(photo, files=(file,))) as site:
        ann = site.person("Ann")
        await ann.says("go")
        (shown,) = ann.photos
        assert (shown.width, shown.height, shown.size_bytes) == (3, 2, len(PNG))
        assert shown.mime == "image/png"
        assert ann.downloads(shown) == PNG
        (listed,) = ann.files
        assert (listed.name, listed.mime, listed.size_bytes) == ("list.csv", "text/csv", 6)
        assert ann.downloads(listed) == b"tea;1\n"


async def test_the_outbox_holds_only_a_key() -> None:
    """The content is on the disk when the turn commits, whole and read-only."""
    large = PNG + b"\0" * 300_000
    async with play(sender(Photo.of(large)), storage="sqlite:bot.db") as site:
        site.messenger.fails(NotSentError("busy", retry_after_s=60))
        ann = site.person("Ann")
        await ann.says("go", wait=False)
        await site.settle()
        (row,) = await site.store.outbox(account=1)
        assert len(row.body) < 500
        (path,) = kept(site)
        assert path.read_bytes() == large
        assert path.stat().st_mode & 0o222 == 0
        await site.later(61)
        assert ann.downloads(ann.photos[0]) == large


@pytest.mark.parametrize("point", [Point.HANDLED, Point.AFTER_COMMIT, Point.BEFORE_SEND])
async def test_a_crash_loses_no_content(point: Point) -> None:
    """Wherever the process dies, what is sent at last is whole."""
    app = sender(Photo.of(PNG), files=(File.of(b"x" * 70_000, name="x.bin"),))
    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(point)
        await ann.says("go")
        await site.restart()
        await site.settle()
        await site.later(5)
        assert ann.downloads(ann.photos[0]) == PNG
        assert ann.downloads(ann.files[0]) == b"x" * 70_000


async def test_the_same_content_is_uploaded_once_per_bot_and_form(tmp_path: Path) -> None:
    """A messenger's own key is remembered over restarts; another bot uploads for itself."""
    path = tmp_path / "logo.png"
    path.write_bytes(PNG)
    app = sender(Photo.of(path), files=(File.of(path),))
    bots = {"one": [app], "two": [app]}
    async with play(bots=bots, storage="sqlite:bot.db", folder=tmp_path / "site") as site:
        people = [site.person("Ann", bot="one"), site.person("Bob", bot="two")]
        for _ in range(3):
            for person in people:
                await person.says("go")
            await site.stop()
            await site.start()
            await site.settle()
        assert [bot for bot, _ in site.messenger.uploads] == ["one", "one", "two", "two"]
        assert len(kept(site)) == 1


async def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    """What counts is what it holds when the handler returns."""
    path = tmp_path / "report.txt"
    path.write_text("first")
    async with play(sender(files=(File.of(path),))) as site:
        ann = site.person("Ann")
        await ann.says("go")
        assert ann.downloads(ann.files[0]) == b"first"
        path.write_text("second, longer")
        await ann.says("go")
        assert ann.files[0].size_bytes == 14
        assert ann.downloads(ann.files[0]) == b"second, longer"


@pytest.mark.parametrize(
    ("photos", "files", "said"),
    [
        ((Photo.of(b"no picture"),), (), "no JPEG, PNG"),
        ((Photo.of(Path("/nowhere/logo.png")),), (), "cannot read /nowhere/logo.png: No such"),
        ((), (File.of(Path("/tmp")),), "Is a directory"),
        ((), (File.of(b"", name="empty"),), "holds no bytes"),
        ((), (File(key="media:" + "0" * 64, name="x", size_bytes=1),), "not kept any more"),
        ((Photo(key="p1", width=1, height=1, bot="gone"),), (), "'gone', which this site has not"),
    ],
)
async def test_what_cannot_be_sent_is_said_to_the_handler(
    photos: tuple[Photo, ...], files: tuple[File, ...], said: str
) -> None:
    """The turn does not commit, it is not tried again, and the quarantine says why."""
    async with play(sender(*photos, files=files), strict=False) as site:
        ann = site.person("Ann")
        await ann.says("go")
        (row,) = site.quarantine
        assert said in row.detail
        assert "Sorry" in ann.sees
        assert kept(site) == [] or said.startswith(("no JPEG", "holds"))


async def test_what_of_takes() -> None:
    """Wrong sources are found when they are given."""
    with pytest.raises(MistakeError, match="give it a pathlib"):
        Photo.of("logo.png")  # type: ignore[arg-type]
    with pytest.raises(MistakeError, match="without a name"):
        File.of(b"x")
    assert File.of(Path("a/b.pdf")).name == "b.pdf"
    assert File.of(b"", name="x", mime="a/b").mime == "a/b"
    assert guessed_mime("strange") == "application/octet-stream"


def passing() -> tuple[App, App]:
    """Two apps: one remembers what it receives, the other sends it."""
    taken: list[Photo | File] = []
    taker, giver = App("taker"), App("giver")

    @taker.on
    async def photo(message: PhotoMessage) -> None:
        taken.append(message.photo)

    @taker.on
    async def file(message: FileMessage) -> None:
        taken.append(message.file)

    @taker.on
    @giver.on
    async def give(message: TextMessage) -> Reply:
        photos = tuple(item for item in taken if isinstance(item, Photo))
        files = tuple(item for item in taken if isinstance(item, File))
        return Reply(photos=photos, files=files)

    return taker, giver


async def test_another_bot_sends_what_one_received() -> None:
    """Its content is copied through the site, once; the bot that received it sends its own key."""
    taker, giver = passing()
    async with play(bots={"taker": [taker], "giver": [giver]}, storage="sqlite:b.db") as site:
        ann, bob = site.person("Ann", bot="taker"), site.person("Bob", bot="giver")
        await ann.sends_photo(content=PNG)
        await ann.sends_file("notes.txt", content=b"notes")
        await bob.says("give")
        assert bob.downloads(bob.photos[0]) == PNG
        assert bob.downloads(bob.files[0]) == b"notes"
        assert bob.photos[0].bot == ""
        site.messenger.contents.pop(("taker", ann.screen[0].content.photos[0].key))
        await bob.says("again")  # it was fetched before
        assert bob.downloads(bob.photos[0]) == PNG
        await ann.says("give")
        assert ann.photos[0].key == ann.screen[0].content.photos[0].key
        assert [bot for bot, _ in site.messenger.uploads] == ["giver", "giver"]


async def test_content_that_is_gone_is_said_to_the_handler() -> None:
    """Nothing of a download that fails half-way is left."""
    taker, giver = passing()
    bots = {"taker": [taker], "giver": [giver]}
    async with play(bots=bots, strict=False) as site:
        ann, bob = site.person("Ann", bot="taker"), site.person("Bob", bot="giver")
        await ann.sends_photo(content=PNG)
        site.messenger.contents.clear()
        await bob.says("give")
        (row,) = site.quarantine
        assert "cannot be fetched from the bot taker" in row.detail
        assert site.clock.monotonic() < 1, "it was not tried again"
        await site.engine.media.folder.idle()  # what was begun is dropped on a thread
        assert kept(site) == []


async def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    """Neither an error nor a cancellation leaves a part behind."""
    async with play(sender(), folder=tmp_path) as site:
        folder = site.engine.media.folder

        async def breaks() -> AsyncIterator[bytes]:
            yield b"half"
            raise OSError("gone")

        async def hangs() -> AsyncIterator[bytes]:
            yield b"half"
            await asyncio.Event().wait()

        with pytest.raises(OSError, match="gone"):
            await folder.put_stream(breaks())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await folder.put_stream(hangs())
        await folder.touch("media:0")  # everything before it has ended
        assert kept(site) == []


async def test_outbound_middlewares_may_add_media() -> None:
    """What they add is kept like everything else, and what they drop is not."""

    async def decorate(departure: Departure, call_next: object) -> object:
        from msgspec.structs import replace

        outgoing = departure.outgoing
        content = replace(outgoing.content, files=(File.of(b"terms", name="terms.txt"),))
        return await call_next(replace(departure, outgoing=replace(outgoing, content=content)))  # type: ignore[operator]

    app = App("plain")

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    async with play(app, outbound=[decorate]) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.downloads(ann.files[0]) == b"terms"


async def test_send_now_and_edits_take_media() -> None:
    """Everything that shows a reply does."""
    app = App("album")

    @app.on
    async def take(message: TextMessage, turn: Turn) -> None:
        if message.text == "now":
            await turn.send_now("key", Reply(files=(File.of(b"now", name="n"),)), to=turn.chat)
        else:
            sent = turn.send(Reply("one", files=(File.of(b"one", name="n"),)))
            sent.edit(Reply("two", files=(File.of(b"two", name="n"),)))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("now")
        assert ann.downloads(ann.files[0]) == b"now"
        await ann.says("edit")
        assert ann.sees == "two"
        assert ann.downloads(ann.files[0]) == b"two"


async def test_content_goes_when_nothing_needs_it() -> None:
    """A month after it was sent, and not while a delivery waits for its chat to open again."""
    async with play(sender(Photo.of(PNG)), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("go")
        await site.later(5 * DAY_S)
        assert len(kept(site)) == 1
        await site.later(26 * DAY_S)
        assert kept(site) == []
        assert await site.store.media() == set()
        await ann.says("go")
        assert ann.downloads(ann.photos[0]) == PNG
        assert len(kept(site)) == 1


async def test_what_no_table_names_goes_after_a_day() -> None:
    """A crash between the disk and the commit leaves content that nobody will ask for."""
    app = App("failing")

    @app.on
    async def fail(message: TextMessage, turn: Turn) -> Reply:
        turn.execute(text("INSERT INTO nowhere VALUES (1)"))
        return Reply(files=(File.of(b"lost", name="lost"),))

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        ann = site.person("Ann")
        await ann.says("go")
        assert len(kept(site)) == 1
        part = site.life.site.folder / "media" / "dead.part"
        part.write_bytes(b"half")
        await site.later(2 * GRACE_S)
        assert [path for path in kept(site) if path != part] == []


async def test_the_settings_say_how_long_content_is_kept() -> None:
    """`keep_media` and its like arrive at the sweep."""
    keep = Retention(media_s=2 * DAY_S)
    async with play(sender(Photo.of(PNG)), keep=keep) as site:
        await site.person("Ann").says("go")
        await site.later(4 * DAY_S)
        assert kept(site) == []


async def test_an_adapter_is_told_when_content_is_gone() -> None:
    """Somebody emptied the folder: the delivery ends as rejected, and says why."""
    async with play(sender(Photo.of(PNG)), storage="sqlite:bot.db", strict=False) as site:
        site.messenger.fails(NotSentError("busy", retry_after_s=60))
        await site.person("Ann").says("go", wait=False)
        await site.settle()
        kept(site)[0].unlink()
        await site.later(61)
        (row,) = await site.store.outbox(account=1, states=("rejected",))
        assert "not kept any more" in (row.error or "")
        media = BotMedia(site.engine.media, lambda: 1)
        with pytest.raises(RejectedError, match="not kept any more"):
            await media.path("media:" + "0" * 64)
        assert not is_kept("p1")


async def test_a_messenger_refuses_the_key_of_another_bot() -> None:
    """The one in memory is as strict as real ones, so that tests find what would fail there."""
    messenger = FakeMessenger()
    taker, giver = passing()
    bots = {"taker": [taker], "giver": [giver]}
    async with play(bots=bots, messenger=messenger, storage="sqlite:b.db") as site:
        ann = site.person("Ann", bot="taker")
        await ann.sends_photo(content=PNG)
        key = ann.screen[0].content.photos[0].key
        with pytest.raises(RejectedError, match="knows no content"):
            messenger.content("giver", key)
