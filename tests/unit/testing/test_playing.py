"""play(): a real site on an in-memory messenger."""

import asyncio
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from posthouse import (
    App,
    Conversation,
    Module,
    Reply,
    Screen,
    TextMessage,
    Turn,
    button,
    provide,
    use,
)
from posthouse.errors import NotSentError, RejectedError, SettingsError
from posthouse.model.chat import ChatKind
from posthouse.model.reply import Answer
from posthouse.ports.clock import Clock
from posthouse.testing import FakeClock, FakeMessenger, FakePerson, play
from posthouse.types import Chat, Edit, PhotoMessage, Reaction, Status


def echo_app() -> App:
    """Return an app that says what it hears."""
    app = App("echo")

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


def tea_app() -> App:
    """Return an app with buttons, choices, timers and state."""
    app = App("tea")

    class Cups(Conversation):
        drunk: int = 0

    @app.action
    async def drink(turn: Turn, cups: int, *, state: Cups = use()) -> Screen:
        state.drunk += cups
        return Screen(f"{state.drunk} cups").row(button("Another", drink, 1)).back()

    @app.action(home=True)
    async def menu(turn: Turn) -> Screen:
        return Screen("Menu").row(button("Tea", drink, 1), button("Two", drink, 2))

    @app.command("menu")
    async def open_menu(turn: Turn) -> Answer:
        return await menu(turn)

    @app.command
    async def ask(turn: Turn) -> Reply:
        return Reply("Milk?", choices=(("Yes", "No"),))

    @app.command
    async def remind(turn: Turn) -> str:
        turn.later(timedelta(minutes=20), ring)
        return "I will"

    @app.action
    async def ring(turn: Turn) -> str:
        return "Tea is ready"

    return app


async def test_echo() -> None:
    """The five lines that a newcomer writes."""
    app = echo_app()
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "hi"


async def test_buttons_are_pressed_by_their_label() -> None:
    """A press runs the action behind the newest button of that name and edits in place."""
    async with play(tea_app()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        assert ann.buttons == ["Tea", "Two"]
        await ann.presses("Two")
        assert ann.sees == "2 cups"
        await ann.presses("Another")
        assert ann.sees == "3 cups"
        await ann.presses("‹")
        assert ann.sees == "Menu"
        assert [m.edits for m in ann.screen if not m.author] == [3]
        assert len(site.messenger.answered) == 3


async def test_offered_answers_are_pressed_too() -> None:
    """Choosing an answer that is offered instead of typing says it."""
    async with play(tea_app(), echo_app()) as site:
        ann = site.person("Ann")
        await ann.says("/ask")
        assert ann.choices == ["Yes", "No"]
        await ann.presses("Yes")
        assert ann.sees == "Yes"


async def test_a_button_that_is_not_there_names_those_that_are() -> None:
    """The error lists the labels and tells what happened so far."""
    async with play(tea_app()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        with pytest.raises(AssertionError, match=r"no button 'Coffee'; there are \[Tea\], \[Two\]"):
            await ann.presses("Coffee")


async def test_time_passes_only_when_it_is_told_to() -> None:
    """A timer of twenty minutes comes due after twenty minutes on the fake clock."""
    async with play(tea_app()) as site:
        ann = site.person("Ann")
        await ann.says("/remind")
        await site.later(timedelta(minutes=19))
        assert ann.sees == "I will"
        await site.later(timedelta(minutes=1))
        assert ann.sees == "Tea is ready"


async def test_two_persons_have_two_chats() -> None:
    """Each person has a private chat unless a common one is named."""
    async with play(echo_app()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("a")
        await bob.says("b")
        assert (ann.sees, bob.sees) == ("a", "b")
        here, there = site.person("Ann", chat="pub"), site.person("Bob", chat="pub")
        await here.says("hello")
        assert there.sees == "hello"
        assert here.id == ann.id
        assert here.chat.kind is ChatKind.GROUP
        assert [m.author for m in site.chat("pub")] == ["Ann", ""]
        assert site.person("Ann") is ann


async def test_what_a_person_does_besides_talking_reaches_handlers() -> None:
    """Photos, files, edits, deletions, reactions and status are updates too."""
    app = App("all")
    seen: list[str] = []

    @app.on
    async def photo(message: PhotoMessage) -> Reply:
        return Reply(f"{message.photo.width}x{message.photo.height}", photos=(message.photo,))

    @app.on
    async def edited(edit: Edit) -> str:
        return f"edited to {edit.text}"

    @app.on
    async def reaction(update: Reaction) -> None:
        seen.append("".join(update.emoji))

    @app.on
    async def status(update: Status) -> None:
        seen.append(update.what)

    async with play(app, echo_app()) as site:
        ann = site.person("Ann")
        await ann.sends_photo(4, 3, caption="look")
        assert ann.sees == "4x3"
        assert ann.photos[0].width == 4
        await ann.says("hm")
        await ann.edits("ha")
        assert ann.sees == "edited to ha"
        await ann.reacts("👍")
        await ann.joins()
        await ann.leaves()
        await ann.blocks()
        await ann.types()
        assert seen == ["👍", "joined", "left", "blocked", "typing"]
        await ann.deletes("ha")
        assert [m.text for m in ann.screen if m.author] == ["look"]
        await ann.sends_file("a.txt", 7)
        assert ann.files == []
        with pytest.raises(AssertionError, match="no message 'never'"):
            await ann.edits("x", old="never")


async def test_answers_are_those_since_the_last_deed() -> None:
    """`answers` holds all messages that followed what a person did last."""
    app = App("many")

    @app.on
    async def many(message: TextMessage) -> list[str]:
        return list(message.text)

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("abc")
        assert ann.answers == ["a", "b", "c"]
        await ann.says("d")
        assert ann.answers == ["d"]


async def test_a_silent_bot_is_told_with_the_transcript() -> None:
    """Looking at an answer that is not there says so, and what happened."""
    async with play(App("silent")) as site:
        ann = site.person("Ann")
        await ann.says("anybody?")
        with pytest.raises(AssertionError, match=r"(?s)shown Ann nothing; so far:.*Ann: anybody"):
            _ = ann.sees
        assert ann.buttons == ann.choices == ann.answers == []
        assert [update.id for update in site.unclaimed] == ["u2"]
        assert "nobody took it" in site.transcript


async def test_an_error_that_leaves_the_block_carries_the_transcript() -> None:
    """The failed assertion of a test shows what was said."""
    with pytest.raises(AssertionError) as caught:  # noqa: PT012  the block is what is tested
        async with play(echo_app()) as site:
            ann = site.person("Ann")
            await ann.says("hi")
            raise AssertionError
    assert caught.value.__notes__ == ["transcript:\nAnn: hi\nbot: hi"]


def broken_app() -> App:
    """Return an app whose handler raises."""
    app = App("broken")

    @app.on
    async def fail(message: TextMessage) -> str:
        raise ValueError("out of milk")

    return app


async def test_leaving_with_something_set_aside_fails_with_the_traceback() -> None:
    """A test cannot overlook an update that was quarantined."""
    with pytest.raises(AssertionError, match=r"(?s)1 updates were set aside.*out of milk"):
        async with play(broken_app()) as site:
            await site.person("Ann").says("hi")


async def test_what_is_set_aside_can_be_looked_at() -> None:
    """With strict=False the test decides; the person got a polite sentence."""
    async with play(broken_app(), strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert [row.reason for row in site.quarantine] == ["raised"]
        assert ann.sees.startswith("Sorry")


async def test_deliveries_fail_on_demand() -> None:
    """A delivery that was not sent is sent again when the messenger said."""
    async with play(echo_app()) as site:
        ann = site.person("Ann")
        site.messenger.fails(NotSentError("busy", retry_after_s=30))
        await ann.says("hi")
        assert ann.answers == []
        await site.later(29)
        assert ann.answers == []
        await site.later(1)
        assert ann.answers == ["hi"]


async def test_a_refused_delivery_is_counted() -> None:
    """A fault can be meant for one chat only."""
    async with play(echo_app()) as site:
        site.messenger.fails(RejectedError("blocked"), chat="bob")
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("hi")
        await bob.says("hi")
        assert ann.answers == ["hi"]
        assert bob.answers == []
        assert site.engine.counters()["rejected"] == 1


async def test_a_lost_answer_is_repeated_and_shown_once() -> None:
    """An idempotent messenger knows a delivery it gets a second time."""
    async with play(echo_app()) as site:
        ann = site.person("Ann")
        site.messenger.loses_answers()
        await ann.says("hi")
        await site.later(60)
        assert len(site.messenger.deliveries) == 2
        assert ann.answers == ["hi"]


async def test_a_slow_delivery_takes_its_time() -> None:
    """Until then the chat shows nothing."""
    async with play(echo_app()) as site:
        ann = site.person("Ann")
        site.messenger.slow(5)
        await ann.says("hi")
        assert ann.answers == []
        await site.later(5)
        assert ann.answers == ["hi"]


async def test_a_handler_may_sleep_on_the_clock() -> None:
    """Where a handler asks for the Clock, `says` lets as much time pass as it sleeps."""
    app = App("sleepy")

    @app.on
    async def sleepy(message: TextMessage, *, clock: Clock = use()) -> str:
        await clock.sleep(30)
        return "yawn"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "yawn"
        assert 30 <= site.clock.monotonic() < 31


async def test_a_handler_may_wait_for_something_real() -> None:
    """`says` waits in real time for a handler that does not sleep on the clock."""
    app = App("real")

    @app.on
    async def real(message: TextMessage) -> str:
        await asyncio.sleep(0.01)
        return "done"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "done"


async def test_a_handler_that_waits_for_the_test_is_named() -> None:
    """Instead of hanging, `says` tells which handler waits and how to go on."""
    app = App("stuck")
    go = asyncio.Event()

    @app.on
    async def stuck(message: TextMessage) -> str:
        await go.wait()
        return "went"

    async with play(app, patience_s=0.02) as site:
        ann = site.person("Ann")
        with pytest.raises(AssertionError, match=r"stuck\.stuck waits .* pass wait=False"):
            await ann.says("hi")
        go.set()
        await site.settle()
        assert ann.sees == "went"


async def test_modules_and_middlewares_are_used() -> None:
    """Whatever a Site takes, play takes."""
    app = App("shop")
    log: list[str] = []

    class Prices(Module):
        @provide
        def price(self) -> int:
            return 7

    @app.on
    async def price(message: TextMessage, *, price: int = use()) -> str:
        return f"{price}"

    async def note(update: object, call_next: object) -> object:
        log.append("in")
        return await call_next(update)  # type: ignore[operator]  # kept short

    async with play(app, modules=[Prices()], middlewares=[note]) as site:
        ann = site.person("Ann")
        await ann.says("?")
        assert ann.sees == "7"
    assert log == ["in"]


async def test_several_bots_share_one_messenger() -> None:
    """Each bot has its own apps; a person says which one she talks to."""
    async with play(bots={"a": [echo_app()], "b": [tea_app()]}) as site:
        ann = site.person("Ann", bot="a")
        bob = site.person("Bob", bot="b")
        await ann.says("hi")
        await bob.says("/menu")
        assert (ann.sees, bob.sees) == ("hi", "Menu")


async def test_a_named_chat_shows_what_the_bot_publishes() -> None:
    """Named chats are broadcast chats that everybody can read."""
    app = App("press")

    @app.on
    async def publish(message: TextMessage, turn: Turn) -> str:
        turn.send(message.text, to=turn.named("news"))
        return "published"

    async with play(app, chats={"news": "board"}) as site:
        await site.person("Ann").says("extra!")
        assert [m.text for m in site.chat("board")] == ["extra!"]


@pytest.mark.parametrize("storage", ["memory:", "sqlite:bot.db"])
async def test_a_restart_keeps_everything(storage: str, tmp_path: Path) -> None:
    """State, timers, buttons and what the chats show outlive the site."""
    async with play(tea_app(), storage=storage, folder=tmp_path) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Two")
        await ann.says("/remind")
        await site.restart()
        await ann.presses("Another")
        assert any(m.text == "3 cups" for m in ann.screen)
        await site.later(timedelta(minutes=20))
        assert ann.sees == "Tea is ready"


async def test_what_happens_while_the_site_is_down_is_told_at_its_start() -> None:
    """The messenger keeps updates for a site that does not run."""
    async with play(echo_app()) as site:
        ann = site.person("Ann")
        await site.stop()
        await ann.says("hi", wait=False)
        assert ann.answers == []
        await site.start()
        assert ann.answers == ["hi"]


async def test_a_site_that_cannot_start_raises_what_it_said() -> None:
    """The error of the start reaches the test as it is."""
    with pytest.raises(SettingsError, match="storage = 'paper:'"):
        async with play(echo_app(), storage="paper:"):
            pass


async def test_a_command_is_given_as_the_command_line_does() -> None:
    """Its sentence comes back; one that fails raises."""
    healed = App("healed")
    ill = True

    @healed.on
    async def speak(message: TextMessage) -> str:
        if ill:
            raise ValueError("ill")
        return message.text

    async with play(healed, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        ill = False
        assert await site.command("quarantine.replay") == "1 update replayed"
        assert ann.sees == "hi"
        with pytest.raises(Exception, match="nothing is set aside under number 77"):
            await site.command("quarantine.replay", id=77)


async def test_a_command_that_waits_for_something_real_is_waited_for() -> None:
    """Time passes on the clock meanwhile; after the test's patience it is told."""

    async def ask(*, minutes: float) -> str:
        await asyncio.sleep(minutes * 60)
        return "answered"

    async with play(echo_app(), patience_s=0.5) as site:
        site.engine.commands.register("ask", ask)
        before = site.clock.monotonic()
        assert await site.command("ask", minutes=0.002) == "answered"
        assert site.clock.monotonic() >= before + 2
        with pytest.raises(AssertionError, match=r"command ask has not ended after 0\.5 s"):
            await site.command("ask", minutes=60)


async def test_what_runs_on_a_thread_is_waited_for_before_time_passes() -> None:
    """So whatever it goes on with happens at its moment."""
    async with play(echo_app()) as site:
        began, ended = site.clock.monotonic(), []

        async def work() -> None:
            await asyncio.to_thread(time.sleep, 0.1)
            ended.append(site.clock.monotonic())

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(work())
            await site.later(timedelta(hours=1))
            assert ended == [began]


async def test_a_thread_that_waits_for_the_test_is_not_waited_for_twice() -> None:
    """The test goes on after its patience, and the thread when the test lets it."""
    go, ended = threading.Event(), asyncio.Event()
    async with play(echo_app(), patience_s=0.3) as site:

        async def work() -> None:
            await asyncio.to_thread(go.wait)
            ended.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(work())
            await asyncio.sleep(0)
            await site.later(60)
            begun = asyncio.get_running_loop().time()
            await site.settle()
            assert asyncio.get_running_loop().time() - begun < 0.3
            assert not ended.is_set()
            go.set()
            await ended.wait()
        await site.person("Ann").says("hi")
        assert site.person("Ann").sees == "hi"


async def test_a_clock_and_a_messenger_of_ones_own_are_taken() -> None:
    """What is passed in can be prepared before the start."""
    clock, messenger = FakeClock(), FakeMessenger()
    async with play(echo_app(), clock=clock, messenger=messenger) as site:
        assert (site.clock, site.messenger) == (clock, messenger)
        ann: FakePerson = site.person("Ann", language="de")
        assert ann.person.language == "de"
        assert isinstance(ann.chat, Chat)
        assert repr(ann) == "<Ann in private chat ann>"
