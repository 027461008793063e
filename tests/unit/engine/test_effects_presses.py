"""ENGINE 14: presses."""

import asyncio
from datetime import timedelta

import pytest

from posthouse.app import App
from posthouse.errors import OutcomeUnknownError
from posthouse.model.capabilities import Capabilities
from posthouse.model.outgoing import Operation
from posthouse.model.reply import SILENT, Reply, Screen
from posthouse.model.update import Press, TextMessage
from posthouse.payloads import Keys
from posthouse.ports.adapter import Certainty
from posthouse.testing import FakeMessenger, FakePerson, TestSite, play
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

GONE = "That button no longer works."


def shop(log: list[str] | None = None) -> App:
    """An app with pages, a way back and a way home."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start").row(button("Shelf", shelf, 1)).home()

    @app.action
    async def shelf(turn: Turn, page: int) -> Screen:
        if log is not None:
            log.append(f"{turn.person.id} {page}")
        return (
            Screen(f"shelf {page}")
            .row(button("<", shelf, page - 1), button(">", shelf, page + 1))
            .row(button("Tea", product, "tea"))
            .back()
            .home()
        )

    @app.action
    async def product(turn: Turn, what: str) -> Screen:
        return Screen(what).row(button("Buy", buy, what).once()).back()

    @app.action
    async def buy(turn: Turn, what: str) -> str:
        if log is not None:
            log.append(f"buy {what}")
        return f"bought {what}"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return await start(turn)  # type: ignore[return-value]  # it shows a screen

    return app


async def press_again(site: TestSite, person: FakePerson, payload: str, message: str) -> Press:
    """Press a button as it was drawn earlier."""
    update = Press(
        id=f"p{site.messenger.next_id()}",
        bot=person.chat.bot,
        at=site.clock.now(),
        chat=person.chat,
        person=person.person,
        message_id=message,
        payload=payload,
    )
    site.messenger.tell(update)
    await site.settle()
    return update


def payload_of(person: FakePerson, label: str) -> tuple[str, str]:
    """Return a button's payload and the id of its message."""
    for message in reversed(person.screen):
        for row in message.content.rows:
            for key in row:
                if key.label == label and key.payload is not None:
                    return key.payload, message.id
    raise AssertionError(f"no button {label}")


# --- screens: paging, back, home


async def test_a_press_changes_its_screen_in_place() -> None:
    """One message, drawn again and again; every press is answered."""
    async with play(shop()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        assert ann.buttons == ["Shelf", "⌂"]
        await ann.presses("Shelf")
        await ann.presses(">")
        await ann.presses(">")
        assert ann.sees == "shelf 3"
        await ann.presses("<")
        assert ann.sees == "shelf 2"
        assert len([m for m in ann.screen if not m.author]) == 1
        assert len(site.messenger.answered) == 4


async def test_back_goes_the_way_one_came_and_pages_are_no_way() -> None:
    """Another page of the same screen is not a step."""
    async with play(shop()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Shelf")
        await ann.presses(">")
        await ann.presses("Tea")
        await ann.presses("‹")
        assert ann.sees == "shelf 2"
        await ann.presses("‹")
        assert ann.sees == "start"
        assert "‹" not in ann.buttons


async def test_home_opens_the_first_screen() -> None:
    """In place, from everywhere."""
    async with play(shop()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Shelf")
        await ann.presses("⌂")
        assert ann.sees == "start"


async def test_back_without_a_way_opens_the_first_screen() -> None:
    """What was remembered of the way may be gone while the button is still there."""
    async with play(shop()) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Shelf")
        keys = site.store.inner._tables.conversations
        for key in [key for key in keys if key.key.startswith("s")]:
            del keys[key]
        site.engine.turns._cache._young.clear()
        site.engine.turns._cache._old.clear()
        await ann.presses("‹")
        assert ann.sees == "start"


async def test_buttons_outside_screens_run_and_show_new_messages() -> None:
    """A reply with buttons is no screen: what its button shows is a message of its own."""
    app = shop()

    @app.command
    async def offer(turn: Turn) -> Reply:
        return Reply("an offer", rows=((button("Take", take),),))

    @app.action
    async def take(turn: Turn) -> Screen:
        return Screen("taken")

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/offer")
        await ann.presses("Take")
        assert [m.text for m in ann.screen if not m.author] == ["an offer", "taken"]


async def test_a_second_screen_of_a_press_is_a_message_of_its_own() -> None:
    """One of them is drawn in place."""
    app = App("two")

    @app.action
    async def both(turn: Turn) -> list[Screen]:  # type: ignore[misc]  # a list is an answer too
        return [Screen("one"), Screen("two")]

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Both", both))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Both")
        assert [m.text for m in ann.screen if not m.author] == ["one", "two"]


# --- duplicates


async def test_a_press_that_is_repeated_within_a_second_is_answered_and_not_run() -> None:
    """A nervous finger buys once."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Shelf")
        pressed = [await press_again(site, ann, payload, message) for _ in range(3)]
        assert log == ["ann 1"]
        assert site.messenger.answered == [press.id for press in pressed]


async def test_a_press_is_a_repetition_until_the_first_one_is_answered() -> None:
    """However long the messenger takes for the answer."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Shelf")
        site.messenger.slow(20.0, chat="ann")
        await press_again(site, ann, payload, message)
        await site.later(15)
        await press_again(site, ann, payload, message)
        await site.later(15)
        assert log == ["ann 1"]


async def test_a_press_during_a_slow_handler_is_a_repetition() -> None:
    """It was received while the first was not answered, though it runs after that."""
    app = App("slow")
    runs: list[str] = []

    @app.action
    async def work(turn: Turn) -> str:
        runs.append("run")
        await site.clock.sleep(5)
        return "worked"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Work")
        await press_again(site, ann, payload, message)
        await site.later(3)
        await press_again(site, ann, payload, message)
        await site.later(10)
        assert runs == ["run"]
        assert len(site.messenger.answered) == 2


async def test_after_its_answer_a_press_may_be_repeated() -> None:
    """After a second at least: then it is meant."""
    app = App("dice")
    runs: list[str] = []

    @app.action
    async def roll(turn: Turn) -> str:
        runs.append("roll")
        return "six"

    @app.command
    async def menu(turn: Turn) -> Reply:
        return Reply("menu", rows=((button("Roll", roll),),))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Roll")
        await press_again(site, ann, payload, message)
        await site.later(0.9)
        await press_again(site, ann, payload, message)
        assert len(runs) == 1
        await site.later(0.2)
        await press_again(site, ann, payload, message)
        assert len(runs) == 2


async def test_after_150_seconds_a_press_is_new_even_if_nothing_was_answered() -> None:
    """No messenger keeps a query longer."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Shelf")
        payload, message = payload_of(ann, ">")
        site.messenger.fails(OSError("no route"), times=1000, chat="ann")
        await press_again(site, ann, payload, message)
        await site.later(140)
        await press_again(site, ann, payload, message)
        assert log == ["ann 1", "ann 2"]
        await site.later(20)
        await press_again(site, ann, payload, message)
        assert len(log) == 3


async def test_another_person_or_another_button_is_no_repetition() -> None:
    """Only the same (message, person, payload) is."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann, bob = site.person("Ann", chat="room"), site.person("Bob", chat="room")
        await ann.says("/menu")
        await ann.presses("Shelf")
        await ann.presses(">")
        await ann.presses("<")
        await bob.presses(">")
        assert log == ["ann 1", "ann 2", "ann 1", "bob 2"]


async def test_a_press_that_runs_again_is_not_its_own_repetition() -> None:
    """After an error, and after a commit that lost."""
    from sqlalchemy import text

    app = App("slow")
    runs: list[str] = []

    @app.action
    async def work(turn: Turn) -> str:
        runs.append("run")
        if len(runs) == 1:
            raise RuntimeError("oops")
        if len(runs) == 2:
            turn.execute(text("DELETE FROM sqlite_master WHERE 0"), expect_rows=7)
        return "worked"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Work", wait=False)
        await site.later(5)
        assert len(runs) >= 2


async def test_a_press_after_one_that_was_set_aside_runs() -> None:
    """Nothing of the first was committed, so the second is no repetition of it."""
    app = App("flaky")
    runs: list[str] = []

    @app.action
    async def work(turn: Turn) -> str:
        runs.append("run")
        if len(runs) == 1:
            return ""
        return "worked"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Work")
        await press_again(site, ann, payload, message)
        await press_again(site, ann, payload, message)
        assert len(runs) == 2
        assert ann.sees == "worked"


async def test_a_dropped_answer_counts_as_given() -> None:
    """Where an outbound middleware lets no answer pass, the second still tells repetitions."""
    log: list[str] = []

    async def mute(departure: object, call_next: object) -> object:
        if departure.outgoing.operation is Operation.ANSWER:  # type: ignore[attr-defined]  # any
            return None
        return await call_next(departure)  # type: ignore[operator]  # any

    async with play(shop(log), outbound=[mute]) as site:  # type: ignore[list-item]  # any
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Shelf")
        await press_again(site, ann, payload, message)
        await press_again(site, ann, payload, message)
        assert log == ["ann 1"]
        await site.later(2)
        await ann.presses(">")
        assert log == ["ann 1", "ann 2"]
        assert site.messenger.answered == []


async def test_old_presses_are_forgotten() -> None:
    """Their memory does not grow with the life of the site."""
    app = App("dice")

    @app.action
    async def roll(turn: Turn, number: int) -> str:
        return str(number)

    @app.command
    async def menu(turn: Turn) -> Reply:
        rows = tuple((button(str(number), roll, number),) for number in range(9))
        return Reply("menu", rows=rows)

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        for number in range(9):
            await ann.presses(str(number))
            await site.later(151)
        await ann.presses("0")
        assert ann.sees == "0"


# --- once


async def test_a_once_button_takes_the_first_press_of_each_person() -> None:
    """For as long as the screen lives, also later and after a restart."""
    log: list[str] = []
    async with play(shop(log), storage="sqlite:bot.db") as site:
        ann, bob = site.person("Ann", chat="room"), site.person("Bob", chat="room")
        await ann.says("/menu")
        await ann.presses("Shelf")
        await ann.presses("Tea")
        payload, message = payload_of(ann, "Buy")
        await ann.presses("Buy")
        assert log[-1] == "buy tea"
        await site.later(300)
        await press_again(site, ann, payload, message)
        await site.restart()
        await press_again(site, ann, payload, message)
        assert log.count("buy tea") == 1
        await press_again(site, bob, payload, message)
        assert log.count("buy tea") == 2


# --- revisions


async def test_an_old_drawing_is_shown_anew_to_whoever_replaced_it() -> None:
    """A press on a button that this person's own press replaced does nothing but that."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Shelf")
        payload, message = payload_of(ann, ">")
        await ann.presses(">")
        await ann.presses(">")
        assert ann.sees == "shelf 3"
        await site.later(10)
        await press_again(site, ann, payload, message)
        assert ann.sees == "shelf 3"
        assert log == ["ann 1", "ann 2", "ann 3", "ann 3"]


async def test_other_peoples_presses_on_an_old_drawing_run() -> None:
    """They saw that drawing when they pressed; nobody took it from them but somebody else."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann, bob = site.person("Ann", chat="room"), site.person("Bob", chat="room")
        await ann.says("/menu")
        await ann.presses("Shelf")
        payload, message = payload_of(ann, ">")
        await ann.presses(">")
        await ann.presses(">")
        await press_again(site, bob, payload, message)
        assert log[-1] == "bob 2"
        assert ann.sees == "shelf 2"


# --- payloads


async def test_what_does_not_fit_into_a_button_is_kept_and_found() -> None:
    """Also after a restart and a year."""
    app = App("long")
    words = "x" * 500

    @app.action
    async def say(turn: Turn, what: str) -> str:
        return what

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Say", say, words))

    messenger = FakeMessenger(capabilities=Capabilities(payload_bytes=64))
    async with play(app, messenger=messenger, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, _ = payload_of(ann, "Say")
        assert len(payload) <= 64
        await site.restart()
        site.clock.jump(timedelta(days=398))
        await site.later(timedelta(hours=2))
        await ann.presses("Say")
        assert ann.sees == words


async def test_a_kept_payload_that_is_gone_opens_home_with_a_sentence() -> None:
    """After 400 days nobody knows what the button carried."""
    app = shop()

    @app.action
    async def say(turn: Turn, what: str) -> str:
        return what

    @app.command
    async def long(turn: Turn) -> Screen:
        return Screen("menu").row(button("Say", say, "x" * 500))

    messenger = FakeMessenger(capabilities=Capabilities(payload_bytes=64))
    async with play(app, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("/long")
        site.clock.jump(timedelta(days=401))
        await site.later(timedelta(hours=2))
        await ann.presses("Say")
        assert ann.answers == ["start"]
        assert list(site.messenger.notices.values()) == [GONE]


async def test_a_forged_payload_opens_home_with_a_sentence() -> None:
    """It is answered, nothing is run, nothing is set aside."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Shelf")
        forged = payload[:-3] + ("AAA" if payload[-3:] != "AAA" else "BBB")
        for number, bad in enumerate((forged, "", "not base64!", "x" * 5000, "QUJD"), 1):
            press = await press_again(site, ann, bad, message)
            assert press.id in site.messenger.answered
            said = [m.text for m in ann.screen if not m.author]
            assert said == ["start"] * (1 + number)
            assert site.messenger.notices[press.id] == GONE
        assert log == []


async def test_a_payload_of_another_chat_is_not_taken() -> None:
    """Copied from a chat into another one it does not verify."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("/menu")
        await bob.says("/menu")
        payload, _ = payload_of(ann, "Shelf")
        _, message = payload_of(bob, "Shelf")
        press = await press_again(site, bob, payload, message)
        assert log == []
        assert site.messenger.notices[press.id] == GONE


async def test_without_a_home_a_lost_press_gets_the_sentence_alone() -> None:
    """There is no first screen to open."""
    app = App("lost")

    @app.action
    async def one(turn: Turn, needed: int) -> str:
        return "one"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("One", one, 1))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        _, message = payload_of(ann, "One")
        press = await press_again(site, ann, "forged", message)
        assert ann.sees == "menu"
        assert site.messenger.notices == {press.id: GONE}


async def test_a_silent_home_gets_the_sentence_alone() -> None:
    """A first screen that shows nothing is none."""
    app = App("mute")

    @app.action(home=True)
    async def start(turn: Turn) -> None:
        return None

    @app.action
    async def silent(turn: Turn) -> object:  # type: ignore[misc]  # a signal is an answer
        return SILENT

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Silent", silent))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        _, message = payload_of(ann, "Silent")
        press = await press_again(site, ann, "forged", message)
        assert site.messenger.notices == {press.id: GONE}
        told = await ann.presses("Silent")
        assert told.update.id in site.messenger.answered
        assert ann.sees == "menu"
        assert site.messenger.notices == {press.id: GONE}


async def test_a_press_of_buttons_that_are_not_ours_is_offered_to_the_apps() -> None:
    """They may have been sent by a program before; a handler for presses takes them."""
    app = App("raw")

    @app.on
    async def pressed(press: Press) -> str:
        return f"raw {press.payload}"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        press = await press_again(site, ann, "old-button", "m1")
        assert ann.sees == "raw old-button"
        assert site.messenger.answered == [press.id]


def before() -> App:
    """An app as it was."""
    app = App("shop")

    @app.action
    async def gone(turn: Turn) -> str:
        return "never"

    @app.action
    async def changed(turn: Turn, number: int) -> str:
        return "never"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Gone", gone), button("Changed", changed, 1))

    return app


def afterwards() -> App:
    """The same app, one version later."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start")

    @app.action
    async def changed(turn: Turn, words: list[str]) -> str:
        return "never"

    return app


async def test_an_action_that_is_gone_opens_home_with_a_sentence() -> None:
    """As does one whose parameters changed so that the old arguments no longer fit."""
    messenger = FakeMessenger()
    async with play(before(), messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        old = [payload_of(ann, "Gone"), payload_of(ann, "Changed")]
    async with play(afterwards(), messenger=messenger) as site:
        ann = site.person("Ann")
        for number, (payload, message) in enumerate(old, 1):
            press = await press_again(site, ann, payload, message)
            assert [m.text for m in ann.screen if not m.author][1:] == ["start"] * number
            assert site.messenger.notices[press.id] == GONE


async def test_a_renamed_action_is_found_by_its_alias() -> None:
    """Buttons that are out there know it by its old name."""
    old, new = App("shop"), App("shop")

    @old.action
    async def buy(turn: Turn) -> str:
        return "never"

    @old.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Buy", buy))

    @new.action(alias="buy")
    async def purchase(turn: Turn) -> str:
        return "purchased"

    messenger = FakeMessenger()
    async with play(old, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        payload, message = payload_of(ann, "Buy")
    async with play(new, messenger=messenger) as site:
        ann = site.person("Ann")
        await press_again(site, ann, payload, message)
        assert ann.sees == "purchased"


def test_old_keys_of_the_ring_still_verify() -> None:
    """And a ring without the key does not."""
    from posthouse.errors import PayloadError
    from posthouse.payloads import Flag, Payload

    old, both, other = Keys([b"old"]), Keys([b"new", b"old"]), Keys([b"new"])
    payload = Payload(5, 1, b"abcd", Flag(0), b"\x90")
    signed = old.sign(payload, account=1, chat="ann")
    assert both.verify(signed, account=1, chat="ann") == payload
    with pytest.raises(PayloadError):
        other.verify(signed, account=1, chat="ann")


# --- the answer after eight seconds


async def test_a_press_that_was_answered_early_is_not_answered_twice() -> None:
    """Its turn commits without a second answer."""
    app = App("slow")

    @app.action
    async def work(turn: Turn) -> Screen:
        await site.clock.sleep(20)
        return Screen("worked")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        told = await ann.presses("Work", wait=False)
        await site.later(9)
        assert site.messenger.answered == [told.update.id]
        await site.later(30)
        assert ann.sees == "worked"
        assert site.messenger.answered == [told.update.id]


async def test_a_press_that_waits_in_its_lane_is_answered_early_and_once() -> None:
    """Even if its turn has not begun."""
    app = App("slow")

    @app.action
    async def work(turn: Turn) -> Screen:
        return Screen("worked")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    @app.on
    async def chat(message: TextMessage) -> str:
        await site.clock.sleep(20)
        return message.text

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.says("slow", wait=False)
        told = await ann.presses("Work", wait=False)
        await site.later(9)
        assert site.messenger.answered == [told.update.id]
        await site.later(30)
        assert ann.sees == "slow"
        assert site.messenger.answered == [told.update.id]


async def test_an_early_answer_that_fails_disturbs_nobody() -> None:
    """Not even one that raises what no adapter mapped."""
    app = App("slow")

    @app.action
    async def work(turn: Turn) -> Screen:
        await site.clock.sleep(20)
        return Screen("worked")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        site.messenger.fails(ZeroDivisionError("vendor"), operation=Operation.ANSWER)
        await ann.presses("Work", wait=False)
        await site.later(40)
        assert ann.sees == "worked"


# --- 20: a press proves that its message arrived


async def test_a_press_proves_a_send_of_unknown_end() -> None:
    """The button was seen, so the message is there; its id is known from then on."""
    messenger = FakeMessenger(certainty=Certainty.BLIND, on_unknown="assume_sent")
    async with play(shop(), messenger=messenger) as site:
        ann = site.person("Ann")
        messenger.fails(OutcomeUnknownError("no answer"), after_effect=True)
        await ann.says("/menu")
        (outbox,) = site.engine.outboxes.values()
        assert outbox.counts["unknown"] == 1
        payload, message = payload_of(ann, "Shelf")
        key = Keys([b"only for tests"]).verify(payload, account=1, chat="ann").delivery
        assert await site.store.message_of(key) is None
        await ann.presses("Shelf")
        found = await site.store.message_of(key)
        assert found is not None
        assert found.message_id == message
        assert await site.store.outbox(account=1, states=("unknown",)) == []  # type: ignore[arg-type]


async def test_presses_wait_for_nothing_else() -> None:
    """A slow delivery to the chat does not keep a press from running."""
    log: list[str] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        site.messenger.slow(30.0, chat="ann")
        await ann.presses("Shelf", wait=False)
        await site.settle()
        assert log == ["ann 1"]
        await site.later(31)
        assert asyncio.get_running_loop().is_running()
