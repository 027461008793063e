"""What a turn asks the engine for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, ParamSpec, Protocol, TypeVar

from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import Text
from posthouse.ports.changes import PutPayload
from posthouse.ports.records import Statement
from posthouse.turn.persons import Persons
from posthouse.turn.screen import LoadedScreen

P = ParamSpec("P")
T = TypeVar("T")

TurnT_contra = TypeVar("TurnT_contra", contravariant=True)
"""The turn."""


class Backing(Protocol[TurnT_contra]):
    """What stands behind a turn: the engine, or a fake of it."""

    def next_key(self) -> int:
        """Return a fresh delivery key."""

    def named(self, name: str) -> Chat:
        """Return a named chat of the bot; raises MistakeError with the names there are."""

    def check(self, reply: Reply | Screen, to: Chat) -> None:
        """Raise InvalidReplyError when a chat cannot show a reply as one message."""

    def keys_for(self, reply: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return the delivery key of a message to be sent, and those of all its parts, if several.

        Raises InvalidReplyError when the chat cannot show it.
        """

    def link(self, action: str, encoded: bytes) -> tuple[str, PutPayload | None]:
        """Return a link that calls an action, and what has to be kept for it.

        Raises MistakeError where the messenger has no such links.
        """

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data."""

    async def number(self, turn: TurnT_contra, sequence: str) -> int:
        """Return this update's number of a sequence."""

    async def once(self, turn: TurnT_contra, key: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Run an outside effect under a durable intent."""

    async def send_now(self, turn: TurnT_contra, key: str, reply: Reply, to: Chat) -> int:
        """Send before the turn commits, under a durable intent; return the delivery key."""

    async def keep(self, reply: Reply) -> Reply:
        """Return a reply whose photos and files are kept by the site."""

    async def provide(self, turn: TurnT_contra, types: Mapping[str, Any]) -> dict[str, Any]:
        """Return objects of these types, by parameter name."""

    async def run_blocking(self, turn: TurnT_contra, call: Callable[[], T]) -> T:
        """Run a call that waits on a thread of the framework's own."""

    def now(self) -> datetime:
        """Return the moment by the site's clock."""

    def now_s(self) -> float:
        """Return it as a Unix time."""

    @property
    def zone(self) -> tzinfo:
        """The bot's time zone."""

    def language(self, turn: TurnT_contra) -> str:
        """Return the language to speak in a turn's chat."""

    def say(self, turn: TurnT_contra, key: str, values: Mapping[str, Any]) -> Text:
        """Return words from the bot's catalogues."""

    def languages(self) -> Mapping[str, str]:
        """Return the languages of the bot's catalogues: tags, and their own names."""

    def speak(self, turn: TurnT_contra, language: str | None) -> None:
        """Note what language a turn's person chose."""

    def say_in(self, language: str | None, key: str, values: Mapping[str, Any]) -> Text:
        """Return words in one language, the bot's own for None."""

    def has_words(self, turn: TurnT_contra, key: str) -> bool:
        """Whether a turn's chat can be told a key."""

    async def direct(self, person: str) -> Chat:
        """Return a person's private chat; raises MistakeError when there is none."""

    @property
    def account(self) -> int:
        """The account's number in the database."""

    @property
    def persons(self) -> Persons:
        """What is kept in memory about the bot's persons."""

    def capabilities(self, chat: Chat) -> Capabilities:
        """Return what a chat can show."""

    def permalink(self, chat: Chat, message_id: str) -> str | None:
        """Return the lasting address of a message, or None where it has none."""

    async def is_member(self, chat: Chat, person: str) -> bool:
        """Return whether a person is in a chat; raises what the messenger says against it."""

    async def way_in(self, chat: Chat) -> str | None:
        """Return an address where a chat can be joined."""

    async def screen(self, delivery: int) -> LoadedScreen:
        """Read what is remembered of a screen."""

    async def front(self, chat: str) -> LoadedScreen:
        """Read what typed words may refer to in a chat."""

    async def payload(self, key: bytes) -> bytes | None:
        """Return a button payload that was kept in the database."""
