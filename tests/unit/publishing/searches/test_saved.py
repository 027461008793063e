"""Saved searches as they are declared, and the conditions of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from posthouse import App
from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form, draft_of, fields_of
from posthouse.dialogs.forms.offers import Answered, Wrong
from posthouse.errors import FormError
from posthouse.model.values import Money
from posthouse.publishing.items import plain_of
from posthouse.publishing.searches.asking import any_of, at_least, at_most, without_words, words
from posthouse.publishing.searches.conditions import EVERYTHING, Condition
from posthouse.publishing.searches.reading import facts_of
from posthouse.publishing.searches.registering import register_search, searches_action
from posthouse.publishing.searches.saved import SavedSearch
from posthouse.publishing.searches.where import where
from posthouse.publishing.topic import Topic
from tests.unit.publishing.searches.market import CARS, REGIONS, Car, Fuel, Wanted, car


class Ad(Form):
    """Something for sale."""

    title: str = ask("What?")
    price: Money = ask("How much?", unit="UAH")
    fuels: tuple[Fuel, ...] = choose("Fuel?", default=())


class Bargain(SavedSearch[Ad]):
    """An ad that costs little."""

    most: Money | None = at_most("price", "How much?", unit="UAH", default=None)
    fuels: tuple[Fuel, ...] = any_of("fuels", "Fuel?")


class Newest(Wanted):
    """A search that says more than its fields do."""

    diesel: bool = choose("Diesel alone?", default=False)

    def condition(self) -> Condition:
        """Ask for diesel, too."""
        asked = super().condition()
        return asked & (where("fuel") == Fuel.DIESEL) if self.diesel else asked


def test_answers_are_a_condition() -> None:
    """Fields without an answer ask nothing."""
    assert Wanted(regions=()).condition() == EVERYTHING
    wanted = Wanted(low=100, high=900, regions=("Kyiv", "Lviv"), text="Red car", no="old, bad")
    assert wanted.condition() == (
        (where("price") >= 100)
        & (where("price") <= 900)
        & where("town.region").one_of("Kyiv", "Lviv")
        & where("car", "description").has("red car")
        & ~where("description").has_any("old bad")
    )
    assert Wanted(regions=(), text=" !? ").condition() == EVERYTHING


def test_a_search_may_say_more_than_its_fields() -> None:
    """It has the fields of its base, and a condition of its own."""
    assert [field.name for field in fields_of(Newest)][-1] == "diesel"
    assert Newest(regions=(), diesel=True).condition() == (where("fuel") == Fuel.DIESEL)
    assert Newest(regions=(), high=5).condition() == (where("price") <= 5)


def test_items_that_are_forms_are_read_as_they_are_kept() -> None:
    """Money and choices of their answers are compared as such."""
    ad = Ad(title="Bike", price=Money(amount=Decimal("90.5"), currency="UAH"), fuels=(Fuel.DIESEL,))
    facts = facts_of(Ad, plain_of(ad))
    for amount, fits in ((91, True), (90, False)):
        most = Money(amount=Decimal(amount), currency="UAH")
        assert Bargain(most=most, fuels=(Fuel.DIESEL,)).condition().holds(facts) is fits
    assert not Bargain(fuels=(Fuel.PETROL,)).condition().holds(facts)


def test_items_kept_before_their_type_was_changed_are_read_all_the_same() -> None:
    """By what they have."""
    assert (where("price") >= 5).holds(facts_of(Car, {"price": 7, "gone": True}))
    assert (where("town.region") == "Kyiv").holds(facts_of(Car, plain_of(car(1))))


def check(name: str, value: Any, **answers: Any) -> Any:
    """Return what the checks of a field make of an answer, after some others."""
    field = next(each for each in fields_of(Wanted) if each.name == name)
    return field.checked(Answered(value), draft_of(Wanted, answers))


def test_bounds_are_checked_against_each_other() -> None:
    """Whichever is answered last is refused."""
    assert isinstance(check("high", 10, low=20), Wrong)
    assert isinstance(check("low", 20, high=10), Wrong)
    assert check("high", 20, low=20) == Answered(20)
    assert check("high", 20) == Answered(20)
    assert check("low", None, high=20) == Answered(None)


def test_a_check_of_ones_own_counts_besides() -> None:
    """It is asked once the bounds are in order."""

    class Even(SavedSearch[Car]):
        low: int | None = at_least("price", "?", default=None)
        high: int = at_most("price", "?", check=lambda value: value % 2 == 0)

    field = fields_of(Even)[1]
    assert isinstance(field.checked(Answered(3), draft_of(Even, {})), Wrong)
    assert isinstance(field.checked(Answered(4), draft_of(Even, {"low": 5})), Wrong)
    assert field.checked(Answered(4), draft_of(Even, {"low": 3})) == Answered(4)


@dataclass
class Plain:
    """An item that is a dataclass."""

    count: int
    name: str


options: dict[str, Any] = {"options": (1,)}


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (lambda: at_least("cuont"), "do you mean 'count'"),
        (lambda: at_least("zzz"), "it has count, name"),
        (lambda: at_least("name"), "its answer is a number, and 'name' of the item is a text"),
        (lambda: at_least("count.more"), "int has no field 'more'"),
        (lambda: at_most("count", **options), "unexpected keyword"),
    ],
)
def test_mistakes_are_told_where_the_search_is_declared(declare: Any, told: str) -> None:
    """With the field, and what there is."""
    with pytest.raises((FormError, TypeError), match=told):

        class Bad(SavedSearch[Plain]):
            low: int = declare()


def test_words_may_be_looked_for_in_the_whole_item() -> None:
    """Where no field is named; an item of any type has any field."""

    class Loose(SavedSearch[dict[str, Any]]):
        text: str = words(prompt="Words?")
        no: str | None = without_words("a.b", prompt="Without?", default=None)

    assert Loose(text="x").condition() == where().has("x")


def test_registering_tells_what_does_not_go_together() -> None:
    """A search among other items, one that brings nothing, what is no search at all."""
    app = App("shop")

    class Untyped(SavedSearch):  # type: ignore[type-arg]
        text: str = words(prompt="Words?")

    with pytest.raises(FormError, match="searches among Ad, and the items of 'cars' are Car"):
        register_search(app, Bargain, topic=CARS)
    with pytest.raises(FormError, match="brings nothing"):
        register_search(app, Wanted, topic=CARS, most=0)
    with pytest.raises(FormError, match="is no search"):
        register_search(app, Ad, topic=CARS)
    with pytest.raises(FormError, match=r"Untyped names no item type; write SavedSearch\[Car\]"):
        register_search(app, Untyped, topic=CARS)
    with pytest.raises(FormError, match=r"write @shop.search\(topic=...\) above it"):
        app.start(Wanted)
    with pytest.raises(FormError, match="is no search of the app"):
        searches_action(app, Wanted)
    assert register_search(app, Wanted, topic=CARS) is Wanted
    register_search(App("other"), Bargain, topic=Topic("ads", Ad))


def test_options_of_an_answer_are_those_of_a_choice() -> None:
    """An enum has its own, and unknown ones are refused."""
    regions = next(each for each in fields_of(Wanted) if each.name == "regions")
    assert regions.from_plain(list(REGIONS)) == REGIONS
    with pytest.raises(ValueError, match="none of the options"):
        regions.from_plain(["Atlantis"])
