"""`posthouse check` measures how long posts can become."""

import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from posthouse.cli import main

APP = """
from posthouse import App, Form, Publish, Reply, State, ask

app = App("board")
NEW, OLD = State("new"), State("old")


def drawn(ad: "Ad") -> str:
    return ("!" * 90 if ad.state is OLD else "") + ad.words


@app.form(publish=Publish(chat="channel", number="ad", transitions=(NEW >> OLD,), template=drawn))
class Ad(Form):
    words: str = ask("What?", max_length={most})
"""
SETTINGS = """
[bots.board]
messenger = "telegram"
token = "1:a"
apps = ["lengths_app:app"]

[bots.board.chats]
channel = "@channel"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with settings."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    path = list(sys.path)
    invalidate_caches()
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    sys.modules.pop("lengths_app", None)


def test_a_template_that_can_become_too_long_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With its place, the state, and how much is too much; the other state just fits."""
    (project / "lengths_app.py").write_text(APP.replace("{most}", "4007"))
    assert main(["check"]) == 1
    out, err = capfd.readouterr()
    told = [line for line in (out + err).splitlines() if "can become" in line]
    assert len(told) == 1
    assert "lengths_app.py:8: Ad.template of 'old' can become 4097 characters long" in told[0]
    assert "one message of text holds 4096" in told[0]
    assert "(words up to 4007) by 1 characters" in told[0]


def test_templates_that_fit_are_counted(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """And nothing else is said of them."""
    (project / "lengths_app.py").write_text(APP.replace("{most}", "4006"))
    assert main(["check"]) == 0
    assert "bot board: 1 form of posts that fit" in capfd.readouterr().out
