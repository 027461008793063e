"""The server under attack: started, killed and started again on the same folder and port."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
START_S = 60.0
DEMO = "import sys; from posthouse.cli import main; sys.exit(main())"


class Server:
    """One site, in whichever process it runs now."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.folder = folder
        self.port = free_port()
        self.kills = 0
        self._demo = demo
        self._log = (folder / "server.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / ("demo.db" if self._demo else "chaos.db")

    @property
    def log(self) -> str:
        """What all processes have said so far."""
        return (self.folder / "server.log").read_text(errors="replace")

    async def start(self) -> float:
        """Start a process and return the seconds until it takes connections."""
        begun = time.perf_counter()
        port, folder = str(self.port), str(self.folder)
        command = [str(HERE / "counter_site.py"), port, folder]
        if self._demo:
            command = ["-c", DEMO, "demo", "--port", port, "--folder", folder]
        self._process = subprocess.Popen(  # noqa: ASYNC220  the pipe is never waited for
            [sys.executable, *command], stdout=self._log, stderr=self._log
        )
        while not await _takes_connections(self.port):
            if self._process.poll() is not None:
                raise SystemExit(f"the server ended with {self._process.returncode}:\n{self.log}")
            if time.perf_counter() - begun > START_S:
                raise SystemExit(f"the server took over {START_S:.0f} s to start:\n{self.log}")
            await asyncio.sleep(0.02)
        return time.perf_counter() - begun

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self.kills += 1

    def stop(self) -> int:
        """Ask the process to stop and return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
        code = self._process.wait(timeout=60)
        self._log.close()
        return code

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the SQLite file itself."""
        with sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True) as db:
            return db.execute(query).fetchall()


async def _takes_connections(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    """Return a port of the loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
