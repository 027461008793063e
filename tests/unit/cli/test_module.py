"""`python -m posthouse`."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("word", "code"), [("nonsense", 2), ("--version", 0)])
def test_it_exits_as_the_command_does(word: str, code: int) -> None:
    """What was typed wrong is no success."""
    call = [sys.executable, "-m", "posthouse", word]
    done = subprocess.run(call, capture_output=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
