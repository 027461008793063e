"""A bot as it is written down: one account on one messenger, with its apps and named chats."""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from posthouse.errors import SettingsError, SetupError
from posthouse.model.chat import Chat, ChatKind
from posthouse.plugins import ADAPTERS, load_plugin
from posthouse.ports.adapter import Adapter
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.plain import Process
from posthouse.routing.router import Router
from posthouse.words.catalogue import merged

DRAFTS = timedelta(days=30)
"""After how long a form is given up that nobody goes on with."""


class Bot:
    """One account on one messenger, with its apps and named chats.

    Args:
        name: Unique within the site; letters, digits, `-` and `_`.
        messenger: Name of the messenger, such as "web": an adapter of ours or of an installed
        package.
        apps: Asked in this order; the first that claims an update answers it.
        chats: Named chats: name to the messenger's own id.
        ask: "first" stops at the first claim; "all" lets every app take the update, the first
        answer is delivered.
        title: Name shown to people.
        adapter: The adapter itself, instead of one found by the messenger's name.
        spokes: Names of bots that must start before this one and stop after it, which makes it a
        hub.
        timezone: Where its local times are, such as "Europe/Kyiv" (a name of the IANA database).
        language: Spoken where many listen, and to persons whose own it does not have: a tag such as
        "uk".
        journal: For how long what is said is kept, both ways; nothing is, when left out.
        country: Two letters of the country whose phone numbers may be given without its code.
        drafts: After how long untouched a half-filled form is given up.
        settings: Whatever the adapter understands.

    Raises:
        SettingsError: for a time zone that nobody knows, and a chat that an app needs and that is
            not named.
    """

    def __init__(  # noqa: PLR0913  everything but the name by keyword
        self,
        name: str,
        *,
        messenger: str,
        apps: Sequence[Router | Process] | Dispatcher,
        chats: Mapping[str, str] | None = None,
        ask: Literal["first", "all"] = "first",
        title: str = "",
        adapter: Adapter | None = None,
        spokes: Sequence[str] = (),
        timezone: str = "UTC",
        language: str = "en",
        journal: timedelta | None = None,
        country: str | None = None,
        drafts: timedelta = DRAFTS,
        **settings: Any,
    ) -> None:
        self.name = name
        self.messenger = messenger
        self.apps: Sequence[Router | Process] = () if isinstance(apps, Dispatcher) else apps
        self.title = title or name
        self.spokes = tuple(spokes)
        self.zone = zone_of(timezone, bot=name)
        self.language = language
        self.journal = journal
        self.country = country
        self.drafts = drafts
        self.settings = settings
        self.chats = {
            key: Chat(id=raw, bot=name, messenger=messenger, kind=ChatKind.BROADCAST, title=key)
            for key, raw in (chats or {}).items()
        }
        # Bots with the same apps share what these were compiled to.
        self.dispatcher = (
            apps.shared_by(name)
            if isinstance(apps, Dispatcher)
            else Dispatcher(name, apps, ask=ask)
        )
        self._check_chats()
        self.words = merged(
            tuple(app.words for app in self.dispatcher.routers if app.words is not None),
            default=language,
        )
        """What its apps say, and the framework for them."""
        self.adapter: Adapter = adapter or load_plugin(ADAPTERS, messenger)(settings)

    def __repr__(self) -> str:
        return f"<Bot {self.name} on {self.messenger}>"

    def _check_chats(self) -> None:
        for router in self.dispatcher.routers:
            for chat, what in router.beside.chats.items():
                if chat not in self.chats:
                    near = get_close_matches(chat, self.chats, n=1)
                    hint = f"; did you mean {near[0]!r}?" if near else ""
                    raise SettingsError(
                        f"bot {self.name} has no chat named {chat!r}, which {what} needs; give its "
                        f"id under chats in the bot's settings{hint}"
                    )


def zone_of(name: str, *, bot: str) -> tzinfo:
    """Return a time zone by its name in the IANA database; raises SettingsError."""
    if name == "UTC":  # needs no database, which small systems lack
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(name, available_timezones(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SettingsError(
            f'bot {bot}: there is no time zone {name!r}; give one such as "Europe/Kyiv"{hint}'
        ) from None


def in_start_order(bots: Sequence[Bot]) -> list[Bot]:
    """Return bots with the spokes of a hub before it.

    Raises SetupError for names that are twice or not there.
    """
    by_name: dict[str, Bot] = {}
    for bot in bots:
        if bot.name in by_name:
            raise SetupError(f"two bots are called {bot.name!r}; rename one")
        by_name[bot.name] = bot
    out: list[Bot] = []

    def add(bot: Bot, hubs: tuple[str, ...]) -> None:
        if bot.name in hubs:
            raise SetupError(
                f"bots {' -> '.join((*hubs, bot.name))} name each other as spokes; one of them "
                "must not"
            )
        for spoke in bot.spokes:
            if spoke not in by_name:
                raise SetupError(
                    f"bot {bot.name} names the spoke {spoke!r}, which is no bot; there are: "
                    f"{', '.join(by_name)}"
                )
            add(by_name[spoke], (*hubs, bot.name))
        if bot not in out:
            out.append(bot)

    for bot in bots:
        add(bot, ())
    return out
