"""The web side: page, static files, persons, uploads, downloads, socket; see wire.py."""

import logging
from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from posthouse.adapters.web.archive import FileRow
from posthouse.adapters.web.files import Cellar, EmptyFileError, TooLargeError, clean_name
from posthouse.adapters.web.hub import RESTART, Connection
from posthouse.adapters.web.languages import languages_of
from posthouse.adapters.web.office import Office
from posthouse.adapters.web.session import Session
from posthouse.adapters.web.shelf import Shelf
from posthouse.errors import PayloadError, StoreUnavailableError
from posthouse.model.media import guessed_mime
from posthouse.model.pictures import INLINE, picture
from posthouse.ports.adapter import Visit

log = logging.getLogger("posthouse.web")

PURPOSE = "web-person"
COOKIE_DAYS = 400
NOBODY = 4401
FORBIDDEN = 4403

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Named(Struct, frozen=True):
    """Body of `POST person`."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]


class Pages:
    """Answers HTTP and WebSocket requests of one bot."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._cookie = f"posthouse_{''.join(c if c.isalnum() else '_' for c in office.host.bot)}"
        self._shelf = Shelf()
        most = office.settings.max_upload_bytes
        self._cellar = Cellar(office.host.folder, most_bytes=most)
        self._too_large = f"That file is too large: {_size(most)} are the most."

    def app(self) -> ASGIApp:
        """Return the application."""
        return _Headers(
            Starlette(
                routes=[
                    Route("/", self._page),
                    Route("/me", self._me),
                    Route("/person", self._person, methods=["POST"]),
                    Route("/files", self._upload, methods=["POST"]),
                    Route("/files/{key}", self._download),
                    WebSocketRoute("/socket", self._socket),
                    Route("/static/{name}", self._static),
                    Route("/{page}/{rest:path}", self._of_app),
                ],
                exception_handlers={StoreUnavailableError: _unavailable},
            )
        )

    async def _page(self, request: Request) -> Response:
        if not request.url.path.endswith("/"):
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{request.url.path}/{query}")  # relative addresses need it
        return await self._shelf.serve(request, "index.html")

    async def _static(self, request: Request) -> Response:
        return await self._shelf.serve(request, request.path_params["name"])

    async def _of_app(self, request: Request) -> Response:
        """Answer with a page of one of the bot's apps."""
        page = self._office.host.pages.get(request.path_params["page"])
        visit = Visit(
            bot=self._office.host.bot,
            title=self._office.title,
            rest=request.path_params["rest"],
            languages=languages_of(request.headers.get("accept-language", "")),
        )
        html = None if page is None else await page(visit)
        if html is None:
            return Response("There is nothing at this address.", 404, media_type="text/plain")
        return HTMLResponse(html, headers={"Vary": "Accept-Language"})

    async def _me(self, request: Request) -> Response:
        person, name = await self._who(request)
        shown = {"id": person, "name": name} if person else None
        return _json({"title": self._office.title, "person": shown})

    async def _person(self, request: Request) -> Response:
        if not self._is_ours(request):
            return _sorry(403, "That came from another page.")
        try:
            given = msgspec.json.decode(await _body(request, most=4096), type=_Named)
        except (msgspec.DecodeError, UnicodeError, TooLargeError):
            return _sorry(400, "Please give a name of 1 to 64 characters.")
        name = " ".join("".join(c if c.isprintable() else " " for c in given.name).split())
        if not name:
            return _sorry(400, "Please give a name of 1 to 64 characters.")
        person, _ = await self._who(request)
        if person is not None:
            await self._office.rename(person, name)
            return _json({"id": person, "name": name})
        return await self._newcomer(request, name)

    async def _newcomer(self, request: Request, name: str) -> Response:
        person = token_hex(10)
        at = self._office.host.clock.now().timestamp()
        await self._office.archive.add_person(person, name, at=at)
        response = _json({"id": person, "name": name}, status=201)
        response.set_cookie(
            self._cookie,
            self._office.host.keys.seal(person, purpose=PURPOSE),
            max_age=COOKIE_DAYS * 86400,
            path=request.scope.get("root_path", "") + "/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def _upload(self, request: Request) -> Response:
        if not self._is_ours(request):
            return _sorry(403, "That came from another page.")
        person, _ = await self._who(request)
        if person is None:
            return _sorry(401, "Please reload the page and say who you are.")
        return await self._keep(request, person)

    async def _keep(self, request: Request, person: str) -> Response:
        if _declared_bytes(request) > self._office.settings.max_upload_bytes:
            return _sorry(413, self._too_large, close=True)
        try:
            key, size, head = await self._cellar.keep(request.stream())
        except TooLargeError:
            return _sorry(413, self._too_large, close=True)
        except EmptyFileError:
            return _sorry(400, "That file is empty.")
        except ClientDisconnect:
            return Response(status_code=400)
        row = self._file_row(request, key, size, head, person)
        await self._office.archive.add_file(row)
        fields = ("key", "name", "size_bytes", "mime", "width", "height")
        return _json({field: getattr(row, field) for field in fields}, status=201)

    def _file_row(self, request: Request, key: str, size: int, head: bytes, person: str) -> FileRow:
        name = clean_name(request.query_params.get("name", ""))
        found = picture(head)
        mime, width, height = found or (guessed_mime(name), 0, 0)
        at = self._office.host.clock.now().timestamp()
        return FileRow(key, name, mime, size, width, height, person, at)

    async def _download(self, request: Request) -> Response:
        person, _ = await self._who(request)
        key = request.path_params["key"]
        row = (await self._office.archive.files([key])).get(key) if person else None
        if person is None or row is None or not await self._may_see(person, row):
            return _sorry(404, "There is no such file, or it is not yours to see.")
        inline = row.is_picture and row.mime in INLINE and "download" not in request.query_params
        headers = {
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return FileResponse(
            self._cellar.path(key),
            media_type=row.mime if inline else "application/octet-stream",
            filename=row.name,
            content_disposition_type="inline" if inline else "attachment",
            headers=headers,
        )

    async def _socket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if not self._is_ours(websocket):
            await websocket.close(FORBIDDEN)
            return
        try:
            person, name = await self._who(websocket)
        except StoreUnavailableError:
            await websocket.close(RESTART)
            return
        if person is None or name is None:
            await websocket.close(NOBODY)
        elif not self._office.is_open:
            await websocket.close(RESTART)
        else:
            await Session(self._office, Connection(person, name)).run(websocket)

    async def _may_see(self, person: str, row: FileRow) -> bool:
        if row.person == person:
            return True
        return await self._office.archive.is_shown(row.key, self._office.chats_of(person))

    async def _who(self, request: HTTPConnection) -> tuple[str | None, str | None]:
        """Return id and name of whoever asks, by the cookie; a forged one makes nobody."""
        sealed = request.cookies.get(self._cookie)
        if sealed is None:
            return None, None
        try:
            person = self._office.host.keys.unseal(sealed, purpose=PURPOSE)
        except PayloadError as error:
            client = request.client.host if request.client else "?"
            log.warning("a cookie from %s is not ours, treated as a new person: %s", client, error)
            return None, None
        name = await self._office.archive.name_of(person)
        return (person, name) if name is not None else (None, None)

    def _is_ours(self, request: HTTPConnection) -> bool:
        """Say whether our own page asks; what is no browser sends no origin."""
        origin = request.headers.get("origin")
        if origin is None or origin in self._office.settings.origins:
            return True
        if urlsplit(origin).netloc == request.headers.get("host"):
            return True
        log.warning("refused a request of another page: %s", origin)
        return False


class _Headers:
    """Adds the security headers to every response that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, with_headers)


def _json(content: object, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")


def _sorry(status: int, sentence: str, *, close: bool = False) -> Response:
    response = _json({"error": sentence}, status=status)
    if close:
        response.headers["Connection"] = "close"
    return response


async def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("the database cannot be used now: %s", error)
    response = _sorry(503, "The server cannot write now; please try again in a moment.")
    response.headers["Retry-After"] = "5"
    return response


def _declared_bytes(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else 0


async def _body(request: Request, *, most: int) -> bytes:
    read = bytearray()
    chunks: AsyncIterator[bytes] = request.stream()
    async for chunk in chunks:
        read += chunk
        if len(read) > most:
            raise TooLargeError
    return bytes(read)


def _size(size_bytes: int) -> str:
    mib = size_bytes / (1024 * 1024)
    return f"{mib:g} MiB" if mib >= 1 else f"{size_bytes / 1024:.3g} KiB"
