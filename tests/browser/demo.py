"""The demo site as a subprocess."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

_COMMAND = "from posthouse.cli import main; main()"
_READY = re.compile(r"Posthouse is at (http://\S+:(\d+))")


class Demo:
    """`posthouse demo` on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "demo"
        self._log = folder / "demo.log"
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.board = ""
        """The address of the town board."""
        self.url = ""
        """That of the bot which shows the rest."""

    def start(self) -> None:
        """Start, always at the same address after the first time; return when it is ready."""
        command = [sys.executable, "-c", _COMMAND, "demo"]
        command += ["--port", str(self._port), "--folder", str(self._folder)]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := _READY.search(line):
                self.board, self._port = f"{found[1]}/", int(found[2])
                self.url = f"{self.board}demo/"
                return
        raise AssertionError(f"the demo did not start:\n{self._log.read_text()}")

    def kill(self) -> None:
        """Kill it at once, as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.wait(timeout=15)
        if process.stdout is not None:
            process.stdout.close()
