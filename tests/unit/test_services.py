"""tests/conftest.py: a missing service skips with its install line, and fails in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
PROBE = """
import pytest

@pytest.mark.service("nowhere")
def test_marked(): pass

def test_asking(need): need("nowhere")

def test_fetching(cannot_fetch): cannot_fetch("no answer from there")

def test_free(): pass
"""


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    """A folder of tests whose service is installed nowhere."""
    conftest = CONFTEST.read_text(encoding="utf-8")
    conftest += '\nSERVICES["nowhere"] = Service(program="no-such-program", install="get it")\n'
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = service(name): x\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, ci: str) -> tuple[int, str]:
    """The exit code and the output of the tests in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "-q", *words],
        cwd=folder,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "workers"])
def test_at_home_it_skips_and_the_end_of_the_run_lists_it(
    probe: Path, words: tuple[str, ...]
) -> None:
    """The rest runs, the run passes, and the last lines say what to install."""
    code, output = run(probe, *words, ci="")
    assert code == 0
    assert "1 passed, 3 skipped" in output
    assert "nowhere: 2 test(s) not run; install it with: get it" in output


@pytest.mark.slow
def test_in_ci_it_fails(probe: Path) -> None:
    """A machine that should have everything does not pass without it."""
    code, output = run(probe, ci="true")
    assert code == 1
    assert "nowhere is missing, install it with: get it" in output
    assert "no answer from there" in output
    assert "skipped" not in output.rpartition("short test summary")[2]
    assert "1 passed" in output
