"""What the engine knows of one bot while it runs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from typing import TypeAlias

from msgspec import Struct

from posthouse.delivery.outbox import Outbox
from posthouse.engine.membership import Membership
from posthouse.model.chat import Chat
from posthouse.people.crowd import Crowd
from posthouse.people.journal import Journal
from posthouse.ports.adapter import Adapter
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.handled import Handled
from posthouse.turn.conversation import Scope
from posthouse.turn.front import Showing
from posthouse.turn.turn import Turn
from posthouse.words.catalogue import Catalogue

Process: TypeAlias = Callable[[Turn], Awaitable[Handled]]
"""Middlewares, actions and apps as one call."""


class BotRuntime(Struct, kw_only=True, eq=False):
    """One bot that runs."""

    name: str
    account: int
    """The account's number in the database."""
    adapter: Adapter
    dispatcher: Dispatcher
    process: Process
    scopes: tuple[Scope, ...]
    """Conversations that its handlers may reach."""
    outbox: Outbox
    crowd: Crowd
    """Its persons."""
    members: Membership
    """Who is in its chats."""
    journal: Journal | None
    """Keeps what is said, if anything does."""
    words: Catalogue
    """What it says."""
    chats: Mapping[str, Chat]
    """Named chats."""
    limit_s: float
    """How long a handler may take."""
    zone: tzinfo
    """Its time zone."""
    language: str
    """Spoken where many listen, and to whom the bot has no other words for."""
    showing: Showing
    """Draws the elements of its screens."""
    moved: dict[str, str] = {}
    """Ids of chats that moved, and their ids now."""
    suspect: bool = False
    """A suspect of this bot is running; another one waits."""
    running: int = 0
    """Lanes with an update under way."""
    left: bool = False
    """It stops while the site goes on: nothing of it is started any more."""
