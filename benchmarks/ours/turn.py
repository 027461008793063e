"""`turn` on Posthouse: a whole site with an adapter that takes Telegram's bytes.

From bytes to confirmed commit, on a SQLite file with synchronous=FULL. The deliveries go to the
same adapter, which confirms at once, and the clock stops when their outcomes are committed too.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import shapes
from benchmarks.clients import Figures, main, run_clients
from benchmarks.updates import COMMANDS
from posthouse.app import App
from posthouse.engine.memory import settle_memory
from posthouse.errors import DecodeError, NotSentError, RejectedError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.media import Photo
from posthouse.model.update import ChatUpdate, PhotoMessage, Press, TextMessage, Update
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
from posthouse.site import Bot, Site
from posthouse.turn.conversation import Conversation

KINDS = {Press: "press", PhotoMessage: "photomessage", TextMessage: "textmessage"}


class Count(Conversation):
    """How often somebody came."""

    n: int = 0


def shop() -> App:
    """Return an app with a handler for each command, one for presses and one for the rest."""
    app = App("bench")

    def add(number: int) -> None:
        async def handle(message: TextMessage, count: Count) -> str:
            count.n += 1
            return "ok"

        handle.__name__ = f"cmd{number}"
        app.command(f"cmd{number}")(handle)

    for number in range(COMMANDS):
        add(number)

    @app.on
    async def pressed(press: Press, count: Count) -> str:
        count.n += 1
        return "ok"

    @app.on
    async def other(message: TextMessage | PhotoMessage, count: Count) -> str:
        count.n += 1
        return "ok"

    return app


class Bench:
    """Speaks the sample updates; every delivery is confirmed at once."""

    profile = Profile(messenger="bench", certainty=Certainty.IDEMPOTENT, repeats_s={"*": 86400.0})
    pacer: Pacer | None = None

    def __init__(self) -> None:
        self.sent = 0
        self._able = Capabilities()
        self._stopped = asyncio.Event()

    async def start(self, host: Host) -> str:
        self._host = host
        return "1"

    async def poll(self) -> None:
        await self._stopped.wait()

    async def stop_polling(self) -> None:
        self._stopped.set()

    async def aclose(self) -> None:
        pass

    def decode(self, body: bytes) -> Update:
        return self._update(shapes.decode(body))

    def capabilities(self, chat: str) -> Capabilities:
        return self._able

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        self.sent += 1
        return None

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        raise NotSentError("never asked")

    def fetch(self, key: str) -> AsyncIterator[bytes]:
        raise RejectedError(f"there is no content {key}")

    def endpoints(self) -> Sequence[Endpoint]:
        return ()

    def feed(self, line: bytes) -> "asyncio.Future[Settled]":
        """Hand over an update; the future is done once it is settled."""
        future: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        update = self._update(shapes.decode(line))
        incoming = Incoming(
            update_id=update.id,
            chat=update.chat.id,
            person=update.person.id,
            kind=KINDS[type(update)],
            body=line,
            update=update,
        )
        self._host.receiver.receive(incoming, future.set_result)
        return future

    def _update(self, native: shapes.Update) -> ChatUpdate:
        query, message = native.callback_query, native.message
        if query is not None:
            return Press(
                id=str(native.update_id),
                bot="bench",
                at=datetime.fromtimestamp(query.message.date, UTC),
                native=native,
                chat=_chat(query.message.chat),
                person=_person(query.sender),
                message_id=str(query.message.message_id),
                payload=query.data,
            )
        if message is None:
            raise DecodeError(f"update {native.update_id} is of no kind in the sample")
        if message.photo:
            photo = message.photo[-1]
            return PhotoMessage(
                id=str(native.update_id),
                bot="bench",
                at=datetime.fromtimestamp(message.date, UTC),
                native=native,
                chat=_chat(message.chat),
                person=_person(message.sender),
                message_id=str(message.message_id),
                photo=Photo(key=photo.file_id, width=photo.width, height=photo.height),
                caption=message.caption,
            )
        return TextMessage(
            id=str(native.update_id),
            bot="bench",
            at=datetime.fromtimestamp(message.date, UTC),
            native=native,
            chat=_chat(message.chat),
            person=_person(message.sender),
            message_id=str(message.message_id),
            text=message.text or "",
        )


def _chat(chat: shapes.Chat) -> Chat:
    kind = ChatKind.PRIVATE if chat.type == "private" else ChatKind.GROUP
    return Chat(id=str(chat.id), bot="bench", messenger="bench", kind=kind)


def _person(sender: shapes.User) -> Person:
    return Person(id=str(sender.id), name=sender.first_name, language=sender.language_code or "en")


async def run(
    adapter: Bench,
    apps: Sequence[App],
    lines: Sequence[bytes],
    in_flight: int,
    folder: Path,
    *,
    around: Callable[[], AbstractContextManager[object]],
) -> Figures:
    """Run all updates through a site with one bot; every one of them has to get its turn."""
    site = Site(bots=[Bot("bench", messenger="bench", apps=apps, adapter=adapter)], folder=folder)

    async def finish() -> None:
        while site.counters["waiting"]:  # noqa: ASYNC110  nobody tells when it is empty
            await asyncio.sleep(0.001)
        await site.engine.committer.drained()

    async with site.start():
        settle_memory()  # as Site.run does
        with around():
            figures = await run_clients(adapter.feed, lines, in_flight=in_flight, finish=finish)
        require(site.counters["turns"] == len(lines), "not every update had its turn")
        require(site.counters["quarantined"] == 0, "updates were set aside")
    return figures


def require(holds: bool, complaint: str) -> None:
    """Stop a benchmark that did not do what it measures."""
    if not holds:
        raise SystemExit(f"{complaint}; a figure would mean nothing")


async def measure(
    lines: Sequence[bytes],
    in_flight: int,
    folder: Path,
    *,
    around: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Figures:
    """Run all updates through a site; `around` is entered for the measured part only."""
    adapter = Bench()
    figures = await run(adapter, [shop()], lines, in_flight, folder, around=around)
    presses = sum(b'"callback_query"' in line for line in lines)
    require(adapter.sent == len(lines) + presses, "not every delivery was sent once")
    return figures


if __name__ == "__main__":
    main(measure)
