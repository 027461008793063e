"""What the benchmarks print, and that their small parts measure what they say."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[3]
KEYS = {
    "name",
    "unit",
    "ours",
    "floor",
    "peers",
    "ratio_to_floor",
    "ratio_to_best_peer",
    "p99_ms",
}


@pytest.fixture(autouse=True)
def benchmarks_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are a package at the root of the repository, not an installed one."""
    monkeypatch.syspath_prepend(str(ROOT))


def measured(*words: str) -> dict[str, object]:
    """Run a benchmark and return the one JSON object it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words, "--json"],
        cwd=ROOT,
        env=os.environ | {"BENCHMARK_LEAST_S": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    [line] = done.stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_turn_prints_one_json_object() -> None:
    """A short run, with our own side and the floor only: the peers are in another environment."""
    found = measured("turn", "--updates", "300", "--rounds", "1", "--no-peers", "--in-flight", "8")
    assert found.keys() >= KEYS
    assert found["name"] == "turn-8"
    assert found["unit"] == "updates/s"
    assert isinstance(found["ratio_to_floor"], float)
    assert isinstance(found["p99_ms"], float)


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_form_prints_one_json_object() -> None:
    """A short run with our own side only, in which every form is submitted."""
    found = measured("form", "--persons", "20", "--rounds", "1", "--no-peers")
    assert found.keys() >= KEYS - {"floor", "ratio_to_floor", "ratio_to_best_peer", "peers"}
    assert found["name"] == "form"
    assert isinstance(found["p99_ms"], float)


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_start_prints_one_json_object() -> None:
    """It has neither floor nor peers."""
    found = measured("start", "--rounds", "1")
    assert found.keys() >= KEYS
    assert (found["floor"], found["peers"], found["ratio_to_best_peer"]) == (None, {}, None)
    assert isinstance(found["ours"], float)


def test_updates_are_the_same_in_every_run() -> None:
    """All candidates get the same bytes; half are commands, a fifth each texts and presses."""
    from benchmarks.updates import make

    lines = make(2000)
    assert lines == make(3000)[:2000]
    updates = [json.loads(line) for line in lines]
    presses = sum("callback_query" in update for update in updates)
    commands = sum("entities" in update.get("message", {}) for update in updates)
    assert 350 < presses < 450
    assert 900 < commands < 1100


async def test_clients_never_have_more_in_flight_than_asked_for() -> None:
    """And the clock stops only when everything is finished."""
    from benchmarks.clients import run_clients

    under_way = most = 0
    finished = False

    async def feed(line: bytes) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    async def finish() -> None:
        nonlocal finished
        finished = True

    figures = await run_clients(feed, [b""] * 50, in_flight=4, finish=finish)
    assert most == 4
    assert finished
    assert figures.rate > 0


def test_candidates_take_turns_in_every_round() -> None:
    """Each round starts with another one, and a warm-up does not count."""
    from benchmarks.rounds import in_rounds, medians

    class Shown(msgspec.Struct):
        seconds: float

    commands = {name: ["-c", f"print('{{\"seconds\": {n}}}')"] for name, n in (("a", 1), ("b", 3))}
    runs = in_rounds(commands, Shown, rounds=3, warm_up=True)
    assert {name: len(some) for name, some in runs.items()} == {"a": 3, "b": 3}
    assert medians(runs["b"]) == {"seconds": 3.0}


def test_a_warm_up_fills_caches_of_byte_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all alike, whatever the environment says and whoever wrote byte code before."""
    from benchmarks.rounds import in_rounds

    class Shown(msgspec.Struct):
        dont: bool
        prefix: str

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    tell = "print(json.dumps({'dont': sys.dont_write_bytecode, 'prefix': sys.pycache_prefix}))"
    commands = {name: ["-c", f"import json, sys; {tell}"] for name in ("a", "b")}
    runs = in_rounds(commands, Shown, rounds=1, warm_up=True)
    assert not runs["a"][0].dont
    assert runs["a"][0].prefix == runs["b"][0].prefix
    assert not Path(runs["a"][0].prefix).exists()


def test_what_cannot_be_measured_says_why() -> None:
    """With the end of what it said."""
    from benchmarks.rounds import Failed, run

    class Shown(msgspec.Struct):
        seconds: float

    with pytest.raises(Failed, match="ModuleNotFoundError"):
        run("ours", ["-c", "import no_such_module"], Shown)


def test_a_result_is_shown_as_a_table() -> None:
    """With how much of the floor and of each peer it is."""
    from benchmarks.rounds import Result
    from benchmarks.tables import show

    result = Result(
        name="turn",
        unit="updates/s",
        ours=500.0,
        floor=1000.0,
        peers={"other": 250.0},
        ratio_to_floor=0.5,
        ratio_to_best_peer=2.0,
        p99_ms=4.0,
    )
    shown = show(result)
    assert "p99 4.0 ms" in shown
    assert "ours is 0.5 of it" in shown
    assert "ours is 2 of it" in shown


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_decode_prints_one_json_object() -> None:
    """Ours and the floor, with and without unknown keys."""
    found = measured("decode", "--updates", "200", "--rounds", "1", "--no-peers")
    assert found.keys() >= KEYS
    assert found["name"] == "decode"
    assert isinstance(found["ratio_to_floor"], float)
    details = found["details"]
    assert isinstance(details, dict)
    assert details["ours"].keys() >= {"rate_5_percent_unknown", "of_floor_5_percent_unknown"}


def test_so_many_updates_get_an_unknown_key() -> None:
    """The others stay as they are."""
    from benchmarks.decoding import with_unknown_keys
    from benchmarks.updates import make

    lines = make(400)
    grown = with_unknown_keys(lines, percent=5)

    assert with_unknown_keys(lines, percent=0) == lines
    assert 10 <= sum(a != b for a, b in zip(lines, grown, strict=True)) <= 30
    assert all(b'"new_' in line for line in with_unknown_keys(lines, percent=100))


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_route_prints_one_json_object() -> None:
    """Ours and the floor; every answer was looked at before the clock ran."""
    found = measured("route", "--updates", "200", "--rounds", "1", "--no-peers")
    assert found.keys() >= KEYS
    assert found["name"] == "route"
    assert isinstance(found["ratio_to_floor"], float)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_webhook_prints_one_json_object() -> None:
    """Ours in memory and durable, and the floor, over HTTP; nearly all answers carry a call."""
    found = measured("webhook", "--updates", "300", "--rounds", "1", "--no-peers")
    assert found.keys() >= KEYS
    assert isinstance(found["p99_ms"], float)
    details = found["details"]
    assert isinstance(details, dict)
    assert details["ours"]["with_call"] > 0.9
    assert details["ours"].keys() >= {"durable_rate", "durable_p99_ms", "durable_of_floor"}


async def test_an_answer_that_is_none_ends_the_measurement() -> None:
    """A candidate that answers something else would be measured for nothing."""
    from benchmarks.routing import _best

    async def wrong(body: bytes) -> bytes:
        return b'{"method":"sendMessage","chat_id":1,"text":"no"}'

    with pytest.raises(SystemExit, match="is no answer to"):
        await _best(wrong, [b'{"update_id":1}'])


@pytest.mark.slow
@pytest.mark.timeout(60)
async def test_pacing_uses_all_that_is_permitted() -> None:
    """Ten busy chats for a minute and a half; virtual time makes it the same in every run."""
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.ours.pacing", "chats", "--parts", "2"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, told = await done.communicate()
    assert done.returncode == 0, told[-2000:]
    assert json.loads(printed)["chats"] == {"share": 1.0, "refused": 0}


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_match_finds_what_its_peers_find() -> None:
    """It fails where they differ; fewer searches than it is about will do."""
    from benchmarks import match

    result = match.measure(rounds=1, searches=3000)
    assert set(result.peers) == {"each in Python", "SQL"}
    assert result.details["ours"]["found"] > 0
    assert result.ours > 0
