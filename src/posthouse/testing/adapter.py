"""`FakeAdapter`: one bot's line to the in-memory messenger."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from msgspec.structs import replace

from posthouse.engine.points import Point
from posthouse.errors import AdapterError, NotSentError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import ChatKind
from posthouse.model.media import is_kept
from posthouse.model.update import Update
from posthouse.ports.adapter import DeliverResult, Delivery, Endpoint, Host, Pacer
from posthouse.testing.crash import Crash
from posthouse.testing.messenger import FakeMessenger, Line, media_of
from posthouse.testing.wire import decode

AGAIN_S = 1.0
"""How long after a refusal an update is handed over again."""


class FakeAdapter:
    """Speaks the in-memory messenger for one bot; made anew for every start of a site."""

    def __init__(self, messenger: FakeMessenger, *, pacer: Pacer | None = None) -> None:
        self.profile = messenger.profile
        self.pacer = pacer
        self._messenger = messenger
        self._host: Host | None = None
        self._line: Line | None = None
        self._stopped = asyncio.Event()
        self._refused = asyncio.Event()
        self._broken = False
        self._dead: Point | None = None

    def die(self, point: Point) -> None:
        """Break off: nothing goes in or out any more, and nobody is told."""
        self._dead = point
        if self._line is not None:
            self._messenger.unplug(self._started.bot, self._line)

    async def start(self, host: Host) -> str:
        """Connect; what happens from now on is handed over. The account is the bot's name."""
        self._host = host
        self._broken = False
        self._stopped.clear()
        return host.bot

    def permalink(self, chat: str, message_id: str) -> str | None:
        """Return an address for messages that others see, too."""
        known = self._messenger.chats.get(chat)
        if known is None or known.kind is ChatKind.PRIVATE:
            return None
        return f"https://fake.example/{chat}/{message_id}"

    async def poll(self) -> None:
        """Hand over what was not acknowledged before, then what happens."""
        host = self._started
        self._line = line = self._messenger.plug_in(host.bot, host.receiver)
        line.refused = self._refused.set
        line.broke = self._break
        for told in list(self._messenger.unacknowledged(host.bot)):
            line.give(told)
        async with asyncio.TaskGroup() as group:
            repeating = group.create_task(self._repeat(host, line))
            await self._stopped.wait()
            repeating.cancel()
        if self._broken:
            raise OSError("the connection broke")

    async def stop_polling(self) -> None:
        """Hand nothing over any more; what happens waits for the next start."""
        self._require_life()
        self._stopped.set()
        if self._line is not None:
            self._messenger.unplug(self._started.bot, self._line)
            self._line.is_open = True  # what was handed over may still be acknowledged

    async def aclose(self) -> None:
        """Disconnect."""
        self._require_life()
        self._stopped.set()
        if self._line is not None and self._host is not None:
            self._messenger.unplug(self._host.bot, self._line)

    def decode(self, body: bytes) -> Update:
        """Decode an update."""
        return decode(body)

    def capabilities(self, chat: str) -> Capabilities:
        """Return what a chat shows."""
        return self._messenger.capabilities_in.get(chat, self._messenger.capabilities)

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Carry out one operation, or fail as the test asked for."""
        self._require_life()
        host, messenger = self._started, self._messenger
        fault = messenger.fault_for(delivery)
        if fault is not None and fault.delay_s:
            await host.clock.sleep(fault.delay_s)
            self._require_life()
        if fault is not None and fault.error is not None and not fault.after_effect:
            raise fault.error
        chat = host.moved.get(delivery.chat, delivery.chat)
        if (after := messenger.moved.get(chat)) is not None:
            host.receiver.moved(chat, after)
            chat = after
        delivery = await self._with_media(replace(delivery, chat=chat))
        message_id = messenger.carry_out(host.bot, delivery, at=host.clock.now())
        if fault is not None and fault.error is not None:
            raise fault.error
        return message_id

    def link(self, payload: str) -> str:
        """Return a link that nobody can open; a person of a test `follows` it."""
        return f"fake://{self._started.bot}?start={payload}"

    async def is_member(self, chat: str, person: str) -> bool:
        """Everybody is in every chat, but for those in `FakeMessenger.outside`."""
        self._require_life()
        self._messenger.asked.append((chat, person))
        if (error := self._messenger.hides_members.get(chat)) is not None:
            raise error
        return (chat, person) not in self._messenger.outside

    async def way_in(self, chat: str) -> str | None:
        """Return an address that nobody can open; a private chat has none."""
        known = self._messenger.chats.get(chat)
        is_private = known is None or known.kind is ChatKind.PRIVATE
        return None if is_private else f"https://fake.example/{chat}"

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        """Return the message's id if the delivery arrived."""
        message_id = self._messenger.arrived(self._started.bot, delivery)
        if message_id is None:
            raise NotSentError(f"delivery {delivery.id} did not arrive")
        return message_id

    async def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield content in two pieces, as downloads come."""
        self._require_life()
        data = self._messenger.content(self._started.bot, key)
        half = len(data) // 2
        for piece in (data[:half], data[half:]):
            yield piece

    def endpoints(self) -> Sequence[Endpoint]:
        """No part of a web server."""
        return ()

    @property
    def _started(self) -> Host:
        if self._host is None:
            raise AdapterError("the adapter is used before it was started")
        return self._host

    async def _with_media(self, delivery: Delivery) -> Delivery:
        """Upload what the messenger has not got, and name it as the messenger does."""
        content = delivery.outgoing.content
        if not any(is_kept(item.key) for item in media_of(content)):
            return delivery
        photos = tuple([replace(p, key=await self._native(p.key, "photo")) for p in content.photos])
        files = tuple([replace(f, key=await self._native(f.key, "file")) for f in content.files])
        content = replace(content, photos=photos, files=files)
        return replace(delivery, outgoing=replace(delivery.outgoing, content=content))

    async def _native(self, key: str, form: str) -> str:
        if not is_kept(key):
            return key
        host = self._started
        native = await host.media.native(key, form=form)
        if native is None:
            native = self._messenger.upload(host.bot, await host.media.read(key))
            host.media.keep_native(key, native, form=form)
        return native

    def _break(self) -> None:
        self._broken = True
        self._stopped.set()
        if self._line is not None:
            self._messenger.unplug(self._started.bot, self._line)

    def _require_life(self) -> None:
        if self._dead is not None:
            raise Crash(self._dead)

    async def _repeat(self, host: Host, line: Line) -> None:
        while True:
            await self._refused.wait()
            self._refused.clear()
            await host.clock.sleep(AGAIN_S)
            waiting, line.waiting = line.waiting, []
            for told in waiting:
                line.give(told)
