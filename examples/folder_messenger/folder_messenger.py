"""A messenger made of two folders: letters come as files, answers go as files."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posthouse import TextMessage
from posthouse.errors import DecodeError, NotSentError, RejectedError, SettingsError
from posthouse.model.outgoing import Operation
from posthouse.ports.adapter import Certainty, Endpoint, Host, Incoming, Pacer, Profile, Settled
from posthouse.types import Capabilities, Chat, Delivery, Level, Person

LOOK_EVERY_S = 0.5


class FolderAdapter:
    """Speaks with everybody who can put a file into a folder."""

    profile = Profile(
        messenger="folder",
        # The answer's file is named after the delivery: writing it again changes nothing.
        certainty=Certainty.IDEMPOTENT,
        # A letter lies there until we take it away.
        repeats_s={"*": 365 * 86400.0},
    )
    pacer: Pacer | None = None

    def __init__(self, settings: Mapping[str, Any]) -> None:
        unknown = settings.keys() - {"inbox", "outbox"}
        if unknown:
            raise SettingsError(f"{min(unknown)}: no such setting; there are inbox, outbox")
        self._inbox = Path(settings.get("inbox", "inbox"))
        self._outbox = Path(settings.get("outbox", "outbox"))
        self._taken: set[str] = set()
        self._stopping = asyncio.Event()

    async def start(self, host: Host) -> str:
        self._host = host
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._outbox.mkdir(parents=True, exist_ok=True)
        return str(self._inbox.resolve())

    async def poll(self) -> None:
        while not self._stopping.is_set():
            for letter in sorted(self._inbox.glob("*.json")):
                if letter.name not in self._taken:
                    self._take(letter)
            await self._host.clock.sleep(LOOK_EVERY_S)

    def _take(self, letter: Path) -> None:
        def settled(how: Settled) -> None:
            letter.unlink(missing_ok=True)  # only now: before, a crash would have lost it

        self._taken.add(letter.name)
        body = letter.read_bytes()
        try:
            message = self.decode(body)
        except DecodeError as error:
            self._host.receiver.malformed(letter.name, body, reason=str(error), on_settled=settled)
            return
        incoming = Incoming(
            update_id=message.id,
            chat=message.chat.id,
            person=message.person.id,
            kind="textmessage",
            body=body,
            update=message,
        )
        self._host.receiver.receive(incoming, settled)

    async def stop_polling(self) -> None:
        self._stopping.set()

    async def aclose(self) -> None:
        self._stopping.set()

    def decode(self, body: bytes) -> TextMessage:
        try:
            letter = json.loads(body)
            person = Person(id=letter["from"], name=letter["from"])
            return TextMessage(
                id=letter["id"],
                bot=self._host.bot,
                at=datetime.fromisoformat(letter["at"]).astimezone(UTC),
                chat=Chat(id=person.id, bot=self._host.bot, messenger="folder"),
                person=person,
                message_id=letter["id"],
                text=letter["text"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DecodeError(f"this is no letter: {error!r}") from None

    def capabilities(self, chat: str) -> Capabilities:
        return Capabilities(
            formatting=Level.DROPPED,
            photos=Level.REJECTED,
            files=Level.REJECTED,
            buttons=Level.REJECTED,
            choices=Level.DROPPED,
            edits=Level.FALLBACK,
        )

    async def deliver(self, delivery: Delivery) -> str | None:
        outgoing = delivery.outgoing
        if outgoing.operation not in (Operation.SEND, Operation.EDIT):
            raise RejectedError(f"a letter that was sent cannot be changed: {outgoing.operation}")
        answer = self._outbox / f"{delivery.chat}-{delivery.id}.txt"
        try:
            answer.write_text(outgoing.content.text.plain, encoding="utf-8")
        except OSError as error:
            raise NotSentError(f"{answer} cannot be written: {error.strerror}") from error
        return answer.name

    async def confirm(self, delivery: Delivery) -> str | None:
        raise NotSentError("never asked: sends are idempotent")

    def fetch(self, key: str) -> AsyncIterator[bytes]:
        raise RejectedError(f"letters hold words only, so there is no {key}")

    def endpoints(self) -> Sequence[Endpoint]:
        return ()
