"""Lists in pages and lists of which several are chosen, pressed by persons in a real site."""

from datetime import timedelta
from enum import Enum
from pathlib import Path

import pytest

from posthouse.app import App
from posthouse.errors import ActionError, MistakeError
from posthouse.model.reply import Screen
from posthouse.model.text import Words, bold
from posthouse.payloads import Keys
from posthouse.testing import FakePerson, TestSite, play
from posthouse.turn.action import button
from posthouse.turn.turn import Turn


class Diet(Enum):
    """What a guest does not eat."""

    MEAT = "Meat"
    NUTS = "Nuts"
    MILK = "Milk"


def board(shelf: list[str], log: list[object]) -> App:
    """An app with a list of what lies on a shelf and a list of diets."""
    app = App("board")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start").row(button("Shelf", things, "blue"), button("Diets", diets))

    @app.action
    async def things(turn: Turn, colour: str) -> Screen:
        screen = Screen(f"{colour} things", per_page=2)
        return screen.row(button("Top", start)).options(shelf, take, colour).back()

    @app.action
    async def take(turn: Turn, thing: str, colour: str) -> Screen:
        log.append((turn.person.id, thing, colour))
        return Screen(f"{colour} {thing}").back().home()

    @app.action
    async def diets(turn: Turn) -> Screen:
        return Screen("diets", columns=3).toggles(Diet, keep, [Diet.NUTS], "x").back()

    @app.action
    async def keep(turn: Turn, chosen: tuple[Diet, ...], mark: str) -> Screen:
        log.append((*chosen, mark))
        return await kept(turn)  # type: ignore[return-value]  # it shows a screen

    @app.action
    async def kept(turn: Turn) -> Screen:
        return Screen("kept").back()

    @app.command
    async def menu(turn: Turn) -> Screen:
        return await start(turn)  # type: ignore[return-value]  # it shows a screen

    return app


async def open_list(site: TestSite, label: str, name: str = "Ann") -> FakePerson:
    """Let somebody open one of the lists."""
    ann = site.person(name)
    await ann.says("/menu")
    await ann.presses(label)
    return ann


async def test_a_list_is_shown_in_pages_between_the_rows_around_it() -> None:
    """The ways on stand in one row, none leads nowhere, and an item calls with its value."""
    log: list[object] = []
    async with play(board(["a", "b", "c", "d", "e"], log)) as site:
        ann = await open_list(site, "Shelf")
        assert ann.buttons == ["Top", "a", "b", "1/3", "›", "‹"]
        await ann.presses("›")
        assert ann.buttons == ["Top", "c", "d", "‹", "2/3", "›", "‹"]
        await ann.presses("›")
        assert ann.buttons == ["Top", "e", "‹", "3/3", "‹"]
        await ann.presses("e")
        assert (ann.sees, log) == ("blue e", [("ann", "e", "blue")])
        assert len(ann.screen) == 2  # what she said, and one message that is edited


async def test_back_leads_to_the_page_one_left() -> None:
    """How a screen was seen is kept with the way."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        await ann.presses("›")
        await ann.presses("c")
        await ann.presses("‹")
        assert ann.buttons == ["Top", "c", "‹", "2/2", "‹"]


async def test_a_heading_among_buttons_does_nothing() -> None:
    """The number of the page is no way to anywhere."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        before = ann.screen[-1].edits
        await ann.presses("1/2")
        assert ann.screen[-1].edits == before
        assert ann.sees == "blue things"


async def test_a_page_that_is_gone_is_the_last_one() -> None:
    """The list has become shorter since."""
    shelf = ["a", "b", "c", "d", "e"]
    async with play(board(shelf, [])) as site:
        ann = await open_list(site, "Shelf")
        await ann.presses("›")
        del shelf[3:]
        await ann.presses("›")
        assert ann.buttons == ["Top", "c", "‹", "2/2", "‹"]


async def test_an_empty_list_shows_what_is_around_it() -> None:
    """Nothing to choose from is no mistake."""
    async with play(board([], [])) as site:
        ann = await open_list(site, "Shelf")
        assert ann.buttons == ["Top", "‹"]


async def test_a_list_survives_a_restart() -> None:
    """Where one is stands in the database and in the button."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        await site.restart()
        await ann.presses("›")
        await site.restart()
        await ann.presses("c")
        assert ann.sees == "blue c"


async def test_a_stale_page_shows_what_its_button_says() -> None:
    """A button of an older page leads to its page, and nothing is lost."""
    async with play(board(["a", "b", "c", "d", "e"], [])) as site:
        ann = await open_list(site, "Shelf")
        stale = ann.screen[-1].content
        await ann.presses("›")
        await ann.presses("›")
        await site.later(timedelta(minutes=5))
        await press_old(ann, stale, "›")
        assert ann.buttons == ["Top", "c", "d", "‹", "2/3", "›", "‹"]


async def test_a_stale_page_after_one_went_on_shows_the_present_screen() -> None:
    """The person's own press replaced the list."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        stale = ann.screen[-1].content
        await ann.presses("a")
        await press_old(ann, stale, "›")
        assert ann.sees == "blue a"


async def test_two_persons_turn_the_pages_of_one_screen() -> None:
    """In a group all see the page that was turned to last, also by a press of an older one."""
    log: list[object] = []
    async with play(board(["a", "b", "c", "d", "e"], log)) as site:
        ann, ben = site.person("Ann", chat="pub"), site.person("Ben", chat="pub")
        await ann.says("/menu")
        await ann.presses("Shelf")
        stale = ann.screen[-1].content
        await ann.presses("›")
        await press_old(ben, stale, "›")
        assert ben.buttons == ["Top", "c", "d", "‹", "2/3", "›", "‹"]
        await ann.presses("c")
        cid = site.person("Cid", chat="pub")
        await press_old(cid, stale, "›")
        assert cid.buttons == ["Top", "c", "d", "‹", "2/3", "›", "‹"]
        await cid.presses("d")
        assert log == [("ann", "c", "blue"), ("cid", "d", "blue")]


async def test_a_page_of_a_screen_that_is_off_the_way_shows_the_present_one() -> None:
    """Somebody else went home meanwhile, and the list is no longer on the way."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann, ben = site.person("Ann", chat="pub"), site.person("Ben", chat="pub")
        await ann.says("/menu")
        await ann.presses("Shelf")
        stale = ann.screen[-1].content
        await ann.presses("Top")
        await press_old(ben, stale, "›")
        assert ben.sees == "start"


async def test_a_page_pressed_twice_is_turned_once() -> None:
    """The second press is the repetition of the first."""
    async with play(board(["a", "b", "c", "d", "e"], [])) as site:
        ann = await open_list(site, "Shelf")
        await ann.presses("›", wait=False)
        await ann.presses("›", wait=False)
        await site.settle()
        assert "2/3" in ann.buttons


async def test_a_forged_page_opens_home_with_a_sentence() -> None:
    """Nobody else can sign one."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        forged = Keys([b"another"]).sign(
            Keys([b"only for tests"]).verify(payload_of(ann, "›"), account=1, chat="ann"),
            account=1,
            chat="ann",
        )
        await press_payload(ann, forged)
        assert ann.answers == ["start"]
        assert list(site.messenger.notices.values()) == ["That button no longer works."]


async def test_a_page_of_another_chat_opens_home_with_a_sentence() -> None:
    """A payload is good in its own chat alone."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        ben = site.person("Ben")
        await press_payload(ben, payload_of(ann, "›"))
        assert ben.answers == ["start"]
        assert list(site.messenger.notices.values()) == ["That button no longer works."]


async def test_a_page_of_a_message_that_was_deleted_disturbs_nobody() -> None:
    """There is nothing left to edit, and the next thing goes its way."""
    async with play(board(["a", "b", "c"], [])) as site:
        ann = await open_list(site, "Shelf")
        payload, shown = payload_of(ann, "›"), ann.screen[-1]
        site.messenger.messages.remove(shown)
        await press_payload(ann, payload, message=shown.id)
        assert ann.buttons == []
        await ann.says("/menu")
        assert ann.sees == "start"


async def test_toggles_change_in_place_and_done_calls_with_the_chosen() -> None:
    """In the order of the items, whatever the order of the presses."""
    log: list[object] = []
    async with play(board([], log)) as site:
        ann = await open_list(site, "Diets")
        assert ann.buttons == ["Meat", "✓ Nuts", "Milk", "All", "Done", "‹"]
        await ann.presses("Milk")
        await ann.presses("Meat")
        await ann.presses("✓ Nuts")
        assert ann.buttons == ["✓ Meat", "Nuts", "✓ Milk", "All", "Done", "‹"]
        await ann.presses("Done")
        assert log == [(Diet.MEAT, Diet.MILK, "x")]
        assert ann.sees == "kept"
        await ann.presses("‹")
        assert ann.buttons[:3] == ["✓ Meat", "Nuts", "✓ Milk"]
        assert len(ann.screen) == 2


async def test_all_and_none_take_turns() -> None:
    """One button for both."""
    log: list[object] = []
    async with play(board([], log)) as site:
        ann = await open_list(site, "Diets")
        await ann.presses("All")
        assert ann.buttons == ["✓ Meat", "✓ Nuts", "✓ Milk", "None", "Done", "‹"]
        await ann.presses("None")
        assert ann.buttons[:3] == ["Meat", "Nuts", "Milk"]
        await ann.presses("Done")
        assert log == [("x",)]


async def test_two_quick_toggles_of_one_drawing_both_count() -> None:
    """The second is pressed before the first is drawn, so on an older drawing."""
    log: list[object] = []
    async with play(board([], log)) as site:
        ann = await open_list(site, "Diets")
        stale = ann.screen[-1].content
        await ann.presses("Meat")
        await press_old(ann, stale, "Milk")
        assert ann.buttons[:3] == ["✓ Meat", "✓ Nuts", "✓ Milk"]


async def test_done_on_an_older_drawing_shows_the_present_one() -> None:
    """What was chosen is taken once."""
    log: list[object] = []
    async with play(board([], log)) as site:
        ann = await open_list(site, "Diets")
        stale = ann.screen[-1].content
        await ann.presses("Done")
        await site.later(timedelta(minutes=5))
        await press_old(ann, stale, "Done")
        await press_old(ann, stale, "Meat")
        assert log == [(Diet.NUTS, "x")]
        assert ann.sees == "kept"


async def test_toggles_that_no_longer_fit_are_left_out() -> None:
    """A list of other items than when they were chosen."""
    items, log = ["a", "b"], []
    app = App("lists")

    @app.action(home=True)
    async def choose(turn: Turn) -> Screen:
        return Screen("choose").toggles(items, keep) if items else Screen("none")

    @app.action
    async def keep(turn: Turn, chosen: tuple[str, ...]) -> str:
        log.append(chosen)
        return "kept"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("All")
        items.remove("b")
        await ann.presses("Done")
        assert log == [("a",)]
        stale = ann.screen[-2].content
        items.clear()
        await site.later(timedelta(minutes=5))
        await press_old(ann, stale, "Done")
        assert ann.screen[-2].text == "none"


async def test_labels_may_be_formatted_or_come_from_values() -> None:
    """A button shows plain words."""
    app = App("labels")

    @app.action(home=True)
    async def home(turn: Turn) -> Screen:
        pairs: list[tuple[Words, int]] = [(bold("One"), 1), ("Two", 2)]
        return Screen("labels").options(pairs, show).options([3], show).row(button(bold("B"), home))

    @app.action
    async def show(turn: Turn, number: int) -> str:
        return str(number)

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert ann.buttons == ["One", "Two", "3", "B"]
        await ann.presses("Two")
        assert ann.sees == "2"


async def test_what_no_action_returned_cannot_have_pages() -> None:
    """Its pages could not be turned, and that is said when it is sent."""
    app = App("plain")

    @app.action
    async def show(turn: Turn, number: int) -> str:
        return str(number)

    @app.command
    async def few(turn: Turn) -> Screen:
        return Screen("few").options([1, 2], show)

    @app.command
    async def many(turn: Turn) -> Screen:
        return Screen("many").options(range(9), show)

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("/few")
        await ann.presses("2")
        assert ann.sees == "2"
        await ann.says("/many")
        assert "must be what an action returns" in site.quarantine[0].detail


def test_wrong_lists_are_told_where_they_are_made() -> None:
    """And not when somebody looks at them."""
    app = App("wrong")

    @app.action
    async def show(turn: Turn, number: int) -> str:
        return str(number)

    with pytest.raises(ActionError, match="number = 'a'"):
        Screen("x").options(["a"], show)  # type: ignore[call-overload]
    with pytest.raises(ActionError, match="number"):
        Screen("x").toggles([1], show)  # type: ignore[call-overload]
    with pytest.raises(MistakeError, match="per_page is 0; give at least 1"):
        Screen("x", per_page=0).options([1], show)


async def test_a_once_button_counts_once_however_often_its_screen_is_drawn() -> None:
    """Turning a page draws it anew, and it is still the same button."""
    log: list[int] = []
    app = App("once")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start", per_page=1).row(button("Buy", buy, 7).once()).options([1, 2], buy)

    @app.action
    async def buy(turn: Turn, number: int) -> str:
        log.append(number)
        return "bought"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Buy")
        await ann.presses("›")
        await ann.presses("Buy")
        assert log == [7]


async def test_members_of_an_enum_are_called_as_the_catalogue_says(tmp_path: Path) -> None:
    """In the language of the person; without words they are called by their value."""
    (tmp_path / "en.ftl").write_text("diet-meat = No meat\n")
    app = App("words", words=tmp_path)

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("start").options(Diet, pick)

    @app.action
    async def pick(turn: Turn, diet: Diet) -> str:
        return diet.name

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert ann.buttons == ["No meat", "Nuts", "Milk"]
        await ann.presses("No meat")
        assert ann.sees == "MEAT"


# --- presses of what is no longer shown


def payload_of(person: FakePerson, label: str) -> str:
    """Return what the newest button of that label carries."""
    keys = [key for row in person.screen[-1].content.rows for key in row if key.label == label]
    return keys[0].payload or ""


async def press_payload(person: FakePerson, payload: str, *, message: str | None = None) -> None:
    """Press a button that carries that, on the newest message or another."""
    from posthouse.model.update import Press

    shown = message or (person.screen[-1].id if person.screen else "m0")
    await person._do(Press, "(presses)", wait=True, message_id=shown, payload=payload)


async def press_old(person: FakePerson, content: object, label: str) -> None:
    """Press a button of an older drawing of the bot's first message."""
    from posthouse.model.outgoing import Content

    assert isinstance(content, Content)
    key = next(key for row in content.rows for key in row if key.label == label)
    first = next(shown for shown in person.screen if not shown.author)
    await press_payload(person, key.payload or "", message=first.id)
