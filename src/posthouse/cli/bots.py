"""`bots`: those of the database, added, changed and taken away while the site runs."""

import asyncio
import base64
import getpass
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
from cyclopts import Parameter

from posthouse.bots.commands import BotCommands
from posthouse.bots.making import Maker
from posthouse.bots.rows import BotRow
from posthouse.bots.sealing import TokenKeys, new_key
from posthouse.bots.table import BotTable
from posthouse.cli.asking import Register, ask, change_and_say, reading
from posthouse.cli.opening import DEFAULT, SettingsOption, database_of, open_settings
from posthouse.cli.output import current
from posthouse.engine.commands import Commands, DirectWriter
from posthouse.errors import PosthouseError, SetupError
from posthouse.model.secret import Secret, is_secret_name
from posthouse.ports.clock import SystemClock
from posthouse.settings.building import presets_of
from posthouse.settings.reading import BOT_NAME
from posthouse.settings.schema import Settings
from posthouse.storage.lock import holder
from posthouse.storage.sqlite import SqliteStore

NO_TOKEN = frozenset({"web", "console"})
"""Messengers whose bots have no token."""
_OPTION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)

Name = Annotated[str, Parameter(help="The bot's name.")]
AppsOption: TypeAlias = Annotated[
    str, Parameter(help="Its apps or presets, in order, separated by commas.")
]
SetOption: TypeAlias = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative=(),
        help="A setting as NAME=VALUE; numbers, true, false and JSON are understood.",
    ),
]


def key() -> None:
    """Print a new key for POSTHOUSE_KEY; nothing is kept."""
    current.get().say(new_key())


def add(
    name: Name,
    /,
    *,
    apps: AppsOption,
    messenger: Annotated[str, Parameter(help="Which messenger it is on.")] = "telegram",
    options: SetOption = None,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Add a bot; its token is asked for, or read from standard input.

    A token given as an option would stand in the list of processes and in the shell's history.
    """
    read = _settings(settings)
    if not BOT_NAME.fullmatch(name):
        raise SetupError(f"a bot's name is made of letters, digits, - and _; {name!r} is not")
    given = _options(options)
    secrets = {key: str(value) for key, value in given.items() if is_secret_name(key)}
    if messenger not in NO_TOKEN and "token" not in secrets:
        secrets["token"] = _token(name)
    current.get().hide(secrets.values())
    sealed = _keys(read).seal(secrets, bot=name)
    plain = {key: value for key, value in given.items() if key not in secrets}
    apps_given = _listed(apps)
    row = BotRow(name=name, messenger=messenger, apps=apps_given, options=plain, sealed=sealed)
    _maker(read).build(row, {key: Secret(value) for key, value in secrets.items()})
    args = {
        "name": name,
        "messenger": messenger,
        "apps": apps_given,
        "options": plain,
        "sealed": base64.b64encode(sealed).decode(),
    }
    _change(read, "bots.add", args)


def change(
    name: Name,
    /,
    *,
    apps: AppsOption = "",
    options: SetOption = None,
    token: Annotated[
        bool, Parameter(negative=(), help="Ask for a new token, or read it from standard input.")
    ] = False,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Change a bot: its apps, settings or token. It is stopped and started with what is new.

    A setting without a value, as in `--set title=`, is taken away.
    """
    read = _settings(settings)
    given = _options(options)
    if any(is_secret_name(key) for key in given):
        raise SetupError("a secret is not given as an option; use --token")
    if not (apps or given or token):
        raise SetupError("say what to change: --apps, --set or --token")
    args: dict[str, Any] = {"name": name, "apps": _listed(apps) or None}
    args["options"] = {key: None if value == "" else value for key, value in given.items()}
    if token:
        said = _token(name)
        current.get().hide([said])
        sealed = _keys(read).seal({"token": said}, bot=name)
        args["sealed"] = base64.b64encode(sealed).decode()
    _change(read, "bots.change", args)


def enable(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Let a bot run again."""
    _change(_settings(settings), "bots.enable", {"name": name})


def disable(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Stop a bot until it is enabled; its messenger is asked to come later."""
    _change(_settings(settings), "bots.disable", {"name": name})


def remove(name: Name, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Take a bot away for good; its webhook is deleted."""
    _change(_settings(settings), "bots.remove", {"name": name})


def rotate(*, settings: SettingsOption = DEFAULT) -> None:
    """Encrypt every token anew, under the first key of POSTHOUSE_KEY."""
    _change(_settings(settings), "bots.rotate", {})


def list_(*, settings: SettingsOption = DEFAULT) -> None:
    """List all bots, those of the settings file too, and how they are."""
    read = _settings(settings)
    output = current.get()
    path = database_of(read).absolute()
    is_running = holder(path) is not None
    rows, troubles = asyncio.run(_found(path, is_running)) if path.exists() else ([], {})
    table = [
        (bot.name, bot.messenger, ", ".join(bot.apps), read.file.name, "") for bot in read.bots
    ]
    table += [
        (row.name, row.messenger, ", ".join(row.apps), "database", _moment(row.changed))
        for row in rows
    ]
    if not table:
        output.say("There is no bot yet; `posthouse bots add` adds one.")
        return
    disabled = {row.name for row in rows if not row.enabled}
    shown = []
    for name, *more in table:
        usual = "runs" if is_running else "stopped"
        state = "disabled" if name in disabled else troubles.get(name, usual)
        shown.append((name, *more, state))
    output.table(("bot", "messenger", "apps", "from", "changed", "state"), shown)


async def _found(path: Path, is_running: bool) -> tuple[Sequence[BotRow], Mapping[str, str]]:
    async with reading(path) as store:
        rows = await BotTable(store, DirectWriter(store)).all()
    if not is_running:
        return rows, {}
    try:
        ok, said = await ask(path, "bots.states", {})
    except PosthouseError as error:
        current.get().problem(str(error))
        return rows, {}
    return rows, json.loads(said) if ok else {}


# --- inside


def _settings(path: Path) -> Settings:
    read, mistakes = open_settings(path)
    mistakes.raise_any()
    return read


def _change(read: Settings, kind: str, args: Mapping[str, Any]) -> None:
    path = database_of(read).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    change_and_say(path, kind, args, registered(read))


def registered(read: Settings) -> Register:
    """Return what lets the command line execute the commands on bots while no site runs."""
    taken = [bot.name for bot in read.bots]

    def register(commands: Commands, store: SqliteStore) -> None:
        rows = BotTable(store, DirectWriter(store))
        BotCommands(rows, _maker(read), clock=SystemClock(), taken=taken).register(commands)

    return register


def _maker(read: Settings) -> Maker:
    return Maker(presets_of(read), _keys(read))


def _keys(read: Settings) -> TokenKeys:
    return TokenKeys([key.reveal() for key in read.keys])


def _token(name: str) -> str:
    is_person = sys.stdin.isatty()
    said = getpass.getpass(f"Token of {name}: ") if is_person else sys.stdin.readline()
    token = said.strip()
    if not token:
        raise SetupError(
            f"no token was given for {name}; type it when asked, or let it come from standard "
            "input, as in `posthouse bots add shop --apps shop < token.txt`"
        )
    return token


def _listed(apps: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in apps.split(",") if part.strip())


def _options(given: Sequence[str] | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for each in given or ():
        found = _OPTION.fullmatch(each)
        if found is None:
            raise SetupError(f"--set takes NAME=VALUE, as in --set title=Shop; {each!r} is not")
        out[found[1]] = _value(found[2])
    return out


def _value(raw: str) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return raw


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" if at else ""
