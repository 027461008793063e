"""The menu of commands: what Telegram shows to whom, told when it changes.

How this works: Telegram shows one list only, the first there is: that of the chat, of the kind of
chat in the person's language, of the kind of chat, and the list for everybody. So a list for some
repeats what everybody is shown. Which lists were told is remembered, so that one which is not
wanted any more is taken back, and lists that others set stay as they are. Commands that need a role
are shown to whoever has it where they are alone with the bot, from their next message on.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from posthouse.adapters.telegram.api import methods as call, types as tg
from posthouse.adapters.telegram.client import TRANSPORT, TelegramClient
from posthouse.errors import DecodeError, NotSentError, PosthouseError, RejectedError
from posthouse.model.chat import ChatKind
from posthouse.model.update import ChatUpdate
from posthouse.ports.adapter import Host
from posthouse.ports.menus import MenuCommand, MenuPlace, private_menu

log = logging.getLogger("posthouse.telegram")

Listing: TypeAlias = tuple[str, str]
"""A scope ("", "private", "groups", "admins", or "chat 7") and a language, or "" for all others."""
Lists: TypeAlias = dict[Listing, list[tg.BotCommand]]

MOST_NAME: Final = 32
MOST_HELP: Final = 256
MOST_COMMANDS: Final = 100
_EVERYBODY: Final[Listing] = ("", "")
_TWO_LETTERS: Final = 2
_SCOPES: Final[Mapping[str, tuple[frozenset[MenuPlace], Any]]] = {
    "": (frozenset({"everywhere"}), None),
    "private": (frozenset({"everywhere", "private"}), tg.BotCommandScopeAllPrivateChats()),
    "groups": (frozenset({"everywhere", "groups"}), tg.BotCommandScopeAllGroupChats()),
    "admins": (
        frozenset({"everywhere", "groups", "admins"}),
        tg.BotCommandScopeAllChatAdministrators(),
    ),
}
"""Scopes, with the places whose commands they show."""


class Menus:
    """The menus of one bot."""

    def __init__(self, client: TelegramClient, host: Host) -> None:
        self._client = client
        self._host = host
        self._commands = [each for each in host.commands if is_command(each.name)]
        self.knows_roles = any(each.roles for each in self._commands)
        """Whether some of its commands are shown to whoever has a role."""
        self._shown: dict[str, frozenset[str]] = {}
        """Commands that need a role, by the persons who are shown some."""
        self._told: set[Listing] = set()
        self._changed: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        """Persons whose commands changed, with their languages."""

    async def tell(self) -> None:
        """Tell Telegram every list that it does not have yet."""
        digest, self._told = await self._recall()
        wanted = lists_of(self._commands)
        for scope, _ in self._told:
            person = scope.removeprefix("chat ")
            if person != scope and (names := self._allowed(person)):
                self._shown[person] = names
                wanted[scope, ""] = self._personal(person, "")
        told = _digest(wanted)
        if digest == told and self._host.memory is not None:
            return
        try:
            async with TRANSPORT.setting_up:
                every = {_EVERYBODY, *wanted, *self._told}
                await asyncio.gather(*(self._tell(key, wanted.get(key, [])) for key in every))
        except (NotSentError, RejectedError, DecodeError) as error:
            self._warn(error)
            return
        self._told = set(wanted) - {_EVERYBODY}
        await self._remember(told)

    def met(self, update: ChatUpdate) -> None:
        """Show whoever writes in private the commands of their roles, if that changed."""
        if update.chat.kind is not ChatKind.PRIVATE:
            return
        person = update.chat.id
        names = self._allowed(person)
        if names == self._shown.get(person, frozenset()):
            return
        self._shown[person] = names
        language = getattr(update.person, "language", None) or ""
        self._changed.put_nowait((person, language))

    async def run(self) -> None:
        """Tell what `met` found, until cancelled."""
        while True:
            person, language = await self._changed.get()
            try:
                await self._tell_person(person, language)
            except PosthouseError as error:
                self._warn(error)

    # --- inside

    def _allowed(self, person: str) -> frozenset[str]:
        roles = self._host.roles_of(person)
        if not roles:  # nearly always
            return frozenset()
        return frozenset(each.name for each in self._commands if each.roles & roles)

    def _personal(self, person: str, language: str) -> list[tg.BotCommand]:
        shown = private_menu(self._commands, roles=self._host.roles_of(person))
        return _listed(shown, language)

    async def _tell_person(self, person: str, language: str) -> None:
        key, names = (f"chat {person}", ""), self._shown[person]
        await self._tell(key, self._personal(person, language) if names else [])
        self._told = self._told | {key} if names else self._told - {key}
        # What is told to everybody is compared anew at the next start.
        await self._remember("")

    async def _tell(self, key: Listing, commands: Sequence[tg.BotCommand]) -> None:
        scope, language = _scope_of(key[0]), key[1] or None
        there = await self._client.call(call.GetMyCommands(scope=scope, language_code=language))
        if [*there] == [*commands]:
            return
        await self._client.call(
            call.SetMyCommands(commands=[*commands], scope=scope, language_code=language)
            if commands
            else call.DeleteMyCommands(scope=scope, language_code=language)
        )

    def _warn(self, error: Exception) -> None:
        log.warning("bot %s: the menu of commands is not set: %s", self._host.bot, error)

    # --- what was told, in the bot's row or in its folder

    @property
    def _file(self) -> Path:
        return self._host.folder / "menus.json"

    async def _recall(self) -> tuple[str, set[Listing]]:
        if self._host.memory is not None:
            return _read(self._host.memory.recall("commands") or "")
        return _read(await asyncio.to_thread(_content, self._file))

    async def _remember(self, digest: str) -> None:
        written = json.dumps({"told": digest, "lists": sorted(self._told)})
        if self._host.memory is not None:
            self._host.memory.remember("commands", written)
        else:
            await asyncio.to_thread(_keep, self._file, written, is_needed=bool(self._told))


def is_command(name: str) -> bool:
    """Whether Telegram takes a name as a command (core.telegram.org/bots/api#botcommand)."""
    return (
        len(name) <= MOST_NAME
        and name.replace("_", "a").isalnum()
        and name.isascii()
        and (name == name.lower())
    )


def lists_of(commands: Sequence[MenuCommand]) -> Lists:
    """Return the lists that are to be there for everybody; those that say the same are left out."""
    open_to_all = [each for each in commands if not each.roles]
    places = {each.place for each in open_to_all}
    languages = _languages(open_to_all)
    lists: Lists = {}
    for scope, (shown, _) in _SCOPES.items():
        if scope and scope not in places:
            continue
        mine = [each for each in open_to_all if each.place in shown]
        usual = lists[scope, ""] = _listed(mine, "")
        for code, tag in languages.items():
            if (said := _listed(mine, tag)) != usual:
                lists[scope, code] = said
    return {key: listed for key, listed in lists.items() if listed}


def _languages(commands: Iterable[MenuCommand]) -> dict[str, str]:
    """Return the tags in which something is said, by the two letters that Telegram takes."""
    found: dict[str, str] = {}
    for tag in sorted({tag for each in commands for tag, _ in each.helps}, key=len):
        code = tag.replace("_", "-").partition("-")[0].lower()
        if len(code) == _TWO_LETTERS:
            found.setdefault(code, tag)
    return found


def _listed(commands: Iterable[MenuCommand], language: str) -> list[tg.BotCommand]:
    listed = [
        tg.BotCommand(command=each.name, description=(each.said(language) or each.name)[:MOST_HELP])
        for each in commands
    ]
    return listed[:MOST_COMMANDS]


def _scope_of(scope: str) -> Any:
    if scope.startswith("chat "):
        return tg.BotCommandScopeChat(chat_id=int(scope.removeprefix("chat ")))
    return _SCOPES[scope][1]


def _digest(lists: Lists) -> str:
    told = sorted(
        (key, [(each.command, each.description) for each in listed])
        for key, listed in lists.items()
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _content(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _keep(file: Path, written: str, *, is_needed: bool) -> None:
    if is_needed or file.exists():
        file.write_text(written)


def _read(written: str) -> tuple[str, set[Listing]]:
    """Read what was remembered; versions before remembered nothing of lists."""
    try:
        found = json.loads(written)
        return str(found["told"]), {(str(scope), str(code)) for scope, code in found["lists"]}
    except (ValueError, TypeError, KeyError):
        return "", set()
