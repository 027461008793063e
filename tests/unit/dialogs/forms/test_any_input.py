"""Whatever anybody gives to any field, it is read as one of the readings, and never an error."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings, strategies as st

from posthouse.dialogs.forms.dates import DAYS
from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form, draft_of, fields_of
from posthouse.dialogs.forms.offers import (
    ADD,
    DROP_ALL,
    DROP_LAST,
    NEXT,
    NOTHING,
    PREVIOUS,
    SUBMIT,
    Answered,
    Pick,
    Starts,
    Staying,
    Surroundings,
    Wrong,
)
from posthouse.model.media import File, Photo
from posthouse.model.values import Email, Location, Money, Phone, Place, Url
from tests.unit.dialogs.forms.given import (
    TODAY,
    Keys,
    album,
    contact,
    document,
    file,
    location,
    photo,
    sticker,
    text,
)

TOWNS = Path(__file__).parent / "towns.csv"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Guest(Form):
    name: str = ask()


class All(Form):
    words: str = ask(min_length=2, max_length=20)
    whole: int = ask(ge=0)
    big: int = ask()
    exact: Decimal = ask(le=5)
    price: Money = ask(unit="UAH")
    gift: Money = ask()
    phone: Phone = ask(country="UA")
    abroad: Phone = ask()
    sure: bool = ask()
    colour: Colour = choose()
    colours: tuple[Colour, ...] = choose()
    size: str = choose(options=["S", "M"])
    day: date = ask(ge=timedelta(0))
    free_day: date = ask()
    hour: time = ask(ge=time(8))
    cover: Photo = ask()
    photos: tuple[Photo, ...] = ask(max_items=3)
    paper: File = ask(max_bytes=10)
    where: Location = ask()
    town: Place = choose(options=TOWNS)
    mail: Email = ask()
    page: Url = ask()
    guests: tuple[Guest, ...] = ask(max_items=2)


DRAFT = draft_of(All, {}, Surroundings(today=TODAY))
NASTY = st.sampled_from(
    [
        "", " ", "inf", "-inf", "nan", "1e400", "1" + "0" * 30, "1_0", "\x00", "\ud800", "🔟", "5️⃣",
        "<b>x</b>", "/start", "x" * 100_000, "9" * 100_000, "kyiv", "kam", "2030-06-01",
        "31.12.9999", "0.0.0",
        "12:30", "a@b.co", "http://[::1", "https://x.org", "+380671234567", "$5", "5 грн",
        "50.45, 30.52", "red", "S", "\u202e", "1,500", "½", "²", "٣", "\u2028", "5\n5", "''",
    ]
)  # fmt: skip
TOKENS = st.sampled_from(
    [
        ADD,
        DROP_ALL,
        DROP_LAST,
        NEXT,
        NOTHING,
        PREVIOUS,
        SUBMIT,
        "yes",
        "20300601",
        "0830",
        "08",
        "kyiv",
    ]
)
OFFERED = [
    Pick(option.token)
    for field in fields_of(All)
    for option in field.kind.offer(field.kind.begin(), DRAFT).options
]
FLOATS = st.floats()
GIVEN = st.one_of(
    st.builds(text, NASTY | st.text(max_size=60) | st.from_regex(r"[-+]?[0-9., ']{1,12}")),
    st.builds(Pick, TOKENS | st.text(max_size=10)),
    st.sampled_from(OFFERED),
    st.builds(photo, st.text(max_size=3)),
    st.lists(st.text(max_size=3), max_size=13).map(lambda keys: album(*keys)),
    st.builds(contact, NASTY | st.text(max_size=20), own=st.booleans()),
    st.builds(location, FLOATS, FLOATS),
    st.builds(
        lambda mime, size: file(document("a", mime, size)),
        st.sampled_from(["image/png", "image/gif", "", "x"]),
        st.integers(0, 2**40),
    ),
    st.just(sticker()),
)
FIELDS = st.sampled_from(fields_of(All))


@given(FIELDS, st.lists(GIVEN, min_size=1, max_size=6))
@settings(max_examples=600, deadline=None)
def test_a_field_reads_whatever_comes_one_after_another(field: Any, inputs: list[Any]) -> None:
    """Its states and answers go through msgpack and come back the same."""
    kind = field.kind
    state = kind.begin()
    for each in inputs:
        kind.offer(state, DRAFT)
        reading = kind.read(each, state, DRAFT)
        assert isinstance(reading, Answered | Staying | Starts | Wrong)
        if isinstance(reading, Wrong):
            assert reading.key.startswith("posthouse-")
        elif isinstance(reading, Staying):
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(reading.state))
        elif isinstance(reading, Answered):
            plain = msgspec.msgpack.decode(msgspec.msgpack.encode(kind.to_plain(reading.value)))
            assert kind.from_plain(plain) == reading.value
            assert str(kind.show(reading.value, Keys()))
            kind.offer(kind.begin(reading.value), DRAFT)


@given(FIELDS, GIVEN, st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda s: st.lists(s, max_size=3), max_leaves=5
))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_a_state_of_another_version_of_the_form_does_no_harm(
    field: Any, given_: Any, state: Any
) -> None:
    """A deploy may have changed what kind of field it is."""
    kind = field.kind
    kind.offer(state, DRAFT)
    assert isinstance(kind.read(given_, state, DRAFT), Answered | Staying | Starts | Wrong)


@given(FIELDS, st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=6), s, max_size=3),
    max_leaves=6,
))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_plain_data_is_a_value_or_a_value_error(field: Any, raw: Any) -> None:
    """Nothing else, whatever a database has."""
    try:
        value = field.from_plain(raw)
    except ValueError:
        return
    assert field.from_plain(field.to_plain(value)) == value


def test_what_is_expected_is_said_for_every_kind() -> None:
    """With a key of the catalogues."""
    for field in fields_of(All):
        assert field.kind.expected(DRAFT).key.startswith("posthouse-expected-")
        assert str(field.kind.expected(DRAFT).words(Keys())).startswith("posthouse-expected-")
        assert isinstance(field.kind.keys(), tuple)


KEY = re.compile(r'"(posthouse-[a-z-]*[a-z])"')
BUILT = [
    *(f"posthouse-expected-{what}-{bound}" for what in ("number", "money", "date")
      for bound in ("any", "least", "most", "between")),
    *(f"posthouse-{what}-{bound}" for what in ("number", "date")
      for bound in ("least", "most", "between")),
    *(f"posthouse-day-{day}" for day in DAYS), "posthouse-yes", "posthouse-no",
]  # fmt: skip


def test_every_key_has_words_in_the_catalogue() -> None:
    """Those that stand in the code, and those that are put together."""
    folder = Path(str(resources.files("posthouse")))
    used = {
        key
        for module in (folder / "dialogs" / "forms").glob("*.py")
        for key in KEY.findall(module.read_text(encoding="utf-8"))
    }
    words = (folder / "words" / "catalogues" / "en.ftl").read_text(encoding="utf-8")
    told = set(re.findall(r"^(posthouse-[a-z-]+) =", words, re.MULTILINE))
    assert len(used) > 40
    assert not {*used, *BUILT} - told
