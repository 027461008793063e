"""The README's lines about Telegram, word for word, but for the port."""

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BIN = Path(sys.executable).parent
PATIENCE_S = 30.0


def block(section: str, title: str) -> str:
    """Return the block of a section that has a title."""
    found = re.search(
        rf"## {re.escape(section)}\n.*?```\w+ title=\"{re.escape(title)}\"\n(.*?)```",
        README.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert found is not None, f"README has no {title} in {section!r}"
    return found[1]


def commands() -> list[str]:
    """Return what the section says to type, in order."""
    section = README.read_text(encoding="utf-8").split("## The same bot on Telegram")[1]
    return re.findall(r"^\$ (.+)$", section.split("\n## ")[0], re.MULTILINE)


def free_port() -> str:
    """Return a port of the loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def read_until(process: asyncio.subprocess.Process, words: str) -> str:
    """Read what a program prints until it says something."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE_S):
        while words not in said:
            line = await process.stdout.readline()
            assert line, f"it ended and had said: {said}"
            said += line.decode()
    return said


async def test_the_echo_bot_answers_on_the_simulator(tmp_path: Path) -> None:
    """The simulator first, then the bot; a person writes to it in the simulator's terminal."""
    port = free_port()
    (tmp_path / "bot.py").write_text(block("A bot in five lines", "bot.py"))
    settings = block("The same bot on Telegram", "posthouse.toml")
    (tmp_path / "posthouse.toml").write_text(settings.replace("8081", port))
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    simulate, run = (line.replace("8081", port) for line in commands())
    pipe = asyncio.subprocess.PIPE
    running: list[asyncio.subprocess.Process] = []
    try:
        for line in (simulate, run):
            process = await asyncio.create_subprocess_shell(
                f"exec env {line}",
                cwd=tmp_path,
                env=environment,
                stdin=pipe,
                stdout=pipe,
                stderr=asyncio.subprocess.STDOUT,
            )
            running.append(process)
            await read_until(process, "127.0.0.1" if line is simulate else "Running: hello")
        telegram = running[0]
        assert telegram.stdin is not None
        telegram.stdin.write(b"tea\n")
        await telegram.stdin.drain()
        assert "You said: tea" in await read_until(telegram, "You said: tea")
    finally:
        for process in reversed(running):
            if process.returncode is None:
                process.terminate()
                await process.communicate()
