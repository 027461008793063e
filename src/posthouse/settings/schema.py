"""The settings of a site as typed data: what `posthouse.toml` may say, with the defaults."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Literal

from msgspec import Struct

from posthouse.model.secret import Secret, revealed
from posthouse.ports.store import DAY_S
from posthouse.settings.positions import Path


class SiteSettings(Struct, frozen=True, kw_only=True):
    """`[site]`: what all bots share."""

    storage: Secret = Secret("sqlite:posthouse.db")
    """Where everything is kept: "sqlite:FILE" (inside `folder`) or "memory:"."""
    host: str = "127.0.0.1"
    """Address the web server listens on; "0.0.0.0" for all."""
    port: int = 8080
    """Port the web server listens on; 0 for any free one."""
    folder: str = "."
    """Where the database and uploads live, from the folder of posthouse.toml."""
    secrets: tuple[Secret, ...] = ()
    """Keys that sign buttons and cookies: the first signs, all verify.

    Without any, one is made and kept in `folder`.
    """
    tables: tuple[str, ...] = ()
    """Tables of your own with marks of what in them is about persons: the MetaData of each, as
    "package.module:object"."""
    modules: tuple[str, ...] = ()
    """Modules, as "package.module:object", in the order of their set-up."""
    middlewares: tuple[str, ...] = ()
    """What every update passes, outermost first: names of plug-ins or "package.module:object"."""
    outbound: tuple[str, ...] = ()
    """What every delivery passes, in the same form."""
    limit: float = 60.0
    """How long a handler may take before it is cut, such as "60s"; in seconds once read."""
    stop: float = 10.0
    """How long a stop waits for handlers and deliveries, such as "10s"; in seconds once read."""
    keep_messages: float = 400 * DAY_S
    """How long it is known which messages are the bots' own and what their buttons carry, such as
    "400d"; in seconds once read, like the next three."""
    keep_ended: float = 30 * DAY_S
    """How long deliveries stay in the outbox that were rejected, expired or ended in doubt."""
    keep_quarantine: float = 90 * DAY_S
    """How long updates and states that were set aside stay there."""
    keep_media: float = 30 * DAY_S
    """How long content of photos and files is kept once it is sent and nothing refers to it."""
    log: str = "info"
    """What is logged: debug, info, warning or error."""


class BotSettings(Struct, frozen=True, kw_only=True):
    """`[bots.NAME]`: one account on one messenger, with its apps and named chats."""

    name: str
    messenger: str
    """Which adapter speaks for it: web, console, or one from another package."""
    apps: tuple[str, ...]
    """Apps in the order they are asked: names of plug-ins or "package.module:object"."""
    chats: Mapping[str, str] = {}
    """Names for chats, and the messenger's own ids of them."""
    ask: Literal["first", "all"] = "first"
    """Who answers: "first" (the first app that claims an update) or "all" (every app runs)."""
    title: str = ""
    """The bot's name as people see it; empty for its name here."""
    spokes: tuple[str, ...] = ()
    """Bots that start before this one and stop after it, which makes it a hub."""
    timezone: str = "UTC"
    """Where the bot's local times are, such as "Europe/Kyiv"."""
    language: str = "en"
    """Spoken where many listen, and to persons for whose language the bot has no words."""
    journal: float | None = None
    """For how long what is said is kept, both ways, in seconds; nothing is, when left out."""
    country: str | None = None
    """Two letters of the country whose phone numbers may be given without its code: "UA"."""
    drafts: float = 30 * 86400.0
    """After how long untouched a half-filled form is given up, in seconds."""
    options: Mapping[str, Any] = {}
    """Everything else in the table: settings of the adapter."""


class Settings(Struct, frozen=True, kw_only=True):
    """A whole settings file."""

    file: FilePath
    site: SiteSettings
    bots: tuple[BotSettings, ...]
    middlewares: Mapping[str, Mapping[str, Any]] = {}
    """Options of middlewares by the name they are listed under."""
    presets: Mapping[str, tuple[str, ...]] = {}
    """`[presets]`: lists of apps by the name that bots give them."""
    keys: tuple[Secret, ...] = ()
    """What POSTHOUSE_KEY holds: the keys under which tokens are kept in the database."""
    lines: Mapping[Path, int] = {}
    """Where each key stands in the file."""

    def __repr__(self) -> str:
        return f"<Settings {self.file}: {', '.join(bot.name for bot in self.bots)}>"

    @property
    def folder(self) -> FilePath:
        """Folder for the database and uploads."""
        return self.file.parent / self.site.folder

    def hidden(self) -> list[str]:
        """Return every secret, so that what is printed can be masked."""
        options: dict[str, Any] = {bot.name: bot.options for bot in self.bots}
        site = {
            "secrets": self.site.secrets,
            "keys": self.keys,
            "middlewares": self.middlewares,
        }
        storage = self.site.storage.reveal()
        passwords = [storage] if "@" in storage else []
        return [*revealed({"bots": options, **site}), *passwords]
