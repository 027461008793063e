"""What all tests share: services that may be missing, and a loop that may not block.

How this works: a test says what it needs by a marker (`browser`, `service("chromium")`) or by the
`need` fixture. A missing service skips the test, and the end of the run lists every missing one
with its install line. Where `CI=true` is set nothing is skipped: there the test fails. The same
goes for a test that fetches something which cannot be had, by `cannot_fetch`.

The processes that tests start are not traced for coverage, which would double the time of most
for nothing; those of a test which uses the fixture `traced` are.
"""

import asyncio
import linecache
import os
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

# --- services


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program that some tests need and this project does not install by itself."""

    program: str
    install: str


SERVICES = {
    "chromium": Service(program="chromium", install="sudo make services"),
    "node": Service(program="node", install="sudo make services"),
    "npm": Service(program="npm", install="sudo make services"),
    "bench": Service(  # where other frameworks' own clients are, apart from ours
        program=str(Path(__file__).parent.parent / ".venv-bench/bin/python"),
        install="tools/venv .venv-bench bench",
    ),
}
MISSING = pytest.StashKey[Counter[str]]()
TELL = "missing services"
"""By which name a worker of xdist hands its share of them to the process that prints the end."""


def find_service(name: str) -> str | None:
    """The path of a service's program, or None where it is not installed."""
    program = SERVICES[name].program
    return shutil.which(program) or shutil.which(program, path="/usr/bin")


def require_service(name: str, config: pytest.Config) -> str:
    """The path of a service's program; skips the running test without it, in CI fails it."""
    if name not in SERVICES:
        pytest.fail(f"no service {name!r} in tests/conftest.py; known: {', '.join(SERVICES)}")
    if path := find_service(name):
        return path
    config.stash[MISSING][name] += 1
    return _go_without(f"{name} is missing, install it with: {SERVICES[name].install}")


def _go_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cannot_fetch() -> Callable[[str], NoReturn]:
    """A function that skips the running test, which got no answer of a registry; in CI it fails."""
    return _go_without


def pytest_configure(config: pytest.Config) -> None:
    """Start with nothing missing."""
    config.stash[MISSING] = Counter()
    # In debug mode, as `make test-all` runs them, asyncio notes for every callback where it was
    # made: ten frames, each with its line read from the file, which took two thirds of a test's
    # time. Three tell enough, and no file changes while tests run.
    asyncio.constants.DEBUG_STACK_DEPTH = 3
    traceback.extract_stack.__defaults__ = (None, 3)
    linecache.checkcache = lambda filename=None: None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold back a marked test whose service is missing."""
    if item.get_closest_marker("browser"):
        require_service("chromium", item.config)
    for marker in item.iter_markers("service"):
        for name in marker.args:
            require_service(name, item.config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was missing in a worker to the process that prints the end of the run."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[TELL] = dict(session.config.stash[MISSING])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what was missing in a worker that is through."""
    node.config.stash[MISSING].update(getattr(node, "workeroutput", {}).get(TELL, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell at the end what was not tested, and how to change that."""
    missing = terminalreporter.config.stash[MISSING]
    if not missing:
        return
    terminalreporter.section("missing services")
    for name, tests in sorted(missing.items()):
        terminalreporter.write_line(
            f"{name}: {tests} test(s) not run; install it with: {SERVICES[name].install}"
        )


@pytest.fixture(scope="session")
def need(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """A function that returns a service's program, or skips the test that asks."""
    return lambda name: require_service(name, pytestconfig)


@pytest.fixture(scope="session")
def chromium(need: Callable[[str], str]) -> Path:
    """The browser that pages are driven in."""
    return Path(need("chromium"))


# --- the processes that tests start

TRACES = "COVERAGE_PROCESS_CONFIG"


@pytest.fixture(scope="session", autouse=True)
def tracing() -> str | None:
    """What makes coverage follow into new processes, which none gets unless it is asked for."""
    return os.environ.pop(TRACES, None)


@pytest.fixture
def traced(tracing: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of this test count for the coverage: nothing else runs what they run."""
    if tracing is not None:
        monkeypatch.setenv(TRACES, tracing)


# --- the event loop never waits

# Where our own code may block although a loop runs in the thread: (file, functions).
MAY_BLOCK: list[tuple[str, set[str]]] = [
    # imports of heavy libraries at first use
    ("<frozen importlib._bootstrap>", {"_find_and_load"}),
    ("<frozen importlib._bootstrap_external>", {"get_code", "get_data"}),
    # coverage, when a function runs for the first time while another thread holds its data
    ("coverage/collector.py", {"lock_data"}),
    # a traceback in a log record reads source lines
    ("linecache.py", {"checkcache", "updatecache"}),
    ("logging/__init__.py", {"emit", "flush"}),
    # a site that starts reads its key and the journal, before anything runs
    ("posthouse/site.py", {"_key_ring", "_log_in", "_open_store"}),
    ("posthouse/engine/journal.py", {"__init__", "close"}),
    # a bot without words of its own reads the framework's when it first says something
    ("posthouse/words/catalogue.py", {"load"}),
    # a bot that is made reads the file of its zone
    ("posthouse/bots/bot.py", {"zone_of"}),
    # a database in memory waits for nothing
    ("posthouse/storage/memory.py", {"_write", "account", "fetch"}),
    # handing work to a thread takes a lock for an instant
    ("threading.py", {"start", "notify", "notify_all", "set"}),
    ("queue.py", {"put", "put_nowait", "get_nowait"}),
    ("concurrent/futures/thread.py", {"submit"}),
    ("asyncio/base_events.py", {"call_soon_threadsafe", "run_in_executor"}),
]


@pytest.fixture(scope="session", autouse=True)
def blocking_calls_fail() -> Iterator[BlockBuster]:
    """A call that blocks the loop, made by Posthouse itself, raises BlockingError there."""
    with blockbuster_ctx("posthouse") as blockbuster:
        for function in blockbuster.functions.values():
            for filename, names in MAY_BLOCK:
                function.can_block_in(filename, names)
        yield blockbuster
