"""The sketch of the public calls: what a type checker must accept and what it must reject."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TYPING = Path(__file__).parents[1] / "typing"
MARKER = "# must be rejected:"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_mypy_rejects_the_wrong_calls_and_nothing_else(tmp_path: Path) -> None:
    """Every statement below the marker in shop.py is an error; all above it type-checks."""
    source = (TYPING / "shop.py").read_text(encoding="utf-8").splitlines()
    marker = source.index(MARKER) + 1
    wrong = {
        number
        for number, line in enumerate(source, start=1)
        if number > marker and line.strip() and not line.startswith("async def")
    }

    rejected = _lines_mypy_rejects("shop.py", cache=tmp_path)

    assert len(wrong) == 6
    assert rejected == wrong


def _lines_mypy_rejects(name: str, *, cache: Path) -> set[int]:
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}", name],
        cwd=TYPING,
        env=os.environ | {"MYPYPATH": "", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = re.findall(r"^(.+?):(\d+): error:", run.stdout, flags=re.MULTILINE)
    assert {path for path, _ in errors} == {name}, run.stdout + run.stderr
    return {int(line) for _, line in errors}
