"""ENGINE 22: commands of the command line, executed by whoever owns the database file."""

import json
from pathlib import Path

import pytest

from posthouse import App, TextMessage
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.errors import AlreadyRunningError, RejectedError, StoreUnavailableError
from posthouse.ports.changes import Change
from posthouse.storage.memory import MemoryStore
from posthouse.storage.sqlite import SqliteStore
from posthouse.testing import FakeClock, play
from posthouse.testing.site import TestSite as Played


def failing() -> App:
    """Return an app that fails until it is healed."""
    app = App("ill")

    @app.on
    async def speak(message: TextMessage) -> str:
        if not healed:
            raise ValueError("ill")
        return message.text

    healed: list[bool] = []
    app.heal = lambda: healed.append(True)  # type: ignore[attr-defined]  # for the test
    return app


async def test_a_command_row_is_executed_by_the_running_site(tmp_path: Path) -> None:
    """Another process writes the row beside the site, and reads its result."""
    app = failing()
    async with play(app, storage="sqlite:bot.db", folder=tmp_path, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        app.heal()  # type: ignore[attr-defined]  # for the test
        beside = SqliteStore(tmp_path / "bot.db", own=False)
        await beside.open()
        id = await beside.add_command("quarantine.replay", json.dumps({}), at=0.0)
        await site.later(1)
        row = await beside.command(id)
        assert row is not None
        assert (row.ok, row.result) == (True, "1 update replayed")
        await beside.aclose()
        assert ann.sees == "hi"


async def test_the_file_has_one_owner(tmp_path: Path) -> None:
    """A second site is told who holds the file."""
    async with play(App("a"), storage="sqlite:bot.db", folder=tmp_path):
        with pytest.raises(AlreadyRunningError, match=r"Process \d+"):
            async with play(App("b"), storage="sqlite:bot.db", folder=tmp_path):
                pass


async def test_while_no_site_runs_a_command_is_executed_directly() -> None:
    """The replayed update is in the inbox, and the next start runs it."""
    app = failing()
    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        store = site.store.inner
        await site.stop()
        app.heal()  # type: ignore[attr-defined]  # for the test
        await store.open()
        commands = Commands(store, DirectWriter(store))
        assert await commands.execute("quarantine.replay", {}) == (True, "1 update replayed")
        await site.start()
        assert ann.sees == "hi"


async def test_several_updates_are_replayed_in_their_order() -> None:
    """Without a number all of them are, the oldest first."""
    app = failing()
    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        for word in ("a", "b", "c"):
            await ann.says(word)
        app.heal()  # type: ignore[attr-defined]  # for the test
        assert await site.command("quarantine.replay") == "3 updates replayed"
        assert [m.text for m in ann.screen if not m.author][3:] == ["a", "b", "c"]


async def refuse(site: Played) -> int:
    """Let a delivery be refused; return its number."""
    site.messenger.fails(RejectedError("blocked"))
    await site.person("Ann").says("hi")
    await site.settle()
    ((number,),) = [[row.id for row in await site.store.outbox(account=None, states=["rejected"])]]
    return int(number)


def echo() -> App:
    """Return an app that says what it hears."""
    app = App("echo")

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


async def test_a_refused_delivery_is_sent_again_on_command() -> None:
    """It is late, and it is sent once."""
    async with play(echo()) as site:
        number = await refuse(site)
        ann = site.person("Ann")
        assert ann.answers == []
        assert await site.command("outbox.requeue", id=number) == f"delivery {number} is sent again"
        assert ann.answers == ["hi"]
        assert ann.screen[-1].late
        with pytest.raises(Exception, match="no failed delivery has number"):
            await site.command("outbox.requeue", id=number)


async def test_a_refused_delivery_is_cancelled_on_command() -> None:
    """Nobody will list it again."""
    async with play(echo()) as site:
        number = await refuse(site)
        assert await site.command("outbox.cancel", id=number) == f"delivery {number} cancelled"
        with pytest.raises(Exception, match="no failed delivery has number"):
            await site.command("outbox.cancel", id=number)


async def test_an_unknown_command_names_those_there_are() -> None:
    """So does one with wrong arguments fail with a sentence instead of the site."""
    async with play(echo()) as site:
        with pytest.raises(Exception, match=r"does not know the command dance; it knows bots"):
            await site.command("dance")
        with pytest.raises(Exception, match="argument"):
            await site.command("quarantine.drop", number=1)
        with pytest.raises(Exception, match="nothing is set aside under number 9"):
            await site.command("quarantine.drop", id=9)
        ann = site.person("Ann")
        await ann.says("alive")
        assert ann.sees == "alive"


async def test_folders_register_the_commands_they_execute() -> None:
    """A further kind is one function."""
    store = MemoryStore()
    await store.open()
    commands = Commands(store, DirectWriter(store))

    async def greet(*, name: str) -> str:
        return f"hello {name}"

    commands.register("greet", greet)
    assert await commands.execute("greet", {"name": "Ann"}) == (True, "hello Ann")


async def test_commands_wait_while_the_database_cannot_be_read() -> None:
    """The loop that looks for them goes on."""
    async with play(echo()) as site:
        site.store.breaks("locked")
        await site.later(3)
        assert not any("commands" in problem for problem in site.life.site.problems())
        site.store.heals()
        with pytest.raises(Exception, match="does not know"):
            await site.command("dance")


async def test_a_direct_writer_has_no_queue() -> None:
    """Without a site nobody would ever empty it."""
    with pytest.raises(StoreUnavailableError, match="no site runs"):
        DirectWriter(MemoryStore()).submit(Change())
    assert FakeClock().monotonic() == 0
