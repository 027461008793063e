"""HTTP to a Bot API server: one pool of connections for all bots of a process, and no token shown.

aiohttp is imported when the first bot starts, since many sites never need it.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from posthouse.adapters.telegram.api.base import InputFile
from posthouse.adapters.telegram.api.encoding import Call
from posthouse.errors import NotSentError, RejectedError, SetupError

CHUNK_BYTES: Final = 64 * 1024
FILE_CHUNK_BYTES: Final = 1024 * 1024
CONNECT_S = 10.0
"""How long a connection may take to open."""
IDLE_S = 20.0
"""Idle connections are closed after this long, before the other side does (75 s at most proxies):
a request on a connection that is just being closed may or may not have arrived."""
MOST_CONNECTIONS = 256
MOST_SETTING_UP = 16
MOST_ANSWER_BYTES = 16 * 1024 * 1024
"""The Bot API cuts its answers at about 4 MiB."""


class Reply(msgspec.Struct, frozen=True):
    """An answer as it came."""

    status: int
    body: bytes
    retry_after: str | None = None


class LostError(Exception):
    """The connection broke after the request had, or may have, left."""


class Transport:
    """Requests of all bots; opened by the first that enters, closed by the last that leaves."""

    def __init__(self) -> None:
        self._session: Any = None
        """An aiohttp.ClientSession, or None."""
        self._users = 0
        self.setting_up = asyncio.Semaphore(MOST_SETTING_UP)
        """Thousands of bots that start together tell Telegram a few at a time what they want."""

    @property
    def is_open(self) -> bool:
        """Whether anybody uses it."""
        return self._session is not None

    def enter(self) -> None:
        """Open the pool of connections, unless it is open; raises SetupError without aiohttp."""
        try:
            import aiohttp  # noqa: PLC0415  heavy, and only here
        except ImportError:
            raise SetupError(
                "Telegram needs aiohttp, which is not installed: pip install 'posthouse[telegram]'"
            ) from None

        if self._session is None:
            self.setting_up = asyncio.Semaphore(MOST_SETTING_UP)  # it belongs to one event loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, limit_per_host=MOST_CONNECTIONS, keepalive_timeout=IDLE_S
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                auto_decompress=True,
                raise_for_status=False,
            )
        self._users += 1

    async def leave(self) -> None:
        """Close the pool when nobody uses it any more."""
        self._users -= 1
        if self._users <= 0 and self._session is not None:
            session, self._session, self._users = self._session, None, 0
            await session.close()

    async def post(
        self, url: str, call: Call, *, timeout_s: float, proxy: str | None = None
    ) -> Reply:
        """Send a call and read its answer.

        Raises:
            NotSentError: No connection came about; nothing left.
            LostError: The connection broke, or took too long, once it was open.
            RejectedError: A file to upload cannot be read.
        """
        import aiohttp  # noqa: PLC0415  imported by enter() before

        session = self._opened()
        data: Any = call.body
        headers = {"Content-Type": "application/json"}
        if call.files:
            await _require(call.files.values())
            data, headers = _form(call), {}
        try:
            async with asyncio.timeout(timeout_s):
                async with session.post(
                    url, data=data, headers=headers, proxy=proxy, allow_redirects=False
                ) as response:
                    read = await response.content.read(MOST_ANSWER_BYTES)
                    while not response.content.at_eof():
                        more = await response.content.read(MOST_ANSWER_BYTES)
                        read += more
                        if len(read) > MOST_ANSWER_BYTES:
                            raise LostError("the answer is larger than any of Telegram's")
                    return Reply(response.status, read, response.headers.get("Retry-After"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(f"cannot connect ({_reason(error)})") from None
        except TimeoutError:
            raise LostError(f"no answer for {timeout_s:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise LostError(_reason(error)) from None

    @asynccontextmanager
    async def get(self, url: str, *, proxy: str | None = None) -> AsyncIterator["Download"]:
        """Open a download.

        Raises:
            NotSentError: It cannot be had now.
            RejectedError: There is no such file.
        """
        import aiohttp  # noqa: PLC0415  imported by enter() before

        try:
            async with self._opened().get(url, proxy=proxy, allow_redirects=False) as response:
                if response.status >= 500 or response.status == 429:  # noqa: PLR2004  HTTP
                    raise NotSentError(f"status {response.status}")
                if response.status != 200:  # noqa: PLR2004  HTTP
                    raise RejectedError(f"status {response.status}", code=response.status)
                yield Download(response)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise NotSentError(_reason(error)) from None

    def _opened(self) -> Any:
        if self._session is None:
            raise NotSentError("the client is not started, or was closed")
        return self._session


class Download:
    """The bytes of a file, as they arrive."""

    def __init__(self, response: Any) -> None:
        self._response = response
        length = response.headers.get("Content-Length", "")
        self.size_bytes: int | None = int(length) if length.isdecimal() else None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes piece by piece; raises NotSentError when some are missing at the end."""
        import aiohttp  # noqa: PLC0415  imported by enter() before

        try:
            async for chunk in self._response.content.iter_chunked(CHUNK_BYTES):
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise NotSentError(f"the download broke off ({_reason(error)})") from None


async def read_file(path: Path) -> AsyncIterator[bytes]:
    """Yield the bytes of a file on this machine's disk; raises OSError.

    It is closed also when a server answers before it has read all, and the rest is given up.
    """
    run = asyncio.get_running_loop().run_in_executor
    opening = run(None, path.open, "rb")
    try:
        file = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_opened)
        raise
    try:
        while chunk := await run(None, file.read, FILE_CHUNK_BYTES):
            yield chunk
    finally:
        run(None, file.close)  # not awaited: that could be cancelled too


def _close_opened(opening: "asyncio.Future[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


async def _require(files: Iterable[InputFile]) -> None:
    """Raise RejectedError before anything leaves when a file cannot be read."""
    for file in files:
        path = file.content
        if isinstance(path, Path) and not await asyncio.to_thread(os.access, path, os.R_OK):
            raise RejectedError(f"there is no file {path} that could be uploaded")


def _form(call: Call) -> Any:
    """Return parameters and files as a form."""
    import aiohttp  # noqa: PLC0415  imported by enter() before

    form = aiohttp.FormData(quote_fields=False)
    for name, value in call.fields().items():
        form.add_field(name, value)
    for name, file in call.files.items():
        content = read_file(file.content) if isinstance(file.content, Path) else file.content
        form.add_field(
            name,
            content,
            filename=file.name.replace('"', "'").replace("\r", " ").replace("\n", " "),
            content_type=file.media_type or "application/octet-stream",
        )
    return form


def _reason(error: BaseException) -> str:
    """Say what went wrong without the address, which holds the token."""
    os_error = getattr(error, "os_error", None) or error
    if isinstance(os_error, ssl.SSLError):
        return f"TLS: {os_error.reason or type(os_error).__name__}"
    if isinstance(os_error, OSError) and os_error.strerror:
        return os_error.strerror
    return type(error).__name__
