"""The crowd of a bot: who of the persons it meets is banned, has roles, or chose a language.

How this works: bans, roles and choices are few, so all are read at the start and kept in memory;
every change is committed first and followed here. Of the others it is only remembered that they
were written down today, so that a person costs a write a day, or when what the messenger tells of
them has changed.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from msgspec.structs import replace

from posthouse.model.chat import ChatKind
from posthouse.model.update import ChatUpdate, ThreadOpened, TimerDue
from posthouse.ports.changes import Change, PutPerson
from posthouse.ports.records import Statement

DAY_S = 86400
NO_ROLES: frozenset[str] = frozenset()
MOST_KNOWN = 200_000
"""Persons of a bot that are remembered as written down; beyond that all are written again."""


class Reads(Protocol):
    """The part of a store that is needed here."""

    async def fetch(self, statement: Statement) -> Any:
        """Run a SELECT on committed data."""


class People:
    """What all bots of a site know of persons.

    Args:
        store: Where it is kept.
    """

    def __init__(self, store: Reads) -> None:
        self._store = store
        self.banned: dict[str, set[str]] = {}
        """By messenger."""
        self.shut: set[tuple[int, str]] = set()
        """Private chats of those who are banned: account and chat."""
        self.crowds: dict[int, Crowd] = {}
        """Of the bots that run, by account."""
        self._shut_later: dict[int, list[tuple[str, str, str]]] = {}
        """Of other accounts: messengers on which a person is banned, and chats of that id."""
        self.roles: dict[str, dict[str, frozenset[str]]] = {}
        """By bot and person."""
        self.languages: dict[int, dict[str, str]] = {}
        """What persons chose, by account."""

    async def load(self) -> None:
        """Read what is kept."""
        from posthouse.people import rows  # noqa: PLC0415  SQLAlchemy is heavy

        for row in await self._store.fetch(rows.bans()):
            self.banned.setdefault(row.messenger, set()).add(row.person)
        for row in await self._store.fetch(rows.chats_of_banned()):
            later = self._shut_later.setdefault(row.account, [])
            later.append((row.messenger, row.person, row.chat))
        for row in await self._store.fetch(rows.roles()):
            self.grant(row.bot, row.person, row.role)
        for row in await self._store.fetch(rows.choices()):
            self.languages.setdefault(row.account, {})[row.person] = row.chosen

    def grant(self, bot: str, person: str, role: str) -> None:
        """Follow that somebody has a role now."""
        roles = self.roles.setdefault(bot, {})
        roles[person] = roles.get(person, NO_ROLES) | {role}

    def revoke(self, bot: str, person: str, role: str) -> None:
        """Follow that somebody has a role no more."""
        roles = self.roles.setdefault(bot, {})
        left = roles.pop(person, NO_ROLES) - {role}
        if left:
            roles[person] = left

    def ban(self, messenger: str, person: str, chats: Iterable[tuple[int, str]]) -> None:
        """Follow that somebody is banned now, who has these private chats."""
        self.banned.setdefault(messenger, set()).add(person)
        for number, chat in chats:
            crowd = self.crowds.get(number)
            if crowd is None:
                self._shut_later.setdefault(number, []).append((messenger, person, chat))
            elif crowd.messenger == messenger:
                self.shut.add((number, chat))

    def unban(self, messenger: str, person: str, chats: Iterable[tuple[int, str]]) -> None:
        """Follow that somebody is heard again."""
        self.banned.setdefault(messenger, set()).discard(person)
        for number, chat in chats:
            crowd = self.crowds.get(number)
            if crowd is not None and crowd.messenger == messenger:
                self.shut.discard((number, chat))

    def forget(self, messenger: str, person: str, bot: str | None) -> None:
        """Follow that nothing is kept of somebody any more, but a ban."""
        for crowd in self.crowds.values():
            if crowd.messenger == messenger and bot in (None, crowd.bot):
                crowd.forget(person)

    def crowd(self, *, account: int, bot: str, messenger: str) -> "Crowd":
        """Return what concerns one bot."""
        for where, who, chat in self._shut_later.pop(account, ()):
            if where == messenger and who in self.banned[messenger]:
                self.shut.add((account, chat))
        made = self.crowds[account] = Crowd(self, account=account, bot=bot, messenger=messenger)
        return made


class Crowd:
    """What one bot knows of persons."""

    def __init__(self, people: People, *, account: int, bot: str, messenger: str) -> None:
        self.account = account
        self.bot = bot
        self.messenger = messenger
        self._people = people
        self._banned = people.banned.setdefault(messenger, set())
        self._roles = people.roles.setdefault(bot, {})
        self._languages = people.languages.setdefault(account, {})
        self._alone: dict[str, int] = {}
        """What is written down of those who talked with the bot alone, as a hash."""
        self._elsewhere: dict[str, int] = {}
        self._day = 0

    def __repr__(self) -> str:
        return f"<Crowd of {self.bot}>"

    # --- for each update

    def hears(self, update: ChatUpdate) -> bool:
        """Whether an update is to be handled: what somebody who is banned does is not.

        What became of deliveries is still noted, and what a banned person set going for others, in
        a chat with them, goes on.
        """
        if not self._banned or update.person.id not in self._banned:
            return True
        if type(update) is not TimerDue:
            return False
        return update.outcome is not None or update.chat.kind is not ChatKind.PRIVATE

    def dressed(self, update: ChatUpdate) -> ChatUpdate:
        """Return an update whose person has the roles that were granted here, and no others."""
        roles = self._roles.get(update.person.id, NO_ROLES)
        if roles == update.person.roles:
            return update
        return replace(update, person=replace(update.person, roles=roles))

    def language_of(self, person: str) -> str | None:
        """Return the language that somebody chose."""
        return self._languages.get(person) if self._languages else None

    def meet(self, update: ChatUpdate, change: Change, now: float) -> None:
        """Write a person down, unless that was done today and all is as it was."""
        who = update.person
        alone = update.chat.kind is ChatKind.PRIVATE
        day = int(now) // DAY_S
        if day != self._day:
            self._alone, self._elsewhere, self._day = {}, {}, day
        known = self._alone if alone else self._elsewhere
        told = hash((who.name, who.language, who.username))
        if known.get(who.id) == told or not _is_somebody(update):
            return
        chat = update.chat.id if alone else None
        met = PutPerson(self.account, who.id, chat, who.name, who.username, who.language, day)
        change.writes.insert(0, met)  # before what the turn changes in this row
        change.afterwards = (*change.afterwards, lambda: self._remember(known, who.id, told))

    def forget(self, person: str) -> None:
        """Know nothing of somebody any more; they are written down anew when they come again."""
        self._roles.pop(person, None)
        self._languages.pop(person, None)
        self._alone.pop(person, None)
        self._elsewhere.pop(person, None)

    def _remember(self, known: dict[str, int], person: str, told: int) -> None:
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[person] = told

    # --- following what turns commit

    def is_banned(self, person: str) -> bool:
        """Whether no bot on this messenger hears a person."""
        return person in self._banned

    def bans(self, person: str, *, chats: dict[int, str]) -> None:
        """Somebody is banned now, who has these private chats, by account."""
        self._people.ban(self.messenger, person, chats.items())

    def unbans(self, person: str, *, chats: dict[int, str]) -> None:
        """Somebody is heard again."""
        self._people.unban(self.messenger, person, chats.items())

    def grants(self, person: str, role: str) -> None:
        """Somebody has a role with this bot now."""
        self._people.grant(self.bot, person, role)

    def revokes(self, person: str, role: str) -> None:
        """Somebody has a role no more."""
        self._people.revoke(self.bot, person, role)

    def chooses(self, person: str, language: str | None) -> None:
        """Somebody wants to be spoken to in a language, or as their messenger tells again."""
        if language is None:
            self._languages.pop(person, None)
        else:
            self._languages[person] = language


def _is_somebody(update: ChatUpdate) -> bool:
    """Whether a person acts: neither a timer, nor a chat that writes in its own name."""
    if isinstance(update, TimerDue | ThreadOpened):
        return False
    return update.chat.kind is ChatKind.PRIVATE or update.person.id != update.chat.id
