"""Typed numbers where there are no buttons, and lists that are narrowed by what is typed."""

from datetime import date, timedelta

import pytest

from posthouse.app import App
from posthouse.dialogs.showing.finding import folded, found
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import Text
from posthouse.model.update import TextMessage
from posthouse.testing import FakeMessenger, play
from posthouse.turn.action import button, link_button
from posthouse.turn.turn import Turn
from posthouse.words.values import locale_of

TOWNS = ["Kyiv", "Kharkiv", "Kryvyi Rih", "Lviv", "Odesa", "Bila Tserkva", "Łódź"]


@pytest.fixture(autouse=True, scope="module")
def _names_are_loaded() -> None:
    """Babel reads a language's names from a file the first time."""
    assert locale_of("en").months["stand-alone"]


def plain(level: Level = Level.FALLBACK) -> FakeMessenger:
    """A messenger without buttons."""
    return FakeMessenger(capabilities=Capabilities(buttons=level))


def add_elements(app: App, log: list[object]) -> None:
    """Add a searching list, toggles and a calendar."""

    @app.action
    async def towns(turn: Turn) -> Screen:
        return Screen("Where?", search=True, per_page=3, columns=2).options(TOWNS, town)

    @app.action
    async def town(turn: Turn, name: str) -> Screen:
        log.append(name)
        return Screen(f"In {name}.").back()

    @app.action
    async def colours(turn: Turn) -> Screen:
        return Screen("Colours?").toggles(["red", "blue"], painted)

    @app.action
    async def painted(turn: Turn, chosen: tuple[str, ...]) -> str:
        log.append(chosen)
        return "Painted."

    @app.action
    async def days(turn: Turn) -> Screen:
        return Screen("When?", first=date(2031, 5, 30), last=date(2031, 6, 1)).dates(day)

    @app.action
    async def day(turn: Turn, at: date) -> str:
        log.append(at)
        return "Then."


def add_words(app: App, log: list[object]) -> None:
    """Add what answers in words."""

    @app.command
    async def say(turn: Turn) -> str:
        return "Something else."

    @app.command
    async def reply(turn: Turn) -> Reply:
        return Reply("A reply.", rows=((button("Tea", app.actions["shop.order"], "tea"),),))

    @app.on(where=lambda message: not message.text.startswith("/"))
    async def other(message: TextMessage) -> str:
        log.append(f"typed {message.text}")
        return f"You said {message.text}."


def shop(log: list[object]) -> App:
    """An app with a menu, a list that is searched, and an answer to everything else."""
    app = App("shop")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        screen = Screen("What would you like?").row(button("Tea", order, "tea"))
        screen = screen.row(button("Coffee", order, "coffee"), link_button("Site", "http://x.y"))
        return screen.row(button("Cancel", cancel).confirm())

    @app.action
    async def order(turn: Turn, what: str) -> Screen:
        log.append(what)
        return Screen(f"One {what}.").back().home()

    @app.action
    async def cancel(turn: Turn) -> str:
        log.append("cancelled")
        return "Nothing, then."

    add_elements(app, log)

    @app.action
    async def many(turn: Turn) -> Screen:
        return Screen("How many?", typed=True).row(button("None", order, "nothing"))

    @app.command
    async def show(turn: Turn, what: str) -> Answer:
        every = {a.fn.__name__: a for a in app.actions.values()}
        return await every[what](turn)

    add_words(app, log)
    return app


@pytest.mark.parametrize("level", [Level.FALLBACK, Level.DROPPED])
async def test_buttons_are_written_as_numbers_and_typed(level: Level) -> None:
    """A number or a label is the press; what it shows is a new message with its own numbers."""
    log: list[object] = []
    async with play(shop(log), messenger=plain(level)) as site:
        ann = site.person("Ann")
        await ann.says("/show start")
        assert ann.sees == "What would you like?\n\n1. Tea\n2. Coffee\nSite\n3. Cancel"
        assert ann.buttons == []
        assert ann.screen[-1].content.text.spans[0].url == "http://x.y"
        await ann.says("2")
        assert ann.sees == "One coffee.\n\n1. ‹\n2. ⌂"
        await ann.says("1")
        await ann.says("tEa")
        await ann.says(" 2. ")
        assert ann.sees.startswith("What would you like?")
        assert log == ["coffee", "tea"]


async def test_a_number_that_no_choice_has_is_answered_politely() -> None:
    """As long as the choices are the newest message, and in private."""
    log: list[object] = []
    async with play(shop(log), messenger=plain()) as site:
        ann = site.person("Ann")
        await ann.says("/show start")
        for wrong in ("4", "0", "99999"):
            await ann.says(wrong)
            assert ann.sees == "Please answer with a number from 1 to 3."
            await ann.says("/show start")
        await ann.says("/say")
        await ann.says("4")
        assert ann.sees == "You said 4."
        await ann.says("1")
        assert (ann.sees, log) == ("One tea.\n\n1. ‹\n2. ⌂", ["typed 4", "tea"])


async def test_in_a_group_other_numbers_mean_anything() -> None:
    """People there talk to each other."""
    log: list[object] = []
    async with play(shop(log), messenger=plain()) as site:
        ann, ben = site.person("Ann", chat="pub"), site.person("Ben", chat="pub")
        await ann.says("/show start")
        await ben.says("7")
        assert log == ["typed 7"]
        await ben.says("1")
        assert log == ["typed 7", "tea"]


async def test_numbers_survive_a_restart() -> None:
    """They stand in the database with the message."""
    log: list[object] = []
    async with play(shop(log), messenger=plain()) as site:
        ann = site.person("Ann")
        await ann.says("/show start")
        await site.restart()
        await ann.says("1")
        assert log == ["tea"]


async def test_a_question_a_list_toggles_and_a_calendar_have_numbers_too() -> None:
    """Headings have none; days are named in full."""
    log: list[object] = []
    async with play(shop(log), messenger=plain()) as site:
        ann = site.person("Ann")
        await ann.says("/show start")
        await ann.says("3")
        assert ann.sees == "Are you sure?\n\n1. Yes\n2. No"
        await ann.says("no")
        assert ann.sees.startswith("What would you like?")
        await ann.says("3")
        await ann.says("yes")
        assert ann.sees == "Nothing, then.\n\n1. ‹"
        await ann.says("/show colours")
        await ann.says("1")
        assert ann.sees == "Colours?\n\n1. ✓ red\n2. blue\n3. All\n4. Done"
        await ann.says("4")
        await ann.says("/show days")
        assert ann.sees == "When?\n\n1. Friday, 30 May\n2. Saturday, 31 May\n3. May 2031\n4. ›"
        await ann.says("4")
        await ann.says("1")
        await ann.says("/show towns")
        assert ann.sees == "Where?\n\n1. Kyiv\n2. Kharkiv\n3. Kryvyi Rih\n4. ›"
        await ann.says("lviv")
        assert ann.sees == "Where?\n\n1. Lviv\n2. ✕ lviv"
        await ann.says("1")
        assert log == ["cancelled", ("red",), date(2031, 6, 1), "Lviv"]


async def test_where_a_number_may_be_an_answer_choices_have_a_slash() -> None:
    """And a plain number goes its usual way."""
    log: list[object] = []
    async with play(shop(log), messenger=plain()) as site:
        ann = site.person("Ann")
        await ann.says("/show many")
        assert ann.sees == "How many?\n\n/1 None"
        await ann.says("1")
        assert log == ["typed 1"]
        await ann.says("/1")
        assert log == ["typed 1", "nothing"]


async def test_plain_replies_have_numbers_too_and_edits_keep_to_the_newest() -> None:
    """A reply's buttons are choices; an older message that is edited takes none away."""
    log: list[object] = []
    app = shop(log)
    every = {a.fn.__name__: a for a in app.actions.values()}

    @app.command
    async def twice(turn: Turn) -> Answer:
        sent = turn.send(Reply("first", rows=((button("Tea", every["order"], "tea"),),)))
        coffee = button("Coffee", every["order"], "coffee")
        turn.send(Reply("second", rows=((coffee,),)))
        turn.later(timedelta(minutes=1), amend, sent.key)
        return SILENT

    @app.action
    async def amend(turn: Turn, key: int) -> Answer:
        water = button("Water", every["order"], "water")
        turn.sent(key).edit(Reply("changed", rows=((water,),)))
        return SILENT

    async with play(app, messenger=plain()) as site:
        ann = site.person("Ann")
        await ann.says("/reply")
        assert ann.sees == "A reply.\n\n1. Tea"
        await ann.says("1")
        await ann.says("/twice")
        await site.later(timedelta(minutes=2))
        assert "changed\n\n1. Water" in [shown.text for shown in ann.screen]
        await ann.says("1")
        assert log == ["tea", "coffee"]


async def test_a_searching_list_is_narrowed_by_what_is_typed() -> None:
    """It moves below what was typed; the buttons of the narrowed list work, and ✕ shows all."""
    log: list[object] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/show towns")
        await ann.says("KY")
        assert ann.buttons == ["Kyiv", "✕ KY"]
        assert [shown.text for shown in ann.screen] == ["/show towns", "KY", "Where?"]
        await ann.says("k")
        assert ann.buttons == ["Kyiv", "Kharkiv", "Kryvyi Rih", "1/2", "›", "✕ k"]
        await ann.presses("›")
        assert ann.buttons == ["Bila Tserkva", "‹", "2/2", "✕ k"]
        await ann.says("łódz")
        assert ann.buttons == ["Łódź", "✕ łódz"]
        await ann.says("nowhere")
        assert ann.buttons == ["Nothing found", "✕ nowhere"]
        await ann.presses("✕ nowhere")
        assert ann.buttons == ["Kyiv", "Kharkiv", "Kryvyi Rih", "1/3", "›"]
        await ann.says("kyiv")
        await ann.presses("Kyiv")
        await ann.presses("‹")
        assert ann.buttons == ["Kyiv", "✕ kyiv"]
        assert log == ["Kyiv"]


async def test_a_searching_list_that_is_not_the_newest_is_left_alone() -> None:
    """Commands are never a search; once something else is shown, words go their usual way."""
    log: list[object] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("kyiv")
        await ann.says("/show towns")
        await ann.says("/say")
        await ann.says("kyiv")
        assert ann.sees == "You said kyiv."
        await ann.says("/show towns")
        await ann.presses("Kyiv")
        await ann.says("lviv")
        assert log == ["typed kyiv", "typed kyiv", "Kyiv", "typed lviv"]


async def test_a_search_survives_a_restart() -> None:
    """What the newest message is stands in the database."""
    log: list[object] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann")
        await ann.says("/show towns")
        await site.restart()
        await ann.says("lviv")
        assert ann.buttons == ["Lviv", "✕ lviv"]
        await site.restart()
        await ann.says("/say")
        await site.restart()
        await ann.says("lviv")
        assert log == ["typed lviv"]


async def test_in_a_group_nothing_is_searched() -> None:
    """People there talk to each other."""
    log: list[object] = []
    async with play(shop(log)) as site:
        ann = site.person("Ann", chat="pub")
        await ann.says("/show towns")
        await ann.says("kyiv")
        assert log == ["typed kyiv"]


def test_finding_ranks_what_fits() -> None:
    """The same, its beginning, a word's beginning, anywhere, all words; marks do not count."""
    labels = ["Nova Kakhovka", "Kak", "Kakuma", "Bakak", "Rih Kryvyi", "Zürich"]
    assert [labels[at] for at in found("kak", labels)] == [
        "Kak", "Kakuma", "Nova Kakhovka", "Bakak",
    ]  # fmt: skip
    assert found("kryvyi rih", labels) == [4]
    assert found("zurich", labels) == [5]
    assert found("x", labels) == []
    assert folded("  Ýes   İt ") == folded("yes it")


def test_choices_are_text() -> None:
    """Nothing but buttons needs no empty line."""
    from posthouse.engine.numbering import numbered
    from posthouse.model.outgoing import Content, Key

    content, choices = numbered(Content(rows=((Key("A", payload="x"),),)))
    assert content == Content(text=Text("1. A"))
    assert choices[0].payload == "x"
