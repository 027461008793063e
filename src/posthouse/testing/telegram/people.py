"""The people of a pretended Telegram, as a script plays them."""

import asyncio
from collections.abc import Callable, Sequence

from posthouse.testing.telegram.doing import Doing, Stage
from posthouse.testing.telegram.multipart import Upload
from posthouse.testing.telegram.pictures import picture
from posthouse.testing.telegram.state import Bot, Chat, Member, Message, Person, Query
from posthouse.testing.telegram.wire import Json
from posthouse.testing.telegram.world import World

WAIT_S = 10.0


class SimPerson:
    """Somebody in one chat with bots.

    ```python
    ann = sim.person("Ann")
    await ann.says("/menu")
    await ann.waits_for("What would you like?")
    await ann.presses("Tea")
    ```

    What a person does returns once the bots' updates are queued; `waits_for` waits for what a bot
    does about it.
    """

    def __init__(self, person: Person, chat: Chat, stage: Stage) -> None:
        self.person = person
        self.chat = chat
        self._stage = stage
        self._does = Doing(stage.world, person, chat)

    def __repr__(self) -> str:
        return f"<{self.name} in {self.chat}>"

    @property
    def name(self) -> str:
        """The first name."""
        return str(self.person.user["first_name"])

    @property
    def id(self) -> int:
        """The id of the person."""
        return self.person.id

    @property
    def world(self) -> World:
        """Everything else."""
        return self._stage.world

    def at(self, place: Chat | Bot) -> "SimPerson":
        """The same person in another chat, or in private with another bot."""
        chat = self._stage.world.private(place, self.person) if isinstance(place, Bot) else place
        return SimPerson(self.person, chat, self._stage)

    # --- what a person writes

    async def says(
        self, words: str, *, reply_to: Message | None = None, thread_id: int = 0
    ) -> Message:
        """Write a text."""
        self._act()
        return self._does.write(self._does.words(words), reply_to=reply_to, thread_id=thread_id)

    async def sends_photo(
        self,
        content: bytes | None = None,
        *,
        caption: str = "",
        width: int = 640,
        height: int = 480,
    ) -> Message:
        """Send a picture, one of that size unless it is given."""
        self._act()
        made = content or picture(width, height)
        return self._does.write(self._does.file("photo", Upload("", made), caption))

    async def sends_file(
        self,
        name: str = "notes.txt",
        content: bytes = b"notes\n",
        *,
        kind: str = "document",
        caption: str = "",
    ) -> Message:
        """Send a file; `kind` makes it a video, voice, audio, animation, video_note or sticker."""
        self._act()
        return self._does.write(self._does.file(kind, Upload(name, content), caption))

    async def sends_album(
        self, count: int = 2, *, caption: str = "", contents: Sequence[bytes] = ()
    ) -> list[Message]:
        """Send several pictures as one album; the caption is the first one's."""
        self._act()
        made = contents or [picture(640, 480 + number) for number in range(count)]
        album = str(self._stage.world.number())
        return [
            self._does.write(
                self._does.file("photo", Upload("", one), caption if not number else ""),
                media_group_id=album,
            )
            for number, one in enumerate(made)
        ]

    async def sends_location(self, latitude: float, longitude: float) -> Message:
        """Send a point on the map."""
        self._act()
        return self._does.write({"location": {"latitude": latitude, "longitude": longitude}})

    async def sends_contact(self, phone_number: str) -> Message:
        """Send one's own number."""
        self._act()
        contact = {"phone_number": phone_number, "first_name": self.name, "user_id": self.id}
        return self._does.write({"contact": contact})

    async def edits(self, words: str, *, old: str | None = None) -> Message:
        """Change one's newest message, or the newest that says `old`."""
        message = self._mine(old)
        self._act()
        kept = {
            key: part
            for key, part in message.body.items()
            if key not in {"text", "entities", "caption", "caption_entities"}
        }
        is_text = "text" in message.body
        found = self._does.words(words) if is_text else self._does.caption(words)
        self._stage.world.edit(message, kept | found)
        return message

    async def deletes(self, old: str | None = None) -> None:
        """Delete one's newest message; Telegram tells no bot."""
        self._stage.world.delete(self._mine(old))

    async def forwards(self, message: Message) -> Message:
        """Forward a message here."""
        self._act()
        return self._does.forward(message)

    # --- what else a person does

    async def presses(self, label: str) -> Query:
        """Press the button with that label on the newest message that has it.

        A label offered instead of typing is said; the query is empty then.
        """
        for message in self.chat.newest_first():
            for button in _buttons(message):
                if button["text"] == label:
                    return self._press(message, button)
        if label in self.choices:
            await self.says(label)
            return Query(0, 0.0, {})
        there = ", ".join(f"[{one}]" for one in self.buttons + self.choices) or "none at all"
        raise AssertionError(
            f"{self.name} sees no button {label!r}; there are {there}{self._told()}"
        )

    def _press(self, message: Message, button: Json) -> Query:
        if "callback_data" not in button:
            raise AssertionError(f"[{button['text']}] tells no bot that it was pressed")
        self._act()
        return self._does.press(message, button["callback_data"])

    async def asks(self, words: str, bot: Bot | None = None) -> Query:
        """Type a bot's name and some words; what it offers is the query's answer."""
        self._act()
        return self._does.ask(bot or self._bot(), words)

    async def pays(self, message: Message | None = None) -> Query:
        """Pay the newest invoice; once the bot agrees, both see that it is paid."""
        bills = (one for one in self.chat.newest_first() if "invoice" in one.body)
        found = message or next(bills, None)
        if found is None:
            raise AssertionError(f"{self.name} sees no invoice{self._told()}")
        self._act()
        return self._does.pay(found)

    async def reacts(self, *emoji: str, to: Message | None = None) -> None:
        """React to a message, the newest of others unless another is given; without emoji, undo."""
        message = to or self._newest()
        self._act()
        self._does.react(message, emoji)

    async def votes(self, *options: str, message: Message | None = None) -> None:
        """Vote in the newest poll; without options, take the vote back."""
        found = message or next(
            (one for one in self.chat.newest_first() if "poll" in one.body), None
        )
        if found is None:
            raise AssertionError(f"{self.name} sees no poll{self._told()}")
        self._act()
        self._does.vote(found, options)

    async def blocks(self, bot: Bot | None = None) -> None:
        """Stop a bot."""
        self._does.block(bot or self._bot(), is_blocked=True)

    async def unblocks(self, bot: Bot | None = None) -> None:
        """Let a stopped bot write again."""
        self._does.block(bot or self._bot(), is_blocked=False)

    async def joins(self, chat: Chat | None = None, *, link: str = "") -> None:
        """Join a chat, by an invite link where one is given; some links only ask to be let in."""
        self._does.join(chat or self.chat, link)

    async def leaves(self, chat: Chat | None = None) -> None:
        """Leave a chat."""
        place = chat or self.chat
        self._stage.world.set_member(place, self.person, Member("left"), self.person)

    async def adds(self, bot: Bot, chat: Chat | None = None, **rights: bool) -> None:
        """Add a bot to a chat; with rights, as an administrator."""
        place = chat or self.chat
        status = self._stage.admin(place, **rights) if rights else Member()
        self._stage.world.set_member(place, bot, status, self.person)

    async def removes(self, bot: Bot, chat: Chat | None = None) -> None:
        """Remove a bot from a chat for good."""
        place = chat or self.chat
        self._stage.world.set_member(place, bot, Member("kicked"), self.person)

    # --- what a person sees

    @property
    def screen(self) -> list[Message]:
        """All messages of the chat, the oldest first."""
        return list(self.chat.newest_first())[::-1]

    @property
    def sees(self) -> str:
        """Text of the newest message of somebody else; an AssertionError when there is none."""
        return self._newest().content

    @property
    def answers(self) -> list[str]:
        """Texts that others wrote or changed since this person last did something."""
        return [one.content for one in self._fresh()]

    @property
    def buttons(self) -> list[str]:
        """Labels of the buttons under the newest message that has any."""
        for message in self.chat.newest_first():
            if found := [button["text"] for button in _buttons(message)]:
                return found
        return []

    @property
    def choices(self) -> list[str]:
        """Answers that are offered instead of typing."""
        message = self.chat.keyboard
        if message is None or message.keyboard is None or message.id not in self.chat.messages:
            return []  # a keyboard goes with its message, and does not come back with an older one
        rows = message.keyboard.get("keyboard", [])
        return [one if isinstance(one, str) else one["text"] for row in rows for one in row]

    async def waits_for(self, words: str = "", *, within_s: float = WAIT_S) -> Message:
        """Wait for a message with those words in it, or for any, written or changed since."""

        def fitting() -> Message | None:
            return next((one for one in self._fresh() if words in one.content), None)

        what = f"a message with {words!r}" if words else "a message"
        await self.until(lambda: fitting() is not None, what=what, within_s=within_s)
        found = fitting()
        if found is None:
            raise AssertionError(f"{what} was there and is gone{self._told()}")
        return found

    async def until(
        self, is_so: Callable[[], bool], *, what: str = "it", within_s: float = WAIT_S
    ) -> None:
        """Wait until something is so; an AssertionError that tells all when it takes too long."""
        try:
            async with asyncio.timeout(within_s):
                await self._stage.world.until(is_so)
        except TimeoutError:
            raise AssertionError(
                f"{self.name} waited {within_s:g} s in vain for {what}{self._told()}"
            ) from None

    # --- inside

    def _act(self) -> None:
        self._stage.seen[self.person.id, id(self.chat)] = self._stage.world.number()

    def _fresh(self) -> list[Message]:
        since = self._stage.seen.get((self.person.id, id(self.chat)), 0)
        return [one for one in self.screen if one.author != self.id and one.stamp > since]

    def _bot(self) -> Bot:
        for user_id in self.chat.members:
            if user_id in self._stage.world.bots:
                return self._stage.world.bots[user_id]
        raise AssertionError(f"there is no bot in {self.chat}")

    def _mine(self, old: str | None) -> Message:
        for message in self.chat.newest_first():
            if message.author == self.id and old in {None, message.content}:
                return message
        what = "nothing" if old is None else f"no message {old!r}"
        raise AssertionError(f"{self.name} has written {what} here{self._told()}")

    def _newest(self) -> Message:
        for message in self.chat.newest_first():
            if message.author != self.id:
                return message
        raise AssertionError(f"nobody has shown {self.name} anything{self._told()}")

    def _told(self) -> str:
        lines = [f"  {self._who(one)}: {one.content!r}" for one in self.screen[-20:]]
        return "\n" + "\n".join(["what was said:", *(lines or ["  nothing"])])

    def _who(self, message: Message) -> str:
        return str(self._stage.world.user(message.author)["first_name"])


def _buttons(message: Message) -> list[Json]:
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
