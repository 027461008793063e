"""The HTTP server: uvicorn inside our own loop, with our own signals, port and end.

How this works: the socket is bound here first, so that a taken port is one sentence and port 0
tells which port it became. Uvicorn gets the bound socket; its own signal handlers, logging set-up
and lifespan are left out, because the site that owns this server has them.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Sequence
from typing import Any

from posthouse.errors import PortTakenError, SetupError
from posthouse.ports.adapter import Endpoint
from posthouse.server.mounts import Health, Mounts, Troubles
from posthouse.server.whole import protocol_of

log = logging.getLogger("posthouse.server")

FRAME_BYTES = 1024 * 1024
"""Largest WebSocket message; a longer one closes its connection with 1009."""
BACKLOG = 2048
_TICK_S = 1.0
_KEEP_ALIVE_S = 65
_WHICH_HOST = "use 127.0.0.1 for this machine only, or 0.0.0.0 for everybody"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  how people open them


class Server:
    """Serves the endpoints of a site on one port: `start`, `serve` in a task, `aclose`."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        host: str,
        port: int,
        health: Health,
        bots: Troubles = dict,
        frame_bytes: int = FRAME_BYTES,
        stop_s: float = 5.0,
    ) -> None:
        self._mounts = Mounts(endpoints, health=health, bots=bots)
        self._host = host
        self._port = port
        self._frame_bytes = frame_bytes
        self._stop_s = stop_s
        self._uvicorn: Any = None
        self._listener: socket.socket | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._serving = False
        self.url = ""
        """Where it is, once started."""

    async def start(self) -> str:
        """Take the port and accept connections; return the address people open.

        Raises PortTakenError when the port is in use, SetupError when it cannot be had at all.
        """
        listener = self._listener = await _bind(self._host, self._port)
        self._uvicorn = await asyncio.to_thread(  # importing it takes longer than a loop may wait
            _make_uvicorn, self._mounts, frame_bytes=self._frame_bytes, stop_s=self._stop_s
        )
        await self._uvicorn.on_tick(0)
        await self._uvicorn.startup(sockets=[listener])
        self.url = _url(listener)
        log.info("listening on %s", self.url)
        return self.url

    def mount(self, endpoints: Sequence[Endpoint]) -> None:
        """Answer for further endpoints; raises SetupError when a path is taken."""
        self._mounts.add(endpoints)

    def unmount(self, endpoints: Sequence[Endpoint]) -> None:
        """Answer "come later" where bots answered that have left."""
        self._mounts.remove(endpoints)

    async def serve(self) -> None:
        """Serve until `aclose`; a cancellation closes every connection at once."""
        self._serving = True
        try:
            while not self._stopping.is_set():
                await self._uvicorn.on_tick(0)
                try:
                    async with asyncio.timeout(_TICK_S):
                        await self._stopping.wait()
                except TimeoutError:
                    continue
            await self._uvicorn.shutdown(sockets=[self._listener])
        finally:
            self._cut()
            self._ended.set()

    async def aclose(self) -> None:
        """Accept nothing more, let running requests end (bounded), close the rest.

        A second call only waits.
        """
        if not self.url:
            if self._listener is not None:
                self._listener.close()
            return
        self._stopping.set()
        if not self._serving:
            await self.serve()
        await self._ended.wait()

    def _cut(self) -> None:
        for server in self._uvicorn.servers:
            server.close()
        for connection in list(self._uvicorn.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()


def _make_uvicorn(app: Mounts, *, frame_bytes: int, stop_s: float) -> Any:
    import uvicorn

    config = uvicorn.Config(
        app,
        http=protocol_of(app),
        ws="websockets-sansio",
        ws_max_size=frame_bytes,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(stop_s)),
    )
    config.load()
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    return server


async def _bind(host: str, port: int) -> socket.socket:
    family, address = await _resolve(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from None
    return listener


async def _resolve(host: str, port: int) -> tuple[int, Any]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (socket.gaierror, UnicodeError):
        raise SetupError(f"the host {host!r} is not known here; {_WHICH_HOST}") from None
    family, _, _, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    return family, address


def _refused(host: str, port: int, error: OSError) -> SetupError:
    match error.errno:
        case errno.EADDRINUSE:
            return PortTakenError(
                f"{host}:{port} is in use by another program; stop that program, or choose another "
                f"port with --port, or with port in [site]; 0 takes any free one"
            )
        case errno.EACCES:
            return SetupError(
                f"this user may not listen on port {port}; choose one above 1023, such as 8080"
            )
        case errno.EADDRNOTAVAIL:
            return SetupError(f"{host} is not an address of this machine; {_WHICH_HOST}")
    return SetupError(f"cannot listen on {host}:{port}: {error.strerror}")


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = _EVERYWHERE.get(host) or (f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
