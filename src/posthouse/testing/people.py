"""`FakePerson`: somebody who talks to a bot in a test."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key
from posthouse.model.text import Text
from posthouse.model.update import (
    ChatUpdate,
    ContactMessage,
    Deletion,
    Edit,
    FileMessage,
    LocationMessage,
    OtherMessage,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    StatusKind,
    TextMessage,
)
from posthouse.testing.messenger import FakeMessenger, Shown, Told


class Around:
    """What a person needs of the site he talks to."""

    def __init__(
        self,
        messenger: FakeMessenger,
        *,
        now: Callable[[], datetime],
        happens: Callable[[ChatUpdate, str | None], Told],
        until_done: Callable[[Told], Awaitable[None]],
        transcript: Callable[[], str],
    ) -> None:
        self.messenger = messenger
        self.now = now
        self.happens = happens
        self.until_done = until_done
        self.transcript = transcript


class FakePerson:
    """Somebody in one chat with a bot.

    ```python
    ann = site.person("Ann")
    await ann.says("/menu")
    await ann.presses("Tea")
    assert ann.sees == "One tea, coming up."
    ```

    Whatever a person does returns when the bot's turn is committed and its deliveries have arrived;
    with `wait=False` at once.
    """

    def __init__(self, person: Person, chat: Chat, around: Around) -> None:
        self.person = person
        self.chat = chat
        self._around = around
        self._seen = 0

    def __repr__(self) -> str:
        return f"<{self.name} in {self.chat.kind} chat {self.chat.id}>"

    @property
    def name(self) -> str:
        """The name shown to others."""
        return self.person.name

    @property
    def id(self) -> str:
        """The raw id of the person."""
        return self.person.id

    # --- what a person does

    async def says(self, words: str, *, reply_to: str | None = None, wait: bool = True) -> Told:
        """Write a text."""
        message = self._write(Content(text=Text(words)))
        return await self._do(
            TextMessage, words, wait=wait, message_id=message.id, text=words, reply_to=reply_to
        )

    async def presses(self, label: str, *, wait: bool = True) -> Told:
        """Press the button with that label on the newest message that has it.

        Where no button has it, an answer of that label that is offered instead of typing is chosen.
        """
        for message in reversed(self.screen):
            for key in _keys(message.content):
                if key.label == label:
                    return await self._press(message, key, wait=wait)
        if label in self.choices:
            return await self.says(label, wait=wait)
        offered = self.buttons + self.choices
        there = ", ".join(f"[{one}]" for one in offered) or "none at all"
        raise AssertionError(
            f"{self.name} sees no button {label!r}; there are {there}{self._around.transcript()}"
        )

    async def follows(self, link: str, *, wait: bool = True) -> Told:
        """Follow a link of `turn.link`."""
        return await self.says(f"/start {link.partition('?start=')[2]}", wait=wait)

    async def sends_photo(
        self,
        width: int = 640,
        height: int = 480,
        *,
        caption: str | None = None,
        content: bytes | None = None,
        wait: bool = True,
        album: str | None = None,
    ) -> Told:
        """Send a picture of that size; its content is made up unless it is given."""
        messenger, bot = self._around.messenger, self.chat.bot
        key = f"photo{messenger.next_id()}"
        data = f"{key} {width}x{height}".encode() if content is None else content
        size = width * height // 10 if content is None else len(content)
        messenger.offer(bot, data, key=key)
        photo = Photo(key=key, width=width, height=height, size_bytes=size, bot=bot)
        message = self._write(Content(text=Text(caption or ""), photos=(photo,)))
        done = f"<photo {width}x{height}> {caption or ''}".strip()
        return await self._do(
            PhotoMessage,
            done,
            wait=wait,
            group=album,
            message_id=message.id,
            photo=photo,
            caption=caption,
        )

    async def sends_file(
        self,
        name: str = "notes.txt",
        size_bytes: int = 1000,
        *,
        caption: str | None = None,
        content: bytes | None = None,
        wait: bool = True,
        album: str | None = None,
    ) -> Told:
        """Send a file; its content is made up unless it is given."""
        messenger, bot = self._around.messenger, self.chat.bot
        key = f"file{messenger.next_id()}"
        messenger.offer(bot, f"{key} {name}".encode() if content is None else content, key=key)
        size = size_bytes if content is None else len(content)
        file = File(key=key, name=name, size_bytes=size, bot=bot)
        message = self._write(Content(text=Text(caption or ""), files=(file,)))
        done = f"<file {name}> {caption or ''}".strip()
        return await self._do(
            FileMessage,
            done,
            wait=wait,
            group=album,
            message_id=message.id,
            file=file,
            caption=caption,
        )

    async def sends_album(
        self,
        items: Sequence[tuple[int, int] | str],
        *,
        caption: str | None = None,
        album: str | None = None,
        wait: bool = True,
    ) -> list[Told]:
        """Send photos and files together, and wait until the album is complete and handled.

        Args:
            items: A photo each, by its width and height, or a file, by its name.
            caption: Words under the first of them.
            album: Id of an album that was sent before, to which these belong.
            wait: Return only when it is handled.
        """
        group = album or f"album{self._around.messenger.next_id()}"
        told: list[Told] = []
        for item in items:
            words, caption = caption, None
            send = (
                self.sends_file(item, caption=words, wait=False, album=group)
                if (isinstance(item, str))
                else self.sends_photo(*item, caption=words, wait=False, album=group)
            )
            told.append(await send)
        if wait and told:
            await self._around.until_done(told[-1])
        return told

    async def shares_contact(
        self, phone: str, *, name: str = "", own: bool = True, wait: bool = True
    ) -> Told:
        """Share a phone number: one's own, or one out of the address book."""
        message = self._write(Content(text=Text(f"<contact {phone}>")))
        return await self._do(
            ContactMessage,
            message.text,
            wait=wait,
            message_id=message.id,
            phone=phone,
            name=name or self.name,
            is_own=own,
        )

    async def shares_location(
        self, latitude: float, longitude: float, *, name: str = "", wait: bool = True
    ) -> Told:
        """Share a point on the map."""
        message = self._write(Content(text=Text(f"<location {latitude}, {longitude}>")))
        return await self._do(
            LocationMessage,
            message.text,
            wait=wait,
            message_id=message.id,
            latitude=latitude,
            longitude=longitude,
            name=name,
        )

    async def sends_other(self, what: str = "sticker", *, wait: bool = True) -> Told:
        """Send a message of a kind that has no type of its own."""
        message = self._write(Content(text=Text(f"<{what}>")))
        return await self._do(
            OtherMessage, message.text, wait=wait, message_id=message.id, what=what
        )

    async def edits(self, words: str, *, old: str | None = None, wait: bool = True) -> Told:
        """Change the text of one's newest message, or of the newest that says `old`."""
        message = self._mine(old)
        message.content = Content(text=Text(words))
        message.edits += 1
        return await self._do(
            Edit, f"(edits) {words}", wait=wait, message_id=message.id, text=words
        )

    async def deletes(self, old: str | None = None, *, wait: bool = True) -> Told:
        """Delete one's newest message, or the newest that says `old`."""
        message = self._mine(old)
        self._around.messenger.messages.remove(message)
        return await self._do(
            Deletion, f"(deletes) {message.text}", wait=wait, message_id=message.id
        )

    async def reacts(self, *emoji: str, to: Shown | None = None, wait: bool = True) -> Told:
        """React to a message, the bot's newest unless another is given.

        Without emoji take it back.
        """
        message = to or self._newest()
        done = f"(reacts) {' '.join(emoji) or 'no more'}"
        return await self._do(Reaction, done, wait=wait, message_id=message.id, emoji=tuple(emoji))

    async def joins(self, *, wait: bool = True) -> Told:
        """Join the chat."""
        return await self._status(StatusKind.JOINED, wait=wait)

    async def leaves(self, *, wait: bool = True) -> Told:
        """Leave the chat."""
        return await self._status(StatusKind.LEFT, wait=wait)

    async def blocks(self, *, wait: bool = True) -> Told:
        """Stop the bot."""
        return await self._status(StatusKind.BLOCKED, wait=wait)

    async def unblocks(self, *, wait: bool = True) -> Told:
        """Start the bot again."""
        return await self._status(StatusKind.UNBLOCKED, wait=wait)

    async def types(self, *, wait: bool = True) -> Told:
        """Begin to type."""
        return await self._status(StatusKind.TYPING, wait=wait)

    # --- what a person sees

    @property
    def screen(self) -> list[Shown]:
        """All messages of the chat, the oldest first."""
        return self._around.messenger.shown_in(self.chat.id)

    @property
    def sees(self) -> str:
        """Text of the bot's newest message; an AssertionError that tells all when there is none."""
        return self._newest().text

    @property
    def answers(self) -> list[str]:
        """Texts of what the bot sent since this person last did something."""
        since = self._seen
        return [m.text for m in self.screen if not m.author and int(m.id[1:]) > since]

    @property
    def buttons(self) -> list[str]:
        """Labels of the buttons under the newest message that has any."""
        for message in reversed(self.screen):
            if keys := _keys(message.content):
                return [key.label for key in keys]
        return []

    @property
    def choices(self) -> list[str]:
        """Answers that are offered instead of typing."""
        offered = self._around.messenger.offered.get(self.chat.id, ())
        return [label for row in offered for label in row]

    @property
    def photos(self) -> list[Photo]:
        """Pictures of the bot's newest message."""
        return list(self._newest().content.photos)

    def downloads(self, item: Photo | File) -> bytes:
        """Return the content of a photo or file of the bot."""
        return self._around.messenger.content(self.chat.bot, item.key)

    @property
    def files(self) -> list[File]:
        """Files of the bot's newest message."""
        return list(self._newest().content.files)

    # --- inside

    async def _press(self, message: Shown, key: Key, *, wait: bool) -> Told:
        if key.payload is None:
            raise AssertionError(f"[{key.label}] is a link to {key.url}; nobody learns of a press")
        done = f"(presses) [{key.label}]"
        return await self._do(Press, done, wait=wait, message_id=message.id, payload=key.payload)

    async def _status(self, what: StatusKind, *, wait: bool) -> Told:
        return await self._do(Status, f"({what})", wait=wait, what=what)

    async def _do(
        self,
        kind: type[ChatUpdate],
        done: str,
        *,
        wait: bool,
        group: str | None = None,
        **parts: Any,
    ) -> Told:
        around, messenger = self._around, self._around.messenger
        number = messenger.next_id()
        self._seen = number
        place = "" if self.chat.kind == "private" else f"#{self.chat.id} "
        messenger.watch(f"{place}{self.name}: {done}")
        update = kind(
            id=f"u{number}",
            bot=self.chat.bot,
            at=around.now(),
            chat=self.chat,
            person=self.person,
            **parts,
        )
        told = around.happens(update, group)
        if wait:
            await around.until_done(told)
        return told

    def _write(self, content: Content) -> Shown:
        around = self._around
        return around.messenger.write(self.chat.id, self.name, content, at=around.now())

    def _mine(self, old: str | None) -> Shown:
        for message in reversed(self.screen):
            if message.author == self.name and old in (None, message.text):
                return message
        what = "nothing" if old is None else f"no message {old!r}"
        raise AssertionError(f"{self.name} has written {what} here{self._around.transcript()}")

    def _newest(self) -> Shown:
        for message in reversed(self.screen):
            if not message.author:
                return message
        raise AssertionError(f"the bot has shown {self.name} nothing{self._around.transcript()}")


def _keys(content: Content) -> Sequence[Key]:
    return [key for row in content.rows for key in row]
