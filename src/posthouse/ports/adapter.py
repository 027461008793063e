"""Adapters (they speak one messenger) and what the engine offers them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from posthouse.model.capabilities import Capabilities
from posthouse.model.outgoing import DeliveryClass, Outgoing
from posthouse.model.update import ChatUpdate, Update
from posthouse.ports.clock import Clock
from posthouse.ports.media import Media, NoMedia
from posthouse.ports.menus import MenuCommand
from posthouse.ports.store import Database


class Certainty(StrEnum):
    """What can be known of a send whose answer was lost."""

    IDEMPOTENT = "idempotent"
    """Sending the same delivery again shows it once."""
    CONFIRMABLE = "confirmable"
    """The messenger can be asked whether it arrived."""
    BLIND = "blind"
    """Nobody can know."""


class Profile(Struct, frozen=True, kw_only=True):
    """What a messenger is like, as data."""

    messenger: str
    certainty: Certainty
    repeats_s: Mapping[str, float] = {}
    """Per update kind (the class name in lower case; "*" for the rest) how long the messenger
    repeats an update that was not acknowledged, in seconds; 0 for not at all: such an update goes
    into the inbox before
    its turn runs."""
    marks_s: float = 48 * 3600
    """How long the messenger may repeat an acknowledged update, because the answer was lost."""
    spill_s: float = 2.0
    """How long after its receipt an update that is not done goes into the inbox and is acknowledged
    (2 s; 50 ms for
    polled batches)."""
    max_connections: int | None = None
    """For webhooks: how many requests the messenger keeps open at once; when more than half are
    held, each for over
    100 ms, the oldest goes into the inbox."""
    on_unknown: str = "assume_sent"
    """What becomes of a delivery with an unknown end: assume_sent, resend or ask."""
    album_s: float = 1.0
    """How long after its latest part an album is taken to be complete."""
    pool: int = 32
    """Deliveries that may be under way at once."""


class Delivery(Struct, frozen=True, kw_only=True):
    """One operation for an adapter to carry out."""

    id: int
    """Delivery key, stable over retries and restarts: the idempotency key where one is taken."""
    chat: str
    outgoing: Outgoing
    attempt: int = 1
    late: bool = False
    klass: DeliveryClass = DeliveryClass.ANSWER
    """Who waits for it."""


class Rider(Protocol):
    """The open request that brought an update, if a delivery can ride in its answer."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for the answer."""

    def carry(self, body: bytes) -> None:
        """Put a delivery into the answer, which is given as soon as the update is settled."""


@runtime_checkable
class Rides(Protocol):
    """An adapter whose deliveries can ride in the answer to a request."""

    def ride(self, delivery: Delivery, *, again: bool = False) -> bytes | None:
        """Return a delivery as it stands in an answer; None when it must not ride.

        It takes the tokens that sending would take.

        With `again` it rode before the process ended: it is only written anew.
        """


class Incoming(Struct, kw_only=True):
    """One update as an adapter hands it over: its envelope decoded, its body kept as it came."""

    update_id: str
    chat: str | None
    """The raw chat id, or None for updates that belong to no chat (their lane is the person's)."""
    person: str | None
    kind: str
    """Class name of the update in lower case, such as "textmessage", "press", "timerdue"."""
    body: bytes
    """What `Adapter.decode` gets, now or after a restart."""
    update: ChatUpdate | None = None
    """The decoded update, where the adapter has it anyway."""
    rider: Rider | None = None
    """The request it came in, where that can take a delivery along."""
    group: str | None = None
    """The messenger's own id of the album that this message is a part of."""
    fast: bool = False
    """A payment or an inline query: a lane of its own with a deadline of 10 s."""


class Settled(StrEnum):
    """How an update came to be durable."""

    DONE = "done"
    INBOX = "inbox"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    """It was durable before."""


OnSettled: TypeAlias = Callable[[Settled], None]


class Receiver(Protocol):
    """Where an adapter hands its updates."""

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Give an update its place in its lane, at once and without waiting.

        `on_settled` is called in the loop exactly once, when the update is durable and may be
        acknowledged upstream. It is never called when the process dies or the store fails for good:
        the messenger then repeats the update.

        Raises OverloadedError while the engine cannot take updates (store failing, stopping):
        answer "try later".
        """

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        """Set aside an update whose body cannot be decoded."""

    def moved(self, before: str, after: str) -> None:
        """Note that a chat goes on under another id, at once and without waiting.

        Its conversations, timers and deliveries go on there; conversations that the new chat has
        already are kept, since they are newer. Saying it again does nothing.
        """


class Pacer(Protocol):
    """Decides when a delivery may leave; messengers with rate limits bring one."""

    def wait_s(self, delivery: Delivery) -> float:
        """Return 0 and take the tokens, or return the seconds to wait and take none."""

    def frozen(self, delivery: Delivery, retry_after_s: float) -> None:
        """Note that the messenger asked to wait: freeze the narrowest scope of this delivery."""


DeliverResult: TypeAlias = str | None
"""The messenger's own id of the message that was sent, or None where there is none."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """Part of a site's web server that an adapter answers for."""

    path: str
    """Path prefix such as "/" or "/shop"; the longest prefix wins."""
    app: Any
    """An ASGI application; it gets the path below the prefix, with `root_path` set.

    HTTP and WebSocket both.
    """


class Exchange(Protocol):
    """A request that was brought whole, and its answer."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for the answer."""

    def answer(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        """Answer, once and without waiting; does nothing when nobody waits any more."""


@runtime_checkable
class TakesWhole(Protocol):
    """An application of an endpoint that takes requests whole, from a server that brings them so.

    It is an ASGI application nevertheless: what is long or unusual comes by ASGI, and so does
    everything from other servers.
    """

    def take(
        self, path: str, headers: Mapping[bytes, bytes], body: bytes, exchange: Exchange
    ) -> None:
        """Take a POST request at once; answer then or later.

        Args:
            path: What stands below the endpoint's prefix.
            headers: By their names in lower case.
            body: As it came, 64 KiB at most.
            exchange: Takes the answer.
        """


class Sealer(Protocol):
    """Signs what leaves the process and comes back (see `posthouse.payloads.Keys`)."""

    def seal(self, value: str, *, purpose: str) -> str:
        """Sign a short text for a person to keep, such as a cookie."""

    def unseal(self, sealed: str, *, purpose: str) -> str:
        """Return the text that `seal` signed; raises PayloadError."""


class Memory(Protocol):
    """What an adapter remembers of one bot, so that it need not ask or tell the messenger again.

    It is there while the bot is in the site's database, with the token and settings it has.
    """

    def recall(self, key: str) -> str | None:
        """Return what was remembered under a name."""

    def remember(self, key: str, value: str | None) -> None:
        """Remember something, or forget it; durable a moment later."""


@runtime_checkable
class Leaves(Protocol):
    """An adapter with something to undo when its bot is removed for good."""

    async def leave(self) -> None:
        """Undo what the messenger was told, such as a webhook; called before `aclose`."""


class Visit(Struct, frozen=True, kw_only=True):
    """Somebody asks for a page of an app, below the page of a bot."""

    bot: str
    """Name of the bot."""
    title: str
    """What it is called."""
    rest: str
    """What follows the page's own part in the path."""
    languages: tuple[str, ...] = ()
    """IETF tags, the dearest first."""


Page: TypeAlias = Callable[[Visit], Awaitable[str | None]]
"""Returns HTML for a visit, or None where there is nothing."""


class Host(Struct, kw_only=True):
    """What an adapter gets at start."""

    bot: str
    """Name of the bot."""
    title: str
    chats: Mapping[str, str]
    """Named chats of the bot from its settings: name to raw chat id."""
    settings: Mapping[str, Any]
    """The bot's other settings, as written."""
    receiver: Receiver
    database: Database
    clock: Clock
    keys: Sealer
    """Signs cookies and whatever else the adapter hands out."""
    folder: Path
    """Existing folder for files the adapter keeps (uploads)."""
    kinds: frozenset[type[Update]] = frozenset({Update})
    """What the bot's handlers ask for: adapters that can be told receive nothing else."""
    roles_of: Callable[[str], frozenset[str]] = lambda person: frozenset()
    """Return the roles that a person was granted with this bot."""
    addressed: Callable[[str], None] = lambda name: None
    """Tell under which name people address the bot: `/help@name`."""
    commands: Sequence[MenuCommand] = ()
    """The bot's commands and what they do, for menus."""
    media: Media = NoMedia()
    """Content of photos and files that are to be sent and that this messenger has not got yet."""
    moved: Mapping[str, str] = {}
    """Chats that go on under another id: their ids before, and their ids now.

    It grows as `Receiver.moved` is called, and has what was known of old before the first delivery.
    """
    memory: Memory | None = None
    """What it remembers; None for a bot of the settings file, which keeps nothing."""
    pages: Mapping[str, Page] = {}
    """Pages of the bot's apps, for an adapter that has one itself: by the first part of their path.
    """


class Adapter(Protocol):
    """Speaks one messenger for one bot."""

    profile: Profile
    pacer: Pacer | None
    """Its rate limits, or None when it has none."""

    async def start(self, host: Host) -> str:
        """Log in and be ready for every other call; return the messenger's own id of the account.

        Updates that come before `poll()` may be handed over: the engine holds them. Raises
        AdapterError.
        """

    async def poll(self) -> None:
        """Receive until `stop_polling`.

        Raising ends the adapter, which is then started again with backoff.
        """

    async def stop_polling(self) -> None:
        """Take no more updates; deliveries still work. `poll()` returns soon after."""

    async def aclose(self) -> None:
        """Log out and let go of everything; a second call does nothing."""

    def decode(self, body: bytes) -> Update:
        """Decode the body of an update, now or years later. Raises DecodeError."""

    def capabilities(self, chat: str) -> Capabilities:
        """Return what can be shown in a chat."""

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Carry out one operation and return the sent message's own id.

        Called at most once at a time per chat and class. Raises NotSentError (nothing left, so it
        is repeated),
        RejectedError (it never will be sent), OutcomeUnknownError, or OSError and TimeoutError,
        which count as unknown unless sends are idempotent. Photos and files whose keys `is_kept`
        are in `Host.media`; all others have keys of this messenger.
        """

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        """For CONFIRMABLE messengers: return the message's id if it arrived.

        Raises NotSentError if it did not.
        """

    def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield the content of a photo or file that this bot received, for another bot to send.

        Args:
            key: The `key` of a `Photo` or `File` that `decode` returned, now or years ago.

        Raises RejectedError when there is no such content (any more), NotSentError or OSError when
        it cannot be read now.
        """

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the parts of the web server this adapter answers for.

        Called once, after `start`.
        """


@runtime_checkable
class Links(Protocol):
    """An adapter whose messenger has links that open the bot with a few bytes.

    Whoever follows one says `/start` and the payload, as a text message in the private chat.
    """

    def link(self, payload: str) -> str | None:
        """Return the link for a payload of at most 64 characters of A-Z, a-z, 0-9, `_` and `-`.

        None where this bot has none.
        """


@runtime_checkable
class Permalinks(Protocol):
    """An adapter whose messages have lasting addresses, in some chats at least."""

    def permalink(self, chat: str, message_id: str) -> str | None:
        """Return the address of a message, by the raw id of its chat and its own id.

        None where there is none, such as in private chats.
        """


@runtime_checkable
class Members(Protocol):
    """An adapter that can tell who is in a chat."""

    async def is_member(self, chat: str, person: str) -> bool:
        """Return whether a person is in a chat, by the raw ids of both.

        Raises RejectedError where the bot may not know, NotSentError or OSError where nobody
        answers now.
        """

    async def way_in(self, chat: str) -> str | None:
        """Return an address where a chat can be joined; None where there is none, or none known."""


@runtime_checkable
class Offers(Protocol):
    """An adapter that gives handlers something only its messenger has, such as a client."""

    offers: Mapping[type, object]
    """By the type that a `use()` parameter asks for."""


def offers_of(adapter: Adapter) -> Mapping[type, object]:
    """Return what an adapter gives handlers."""
    return adapter.offers if isinstance(adapter, Offers) else {}


AdapterFactory: TypeAlias = Callable[[Mapping[str, Any]], Adapter]
"""What the entry point group `posthouse.adapters` names: called with the bot's settings."""
