"""`ConsoleAdapter`: speaks with one person in the terminal.

Its sends are BLIND, and an unknown one is sent again: a terminal takes no key to know a line by,
and cannot be asked what it has shown. After a crash between printing and the commit the line may
therefore stand there twice, which harms nobody, where a lost one would. Nothing a person types is
repeated, so each line is in the inbox before it is handled.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec

from posthouse.adapters.console import wire
from posthouse.adapters.console.client import StandardTerminal, Terminal, keep
from posthouse.adapters.console.wire import Body, Input, Offer
from posthouse.errors import NotSentError, OverloadedError, RejectedError, SettingsError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.chat import Person
from posthouse.model.media import File, Photo, is_kept
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.model.update import Update
from posthouse.ports.adapter import (
    Certainty,
    DeliverResult,
    Delivery,
    Endpoint,
    Host,
    Incoming,
    Pacer,
    Profile,
    Settled,
)

CHAT = "console"
"""The raw id of the only chat a person can type in."""
_SETTINGS = {"person": "You", "language": "en"}
_CAPABILITIES = Capabilities(
    formatting=Level.PARTIAL,
    photos=Level.FALLBACK,
    files=Level.FALLBACK,
    buttons=Level.FULL,
    choices=Level.FULL,
    edits=Level.FALLBACK,
    deletes=Level.FALLBACK,
    replies=Level.DROPPED,
    reactions=Level.DROPPED,
    typing=Level.DROPPED,
    text_length=100_000,
    caption_length=100_000,
    payload_bytes=4096,
    max_photos=100,
)


class ConsoleAdapter:
    """A messenger in the terminal: one person, one chat, buttons as numbers."""

    profile = Profile(
        messenger="console",
        certainty=Certainty.BLIND,
        repeats_s={"*": 0.0},
        on_unknown="resend",
        pool=1,
    )
    pacer: Pacer | None = None

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        terminal: Terminal | None = None,
        on_end: Callable[[], None] | None = None,
        pause: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Check the settings; raises SettingsError.

        Args:
            settings: `person` (a name) and `language`.
            terminal: where to talk; standard input and output when left out.
            on_end: called once the input has ended and all of it is durable.
            pause: awaited after each line from a pipe, so that its answer comes before the next
                line and a number means the button that it shows.
        """
        self._person = _person(settings)
        self._terminal = terminal
        self.on_end = on_end
        self.pause = pause
        self._host: Host | None = None
        self._numbers = count(1)
        self._offers: list[Offer] = []
        self._unsettled = 0
        self._all_settled = asyncio.Event()
        self._all_settled.set()
        self._stopping = asyncio.Event()

    async def start(self, host: Host) -> str:
        """Get ready; the account is the bot's name, since each bot has a terminal of its own."""
        self._host = host
        self._stopping.clear()
        if self._terminal is None:
            self._terminal = StandardTerminal()
        self._begun = token_hex(8)
        self._show(f"{host.title or host.bot} is here. {wire.HELP}")
        return f"console:{host.bot}"

    async def poll(self) -> None:
        """Take lines until the input ends or `stop_polling`."""
        self._screen.open()
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read())
            stopping = tasks.create_task(self._stopping.wait())
            await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
            reading.cancel()
            stopping.cancel()
        if self._stopping.is_set():
            return
        await self._all_settled.wait()
        if self.on_end is not None:
            self.on_end()

    async def stop_polling(self) -> None:
        """Take no more lines."""
        self._stopping.set()

    async def aclose(self) -> None:
        """Leave the terminal as it was."""
        self._stopping.set()
        if self._terminal is not None:
            self._terminal.close()

    def decode(self, body: bytes) -> Update:
        """Decode the body of an update."""
        return wire.decode(body)

    def capabilities(self, chat: str) -> Capabilities:
        """Return what the terminal can show."""
        return _CAPABILITIES

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Print one operation."""
        if self._terminal is None:
            raise NotSentError("the console is not open yet")
        outgoing = delivery.outgoing
        place = "" if delivery.chat == CHAT else f"[{self._chat_name(delivery.chat)}] "
        match outgoing.operation:
            case Operation.CALL:
                raise RejectedError(f"there is no {delivery.outgoing.method} here")
            case Operation.ANSWER:
                if outgoing.content.text:
                    self._show(f"{place}· {self._words(outgoing.content)}")
                return None
            case Operation.DELETE:
                self._forget(_id_of(outgoing))
                self._show(f"{place}(a message was deleted)")
                return None
            case Operation.EDIT:
                message_id = _id_of(outgoing) or str(delivery.id)
                await self._print(outgoing.content, message_id, f"{place}(edited) ")
                return message_id
            case Operation.SEND:
                await self._print(outgoing.content, str(delivery.id), place)
                return str(delivery.id)

    async def is_member(self, chat: str, person: str) -> bool:
        """Everybody is in every chat: there is nobody to ask."""
        return True

    async def way_in(self, chat: str) -> str | None:
        """There is nothing to join."""
        return None

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        """Nobody can know what a terminal has shown."""
        raise NotSentError("a terminal cannot be asked what it has shown")

    async def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield the content of a photo or file that was typed here."""
        path = self._stored(key)
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise RejectedError(f"the console of {self._bot.bot} has no file {path}") from None
        yield data

    def endpoints(self) -> Sequence[Endpoint]:
        """No part of the web server is the console's."""
        return ()

    # --- what the person types

    async def _read(self) -> None:
        while (line := await self._screen.read_line()) is not None:
            typed = wire.understand(line, offers=len(self._offers))
            if typed.kind is Input.QUIT:
                return
            if typed.kind is Input.NOTHING:
                continue
            if self._stopping.is_set():
                self._show("This was not taken: the bot is stopping.")
                return
            await self._take(typed)
            if self.pause is not None and not self._screen.typing:
                await self.pause()

    async def _take(self, typed: wire.Typed) -> None:
        match typed.kind:
            case Input.NUMBER:
                self._choose(self._offers[int(typed.value) - 1])
            case Input.PHOTO | Input.FILE:
                await self._send_file(Path(typed.value), typed.kind)
            case _:
                self._receive("textmessage", text=typed.value)

    def _choose(self, offer: Offer) -> None:
        if offer.url:
            self._show(f"{offer.label} leads to {wire.plain(offer.url)}")
        elif offer.payload is not None:
            self._receive("press", payload=offer.payload, message_id=offer.message_id)
        else:
            self._receive("textmessage", text=offer.label)

    async def _send_file(self, path: Path, kind: Input) -> None:
        key = f"{self._next_id()}{path.suffix}"
        try:
            kept = await asyncio.to_thread(keep, path, self._bot.folder / key)
        except OSError as error:
            why = error.strerror or "it cannot be read"
            self._show(f"{path}: {why}. To send these words put \\ in front of them.")
            return
        if kind is Input.PHOTO and min(kept.width, kept.height) > 0:
            photo = Photo(
                key=key,
                width=kept.width,
                height=kept.height,
                size_bytes=kept.size_bytes,
                mime=kept.mime,
                bot=self._bot.bot,
            )
            self._receive("photomessage", photo=photo)
            return
        if kind is Input.PHOTO:
            self._show(f"{path.name} is no picture that is known here; it goes as a file.")
        file = File(
            key=key,
            name=path.name,
            size_bytes=kept.size_bytes,
            mime=kept.mime,
            bot=self._bot.bot,
        )
        self._receive("filemessage", file=file)

    def _receive(self, kind: str, **parts: Any) -> None:
        host = self._bot
        update_id = self._next_id()
        body = Body(
            kind=kind,
            id=update_id,
            at=host.clock.now(),
            bot=host.bot,
            chat=CHAT,
            person=self._person,
            **parts,
        )
        incoming = Incoming(
            update_id=update_id,
            chat=CHAT,
            person=self._person.id,
            kind=kind,
            body=msgspec.json.encode(body),
        )
        self._unsettled += 1
        self._all_settled.clear()
        try:
            host.receiver.receive(incoming, self._settled)
        except OverloadedError as error:
            self._settled(Settled.DONE)
            self._show(f"This was not taken: {error}")

    def _settled(self, _: Settled) -> None:
        self._unsettled -= 1
        if not self._unsettled:
            self._all_settled.set()

    def _next_id(self) -> str:
        """Ids never come again: what only this start knows, and a number."""
        return f"{self._begun}-{next(self._numbers)}"

    # --- what the bot shows

    async def _print(self, content: Content, message_id: str, prefix: str) -> None:
        rows = wire.offers_of(content, message_id)
        media = await self._media(content)
        lines = [f"{prefix}{self._words(content)}", *media, *wire.numbered(rows)]
        self._renumber(content, message_id, rows)
        self._show("\n".join(line for line in lines if line.strip()))

    def _renumber(self, content: Content, message_id: str, rows: Sequence[Sequence[Offer]]) -> None:
        if rows:
            self._offers = [offer for row in rows for offer in row]
            return
        self._forget(message_id)
        if content.choices == ():
            self._offers = [offer for offer in self._offers if offer.message_id]

    def _forget(self, message_id: str | None) -> None:
        if message_id is not None:
            self._offers = [o for o in self._offers if o.message_id != message_id]

    async def _media(self, content: Content) -> list[str]:
        photos = [
            f"[photo {photo.width} × {photo.height}, {wire.size(photo.size_bytes)}] "
            f"{await self._shown(photo.key)}"
            for photo in content.photos
        ]
        files = [
            f"[file {wire.plain(file.name)}, {wire.size(file.size_bytes)}] "
            f"{await self._shown(file.key)}"
            for file in content.files
        ]
        return photos + files

    async def _shown(self, key: str) -> Path:
        return await self._bot.media.path(key) if is_kept(key) else self._stored(key)

    def _stored(self, key: str) -> Path:
        if Path(key).name != key:
            raise RejectedError(f"{key!r} is not a file of this bot's console")
        return self._bot.folder / key

    def _words(self, content: Content) -> str:
        return wire.rendered(content.text, styled=self._screen.styled)

    def _chat_name(self, chat: str) -> str:
        names = [name for name, raw in self._bot.chats.items() if raw == chat]
        return wire.plain(names[0] if names else chat)

    def _show(self, text: str) -> None:
        self._screen.write(text)

    @property
    def _screen(self) -> Terminal:
        if self._terminal is None:
            raise RuntimeError("start() comes first")
        return self._terminal

    @property
    def _bot(self) -> Host:
        if self._host is None:
            raise RuntimeError("start() comes first")
        return self._host


def _id_of(outgoing: Outgoing) -> str | None:
    if outgoing.message_id is not None or outgoing.target is None:
        return outgoing.message_id
    return str(outgoing.target)


def _person(settings: Mapping[str, Any]) -> Person:
    mistakes: list[str] = []
    for key, value in settings.items():
        if key not in _SETTINGS:
            close = get_close_matches(key, _SETTINGS, n=1)
            hint = f"did you mean {close[0]}?" if close else "there are language, person"
            mistakes.append(f"{key}: no such setting; {hint}")
        elif not isinstance(value, str) or not value.strip():
            mistakes.append(f"{key}: must be a text that is not empty")
    if mistakes:
        raise SettingsError("\n".join(["the settings of a console bot:", *mistakes]))
    said = {**_SETTINGS, **settings}
    return Person(id="you", name=said["person"], language=said["language"])
