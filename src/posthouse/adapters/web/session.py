"""One open page: its frames in order, updates to the engine, an acknowledgement once durable.

How this works: the reader takes one frame after the other up to the engine's `receive`, so a
person's frames keep their order; what follows (writing history, acknowledging) runs beside it. A
frame is acknowledged once its update and its history are both durable. After a frame was answered
`later`, all that follow it get the same until it comes again.
"""

import asyncio
import logging
from asyncio import TaskGroup
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import assert_never
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from posthouse.adapters.web.archive import NO_REACTIONS, Archive, MessageRow, shown
from posthouse.adapters.web.deeds import Deed, prepare
from posthouse.adapters.web.hub import Change, Connection
from posthouse.adapters.web.office import Office
from posthouse.adapters.web.wire import (
    Ack,
    Asked,
    Done,
    FromClient,
    Head,
    Hello,
    History,
    Later,
    Limits,
    MessageShown,
    More,
    NotAFrameError,
    Read,
    Refused,
    Say,
    Stored,
    Synced,
    Typing,
    Welcome,
    build,
    head_of,
    parse,
    store,
    update_of,
)
from posthouse.errors import ConflictError, OverloadedError, StoreUnavailableError
from posthouse.model.chat import Person
from posthouse.ports.adapter import Incoming, Settled
from posthouse.ports.menus import private_menu

log = logging.getLogger("posthouse.web")

PAGE = 40
FAR = 500
"""After so many missed changes a page starts afresh."""
MISTAKES = 20
TROUBLE = 1011
POLICY = 1008
RETRY_S = 2.0
QUARANTINE_BYTES = 64 * 1024
TYPING_EVERY_S = 3.0
POLITE_S = 1.0
"""How long a closing connection may take to send what is queued."""


class _Receipt:
    """Acknowledges a frame once all its parts are durable."""

    def __init__(self, frame: Ack, *, parts: int, session: "Session") -> None:
        self._frame = frame
        self._parts = parts
        self._session = session

    def settled(self, how: Settled) -> None:
        self.done()

    def done(self) -> None:
        self._parts -= 1
        if self._parts == 0:
            self._session.acknowledge(self._frame)

    def failed(self) -> None:
        """One part did not work out: the client shall repeat it all."""
        if self._parts > 0:
            self._parts = -1
            self._session.put_off(self._frame.id)


class Session:
    """Serves one WebSocket of a person."""

    def __init__(self, office: Office, connection: Connection) -> None:
        self._office = office
        self._archive: Archive = office.archive
        self._connection = connection
        self._mistakes = 0
        self._later_for: str | None = None
        self._typed = -TYPING_EVERY_S
        self._writing: set[asyncio.Task[None]] = set()

    async def run(self, websocket: WebSocket) -> None:
        """Serve until either side closes; what was begun is written before this returns."""
        connection = self._connection
        self._office.hub.add(connection)
        try:
            async with TaskGroup() as group:
                reader = group.create_task(self._read(websocket, group))
                writer = group.create_task(self._write(websocket))
                await connection.closing.wait()
                await _within(POLITE_S, writer)
                await _within(POLITE_S, group.create_task(_close(websocket, connection.close_code)))
                reader.cancel()
        finally:
            connection.close(TROUBLE)
            self._office.hub.remove(connection)

    async def _write(self, websocket: WebSocket) -> None:
        try:
            while (frame := await self._connection.taken()) is not None:
                await websocket.send_text(frame)
        except (
            WebSocketDisconnect,
            OSError,
            RuntimeError,
        ):  # RuntimeError: the socket is closed already
            self._connection.close(1000)

    async def _read(self, websocket: WebSocket, group: TaskGroup) -> None:
        try:
            while not self._connection.closing.is_set():
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                await self._take(message.get("text"), group)
        except StoreUnavailableError as error:
            log.warning("the database cannot be used now, closing a page: %s", error)
            self._connection.close(TROUBLE)
        except Exception:
            log.exception("serving a page failed, bot %s", self._office.host.bot)
            self._connection.close(TROUBLE)
        finally:
            self._connection.close(1000)

    # -- frames

    async def _take(self, raw: str | None, group: TaskGroup) -> None:
        if raw is None:
            self._mistaken("only text is understood here", None, b"")
            return
        # Escapes make six bytes of one at most.
        if len(raw) > 6 * self._office.settings.max_text_bytes + 16 * 1024:
            head = head_of(raw)
            self._refuse(self._too_long(), head.id if head else None)
            return
        try:
            frame = parse(raw)
        except NotAFrameError as error:
            self._mistaken(str(error), error.head, raw.encode(errors="replace"))
            return
        await self._serve(frame, group)

    async def _serve(self, frame: FromClient, group: TaskGroup) -> None:
        if not isinstance(frame, Asked):
            await self._do(frame, group)
            return
        match frame:
            case Hello():
                await self._hello(frame)
            case More():
                await self._more(frame)
            case Read():
                self._was_read(frame, group)
            case Typing():
                self._typing(frame)
            case _:
                assert_never(frame)

    def _mistaken(self, reason: str, head: Head | None, raw: bytes) -> None:
        self._mistakes += 1
        log.info("a page sent what is no frame (%d): %s", self._mistakes, reason)
        client_id = head.id if head else None
        if client_id is not None and self._office.accepting:
            self._set_aside(client_id, raw[:QUARANTINE_BYTES], reason)
        else:
            self._refuse("The server did not understand that.", client_id)
        if self._mistakes >= MISTAKES:
            self._connection.close(POLICY)

    def _set_aside(self, client_id: str, raw: bytes, reason: str) -> None:
        def refuse(_: Settled) -> None:
            self._refuse("The server did not understand that and has set it aside.", client_id)

        update_id = f"{self._connection.person}:{client_id}"
        try:
            self._office.host.receiver.malformed(update_id, raw, reason=reason, on_settled=refuse)
        except OverloadedError:
            self.put_off(client_id)

    def _refuse(self, reason: str, client_id: str | None) -> None:
        self._connection.offer(build(Refused(id=client_id, reason=reason)))
        if client_id is not None and client_id == self._later_for:
            self._later_for = None

    def acknowledge(self, frame: Ack) -> None:
        """Tell the page that what it did is durable."""
        self._connection.offer(build(frame))

    def put_off(self, client_id: str) -> None:
        """Have the page repeat a frame, and all that follows it until then."""
        if self._later_for is None:
            self._later_for = client_id
        self._connection.offer(build(Later(id=client_id, retry_s=RETRY_S)))

    def _too_long(self) -> str:
        return f"That is too long: {self._office.settings.max_text_bytes // 1024} KiB are the most."

    # -- what a person does

    async def _do(self, frame: Done, group: TaskGroup) -> None:
        if not self._office.accepting or self._later_for not in (None, frame.id):
            self.put_off(frame.id)
            return
        if self._writing and not isinstance(frame, Say):
            await asyncio.wait(self._writing)  # it may be about a message that is being written
        try:
            deed = await prepare(frame, self._office, self._connection)
        except StoreUnavailableError:
            self.put_off(frame.id)
            return
        if isinstance(deed, str):
            self._refuse(deed, frame.id)
            return
        self._hand_over(frame, deed, group)

    def _hand_over(self, frame: Done, deed: Deed, group: TaskGroup) -> None:
        parts = 1 if deed.write is None else 2
        ack = Ack(id=frame.id, message_id=deed.message_id)
        receipt = _Receipt(ack, parts=parts, session=self)
        try:
            self._office.host.receiver.receive(_incoming(deed.stored), receipt.settled)
        except OverloadedError:
            self.put_off(frame.id)
            return
        self._later_for = None
        if deed.write is not None:
            change = self._office.numbers.begin()
            task = group.create_task(self._keep(deed.write, change, receipt))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
            # Also when it is cancelled before its first step.
            task.add_done_callback(lambda _: self._office.numbers.end(change))

    async def _keep(
        self, write: Callable[[Change], Awaitable[None]], change: Change, receipt: _Receipt
    ) -> None:
        try:
            await write(change)
        except (StoreUnavailableError, ConflictError) as error:
            log.warning("a message could not be kept, the page will repeat it: %s", error)
            receipt.failed()
        else:
            self._office.numbers.end(change)  # it is shown first, then acknowledged
            receipt.done()

    def _typing(self, frame: Typing) -> None:
        now = self._office.host.clock.monotonic()
        if now - self._typed >= TYPING_EVERY_S:
            self._typed = now
            self._tell(frame, self._connection.person)

    def _was_read(self, frame: Read, group: TaskGroup) -> None:
        if self._office.sees(self._connection.person, frame.chat):
            group.create_task(self._mark_read(frame))
            self._tell(frame, frame.chat)

    async def _mark_read(self, frame: Read) -> None:
        with suppress(StoreUnavailableError, ConflictError):  # the next one counts as well
            await self._archive.mark_read(self._connection.person, frame.chat, frame.place)

    def _tell(self, frame: Typing | Read, chat: str) -> None:
        """Hand over a status; nothing is lost when the engine has no room for it."""
        connection = self._connection
        person = Person(id=connection.person, name=connection.name, language=connection.language)
        stored = Stored(
            id=f"{connection.person}:.{uuid4().hex}",
            at=self._office.host.clock.now(),
            chat=self._office.chat(chat, person),
            person=person,
            frame=frame,
        )
        if self._office.accepting:
            with suppress(OverloadedError):
                self._office.host.receiver.receive(_incoming(stored))

    # -- what a person is shown

    async def _hello(self, hello: Hello) -> None:
        connection = self._connection
        connection.language = hello.language
        connection.synced = False
        connection.missed = 0
        until = self._office.numbers.out
        chats = self._office.chats_of(connection.person)
        fresh = hello.seq == 0 or hello.seq > until
        if not fresh:
            far = await self._archive.since(chats, seq=hello.seq, until=until, limit=FAR + 1)
            fresh = len(far) > FAR
        await self._welcome(fresh=fresh)
        if fresh:
            for chat in chats:
                await self._page(chat, before=0)
        await self._catch_up(chats, until if fresh else hello.seq)

    async def _welcome(self, *, fresh: bool) -> None:
        office, connection = self._office, self._connection
        settings = office.settings
        frame = Welcome(
            person=Person(id=connection.person, name=connection.name, language=connection.language),
            title=office.title,
            chats=await office.chats_shown(connection.person),
            commands=[
                (each.name, each.said(connection.language or ""))
                for each in private_menu(
                    office.host.commands, roles=office.host.roles_of(connection.person)
                )
            ],
            limits=Limits(
                text_bytes=settings.max_text_bytes, upload_bytes=settings.max_upload_bytes
            ),
            fresh=fresh,
        )
        connection.offer(build(frame))

    async def _catch_up(self, chats: Sequence[str], seen: int) -> None:
        connection = self._connection
        while not connection.closing.is_set():
            until = self._office.numbers.out
            rows = await self._archive.since(chats, seq=seen, until=until, limit=PAGE)
            for frame in await self._frames(rows):
                connection.offer(build(frame))
            if len(rows) == PAGE:
                seen = rows[-1].seq
                await connection.drained()
                continue
            seen = until
            if connection.missed <= seen:
                connection.synced = True
                connection.offer(build(Synced(seq=seen)))
                return

    async def _more(self, frame: More) -> None:
        if self._office.sees(self._connection.person, frame.chat):
            await self._page(frame.chat, before=frame.before)

    async def _page(self, chat: str, *, before: int) -> None:
        rows, more = await self._archive.page(chat, before=before, limit=PAGE)
        messages = await self._frames(rows)
        frame = History(chat=chat, messages=messages, more=more, before=before)
        self._connection.offer(build(frame))

    async def _frames(self, rows: Sequence[MessageRow]) -> list[MessageShown]:
        tallies = await self._archive.tallies(rows, self._connection.person)
        return [
            shown(row, tallies.get((row.chat, row.message), NO_REACTIONS), to_one=True)
            for row in rows
        ]


def _incoming(stored: Stored) -> Incoming:
    update = update_of(stored)
    return Incoming(
        update_id=stored.id,
        chat=stored.chat.id,
        person=stored.person.id,
        kind=type(update).__name__.lower(),
        body=store(stored),
        update=update,
    )


async def _close(websocket: WebSocket, code: int) -> None:
    with suppress(WebSocketDisconnect, OSError, RuntimeError):  # RuntimeError: closed already
        await websocket.close(code)


async def _within(timeout_s: float, task: "asyncio.Task[None]") -> None:
    await asyncio.wait([task], timeout=timeout_s)
    task.cancel()
