"""`posthouse broadcast`: counts, lists, what is told, and that it needs the site that sends."""

import asyncio
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from posthouse.cli.broadcast import _moment, _said
from posthouse.cli.commands import _spelt_out
from posthouse.errors import MistakeError, RejectedError, SetupError
from posthouse.ports.clock import SystemClock
from posthouse.publishing.broadcasting.pace import Measured, lasting, per_second_of
from posthouse.testing import FakeMessenger, play
from tests.unit.publishing.broadcasting.kit import bot, meets, start, tell

SETTINGS = """
[site]
storage = "sqlite:site.db"
middlewares = ["access"]

[middlewares.access]
roles.staff = ["fake:p0001"]

[bots.bot]
messenger = "console"
apps = ["help"]
"""
ZONE = ZoneInfo("Europe/Kyiv")


async def posthouse(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it says."""
    call = [sys.executable, "-c", "import sys; from posthouse.cli import main; sys.exit(main())"]

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [*call, *words], cwd=folder, capture_output=True, text=True, check=False
        )
        return done.returncode, f"{done.stdout}{done.stderr}".strip()

    return await asyncio.to_thread(run)


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_it_is_counted_listed_and_shown(tmp_path: Path) -> None:
    """Without a site that runs, too; only sending needs it."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    messenger = FakeMessenger()
    async with play(bot(), messenger=messenger, storage="sqlite:site.db", folder=tmp_path) as site:
        await meets(site, ["p0001", "p0002", "p0003"])
        await meets(site, ["gone"], blocked=1.0)
        messenger.fails(RejectedError("no"), chat="p0002")
        await start(site, words="Tea is here")
        await site.later(10)
        await start(site, "active:30", words="Later", at=site.clock.timestamp() + 3600)
        await tell(site, "pause", 2)
        name = site.life.site.bots[0].name
    _, said = await posthouse(tmp_path, "broadcast", "list")
    lines = [line.split("\t") for line in said.splitlines()]
    assert [(each[0], *each[3:]) for each in lines[1:]] == [
        ("2", "active:30", "paused", "0/0", "Later"),
        ("1", "all", "done", "2/3", "Tea is here"),
    ]
    _, said = await posthouse(tmp_path, "broadcast", "show", "1")
    assert "It is done." in said
    assert "sent\t2\t66.7%" in said
    assert "failed\t1\t33.3%" in said
    assert "posthouse outbox list" in said
    code, said = await posthouse(tmp_path, "broadcast", "show", "2", "--follow")
    assert (code, "no site runs here any more, so broadcast 2 stands still" in said) == (1, True)
    for to, told in (
        ("all", "3 recipients would get it. Nothing was sent.\nleft out\tpersons\nblocked\t1"),
        ("role:staff", "1 recipient would get it. Nothing was sent."),
        ("language:uk", "0 recipients would get it. Nothing was sent."),
    ):
        done = await posthouse(tmp_path, "broadcast", name, "--to", to, "--dry-run")
        assert done == (0, told)
    code, said = await posthouse(tmp_path, "broadcast", name, "--to", "language:uk", "--text", "x")
    assert (code, "nobody would get this, so it was not sent: --to language:uk" in said) == (
        1,
        True,
    )
    code, said = await posthouse(tmp_path, "broadcast", "typo", "--to", "all", "--dry-run")
    assert (code, f"no bot 'typo' that ever ran; it has {name}" in said) == (1, True)
    for words in (("broadcast", name, "--to", "all", "--text", "x"), ("broadcast", "resume", "2")):
        code, said = await posthouse(tmp_path, *words)
        assert (code, said.endswith("start it with `posthouse run`")) == (1, True), said


def test_the_word_send_may_be_left_out() -> None:
    """What is no command of the group is the name of a bot."""
    assert _spelt_out(["broadcast", "shop", "--to", "all"])[1] == "send"
    assert _spelt_out(["broadcast", "pause", "3"]) == ["broadcast", "pause", "3"]
    assert _spelt_out(["broadcast", "--help"]) == ["broadcast", "--help"]
    assert _spelt_out(["run"]) == ["run"]


def test_a_moment_is_of_the_bots_clock() -> None:
    """An hour is the next one of that name."""
    later = SystemClock().now().astimezone(ZONE) + timedelta(days=1)
    moment = _moment(f"{later:%Y-%m-%d %H:%M}", ZONE)
    assert f"{moment:%Y-%m-%d %H:%M}" == f"{later:%Y-%m-%d %H:%M}"
    assert moment.tzinfo is ZONE
    soon = _moment("12:00", ZONE)
    assert timedelta(0) < soon - SystemClock().now().astimezone(ZONE) <= timedelta(days=1, hours=1)
    with pytest.raises(MistakeError, match="is no moment; write 18:00"):
        _moment("soon", ZONE)
    with pytest.raises(MistakeError, match="is over"):
        _moment("2020-01-01", ZONE)


def test_words_are_literal_or_a_file_of_markdown(tmp_path: Path) -> None:
    """One of both, and something."""
    file = tmp_path / "news.md"
    file.write_text("We are **open**")
    assert _said("a **b**", None, None)["words"] == {"plain": "a **b**"}
    assert _said(None, file, None)["words"]["plain"] == "We are open"
    assert [span["kind"] for span in _said(None, file, None)["words"]["spans"]] == ["bold"]
    assert _said(None, None, Path("/x.png")) == {"words": None, "photo": "/x.png"}
    with pytest.raises(MistakeError, match="not both"):
        _said("a", file, None)
    with pytest.raises(MistakeError, match="says nothing"):
        _said(None, None, None)
    with pytest.raises(SetupError, match=re.escape(str(tmp_path / "gone.md"))):
        _said(None, tmp_path / "gone.md", None)


def test_the_rest_is_told_by_the_limit_then_by_what_was_measured() -> None:
    """Only the last half minute counts."""
    measured = Measured(30.0)
    assert measured.left_s(300) == 10.0
    measured.note(0.0, 0)
    measured.note(10.0, 100)
    assert measured.per_second == 10.0
    for second in range(11, 61):
        measured.note(float(second), 100 + (second - 10) * 20)
    assert measured.per_second == 20.0
    assert measured.left_s(100) == 5.0
    assert Measured(None).left_s(5) is None
    assert [lasting(each) for each in (None, 0.2, 59, 61, 3600, 7500)] == [
        "?", "1 s", "59 s", "1 min", "1 h", "2 h 5 min",
    ]  # fmt: skip


def test_the_limit_is_that_of_the_adapter() -> None:
    """Where it has one."""
    from posthouse.adapters.telegram.rates import Rates, RateSettings

    class Adapter:
        pacer = Rates(RateSettings(per_second=25))

    assert per_second_of(Adapter()) == 25.0
    assert per_second_of(object()) is None
