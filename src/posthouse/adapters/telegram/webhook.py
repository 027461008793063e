"""Webhooks of all bots on one path: whole requests below ASGI, or a raw ASGI application.

Every bot has a path of its own, and a secret that Telegram repeats in a header. A request is
answered when its update is durable; what cannot be taken now is refused with 503, which Telegram
repeats. A path that is not known is refused the same way and never with 404 or 410: a bot may be
just about to start.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any, Final, NamedTuple, Protocol

from posthouse.errors import OverloadedError
from posthouse.ports.adapter import Exchange, Rider, Settled

log = logging.getLogger("posthouse.telegram")

PATH: Final = "/telegram"
SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"
MOST_BYTES: Final = 1024 * 1024
"""Longest body; Telegram keeps an update under 512 KiB."""
RETRY_AFTER_S: Final = b"5"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Request:
    """One open request: what can be answered in it, and when."""

    __slots__ = ("_receive", "done", "reply")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.done: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        self.reply = b""
        """A call that rides in the answer, as JSON."""

    def carry(self, body: bytes) -> None:
        """Let a call ride in the answer."""
        self.reply = body

    @property
    def is_open(self) -> bool:
        """Whether Telegram still waits for the answer."""
        if self.done.done():
            return False
        # The next event is taken only if it is there already: nothing waits, so no task is needed.
        asking = self._receive()
        try:
            asking.send(None)
        except StopIteration as event:
            return bool(event.value["type"] != "http.disconnect")
        finally:
            asking.close()
        return True

    def settled(self, how: Settled) -> None:
        """Let the request be answered."""
        if not self.done.done():
            self.done.set_result(how)


class WholeRequest:
    """One open request that came whole, below ASGI."""

    __slots__ = ("_exchange", "_is_settled", "_loop", "_reply")

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._is_settled = False
        self._loop = asyncio.get_running_loop()
        self._reply = b""

    def carry(self, body: bytes) -> None:
        """Let a call ride in the answer."""
        self._reply = body

    @property
    def is_open(self) -> bool:
        """Whether Telegram still waits for the answer."""
        return not self._is_settled and self._exchange.is_open

    def settled(self, how: Settled) -> None:
        """Let the request be answered."""
        if not self._is_settled:
            self._is_settled = True
            # A call may be let ride right after this.
            self._loop.call_soon(self._answer)

    def _answer(self) -> None:
        if self._reply:
            self._exchange.answer(200, self._reply, _JSON)
        else:
            self._exchange.answer(200, b"")


class OpenRequest(Rider, Protocol):
    """A request that is answered when its update is settled."""

    def settled(self, how: Settled) -> None:
        """Let the request be answered."""


class Taker(Protocol):
    """A bot that takes updates from its webhook."""

    secret: bytes

    def take_request(self, body: bytes, request: OpenRequest) -> None:
        """Give an update its place; raises OverloadedError."""


class Refusal(NamedTuple):
    """Why a request is not taken."""

    status: int
    why: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


_JSON: Final = (b"content-type", b"application/json")
_LATER: Final = ((b"retry-after", RETRY_AFTER_S),)
_NO_BOT: Final = Refusal(503, b"no such bot runs here now", _LATER)
_OVERLOADED: Final = Refusal(503, b"try later", _LATER)
_WRONG_SECRET: Final = Refusal(401, b"wrong secret")
_NO_JSON: Final = Refusal(415, b"an update is application/json")


class Webhooks:
    """Hands every request to the bot whose path it is."""

    def __init__(self) -> None:
        self._bots: dict[str, Taker] = {}

    def add(self, number: str, bot: Taker) -> None:
        """Take updates for a bot, under its number."""
        self._bots[number] = bot

    def remove(self, number: str, bot: Taker) -> None:
        """Take no more updates for a bot."""
        if self._bots.get(number) is bot:
            del self._bots[number]

    def take(
        self, path: str, headers: Mapping[bytes, bytes], body: bytes, exchange: Exchange
    ) -> None:
        """Take one request that came whole."""
        bot = self._bot_for(path, headers)
        if not isinstance(bot, Refusal):
            try:
                bot.take_request(body, WholeRequest(exchange))
            except OverloadedError as error:
                log.warning("an update is refused for now: %s", error)
                bot = _OVERLOADED
            else:
                return
        exchange.answer(bot.status, bot.why, *bot.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        if scope["method"] != "POST":
            await _answer(send, 405, b"a webhook takes POST", (b"allow", b"POST"))
            return
        path: str = scope["path"]
        below = path[len(scope.get("root_path", "")) :]
        bot = self._bot_for(below, dict(scope["headers"]))
        if isinstance(bot, Refusal):
            await _answer(send, bot.status, bot.why, *bot.headers)
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, 413, b"larger than any update", (b"connection", b"close"))
            return
        await _take(bot, body, receive, send)

    def _bot_for(self, path: str, headers: Mapping[bytes, bytes]) -> Taker | Refusal:
        bot = self._bots.get(path.strip("/"))
        if bot is None:
            return _NO_BOT
        if not hmac.compare_digest(headers.get(SECRET_HEADER, b""), bot.secret):
            return _WRONG_SECRET
        if not headers.get(b"content-type", b"").lower().startswith(b"application/json"):
            return _NO_JSON
        return bot


WEBHOOKS = Webhooks()
"""Those of all bots of the process."""


async def _take(bot: Taker, body: bytes, receive: Receive, send: Send) -> None:
    request = Request(receive)
    try:
        bot.take_request(body, request)
    except OverloadedError as error:
        log.warning("an update is refused for now: %s", error)
        await _answer(send, _OVERLOADED.status, _OVERLOADED.why, *_OVERLOADED.headers)
        return
    if not request.done.done():
        await request.done
    if request.reply:
        await _answer(send, 200, request.reply, _JSON)
    else:
        await _answer(send, 200, b"")


async def _body(receive: Receive) -> bytes | None:
    """Return the body, or None when it is too long."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
    return body if len(body) <= MOST_BYTES else None


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})
