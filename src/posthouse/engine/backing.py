"""What stands behind a turn: reads, numbers, once() calls, modules and threads."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeVar

import msgspec

from posthouse.engine.bot import BotRuntime
from posthouse.engine.compose import Composer
from posthouse.engine.keys import DeliveryKeys, Numbers
from posthouse.engine.lanes import Entry
from posthouse.engine.points import Point, Points
from posthouse.engine.states import StateLoader
from posthouse.engine.threads import Threads
from posthouse.errors import MistakeError, OutcomeUnknownError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import Text
from posthouse.people.crowd import Crowd
from posthouse.ports.adapter import Permalinks, offers_of
from posthouse.ports.changes import Change, PutIntent, PutPayload, PutResult, UseNumber, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import DeliveryState, Statement
from posthouse.ports.store import StateKey, StateRead, Store
from posthouse.ports.writer import Writer
from posthouse.turn.effects import Send
from posthouse.turn.front import front_key
from posthouse.turn.providing import Modules
from posthouse.turn.screen import LoadedScreen, screen_key
from posthouse.turn.turn import Turn

T = TypeVar("T")
SEND_NOW_TIMEOUT_S = 30.0
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class Desk(msgspec.Struct, kw_only=True, eq=False):
    """What the backings of all turns share."""

    store: Store
    writer: Writer
    clock: Clock
    points: Points
    loader: StateLoader
    keys: DeliveryKeys
    numbers: Numbers
    modules: Modules
    threads: Threads
    spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class EntryBacking:
    """Stands behind the turns of one update, over all runs of its handler."""

    __slots__ = ("_bot", "_composer", "_desk", "_entry", "_spoken")

    def __init__(self, entry: Entry, desk: Desk, bot: BotRuntime, composer: Composer) -> None:
        self._entry = entry
        self._desk = desk
        self._bot = bot
        self._composer = composer
        self._spoken: str | None = None

    def next_key(self) -> int:
        """Return a fresh delivery key."""
        return self._desk.keys.next()

    def named(self, name: str) -> Chat:
        """Return a named chat of the bot."""
        chat = self._bot.chats.get(name)
        if chat is None:
            names = ", ".join(sorted(self._bot.chats)) or "none"
            raise MistakeError(
                f"bot {self._bot.name} has no chat named {name!r}; its settings name: {names}"
            )
        return chat

    def check(self, reply: Reply | Screen, to: Chat) -> None:
        """Raise InvalidReplyError when a chat cannot show a reply as one message."""
        self._composer.check(reply, to)

    def keys_for(self, reply: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return the delivery key of a message to be sent, and those of all its parts."""
        return self._composer.keys_for(reply, to)

    def link(self, action: str, encoded: bytes) -> tuple[str, PutPayload | None]:
        """Return a link that calls an action, and what has to be kept for it."""
        return self._composer.link(action, encoded)

    def now(self) -> datetime:
        """Return the moment by the site's clock."""
        return self._desk.clock.now()

    def now_s(self) -> float:
        """Return it as a Unix time."""
        return self._desk.clock.timestamp()

    @property
    def zone(self) -> tzinfo:
        """The bot's time zone."""
        return self._bot.zone

    @property
    def account(self) -> int:
        """The account's number in the database."""
        return self._bot.account

    def capabilities(self, chat: Chat) -> Capabilities:
        """Return what a chat can show."""
        return self._bot.adapter.capabilities(chat.id)

    def permalink(self, chat: Chat, message_id: str) -> str | None:
        """Return the lasting address of a message, or None where it has none."""
        adapter = self._bot.adapter
        if not isinstance(adapter, Permalinks):
            return None
        return adapter.permalink(self._bot.moved.get(chat.id, chat.id), message_id)

    async def is_member(self, chat: Chat, person: str) -> bool:
        """Return whether a person is in a chat, asking again whom was not."""
        raw = self._bot.moved.get(chat.id, chat.id)
        return await self._bot.members.is_member(raw, person, again=True)

    async def way_in(self, chat: Chat) -> str | None:
        """Return an address where a chat can be joined."""
        return await self._bot.members.way_in(self._bot.moved.get(chat.id, chat.id))

    def language(self, turn: Turn) -> str:
        """Return the language to speak in a turn's chat: the person's own where it is theirs."""
        bot = self._bot
        if turn.chat.kind is not ChatKind.PRIVATE:
            return bot.words.nearest(bot.language)
        chosen = self._spoken or bot.crowd.language_of(turn.person.id)
        return bot.words.nearest(chosen or turn.person.language)

    def languages(self) -> Mapping[str, str]:
        """Return the languages of the bot's catalogues: tags, and their own names."""
        return self._bot.words.names()

    def speak(self, turn: Turn, language: str | None) -> None:
        """Note what language a turn's person chose; it is spoken from now on in this turn."""
        from posthouse.people.rows import put_choice  # noqa: PLC0415  SQLAlchemy is heavy

        self._spoken = language or turn.person.language
        person, crowd = turn.person.id, self._bot.crowd
        turn.execute(put_choice(self._bot.account, person, language))
        turn.on_commit(lambda: crowd.chooses(person, language))

    def say(self, turn: Turn, key: str, values: Mapping[str, Any]) -> Text:
        """Return words from the bot's catalogues."""
        return self._bot.words.say(key, self.language(turn), **values)

    def say_in(self, language: str | None, key: str, values: Mapping[str, Any]) -> Text:
        """Return words in one language, the bot's own for None."""
        return self._bot.words.say(key, language or self._bot.language, **values)

    def has_words(self, turn: Turn, key: str) -> bool:
        """Whether a turn's chat can be told a key."""
        return self._bot.words.has(key, self.language(turn))

    @property
    def persons(self) -> Crowd:
        """What is kept in memory about the bot's persons."""
        return self._bot.crowd

    async def direct(self, person: str) -> Chat:
        """Return a person's private chat with this bot."""
        bot, turn = self._bot, self._entry.turn
        if turn is not None and turn.chat.kind is ChatKind.PRIVATE and turn.person.id == person:
            return turn.chat  # who is here for the first time is written down with this turn
        from posthouse.people.rows import private_chat  # noqa: PLC0415  SQLAlchemy is heavy

        found = await self._desk.store.fetch(private_chat(bot.account, person))
        if not found:
            raise MistakeError(
                f"turn.direct({person!r}): bot {bot.name} knows no private chat with this person; "
                f"they have to write to it first"
            )
        chat, name = found[0]
        return Chat(id=chat, bot=bot.name, messenger=bot.crowd.messenger, title=name)

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data."""
        return await self._desk.store.fetch(statement)

    async def screen(self, delivery: int) -> LoadedScreen:
        """Read what is remembered of a screen."""
        read = await self._read(StateKey(self._bot.account, screen_key(delivery)))
        return LoadedScreen(read.version, read.body)

    async def front(self, chat: str) -> LoadedScreen:
        """Read what typed words may refer to in a chat."""
        key = front_key(self._bot.moved.get(chat, chat))
        read = await self._read(StateKey(self._bot.account, key))
        return LoadedScreen(read.version, read.body)

    async def payload(self, key: bytes) -> bytes | None:
        """Return a button payload that was kept in the database."""
        return await self._desk.store.payload(key, account=self._bot.account)

    async def number(self, turn: Turn, sequence: str) -> int:
        """Return this update's number of a sequence: the same in every run."""
        entry = self._entry
        known = entry.numbers.get(sequence)
        if known is None and not entry.fresh:
            known = await self._desk.store.number_of(entry.mark, sequence)
        if known is None:
            known = await self._desk.numbers.take(sequence)
        entry.numbers[sequence] = known
        return known

    async def once(self, turn: Turn, key: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Run an outside effect under a durable intent."""
        if await self._intent(key):
            result = await call()
            self._desk.points.reach(Point.ONCE_RAN)
            await self._keep_result(key, result)
            return result
        return self._entry.intents[key]

    async def send_now(self, turn: Turn, key: str, reply: Reply, to: Chat) -> int:
        """Queue durably behind what is committed for that chat, and wait until it is sent."""
        name = f"send {key}"
        change = Change()
        delivery, keys = self.keys_for(reply, to)
        if not await self._intent(name, beside=change, result=delivery):
            return int(self._entry.intents[name])
        send = Send(delivery, reply, to, handle=True, keys=keys)
        placements = await self._composer.now(turn, send, change=change)
        verdict = await self._desk.writer.write(change)
        for placement in placements:
            (self._bot.outbox.won if verdict is Verdict.WON else self._bot.outbox.lost)(placement)
        if verdict is not Verdict.WON:
            raise OutcomeUnknownError(
                f"send_now({key!r}): another run of this update has sent it or is about to"
            )
        self._entry.intents[name] = delivery
        async with asyncio.timeout(SEND_NOW_TIMEOUT_S):
            ends = [await self._bot.outbox.ended(key) for key in keys or (delivery,)]
        if DeliveryState.UNKNOWN in ends:
            raise OutcomeUnknownError(
                f"send_now({key!r}): nobody knows whether the message arrived"
            )
        return delivery

    async def keep(self, reply: Reply) -> Reply:
        """Return a reply whose photos and files are kept by the site."""
        return await self._composer.keep(reply)

    async def provide(self, turn: Turn, types: Mapping[str, Any]) -> dict[str, Any]:
        """Return objects of these types, by parameter name."""
        offers = offers_of(self._bot.adapter)
        if not offers:  # nearly always
            return await self._desk.modules.provide(turn, types)
        own = {name: offers[kind] for name, kind in types.items() if kind in offers}
        others = {name: kind for name, kind in types.items() if name not in own}
        return {**await self._desk.modules.provide(turn, others), **own}

    async def run_blocking(self, turn: Turn, call: Callable[[], T]) -> T:
        """Run a call that waits on a thread of the framework's own."""
        return await self._desk.threads.run(call)

    async def _read(self, key: StateKey) -> StateRead:
        future: asyncio.Future[StateRead] = asyncio.get_running_loop().create_future()

        def loaded(_: object, reads: list[StateRead]) -> None:
            if not future.done():
                future.set_result(reads[0])

        self._desk.loader.load((key,), loaded)
        return await future

    async def _intent(self, key: str, *, beside: Change | None = None, result: Any = None) -> bool:
        """Write down that a call is about to run; False when an earlier run has its result.

        With `beside` the intent and its result go into that change, which the caller commits.
        """
        entry = self._entry
        if key in entry.intents:
            return False
        if not entry.fresh:
            seen, kept = await self._desk.store.intent(entry.mark, key)
            if kept is not None:
                entry.intents[key] = _decode(kept)
                return False
            if seen:
                raise OutcomeUnknownError(
                    f"once({key!r}): an earlier run of update {entry.mark.update_id} was "
                    "interrupted inside the call, so "
                    f"nobody knows whether it took effect; ask the service you called, then decide"
                )
        change = beside or Change()
        change.writes.append(PutIntent(entry.mark, key, self._desk.clock.timestamp()))
        change.writes.extend(
            UseNumber(entry.mark, name, value) for name, value in entry.numbers.items()
        )
        if beside is not None:
            change.writes.append(PutResult(entry.mark, key, _encode(result)))
            return True
        if await self._desk.writer.write(change) is not Verdict.WON:
            raise OutcomeUnknownError(
                f"once({key!r}): another run of this update has begun the call"
            )
        entry.fresh = False
        self._desk.points.reach(Point.INTENT_COMMITTED)
        return True

    async def _keep_result(self, key: str, result: Any) -> None:
        try:
            body = _encode(result)
        except TypeError as error:
            raise MistakeError(
                f"once({key!r}) must return plain data (what msgpack carries): {error}"
            ) from None
        change = Change()
        change.writes.append(PutResult(self._entry.mark, key, body))
        await self._desk.writer.write(change)
        self._entry.intents[key] = _decode(body)
