"""Answers that are chosen: yes or no, one of several, many of several."""

from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest

from posthouse.dialogs.forms.choices import PAGE, enum_keys
from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form, draft_of
from posthouse.dialogs.forms.offers import DROP_ALL, NEXT, PREVIOUS, SUBMIT, Offer, Pick, Staying
from posthouse.errors import MistakeError
from posthouse.model.text import Text
from tests.unit.dialogs.forms.given import Keys, empty, fault, kind_in, photo, sticker, text, value


class Kind(Enum):
    ENGINE = "engine"
    BODY_WORK = "body work"
    FUEL = "Паливо"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Order(Form):
    bargain: bool = choose()
    kind: Kind = choose()
    level: Level = ask()
    kinds: tuple[Kind, ...] = choose(max_items=2)
    free: tuple[Kind, ...] = choose(min_items=0)
    size: str = choose(options=["S", ("M", "Medium"), "L"])
    count: int = choose(options=list(range(40)), columns=4)
    price: Decimal = choose(options=[Decimal("1.5"), Decimal(2)])
    day: date = choose(options=[date(2030, 1, 1)])
    part: str = choose(options=lambda order: [f"{order.size}-{n}" for n in range(3)])


DRAFT = draft_of(Order, {"size": "L"})


def offer(name: str, state: Any = None) -> Offer:
    """What a field offers."""
    return kind_in(Order, name).offer(state, DRAFT)


def read(name: str, given: Any, state: Any = None) -> Any:
    """What a field makes of something."""
    return kind_in(Order, name).read(given, state, DRAFT)


def press(name: str, label: str, state: Any = None) -> Pick:
    """A press on the option with that label."""
    shown = offer(name, state)
    return Pick(next(o.token for o in shown.options if str(o.words(Keys())) == label))


def test_yes_and_no_are_two_buttons_with_labels_of_the_field() -> None:
    """Its own keys first, then the usual ones."""
    yes, no = offer("bargain").options
    assert yes.keys == ("order-bargain-yes", "posthouse-yes")
    assert (str(yes.words(Keys())), str(no.words(Keys()))) == ("Yes", "No")
    assert value(read("bargain", Pick(yes.token))) is True
    assert value(read("bargain", Pick(no.token))) is False
    for given in (text("maybe"), photo(), sticker(), Pick("x")):
        assert fault(read("bargain", given)) == ("expected-choice", {})
    assert kind_in(Order, "bargain").show(False, Keys()) == "No"


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("kind", "body work", Kind.BODY_WORK), ("level", "2", Level.HIGH), ("count", "7", 7),
        ("size", "Medium", "M"), ("price", "1.5", Decimal("1.5")),
        ("day", "2030-01-01", date(2030, 1, 1)),
        ("part", "L-2", "L-2"),
    ],
)  # fmt: skip
def test_one_of_several(name: str, label: str, expected: object) -> None:
    """By a press, or by its label typed in full, in any case."""
    assert value(read(name, press(name, label))) == expected
    assert value(read(name, text(f" {label.upper()} "))) == expected


def test_what_is_not_offered_is_no_answer() -> None:
    """Neither a part of a label nor a token of something else."""
    for given in (text("Medi"), text(""), Pick("deadbeef"), photo(), press("count", "7")):
        assert fault(read("size", given)) == ("expected-choice", {})


def test_options_are_looked_up_by_their_keys() -> None:
    """That of the value, then that of the member's name; the value itself where neither is."""
    assert enum_keys(Kind.BODY_WORK) == ("kind-body-work",)
    assert enum_keys(Kind.FUEL) == ("kind-fuel",)
    assert enum_keys(Level.LOW) == ("level-1", "level-low")
    assert kind_in(Order, "kind").keys() == ("kind-engine", "kind-body-work", "kind-fuel")

    class Some(Keys):
        def has(self, key: str, /) -> bool:
            return key == "kind-fuel"

    shown = [str(option.words(Some())) for option in offer("kind").options]
    assert shown == ["engine", "body work", "kind-fuel"]
    assert kind_in(Order, "kind").show(Kind.FUEL, Some()) == Text("kind-fuel")
    assert kind_in(Order, "size").show("M", Some()) == "Medium"
    assert kind_in(Order, "part").show("L-2", Some()) == "L-2"


def test_many_options_come_in_pages() -> None:
    """Turned within what there is."""
    first = offer("count")
    assert (len(first.options), first.page, first.pages, first.more) == (PAGE, 0, 4, True)
    assert first.columns == 4
    assert read("count", Pick(NEXT), 2) == Staying(3)
    last = offer("count", 3)
    assert (len(last.options), last.more) == (4, False)
    assert offer("count", 99) == last
    assert read("count", Pick(PREVIOUS), 0) == Staying(0)
    assert offer("count", "nonsense") == first


def test_switches_go_on_and_off_until_done() -> None:
    """None may be left out of the bounds."""
    state = kind_in(Order, "kinds").begin()
    assert not offer("kinds", state).submit
    assert fault(read("kinds", Pick(SUBMIT), state)) == ("choice-least", {"least": 1})
    for label in ("Паливо", "engine"):
        reading = read("kinds", press("kinds", label), state)
        assert isinstance(reading, Staying)
        state = reading.state
    shown = offer("kinds", state)
    assert [option.chosen for option in shown.options] == [True, False, True]
    assert shown.submit
    assert fault(read("kinds", press("kinds", "body work"), state)) == ("choice-most", {"most": 2})
    assert value(read("kinds", Pick(SUBMIT), state)) == (Kind.ENGINE, Kind.FUEL)
    off = read("kinds", text("ENGINE"), state)
    assert value(read("kinds", Pick(SUBMIT), off.state)) == (Kind.FUEL,)
    none = read("kinds", Pick(DROP_ALL), state)
    assert (none.state, none.changed) == ([0, []], True)
    assert fault(read("kinds", text("all"), state)) == ("expected-choices", {})
    assert read("kinds", Pick(NEXT), state).state == [1, state[1]]


def test_switches_may_all_stay_off_where_the_form_says_so() -> None:
    """What none means is the form's business."""
    assert value(read("free", Pick(SUBMIT), None)) == ()
    assert offer("free", None).submit
    assert kind_in(Order, "free").show((), Keys()) == Text("posthouse-none")


def test_switches_begin_with_what_was_chosen_before() -> None:
    """For a field that is asked again."""
    kind = kind_in(Order, "kinds")
    state = kind.begin((Kind.FUEL,))
    assert [option.chosen for option in offer("kinds", state).options] == [False, False, True]
    assert str(kind.show((Kind.FUEL, Kind.ENGINE), Keys())) == "Паливо, engine"


def test_options_that_vanish_fall_out() -> None:
    """A press of one that is no more is no answer; a switch of one is forgotten."""

    class Car(Form):
        brand: str = ask()
        parts: tuple[str, ...] = choose(options=lambda car: PARTS[car.brand])

    kind = kind_in(Car, "parts")
    old, new = draft_of(Car, {"brand": "a"}), draft_of(Car, {"brand": "b"})
    token = next(o.token for o in kind.offer(None, old).options if o.label == "roof")
    assert fault(kind.read(Pick(token), None, new))[0] == "expected-choices"
    step = kind.read(Pick(token), None, old)
    assert isinstance(step, Staying)
    assert fault(kind.read(Pick(SUBMIT), step.state, new))[0] == "choice-least"


PARTS = {"a": ["roof", "door"], "b": ["door"]}


def test_a_function_that_returns_no_options_is_told() -> None:
    """It is a mistake of the form."""

    class Car(Form):
        part: str = choose(options=lambda car: "roof")

    with pytest.raises(MistakeError, match="give a list or a tuple"):
        kind_in(Car, "part").offer(None, empty())


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("bargain", 1), ("kind", "wheel"), ("size", "XL"), ("kinds", "engine"), ("kinds", ["x"]),
        ("kinds", ["engine", "body work", "Паливо"]), ("price", "x"), ("day", "x"), ("part", 5),
    ],
)  # fmt: skip
def test_plain_data_of_no_option_is_refused(name: str, raw: Any) -> None:
    """So a form whose options a deploy changed asks again."""
    with pytest.raises(ValueError, match=r"."):
        kind_in(Order, name).from_plain(raw)


def test_values_of_options_that_a_function_returns_come_back_as_they_were() -> None:
    """Of every type that can be an option; what is no value of it is refused."""

    class Any_(Form):  # noqa: N801  the name does not matter
        kind: Kind = choose(options=lambda form: [Kind.FUEL])
        count: int = choose(options=lambda form: [5])
        price: Decimal = choose(options=lambda form: [Decimal("1.5")])
        day: date = choose(options=lambda form: [date(2030, 1, 1)])
        several: tuple[Kind, ...] = choose(options=lambda form: list(Kind))

    for name, wrong in [("kind", "x"), ("count", "5"), ("price", "x"), ("day", 5), ("several", 5)]:
        kind = kind_in(Any_, name)
        shown = kind.offer(kind.begin(), empty()).options[0]
        reading = kind.read(Pick(shown.token), kind.begin(), empty())
        if isinstance(reading, Staying):
            reading = kind.read(Pick(SUBMIT), reading.state, empty())
        found = value(reading)
        assert kind.from_plain(kind.to_plain(found)) == found
        with pytest.raises(ValueError, match=r"."):
            kind.from_plain(wrong)
