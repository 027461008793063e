"""The simulator itself: a Telegram of one's own on a port of this machine."""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Self

from posthouse.errors import PortTakenError, SetupError
from posthouse.ports.clock import Clock, SystemClock
from posthouse.testing.telegram.api import Api
from posthouse.testing.telegram.control import Controls
from posthouse.testing.telegram.doing import Stage
from posthouse.testing.telegram.faults import Faults
from posthouse.testing.telegram.flood import Flood
from posthouse.testing.telegram.front import TRANSPORT, Front
from posthouse.testing.telegram.journal import Journal
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.specification import load
from posthouse.testing.telegram.state import Bot, Chat, Member
from posthouse.testing.telegram.webhooks import Poster
from posthouse.testing.telegram.world import World

log = logging.getLogger("posthouse.testing.telegram")

_TICK_S = 0.5
_STOP_S = 5.0
_BACKLOG = 512


class Simulator:
    """A Bot API server over real HTTP, for any client in any language.

    ```python
    async with Simulator(bots=["123:secret"]) as sim:
        ann = sim.person("Ann")
        ...  # start a bot with the address sim.base_url and the token 123:secret
        await ann.says("hi")
        await ann.waits_for("hello")
    ```

    Args:
        bots: Tokens of bots, such as `123:secret`; the number before the colon is the bot's id.
        clock: Where time comes from; a `FakeClock` stands still until the test lets time pass.
        port: 0 takes any free one.
        is_strict: Whether parameters the Bot API does not have, or not of that type, are refused;
            the real server passes over them.
        seed: Decides the numbers of the first updates.
    """

    def __init__(
        self,
        bots: Iterable[str] = ("100:simulated",),
        *,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        is_strict: bool = True,
        seed: int = 1,
    ) -> None:
        self.world = World(clock or SystemClock())
        self._random = random.Random(seed)  # noqa: S311  decides numbers of updates, no secret
        self.faults = Faults()
        self._api = Api(self.world, is_strict=is_strict)
        self._stage = Stage(self.world)
        self._posters: dict[int, Poster] = {}
        self._host, self._port = host, port
        self._group: asyncio.TaskGroup | None = None
        self._running: list[asyncio.Task[None]] = []
        self._uvicorn: Any = None
        self.base_url = ""
        """Where the server is, once started, without the `/bot` that follows."""
        for token in bots:
            self.add_bot(token)

    # --- the server

    async def __aenter__(self) -> Self:
        listener = _listen(self._host, self._port)
        controls = Controls(self._stage, self.faults, self._api)
        front = Front(self._api, self.faults, controls)
        self._uvicorn = await asyncio.to_thread(_make_uvicorn, front)
        await self._uvicorn.on_tick(0)
        await self._uvicorn.startup(sockets=[listener])
        host, port = listener.getsockname()[:2]
        self.base_url = f"http://{host}:{port}"
        self._group = await asyncio.TaskGroup().__aenter__()
        self._running.append(self._group.create_task(self._tick()))
        for poster in self._posters.values():
            self._running.append(self._group.create_task(poster.run()))
        log.info("a pretended Telegram listens on %s", self.base_url)
        return self

    async def __aexit__(self, *_: object) -> None:
        for queue in self.world.queues.values():
            queue.end_wait("closing")
        self.faults.release()
        for task in self._running:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            if self._group is not None:
                await self._group.__aexit__(None, None, None)
        for server in self._uvicorn.servers:
            server.close()
        for connection in list(self._uvicorn.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await self._uvicorn.shutdown()

    async def _tick(self) -> None:
        """Keep the Date header of answers right."""
        while True:
            await self._uvicorn.on_tick(0)
            await asyncio.sleep(_TICK_S)

    # --- who and where

    def add_bot(
        self, token: str, *, name: str = "", username: str = "", has_privacy: bool = True
    ) -> Bot:
        """Let a bot in.

        Args:
            has_privacy: Whether in groups it sees only commands and answers to it, as bots do
                until their owner changes that.
        """
        number, colon, secret = token.partition(":")
        if not number.isdecimal() or not colon or not secret:
            raise SetupError(
                f"{token!r} is no token of a bot: it has to be a number, a colon and a secret, "
                f"such as 123:secret"
            )
        user = {
            "id": int(number),
            "is_bot": True,
            "first_name": name or f"Bot {number}",
            "username": username or f"sim{number}_bot",
        }
        bot = Bot(user, token, has_privacy=has_privacy)
        self.world.add_bot(bot, first_update_id=self._random.randrange(1, 10**9))
        poster = self._posters[bot.id] = Poster(self._api, self.faults, bot)
        if self._group is not None:
            self._running.append(self._group.create_task(poster.run()))
        return bot

    def bot(self, token: str = "") -> Bot:
        """The bot with a token; the first without one."""
        if not token:
            return next(iter(self.world.bots.values()))
        return self._api.bot(token)

    def person(
        self, name: str, *, id: int | None = None, has_started: bool = True, **details: Any
    ) -> SimPerson:
        """Somebody by name, in a private chat with the first bot; a new name is a new person.

        Args:
            has_started: Whether bots may write first; on Telegram they may not.
            details: More fields of the User, as `username="ann"`.
        """
        person = self._stage.find(name, person_id=id, has_started=has_started, **details)
        return SimPerson(person, self.world.private(self.bot(), person), self._stage)

    def group(self, title: str, *members: SimPerson | Bot, **details: Any) -> Chat:
        """Found a group; the first person is its creator."""
        return self._found("group", title, members, details)

    def supergroup(self, title: str, *members: SimPerson | Bot, **details: Any) -> Chat:
        """Found a supergroup; the first person is its creator. `is_forum=True` gives it topics."""
        return self._found("supergroup", title, members, details)

    def channel(self, title: str, *members: SimPerson | Bot, **details: Any) -> Chat:
        """Found a channel; its bots are administrators, its first person the creator."""
        return self._found("channel", title, members, details)

    def discuss(self, channel: Chat, group: Chat) -> None:
        """Have a channel's posts forwarded into a supergroup and discussed there."""
        self._stage.link(channel, group)

    def upgrade(self, group: Chat) -> Chat:
        """Make a group a supergroup, as its creator does."""
        creator = next(key for key, one in group.members.items() if one.status == "creator")
        return self.world.upgrade(group, self.world.people[creator])

    def admin(self, chat: Chat, **rights: bool) -> Member:
        """How an administrator stands in a chat: with all rights but those said to be false."""
        return self._stage.admin(chat, **rights)

    def _found(
        self, kind: str, title: str, members: Iterable[SimPerson | Bot], details: dict[str, Any]
    ) -> Chat:
        accounts = [one if isinstance(one, Bot) else one.person for one in members]
        return self._stage.chat(kind, title, accounts, **details)

    # --- for tests

    async def until(
        self, is_so: Callable[[], bool], *, what: str = "it", within_s: float = 10.0
    ) -> None:
        """Wait until something is so that calls, people or posts change, as `sim.journal` does.

        An AssertionError when it takes too long.
        """
        try:
            async with asyncio.timeout(within_s):
                await self.world.until(is_so)
        except TimeoutError:
            calls = ", ".join(self.journal.methods()[-10:]) or "none"
            raise AssertionError(
                f"waited {within_s:g} s in vain for {what}; the last calls: {calls}"
            ) from None

    @property
    def journal(self) -> Journal:
        """Every request so far."""
        return self._api.journal

    @property
    def flood(self) -> Flood:
        """The limits on how often bots may write; off at first."""
        return self._api.flood

    @property
    def clock(self) -> Clock:
        """Where time comes from."""
        return self.world.clock

    def posts(self, bot: Bot | None = None) -> list[tuple[int, int]]:
        """Every attempt to post an update to a bot's webhook: its number and the status."""
        return self._posters[(bot or self.bot()).id].posts


def _listen(host: str, port: int) -> socket.socket:
    # Said to be TCP, or asyncio does not turn Nagle off and every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"the simulator cannot listen on {host}:{port}: {error.strerror}; stop the program "
            f"that uses the port, or choose another with --port; 0 takes any free one"
        ) from None
    return listener


def _make_uvicorn(front: Front) -> Any:
    import uvicorn

    load()  # both read files, which a loop may not wait for
    import_module("aiohttp")
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Protocol(HttpToolsProtocol):
        """Tells the application which connection it is on."""

        def on_message_begin(self) -> None:
            """Put the connection into the scope."""
            super().on_message_begin()
            scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # one key more
            scope[TRANSPORT] = self.transport

    config = uvicorn.Config(
        front,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    config.load()
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    return server
