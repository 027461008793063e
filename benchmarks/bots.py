"""`bots`: thousands of idle webhook bots in one process: its memory, and a turn on any of them.

Budget: 10 000 bots in 500 MiB, a turn on any of them below 5 ms. The bots are rows of the database.
The Bot API server is a stub in this process, and so is whoever posts updates, so nothing of them
counts to the site's memory. The site is started twice: the first start asks the stub who each bot
is and sets its webhook, the second one remembers.
"""

import asyncio
import http.client
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import msgspec

from benchmarks.rounds import ROOT, Failed, Result
from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.bots.rows import BotRow
from posthouse.bots.sealing import TokenKeys, new_key
from posthouse.bots.table import BotTable
from posthouse.engine.commands import DirectWriter
from posthouse.storage.sqlite import SqliteStore

BOTS = 10_000
POSTS = 2_000
TIMEOUT_S = 300.0
MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def measure(*, bots: int = BOTS, posts: int = POSTS) -> Result:
    """Start the site twice and post updates to bots at random."""
    folder = Path(tempfile.mkdtemp(prefix="posthouse-bots-"))
    try:
        return _measure(folder, bots, posts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, bots: int, posts: int) -> Result:
    key = new_key()
    with Stub() as stub:
        asyncio.run(_fill(folder, key, stub.url, bots))
        with Running(folder, key, bots) as first:
            cold_s, calls_cold = first.running_s, stub.calls
        time.sleep(1.0)
        stub.calls = 0
        with Running(folder, key, bots) as site:
            calls_warm = stub.calls
            empty = _rss_bytes(site.pid)
            times = [site.post(number) for number in _some(bots, posts)]
            rss = _rss_bytes(site.pid)
            warm_s = site.running_s
    p99 = quantiles(times, n=100)[98] * 1000
    return Result(
        name="bots",
        unit="MiB RSS",
        ours=round(rss / MIB, 1),
        p99_ms=round(p99, 2),
        details={
            "ours": {
                "bots": bots,
                "idle_mib": round(empty / MIB, 1),
                "turn_ms": round(median(times) * 1000, 3),
                "turn_worst_ms": round(max(times) * 1000, 2),
                "first_start_s": round(cold_s, 1),
                "first_start_calls": calls_cold,
                "start_s": round(warm_s, 1),
                "start_calls": calls_warm,
            }
        },
    )


def token_of(number: int) -> str:
    """Return a bot's token."""
    return f"{100_000 + number}:AAbenchmark"


def _some(bots: int, posts: int) -> list[int]:
    chooser = random.Random(7)
    return [chooser.randrange(bots) for _ in range(posts)]


async def _fill(folder: Path, key: str, api: str, bots: int) -> None:
    store = SqliteStore(folder / "posthouse.db")
    await store.open()
    keys, rows = TokenKeys([key]), BotTable(store, DirectWriter(store))
    for number in range(bots):
        row = BotRow(
            name=f"bot{number}",
            messenger="telegram",
            apps=("shop",),
            options={"webhook": "https://bots.example.org", "base_url": api},
            sealed=keys.seal({"token": token_of(number)}, bot=f"bot{number}"),
        )
        await rows.add(row)
    await store.aclose()


class Stub:
    """A Bot API server that knows every bot and agrees to everything."""

    def __init__(self) -> None:
        self.calls = 0
        self.url = ""
        self._hooks: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Stub":
        self._thread.start()
        self._ready.wait(TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                token, _, method = line.split()[1].decode().removeprefix("/bot").partition("/")
                length = 0
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                body = await reader.readexactly(length)
                self.calls += 1
                result = msgspec.json.encode({"ok": True, "result": self._of(token, method, body)})
                writer.write(HEAD % len(result) + result)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _of(self, token: str, method: str, body: bytes) -> Any:
        number = int(token.partition(":")[0])
        if method == "getMe":
            return {"id": number, "is_bot": True, "first_name": "B", "username": f"b{number}_bot"}
        if method == "getMyCommands":
            return []
        if method == "setWebhook":
            self._hooks[token] = msgspec.json.decode(body)["url"]
        if method == "getWebhookInfo":
            url = self._hooks.get(token, "")
            return {"url": url, "has_custom_certificate": False, "pending_update_count": 0}
        if method.startswith("send"):
            return {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}
        return True


class Running:
    """The site in a process of its own."""

    def __init__(self, folder: Path, key: str, bots: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self._command = [
            *(sys.executable, "-m", "benchmarks.ours.bots"),
            *(str(folder), str(self._port), str(bots)),
        ]
        self._environment = {**os.environ, "POSTHOUSE_KEY": key}
        self._update = 0
        self.running_s = 0.0

    def __enter__(self) -> "Running":
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        for line in self._process.stdout or ():
            what, _, seconds = line.partition(" ")
            if what == "running":
                self.running_s = float(seconds)
                break
        else:
            raise Failed("bots: the site ended before all bots ran")
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.communicate("", TIMEOUT_S)

    def post(self, number: int) -> float:
        """Post a message to a bot; return how long its answer took, which is durable then."""
        self._update += 1
        token = token_of(number)
        adapter = TelegramAdapter({"token": token, "webhook": "https://bots.example.org"})
        body = msgspec.json.encode(
            {
                "update_id": self._update,
                "message": {
                    "message_id": self._update,
                    "date": 1_800_000_000,
                    "chat": {"id": 1000 + self._update, "type": "private", "first_name": "Ann"},
                    "from": {"id": 1000 + self._update, "is_bot": False, "first_name": "Ann"},
                    "text": "hello",
                },
            }
        )
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": adapter.secret.decode(),
        }
        path = f"/telegram/{token.partition(':')[0]}"
        begun = time.perf_counter()
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        took = time.perf_counter() - begun
        if answer.status != 200 or b"hello" not in said:
            raise Failed(f"bots: {path} was answered {answer.status} {said!r}")
        return took


def _rss_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise Failed("bots: the kernel does not tell the memory of a process")
