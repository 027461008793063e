"""A small board with everything that posts can do, for the tests beside it."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from posthouse import App, Photo, Reply, Screen, Turn, bold, button, text
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.state import State
from posthouse.model.update import ThreadOpened
from posthouse.posts.declare import FollowUp, Remind
from posthouse.posts.publish import Publish
from posthouse.routing.ready.access import Access
from posthouse.testing import FakePerson, TestSite
from posthouse.testing.messenger import Shown

ON_SALE, SOLD = State("on-sale"), State("sold", ends=True)
REMIND = Remind(after=timedelta(days=21), at=time(16))
CHATS = {"channel": "channel", "admin": "admin", "feedback": "feedback", "talk": "talk"}


class Feedback(Form):
    """How it went."""

    words: str = ask("How did it go?", min_length=3)


class Ad(Form):
    """Something for sale."""

    title: str = ask("What?", min_length=2, max_length=50)
    details: str = ask("Tell more.", elastic=True, max_length=4000)
    photos: tuple[Photo, ...] = ask("Photos?", default=())

    def preview(self) -> Reply:
        """Show the post."""
        sold = bold("SOLD ") if self.state is SOLD else ""
        words = text(sold, "#", self.number or "000", " ", self.title, "\n", self.details)
        return Reply(words, photos=self.photos)


def board(folder: Path, *, remind: Remind | None = REMIND, **terms: object) -> App:
    """Return an app with a board of ads."""
    pictures = {ON_SALE: folder / "sale.png", SOLD: folder / "sold.png"}
    for path in pictures.values():
        path.write_bytes(PNG)
    app = App("bazaar")
    given: dict[str, object] = {
        "chat": "channel",
        "number": "ad",
        "transitions": (ON_SALE >> SOLD,),
        "repost": "edit",
        "moderation": "admin",
        "media": pictures,
        "follow_ups": (FollowUp(form=Feedback, chat="feedback"),),
    }
    app.form(publish=Publish(**(given | terms)), remind=remind)(Ad)  # type: ignore[arg-type]

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        """Show what one can do."""
        screen = Screen("Welcome").row(button("New ad", app.start(Ad)))
        return screen.row(button("My ads", app.posts(Ad)))

    return app


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
STAFF = Access(roles={"staff": ["fake:sam"]})


async def publish(
    site: TestSite, name: str = "Ann", title: str = "Bike", *, photos: int = 0
) -> FakePerson:
    """Let somebody fill in an ad and publish it; return who it is."""
    person = site.person(name)
    await person.says("/start")
    await person.presses("New ad")
    await person.says(title)
    await person.says("As good as new")
    for _ in range(photos):
        await person.sends_photo()
    await person.presses("Done" if photos else "Skip")
    await person.presses("Publish")
    return person


async def rows(site: TestSite, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    found = await site.store.fetch(select(table).order_by(table.c.id))
    return [row._asdict() for row in found]


async def thread_opens(site: TestSite, post: Shown, *, group: str = "talk", thread: str) -> None:
    """Let a messenger tell that a post got a thread in a group."""
    number = site.messenger.next_id()
    chat = Chat(id=group, bot="bot", messenger="fake", kind=ChatKind.GROUP, title=group)
    site.messenger.tell(
        ThreadOpened(
            id=f"u{number}",
            bot="bot",
            at=site.clock.now(),
            chat=chat,
            person=Person(id="channel", name="channel"),
            message_id=thread,
            of_chat=post.chat,
            of_message=post.id,
        )
    )
    await site.settle()


def notices(site: TestSite) -> list[str]:
    """Return what presses were answered with over the chat, in order."""
    return list(site.messenger.notices.values())
