"""`simulate`: a Telegram on this machine, for bots under test."""

import asyncio
import contextlib
import re
import signal
import sys
from typing import Annotated

from cyclopts import Parameter

from posthouse.cli.output import current
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.server import Simulator

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BUTTON = re.compile(r"\[(.+)\]")


def simulate(
    *,
    port: Annotated[int, Parameter(help="Where it listens; 0 takes any free port.")] = 0,
    host: Annotated[str, Parameter(help="0.0.0.0 lets other machines in.")] = "127.0.0.1",
    bot: Annotated[
        tuple[str, ...],
        Parameter(name=["--bot", "-b"], help="The token of a bot; may be repeated.", negative=""),
    ] = ("100:simulated",),
    person: Annotated[
        tuple[int, ...],
        Parameter(help="The id of a person; you type for the first one.", negative=""),
    ] = (),
    lenient: Annotated[
        bool, Parameter(negative="", help="Take wrong parameters as the real server does.")
    ] = False,
    flood: Annotated[
        bool, Parameter(negative="", help="Refuse bots that write too often.")
    ] = False,
) -> None:
    """Be a Telegram for bots under test, until Ctrl-C."""
    simulator = Simulator(bot, host=host, port=port, is_strict=not lenient)
    simulator.flood.is_on = flood
    asyncio.run(_serve(simulator, person))


async def _serve(simulator: Simulator, ids: tuple[int, ...]) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
        for name in _STOP_SIGNALS:
            loop.add_signal_handler(name, ended.set)
    async with simulator, asyncio.TaskGroup() as group:
        current.get().say(simulator.base_url)
        people = [simulator.person(f"Person {one}", id=one) for one in ids]
        tasks = []
        if people:
            tasks.append(group.create_task(_show(people[0])))
            tasks.append(group.create_task(_type(people[0])))
        await ended.wait()
        for task in tasks:
            task.cancel()


async def _type(person: SimPerson) -> None:
    """Say what is typed; what is in brackets is pressed."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (ValueError, OSError):
        return  # standard input is a file or nothing: nobody types
    while line := (await reader.readline()).decode(errors="replace"):
        words = line.strip()
        try:
            if label := _BUTTON.fullmatch(words):
                await person.presses(label[1])
            elif words:
                await person.says(words)
        except AssertionError as error:
            current.get().problem(str(error).splitlines()[0])


async def _show(person: SimPerson) -> None:
    """Print what others write and change, each once."""
    shown: set[tuple[int, int]] = set()
    world = person.world
    while True:
        for message in person.screen:
            if message.author == person.id or (message.id, message.stamp) in shown:
                continue
            shown.add((message.id, message.stamp))
            rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
            labels = [f"[{button['text']}]" for row in rows for button in row]
            what = message.content or " ".join(message.kinds)
            current.get().say(
                " ".join([f"{world.user(message.author)['first_name']}: {what}", *labels])
            )
        await world.next_change()
