"""The turn: one update handled in one conversation, and what its handler may ask for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, ParamSpec, TypeVar

import msgspec

from posthouse.errors import MistakeError, TurnClosedError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import Text, Words
from posthouse.model.update import ChatUpdate, Outcome, Press, TimerDue
from posthouse.ports.records import Statement
from posthouse.turn.backing import Backing
from posthouse.turn.conversation import Conversations
from posthouse.turn.effects import (
    Afterwards,
    Amend,
    Delete,
    Effect,
    Follow,
    Keep,
    Later,
    Native,
    Number,
    Run,
    Send,
)
from posthouse.turn.persons import Persons
from posthouse.turn.replies import as_message, as_reply
from posthouse.turn.screen import LoadedScreen, OpenScreen, PressNote
from posthouse.turn.sent import Deferred, NativeCall, Sent

P = ParamSpec("P")
T = TypeVar("T")


class Turn:
    """One update handled in one conversation.

    What is asked for here commits together with the state when the handler returns, or not at all;
    only `once` and `send_now` take effect earlier. After the handler has ended, or was cut, every
    call raises TurnClosedError.
    """

    late = False
    """The update was set aside or waited, so the moment it belongs to has passed."""
    conflict: Exception | None = None
    """Set in the second run after a statement broke a unique constraint in the first."""

    # For the framework. Defaults stand on the class: a turn is made for every update, and most
    # leave them be.
    origins: tuple[tuple[Screen, tuple[str, bytes]], ...] = ()
    """Screens that actions made in this turn, each with the call that made it."""
    screen: OpenScreen | None = None
    """The screen whose button was pressed."""
    note: PressNote | None = None
    """How this press is told from its repetition."""
    received_s = 0.0
    """When the update was received, monotonic."""
    answered_s: float | None = None
    """When this press was answered outside its lane, monotonic."""
    limit_s: float | None = None
    """The chosen route's own time limit, or None for the site's."""
    route = ""
    """`app.function` of the route that is running."""
    forms: Any = None
    """What fills in the forms of this bot, where it has any."""
    notice: Words = ""
    """What the answer to this press says, over the chat."""
    _open = True

    def __init__(
        self, update: ChatUpdate, *, backing: "Backing[Turn]", conversations: Conversations
    ) -> None:
        self.update = update
        self.chat = update.chat
        """Where it happens."""
        self.person = update.person
        """Who acted."""
        self.conversations = conversations
        """For the engine: the states this turn can reach."""
        self.effects: list[Effect] = []
        """For the engine: what was asked for so far, in order."""
        self._backing = backing

    def send(
        self,
        reply: Words | Reply | Screen,
        *,
        to: Chat | None = None,
        reply_to: str | None = None,
        apart: bool = False,
    ) -> Sent:
        """Send a message besides the answer, here or in another chat of this bot.

        What is too much for one message becomes several; the handle is then that of the one with
        the buttons, else of the first.

        Args:
            reply: What to send.
            to: Where to, this chat when left out.
            reply_to: Id of the message it answers; where that is gone, or the messenger has no
                answers, it is sent all the same.
            apart: A screen becomes a message of its own; else it takes the place of the one whose
                button was pressed.
        """
        self.require_open()
        chat = to or self.chat
        message = as_message(reply)
        key, keys = self._backing.keys_for(message, chat)
        origin = self.origin_of(message)
        self.effects.append(
            Send(
                key,
                message,
                chat,
                handle=True,
                keys=keys,
                origin=origin,
                apart=apart,
                reply_to=reply_to,
            )
        )
        return Sent(self, key, chat, operation=keys or (key,))

    def named(self, name: str) -> Chat:
        """Return a chat that the bot's settings name, to send there with `to=`."""
        return self._backing.named(name)

    def sent(self, key: int, *, to: Chat | None = None) -> Sent:
        """Return the handle of an earlier delivery by its key, to edit or delete it."""
        self.require_open()
        return Sent(self, key, to or self.chat)

    async def send_now(self, key: str, reply: Words | Reply, *, to: Chat | None = None) -> Sent:
        """Send at once, before the turn commits; a re-run of the handler does not send it again.

        It goes after every committed delivery of that chat and before this turn's own. `key` names
        this send within the update. Raises OutcomeUnknownError when an earlier run was interrupted
        while sending.
        """
        self.require_open()
        chat = to or self.chat
        message = as_reply(reply)
        return Sent(self, await self._backing.send_now(self, key, message, chat), chat)

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data and return its rows.

        Statements queued in this turn are not seen.
        """
        self.require_open()
        return await self._backing.fetch(statement)

    def execute(self, statement: Statement, *, expect_rows: int | None = None) -> None:
        """Queue a statement that runs when the turn commits, in the same transaction.

        When it touches another number of rows than `expect_rows`, or breaks a constraint, nothing
        of the turn commits and the handler runs again on fresh data.
        """
        self.require_open()
        self.effects.append(Run(statement, expect_rows))

    async def number(self, sequence: str) -> int:
        """Return this update's number of a sequence.

        It is the same in every run of the handler and never given twice; gaps are allowed.
        """
        self.require_open()
        for effect in self.effects:
            if isinstance(effect, Number) and effect.sequence == sequence:
                return effect.value
        value = await self._backing.number(self, sequence)
        self.require_open()
        self.effects.append(Number(sequence, value))
        return value

    async def once(
        self, key: str, fn: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call something outside, such as a payment service, at most once per update.

        That holds however often the handler runs.

        The result must be plain data (what msgpack carries). Raises OutcomeUnknownError when an
        earlier run was interrupted between the call and its result.
        """
        self.require_open()
        result: T = await self._backing.once(self, key, lambda: fn(*args, **kwargs))
        return result

    async def keep(self, reply: Words | Reply) -> Reply:
        """Return a reply whose own photos and files are kept by the site, so that it can be stored.

        What was kept and is in no message or item is removed after some days. Raises MistakeError,
        InvalidReplyError and EmptyReplyError for what cannot be kept.
        """
        self.require_open()
        return await self._backing.keep(as_reply(reply))

    def call(self, method: NativeCall, *, to: Chat | None = None) -> None:
        """Make a call of the messenger's own when the turn commits, in the order of the chat.

        For what has no neutral name: a poll, a sticker, a pin. Like every delivery it is durable,
        paced and tried again; what it returns is not told.

        Args:
            method: Such as `SendPoll(...)` from `posthouse.telegram`; it cannot hold a file.
            to: The chat in whose order it stands, this one when left out; which chat it is about
                stands in the method.

        Raises:
            InvalidReplyError: when the turn commits, where the messenger does not know such calls.
            MistakeError: The method holds what is not plain data.
        """
        self.require_open()
        try:
            parameters = msgspec.json.encode(method)
        except TypeError as error:
            raise MistakeError(
                f"turn.call({method.api_name}): its parameters must be plain data, since they are "
                f"kept until they are sent: {error}"
            ) from None
        self.effects.append(Native(method.api_name, parameters, to or self.chat))

    def later(
        self, after: timedelta, action: Deferred[P], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call an action in this chat after a while, also after a restart."""
        self.require_open()
        after_s = after.total_seconds()
        if after_s < 0:
            raise MistakeError(
                f"turn.later({after}, {action.name}): the time lies in the past; give a positive "
                f"timedelta"
            )
        self.effects.append(Later(after_s, action.name, action.encode(args, kwargs)))

    def at(self, moment: datetime, action: Deferred[P], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call an action in this chat at a moment, or at once when that is over.

        Raises MistakeError for a moment without a zone.
        """
        if moment.tzinfo is None:
            raise MistakeError(
                f"turn.at({moment}, {action.name}): the moment has no zone; give an aware "
                f"datetime, such as one made with tzinfo=turn.zone"
            )
        self.later(max(moment - self.now, timedelta(0)), action, *args, **kwargs)

    @property
    def now(self) -> datetime:
        """The moment by the site's clock, aware, in UTC."""
        return self._backing.now()

    @property
    def now_s(self) -> float:
        """For what keeps it as a number: the same moment as a Unix time."""
        return self._backing.now_s()

    @property
    def zone(self) -> tzinfo:
        """The bot's time zone, from its setting `timezone`."""
        return self._backing.zone

    @property
    def outcome(self) -> Outcome | None:
        """How the delivery ended that this turn follows on, in an action given to `Sent.then`."""
        update = self.update
        return update.outcome if isinstance(update, TimerDue) else None

    @property
    def language(self) -> str:
        """The language to speak here: IETF tag of one that the bot's catalogues have."""
        return self._backing.language(self)

    @property
    def languages(self) -> Mapping[str, str]:
        """The languages that the bot's catalogues have: tags, each with its own name for itself."""
        return self._backing.languages()

    def speak(self, language: str | None) -> None:
        """Speak to this person in a language, in private chats, from now on.

        None goes back to what their messenger tells. Raises MistakeError for a language that no
        catalogue has.
        """
        self.require_open()
        if language is not None and language not in self.languages:
            raise MistakeError(
                f"turn.speak({language!r}): the catalogues of this bot speak "
                f"{', '.join(self.languages)}"
            )
        self._backing.speak(self, language)

    def say(self, key: str, /, **values: Any) -> Text:
        """Return words from the catalogues of the bot's apps, in the language spoken here.

        Args:
            key: Name of the message in the catalogue.
            values: What it is filled with; a Text keeps its formatting.
        """
        return self._backing.say(self, key, values)

    def say_in(self, language: str | None, key: str, /, **values: Any) -> Text:
        """Return words as `say` does, in a language that is not that of this chat.

        None is the bot's own language: what many read is said in that.
        """
        return self._backing.say_in(language, key, values)

    def has_words(self, key: str) -> bool:
        """Whether a catalogue has a key, in the language spoken here or another one it falls to."""
        return self._backing.has_words(self, key)

    async def direct(self, person: str) -> Chat:
        """Return the private chat of a person with this bot, by the person's id.

        Raises MistakeError for a person who never wrote to it.
        """
        self.require_open()
        return await self._backing.direct(person)

    def notify(self, words: Words) -> None:
        """Say a sentence over the chat, in answer to a press; it goes by itself.

        Where the turn is not that of a press, or comes too late for its answer, it is sent as a
        message.
        """
        self.require_open()
        if isinstance(self.update, Press) and not self.late:
            self.notice = words
        else:
            self.send(words)

    def capabilities(self, chat: Chat) -> Capabilities:
        """Return what a chat of this bot can show."""
        return self._backing.capabilities(chat)

    def permalink(self, chat: Chat, message_id: str) -> str | None:
        """Return the lasting address of a message, or None where it has none."""
        return self._backing.permalink(chat, message_id)

    async def is_member(self, chat: Chat, person: str | None = None) -> bool:
        """Return whether somebody is in a chat of this bot, the person of this turn if left out.

        What the messenger says is kept for ten minutes; a no is asked for again.

        Raises:
            RejectedError: the bot may not know, as on Telegram where it is no administrator.
            NotSentError: nobody answers now, nor with OSError.
        """
        self.require_open()
        return await self._backing.is_member(chat, person or self.person.id)

    async def way_in(self, chat: Chat) -> str | None:
        """Return an address where a chat of this bot can be joined, if there is one."""
        self.require_open()
        return await self._backing.way_in(chat)

    @property
    def account(self) -> int:
        """The number of the bot's account, under which its rows are kept."""
        return self._backing.account

    @property
    def persons(self) -> Persons:
        """For the framework: what is kept in memory about the bot's persons."""
        return self._backing.persons

    def link(self, action: Deferred[P], *args: P.args, **kwargs: P.kwargs) -> str:
        """Return a link that opens this bot and calls an action, for whoever follows it.

        It is signed and does not expire, unless its arguments are long: they are kept in the
        database, for as long as those of buttons (400 days), once the turn has committed. The
        action's turn is that of the person who follows it.

        Raises MistakeError where the messenger has no such links.
        """
        self.require_open()
        url, kept = self._backing.link(action.name, action.encode(args, kwargs))
        if kept is not None:
            self.effects.append(Keep(kept))
        return url

    # --- for the framework

    def replace_update(self, update: ChatUpdate) -> None:
        """For middlewares: let the turn see a changed update.

        Raises MistakeError when it is another one.
        """
        now = self.update
        if (update.id, update.bot, update.chat.id, update.person.id) != (
            now.id,
            now.bot,
            now.chat.id,
            now.person.id,
        ):
            raise MistakeError(
                f"a middleware replaced update {now.id} by {update.id} of bot {update.bot}, chat "
                f"{update.chat.id}, person {update.person.id}; it may change what an update says, "
                f"not whose it is or where, since state and order depend on that"
            )
        self.update, self.chat, self.person = update, update.chat, update.person

    def new_key(self) -> int:
        """For drafts: return a number that is unique in the database and never given twice."""
        return self._backing.next_key()

    async def provide(self, types: Mapping[str, Any]) -> dict[str, Any]:
        """For actions: return what modules provide, by parameter name."""
        return await self._backing.provide(self, types)

    async def run_blocking(self, call: Callable[[], T]) -> T:
        """For routes with `blocking=True`: run a call that waits on a thread of our own."""
        return await self._backing.run_blocking(self, call)

    async def load_screen(self, delivery: int) -> LoadedScreen:
        """For presses: read what is remembered of a screen."""
        return await self._backing.screen(delivery)

    async def load_front(self, chat: str) -> LoadedScreen:
        """For what is typed: read what it may refer to in a chat."""
        return await self._backing.front(chat)

    async def load_payload(self, key: bytes) -> bytes | None:
        """For presses: load a payload that was kept in the database."""
        return await self._backing.payload(key)

    def amend(self, key: int, reply: Reply, to: Chat) -> int:
        """For handles: replace a message's content when the turn commits."""
        self.require_open()
        self._backing.check(reply, to)
        own = self._backing.next_key()
        self.effects.append(Amend(key, reply, to, own))
        return own

    def remove(self, key: int, to: Chat) -> int:
        """For handles: delete a message when the turn commits."""
        self.require_open()
        own = self._backing.next_key()
        self.effects.append(Delete(key, to, own))
        return own

    def follow(self, keys: tuple[int, ...], action: str, args: bytes) -> None:
        """For handles: call an action once it is known how deliveries ended."""
        self.require_open()
        self.effects.append(Follow(keys, action, args))

    def on_commit(self, call: Callable[[], object]) -> None:
        """For what is kept in memory beside the database: call once the turn is committed."""
        self.require_open()
        self.effects.append(Afterwards(call))

    def shown_by(self, screen: Screen, call: tuple[str, bytes]) -> None:
        """For actions: note which call made a screen, unless another action did and noted it."""
        self.require_open()
        if self.origin_of(screen) is None:
            self.origins = (*self.origins, (screen, call))

    def origin_of(self, screen: Reply | Screen) -> tuple[str, bytes] | None:
        """Return the call that made a screen: its action and encoded arguments."""
        for known, call in self.origins:
            if known is screen:
                return call
        return None

    def close(self) -> None:
        """End the turn: every later call raises TurnClosedError."""
        self._open = False

    def require_open(self) -> None:
        """Raise TurnClosedError when the turn has ended."""
        if not self._open:
            raise TurnClosedError(
                f"the turn of update {self.update.id} is over; a task that outlives its handler "
                f"cannot use it, so do the work before the handler returns, or by turn.later"
            )
