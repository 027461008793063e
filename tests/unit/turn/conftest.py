"""Turns for tests; what stands behind them records and answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import pytest

from posthouse.errors import MistakeError
from posthouse.model.chat import Chat, Person
from posthouse.model.reply import Reply, Screen
from posthouse.model.update import TextMessage
from posthouse.turn.conversation import Conversations
from posthouse.turn.screen import LoadedScreen
from posthouse.turn.turn import Turn

T = TypeVar("T")


class Behind:
    """What stands behind a turn here."""

    def __init__(self) -> None:
        self.keys = count(1)
        self.numbers = count(7)
        self.provided: dict[Any, Any] = {}
        self.checked: list[Reply | Screen] = []
        self.done: list[Any] = []

    def next_key(self) -> int:
        """Return the next key."""
        return next(self.keys)

    def named(self, name: str) -> Chat:
        """Return a chat with that name as its id."""
        return Chat(id=name, bot="post", messenger="web")

    def check(self, reply: Reply | Screen, to: Chat) -> None:
        """Note the reply; the chat `mute` shows nothing."""
        if to.id == "mute":
            raise MistakeError("mute")
        self.checked.append(reply)

    def link(self, action: str, encoded: bytes) -> tuple[str, None]:
        """Return a link."""
        return f"fake:{action}", None

    def keys_for(self, reply: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Check it and return the next key: everything is one message."""
        self.check(reply, to)
        return self.next_key(), ()

    async def fetch(self, statement: Any) -> Sequence[Any]:
        """Return the statement as its only row."""
        return [statement]

    async def number(self, turn: Turn, sequence: str) -> int:
        """Return the next number."""
        return next(self.numbers)

    async def once(self, turn: Turn, key: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Note the key and call."""
        self.done.append(key)
        return await call()

    async def send_now(self, turn: Turn, key: str, reply: Reply, to: Chat) -> int:
        """Note what was sent."""
        self.done.append((key, reply, to.id))
        return next(self.keys)

    async def provide(self, turn: Turn, types: Mapping[str, Any]) -> dict[str, Any]:
        """Hand out by type."""
        return {name: self.provided[kind] for name, kind in types.items()}

    async def run_blocking(self, turn: Turn, call: Callable[[], T]) -> T:
        """Run in place."""
        return call()

    async def screen(self, delivery: int) -> LoadedScreen:
        """Nothing is remembered."""
        return LoadedScreen(0, None)

    async def payload(self, key: bytes) -> bytes | None:
        """Return the key itself."""
        return key


@pytest.fixture
def behind() -> Behind:
    """What stands behind the turn."""
    return Behind()


@pytest.fixture
def turn(behind: Any) -> Turn:
    """A turn of Ann's message in her private chat."""
    update = TextMessage(
        id="u1",
        bot="post",
        at=datetime(2031, 5, 17, tzinfo=UTC),
        chat=Chat(id="c1", bot="post", messenger="web"),
        person=Person(id="ann", name="Ann"),
        message_id="m1",
        text="hi",
    )
    return Turn(update, backing=behind, conversations=Conversations({}))
