"""From the options of a command to settings, a site, or one of its bots."""

import os
import sys
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter
from msgspec.structs import replace

from posthouse.cli.output import current
from posthouse.errors import SettingsError
from posthouse.settings.building import build, parts_of
from posthouse.settings.mistakes import Mistakes, hint_among
from posthouse.settings.reading import read
from posthouse.settings.schema import BotSettings, Settings
from posthouse.site import Bot, Site

SettingsOption: TypeAlias = Annotated[
    Path, Parameter(name=["--settings", "-s"], help="The settings file.")
]
BotOption: TypeAlias = Annotated[
    str | None, Parameter(name=["--bot", "-b"], help="Name of the bot; not needed if there is one.")
]
DEFAULT = Path("posthouse.toml")


def open_settings(path: Path) -> tuple[Settings, Mistakes]:
    """Read the settings of a project and make its modules importable, as `python FILE` does."""
    settings, mistakes = read(path, environ=os.environ)
    current.get().hide(settings.hidden())
    folder = str(path.parent.absolute())
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    return settings, mistakes


def open_site(path: Path) -> tuple[Site, Settings]:
    """Return the site of a project; raises SettingsError that lists every mistake."""
    settings, mistakes = open_settings(path)
    return build(settings, mistakes), settings


def open_bot(path: Path, name: str | None) -> Bot:
    """Return one bot of a project."""
    settings, mistakes = open_settings(path)
    mistakes.raise_any()
    bot: Bot = parts_of(replace(settings, bots=(chosen(settings, name),)))["bots"][0]
    return bot


def chosen(settings: Settings, name: str | None) -> BotSettings:
    """Return the bot of that name, or the only one."""
    by_name = {bot.name: bot for bot in settings.bots}
    if name is None and len(by_name) == 1:
        return settings.bots[0]
    if name is None:
        raise SettingsError(f"say which bot with --bot; there are {', '.join(sorted(by_name))}")
    if name not in by_name:
        raise SettingsError(f"{settings.file} has no bot {name!r}; {hint_among(name, by_name)}")
    return by_name[name]


def database_of(settings: Settings) -> Path:
    """Return the database file of a project; raises SettingsError when it has none."""
    kind, _, name = settings.site.storage.reveal().partition(":")
    if kind != "sqlite" or not name:
        raise SettingsError(
            "this works on a database file; the settings name another storage "
            '(write storage = "sqlite:FILE" in [site])'
        )
    return settings.folder / name
