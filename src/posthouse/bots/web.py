"""The web server of a site, opened with the first bot that needs it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from posthouse.engine.supervisor import Supervisor
from posthouse.ports.adapter import Endpoint
from posthouse.server.mounts import Health, Mounts, Troubles


class Web:
    """One port for all bots that answer requests.

    Args:
        host: Where to listen.
        port: 0 for any free one.
        supervisor: Owns the server's task.
        health: What is wrong with the site.
        bots: What is wrong with single bots.
        opened: Told the address once there is one.
        listens: False where something else takes the requests and gives them to `app`.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        supervisor: Supervisor,
        health: Health,
        bots: Troubles,
        opened: Callable[[str], None],
        listens: bool,
    ) -> None:
        self._host = host
        self._port = port
        self._supervisor = supervisor
        self._health = health
        self._bots = bots
        self._opened = opened
        self._listens = listens
        self._server: Any = None
        self.app = Mounts([], health=health, bots=bots)
        """Answers requests, where no port is listened on."""
        self._held: list[Endpoint] | None = []
        """What bots answer for, until `open`."""

    async def mount(self, endpoints: Sequence[Endpoint]) -> None:
        """Answer for a bot's part; raises SetupError when another bot has its path."""
        if self._held is not None:
            self._held.extend(endpoints)
        elif not self._listens:
            self.app.add(endpoints)
        elif self._server is not None:
            self._server.mount(endpoints)
        elif endpoints:
            await self._start(endpoints)

    def unmount(self, endpoints: Iterable[Endpoint]) -> None:
        """Ask whoever comes for a bot that has left to come later."""
        if not self._listens:
            self.app.remove(list(endpoints))
        elif self._server is not None:
            self._server.unmount(list(endpoints))

    async def open(self) -> None:
        """Listen, if any bot needs it by now."""
        held, self._held = self._held, None
        if held:
            await self.mount(held)

    async def aclose(self) -> None:
        """Accept nothing more, and let running requests end."""
        server, self._server = self._server, None
        if server is not None:
            await server.aclose()

    async def _start(self, endpoints: Sequence[Endpoint]) -> None:
        from posthouse.server.server import Server  # noqa: PLC0415  many sites never need it

        server = Server(
            endpoints, host=self._host, port=self._port, health=self._health, bots=self._bots
        )
        self._server = server  # it holds the port even when it is only half started
        self._opened(await server.start())
        self._supervisor.keep("web server", server.serve)
