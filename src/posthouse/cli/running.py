"""`run`, `demo` and `console`: the commands that go on until they are stopped."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import replace

from posthouse.adapters.console import ConsoleAdapter
from posthouse.cli.opening import (
    DEFAULT,
    BotOption,
    SettingsOption,
    chosen,
    open_settings,
    open_site,
)
from posthouse.cli.output import current
from posthouse.demo.site import demo_site
from posthouse.errors import SetupError
from posthouse.settings.building import build
from posthouse.site import Site

QUIET_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.005
_CALM_LOOKS = 2
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(*, settings: SettingsOption = DEFAULT) -> None:
    """Run the site of this folder until Ctrl-C.

    Stopping finishes what runs and keeps what waits; a second Ctrl-C does not wait.
    """
    site, read = open_site(settings)
    current.get().log(read.site.log)
    site.run(ready=_say_ready)


def demo(
    *,
    port: Annotated[int, Parameter(help="Where the page is served; 0 takes any free port.")] = 8080,
    host: Annotated[str, Parameter(help="0.0.0.0 lets other machines in.")] = "127.0.0.1",
    folder: Annotated[Path, Parameter(help="Where the demo keeps its database and files.")] = Path(
        ".posthouse-demo"
    ),
) -> None:
    """Serve the town board and a tea shop on chat pages until Ctrl-C."""
    current.get().log("warning")
    site = demo_site(folder, host=host, port=port)
    site.run(ready=_say_demo)


def console(*, bot: BotOption = None, settings: SettingsOption = DEFAULT) -> None:
    """Talk to a bot of the site in this terminal; its buttons are numbers.

    The bot runs here, without its own messenger, and remembers you in the site's database. Input
    from a pipe works too; the command ends when everything was answered.
    """
    read, mistakes = open_settings(settings)
    mistakes.raise_any()
    found = chosen(read, bot)
    options = dict(found.options) if found.messenger == "console" else {}
    talking = replace(found, messenger="console", options=options)
    current.get().log("warning")
    asyncio.run(_talk(build(replace(read, bots=(talking,)))))


async def _talk(site: Site) -> None:
    adapter = site.bots[0].adapter
    if not isinstance(adapter, ConsoleAdapter):
        raise SetupError("another package has taken the messenger name console; uninstall it")
    ended = asyncio.Event()
    adapter.on_end = ended.set
    adapter.pause = lambda: _quiet(site)
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
        for name in _STOP_SIGNALS:
            loop.add_signal_handler(name, ended.set)
    async with site.start():
        await ended.wait()


async def _quiet(site: Site) -> None:
    """Wait until every update was handled and every delivery left, or give up after a while."""
    calm = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUIET_WITHIN_S):
            while calm < _CALM_LOOKS:
                counters = site.counters
                is_calm = not counters["unsettled"] and not counters["waiting"]
                calm = calm + 1 if is_calm else 0
                await asyncio.sleep(_LOOK_EVERY_S)


def _say_ready(site: Site) -> None:
    output = current.get()
    for url in site.urls:
        output.say(f"Posthouse is at {url}", style="bold")
    bots = ", ".join(f"{bot.name} ({bot.messenger})" for bot in site.bots)
    output.say(f"Running: {bots}. Ctrl-C stops it; nothing is lost.")


def _say_demo(site: Site) -> None:
    output = current.get()
    for url in site.urls:
        output.say(f"Posthouse is at {url}", style="bold")
    for bot in site.bots:
        output.say(f"  {bot.title}: {site.urls[0]}{bot.settings.get('path', '')}")
    output.say("Open one in a browser; two windows of it are two persons.")
    output.say("Ctrl-C stops it. Nothing is lost: start it again and go on.")
