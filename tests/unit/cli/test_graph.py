"""`posthouse graph`: a chart on standard output, what is wrong on standard error."""

import json
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from posthouse.cli import main
from posthouse.cli.graph import mermaid
from posthouse.dialogs.nodes import Edge, Graph, Node

APP = """
from posthouse import App, Screen, Turn, button
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form

app = App("tea")


@app.form
class Order(Form):
    what: str = ask("What?")


@app.submit(Order)
async def take(turn: Turn, order: Order) -> Screen:
    return await start(turn)


@app.action(home=True)
async def start(turn: Turn) -> Screen:
    return Screen("tea").row(button('A "cup"', cup, 1), button("Order", app.start(Order)))


@app.action
async def cup(turn: Turn, number: int) -> Screen:
    return Screen("cup"){end}
"""
SETTINGS = """
[bots.tea]
messenger = "console"
apps = ["tea_graph_app:app"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with settings."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    known, path = set(sys.modules), list(sys.path)
    invalidate_caches()
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.startswith("tea_"):
            del sys.modules[name]


def write(project: Path, *, end: str = ".back()") -> None:
    """Write the app; a cup leads back unless told otherwise."""
    (project / "tea_graph_app.py").write_text(APP.replace("{end}", end))


def test_a_chart_is_written(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Home is round; signs that Mermaid minds are written in its way."""
    write(project)
    assert main(["graph", "--check"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("%% bot tea\nflowchart LR\n")
    assert '(("start"))' in out
    assert '[/"Order"/]' in out
    assert '-->|"A #quot;cup#quot;"|' in out
    assert '-->|"Order"|' in out
    assert err == ""


def test_what_is_wrong_fails_the_check_alone(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """And is told with its place."""
    write(project, end="")
    assert main(["graph", str(project)]) == 0
    out, err = capfd.readouterr()
    assert "flowchart" in out
    assert "tea_graph_app.py:26: dead end: tea.cup shows a screen with no way on" in err
    assert main(["graph", "--check"]) == 1


def test_the_graph_as_json(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """For programs."""
    write(project)
    assert main(["graph", "--bot", "tea", "--format", "json"]) == 0
    (graph,) = json.loads(capfd.readouterr().out)
    assert graph["bot"] == "tea"
    assert {node["name"]: node["kind"] for node in graph["nodes"]} == {
        "tea.Order": "form",
        "tea.start": "action",
        "tea.cup": "action",
    }
    assert {
        "source": "tea.Order",
        "target": "tea.start",
        "how": "calls",
        "label": "",
        "is_dashed": False,
    } in graph["edges"]


def test_a_bot_that_is_not_there_is_told(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With the ones there are."""
    write(project)
    assert main(["graph", "--bot", "te"]) == 1
    assert "'te'" in capfd.readouterr().err


def test_what_is_decided_at_run_time_is_dashed_and_round() -> None:
    """In the chart."""
    graph = Graph("b", [Node("a", "action", "x.py:1")])
    graph.edges = [Edge("a", "decided at run time", "button", "Go", is_dashed=True)]
    chart = mermaid(graph)
    assert 'n1(("decided at run time"))' in chart
    assert 'n0 -.->|"Go"| n1' in chart
