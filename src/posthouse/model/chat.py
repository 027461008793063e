"""Who and where: persons and chats, as a messenger names them."""

from enum import StrEnum

from msgspec import Struct


class ChatKind(StrEnum):
    """What sort of chat it is."""

    PRIVATE = "private"
    """One person and the bot."""
    GROUP = "group"
    """Several persons."""
    BROADCAST = "broadcast"
    """Only staff and bots write here, the others read."""


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Somebody who acts in a chat."""

    id: str
    """The messenger's own id of the person."""
    name: str
    """The name shown to others; never empty."""
    username: str = ""
    """The name that others may call them by, unique on their messenger; empty for none."""
    language: str = "en"
    """IETF language tag, or "en" when the messenger does not tell."""
    roles: frozenset[str] = frozenset()
    """Names of the roles that the site gives this person; middlewares set them."""


class Chat(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where messages go."""

    id: str
    """The messenger's own id of the chat."""
    bot: str
    """Name of the bot that sees this chat."""
    messenger: str
    """Name of the network, such as "web" or "telegram"."""
    kind: ChatKind = ChatKind.PRIVATE
    title: str = ""
