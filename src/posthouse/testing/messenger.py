"""`FakeMessenger`: a messenger in memory, which outlives the sites that talk through it.

How this works: the messenger keeps what every chat shows and every update that was not
acknowledged. A `FakeAdapter` is one bot's line to it, made anew whenever a site starts; what a bot
sends changes what chats show, what persons do becomes updates. An update is handed over once, and
again at every start until it is acknowledged, as messengers do.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.errors import MessageGoneError, OutcomeUnknownError, OverloadedError, RejectedError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Operation
from posthouse.model.update import ChatUpdate
from posthouse.ports.adapter import (
    Certainty,
    Delivery,
    Incoming,
    Profile,
    Receiver,
    Settled,
)
from posthouse.testing.wire import encode, kind_of

MESSENGER = "fake"


class Shown(Struct, kw_only=True):
    """A message as a chat shows it."""

    id: str
    chat: str
    author: str
    """The person's name, or an empty string for the bot."""
    content: Content
    at: datetime
    edits: int = 0
    late: bool = False
    delivery: int = 0
    """Delivery key of a message of the bot."""

    @property
    def text(self) -> str:
        """Its words, without formatting."""
        return self.content.text.plain


class Told(Struct, kw_only=True, eq=False):
    """An update that happened, and what became of it."""

    update: ChatUpdate
    bot: str
    body: bytes
    settled: list[Settled] = []
    """How it was acknowledged, once for each time it was handed over."""
    handed_over: int = 0
    """How often a site got it."""
    refused: int = 0
    """How often a site said "try later"."""
    group: str | None = None
    """The album it is a part of."""

    @property
    def is_acknowledged(self) -> bool:
        """Whether the messenger may forget it."""
        return bool(self.settled)


class Fault(Struct, kw_only=True, eq=False):
    """What goes wrong with deliveries."""

    error: Exception | None
    times: int = 1
    chat: str | None = None
    operation: Operation | None = None
    after_effect: bool = False
    """The operation is carried out, then its answer is lost."""
    delay_s: float = 0.0

    def fits(self, delivery: Delivery) -> bool:
        """Whether it strikes this delivery."""
        fits_chat = self.chat in (None, delivery.chat)
        return (
            self.times > 0 and fits_chat and self.operation in (None, delivery.outgoing.operation)
        )


class FakeMessenger:
    """A messenger in memory.

    ```python
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    messenger.fails(NotSentError("busy", retry_after_s=3), times=2)
    async with play(app, messenger=messenger) as site:
        ...
    ```

    Args:
        certainty: What can be known of a send whose answer was lost. Only an IDEMPOTENT messenger
            knows a delivery that it gets a second time; the others show it twice.
        repeats_s: Per update kind ("*" for the rest) how long an update is repeated; 0 for not.
        capabilities: What chats can show.
        profile: Further fields of the `Profile`, such as `pool=4`.
    """

    def __init__(
        self,
        *,
        certainty: Certainty = Certainty.IDEMPOTENT,
        repeats_s: Mapping[str, float] | None = None,
        capabilities: Capabilities | None = None,
        **profile: Any,
    ) -> None:
        self.profile = Profile(
            messenger=MESSENGER,
            certainty=certainty,
            repeats_s={"*": 86400.0} if repeats_s is None else repeats_s,
            **profile,
        )
        self.capabilities = capabilities or Capabilities()
        """What can be shown where `capabilities_in` does not say."""
        self.capabilities_in: dict[str, Capabilities] = {}
        """By raw chat id."""
        self.chats: dict[str, Chat] = {}
        self.moved: dict[str, str] = {}
        """Chats that moved: ids before and now; bots learn of it when they send there."""
        self.messages: list[Shown] = []
        """What all chats show, in the order in which it was sent; deleted messages are gone."""
        self.deliveries: list[tuple[str, Delivery]] = []
        """Every operation that was carried out, with the bot's name, repetitions included."""
        self.contents: dict[tuple[str, str], bytes] = {}
        """Content of photos and files, by bot and key: each bot has keys of its own."""
        self.uploads: list[tuple[str, str]] = []
        """What bots uploaded, once each: bot and key."""
        self.answered: list[str] = []
        """Ids of the presses that were answered."""
        self.offered: dict[str, tuple[tuple[str, ...], ...]] = {}
        """Ready answers that a chat offers now; they stay when the message is deleted."""
        self.notices: dict[str, str] = {}
        """What presses were answered with over the chat, by update id."""
        self.outside: set[tuple[str, str]] = set()
        """Who is not in a chat: raw ids of chat and person; everybody else is in all of them."""
        self.hides_members: dict[str, Exception] = {}
        """Chats of which a bot that asks who is in them gets an error, by raw id."""
        self.asked: list[tuple[str, str]] = []
        """What bots asked of who is in a chat: raw ids of chat and person."""
        self.updates: dict[str, Told] = {}
        """Everything persons did, by update id."""
        self.copies = 1
        """How often each update is handed over; more for a messenger that repeats itself."""
        self.forgets_acknowledgements = False
        """Acknowledgements are lost on the way: every start hands everything over again."""
        self.watch: Callable[[str], None] = lambda line: None
        """Told a line for the transcript about everything that happens."""
        self._faults: list[Fault] = []
        self._shown_by: dict[tuple[str, int], Shown] = {}
        self._lines: dict[str, Line] = {}
        self._numbers = count(1)
        self._held: deque[Told] | None = None

    def __repr__(self) -> str:
        return f"<FakeMessenger: {len(self.chats)} chats, {len(self.updates)} updates>"

    def next_id(self) -> int:
        """Return a number that was not used before."""
        return next(self._numbers)

    # --- what goes wrong

    def fails(
        self,
        error: Exception,
        *,
        times: int = 1,
        chat: str | None = None,
        operation: Operation | None = None,
        after_effect: bool = False,
    ) -> None:
        """Let the next deliveries fail.

        Args:
            error: NotSentError, RejectedError, OutcomeUnknownError, OSError, or anything else.
            times: How many of them.
            chat: Only those to this chat.
            operation: Only those of this kind.
            after_effect: Carry the operation out first, as when only the answer is lost.
        """
        fault = Fault(
            error=error, times=times, chat=chat, operation=operation, after_effect=after_effect
        )
        self._faults.append(fault)

    def loses_answers(self, *, times: int = 1, chat: str | None = None) -> None:
        """Let the next deliveries take effect without anybody learning of it."""
        lost = OutcomeUnknownError("the connection broke before the answer came")
        self.fails(lost, times=times, chat=chat, after_effect=True)

    def slow(self, seconds: float, *, times: int = 1, chat: str | None = None) -> None:
        """Let the next deliveries take that long."""
        self._faults.append(Fault(error=None, delay_s=seconds, times=times, chat=chat))

    def breaks(self, bot: str) -> None:
        """Break a bot's connection: its adapter dies and is started again after a while."""
        self._lines[bot].broke()

    def fault_for(self, delivery: Delivery) -> Fault | None:
        """Return what goes wrong with a delivery, and count it."""
        fault = next((fault for fault in self._faults if fault.fits(delivery)), None)
        if fault is not None:
            fault.times -= 1
        return fault

    def move(self, before: str, after: str) -> None:
        """Let a chat go on under another id, as groups do that become large."""
        self.chats[after] = msgspec.structs.replace(self.chats.pop(before), id=after)
        self.moved[before] = after
        self.watch(f"#{before} goes on as #{after}")

    # --- updates

    def tell(self, update: ChatUpdate, *, group: str | None = None) -> Told:
        """Let something happen: a site gets the update now, or at its next start."""
        told = Told(update=update, bot=update.bot, body=encode(update), settled=[], group=group)
        self.updates[update.id] = told
        if self._held is not None:
            self._held.append(told)
        else:
            self.hand_over(told)
        return told

    def hand_over(self, told: Told) -> None:
        """Hand an update over, once more if it was before."""
        line = self._lines.get(told.bot)
        if line is None:
            return
        for _ in range(self.copies):
            line.give(told)

    def hold(self) -> None:
        """Keep what happens from now on until `release`."""
        if self._held is None:
            self._held = deque()

    def release(self, *, reordered: bool = False) -> None:
        """Hand over what was held.

        `reordered` turns the order of chats round, not that within one.
        """
        held, self._held = self._held or deque(), None
        if reordered:
            places = {chat: place for place, chat in enumerate(dict.fromkeys(map(_chat_of, held)))}
            held = deque(sorted(held, key=lambda told: -places[_chat_of(told)]))
        for told in held:
            self.hand_over(told)

    def unacknowledged(self, bot: str) -> Iterator[Told]:
        """Return what a site gets when it starts."""
        for told in self.updates.values():
            due = self.forgets_acknowledgements or not told.is_acknowledged
            if told.bot == bot and due:
                yield told

    def plug_in(self, bot: str, receiver: Receiver) -> "Line":
        """Connect a bot that starts; the line before it is dead from now on."""
        line = self._lines[bot] = Line(self, receiver)
        return line

    def unplug(self, bot: str, line: "Line") -> None:
        """Disconnect a bot."""
        line.is_open = False
        if self._lines.get(bot) is line:
            del self._lines[bot]

    # --- what chats show

    def carry_out(self, bot: str, delivery: Delivery, *, at: datetime) -> str | None:
        """Do what a delivery says; return the message's id."""
        self.deliveries.append((bot, delivery))
        if delivery.outgoing.content.choices is not None:
            self.offered[delivery.chat] = delivery.outgoing.content.choices
        match delivery.outgoing.operation:
            case Operation.SEND:
                return self._send(bot, delivery, at).id
            case Operation.EDIT:
                message = self._find(bot, delivery)
                message.content = _keeping_choices(delivery.outgoing.content, message.content)
                message.edits += 1
                self.watch(f"{_place(delivery.chat, self.chats)}{bot} edits: {described(message)}")
                return message.id
            case Operation.DELETE:
                message = self._find(bot, delivery)
                self.messages.remove(message)
                self.watch(
                    f"{_place(delivery.chat, self.chats)}{bot} deletes: {described(message)}"
                )
                return message.id
            case Operation.CALL:
                self.watch(f"{bot} calls {delivery.outgoing.method}")
                return None
            case Operation.ANSWER:
                self.answered.append(delivery.outgoing.press_id or "")
                if words := delivery.outgoing.content.text.plain:
                    self.notices[delivery.outgoing.press_id or ""] = words
                    self.watch(
                        f"{_place(delivery.chat, self.chats)}{bot} answers the press: {words}"
                    )
                return None

    def upload(self, bot: str, data: bytes) -> str:
        """Take content from a bot; return the key under which it may show that from now on."""
        key = f"up{self.next_id()}"
        self.contents[bot, key] = data
        self.uploads.append((bot, key))
        return key

    def offer(self, bot: str, data: bytes, *, key: str) -> None:
        """Keep content that a person sends to a bot."""
        self.contents[bot, key] = data

    def content(self, bot: str, key: str) -> bytes:
        """Return content by the key that a bot knows; raises RejectedError for another's."""
        if (bot, key) not in self.contents:
            raise RejectedError(f"the bot {bot} knows no content with the key {key!r}")
        return self.contents[bot, key]

    def arrived(self, bot: str, delivery: Delivery) -> str | None:
        """Return the id of the message that a delivery became, if it arrived."""
        message = self._shown_by.get((bot, delivery.id))
        return message.id if message else None

    def shown_in(self, chat: str) -> list[Shown]:
        """Return what a chat shows, the oldest first."""
        return [message for message in self.messages if message.chat == chat]

    def write(self, chat: str, author: str, content: Content, *, at: datetime) -> Shown:
        """Add a person's own message to what a chat shows."""
        number = self.next_id()
        message = Shown(id=f"m{number}", chat=chat, author=author, content=content, at=at)
        self.messages.append(message)
        return message

    def _send(self, bot: str, delivery: Delivery, at: datetime) -> Shown:
        known = self._shown_by.get((bot, delivery.id))
        if known is not None and self.profile.certainty is Certainty.IDEMPOTENT:
            return known
        if delivery.chat not in self.chats:
            raise RejectedError(f"there is no chat {delivery.chat!r}")
        self._check_media(bot, delivery.outgoing.content)
        message = Shown(
            id=f"m{self.next_id()}",
            chat=delivery.chat,
            author="",
            content=delivery.outgoing.content,
            at=at,
            late=delivery.late,
            delivery=delivery.id,
        )
        self.messages.append(message)
        self._shown_by[bot, delivery.id] = message
        self.watch(f"{_place(delivery.chat, self.chats)}{bot}: {described(message)}")
        return message

    def _check_media(self, bot: str, content: Content) -> None:
        """Refuse keys of another bot; those that a test made up are taken."""
        foreign = {key for owner, key in self.contents if owner != bot}
        for item in media_of(content):
            if item.key in foreign and (bot, item.key) not in self.contents:
                raise RejectedError(f"the bot {bot} knows no content with the key {item.key!r}")

    def _find(self, bot: str, delivery: Delivery) -> Shown:
        target = delivery.outgoing.message_id
        for message in self.messages:
            is_named = target is not None and message.id == target
            if message.chat == delivery.chat and (
                is_named or (target is None and message.delivery == delivery.outgoing.target)
            ):
                return message
        raise MessageGoneError(f"there is no message {target!r} in chat {delivery.chat!r}")


class Line:
    """The connection of one bot, from its start to its end."""

    def __init__(self, messenger: FakeMessenger, receiver: Receiver) -> None:
        self._messenger = messenger
        self._receiver = receiver
        self.is_open = True
        self.waiting: list[Told] = []
        """What the site would not take: it gets it again a little later."""
        self.refused: Callable[[], None] = lambda: None
        """Told when the site would not take an update."""
        self.broke: Callable[[], None] = lambda: None
        """Told when the connection breaks."""

    def give(self, told: Told) -> None:
        """Hand one update to the site."""
        update = told.update
        incoming = Incoming(
            update_id=update.id,
            chat=update.chat.id,
            person=update.person.id,
            kind=kind_of(update),
            body=told.body,
            group=told.group,
        )
        told.handed_over += 1
        try:
            self._receiver.receive(incoming, lambda how: self._settled(told, how))
        except OverloadedError:
            told.refused += 1
            self.waiting.append(told)
            self.refused()

    def _settled(self, told: Told, how: Settled) -> None:
        if self.is_open:  # a process that died tells nobody anything
            told.settled.append(how)


def described(message: Shown) -> str:
    """Return a message on one line, for transcripts."""
    content = message.content
    parts = [message.text] if message.text else []
    parts += [f"<photo {photo.width}x{photo.height}>" for photo in content.photos]
    parts += [f"<file {file.name}>" for file in content.files]
    parts += ["".join(f"[{key.label}]" for key in row) for row in content.rows]
    parts += ["".join(f"({label})" for label in row) for row in content.choices or ()]
    return " ".join(parts)


def media_of(content: Content) -> list[Photo | File]:
    """Return what a content shows beside its words."""
    return [*content.photos, *content.files]


def _place(chat: str, chats: Mapping[str, Chat]) -> str:
    known = chats.get(chat)
    return "" if known is None or known.kind == "private" else f"#{chat} "


def _chat_of(told: Told) -> str:
    return told.update.chat.id


def _keeping_choices(new: Content, old: Content) -> Content:
    return new if new.choices is not None else msgspec.structs.replace(new, choices=old.choices)
