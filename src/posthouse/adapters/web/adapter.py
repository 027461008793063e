"""The web messenger as an adapter: a chat page of our own, its sends idempotent."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from posthouse.adapters.web.archive import EMPTY, Archive, MessageRow, content_of
from posthouse.adapters.web.hub import RESTART
from posthouse.adapters.web.media import MediaPorter
from posthouse.adapters.web.office import MESSENGER, Office
from posthouse.adapters.web.pages import Pages
from posthouse.adapters.web.settings import read_settings
from posthouse.adapters.web.tables import metadata
from posthouse.adapters.web.wire import Pressed, build, restore
from posthouse.errors import AdapterError, MessageGoneError, NotSentError, RejectedError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.outgoing import Content, Operation
from posthouse.model.update import Update
from posthouse.ports.adapter import (
    Certainty,
    DeliverResult,
    Delivery,
    Endpoint,
    Host,
    Pacer,
    Profile,
)

CLOSE_S = 3.0
"""How long open pages may take to go when the adapter closes."""

_PRIVATE = Capabilities(text_length=16_000, caption_length=16_000, payload_bytes=1024)
_BROADCAST = replace(_PRIVATE, choices=Level.DROPPED)


class WebAdapter:
    """Serves a chat page and keeps what is said there."""

    # Pages repeat for as long as they have something unacknowledged. A status (typing, read) is not
    # repeated, and nobody misses one that a crash took; declaring 0 would cost a commit for each.
    tables = metadata
    """Its own, which tell by marks what in them is about persons."""
    profile = Profile(
        messenger=MESSENGER,
        certainty=Certainty.IDEMPOTENT,
        repeats_s={"*": 48 * 3600.0},
        marks_s=7 * 24 * 3600.0,
        on_unknown="resend",
        pool=256,
    )
    pacer: Pacer | None = None

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = read_settings(settings)
        self._office: Office | None = None
        self._stopped = asyncio.Event()

    async def start(self, host: Host) -> str:
        """Load what is needed to serve the page; the account is named after the bot."""
        archive = Archive(host.database, host.bot)
        last = await archive.last_number()
        self._office = Office(host, self._settings, archive, last=last)
        self._stopped.clear()
        return host.bot

    async def poll(self) -> None:
        """Wait: pages hand over their updates on their own."""
        await self._stopped.wait()

    async def stop_polling(self) -> None:
        """Answer every further frame `later`; deliveries still reach the pages."""
        self._started.accepting = False
        self._stopped.set()

    async def aclose(self) -> None:
        """Close all pages; they come back on their own when the server does."""
        self._stopped.set()
        office = self._office
        if office is None:
            return
        office.accepting = office.is_open = False
        office.hub.close(RESTART)
        try:
            async with asyncio.timeout(CLOSE_S):
                await office.hub.emptied()
        except TimeoutError:
            pass  # what is left goes down with the server

    def decode(self, body: bytes) -> Update:
        """Decode a frame as it was kept."""
        return restore(body)

    def capabilities(self, chat: str) -> Capabilities:
        """Return what the page shows; reply keyboards are for a person's own chat only.

        Before it is started every chat counts as a person's own: lengths are the same everywhere.
        """
        office = self._office
        return _BROADCAST if office is not None and office.is_broadcast(chat) else _PRIVATE

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Carry out one operation; a repeated one shows nothing twice."""
        match delivery.outgoing.operation:
            case Operation.SEND:
                return await self._send(delivery)
            case Operation.EDIT | Operation.DELETE:
                return await self._change(delivery)
            case Operation.CALL:
                raise RejectedError(f"there is no {delivery.outgoing.method} here")
            case Operation.ANSWER:
                self._answer(delivery)
                return None

    def link(self, payload: str) -> str | None:
        """Return a link that opens the page and says `/start` and a few bytes."""
        return f"{(self._settings.address or self._settings.path).rstrip('/')}/?start={payload}"

    def permalink(self, chat: str, message_id: str) -> str | None:
        """Return the address of a message within the page; only broadcast chats have the same."""
        if not self._started.is_broadcast(chat):
            return None
        return f"#{quote(chat, safe='')}/{quote(message_id, safe='')}"

    async def is_member(self, chat: str, person: str) -> bool:
        """Everybody is in the chats that everybody sees; staff chats are for staff."""
        return self._started.is_broadcast(chat) and self._started.sees(person, chat)

    async def way_in(self, chat: str) -> str | None:
        """Nobody has to join: chats stand in the list of whoever may see them."""
        return None

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        """Say whether a delivery arrived."""
        row = await self._started.archive.find(delivery.chat, _message_id(delivery.id))
        if row is None:
            raise NotSentError(f"delivery {delivery.id} is not there")
        return row.message

    async def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield the content of a photo or file that somebody uploaded on the page."""
        async for chunk in MediaPorter(self._started).fetch(key):
            yield chunk

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the page and all that belongs to it."""
        return [Endpoint(path=self._settings.path, app=Pages(self._started).app())]

    @property
    def _started(self) -> Office:
        if self._office is None:
            raise AdapterError("the web adapter is used before it was started")
        return self._office

    async def _send(self, delivery: Delivery) -> str:
        office, content = self._started, delivery.outgoing.content
        if not await office.exists(delivery.chat):
            raise RejectedError(f"there is no chat {delivery.chat!r}")
        content = await MediaPorter(office).bring(content)
        with office.numbers.change() as change:
            row = MessageRow(
                chat=delivery.chat,
                place=change.seq,
                seq=change.seq,
                message=_message_id(delivery.id),
                author="",
                body=msgspec.json.encode(content),
                at=office.host.clock.now().timestamp(),
                reply_to=delivery.outgoing.reply_to,
            )
            await office.add(change, row, content)
        return row.message

    async def _change(self, delivery: Delivery) -> str:
        office, outgoing = self._started, delivery.outgoing
        message = outgoing.message_id
        if message is None and outgoing.target is not None:
            message = _message_id(outgoing.target)
        row = await office.archive.find(delivery.chat, message) if message else None
        if row is None or (row.deleted and outgoing.operation is Operation.EDIT):
            raise MessageGoneError(f"there is no message {message!r} in chat {delivery.chat!r}")
        content = Content()
        if outgoing.operation is Operation.EDIT:
            shown = await MediaPorter(office).bring(outgoing.content)
            content = _keeping_choices(shown, content_of(row.body))
            row = row._replace(body=msgspec.json.encode(content), edited=True)
        else:
            row = row._replace(body=EMPTY, deleted=True)
        with office.numbers.change() as change:
            await office.alter(change, row, content)
        return row.message

    def _answer(self, delivery: Delivery) -> None:
        person, _, client_id = (delivery.outgoing.press_id or "").rpartition(":")
        frame = build(Pressed(id=client_id, text=delivery.outgoing.content.text.plain))
        for connection in self._started.hub.of(person):
            connection.offer(frame)


def _message_id(delivery: int) -> str:
    return f"b{delivery}"


def _keeping_choices(new: Content, old: Content) -> Content:
    return new if new.choices is not None else replace(new, choices=old.choices)
