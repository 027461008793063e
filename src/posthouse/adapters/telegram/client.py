"""The Bot API for one bot: every method, typed, with errors that say what can be done."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from posthouse.adapters.telegram.api.base import TelegramMethod
from posthouse.adapters.telegram.api.calls import Calls
from posthouse.adapters.telegram.api.codec import decode_result
from posthouse.adapters.telegram.api.encoding import Call, encode_call
from posthouse.adapters.telegram.api.methods import GetFile
from posthouse.adapters.telegram.api.specification import specification
from posthouse.adapters.telegram.failures import is_repeatable, read_answer, unknown
from posthouse.adapters.telegram.rates import Rates
from posthouse.adapters.telegram.transport import LostError, Transport, read_file
from posthouse.errors import DecodeError, NotSentError, OutcomeUnknownError, RejectedError
from posthouse.model.secret import Secret
from posthouse.ports.clock import Clock, SystemClock

T = TypeVar("T")

OFFICIAL: Final = "https://api.telegram.org"
CALL_S = 30.0
"""How long a call without files may take."""
UPLOAD_S = 600.0
"""How long a call with files may take."""
TRIES = 5
"""Of a call outside the outbox that may be repeated."""
LONGEST_WAIT_S = 60.0
"""A call outside the outbox that is asked to wait longer raises instead."""

TRANSPORT = Transport()
"""Shared by all bots of the process."""

specification()  # read now: the first answer would read it in the middle of everything else


class TelegramClient(Calls):
    """Calls the Bot API as one bot.

    `await client.send_message(chat_id=1, text="hi")` returns what sendMessage returns, typed;
    so does `await client.call(SendMessage(chat_id=1, text="hi"))`, and takes a time limit too.
    A handler that wants a message to be sent exactly when its turn commits returns it or uses
    `turn.send`; calls are for reading, and for what has no other way.

    Args:
        token: The bot's token.
        base_url: Another server than Telegram's own, such as one run with `--local`.
        test: Use Telegram's test environment.
        proxy: Address of an HTTP proxy.
        local: The server runs with `--local`: files it serves are read from this machine's disk.
        rates: How often it may call; None for no limits.
        clock: For tests.
    """

    def __init__(
        self,
        token: Secret | str,
        *,
        base_url: str = OFFICIAL,
        test: bool = False,
        proxy: str | None = None,
        local: bool = False,
        rates: Rates | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._token = token if isinstance(token, Secret) else Secret(token)
        self._base_url = base_url.rstrip("/")
        self._test = "/test" if test else ""
        self._proxy = proxy
        self._local = local
        self._rates = rates
        self.clock = clock or SystemClock()
        self.is_started = False

    def __repr__(self) -> str:
        return f"<TelegramClient of bot {self._token.reveal().partition(':')[0]}>"

    async def __aenter__(self) -> "TelegramClient":
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def start(self) -> None:
        """Be ready for calls; a second call does nothing."""
        if not self.is_started:
            self.is_started = True
            TRANSPORT.enter()

    async def aclose(self) -> None:
        """Let go of the connections; a second call does nothing."""
        if self.is_started:
            self.is_started = False
            await TRANSPORT.leave()

    async def call(self, method: TelegramMethod[T], *, timeout_s: float | None = None) -> T:
        """Call a method and return its result, within the bot's rates.

        What may be repeated without harm is, a few times; so is whatever Telegram asks to repeat
        within a minute.

        Args:
            method: What to call.
            timeout_s: How long one try may take, in seconds.

        Raises:
            RejectedError: Telegram refused it; UnreachableError and MovedError say more.
            NotSentError: It was not carried out; try later.
            OutcomeUnknownError: Nobody knows whether it was carried out.
            TokenError: The token is not accepted.
            DecodeError: The answer is not what the method returns.
        """
        for attempt in range(1, TRIES + 1):
            if self._rates is not None:
                await self._rates.pass_through(method, self.clock)
            try:
                return await self.try_once(method, timeout_s=timeout_s)
            except NotSentError as error:
                wait_s = error.retry_after_s
                if wait_s is not None and self._rates is not None:
                    self._rates.refused(method, wait_s)
                if attempt == TRIES or (wait_s or 0.0) > LONGEST_WAIT_S:
                    raise
                if wait_s is None:
                    wait_s = random.uniform(0.2, 1.0) * 2 ** (attempt - 1)  # noqa: S311  no secret
                await self.clock.sleep(wait_s)
        raise AssertionError("unreachable: the last try returns or raises")

    async def try_once(self, method: TelegramMethod[T], *, timeout_s: float | None = None) -> T:
        """Call a method once, without regard to rates; raises as `call` does."""
        name = method.api_name
        raw = await self.raw_call(encode_call(method), timeout_s=timeout_s)
        try:
            return decode_result(type(method), raw)
        except DecodeError as error:
            if is_repeatable(name):
                raise DecodeError(f"{name}: {error}") from None
            raise OutcomeUnknownError(f"{name} was carried out, but: {error}") from None

    async def raw_call(self, call: Call, *, timeout_s: float | None = None) -> bytes:
        """Make an encoded call once and return its result as JSON; raises as `call` does."""
        name = call.method
        timeout_s = timeout_s or (UPLOAD_S if call.files else CALL_S)
        url = f"{self._base_url}/bot{quote(self._token.reveal(), safe=':')}{self._test}/{name}"
        try:
            answer = await TRANSPORT.post(url, call, timeout_s=timeout_s, proxy=self._proxy)
        except LostError as error:
            raise unknown(name, str(error)) from None
        except NotSentError as error:
            raise NotSentError(f"{name}: {error}") from None
        except RejectedError as error:
            raise RejectedError(f"{name}: {error}") from None
        return bytes(read_answer(name, answer.status, answer.body, retry_after=answer.retry_after))

    async def download(self, file_id: str) -> AsyncIterator[bytes]:
        """Yield a file's bytes piece by piece.

        Args:
            file_id: As Telegram names it for this bot; 20 MiB at most, unless the server is a local
                one.

        Raises:
            RejectedError: There is no such file, or it is too large.
            NotSentError: It cannot be had now.
        """
        file = await self.call(GetFile(file_id=file_id))
        path = file.file_path
        if path is None:
            raise RejectedError(f"getFile: Telegram has no path for file {file_id!r}")
        if self._local and path.startswith("/"):
            async for chunk in _read(Path(path)):
                yield chunk
            return
        url = (
            f"{self._base_url}/file/bot{quote(self._token.reveal(), safe=':')}{self._test}"
            f"/{quote(path)}"
        )
        try:
            async with TRANSPORT.get(url, proxy=self._proxy) as opened:
                got = 0
                async for chunk in opened.chunks():
                    got += len(chunk)
                    yield chunk
        except RejectedError as error:
            raise RejectedError(f"download of {path}: {error}", code=error.code) from None
        except NotSentError as error:
            raise NotSentError(f"download of {path}: {error}") from None
        if opened.size_bytes is not None and got != opened.size_bytes:
            raise NotSentError(f"download of {path}: {got} of {opened.size_bytes} bytes came")


async def _read(path: Path) -> AsyncIterator[bytes]:
    """Yield the bytes of a file that a local server keeps."""
    try:
        async for chunk in read_file(path):
            yield chunk
    except OSError as error:
        raise RejectedError(
            f"the server keeps the file at {path}, which cannot be read here ({error.strerror}); "
            f"a local server must share its disk with the site"
        ) from None
