"""Places: reading a gazetteer, searching it, and choosing of what was found."""

from itertools import product
from pathlib import Path

import pytest

from posthouse.dialogs.forms.fields import choose
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.gazetteer import MOST_FOUND, Gazetteer, distance, load_gazetteer
from posthouse.dialogs.forms.offers import NEXT, PREVIOUS, Kind, Offer, Pick, Staying
from posthouse.dialogs.forms.places import PAGE
from posthouse.errors import FormError
from posthouse.model.values import Place
from tests.unit.dialogs.forms.given import Keys, empty, fault, kind_in, photo, sticker, text, value

TOWNS = """\ufeffid,name,region,synonyms,weight
kyiv,Kyiv,Kyiv,Київ|Киев|Kiev,10
kam1,Kam’ianka,Cherkasy,Кам'янка|Каменка,
kam2,Kamianka,Odesa,,1
kamb,Kamianka-Buzka,Lviv,Кам’янка-Бузька|Камʼянка Струмилова,
nova,Nova Kakhovka,Kherson,Нова Каховка,
kakh,Kakhovka,Kherson,Каховка,
lviv,Lviv,Lviv,Львів|Lemberg|Lwów,5
lyub,Lyubomyr,Volyn,,
"""


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """A small gazetteer."""
    path = tmp_path / "towns.csv"
    path.write_text(TOWNS, encoding="utf-8")
    return path


@pytest.fixture
def kind(towns: Path) -> Kind:
    """The kind of a field of places."""

    class Trip(Form):
        town: Place = choose(options=towns)

    return kind_in(Trip, "town")


def found(towns: Path, words: str) -> list[str]:
    """Ids of what a search finds."""
    return [place.id for place in load_gazetteer(towns).search(words)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("kyiv", "kyiv"), ("КИЕВ", "kyiv"), ("kiev", "kyiv"), ("Лемберг", None), ("lwow", "lviv"),
        ("kakhovka", "kakh"), ("nova kakh", "nova"), ("nova-kakhovka", "nova"),
        ("струмилова", "kamb"), ("akhov", "kakh"), ("kyv", None), ("lvvi", "lviv"),
        ("kakhovak", "kakh"), ("каменка", "kam1"), ("kamianka lviv", None), ("", None), ("%", None),
        ("kamianka cherk", "kam1"), ("Kamianka (Odesa)", "kam2"), ("kamianka, odesa", "kam2"),
    ],
)  # fmt: skip
def test_the_likeliest_place_comes_first(towns: Path, words: str, first: str | None) -> None:
    """Names, then synonyms, beginnings, words, parts; typing errors where nothing else fits."""
    places = found(towns, words)
    assert (places[0] if places else None) == first


@pytest.mark.parametrize("written", [
    "кам'янка-бузька", "кам’янка бузька", "камʼянка–бузька", "КАМЯНКА БУЗЬКА", "Кам`янка  Бузька",
])  # fmt: skip
def test_apostrophes_hyphens_and_spaces_do_not_count(towns: Path, written: str) -> None:
    """People have different keyboards."""
    assert found(towns, written) == ["kamb"]


def test_the_order_of_what_was_found(towns: Path) -> None:
    """The weightier of two of one name first; then what only begins so; then what contains it."""
    assert found(towns, "kamianka") == ["kam2", "kam1", "kamb"]
    assert found(towns, "kakhovka") == ["kakh", "nova"]
    assert found(towns, "lv")[0] == "lviv"


def test_a_place_is_chosen_of_what_was_found(kind: Kind) -> None:
    """By a press or by the label typed; two of one name have their regions."""
    draft = empty()
    assert kind.offer(None, draft) == Offer()
    step = kind.read(text("kamianka"), None, draft)
    assert isinstance(step, Staying)
    shown = kind.offer(step.state, draft)
    assert [option.label for option in shown.options] == [
        "Kamianka (Odesa)", "Kam’ianka (Cherkasy)", "Kamianka-Buzka",
    ]  # fmt: skip
    cherkasy = Place(id="kam1", name="Kam’ianka", region="Cherkasy")
    assert value(kind.read(Pick(shown.options[1].token), step.state, draft)) == cherkasy
    assert value(kind.read(text("kam'ianka (cherkasy)"), step.state, draft)) == cherkasy
    assert kind.show(cherkasy, Keys()) == "Kam’ianka (Cherkasy)"


def test_only_what_is_offered_is_taken(kind: Kind) -> None:
    """Neither the id of another place, nor a name that was not found before, is an answer."""
    draft = empty()
    state = kind.read(text("kamianka"), None, draft).state  # type: ignore[union-attr]  # a step
    for given in (Pick("kyiv"), Pick("nowhere"), photo(), sticker(), text(" ")):
        assert fault(kind.read(given, state, draft)) == ("expected-place", {})
    assert fault(kind.read(Pick("kyiv"), None, draft)) == ("expected-place", {})
    other = kind.read(text("Kyiv (Odesa)"), state, draft)
    assert fault(other) == ("place-unknown", {"words": "Kyiv (Odesa)"})
    assert fault(kind.read(text("x" * 101), state, draft))[0] == "text-long"
    searched = kind.read(text("kyiv"), state, draft)
    assert searched == Staying(["kyiv", 0])
    again = kind.read(text("Kyiv"), ["kyiv", 0], draft)
    assert value(again).id == "kyiv"


def test_an_answer_is_offered_again(kind: Kind) -> None:
    """With what else has that name near by."""
    cherkasy = Place(id="kam1", name="Kam’ianka", region="Cherkasy")
    shown = kind.offer(kind.begin(cherkasy), empty())
    assert shown.options[0].token == "kam1"


def test_much_that_was_found_comes_in_pages(tmp_path: Path) -> None:
    """And more than a person would look through is not found."""
    lines = [f"{n},Town {n:03},North,," for n in range(100)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["id,name,region,synonyms,weight", *lines]))

    class Trip(Form):
        town: Place = choose(options=path)

    kind, draft = kind_in(Trip, "town"), empty()
    state = kind.read(text("town"), None, draft).state  # type: ignore[union-attr]  # a step
    shown = kind.offer(state, draft)
    assert (len(shown.options), shown.page, shown.more) == (PAGE, 0, True)
    assert shown.pages == -(-MOST_FOUND // PAGE)
    step = kind.read(Pick(NEXT), state, draft)
    assert step == Staying(["town", 1])
    assert kind.offer(["town", 1], draft).options[0].label == "Town 008"
    assert kind.offer(["town", 99], draft).more is False
    assert kind.read(Pick(PREVIOUS), ["town", 0], draft) == Staying(["town", 0])


def test_a_place_as_plain_data(kind: Kind) -> None:
    """As it was chosen, as long as the gazetteer has its id."""
    kyiv = Place(id="kyiv", name="Kyiv", region="Kyiv")
    assert kind.from_plain(kind.to_plain(kyiv)) == kyiv
    for raw in (["x", "Kyiv", "Kyiv"], "kyiv", ["kyiv"], [1, 2, 3]):
        with pytest.raises(ValueError, match="is no place"):
            kind.from_plain(raw)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("id,name\n1,a", r"line 1: there is no column region"),
        ("", "line 1: there is no column id, name, region"),
        ("id,name,region,synonyms\n", "has no places"),
        ("id,name,region\n1,a,b\n1,c,b", r"line 3: the id '1' stands in line 2 too"),
        ("id,name,region\n1,a,b\n2,A,B", r"line 3: A \(B\) stands in line 2 too"),
        ("id,name,region\n1,,b", "line 2: the name is empty"),
        ("id,name,region\n,a,b", "line 2: the id is empty"),
        ("id,name,region\n1,a,", "line 2: the region is empty"),
        ("id,name,region\n1,-,b", "line 2: the name '-' has no letters"),
        ("id,name,region\n12345678901,a,b", "line 2: the id '12345678901' is long"),
        ("id,name,region,synonyms,weight\n1,a,b,,much", "line 2: the weight 'much' is no number"),
        ("id,name,region\n1,a,b,c", "line 2: more columns than in line 1"),
        ('id,name,region\n1,"a"x,b', "line 2: .*check its quotes"),
    ],
)
def test_what_is_wrong_in_a_gazetteer_is_told_with_its_line(
    tmp_path: Path, lines: str, told: str
) -> None:
    """When the form is defined."""
    path = tmp_path / "bad.csv"
    path.write_text(lines)
    with pytest.raises(FormError, match=told) as raised:
        load_gazetteer(path)
    assert str(path) in str(raised.value)
    with pytest.raises(FormError, match=r"Trip\.town: "):

        class Trip(Form):
            town: Place = choose(options=path)


def test_a_gazetteer_that_is_no_text_or_not_there_is_told(tmp_path: Path) -> None:
    """With what to do."""
    path = tmp_path / "bad.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormError, match="save it as UTF-8"):
        load_gazetteer(path)
    with pytest.raises(FormError, match="give the path of a CSV file"):
        load_gazetteer(tmp_path / "none.csv")


def test_a_gazetteer_is_read_once(towns: Path) -> None:
    """And again when the file changed."""
    first = load_gazetteer(towns)
    assert load_gazetteer(towns) is first
    assert len(first) == 8


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbc", 1), ("abc", "xyz", 3)],
)
def test_typing_errors_are_counted(one: str, other: str, expected: int) -> None:
    """A letter too many, too few, wrong, or two swapped."""
    assert distance(one, other, 2) == expected


def test_a_search_of_many_places_looks_closely_at_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with typing errors: a person waits for each."""
    compared: list[str] = []

    def counted(one: str, other: str, most: int) -> int:
        compared.append(one)
        return distance(one, other, most)

    monkeypatch.setattr("posthouse.dialogs.forms.gazetteer.distance", counted)
    parts = ["ka", "le", "mi", "ro", "su", "ta", "vo", "ne", "bi", "dya", "zho"]
    names = ("".join(each).title() for each in product(parts, repeat=4))
    rows = [
        (Place(id=str(n), name=name, region=f"R{n % 25}"), (f"{name} old", f"New {name}"), 0.0)
        for n, name in zip(range(4_000), names, strict=False)
    ] + [
        (Place(id=f"x{n}", name=f"Upper Village {n}", region=f"R{n % 25}"), (), 0.0)
        for n in range(8_000)
    ]
    gazetteer = Gazetteer(rows)
    words = ["Kalemiro", "kalemrio", "village", "upper vilage 77", "vi", "k", "sutavo", "zzzzzzzz"]
    for each in words:
        compared.clear()
        gazetteer.search(each)
        assert len(compared) <= 300, f"{each!r} is one of 20 000 names, most of them not like it"
    assert gazetteer.search("kalemrio")[0].name == "Kalemiro"
