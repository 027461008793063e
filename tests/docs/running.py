"""Runs the code blocks of one page, in order and in a folder of its own.

How this works: a block with a title is a file of the reader's project. Python without a title runs
in one namespace per page, and functions named `test_...` in it are called. A `console` block holds
commands after `$` and what they print; in the output `...` stands for anything, on a line of its
own for any number of lines. `posthouse run` and `posthouse demo` go on until `^C`, the end of the
page or the same command again, on a free port that is shown as 8080. What follows `> ` is typed
into `posthouse console`.
"""

import asyncio
import configparser
import inspect
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import types
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from pages import ROOT, Block

from posthouse.model.secret import is_secret_name
from posthouse.settings.reading import load
from posthouse.words.reading import read_folder

WITHIN_S = 30.0
SHOWN_ONLY = {"text", "py", "mermaid"}
"""Languages that are looked at, not run: drawings, signatures, diagrams."""
ELSEWHERE = ("sudo", "systemctl", "journalctl", "git", "source", ".", "pip")
"""Commands that change the machine, or that this harness does for the reader."""
POSTHOUSE = [sys.executable, "-c", "import sys; from posthouse.cli import main; sys.exit(main())"]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
_TOOK = re.compile(r"in \d+\.\d+s")
_TARGET = re.compile(r"^([a-z-]+):.*##", re.MULTILINE)


class Page:
    """What the blocks of one page have made so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.namespace = types.ModuleType("page")
        self.servers: dict[str, Running] = {}

    def run(self, block: Block) -> None:
        """Run one block; raises AssertionError that names its place."""
        if block.not_run or block.language in SHOWN_ONLY:
            return
        runner = _RUNNERS.get(block.language)
        assert runner, f"{block.where}: nothing runs {block.language or 'a block without language'}"
        if block.title and block.language != "diff":
            self._write(block)
        runner(self, block)

    def close(self) -> None:
        """Stop what still runs."""
        for server in self.servers.values():
            server.stop()

    def _write(self, block: Block) -> None:
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code + "\n", encoding="utf-8")


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Let Python find a page's files, and forget them afterwards."""
    known, before, here = dict(sys.modules), list(sys.path), Path.cwd()
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        sys.path[:] = before
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith(str(folder)):
                del sys.modules[name]
                if name in known:  # another file of that name, which others have imported
                    sys.modules[name] = known[name]


# --- one runner for each language


def _python(page: Page, block: Block) -> None:
    if Path(block.title).name.startswith("test_"):
        _pytest(page, block)
        return
    name = Path(block.title).stem if block.title else "page"
    module = types.ModuleType(name) if block.title else page.namespace
    if block.title:
        module.__file__ = str(page.folder / block.title)
    before = set(vars(module))
    # Line numbers in tracebacks are those of the page.
    code = compile("\n" * (block.line - 1) + block.code, str(block.page), "exec")
    exec(code, vars(module))
    for key, value in list(vars(module).items()):
        if key.startswith("test_") and key not in before and inspect.isfunction(value):
            _call(value)
    if block.title:
        sys.modules[name] = module


def _call(test: Callable[[], object]) -> None:
    result = test()
    if inspect.iscoroutine(result):
        asyncio.run(result)


def _pytest(page: Page, block: Block) -> None:
    _finished(
        page, block, f"python -m pytest -q -o asyncio_mode=auto {block.title}", expected=["..."]
    )


def _toml(page: Page, block: Block) -> None:
    tables = tomllib.loads(block.code)
    if block.title == "pyproject.toml":
        return
    path = page.folder / (block.title or "fragment.toml")
    if not block.title:
        bots = "" if "bots" in tables else '\n[bots.demo]\nmessenger = "web"\napps = ["demo"]\n'
        path.write_text(block.code + bots, encoding="utf-8")
    if not block.title.startswith("wrong"):
        load(path, environ=_Anything())


class _Anything(dict[str, str]):
    """An environment in which every secret is set."""

    def get(self, key: str, default: object = None) -> str | None:  # type: ignore[override]
        return f"value-of-{key}" if is_secret_name(key) else None


def _json(page: Page, block: Block) -> None:
    json.loads(block.code)


def _ini(page: Page, block: Block) -> None:
    parser = configparser.ConfigParser(strict=False)
    parser.read_string(block.code)


def _sh(page: Page, block: Block) -> None:
    for line in block.code.splitlines():
        command = line.partition("#")[0].strip()
        if command:
            _command(page, block, command, [])


def _console(page: Page, block: Block) -> None:
    steps: list[tuple[str, list[str]]] = []
    for line in block.code.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:].partition("  #")[0].strip(), []))
        else:
            assert steps, f"{block.where}: a console block begins with $ and a command"
            steps[-1][1].append(line)
    for command, expected in steps:
        _command(page, block, command, expected)


def _diff(page: Page, block: Block) -> None:
    """Change a file of the reader's project: lines with a + are new, those with a - go."""
    path = page.folder / block.title
    lines = block.code.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    source = path.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{block.where}: {block.title} has not these lines once"
    path.write_text(source.replace(before, after), encoding="utf-8")


def _fluent(page: Page, block: Block) -> None:
    """Read a catalogue: what cannot be read would only be left out when the bot runs."""
    found = read_folder((page.folder / block.title).parent)
    assert not [broken for file in found.values() for broken in file.broken], block.where


_RUNNERS: dict[str, Callable[[Page, Block], None]] = {
    "python": _python,
    "toml": _toml,
    "diff": _diff,
    "fluent": _fluent,
    "json": _json,
    "ini": _ini,
    "sh": _sh,
    "console": _console,
}


# --- commands


def _command(page: Page, block: Block, command: str, expected: list[str]) -> None:
    words = shlex.split(command)
    if words[0] == "make":
        targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
        wanted = {word for word in words[1:] if "=" not in word}
        assert wanted <= targets, f"{block.where}: the Makefile has no {wanted - targets}"
    elif words[0] == "cd":
        page.folder = page.folder / words[1]
        sys.path.insert(0, str(page.folder))
        os.chdir(page.folder)
    elif words[0] in ELSEWHERE or words[1:3] == ["-m", "venv"]:
        return
    elif words[:2] in (["posthouse", "run"], ["posthouse", "demo"]):
        _serving(page, block, words, expected)
    elif words[:2] == ["posthouse", "console"]:
        _talking(page, block, words, expected)
    else:
        _finished(page, block, command, expected)


def _environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
        "NO_COLOR": "1",
        # What a reader has installed, and no more.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "pytest_asyncio.plugin",
    }


def _finished(page: Page, block: Block, command: str, expected: list[str]) -> None:
    folder = page.folder
    bin_folder = folder / ".docs-bin"
    bin_folder.mkdir(exist_ok=True)
    for name, words in (("posthouse", POSTHOUSE), ("python", [sys.executable])):
        script = bin_folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    environment = _environment()
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment | {"PATH": f"{bin_folder}{os.pathsep}{environment['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    printed = done.stdout.splitlines()
    shows_failure = any(line.startswith(("✗", "posthouse: ")) for line in expected)
    assert (done.returncode != 0) is shows_failure, _said(block, command, [*printed, done.stderr])
    if expected:
        shown = printed if done.returncode == 0 else [*printed, *done.stderr.splitlines()]
        assert matches(expected, shown), _said(block, command, [*printed, done.stderr])


def _said(block: Block, command: str, printed: list[str]) -> str:
    return "\n".join([f"{block.where}: `{command}` printed", *printed])


class Running:
    """A command that goes on."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.lines: list[str] = []
        self._log = folder / "docs-log.txt"
        log = self._log.open("a")
        self._queue: Queue[str | None] = Queue()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            bufsize=1,
        )
        log.close()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._queue.put(line.rstrip())
        self._queue.put(None)

    def told(self) -> list[str]:
        """What it printed, and what it logged."""
        return [*self.lines, *self._log.read_text(encoding="utf-8").splitlines()]

    def type(self, line: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def prints(self, expected: list[str], *, shown: Callable[[str], str] = str) -> bool:
        """Whether all that it has printed will be these lines before long."""
        until = time.monotonic() + WITHIN_S
        while not matches(expected, list(map(shown, self.lines))):
            try:
                line = self._queue.get(timeout=max(until - time.monotonic(), 0.01))
            except Empty:
                return False
            if line is None:
                return False
            self.lines.append(line)
        return True

    def ends(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return self._process.wait(timeout=WITHIN_S)

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(timeout=20)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return code


def _serving(page: Page, block: Block, words: list[str], expected: list[str]) -> None:
    if words[1] in page.servers:
        assert page.servers.pop(words[1]).stop() == 0, f"{block.where}: it did not stop cleanly"
    is_stopped = expected[-1:] == ["^C"]
    expected = expected[:-1] if is_stopped else expected
    port = _free_port()
    more = ["--port", str(port)] if words[1] == "demo" else _settings_with(port, page.folder)
    server = page.servers[words[1]] = Running([*POSTHOUSE, *words[1:], *more], page.folder)
    ready = server.prints(expected or ["..."], shown=lambda line: line.replace(str(port), "8080"))
    assert ready, _said(block, shlex.join(words), server.told())
    if any("http://" in line for line in expected):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=WITHIN_S) as answer:
            assert answer.status == 200, f"{block.where}: the page is not served"
    if is_stopped:
        assert page.servers.pop(words[1]).stop() == 0, f"{block.where}: it did not stop cleanly"


def _settings_with(port: int, folder: Path) -> list[str]:
    settings = (folder / "posthouse.toml").read_text(encoding="utf-8")
    line = f"port = {port}"
    if "\nport = " in settings:
        changed = re.sub(r"^port = .*$", line, settings, flags=re.MULTILINE)
    elif "[site]" in settings:
        changed = settings.replace("[site]", f"[site]\n{line}", 1)
    else:
        changed = f"[site]\n{line}\n\n{settings}"
    (folder / "posthouse-docs.toml").write_text(changed, encoding="utf-8")
    return ["--settings", "posthouse-docs.toml"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _talking(page: Page, block: Block, words: list[str], expected: list[str]) -> None:
    console = Running([*POSTHOUSE, *words[1:]], page.folder)
    try:
        said: list[str] = []
        for line in expected:
            if not line.startswith("> "):
                said.append(line)
                continue
            assert console.prints(said), _said(block, shlex.join(words), console.told())
            console.type(line[2:])
        assert console.ends() == 0, _said(block, shlex.join(words), console.told())
    finally:
        console.stop()


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether lines are what was expected, `...` standing for anything.

    Moments, durations and the width of columns are not compared.
    """
    pattern = ""
    for line in map(_plain, expected):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(map(re.escape, line.rstrip().split("..."))) + r"\n"
    return re.fullmatch(pattern, "".join(f"{_plain(line)}\n" for line in printed)) is not None


def _plain(line: str) -> str:
    line = _MOMENT.sub("MOMENT", _TOOK.sub("in 0.1s", line))
    return re.sub(r"[ \t]+", " ", line).rstrip()


def run_page(blocks: list[Block], folder: Path) -> None:
    """Run all blocks of a page."""
    page = Page(folder)
    with inside(folder):
        try:
            for block in blocks:
                page.run(block)
        finally:
            page.close()
