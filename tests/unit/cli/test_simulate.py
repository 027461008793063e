"""`posthouse simulate` is a Telegram for other programs, and a person at a keyboard."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("traced")

POSTHOUSE = [sys.executable, "-c", "import sys; from posthouse.cli import main; sys.exit(main())"]


@pytest.fixture
def simulator(traced: None) -> Iterator[subprocess.Popen[str]]:
    """The command, with one person."""
    process = subprocess.Popen(
        [*POSTHOUSE, "simulate", "--bot", "123:secret", "--person", "77"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    yield process
    process.kill()
    process.communicate()


def ask(url: str, **body: Any) -> Any:
    """Post JSON, read JSON."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.loads(answer.read())


def typed(process: subprocess.Popen[str], line: str) -> None:
    """Type a line."""
    assert process.stdin is not None
    process.stdin.write(line + "\n")


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_a_person_types_and_sees_what_the_bot_does(simulator: subprocess.Popen[str]) -> None:
    """The address comes first; brackets press; a signal ends it well."""
    assert simulator.stdout is not None
    assert simulator.stderr is not None
    base = simulator.stdout.readline().strip()
    bot = f"{base}/bot123:secret"
    typed(simulator, "hi")
    (update,) = ask(f"{bot}/getUpdates", timeout=10)["result"]
    assert update["message"]["text"] == "hi"
    assert update["message"]["from"]["id"] == 77
    keys = {"inline_keyboard": [[{"text": "Tea", "callback_data": "tea"}]]}
    ask(f"{bot}/sendMessage", chat_id=77, text="What?", reply_markup=keys)
    assert simulator.stdout.readline() == "Bot 123: What? [Tea]\n"
    typed(simulator, "[Tea]")
    (pressed,) = ask(f"{bot}/getUpdates", timeout=10, offset=update["update_id"] + 1)["result"]
    assert pressed["callback_query"]["data"] == "tea"
    typed(simulator, "[Cake]")
    assert "sees no button 'Cake'" in simulator.stderr.readline()
    seen = ask(f"{base}/control/look", person="Person 77")
    assert seen["buttons"] == ["Tea"]
    simulator.send_signal(signal.SIGTERM)
    assert simulator.wait(20) == 0


def test_a_token_that_is_none_ends_with_a_sentence() -> None:
    """It says what a token looks like."""
    done = subprocess.run(
        [*POSTHOUSE, "simulate", "--bot", "x"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "such as 123:secret" in done.stderr
