"""A small run of the driver, so that `make test` notices when messages are lost or doubled."""

import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("driver.py")


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_no_message_is_lost_or_doubled_by_two_kills() -> None:
    """Six hundred messages of twenty persons, two kills, every one answered once and in order."""
    done = subprocess.run(
        [sys.executable, DRIVER, "--persons", "20", "--messages", "600", "--kills", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "answered exactly once, in order" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_a_small_run_on_telegram_loses_nothing(mode: str) -> None:
    """Answers that are missing are of unknown end, and counted."""
    driver = str(DRIVER.with_name("telegram.py"))
    sizes = ["--persons", "30", "--messages", "300", "--kills", "2", "--limit", "100"]
    done = subprocess.run(
        [sys.executable, driver, mode, *sizes], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "handled exactly once, in order" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("messenger", ["telegram", "blind", "idempotent"])
def test_a_small_fan_out_reaches_everybody_once(messenger: str) -> None:
    """Two hundred persons, two kills in the middle; unknown ends are counted."""
    driver = str(DRIVER.with_name("fan_out.py"))
    sizes = ["--persons", "200", "--kills", "2", "--limit", "90"]
    done = subprocess.run(
        [sys.executable, driver, messenger, *sizes], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "each got it exactly once" in done.stdout
