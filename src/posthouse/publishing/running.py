"""Publishing of a site as a whole: what the apps of its bots declare, opened, run, and closed."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any

from posthouse.engine.engine import Engine
from posthouse.ports.adapter import Endpoint
from posthouse.ports.clock import Clock
from posthouse.publishing.publishers.opening import endpoints_of, open_publishers
from posthouse.publishing.publishers.runner import Runner
from posthouse.publishing.receipts import NAME
from posthouse.publishing.service import Publishing
from posthouse.routing.router import Router


class Running:
    """The publishing of a site that runs."""

    def __init__(self, publishing: Publishing, runner: Runner, routers: Sequence[Router]) -> None:
        self.publishing = publishing
        self._runner = runner
        self._routers = routers
        for router in routers:
            router.beside.is_publishing = True

    def go(self) -> None:
        """Begin to look at sources, to plan and to send."""
        self.publishing.go()
        self._runner.go()

    def problems(self) -> list[str]:
        """Return what is wrong now, a sentence each."""
        return self._runner.problems()

    async def aclose(self) -> None:
        """Let go of all; the supervisor ends the tasks."""
        for router in self._routers:
            router.beside.is_publishing = False
        await self._runner.aclose()
        await self.publishing.aclose()


async def open_publishing(
    engine: Engine,
    clock: Clock,
    routers: Iterable[Router],
    mount: Callable[[Sequence[Endpoint]], Awaitable[None]],
) -> Running:
    """Return the publishing of a site, as its apps declare it; nothing happens before its `go`.

    Args:
        engine: Opened already.
        clock: The site's.
        routers: The apps.
        mount: Lets the site's web server answer for what is handed in and for feeds.

    Raises SetupError when a publisher cannot run, or two of something have one name.
    """
    known = list({id(each): each for each in routers}.values())
    publishing = Publishing(engine, clock=clock, supervisor=engine.supervisor)
    commands = engine.commands.known()
    async with AsyncExitStack() as undo:
        undo.callback(engine.commands.reset, commands)
        undo.callback(engine.guards.drop, NAME)  # not at a site's end, where some still leave
        undo.push_async_callback(publishing.aclose)
        for tell in _each_once(part for router in known for part in router.beside.publishing):
            tell(publishing)
        publishers = _each_once(each for router in known for each in router.beside.publishers)
        await publishing.open()
        runner = await open_publishers(publishing, publishers)
        undo.push_async_callback(runner.aclose)
        await mount(endpoints_of(publishing, runner))
        undo.pop_all()  # all of it is there
    return Running(publishing, runner, known)


def _each_once(parts: Iterable[Any]) -> Sequence[Any]:
    return list(dict.fromkeys(parts))
