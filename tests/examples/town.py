"""A town with both boards on a pretended Telegram: chats, people, and what stands in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from finders import cars as _  # noqa: F401  what finders find is published by the boards' apps
from townboard import bazaar, repairs

from posthouse import Bot, Site
from posthouse.engine.points import Points
from posthouse.ports.clock import SystemClock
from posthouse.ready.staff import app as staff
from posthouse.routing.ready.access import Access
from posthouse.testing.telegram import Simulator
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.state import Chat, Message, Query

NOTED = "Noted."
"""Goes before the next question where a keyboard has to be taken away."""
BAZAAR, REPAIRS = "100:bazaar", "200:repairs"
STAFF = 9000
ANSWERS = ("Ivan", "067 123-45-67", "Škoda Fabia, 2014", "120", "5 000", "Open to offers")
"""What an ad is told up to its description."""
REQUEST = ("Ivan", "Bodywork", "Lada Niva, 2011", "A dent in the door")
"""What a request is told up to its photo."""


class ShiftedClock(SystemClock):
    """The system's clock, set forward by a test."""

    shift = timedelta(0)

    def now(self) -> datetime:
        """Return the time, as far ahead as it was set."""
        return super().now() + self.shift

    def timestamp(self) -> float:
        """Return the same as seconds since 1970."""
        return self.now().timestamp()


class Town:
    """Two bots on one pretended Telegram, each with a channel and its discussion group."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ShiftedClock()
        self.sim = Simulator(bots=[BAZAAR], clock=self.clock)
        self.sim.add_bot(REPAIRS, has_privacy=False)
        self.bazaar, self.repairs = self.sim.bot(BAZAAR), self.sim.bot(REPAIRS)
        self.bazaar.has_privacy = False
        self.sim.world.slows_polling = False  # else each stop takes three seconds
        self.points = Points()
        self.apps: tuple[Any, Any] = (bazaar, repairs)
        self.bot_options: dict[str, Any] = {"rates": {"enabled": False}}
        self.site_options: dict[str, Any] = {"listens": False}
        self.site: Site
        bots = (self.bazaar, self.repairs)
        self.boss = self.sim.person("Boss", id=STAFF)
        self.cars = self.sim.channel("Cars", self.boss, self.bazaar, username="town_cars")
        self.talk = self.sim.supergroup("Car talk", self.boss, self.bazaar)
        self.works = self.sim.channel("Repairs", self.boss, self.repairs, username="town_repairs")
        self.comments = self.sim.supergroup("Repair talk", self.boss, self.repairs)
        self.admin = self.sim.supergroup("Staff", self.boss, *bots)
        self.feedback = self.sim.supergroup("Feedback", self.boss, self.repairs)
        self.sim.discuss(self.cars, self.talk)
        self.sim.discuss(self.works, self.comments)

    async def __aenter__(self) -> Self:
        await self.sim.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.sim.__aexit__(*error)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Site]:
        """Run the site; leaving stops it, and entering again is a restart."""
        self.site = await asyncio.to_thread(self._site)
        async with self.site.start():
            yield self.site

    def _bots(self) -> list[Bot]:
        cars, works = self.apps
        return [
            self._bot("bazaar", BAZAAR, cars, channel=self.cars, discussion=self.talk),
            self._bot("repairs", REPAIRS, works, channel=self.works, feedback=self.feedback),
        ]

    def _site(self) -> Site:
        return Site(
            bots=self._bots(),
            middlewares=[Access(roles={"staff": [f"telegram:{STAFF}"]})],
            storage="sqlite:town.db",
            folder=self.folder,
            clock=self.clock,
            points=self.points,
            **self.site_options,
        )

    def _bot(self, name: str, token: str, *apps: Any, **chats: Chat) -> Bot:
        return Bot(
            name,
            messenger="telegram",
            apps=[*apps, staff],
            token=token,
            base_url=self.sim.base_url,
            chats={name: str(chat.id) for name, chat in {**chats, "admin": self.admin}.items()},
            timezone="Europe/Kyiv",
            country="UA",
            **self.bot_options,
        )

    # --- people

    def seller(self, name: str = "Ivan") -> "Visitor":
        """Somebody in private with the bazaar."""
        return Visitor(self, self.sim.person(name))

    def owner(self, name: str = "Ivan") -> "Visitor":
        """Somebody in private with the repairs bot."""
        return Visitor(self, self.sim.person(name).at(self.repairs))

    def staff(self, name: str = "Boss") -> "Visitor":
        """Somebody in the admin group."""
        person = self.sim.person(name)
        return Visitor(self, person.at(self.admin))

    # --- what stands where

    async def posts(self, chat: Chat, count: int = 1) -> list[Message]:
        """Wait until a chat has so many messages of bots and forwards; return them."""
        await self.sim.until(
            lambda: len(shown(chat)) >= count, what=f"{count} messages in {chat.title}"
        )
        return shown(chat)


def shown(chat: Chat) -> list[Message]:
    """Return what stands in a chat, without what tells who came and went."""
    return [
        message
        for message in reversed(list(chat.newest_first()))
        if message.content or _media(message)
    ]


def _media(message: Message) -> bool:
    return any(kind in message.body for kind in ("photo", "document", "sticker"))


def _buttons(message: Message) -> list[dict[str, Any]]:
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


class Visitor:
    """Somebody at the town's boards: does a thing, and waits for what it brings."""

    def __init__(self, town: Town, person: SimPerson) -> None:
        self.town = town
        self.person = person
        self.popped_up = ""
        """What was shown over the chat for the last decision."""

    # --- doing

    async def says(self, words: str, then: str) -> Message:
        """Write, and wait for an answer with those words."""
        await self.person.says(words)
        return await self.person.waits_for(then)

    async def presses(self, label: str, then: str) -> Message:
        """Press a button, and wait for what then is shown."""
        await self._does(label)
        return await self.person.waits_for(then)

    async def begins(self, label: str) -> None:
        """Come for the first time and begin a form."""
        await self.says("hi", "")
        await self.presses(label, "What is your name?")

    async def fills(self, *answers: str) -> None:
        """Answer questions, one after the other; an answer that is a button is pressed."""
        for answer in answers:
            before = self.prompt
            await self._does(answer)
            await self.person.until(
                lambda before=before: self.prompt not in {before, ""}, what=f"{answer!r} to count"
            )

    async def _does(self, answer: str) -> None:
        if answer in self.person.buttons and answer not in self.person.choices:
            await self.person.presses(answer)
        else:
            await self.person.says(answer)

    async def sends(self, photos: int) -> None:
        """Send photos, several as one album, and wait until they are counted."""
        before = self.prompt
        if photos == 1:
            await self.person.sends_photo()
        else:
            await self.person.sends_album(photos)
        await self.person.until(lambda: self.prompt not in {before, ""}, what="the photos")

    async def publishes(self) -> None:
        """Press Publish under the preview, and wait until the post is out."""
        await self.person.until(lambda: "Publish" in self.person.buttons, what="[Publish]")
        await self.presses("Publish", "is on the board")

    async def pops_up(self, label: str) -> str:
        """Press a button; return what the messenger shows over the chat for it."""
        return await self._told(await self.person.presses(label))

    async def decides(self, number: str, *labels: str) -> None:
        """Press buttons of the card of a post, as staff do."""
        for label in labels:
            await self.person.until(
                lambda label=label: self._on_card(number, label) is not None,
                what=f"[{label}] at the card of {number}",
            )
            found = self._on_card(number, label)
            assert found is not None
            self.popped_up = await found.pressed()

    def _on_card(self, number: str, label: str) -> "Old | None":
        for card in reversed(self.person.screen):
            for button in _buttons(card):
                if button["text"] == label and number in card.content:
                    return Old(self, card, button)
        return None

    def remembers(self, label: str) -> "Old":
        """Keep a button that is shown now, to press it when it is not any more."""
        found = self._find(label)
        assert found is not None, f"there is no button {label!r}; there are {self.person.buttons}"
        return found

    async def finds(self, label: str) -> "Old":
        """Wait for a button, under whichever message it is."""
        await self.person.until(lambda: self._find(label) is not None, what=f"[{label}]")
        return self.remembers(label)

    def _find(self, label: str) -> "Old | None":
        for message in reversed(self.person.screen):
            for button in _buttons(message):
                if button["text"] == label:
                    return Old(self, message, button)
        return None

    async def _told(self, query: Query) -> str:
        await self.town.sim.until(lambda: query.answer is not None, what="an answer to the press")
        assert query.answer is not None
        return str(query.answer.get("text", ""))

    # --- looking

    @property
    def prompt(self) -> str:
        """The newest words of the bot; of what it shows with pictures, what stands below."""
        said = (m.content for m in reversed(self.person.screen) if m.author != self.person.id)
        return next((words for words in said if words not in {"", NOTED}), "")

    @property
    def preview(self) -> str:
        """The newest words that look like a post."""
        said = (m.content for m in reversed(self.person.screen) if m.author != self.person.id)
        return next((words for words in said if "#000" in words), "")

    @property
    def answers(self) -> list[str]:
        """What the bot said or changed since this person did something."""
        return self.person.answers


class Old:
    """A button as it once was shown."""

    def __init__(self, visitor: Visitor, message: Message, button: dict[str, Any]) -> None:
        self._visitor, self._message, self._button = visitor, message, button

    async def pressed(self, by: Visitor | None = None) -> str:
        """Press it, though it may be gone; return what is shown over the chat for it."""
        who = by or self._visitor
        query = who.person._press(self._message, self._button)
        return await who._told(query)


AD = (*ANSWERS, "Runs well")
"""What an ad is told up to its photos."""
TOWN = ("zerlava", "Žerlava")
"""A town, searched for and pressed."""


async def advertised(town: Town, name: str = "Ivan", *, photos: int = 0) -> Visitor:
    """Let somebody put up an ad; return them."""
    visitor = town.seller(name)
    await visitor.begins("Sell a car")
    await visitor.fills(*AD)
    if photos:
        await visitor.sends(photos)
        await visitor.fills("Done")
    else:
        await visitor.fills("Skip")
    await visitor.fills(*TOWN)
    await visitor.publishes()
    return visitor


async def requested(town: Town, name: str = "Ivan") -> Visitor:
    """Let somebody ask for a repair; return them."""
    visitor = town.owner(name)
    await visitor.begins("Ask for a repair")
    await visitor.fills(*REQUEST, "Skip", *TOWN)
    await visitor.publishes()
    return visitor
