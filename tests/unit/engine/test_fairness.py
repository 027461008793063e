"""One bot with a flood of updates, or with slow handlers, does not starve another."""

import asyncio
from functools import partial

import pytest

from posthouse.app import App
from posthouse.engine.journal import Journal
from posthouse.model.chat import Chat, Person
from posthouse.model.update import TextMessage
from posthouse.ports.adapter import Incoming
from posthouse.site import Bot, Site
from posthouse.testing import FakeClock
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.messenger import FakeMessenger
from posthouse.testing.wire import encode


def message(number: int, bot: str, text: str) -> Incoming:
    """A message in a chat of its own."""
    update = TextMessage(
        id=f"u{number}",
        bot=bot,
        at=FakeClock().now(),
        chat=Chat(id=f"c{number}", bot=bot, messenger="fake"),
        person=Person(id=f"p{number}", name="Ann"),
        message_id=str(number),
        text=text,
    )
    return Incoming(
        update_id=update.id,
        chat=update.chat.id,
        person=update.person.id,
        kind="textmessage",
        body=encode(update),
    )


@pytest.fixture
def few_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that is soon full."""
    monkeypatch.setattr("posthouse.engine.engine.Journal", partial(Journal, slots=16))


@pytest.mark.usefixtures("few_slots")
async def test_slow_handlers_of_one_bot_leave_room_for_another() -> None:
    """Each bot gets at most what it leaves free, so two that hang leave room for a third."""
    clock, go, messenger = FakeClock(), asyncio.Event(), FakeMessenger()
    runs: dict[str, int] = {}
    answered: list[str] = []

    def app(name: str, *, hangs: bool) -> App:
        made = App(name)

        @made.on
        async def take(message: TextMessage) -> str:
            runs[name] = runs.get(name, 0) + 1
            if hangs:
                await go.wait()
            answered.append(name)
            return "done"

        return made

    def bot(name: str, *, hangs: bool) -> Bot:
        apps = [app(name, hangs=hangs)]
        return Bot(name, messenger="fake", apps=apps, adapter=FakeAdapter(messenger))

    bots = [bot("slow", hangs=True), bot("also", hangs=True), bot("quick", hangs=False)]
    async with Site(bots=bots, storage="memory:", clock=clock).start() as site:
        await clock.settle()
        intakes = {intake.bot.name: intake for intake in site.engine.intakes.values()}
        for name in ("slow", "also"):
            for number in range(40):
                intakes[name].receive(message(number, name, "wait"))
        await clock.settle()
        assert 0 < runs["also"] <= runs["slow"] < 16
        for number in range(20):
            intakes["quick"].receive(message(number, "quick", "now"))
        await clock.settle()
        assert answered == ["quick"] * 20
        go.set()
        await clock.settle()
        assert (runs["slow"], runs["also"], len(answered)) == (40, 40, 100)
