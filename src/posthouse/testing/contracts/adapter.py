"""What every adapter must do.

Each check is an async function that gets a *stage*: the messenger with one person in one chat,
which whoever writes the adapter provides (see `AdapterStage`). It raises AssertionError with a
sentence. Run every one of `ADAPTER_CHECKS` with a fresh stage each; no test framework is needed:

    for check in ADAPTER_CHECKS:
        async with my_stage() as stage:
            await check(stage)

What a messenger cannot do (repeat updates, edit messages) its profile and its capabilities say, and
the checks ask for no more than these.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias

from posthouse.errors import DecodeError, NotSentError
from posthouse.model.capabilities import Level
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.model.text import Text
from posthouse.model.update import ChatUpdate, TextMessage
from posthouse.ports.adapter import (
    Adapter,
    Certainty,
    Delivery,
    Endpoint,
    Host,
    Incoming,
    Receiver,
)
from posthouse.testing.fakes import FakeReceiver

SOON_S = 5.0
"""Real seconds in which a call must end that is said to end soon."""
QUIET_S = 0.05
"""Real seconds in which something that must not come would come."""
_KEY = 1_000_000


class AdapterStage(Protocol):
    """A messenger, a chat in it, and a person in that chat."""

    chat: str
    """Raw id of the chat."""

    def adapter(self) -> Adapter:
        """Make an adapter of the one account there is: a new object for each call."""

    def host(self, receiver: Receiver) -> Host:
        """Return what the adapter gets at its start; always the same database, keys and folder."""

    async def open(self, endpoints: Sequence[Endpoint]) -> None:
        """Called whenever an adapter polls: serve its endpoints, if it has any."""

    async def says(self, words: str) -> None:
        """Let the person write in the chat; return when that is on its way."""

    async def again(self) -> None:
        """Let the messenger repeat what was not acknowledged, in its order.

        Need do nothing where the profile promises no repetition.
        """

    async def shown(self) -> list[str]:
        """Return the texts of the bot's messages that the chat shows, the oldest first."""


Check: TypeAlias = Callable[[AdapterStage], Awaitable[None]]


def expect(condition: object, sentence: str) -> None:
    """Raise AssertionError with a sentence unless a condition holds."""
    if not condition:
        raise AssertionError(sentence)


@asynccontextmanager
async def polling(
    stage: AdapterStage, receiver: FakeReceiver, *, adapter: Adapter | None = None
) -> AsyncIterator[Adapter]:
    """Run an adapter in the order of a site: start, poll, stop polling, close."""
    adapter = adapter or stage.adapter()
    await adapter.start(stage.host(receiver))
    endpoints = adapter.endpoints()
    failures: list[BaseException] = []
    async with asyncio.TaskGroup() as group:
        polled = group.create_task(_caught(adapter.poll(), failures))
        try:
            await asyncio.sleep(0)
            await stage.open(endpoints)
            yield adapter
        except BaseException as error:  # noqa: BLE001  raised again, outside the task group
            failures.append(error)
        await _caught(adapter.stop_polling(), failures)
        done, _ = await asyncio.wait({polled}, timeout=SOON_S)
        polled.cancel()
        await _caught(adapter.aclose(), failures)
    if failures:
        raise failures[0]
    expect(done, "poll() must return soon after stop_polling()")


async def _caught(work: Awaitable[None], failures: list[BaseException]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  raised again, outside the task group
        failures.append(error)


def sending(number: int, chat: str, words: str, **more: Any) -> Delivery:
    """Return a delivery that shows a text."""
    outgoing = Outgoing(content=Content(text=Text(words)), **more)
    return Delivery(id=_KEY + number, chat=chat, outgoing=outgoing)


def repeats(adapter: Adapter) -> bool:
    """Whether the messenger repeats text messages that were not acknowledged."""
    repeats_s = adapter.profile.repeats_s
    return repeats_s.get("textmessage", repeats_s.get("*", 0.0)) > 0


# --- what an adapter says of itself


async def profile_is_sound(stage: AdapterStage) -> None:
    """The profile holds numbers the engine can work with."""
    profile = stage.adapter().profile
    expect(profile.messenger, "profile.messenger must name the messenger")
    expect(profile.pool >= 1, "profile.pool must be 1 at least")
    expect(profile.spill_s > 0, "profile.spill_s must be positive")
    expect(
        all(seconds >= 0 for seconds in profile.repeats_s.values()),
        "profile.repeats_s holds seconds, 0 for what is not repeated",
    )
    known = ("assume_sent", "resend", "ask")
    expect(profile.on_unknown in known, f"profile.on_unknown must be one of {', '.join(known)}")
    expect(profile.certainty in tuple(Certainty), "profile.certainty must be a member of Certainty")


async def account_is_stable(stage: AdapterStage) -> None:
    """Every start returns the messenger's own id of the account: marks and states hang on it."""
    accounts: list[str] = []
    for _ in range(2):
        adapter = stage.adapter()
        accounts.append(await adapter.start(stage.host(FakeReceiver())))
        await adapter.aclose()
    expect(accounts[0], "start() must return the account's own id")
    expect(accounts[0] == accounts[1], "start() must return the same id every time")


async def capabilities_are_stable(stage: AdapterStage) -> None:
    """Two looks at a chat's capabilities agree: replies are checked against the first."""
    async with polling(stage, FakeReceiver()) as adapter:
        first = adapter.capabilities(stage.chat)
        expect(first == adapter.capabilities(stage.chat), "capabilities() must not change")
        expect(first.text_length > 0, "capabilities().text_length must be positive")


# --- updates


async def update_fits_its_envelope(stage: AdapterStage) -> None:
    """What `decode` makes of a body is what the envelope said of it."""
    receiver = FakeReceiver()
    async with polling(stage, receiver) as adapter:
        await stage.says("hello")
        (incoming,) = await receiver.until(1)
        _fits(incoming, adapter.decode(incoming.body), stage, "hello")


def _fits(incoming: Incoming, update: object, stage: AdapterStage, words: str) -> None:
    expect(isinstance(update, ChatUpdate), "what happens in a chat decodes to a ChatUpdate")
    expect(isinstance(update, TextMessage), "a text decodes to a TextMessage")
    if not isinstance(update, TextMessage):
        return
    expect(update.text == words, "the text must be what was written, literally")
    expect(incoming.update_id, "an update needs an id")
    expect(update.id == incoming.update_id, "update.id must be the envelope's update_id")
    expect(incoming.kind == "textmessage", "the envelope's kind is the class name in lower case")
    expect(incoming.chat == stage.chat, "the envelope must name the raw chat id")
    expect(update.chat.id == incoming.chat, "update.chat.id must be the envelope's chat")
    expect(update.person.id == incoming.person, "update.person.id must be the envelope's person")
    expect(update.person.name, "a person's name is never empty")
    expect(update.at.tzinfo is not None, "update.at must be aware")
    bot = stage.host(FakeReceiver()).bot
    expect(update.bot == update.chat.bot == bot, "update and chat must name the bot")
    expect(update.message_id, "a message needs an id")
    if incoming.update is not None:
        expect(incoming.update == update, "the envelope's own update must be what decode returns")


async def body_outlives_the_adapter(stage: AdapterStage) -> None:
    """A body from the inbox is decoded by the next process as it was by this one."""
    receiver = FakeReceiver()
    async with polling(stage, receiver) as adapter:
        await stage.says("hello")
        (incoming,) = await receiver.until(1)
        before = adapter.decode(incoming.body)
    async with polling(stage, FakeReceiver()) as adapter:
        expect(
            adapter.decode(incoming.body) == before, "decode() must not depend on what came before"
        )


async def garbage_is_a_decode_error(stage: AdapterStage) -> None:
    """Bytes that are no update raise DecodeError and nothing else."""
    async with polling(stage, FakeReceiver()) as adapter:
        for body in (b"", b"\x00", b"\xff" * 100, b"{}", b"[]", b'{"kind": 7}', b"\x80"):
            try:
                adapter.decode(body)
            except DecodeError:
                continue
            raise AssertionError(f"decode({body[:20]!r}) must raise DecodeError")


async def order_is_kept(stage: AdapterStage) -> None:
    """Updates of a chat are handed over in the order in which they happened, each with its id."""
    receiver = FakeReceiver()
    words = ["one", "two", "three"]
    async with polling(stage, receiver) as adapter:
        for each in words:
            await stage.says(each)
        received = await receiver.until(3)
        texts = [getattr(adapter.decode(incoming.body), "text", None) for incoming in received]
        expect(texts == words, f"{words} were handed over as {texts}")
        expect(len({incoming.update_id for incoming in received}) == 3, "ids must be unique")


async def ids_never_come_again(stage: AdapterStage) -> None:
    """An update after a restart has an id that none before it had: a known id counts as done."""
    ids: list[str] = []
    for words in ("before", "after"):
        receiver = FakeReceiver()
        async with polling(stage, receiver):
            await stage.says(words)
            ids += [incoming.update_id for incoming in await receiver.until(1)]
    expect(len(set(ids)) == len(ids), f"the ids {ids} must differ")


async def unacknowledged_update_comes_again(stage: AdapterStage) -> None:
    """What was not settled is handed over again, under its id, also by the next process."""
    receiver = FakeReceiver(settles=False)
    async with polling(stage, receiver) as adapter:
        if not repeats(adapter):
            return
        await stage.says("hello")
        (first,) = await receiver.until(1)
        first_id = first.update_id
        await stage.again()
        repeated = await receiver.until(2)
        expect(repeated[1].update_id == first_id, "a repetition must keep its update_id")
    later = FakeReceiver()
    async with polling(stage, later):
        await stage.again()
        (third,) = await later.until(1)
        expect(third.update_id == first_id, "the next process must get it under the same id")


async def acknowledged_update_does_not_come_again(stage: AdapterStage) -> None:
    """Once settled, an update is acknowledged upstream."""
    receiver = FakeReceiver(settles=False)
    async with polling(stage, receiver) as adapter:
        if not repeats(adapter):
            return
        await stage.says("hello")
        await receiver.until(1)
        receiver.settle()
        await asyncio.sleep(QUIET_S)
        await stage.again()
        await asyncio.sleep(QUIET_S)
        expect(len(receiver.received) == 1, "a settled update must be acknowledged")


async def refused_update_comes_again(stage: AdapterStage) -> None:
    """An update that the engine would not take is not acknowledged."""
    receiver = FakeReceiver()
    async with polling(stage, receiver) as adapter:
        if not repeats(adapter):
            return
        receiver.refuses = True
        await stage.says("hello")
        await receiver.until_refused()
        receiver.refuses = False
        await stage.again()
        (incoming,) = (await receiver.until(1))[:1]
        _fits(incoming, adapter.decode(incoming.body), stage, "hello")


# --- the order of calls


async def nothing_comes_after_stop_polling(stage: AdapterStage) -> None:
    """After `stop_polling` no update is handed over; what happens is left to the next start."""
    receiver = FakeReceiver()
    async with polling(stage, receiver) as adapter:
        await adapter.stop_polling()
        await stage.says("too late")
        await asyncio.sleep(QUIET_S)
        expect(not receiver.received, "stop_polling() must end the handing over")


async def deliveries_work_after_stop_polling(stage: AdapterStage) -> None:
    """What is ready still leaves while a site stops."""
    async with polling(stage, FakeReceiver()) as adapter:
        await adapter.stop_polling()
        await adapter.deliver(sending(1, stage.chat, "goodbye"))
        expect("goodbye" in "\n".join(await stage.shown()), "deliver() must work while stopping")


async def polling_can_be_cancelled(stage: AdapterStage) -> None:
    """A supervisor that cancels `poll` gets it ended."""
    adapter = stage.adapter()
    await adapter.start(stage.host(FakeReceiver()))
    adapter.endpoints()
    async with asyncio.TaskGroup() as group:
        polled = group.create_task(adapter.poll())
        await asyncio.sleep(QUIET_S)
        polled.cancel()
        done, _ = await asyncio.wait({polled}, timeout=SOON_S)
        expect(done, "poll() must end when it is cancelled")
    await adapter.stop_polling()
    await adapter.aclose()


async def closing_twice_is_harmless(stage: AdapterStage) -> None:
    """Nor does it harm to close what was never started, as happens when a start fails."""
    adapter = stage.adapter()
    await adapter.aclose()
    async with polling(stage, FakeReceiver(), adapter=adapter):
        pass
    await adapter.aclose()
    await adapter.aclose()


async def closed_adapter_starts_again(stage: AdapterStage) -> None:
    """A supervisor closes an adapter that died and starts the same object again."""
    adapter = stage.adapter()
    for words in ("first", "second"):
        receiver = FakeReceiver()
        async with polling(stage, receiver, adapter=adapter):
            await stage.says(words)
            (incoming,) = await receiver.until(1)
            _fits(incoming, adapter.decode(incoming.body), stage, words)


# --- deliveries


async def sent_message_is_shown(stage: AdapterStage) -> None:
    """A text arrives as it is, whatever it holds."""
    async with polling(stage, FakeReceiver()) as adapter:
        words = "a <b>&amp; *c* _d_ ü 😀"
        message_id = await adapter.deliver(sending(1, stage.chat, words))
        expect(words in "\n".join(await stage.shown()), f"{words!r} must be shown literally")
        expect(
            message_id is None or message_id, "deliver() returns the message's id, or None for none"
        )


async def idempotent_send_shows_once(stage: AdapterStage) -> None:
    """Where sends are idempotent, a delivery that is sent again shows nothing more.

    Neither in this process nor in the next.
    """
    ids: list[str | None] = []
    for _ in range(2):
        async with polling(stage, FakeReceiver()) as adapter:
            if adapter.profile.certainty is not Certainty.IDEMPOTENT:
                return
            ids.append(await adapter.deliver(sending(1, stage.chat, "once")))
            ids.append(await adapter.deliver(sending(1, stage.chat, "once")))
            count = (await stage.shown()).count("once")
            expect(count == 1, f"a delivery sent again must be shown once, not {count} times")
    expect(len(set(ids)) == 1, "a delivery sent again must return the same message id")


async def edits_take_the_place_of_what_was_there(stage: AdapterStage) -> None:
    """An edit shows the new text instead of the old; so does a repeated one."""
    async with polling(stage, FakeReceiver()) as adapter:
        message_id = await adapter.deliver(sending(1, stage.chat, "before"))
        if adapter.capabilities(stage.chat).edits is not Level.FULL or message_id is None:
            return
        edit = {"operation": Operation.EDIT, "message_id": message_id}
        for _ in range(2):
            await adapter.deliver(sending(2, stage.chat, "after", target=_KEY + 1, **edit))
        shown = await stage.shown()
        expect("before" not in shown, "an edit must replace the text")
        expect(shown.count("after") == 1, "an edit must show the new text once")


async def deleted_messages_are_gone(stage: AdapterStage) -> None:
    """A deleted message is not shown any more."""
    async with polling(stage, FakeReceiver()) as adapter:
        message_id = await adapter.deliver(sending(1, stage.chat, "gone"))
        if adapter.capabilities(stage.chat).deletes is not Level.FULL or message_id is None:
            return
        outgoing = Outgoing(operation=Operation.DELETE, target=_KEY + 1, message_id=message_id)
        await adapter.deliver(Delivery(id=_KEY + 2, chat=stage.chat, outgoing=outgoing))
        expect("gone" not in await stage.shown(), "a deleted message must not be shown")


async def unknown_sends_can_be_asked_for(stage: AdapterStage) -> None:
    """Where sends are confirmable, `confirm` tells what arrived from what did not."""
    async with polling(stage, FakeReceiver()) as adapter:
        if adapter.profile.certainty is not Certainty.CONFIRMABLE:
            return
        delivery = sending(1, stage.chat, "there")
        message_id = await adapter.deliver(delivery)
        expect(await adapter.confirm(delivery) == message_id, "confirm() must return the id")
        try:
            await adapter.confirm(sending(2, stage.chat, "not there"))
        except NotSentError:
            return
        raise AssertionError("confirm() must raise NotSentError for what did not arrive")


ADAPTER_CHECKS: tuple[Check, ...] = (
    profile_is_sound,
    account_is_stable,
    capabilities_are_stable,
    update_fits_its_envelope,
    body_outlives_the_adapter,
    garbage_is_a_decode_error,
    order_is_kept,
    ids_never_come_again,
    unacknowledged_update_comes_again,
    acknowledged_update_does_not_come_again,
    refused_update_comes_again,
    nothing_comes_after_stop_polling,
    deliveries_work_after_stop_polling,
    polling_can_be_cancelled,
    closing_twice_is_harmless,
    closed_adapter_starts_again,
    sent_message_is_shown,
    idempotent_send_shows_once,
    edits_take_the_place_of_what_was_there,
    deleted_messages_are_gone,
    unknown_sends_can_be_asked_for,
)
"""Every adapter passes all of these."""
