"""Settings into a `Site`: import what they name, and report everything that cannot be at once."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import MetaData

from posthouse import plugins
from posthouse.bots.making import load_app
from posthouse.errors import SettingsError
from posthouse.ports.adapter import Adapter
from posthouse.ports.clock import SystemClock
from posthouse.ports.store import Retention
from posthouse.routing.configuring import configured
from posthouse.settings.mistakes import Mistakes, hint_among
from posthouse.settings.positions import Path
from posthouse.settings.schema import BotSettings, Settings
from posthouse.site import Bot, Site
from posthouse.turn.module import Module

_BOT_KEYS = (
    *("messenger", "apps", "chats", "ask", "title", "spokes"),
    *("timezone", "language", "country", "journal", "drafts"),
)
_KEY_IN = re.compile(r"unknown setting '([^']+)'|(\w+):? ")


def build(settings: Settings, mistakes: Mistakes | None = None) -> Site:
    """Import everything that settings name and return the site.

    Raises one SettingsError that lists every mistake, those found while reading among them.
    """
    return Site(**parts_of(settings, mistakes))


def parts_of(settings: Settings, mistakes: Mistakes | None = None) -> dict[str, Any]:
    """Return what `build` gives to `Site`; raises as it does."""
    found = mistakes or Mistakes(settings.file, settings.lines)
    parts = _Builder(settings, found).parts()
    found.raise_any()
    return parts


def presets_of(settings: Settings) -> dict[str, list[Any]]:
    """Return the apps of `[presets]`; raises SettingsError that lists every mistake."""
    mistakes = Mistakes(settings.file, settings.lines)
    builder = _Builder(settings, mistakes)
    found = builder.presets()
    mistakes.raise_any()
    return found


class _Builder:
    def __init__(self, settings: Settings, mistakes: Mistakes) -> None:
        self._settings = settings
        self._mistakes = mistakes
        self._clock = SystemClock()
        self._presets: dict[str, list[Any]] = {}

    def parts(self) -> dict[str, Any]:
        """Return what `Site(...)` takes."""
        site = self._settings.site
        self._presets = self.presets()
        lists: dict[str, list[Any]] = {
            "modules": self._each(("site", "modules"), site.modules, self._module),
            "middlewares": self._each(("site", "middlewares"), site.middlewares, self._middleware),
            "outbound": self._each(("site", "outbound"), site.outbound, self._middleware),
        }
        return lists | {
            "tables": self._each(("site", "tables"), site.tables, self._tables),
            "bots": [self._bot(bot) for bot in self._settings.bots],
            "storage": site.storage.reveal(),
            "secrets": [secret.reveal() for secret in site.secrets],
            "host": site.host,
            "port": site.port,
            "folder": self._settings.folder,
            "presets": self._presets,
            "token_keys": [key.reveal() for key in self._settings.keys],
            "limit_s": site.limit,
            "stop_s": site.stop,
            "keep": Retention(
                messages_s=site.keep_messages,
                ended_s=site.keep_ended,
                quarantine_s=site.keep_quarantine,
                media_s=site.keep_media,
            ),
        }

    def presets(self) -> dict[str, list[Any]]:
        """Return the apps of every preset."""
        return {
            name: self._each(("presets", name), apps, load_app)
            for name, apps in self._settings.presets.items()
        }

    def _apps(self, name: str) -> list[Any]:
        """Return the apps of a preset, or the one of that name."""
        preset = self._presets.get(name)
        return [load_app(name)] if preset is None else preset

    def _bot(self, bot: BotSettings) -> Bot | None:
        path: Path = ("bots", bot.name)
        apps = [app for found in self._each((*path, "apps"), bot.apps, self._apps) for app in found]
        adapter = self._adapter(bot, path) if bot.messenger else None
        if self._mistakes.all:
            return None
        return Bot(
            bot.name,
            messenger=bot.messenger,
            apps=apps,
            chats=dict(bot.chats),
            ask=bot.ask,
            title=bot.title,
            adapter=adapter,
            spokes=bot.spokes,
            timezone=bot.timezone,
            language=bot.language,
            country=bot.country,
            journal=None if bot.journal is None else timedelta(seconds=bot.journal),
            drafts=timedelta(seconds=bot.drafts),
            **bot.options,
        )

    def _adapter(self, bot: BotSettings, path: Path) -> Adapter | None:
        try:
            factory = plugins.load_plugin(plugins.ADAPTERS, bot.messenger)
        except SettingsError as error:
            self._mistakes.add((*path, "messenger"), str(error))
            return None
        try:
            adapter: Adapter = factory(bot.options)
        except SettingsError as error:
            self._adapter_refused(bot, path, error)
            return None
        return adapter

    def _adapter_refused(self, bot: BotSettings, path: Path, error: SettingsError) -> None:
        """Show what an adapter says, one mistake a line, at the line of the key it begins with."""
        head, *rest = str(error).splitlines()
        for line in rest or [head]:
            key, _, what = line.strip().partition(": ")
            if key not in bot.options:
                self._mistakes.add(path, line.strip())
                continue
            near = hint_among(key, _BOT_KEYS) if "no such setting" in what else ""
            more = f"; of all bots' settings, {near}" if near.startswith("did") else ""
            self._mistakes.add((*path, key), f"{what}{more}")

    def _each(self, path: Path, names: tuple[str, ...], load: Callable[[str], Any]) -> list[Any]:
        out: list[Any] = []
        for index, name in enumerate(names):
            try:
                out.append(load(name))
            except SettingsError as error:
                self._mistakes.add((*path, index), str(error))
        return out

    def _tables(self, name: str) -> MetaData:
        found = plugins.load_object(name)
        if not isinstance(found, MetaData):
            raise SettingsError(f"{name} is {_kind(found)}; tables are named by their MetaData")
        return found

    def _module(self, name: str) -> Module:
        found = plugins.load_object(name)
        module = found() if isinstance(found, type) and issubclass(found, Module) else found
        if not isinstance(module, Module):
            raise SettingsError(
                f"{name} is {_kind(module)}; a module is a subclass of Module, or an object of one"
            )
        return module

    def _middleware(self, name: str) -> Any:
        """A plug-in is a factory; a "module:object" is one only where it has a table of options."""
        options = self._settings.middlewares.get(name)
        is_own = ":" in name
        found = (
            plugins.load_object(name) if is_own else plugins.load_plugin(plugins.MIDDLEWARES, name)
        )
        if not callable(found):
            raise SettingsError(
                f"{name} is {_kind(found)}; a middleware is called with (update, call_next)"
            )
        if is_own and options is None and not isinstance(found, type):
            return found
        return self._configured(name, found, options or {})

    def _configured(self, name: str, factory: Any, options: Mapping[str, Any]) -> Any:
        try:
            return configured(name, factory, options, clock=self._clock)
        except SettingsError as error:
            for line in str(error).splitlines():
                what = line.removeprefix(f"middleware {name}: ")
                found = _KEY_IN.match(what)
                key = (found[1] or found[2]) if found else ""
                self._mistakes.add(("middlewares", name, *([key] if key in options else [])), what)
            return None


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
