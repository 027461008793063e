"""Other frameworks' own clients, unmodified and strict, take the simulator for Telegram."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from posthouse.testing.telegram import Simulator, picture

CLIENTS = Path(__file__).parents[3] / "clients"
TOKEN = "123:secret"

GRAMMY = "grammy@1.46.0"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def stage(sim: Simulator) -> dict[str, Any]:
    """People, chats and files that every script finds."""
    bot = sim.bot()
    ann, bo, cy = sim.person("Ann"), sim.person("Bo"), sim.person("Cy")
    group = sim.supergroup("Friends", ann, bo, bot, is_forum=True)
    group.members[bot.id] = sim.admin(group)
    old = sim.group("Old friends", ann, bot)
    cy.person.blocked.add(bot.id)
    sim.faults.add("too_many", method="sendMessage", chat_id="-777", retry_after_s=7)
    return {
        "ann": ann.id,
        "bo": bo.id,
        "stopped": cy.id,
        "stranger": sim.person("Di", has_started=False).id,
        "group": group.id,
        "channel": sim.channel("News", ann, bot).id,
        "old": old.id,
        "new": sim.upgrade(old).id,
        "busy": -777,
        "picture": picture(320, 200).hex(),
    }


@asynccontextmanager
async def script(
    name: str, sim: Simulator, program: str, folder: Path = CLIENTS
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A client's script, running beside the simulator; it has to end well."""
    process = await asyncio.create_subprocess_exec(
        program,
        str(CLIENTS / name),
        sim.base_url,
        TOKEN,
        json.dumps(stage(sim)),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()[-3000:]
    assert b"done" in out


async def until_polling(process: asyncio.subprocess.Process) -> None:
    """Wait until a script has begun to receive updates."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line.strip() == b"polling":
            return
    assert process.stderr is not None
    pytest.fail((await process.stderr.read()).decode()[-3000:])


async def talk(sim: Simulator) -> None:
    """What a person does with a bot that echoes."""
    ann = sim.person("Ann")
    await ann.says("tea")
    await ann.waits_for("you said tea")
    query = await ann.presses("More")
    await ann.waits_for("more it is")
    await ann.until(lambda: query.answer is not None, what="the answer to the press")
    assert query.answer is not None
    assert query.answer["text"] == "done"
    await ann.sends_photo(width=800, height=600)
    await ann.waits_for("photo 800")
    await ann.edits("cake", old="tea")
    await ann.waits_for("you changed it to cake")
    await ann.blocks()


@pytest.mark.parametrize("name", ["aiogram_script.py", "ptb_script.py"])
async def test_a_foreign_client_talks_through_polling(
    name: str, need: Callable[[str], str]
) -> None:
    """It sends, edits, uploads, is refused as on Telegram, and serves a person by polling."""
    async with Simulator(bots=[TOKEN]) as sim, script(name, sim, need("bench")) as process:
        await until_polling(process)
        await talk(sim)


@pytest.mark.parametrize("name", ["aiogram_webhook.py", "ptb_webhook.py"])
async def test_a_foreign_server_talks_through_its_webhook(
    name: str, need: Callable[[str], str]
) -> None:
    """Its webhook server takes what is posted, checks the secret, and serves a person."""
    async with Simulator(bots=[TOKEN]) as sim, script(name, sim, need("bench")) as process:
        await until_polling(process)
        await talk(sim)
    assert {status for _, status in sim.posts()} == {200}


@pytest.fixture(scope="module")
def grammy(
    need: Callable[[str], str],
    cannot_fetch: Callable[[str], NoReturn],
    pytestconfig: pytest.Config,
) -> Path:
    """A folder in which grammY is installed."""
    npm = need("npm")
    folder = pytestconfig.rootpath / ".build" / "grammy"
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--silent", GRAMMY]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    if done.returncode:
        cannot_fetch(f"npm cannot install {GRAMMY}: {done.stderr.decode()[-300:]}")
    return folder


async def test_grammy_talks_through_polling(grammy: Path, need: Callable[[str], str]) -> None:
    """A client in another language, with another idea of what an answer may hold."""
    async with (
        Simulator(bots=[TOKEN]) as sim,
        script("grammy_script.mjs", sim, need("node"), grammy) as process,
    ):
        await until_polling(process)
        await talk(sim)
