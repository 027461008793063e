"""What all parts of one bot's web messenger share: its chats, its memory, who is connected."""

from collections.abc import Sequence

from msgspec.structs import replace

from posthouse.adapters.web.archive import NO_REACTIONS, Archive, MessageRow, Tally
from posthouse.adapters.web.hub import Change, Hub, Numbers
from posthouse.adapters.web.settings import WebSettings
from posthouse.adapters.web.wire import ChatShown, Renamed, build
from posthouse.errors import ConflictError, SettingsError
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.outgoing import Content
from posthouse.ports.adapter import Host

MESSENGER = "web"


STAFF = "staff"
"""The role whose persons see the chats of the staff."""


class Office:
    """One bot's web messenger, between `start` and `aclose`."""

    def __init__(self, host: Host, settings: WebSettings, archive: Archive, *, last: int) -> None:
        self.host = host
        self.settings = settings
        self.archive = archive
        self.hub = Hub()
        self.numbers = Numbers(last, self._show)
        self.title = settings.title or host.title or host.bot
        self.accepting = True
        """Updates are taken; else pages are told to come back later."""
        self.is_open = True
        """Pages may connect."""
        self.broadcasts = {raw: name for name, raw in host.chats.items()}
        self._staff_only = _chats_named(settings.staff_chats, host, of="staff_chats")
        _chats_named(tuple(settings.chat_titles), host, of="chat_titles")
        self._known: set[str] = set()

    def is_broadcast(self, chat: str) -> bool:
        """Say whether this is a chat that several persons see."""
        return chat in self.broadcasts

    def sees(self, person: str, chat: str) -> bool:
        """Say whether a person sees a chat."""
        if chat in self._staff_only and STAFF not in self.host.roles_of(person):
            return False
        return chat == person or chat in self.broadcasts

    def chats_of(self, person: str) -> list[str]:
        """Return the ids of all chats a person sees, the own one first."""
        return [person, *(chat for chat in self.broadcasts if self.sees(person, chat))]

    def chat(self, chat: str, person: Person) -> Chat:
        """Return a chat as updates name it."""
        is_own = chat == person.id
        return Chat(
            id=chat,
            bot=self.host.bot,
            messenger=MESSENGER,
            kind=ChatKind.PRIVATE if is_own else ChatKind.BROADCAST,
            title=person.name if is_own else self._title_of(chat),
        )

    async def chats_shown(self, person: str) -> Sequence[ChatShown]:
        """Return a person's list of chats."""
        shown = [ChatShown(id=person, title=self.title, kind=ChatKind.PRIVATE)]
        shown[0] = replace(shown[0], choices=await self.archive.choices(person))
        shown += [
            ChatShown(id=raw, title=self._title_of(raw), kind=ChatKind.BROADCAST)
            for raw in self.broadcasts
            if self.sees(person, raw)
        ]
        counted = [await self.archive.unread(person, chat.id) for chat in shown]
        return [
            replace(chat, read=read, unread=unread)
            for chat, (read, unread) in zip(shown, counted, strict=True)
        ]

    async def rename(self, person: str, name: str) -> None:
        """Give a person another name, on all open pages too."""
        await self.archive.rename(person, name)
        for connection in self.hub.of(person):
            connection.name = name
            connection.offer(build(Renamed(name=name)))

    async def exists(self, chat: str) -> bool:
        """Say whether there is such a chat."""
        if chat in self.broadcasts or chat in self._known:
            return True
        if await self.archive.name_of(chat) is None:
            return False
        self._known.add(chat)
        return True

    async def add(self, change: Change, row: MessageRow, content: Content) -> None:
        """Keep a new message and show it; one that is kept already is shown once more.

        Ends the change.
        """
        try:
            await self.archive.add(row, content)
            change.row = row
        except ConflictError:
            self.numbers.end(change)
            kept = await self.archive.find(row.chat, row.message)
            if kept is None:
                raise
            # A write cut half-way may have passed its number unseen, hence a new one.
            with self.numbers.change() as again:
                await self.archive.touch(kept, seq=again.seq)
                again.tally = await self._tally(kept)
                again.row = kept._replace(seq=again.seq)
        finally:
            self.numbers.end(change)

    async def alter(self, change: Change, row: MessageRow, content: Content) -> None:
        """Give a message other content, or none at all; the caller ends the change."""
        await self.archive.change(row, content, seq=change.seq)
        change.tally = await self._tally(row)
        change.row = row._replace(seq=change.seq)

    async def react(
        self, change: Change, row: MessageRow, person: str, emoji: Sequence[str]
    ) -> None:
        """Set a person's reactions to a message; the caller ends the change."""
        await self.archive.react(row.chat, row.message, person, emoji, seq=change.seq)
        change.tally = await self._tally(row, person)
        change.reader = person
        change.row = row._replace(seq=change.seq)

    def _title_of(self, chat: str) -> str:
        """Return what a shared chat is called: as the settings say, else after its name."""
        name = self.broadcasts.get(chat, chat)
        readable = " ".join(name.replace("_", " ").replace("-", " ").split())
        return self.settings.chat_titles.get(name) or readable[:1].upper() + readable[1:] or name

    async def _tally(self, row: MessageRow, person: str = "") -> Tally:
        tallies = await self.archive.tallies([row], person)
        return tallies.get((row.chat, row.message), NO_REACTIONS)

    def _show(self, change: Change) -> None:
        if change.row is not None:
            chat = change.row.chat
            shared = self.is_broadcast(chat)
            self.hub.show(change, to=(lambda who: self.sees(who, chat)) if shared else None)


def _chats_named(names: Sequence[str], host: Host, *, of: str) -> frozenset[str]:
    """Return the ids of chats by their names; raises SettingsError for one there is not."""
    for name in names:
        if name not in host.chats:
            raise SettingsError(
                f"bot {host.bot}: {of} names {name!r}, which is none of its chats; there "
                f"are: {', '.join(host.chats) or 'none'}"
            )
    return frozenset(host.chats[name] for name in names)
