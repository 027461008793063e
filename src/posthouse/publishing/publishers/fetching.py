"""Fetching a page over HTTP: asked for only if it changed, bounded in size and time.

aiohttp is imported with the first request, since many sites never fetch anything.
"""

import asyncio
import zlib
from collections.abc import Mapping
from importlib import import_module
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from posthouse.errors import FetchError, SetupError, SourceGoneError
from posthouse.ports.clock import Clock
from posthouse.publishing.publishers.addresses import (
    RefusedAddressError,
    host_of,
    public_socket,
    resolve_public,
)
from posthouse.publishing.publishers.caching import fresh_s, retry_after_s
from posthouse.publishing.publishers.hosts import Hosts

CONNECT_S = 10.0
CHUNK_BYTES = 64 * 1024
MOST_REDIRECTS = 5
MOST_HEADER_BYTES = 16 * 1024
PERMANENT: Final = frozenset({301, 308})
REDIRECTS: Final = PERMANENT | {302, 303, 307}
OK, NOT_MODIFIED, GONE, TOO_MANY = 200, 304, 410, 429
AGENT = "Posthouse"


class Validators(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a server gave to ask later whether its page changed."""

    url: str = ""
    """Who gave them: another address could say "not changed" about something else."""
    etag: str | None = None
    modified: str | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """How much a request may take."""

    most_bytes: int = 16 * 1024 * 1024
    within_s: float = 60.0
    """For the whole answer, however slowly it comes."""
    allow_private: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """An answer."""

    url: str
    """Where it was found in the end."""
    moved: str | None
    """The address to use from now on, when it has moved for good."""
    body: bytes | None
    """None when it has not changed."""
    kind: str
    """Content-Type as it was given."""
    validators: Validators
    fresh_s: float


class _Hop(Struct, frozen=True, kw_only=True):
    """One answer of one server."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """The HTTP client of all publishers of a site; entered before it is used."""

    def __init__(self, clock: Clock, *, hosts: Hosts | None = None) -> None:
        self._clock = clock
        self._hosts = hosts or Hosts(clock)
        self._sessions: dict[bool, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    async def get(
        self,
        url: str,
        *,
        known: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Page:
        """Fetch a page; `headers` are sent to the URL's own host only.

        Raises:
            FetchError: It cannot be had now.
            SourceGoneError: It was taken away for good.
        """
        known, limits = known or Validators(), limits or Limits()
        here, moved, is_permanent = url, None, True
        for _ in range(MOST_REDIRECTS + 1):
            host = host_of(here, allow_private=limits.allow_private)
            sent = dict(headers or {}) if _origin(here) == _origin(url) else {}
            sent |= _conditions(known) if known.url == here else {}
            async with self._hosts.one(host):
                hop = await self._hop(here, sent, limits)
            if hop.status not in REDIRECTS:
                return self._page(here, moved, hop, known)
            location = hop.headers.get("location", "")
            if not location:
                raise FetchError(f"{here} answers {hop.status} and does not say where to")
            here = urljoin(here, location)
            is_permanent = is_permanent and hop.status in PERMANENT
            moved = here if is_permanent else moved
        raise FetchError(f"{url} redirects more than {MOST_REDIRECTS} times")

    def _page(self, url: str, moved: str | None, hop: _Hop, known: Validators) -> Page:
        headers = hop.headers
        given = Validators(url=url, etag=headers.get("etag"), modified=headers.get("last-modified"))
        if hop.status == NOT_MODIFIED and known.url == url:
            # A 304 may leave out what has not changed.
            given = Validators(
                url=url, etag=given.etag or known.etag, modified=given.modified or known.modified
            )
        elif hop.status == GONE:
            raise SourceGoneError(f"{url} answers 410: it was taken away for good")
        elif hop.status != OK:
            raise FetchError(
                f"{url} answers {hop.status}",
                retry_after_s=retry_after_s(headers.get("retry-after"), now=self._clock.now()),
            )
        return Page(
            url=url,
            moved=moved,
            body=hop.body if hop.status == OK else None,
            kind=headers.get("content-type", ""),
            validators=given,
            fresh_s=fresh_s(headers.get("cache-control"), headers.get("age")),
        )

    async def _hop(self, url: str, headers: Mapping[str, str], limits: Limits) -> _Hop:
        if not self._sessions:
            await asyncio.to_thread(_load)
        session = self._session(allow_private=limits.allow_private)
        import aiohttp  # noqa: PLC0415  loaded before

        try:
            async with (
                asyncio.timeout(limits.within_s),
                session.get(url, headers=headers, allow_redirects=False) as answer,
            ):
                found = {name.lower(): value for name, value in answer.headers.items()}
                body = await _body(answer, limits) if answer.status == OK else b""
                return _Hop(status=answer.status, headers=found, body=body)
        except TimeoutError:
            raise FetchError(f"{url} has not answered whole within {limits.within_s:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            raise FetchError(_why(url, error)) from None

    def _session(self, *, allow_private: bool) -> Any:
        if (known := self._sessions.get(allow_private)) is not None:
            return known
        import aiohttp  # noqa: PLC0415  loaded before

        guarded: dict[str, Any] = {}
        if not allow_private:
            guarded = {"resolver": _resolver(), "socket_factory": public_socket}
        session = self._sessions[allow_private] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True, **guarded),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            auto_decompress=False,  # done here, where what comes out is counted
            max_line_size=MOST_HEADER_BYTES,
            max_field_size=MOST_HEADER_BYTES,
            trust_env=False,
        )
        return session


def _load() -> None:
    """Import aiohttp, which takes too long for the loop to wait."""
    try:
        import_module("aiohttp")
    except ImportError:
        raise SetupError(
            "fetching needs aiohttp, which is not installed: pip install 'posthouse[feeds]'"
        ) from None


def _resolver() -> Any:
    from aiohttp import abc  # noqa: PLC0415  loaded before

    class Resolver(abc.AbstractResolver):
        """Gives away public addresses only."""

        async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
            return [
                {
                    "hostname": host,
                    "host": address,
                    "port": to,
                    "family": kind,
                    "proto": protocol,
                    "flags": 0,
                }
                for address, to, kind, protocol in await resolve_public(host, port, family)
            ]

        async def close(self) -> None:
            """Nothing is open."""

    return Resolver()


def _conditions(known: Validators) -> dict[str, str]:
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in found.items() if value is not None}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _why(url: str, error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        inner = getattr(cause, "os_error", None)
        if isinstance(cause, RefusedAddressError):
            return str(cause)
        cause = inner or cause.__cause__
    return f"{url} cannot be fetched: {str(error) or type(error).__name__}"


async def _body(answer: Any, limits: Limits) -> bytes:
    """Read a body, unpacked and bounded."""
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise FetchError(f"{answer.url} is packed as {packing}, which was not asked for")
    unpack = None if packing in ("identity", "") else zlib.decompressobj(wbits=47)
    too_much = FetchError(
        f"{answer.url} is larger than {limits.most_bytes} bytes; most_bytes=... allows more"
    )
    found = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
        left = limits.most_bytes + 1 - len(found)
        found += chunk if unpack is None else unpack.decompress(chunk, left)
        if len(found) > limits.most_bytes:
            raise too_much
    if unpack is not None and not unpack.eof:
        raise FetchError(f"{answer.url} breaks off in the middle")
    return bytes(found)
