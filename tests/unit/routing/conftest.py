"""Updates and turns for tests of routing; what stands behind a turn is a small fake."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.text import Text
from posthouse.model.update import ChatUpdate, TextMessage
from posthouse.turn.conversation import Conversations
from posthouse.turn.turn import Turn
from posthouse.words.catalogue import Catalogue

T = TypeVar("T")
AT = datetime(2031, 5, 17, 16, 30, tzinfo=UTC)


class Behind:
    """What stands behind a turn here: provided objects, and threads that are not."""

    def __init__(self, provided: Mapping[Any, object] | None = None) -> None:
        self.provided = provided or {}
        self.blocking = 0

    async def provide(self, turn: Turn, types: Mapping[str, Any]) -> dict[str, Any]:
        """Hand out by type."""
        return {name: self.provided[kind] for name, kind in types.items()}

    async def run_blocking(self, turn: Turn, call: Callable[[], T]) -> T:
        """Run in place and count."""
        self.blocking += 1
        return call()

    def next_key(self) -> int:
        """Return a delivery key."""
        return 1

    def say(self, turn: Turn, key: str, values: Mapping[str, Any]) -> Text:
        """Say what the framework says by itself."""
        return Catalogue().say(key, "en", **values)

    def check(self, reply: Any, to: Chat) -> None:
        """Every chat shows everything."""

    def link(self, action: str, encoded: bytes) -> tuple[str, None]:
        """Return a link."""
        return f"fake:{action}", None

    def keys_for(self, reply: Any, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return a delivery key: everything is one message."""
        return self.next_key(), ()


@pytest.fixture
def common() -> dict[str, Any]:
    """Fields of every update: Ann in her private chat with the bot `post`."""
    return {
        "id": "u1",
        "bot": "post",
        "at": AT,
        "chat": Chat(id="c1", bot="post", messenger="web"),
        "person": Person(id="ann", name="Ann"),
    }


@pytest.fixture
def say(common: dict[str, Any]) -> Callable[..., TextMessage]:
    """Make a text message, such as `say("/help", group=True)`."""

    def make(text: str | Text, *, group: bool = False, **fields: Any) -> TextMessage:
        if group:
            fields["chat"] = Chat(id="g", bot="post", messenger="web", kind=ChatKind.GROUP)
        formatted = text if isinstance(text, Text) else None
        return TextMessage(
            **common | {"message_id": "m1", "text": str(text), "formatted": formatted} | fields
        )

    return make


@pytest.fixture
def turn_of() -> Callable[..., Turn]:
    """Make a turn of an update, with objects that modules would provide."""

    def make(update: ChatUpdate, provided: Mapping[Any, object] | None = None) -> Turn:
        behind: Any = Behind(provided)
        return Turn(update, backing=behind, conversations=Conversations({}))

    return make


@pytest.fixture
def ask(say: Callable[..., TextMessage], turn_of: Callable[..., Turn]) -> Callable[..., Any]:
    """Send a text to a dispatcher and return the answer."""

    async def send(dispatcher: Any, text: str | Text, **fields: Any) -> Any:
        return (await dispatcher.dispatch(turn_of(say(text, **fields)))).answer

    return send
