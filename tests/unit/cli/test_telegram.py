"""`posthouse telegram`: recorded updates are read and written back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from posthouse.cli import main

GOOD = (
    '{"update_id":1,"brand_new":{"a":[1]}}',
    '{"update_id":2,"poll_answer":{"poll_id":"p","option_ids":[0],"option_persistent_ids":["x"]}}',
)
BAD = ('{"update_id":3,"poll":4}', "no JSON")

Decode = Callable[..., tuple[int, str, str]]


@pytest.fixture
def decode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Decode:
    """A function that records lines and runs the command on them."""
    monkeypatch.chdir(tmp_path)

    def run(lines: tuple[str, ...], *words: str) -> tuple[int, str, str]:
        Path("recorded.jsonl").write_text("\n".join(lines), encoding="utf-8")
        code = main(["telegram", "decode", "recorded.jsonl", *words])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def test_updates_are_written_back(decode: Decode) -> None:
    """Blank lines are none."""
    code, out, err = decode((GOOD[0], "", GOOD[1]), "--out", "again.jsonl")

    again = Path("again.jsonl").read_text(encoding="utf-8").splitlines()
    assert (code, json.loads(out), err) == (0, {"decoded": 2, "quarantined": 0}, "")
    assert [json.loads(line) for line in again] == [json.loads(line) for line in GOOD]


def test_a_bad_line_is_named_and_the_others_go_on(decode: Decode) -> None:
    """It is counted, too."""
    code, out, err = decode((GOOD[0], *BAD, GOOD[1]))

    assert (code, json.loads(out)) == (0, {"decoded": 2, "quarantined": 2})
    assert "recorded.jsonl, line 2: " in err
    assert "at `$.poll`" in err
    assert "recorded.jsonl, line 3: Update is no JSON" in err


def test_files_that_cannot_be_used_are_named(decode: Decode) -> None:
    """And nobody loses what was recorded."""
    code, _, err = decode(GOOD, "--out", "recorded.jsonl")
    assert code == 1
    assert "recorded.jsonl is the file that is read: give --out another name" in err
    assert len(Path("recorded.jsonl").read_text(encoding="utf-8").splitlines()) == len(GOOD)

    code, _, err = decode(GOOD, "--out", "missing/again.jsonl")
    assert code == 1
    assert "missing/again.jsonl cannot be used: No such file" in err
