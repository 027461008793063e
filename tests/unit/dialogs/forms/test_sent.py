"""Answers that are sent: photos, files, contacts, points; and lists of sub-forms."""

from typing import Any

import pytest

from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form, draft_of
from posthouse.dialogs.forms.lists import SubForms
from posthouse.dialogs.forms.media import MOST_PICTURE_BYTES
from posthouse.dialogs.forms.offers import (
    ADD,
    DROP_ALL,
    DROP_LAST,
    SUBMIT,
    Answered,
    Pick,
    Said,
    Starts,
    Staying,
)
from posthouse.model.media import File, Photo
from posthouse.model.text import Text
from posthouse.model.values import Location, Phone
from tests.unit.dialogs.forms.given import (
    Keys,
    album,
    contact,
    document,
    empty,
    fault,
    file,
    kind_in,
    location,
    photo,
    pixels,
    sticker,
    text,
    value,
)


class Guest(Form):
    name: str = ask()
    age: int = ask(ge=0)


class Post(Form):
    cover: Photo = ask()
    photos: tuple[Photo, ...] = ask(min_items=2, max_items=4)
    few: tuple[Photo, ...] = ask(default=())
    paper: File = ask(max_bytes=1024 * 1024)
    any_file: File = ask()
    phone: Phone = ask()
    local: Phone = ask(country="UA")
    where: Location = ask()
    guests: tuple[Guest, ...] = ask(min_items=1, max_items=2)
    one: tuple[Guest, ...] = ask(max_items=1, default=())


def read(name: str, given: Any, state: Any = None, **around: Any) -> Any:
    """What a field makes of something."""
    return kind_in(Post, name).read(given, state, empty(Post, **around))


PNG = document("scan.png", "image/png", 5000)


# --- photos


def test_one_photo_also_as_a_file() -> None:
    """The size of a picture that came as a file is not known, and it is marked."""
    assert value(read("cover", photo("a"))) == pixels("a")
    found = value(read("cover", file(PNG)))
    assert (found.key, found.mime, found.was_file, found.bot) == (
        PNG.key,
        "image/png",
        True,
        "shop",
    )
    first = read("cover", album("a", "b"))
    assert first == Answered(pixels("a"), Said("posthouse-photo-first"))


@pytest.mark.parametrize(
    "given", [text("x"), sticker(), file(document()), Pick("x"), contact("+1")]
)
def test_no_photo(given: Any) -> None:
    """With what is expected."""
    assert fault(read("cover", given)) == ("expected-photo", {})
    assert fault(read("photos", given)) == ("expected-photos", {"most": 4})


def test_a_picture_that_is_too_large_is_told() -> None:
    """Messengers show no larger ones."""
    large = document("a.jpg", "image/jpeg", MOST_PICTURE_BYTES + 1)
    for name in ("cover", "photos"):
        assert fault(read(name, file(large))) == ("photo-heavy", {"most": 10})


def test_photos_come_one_by_one_and_as_albums() -> None:
    """An album is one input; Done is offered once there are enough."""
    kind = kind_in(Post, "photos")
    state = kind.begin()
    shown = kind.offer(state, None)
    assert (shown.tools, shown.submit) == ((), False)
    assert fault(read("photos", Pick(SUBMIT), state)) == ("photos-least", {"least": 2, "count": 0})
    state = read("photos", photo("a"), state).state
    assert [tool.token for tool in kind.offer(state, None).tools] == [DROP_LAST]
    state = read("photos", album("b", files=(PNG, document())), state).state
    shown = kind.offer(state, None)
    assert shown.submit
    assert shown.status == Said("posthouse-photos-so-far", {"count": 3, "most": 4})
    keys = [each.key for each in value(read("photos", Pick(SUBMIT), state))]
    assert keys == ["a", "b", PNG.key]


def test_photos_beyond_the_most_are_left_out_and_told() -> None:
    """The first stay; the next one is refused."""
    reading = read("photos", album(*(f"p{n}" for n in range(12))), [])
    assert isinstance(reading, Staying)
    assert len(reading.state) == 4
    assert reading.note == Said("posthouse-photos-left-out", {"most": 4, "left": 8})
    assert fault(read("photos", photo("z"), reading.state)) == ("photos-most", {"most": 4})


def test_a_late_part_of_an_album_adds_only_itself() -> None:
    """The whole album comes again, of which the field has most."""
    state = read("photos", album("a", "b"), []).state
    late = read("photos", album("a", "b", "c", amends=True), state)
    assert [each["key"] for each in late.state] == ["a", "b", "c"]
    same = read("photos", album("a", "b", "c", amends=True), late.state)
    assert (same.state, same.changed, same.note) == (late.state, False, None)


def test_photos_are_taken_away() -> None:
    """The last, or all."""
    state = read("photos", album("a", "b"), []).state
    last = read("photos", Pick(DROP_LAST), state)
    assert [each["key"] for each in last.state] == ["a"]
    assert read("photos", Pick(DROP_ALL), state) == Staying([])
    assert read("photos", Pick(DROP_LAST), []) == Staying([], changed=False)
    kind = kind_in(Post, "photos")
    assert kind.begin((pixels("a"),)) == last.state
    assert kind.offer([{"nonsense": 1}], None).submit is False


def test_photos_and_files_as_they_are_shown() -> None:
    """How many, or the name."""
    assert str(kind_in(Post, "cover").show(pixels("a"), Keys())) == "posthouse-photos count=1"
    assert str(kind_in(Post, "photos").show((), Keys())) == "posthouse-photos count=0"
    assert kind_in(Post, "any_file").show(document(), Keys()) == "a.pdf"


# --- files


def test_a_file_of_any_sort() -> None:
    """A photo is none: it comes in another size than it was."""
    assert value(read("any_file", file(PNG))) == PNG
    two = read("any_file", album("a", files=(PNG, document())))
    assert two == Answered(PNG, Said("posthouse-file-first"))
    for given in (photo(), album("a")):
        assert fault(read("any_file", given)) == ("file-not-photo", {})
    assert fault(read("any_file", text("x"))) == ("expected-file", {})
    heavy = file(document(size=1024 * 1024 + 1))
    assert fault(read("paper", heavy)) == ("file-heavy", {"most": 1.0})


# --- phones


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("phone", "+380671234567"), ("phone", "00380 67 123-45-67"),
        ("phone", "+38 (067) 123 45 67"),
        ("phone", "+٣٨٠٦٧١٢٣٤٥٦٧"), ("local", "067 123 45 67"), ("local", "0671234567"),
        ("local", "380671234567"),
    ],
)  # fmt: skip
def test_phones_as_people_write_them(name: str, written: str) -> None:
    """In international form; a country's own numbers need no code of it."""
    found = value(read(name, text(written)))
    assert (found, type(found)) == ("+380671234567", Phone)


@pytest.mark.parametrize(
    "written",
    ["", "067 123 45 67", "12", "+380", "+999999999999", "call me", "+38067123456789",
     "\u0661" * 41, "+380671234567 ext. 5", "inf", "+1e10", "+" * 30, "1" * 100_000],
)  # fmt: skip
def test_no_phones(written: str) -> None:
    """Without a country an international number is asked for."""
    assert fault(read("phone", text(written))) == ("expected-phone-international", {})


def test_the_country_may_be_the_bots() -> None:
    """The field's own comes first; the example is one of it."""
    assert value(read("phone", text("067 123 45 67"), country="UA")) == "+380671234567"
    key, values = fault(read("local", text("x"), country="DE"))
    assert key == "expected-phone"
    assert value(read("local", text(values["example"])))
    assert fault(read("phone", text("067 123 45 67"), country="??"))[0] == (
        "expected-phone-international"
    )


def test_only_ones_own_contact_is_taken() -> None:
    """With or without a plus, as messengers give it."""
    assert kind_in(Post, "phone").offer(None, empty()).request == "contact"
    for phone in ("380671234567", "+380 67 123 4567"):
        assert value(read("phone", contact(phone))) == "+380671234567"
    assert value(read("local", contact("0671234567"))) == "+380671234567"
    assert fault(read("phone", contact("380671234567", own=False))) == ("phone-foreign", {})
    assert fault(read("phone", contact("")))[0] == "expected-phone-international"
    assert kind_in(Post, "phone").show("nonsense", Keys()) == "nonsense"


# --- points


def test_points_are_shared_or_typed() -> None:
    """Degrees north, then east."""
    assert kind_in(Post, "where").offer(None, empty()).request == "location"
    expected = Location(latitude=50.45, longitude=30.52)
    assert value(read("where", location(50.45, 30.52))) == expected
    for written in ("50.45, 30.52", "50.45 30.52", "50.45;30.52"):
        assert value(read("where", text(written))) == expected
    assert str(kind_in(Post, "where").show(expected, Keys())) == "50.450000, 30.520000"


@pytest.mark.parametrize(
    "given",
    [text("91, 0"), text("0, 181"), text("here"), text("nan, inf"), photo(), location(91, 0),
     location(float("nan"), 0), location(0, float("inf")), text("50,45, 30,52")],
)  # fmt: skip
def test_no_points(given: Any) -> None:
    """What is not on the earth neither."""
    assert fault(read("where", given)) == ("expected-location", {})


# --- sub-forms


def test_sub_forms_are_added_one_by_one() -> None:
    """Add begins one, its outcome is added; Done ends the list."""
    kind = kind_in(Post, "guests")
    assert isinstance(kind, SubForms)
    state = kind.begin()
    assert [tool.token for tool in kind.offer(state, None).tools] == [ADD]
    assert read("guests", Pick(ADD), state) == Starts(Guest, [])
    assert fault(read("guests", Pick(SUBMIT), state)) == ("items-least", {"least": 1, "count": 0})
    ann, bo = Guest(name="Ann", age=5), Guest(name="Bo", age=6)
    step = kind.added(state, ann)
    assert isinstance(step, Staying)
    state = kind.added(step.state, bo).state  # type: ignore[union-attr]  # as asserted above
    shown = kind.offer(state, None)
    assert [tool.token for tool in shown.tools] == [DROP_LAST, DROP_ALL]
    assert shown.submit
    assert fault(read("guests", Pick(ADD), state)) == ("items-most", {"most": 2})
    assert value(read("guests", Pick(SUBMIT), state)) == (ann, bo)
    assert read("guests", Pick(DROP_LAST), state) == step
    assert read("guests", Pick(DROP_ALL), state) == Staying([])
    assert kind.begin((ann,)) == step.state
    assert str(kind.show((ann,), Keys())) == "Ann, posthouse-number number=5"
    assert kind.show((), Keys()) == Text("posthouse-none")
    for given in (text("Ann"), photo(), sticker(), Pick("x")):
        assert fault(read("guests", given, state)) == ("expected-items", {})


def test_a_list_of_one_is_done_with_it() -> None:
    """There is nothing more to add."""
    kind = kind_in(Post, "one")
    assert isinstance(kind, SubForms)
    assert kind.added([], Guest(name="Ann", age=5)) == Answered((Guest(name="Ann", age=5),))


def test_a_list_whose_form_changed_is_begun_again() -> None:
    """Its answers so far no longer fit."""
    reading = read("guests", Pick(SUBMIT), [{"name": "Ann"}])
    assert reading == Staying([], note=Said("posthouse-items-gone"))


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("cover", {"key": 1}), ("cover", "x"), ("photos", "x"), ("photos", [{}] * 5),
        ("photos", [5]), ("paper", []), ("phone", "0671234567"), ("phone", "+1"), ("phone", 5),
        ("where", [91, 0]), ("where", ["a", "b"]), ("where", [True, 0]), ("guests", {}),
        ("guests", [5]), ("guests", [{"name": "Ann"}]), ("guests", [{"name": "Ann", "age": -1}]),
        ("guests", [{"name": "A", "age": 1}] * 3),
    ],
)  # fmt: skip
def test_plain_data_that_no_longer_fits_is_refused(name: str, raw: Any) -> None:
    """So a form that a deploy changed asks again."""
    with pytest.raises(ValueError, match=r"."):
        kind_in(Post, name).from_plain(raw)


def test_a_draft_shows_a_photo_as_the_same() -> None:
    """Plain data of photos and files come back whole."""
    draft = draft_of(Post, {"cover": pixels("a")})
    assert kind_in(Post, "cover").from_plain(kind_in(Post, "cover").to_plain(draft.cover)) == (
        pixels("a")
    )
