"""`posthouse.toml` into typed settings; every mistake that shows before anything is imported."""

import re
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any

from posthouse.bots.sealing import VARIABLE, split_keys
from posthouse.errors import SettingsError
from posthouse.model.secret import Secret, is_secret_name
from posthouse.settings import values
from posthouse.settings.mistakes import Mistakes, hint_among
from posthouse.settings.positions import Path, find_positions
from posthouse.settings.schema import BotSettings, Settings, SiteSettings
from posthouse.settings.values import Expander, Wrong, shown

_TABLES = ("site", "bots", "presets", "middlewares")
_SITE: Mapping[str, Callable[[object], Any]] = {
    "storage": values.hidden,
    "host": values.filled,
    "port": values.port,
    "folder": values.filled,
    "secrets": values.secrets,
    "modules": values.texts,
    "middlewares": values.texts,
    "outbound": values.texts,
    "tables": values.texts,
    "limit": values.duration,
    "stop": values.duration,
    "keep_messages": values.duration,
    "keep_ended": values.duration,
    "keep_quarantine": values.duration,
    "keep_media": values.duration,
    "log": values.one_of("debug", "info", "warning", "error"),
}
_BOT: Mapping[str, Callable[[object], Any]] = {
    "messenger": values.filled,
    "apps": values.texts,
    "chats": values.named_chats,
    "ask": values.one_of("first", "all"),
    "title": values.text,
    "spokes": values.texts,
    "timezone": values.text,
    "language": values.text,
    "country": values.text,
    "journal": values.duration,
    "drafts": values.duration,
}
_RESERVED = {
    "name": "a bot's name stands in the heading of its table, as in [bots.shop]",
    "adapter": 'an adapter is named by its messenger, as in messenger = "web"',
}
_REQUIRED = {
    "messenger": 'write which messenger it is on, as in messenger = "web"',
    "apps": 'name at least one app, as in apps = ["shop.app:app"]',
}
BOT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def load(path: FilePath, *, environ: Mapping[str, str]) -> Settings:
    """Read a settings file; raises SettingsError that lists every mistake with its line."""
    settings, mistakes = read(path, environ=environ)
    mistakes.raise_any()
    return settings


def read(path: FilePath, *, environ: Mapping[str, str]) -> tuple[Settings, Mistakes]:
    """Read as much of a settings file as can be read; what is wrong has its default and a mistake.

    Raises SettingsError at once when the file is missing or is not TOML.
    """
    source = _source(path)
    document = _parsed(path, source)
    lines = find_positions(source)
    mistakes = Mistakes(path, lines)
    for name in document:
        if name not in _TABLES:
            mistakes.add((name,), f"no such table; {hint_among(name, _TABLES)}")
    reader = _Reader(document, Expander(environ, mistakes), mistakes)
    settings = Settings(
        file=path,
        site=reader.site(),
        bots=reader.bots(),
        middlewares=reader.middlewares(),
        presets=reader.presets(),
        keys=tuple(Secret(key) for key in split_keys(environ.get(VARIABLE, ""))),
        lines=lines,
    )
    return settings, mistakes


def _source(path: FilePath) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        hint = (
            "run this in the folder of your project, name the file with --settings, or start a "
            "project with `posthouse new`"
        )
        raise SettingsError(f"{path} does not exist; {hint}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _parsed(path: FilePath, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        found = re.search(r"line (\d+)", place)
        line = int(found[1]) if found else source.count("\n") + 1
    except RecursionError:
        what, line = "too many nested brackets", 1
    raise SettingsError(f"{path}:{line}: not valid TOML: {what[:1].lower()}{what[1:]}")


class _Reader:
    def __init__(self, document: Mapping[str, Any], expander: Expander, mistakes: Mistakes) -> None:
        self._document = document
        self._expander = expander
        self._mistakes = mistakes

    def site(self) -> SiteSettings:
        """Return `[site]`."""
        given = self._table(("site",), self._document.get("site", {}), "[site]")
        for name in given:
            if name not in _SITE:
                self._mistakes.add(("site", name), f"no such setting; {hint_among(name, _SITE)}")
        known = {name: value for name, value in given.items() if name in _SITE}
        return SiteSettings(**self._read(known, _SITE, ("site",)))

    def bots(self) -> tuple[BotSettings, ...]:
        """Return every `[bots.NAME]`."""
        tables = self._table(("bots",), self._document.get("bots", {}), "[bots.NAME]")
        if not tables and "bots" not in self._document:
            self._mistakes.add(
                (),
                "there is no bot; add a table [bots.NAME] with its messenger and its apps, or an "
                "empty table [bots] when all of them are in the database",
            )
        return tuple(self._bot(name, table) for name, table in tables.items())

    def presets(self) -> Mapping[str, tuple[str, ...]]:
        """Return `[presets]`."""
        given = self._table(("presets",), self._document.get("presets", {}), "[presets]")
        return self._read(given, dict.fromkeys(given, values.texts), ("presets",))

    def middlewares(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the options of every `[middlewares.NAME]` that is listed somewhere."""
        tables = self._table(
            ("middlewares",), self._document.get("middlewares", {}), "[middlewares.NAME]"
        )
        site = self._document.get("site", {})
        lists = (
            [site.get(key, []) for key in ("middlewares", "outbound")]
            if isinstance(site, dict)
            else []
        )
        listed = {
            item
            for names in lists
            if isinstance(names, list)
            for item in names
            if isinstance(item, str)
        }
        out: dict[str, Mapping[str, Any]] = {}
        for name, table in tables.items():
            path: Path = ("middlewares", name)
            if name not in listed:
                close = get_close_matches(name, listed, n=1)
                hint = (
                    f"did you mean {close[0]}?"
                    if close
                    else "add it to site.middlewares or site.outbound"
                )
                self._mistakes.add(path, f"it has options but is not in use; {hint}")
            options = self._table(path, table, f"[middlewares.{name}]")
            out[name] = self._expander.expand(options, path)
        return out

    def _bot(self, name: str, table: object) -> BotSettings:
        path: Path = ("bots", name)
        if not BOT_NAME.fullmatch(name):
            self._mistakes.add(
                path, "a bot's name is made of letters, digits, - and _, as in [bots.shop]"
            )
        given = self._table(path, table, f"[bots.{name}]")
        known = {key: value for key, value in given.items() if key in _BOT}
        read = self._read(known, _BOT, path)
        for key in given.keys() & _RESERVED.keys():
            self._mistakes.add((*path, key), _RESERVED[key])
        taken = {*_BOT, *_RESERVED}
        options = {key: value for key, value in given.items() if key not in taken}
        for key, advice in _REQUIRED.items():
            if key in known and read.get(key, True):
                continue
            close = get_close_matches(key, options, n=1)
            hint = f"did you mean {key} by {close[0]}?" if close else advice
            self._mistakes.add((*path, close[0]) if close else path, f"{key} is missing; {hint}")
        expanded = {
            key: self._expander.expand(value, (*path, key), secret=is_secret_name(key))
            for key, value in options.items()
        }
        return BotSettings(name=name, options=expanded, **{"messenger": "", "apps": (), **read})

    def _read(
        self, given: Mapping[str, Any], readers: Mapping[str, Callable[[object], Any]], path: Path
    ) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, raw in given.items():
            before = len(self._mistakes.all)
            expanded = self._expanded(name, raw, (*path, name))
            if len(self._mistakes.all) > before:
                continue
            value = readers[name](expanded)
            if isinstance(value, Wrong):
                got = "•••" if isinstance(expanded, Secret) else shown(raw)
                hint = f"; {value.hint}" if value.hint else ""
                self._mistakes.add((*path, name), f"expected {value.expected}, got {got}{hint}")
            else:
                out[name] = value
        return out

    def _expanded(self, name: str, raw: Any, path: Path) -> Any:
        if name == "chats" and isinstance(raw, dict):
            return {key: self._expander.expand(item, (*path, key)) for key, item in raw.items()}
        return self._expander.expand(raw, path, secret=is_secret_name(name))

    def _table(self, path: Path, value: object, example: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._mistakes.add(path, f"expected a table, got {shown(value)}; write it as {example}")
        return {}
