"""Forms as they are declared, and objects with their answers."""

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from posthouse.dialogs.forms.fields import REFUSED, ask, choose, computed, kebab
from posthouse.dialogs.forms.form import (
    UNPUBLISHED,
    Form,
    draft_of,
    fields_of,
    form_of,
    kept_of,
    placed,
    plain_of,
)
from posthouse.dialogs.forms.offers import Pick, Surroundings, Wrong
from posthouse.errors import FormError
from posthouse.model.media import Photo
from posthouse.model.state import State, Transition
from posthouse.model.text import Text
from posthouse.model.values import Email, Location, Money, Phone, Place, Url
from tests.unit.dialogs.forms.given import Keys, empty, fault, kind_in, text, value


class Contact(Form):
    name: str = ask(min_length=2, max_length=50, profile=True)
    phone: Phone = ask(profile=True)


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark blue"


def band(ad: "Ad") -> str:
    """Return what an ad costs, as a word."""
    return f"to{ad.price.amount}"


class Ad(Contact):
    price: Money = ask("How much?", ge=0, unit="USD")
    colours: tuple[Colour, ...] = choose(default=())
    note: str | None = ask(default=None, when=lambda ad: ad.price.amount > 10)
    photos: tuple[Photo, ...] = ask(max_items=9, default=())
    band: str = computed(band)
    most: ClassVar[int] = 3


ANSWERS: dict[str, Any] = {
    "name": "Ann",
    "phone": Phone("+380671234567"),
    "price": Money(amount=Decimal(5), currency="USD"),
}


def test_fields_come_in_their_order_those_of_the_base_first() -> None:
    """What is computed or belongs to the class is none."""
    names = [field.name for field in fields_of(Ad)]
    assert names == ["name", "phone", "price", "colours", "note", "photos"]
    assert fields_of(Ad(**ANSWERS)) == fields_of(Ad)
    name, *_, note, _ = fields_of(Ad)
    assert (name.owner, name.keys, name.profile) == (Contact, ("ad-name", "contact-name"), True)
    assert note.keys == ("ad-note",)
    assert note.is_optional
    assert not name.is_optional


def test_an_object_has_its_answers_and_defaults_and_is_frozen() -> None:
    """As a dataclass would be; it is equal to another with the same answers."""
    ad = Ad(**ANSWERS)
    assert (ad.name, ad.colours, ad.note) == ("Ann", (), None)
    assert ad == Ad(**ANSWERS)
    assert hash(ad) == hash(Ad(**ANSWERS))
    assert ad != Ad(**{**ANSWERS, "name": "Bo"})
    assert ad != Contact(name="Ann", phone=Phone("+380671234567"))
    assert "name='Ann'" in repr(ad)
    with pytest.raises(AttributeError, match="frozen"):
        setattr(ad, "name", "Bo")  # noqa: B010  a type checker refuses the plain way
    with pytest.raises(AttributeError, match="frozen"):
        delattr(ad, "name")
    assert copy.copy(ad) == ad
    changed = ad.__replace__(name="Bo")
    assert changed.name == "Bo"


def test_wrong_names_and_missing_answers_are_told() -> None:
    """As any class does."""
    with pytest.raises(TypeError, match="no field 'nmae'"):
        Ad(**ANSWERS, nmae="x")  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="needs a value for 'phone'"):
        Contact(name="Ann")  # type: ignore[call-arg]  # that is the point


def test_what_is_computed_is_worked_out_when_it_is_read() -> None:
    """So it is never that of an earlier answer."""
    ad = Ad(**ANSWERS)
    assert ad.band == "to5"
    assert ad.__replace__(price=Money(amount=Decimal(7), currency="USD")).band == "to7"


def test_a_field_that_is_computed_below_is_asked_no_more() -> None:
    """A class may replace what its base asks."""

    class Short(Contact):
        name: str = computed(lambda form: form.phone[-4:])

    assert [field.name for field in fields_of(Short)] == ["phone"]
    assert Short(phone=Phone("+380671234567")).name == "4567"


def test_where_a_form_is_shown_stands_beside_its_answers() -> None:
    """Number, state, link and words; by default it is unpublished and says the keys."""
    ad = Ad(**ANSWERS)
    assert (ad.number, ad.state, ad.link) == (None, UNPUBLISHED, None)
    assert ad.say("ad-bargain") == Text("ad-bargain")
    sold = State("sold", ends=True)
    shown = placed(ad, Surroundings(number=7, state=sold, link="https://x.org/7", voice=Keys()))
    assert (shown.number, shown.state, shown.link) == (7, sold, "https://x.org/7")
    assert shown.say("ad-bargain", more=1).plain == "ad-bargain more=1"
    assert shown == ad
    assert ad.number is None
    assert State("a") >> sold == Transition(State("a"), sold)


def test_without_a_preview_of_its_own_a_form_shows_its_answers() -> None:
    """A line each; what was skipped is left out."""
    shown = str(placed(Ad(**ANSWERS), Surroundings(voice=Keys())).preview())
    assert shown.splitlines()[:2] == ["Name: Ann", "Phone: +380 67 123 4567"]
    assert "Note" not in shown


def test_a_draft_has_what_was_answered_and_defaults() -> None:
    """Reading what has neither says so."""
    draft = draft_of(Ad, {"name": "Ann", "gone": 1})
    assert (draft.name, draft.photos) == ("Ann", ())
    with pytest.raises(AttributeError, match=r"Ad\.price is not answered yet"):
        _ = draft.price
    assert not hasattr(draft, "gone")
    assert repr(draft) == "Ad(name='Ann')"


def test_plain_answers_come_back_as_they_were() -> None:
    """Through msgpack; those that no longer fit are left out of what is kept."""
    ad = Ad(**ANSWERS, colours=(Colour.RED,))
    plain = msgspec.msgpack.decode(msgspec.msgpack.encode(plain_of(ad)))
    assert form_of(Ad, plain) == ad
    assert kept_of(Ad, {**plain, "price": ["x", "USD"], "other": 1}).keys() == plain.keys() - {
        "price"
    }
    with pytest.raises(ValueError, match="needs a value for 'price'"):
        form_of(Ad, {"name": "Ann", "phone": "+380671234567"})
    with pytest.raises(ValueError, match="has to be answered"):
        form_of(Ad, {**plain, "price": None})


def test_checks_of_a_form_decide_after_the_kind() -> None:
    """None and True are fine; False, and a sentence, are not; one may look at the draft."""

    class Range(Form):
        low: int = ask(check=lambda n: n != 13)
        high: int = ask(check=lambda n, form: None if n >= form.low else f"at least {form.low}")

    low, high = fields_of(Range)
    draft = draft_of(Range, {"low": 5})
    assert value(low.read(text("5"), None, draft)) == 5
    assert low.read(text("13"), None, draft) == Wrong(REFUSED, {})
    assert value(high.read(text("5"), None, draft)) == 5
    wrong = high.read(text("4"), None, draft)
    assert isinstance(wrong, Wrong)
    assert wrong.words(Keys()) == "at least 5"
    assert fault(low.read(text("x"), None, draft))[0] == "expected-number-any"

    class Odd(Form):
        n: int = ask(check=lambda n: n)

    with pytest.raises(FormError, match=r"the check of Odd\.n returned 3"):
        fields_of(Odd)[0].read(text("3"), None, empty())


def test_whether_a_field_is_asked() -> None:
    """By what was answered before."""
    note = next(field for field in fields_of(Ad) if field.name == "note")
    assert not note.is_wanted(draft_of(Ad, ANSWERS))
    dear = {**ANSWERS, "price": Money(amount=Decimal(50), currency="USD")}
    assert note.is_wanted(draft_of(Ad, dear))
    assert fields_of(Ad)[0].is_wanted(empty(Ad))


def test_a_question_is_that_of_the_code_else_of_the_form_else_of_its_owner() -> None:
    """And where no catalogue has it, the field's name."""

    class Some(Keys):
        def has(self, key: str, /) -> bool:
            return key in {"contact-name", "ad-phone", "contact-phone", "ad-name.label"}

    name, phone, price, colours, *_ = fields_of(Ad)
    assert name.question(Some()) == Text("contact-name")
    assert phone.question(Some()) == Text("ad-phone")
    assert price.question(Some()) == "How much?"
    assert colours.question(Some()) == "Colours"
    assert name.title(Some()) == Text("ad-name.label")
    assert name.hint(Some()) is None
    assert name.show(None, Keys()) == Text("posthouse-skipped")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("CarAd", "car-ad"), ("HTTPLink", "http-link"), ("first_name", "first-name"), ("A", "a")],
)
def test_names_in_keys(name: str, expected: str) -> None:
    """In small letters, with hyphens."""
    assert kebab(name) == expected


def test_quoted_annotations_are_read_where_the_class_stands() -> None:
    """Also names of the function around it."""

    class Size(Enum):
        BIG = "big"

    class Shirt(Form):
        size: "Size" = choose()
        note: "str | None" = ask(default=None)

    assert value(kind_in(Shirt, "size").read(text("big"), None, empty())) is Size.BIG


def declare(name: str, annotation: Any, spec: Any) -> None:
    """Define a form with one field."""
    body = {"__annotations__": {name: annotation}, "__module__": __name__}
    type("Bad", (Form,), body if spec is None else {**body, name: spec})


def two_same() -> None:
    """Define a form whose fields have the same key."""

    class Bad(Form):
        first_name: str = ask()
        firstName: str = ask()  # noqa: N815  that is the point


def untyped() -> None:
    """Define a form with a field that has no type."""

    class Bad(Form):
        name = ask()


class Nothing(Form):
    pass


def no_argument() -> bool:
    """Check nothing."""
    return True


def three_arguments(value: object, form: object, more: object) -> bool:
    """Check too much."""
    return value is form is more


BAD: list[tuple[Callable[[], None], str]] = [
    (lambda: declare("x", complex, ask()), r"Bad\.x: complex has no kind; use str, int"),
    (lambda: declare("x", list[str], ask()), "has no kind"),
    (lambda: declare("x", dict, ask()), "dict has no kind"),
    (lambda: declare("x", int | str, ask()), "has no kind"),
    (lambda: declare("x", "Nowhere", ask()), "'Nowhere' cannot be read"),
    (lambda: declare("x", tuple[Photo, Photo], ask()), r"write tuple\[X, \.\.\.\]"),
    (lambda: declare("x", tuple[int, ...], ask()), "several int have no kind"),
    (lambda: declare("x", Contact, ask()), r"is a form; write tuple\[Contact, \.\.\.\]"),
    (lambda: declare("x", tuple[Nothing, ...], ask()), "Nothing has no fields"),
    (lambda: declare("x", tuple[Contact, ...], choose()), "not chosen"),
    (lambda: declare("x", int, None), r"annotated, but not asked; write x: int = ask\(\)"),
    (lambda: declare("x", int, 5), "annotated, but not asked"),
    (untyped, r"Bad\.name has no type"),
    (two_same, r"Bad\.first_name and Bad\.firstName have the same key"),
    (lambda: declare("_x", int, ask()), "take the underscore away"),
    (lambda: declare("state", str, ask()), "every form has 'state' already"),
    (lambda: declare("preview", str, ask()), "every form has 'preview' already"),
    (lambda: declare("x", str | None, ask()), "write default=None"),
    (lambda: declare("x", str, ask(default=None)), r"annotate it as str \| None"),
    (lambda: declare("x", str, ask(when=lambda form: True)), "give it a default"),
    (lambda: declare("x", str, ask(default="")), "its default does not fit"),
    (lambda: declare("x", int, ask(default="5")), "it is '5', not a int"),
    (lambda: declare("x", int, ask(default=True)), "True and False are no numbers"),
    (lambda: declare("x", int, ask(ge=5, default=3)), "out of the range"),
    (lambda: declare("x", str, ask(check=no_argument)), "its check takes 0 arguments"),  # type: ignore[arg-type]
    (lambda: declare("x", str, ask(check=three_arguments)), "its check takes 3"),  # type: ignore[arg-type]
    (lambda: declare("x", str, ask(min_length=5, max_length=4)), "min_length=5 is above"),
    (lambda: declare("x", str, ask(min_length=5000)), "set both"),
    (lambda: declare("x", str, ask(max_length=0)), "leaves no answer"),
    (lambda: declare("x", str, ask(max_length=-1)), "is no count"),
    (lambda: declare("x", str, ask(ge=1)), "ge= says nothing about a field of this type"),
    (lambda: declare("x", int, ask(elastic=True)), "only a text can be elastic"),
    (lambda: declare("x", int, ask(ge=5, le=4)), "ge=5 is above le=4"),
    (lambda: declare("x", int, ask(ge=0.5)), "give an int or a Decimal"),
    (lambda: declare("x", Decimal, ask(le=Decimal("inf"))), "not finite"),
    (lambda: declare("x", Money, ask(unit="dollars")), "'dollars' is no currency"),
    (lambda: declare("x", Phone, ask(country="Ukraine")), "country='Ukraine' is none"),
    (lambda: declare("x", Email, ask(max_length=3)), "max_length= says nothing"),
    (lambda: declare("x", Url, ask(le=3)), "le= says nothing"),
    (lambda: declare("x", Location, ask(unit="m")), "unit= says nothing"),
    (lambda: declare("x", date, ask(ge=datetime(2030, 1, 1))), "no limit of a date"),  # noqa: DTZ001
    (lambda: declare("x", date, ask(ge=date(2030, 1, 2), le=date(2030, 1, 1))), "is above"),
    (lambda: declare("x", date, ask(ge=timedelta(2), le=timedelta(1))), "is above"),
    (lambda: declare("x", str, choose()), r"write choose\(options=\[...\]\) or use an Enum"),
    (lambda: declare("x", str, choose(options=[])), "there are no options"),
    (lambda: declare("x", str, choose(options="ab")), "give a list or a tuple"),
    (lambda: declare("x", str, choose(options=[1])), "option 1 is no str"),
    (lambda: declare("x", str, choose(options=["a", "a"])), "stands there twice"),
    (lambda: declare("x", str, choose(options=["a"], default="b")), "none of the options"),
    (lambda: declare("x", str, choose(options=["a"], columns=0)), "give 1 to 8"),
    (lambda: declare("x", float, choose(options=[1.0])), "cannot be an option"),
    (lambda: declare("x", bool, choose(options=[True])), "are the options of a bool"),
    (lambda: declare("x", str, choose(options=Path("x.csv"))), "annotate the field as Place"),
    (lambda: declare("x", Place, choose()), "nothing to search"),
    (lambda: declare("x", Place, choose(options=Path("none.csv"))), "none.csv cannot be read"),
    (lambda: declare("x", tuple[Colour, ...], choose(min_items=3)), "only 2 options"),
    (lambda: declare("x", tuple[Colour, ...], choose(max_items=0)), "nothing to choose"),
    (lambda: declare("x", tuple[Colour, ...], choose(default=[])), "not a tuple"),
    (lambda: declare("x", tuple[Colour, ...], choose(default=("red",))), "none of the options"),
    (lambda: declare("x", tuple[Photo, ...], ask(min_items=3, max_items=2)), "is above"),
    (lambda: declare("x", tuple[Photo, ...], ask(min_items=11)), "set both"),
    (lambda: declare("x", tuple[Photo, ...], ask(max_items=0)), "leaves no photos"),
    (lambda: declare("x", tuple[Contact, ...], ask(max_items=0)), "nothing to fill in"),
    (lambda: declare("x", Photo, ask(default=Photo.of(b"x"))), "does not fit"),
]


@pytest.mark.parametrize(("define", "told"), BAD, ids=[told for _, told in BAD])
def test_what_cannot_be_asked_is_told_when_the_class_is_defined(
    define: Callable[[], None], told: str
) -> None:
    """With the class, the field, and what to write instead."""
    with pytest.raises(FormError, match=told) as raised:
        define()
    assert str(raised.value).startswith("Bad.")


def test_a_pick_is_no_answer_to_a_text() -> None:
    """A press of some other offer is answered with what is expected."""
    assert fault(kind_in(Ad, "name").read(Pick("zz"), None, empty()))[0] == "expected-text-between"
