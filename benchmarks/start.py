"""`start`: from starting the demo's process to the first answer over its WebSocket.

Budget: 1.5 s. It has neither floor nor peers: nobody else brings a demo.
"""

import http.client
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from websockets.sync.client import connect

from benchmarks.rounds import ROOT, Failed, Result

PROGRAM = "import sys; from posthouse.cli import main; sys.exit(main())"
WORDS = "are you there?"
PATH = "/demo"
"""Of the demo's bot that says back what it hears."""
TIMEOUT_S = 30.0


def measure(*, rounds: int) -> Result:
    """Start the demo in a fresh folder, as often as asked for."""
    times = [_start() for _ in range(rounds + 1)][1:]
    return Result(
        name="start",
        unit="s",
        ours=round(median(times), 3),
        details={"ours": {"fastest": min(times), "slowest": max(times)}},
    )


def _start() -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "demo", "--port", "0", "--folder", str(Path(folder))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_for_answer(_address(process))
            return time.perf_counter() - begun
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)


def _address(process: "subprocess.Popen[str]") -> str:
    """Return where the server says it listens."""
    found: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in process.stdout or ():
            for word in line.split():
                if word.startswith("http://"):
                    found.put(word)
        found.put("")

    threading.Thread(target=read, daemon=True).start()
    address = found.get(timeout=TIMEOUT_S)
    if not address:
        raise Failed("start: the demo ended before it said where it listens")
    return urlsplit(address).netloc


def _wait_for_answer(address: str) -> None:
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    connection.request("POST", f"{PATH}/person", json.dumps({"name": "Ann"}))
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 300:
        raise Failed(f"start: making a person was answered {answer.status}")
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    connection.close()
    with connect(f"ws://{address}{PATH}/socket", additional_headers={"Cookie": cookie}) as socket:
        socket.send(json.dumps({"t": "hello", "seq": 0}))
        socket.send(json.dumps({"t": "say", "id": "first", "text": WORDS}))
        while not _is_answer(json.loads(socket.recv(TIMEOUT_S))):
            pass


def _is_answer(frame: dict[str, object]) -> bool:
    if frame["t"] != "message" or frame["mine"]:
        return False
    return WORDS in json.dumps(frame["content"])
