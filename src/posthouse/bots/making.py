"""From the names in a row to a bot: its apps, which bots share, and its adapter."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from posthouse.app import App
from posthouse.bots.bot import DRAFTS, Bot
from posthouse.bots.rows import OPTIONS_OF_BOTS, BotRow
from posthouse.bots.sealing import TokenKeys
from posthouse.errors import SettingsError
from posthouse.model.secret import Secret
from posthouse.plugins import ADAPTERS, APPS, load_object, load_plugin
from posthouse.ports.adapter import AdapterFactory
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.reading import READERS

Ask = Literal["first", "all"]


class Maker:
    """Makes bots of rows.

    Args:
        presets: Lists of apps by the name that rows give them.
        keys: Open what rows keep secret.
    """

    def __init__(self, presets: Mapping[str, Sequence[Any]], keys: TokenKeys) -> None:
        self._presets = presets
        self.keys = keys
        self._factories: dict[str, AdapterFactory] = {}
        self._shared: dict[tuple[tuple[str, ...], Ask], Dispatcher] = {}

    def bot(self, row: BotRow) -> Bot:
        """Return the bot of a row; raises SetupError for what it names and is not there."""
        opened = self.keys.open(row.sealed, bot=row.name)
        return self.build(row, opened)

    async def make(self, row: BotRow) -> Bot:
        """Return the bot of a row without holding up the event loop.

        What was not imported yet is imported in a thread; for most bots there is nothing to import.
        """
        ask = row.options.get("ask", "first")
        here = row.options.get("timezone", "UTC") == "UTC"  # others are read from files
        if here and row.messenger in self._factories and (row.apps, ask) in self._shared:
            return self.bot(row)
        return await asyncio.to_thread(self.bot, row)

    def build(self, row: BotRow, opened: Mapping[str, Secret]) -> Bot:
        """Return the bot of a row whose secrets are known."""
        own = {name: row.options[name] for name in OPTIONS_OF_BOTS if name in row.options}
        rest = {name: value for name, value in row.options.items() if name not in own}
        settings = {**rest, **opened}
        ask = own.get("ask", "first")
        if ask not in ("first", "all"):
            raise SettingsError(f'bot {row.name}: ask is "first" or "all", not {ask!r}')
        return Bot(
            row.name,
            messenger=row.messenger,
            apps=self.dispatcher(row.apps, ask),
            chats={name: str(raw) for name, raw in own.get("chats", {}).items()},
            title=str(own.get("title", "")),
            timezone=str(own.get("timezone", "UTC")),
            language=str(own.get("language", "en")),
            journal=_duration(own, "journal", bot=row.name),
            country=own.get("country"),
            drafts=_duration(own, "drafts", bot=row.name) or DRAFTS,
            adapter=self._factory(row.messenger)(settings),
            **settings,
        )

    def _factory(self, messenger: str) -> AdapterFactory:
        found = self._factories.get(messenger)
        if found is None:  # looking through what is installed takes its time
            found = self._factories[messenger] = load_plugin(ADAPTERS, messenger)
        return found

    def dispatcher(self, names: tuple[str, ...], ask: Ask) -> Dispatcher:
        """Return what these apps were compiled to, by the first bot that named them."""
        found = self._shared.get((names, ask))
        if found is None:
            apps = [app for name in names for app in self._apps(name)]
            if not apps:
                raise SettingsError("a bot needs at least one app; name it with --apps")
            found = self._shared[names, ask] = Dispatcher("", apps, ask=ask)
        return found

    def _apps(self, name: str) -> Sequence[Any]:
        preset = self._presets.get(name)
        return [load_app(name)] if preset is None else preset


def _duration(own: Mapping[str, Any], name: str, *, bot: str) -> timedelta | None:
    value = own.get(name)
    if value is None:
        return None
    try:
        found = READERS[timedelta].read(str(value))
    except ValueError:
        raise SettingsError(f'bot {bot}: {name} is a time such as "30d", not {value!r}') from None
    return found if isinstance(found, timedelta) else None


def load_app(name: str) -> Any:
    """Return the app of a plug-in's name or a "package.module:object"; raises SettingsError."""
    found = load_object(name) if ":" in name else load_plugin(APPS, name)
    if not isinstance(found, App) and not callable(found) and not hasattr(found, "process"):
        kind = type(found).__name__
        article = "an" if kind[0] in "aeiouAEIOU" else "a"
        raise SettingsError(
            f"{name} is {article} {kind}; an app is an App, or a function or an object with "
            f"process(update)"
        )
    return found
