"""Bots of the database: added, changed, disabled and removed while the site runs, or while not."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import invalidate_caches
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest

from posthouse.bots.sealing import new_key
from posthouse.cli import main
from posthouse.cli.opening import open_site
from posthouse.cli.output import Output, current
from posthouse.errors import SetupError
from posthouse.site import Site
from posthouse.testing.telegram import Simulator

CANARY = "AAcanaryThatSingsToNobody"
SHOP, BANK = f"111:{CANARY}", f"222:{CANARY}"
APP = """
from posthouse import App, TextMessage

app, loud = App("quiet"), App("loud")

@app.on
async def say(message: TextMessage) -> str:
    return message.text

@loud.on
async def shout(message: TextMessage) -> str:
    return message.text.upper()
"""
SETTINGS = """
[site]
port = 0

[presets]
echo = ["bots_of_rows_app:app"]

[bots]
"""


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Project:
    """A project in a folder, and its command line."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.settings = folder / "posthouse.toml"
        self._capfd = capfd
        self.shown = ""

    def run(self, *words: str, given: str = "") -> Ran:
        """Run a command in this thread."""
        before, sys.stdin = sys.stdin, io.StringIO(given)
        try:
            options = [] if words[:2] == ("bots", "key") else ["--settings", str(self.settings)]
            code = main([*words, *options])
        finally:
            sys.stdin = before
        ran = Ran(code, *self._capfd.readouterr())
        self.shown += ran.out + ran.err
        return ran

    async def says(self, *words: str, given: str = "") -> Ran:
        """Run a command while the site runs in this loop."""
        return await asyncio.to_thread(self.run, *words, given=given)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Site]:
        """The site of the project."""
        current.set(Output())
        site, _ = await asyncio.to_thread(open_site, self.settings)
        async with site.start():
            yield site

    def add(self, sim: Simulator, name: str, token: str, *more: str) -> Ran:
        """Add a bot while no site runs."""
        options = ("--apps", "echo", "--set", f"base_url={sim.base_url}", *more)
        return self.run("bots", "add", name, *options, given=token)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Project]:
    """A project whose only bots are in its database."""
    monkeypatch.setenv("POSTHOUSE_KEY", new_key())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (tmp_path / "bots_of_rows_app.py").write_text(APP)
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    invalidate_caches()
    yield Project(tmp_path, capfd)
    sys.modules.pop("bots_of_rows_app", None)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Telegram with two bots."""
    async with Simulator(bots=[SHOP, BANK]) as sim:
        yield sim


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens soon."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_bots_come_change_and_go_while_the_site_runs(
    project: Project, sim: Simulator
) -> None:
    """The other one is not disturbed, and all of it is there after a restart."""
    ann = sim.person("Ann")
    options = ("--apps", "echo", "--set", f"base_url={sim.base_url}")
    async with project.running() as site:
        ran = await project.says("bots", "add", "shop", *options, given=SHOP)
        assert ran == Ran(0, "Bot shop is added and runs.\n", "")
        await project.says("bots", "add", "bank", *options, given=BANK)
        await ann.says("hi")
        await ann.waits_for("hi")
        bank = site.hosting.all["bank"]
        ran = await project.says("bots", "change", "shop", "--apps", "bots_of_rows_app:loud")
        assert (ran.code, ran.out) == (0, "Bot shop is changed and runs.\n")
        await ann.says("again")
        await ann.waits_for("AGAIN")
        assert site.hosting.all["bank"] is bank
        ran = await project.says("bots", "disable", "shop")
        assert "is disabled" in ran.out
        assert [*site.hosting.all] == ["bank"]
        listed = (await project.says("bots", "list")).out
        assert [line.split()[0] for line in listed.splitlines() if "telegram" in line] == [
            "bank",
            "shop",
        ]
        assert "disabled" in listed
        assert "runs" in listed
    async with project.running() as site:
        await until(lambda: site.hosting.all and site.hosting.is_any_well)
        assert [*site.hosting.all] == ["bank"]
        await project.says("bots", "enable", "shop")
        await ann.says("there?")
        await ann.waits_for("THERE?")
        assert (await project.says("bots", "remove", "bank")).code == 0
        assert [*site.hosting.all] == ["shop"]
        assert (await project.says("bots", "remove", "bank")).code == 1


async def test_commands_work_while_no_site_runs(project: Project, sim: Simulator) -> None:
    """The command line executes them itself."""

    def commands() -> None:
        assert project.add(sim, "shop", SHOP).out == "Bot shop is added; it starts with the site.\n"
        assert "already" in project.add(sim, "shop", SHOP).err
        assert "stopped" in project.run("bots", "list").out
        assert project.run("bots", "change", "shop", "--set", "title=The shop").code == 0
        assert project.run("bots", "disable", "shop").code == 0
        assert project.run("bots", "enable", "shop").code == 0
        assert project.run("bots", "remove", "shop").code == 0
        assert project.run("bots", "list").out.startswith("There is no bot yet")

    await asyncio.to_thread(commands)


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (("add", "sh op", "--apps", "echo"), SHOP, "letters, digits"),
        (("add", "shop", "--apps", "echo"), "", "no token was given"),
        (("add", "shop", "--apps", "echo"), "no token", "is not of the form"),
        (("add", "shop", "--apps", "nothing"), SHOP, "nothing"),
        (("add", "shop", "--apps", "echo", "--set", "webhok=1"), SHOP, "did you mean webhook?"),
        (("add", "shop", "--apps", "echo", "--set", "webhook"), SHOP, "NAME=VALUE"),
        (("change", "shop", "--apps", "echo"), "", "has no bot 'shop'"),
        (("change", "shop"), "", "say what to change"),
        (("change", "shop", "--set", "token=1"), "", "use --token"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(
    project: Project, words: tuple[str, ...], given: str, says: str
) -> None:
    """Before anything is written."""
    ran = project.run("bots", *words, given=given)
    assert ran.code == 1
    assert says in ran.err
    assert project.run("bots", "list").out.startswith("There is no bot yet")


async def test_the_token_is_nowhere_in_the_clear(
    project: Project, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in any file, not in a log, an error or a repr, also when all goes wrong."""
    caplog.set_level(logging.DEBUG)
    options = ("--apps", "echo", "--set", f"base_url={sim.base_url}")
    async with project.running() as site:
        await project.says("bots", "add", "shop", *options, given=SHOP)
        wrong = f"333:{CANARY}"
        ran = await project.says("bots", "add", "wrong", *options, given=wrong)
        assert "cannot start yet" in ran.out
        await project.says("bots", "change", "shop", "--token", given=BANK)
        await project.says("bots", "add", "shop", *options, given=SHOP)
        await project.says("bots", "list")
        await project.says("webhook", "status")
        said = [
            repr(each) + repr(each.bot) + repr(each.bot.adapter) + each.trouble
            for each in site.hosting.all.values()
        ]
        said += [repr(await site.hosting.rows.all()), *site.problems()]
    files = await asyncio.to_thread(
        lambda: {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    )
    assert any(path.name == "posthouse.db" for path in files)
    assert [path.name for path, content in files.items() if CANARY.encode() in content] == []
    logged = [each.getMessage() for each in caplog.records if each.name.startswith("posthouse")]
    assert logged  # those of the pretended Telegram's own server name every path
    assert CANARY not in "".join([*said, project.shown, *logged])


async def test_a_missing_or_wrong_key_refuses_the_start(
    project: Project, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than running without some of the bots."""
    await asyncio.to_thread(project.add, sim, "shop", SHOP)
    monkeypatch.delenv("POSTHOUSE_KEY")
    with pytest.raises(SetupError, match="POSTHOUSE_KEY is not set"):
        async with project.running():
            pass
    monkeypatch.setenv("POSTHOUSE_KEY", new_key())
    with pytest.raises(SetupError, match="another key than POSTHOUSE_KEY holds"):
        async with project.running():
            pass


async def test_rotation_leaves_the_old_key_without_a_use(
    project: Project, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by the site that runs."""
    old, new = new_key(), new_key()
    monkeypatch.setenv("POSTHOUSE_KEY", old)
    await asyncio.to_thread(project.add, sim, "shop", SHOP)
    monkeypatch.setenv("POSTHOUSE_KEY", f"{new},{old}")
    async with project.running():
        ran = await project.says("bots", "rotate")
        assert ran.out.startswith("1 of 1 tokens encrypted anew")
    monkeypatch.setenv("POSTHOUSE_KEY", new)
    async with project.running() as site:
        await until(lambda: site.hosting.all and site.hosting.is_any_well)
        assert (await project.says("bots", "rotate")).out.startswith("0 of 1")


async def test_a_start_that_remembers_asks_telegram_nothing(
    project: Project, sim: Simulator
) -> None:
    """Who the bot is, its menu and its webhook are known; a changed setting is told."""
    hook = "https://bots.example.org"
    await asyncio.to_thread(project.add, sim, "shop", SHOP, "--set", f"webhook={hook}")

    def calls() -> list[str]:
        return [entry.method.lower() for entry in sim.journal.entries]

    async with project.running():
        await until(lambda: "getwebhookinfo" in calls())
        await asyncio.sleep(0.2)
    assert "getme" in calls()
    assert "setwebhook" in calls()
    assert "deletewebhook" not in calls()
    before = len(calls())
    async with project.running() as site:
        await until(lambda: site.hosting.all and site.hosting.is_any_well)
        await asyncio.sleep(0.2)
        assert len(calls()) == before
        await project.says("bots", "change", "shop", "--set", f"webhook={hook}/other")
        await until(lambda: "setwebhook" in calls()[before:])


async def test_a_disabled_bot_asks_its_webhook_to_come_later(
    project: Project, sim: Simulator
) -> None:
    """503 with Retry-After, also before it was ever there; removing it deletes the webhook."""
    hook = "https://bots.example.org"
    await asyncio.to_thread(project.add, sim, "shop", SHOP, "--set", f"webhook={hook}")
    async with project.running() as site, aiohttp.ClientSession() as session:
        await until(lambda: site.hosting.all and site.hosting.is_any_well)
        path = f"{site.urls[0]}/telegram/111"
        async with session.post(path, json={}) as answer:
            assert answer.status == 401
        await project.says("bots", "disable", "shop")
        async with session.post(path, json={}) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
        await project.says("bots", "enable", "shop")
        async with session.post(path, json={}) as answer:
            assert answer.status == 401
        await project.says("bots", "remove", "shop")
        assert sim.journal.entries[-1].method.lower() == "deletewebhook"


async def test_a_bot_that_fails_is_shown_and_disturbs_none(
    project: Project, sim: Simulator
) -> None:
    """In the list, in problems and in the health report, which stays 200."""
    hook = f"webhook={sim.base_url}"
    await asyncio.to_thread(project.add, sim, "shop", SHOP, "--set", hook)
    await asyncio.to_thread(project.add, sim, "wrong", "333:nobody", "--set", hook)
    async with project.running() as site, aiohttp.ClientSession() as session:
        await until(lambda: site.problems() and site.urls and site.hosting.is_any_well)
        assert "bot wrong failed: TokenError" in site.problems()[0]
        async with session.get(f"{site.urls[0]}/healthz") as answer:
            report = json.loads(await answer.read())
            assert (answer.status, report["ok"], [*report["bots"]]) == (200, True, ["wrong"])
        assert "TokenError" in (await project.says("bots", "list")).out
        await project.says("bots", "disable", "shop")
        async with session.get(f"{site.urls[0]}/healthz") as answer:
            assert answer.status == 503


async def test_webhooks_are_shown_set_and_deleted(project: Project, sim: Simulator) -> None:
    """Without a site; what is behind the settings' back is said, and the next start sets it."""

    def commands() -> None:
        hook = "https://bots.example.org"
        project.add(sim, "shop", SHOP, "--set", f"webhook={hook}")
        project.add(sim, "bank", BANK)
        shown = project.run("webhook", "status")
        assert shown.code == 0
        assert f"the settings say {hook}/telegram/111" in shown.out
        assert f"{hook}/telegram/111" in project.run("webhook", "set", "shop").out
        lines = [line.split("\t") for line in project.run("webhook", "status").out.splitlines()]
        assert lines[0] == ["bot", "webhook", "pending", "last error"]
        assert ["shop", f"{hook}/telegram/111", "0"] in [line[:3] for line in lines]
        assert ["bank", "none: it asks for its updates", "0"] in [line[:3] for line in lines]
        assert "deleted" in project.run("webhook", "delete", "shop").out
        assert "the settings say" in project.run("webhook", "status", "shop").out
        assert "did you mean shop?" in project.run("webhook", "status", "shopp").err

    await asyncio.to_thread(commands)


async def test_a_site_without_telegram_has_no_webhooks(project: Project) -> None:
    """It says so."""
    ran = await asyncio.to_thread(project.run, "webhook", "status")
    assert (ran.code, "no bot of this project is on Telegram" in ran.err) == (1, True)
