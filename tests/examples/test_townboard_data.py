"""The town board's own files: places, words, pictures, settings, and how long the code is."""

import re
from collections import Counter
from pathlib import Path

import pytest
import towns
from townboard import HERE, TOWNS

from posthouse.cli import main
from posthouse.dialogs.forms.gazetteer import load_gazetteer
from posthouse.words.checking import wrong_with

SETTINGS = ("posthouse.toml", "telegram.toml", "both.toml")


def test_the_places_can_be_written_anew() -> None:
    """The script writes the very file that is kept."""
    assert towns.FILE == TOWNS
    assert TOWNS.read_bytes() == towns.written().encode()


def test_there_are_enough_places_of_every_sort() -> None:
    """A thousand in twenty regions, some names twice, with apostrophes, hyphens and accents."""
    places = list(towns.places())
    names = Counter(place.name for place in places)
    assert len(places) >= 1000
    assert len({place.region for place in places}) >= 20
    assert len({place.id for place in places}) == len(places)
    assert len({(place.name, place.region) for place in places}) == len(places)
    assert sum(count > 1 for count in names.values()) >= 6
    for sign in ("'", "\u2019", "\u02bc", "-", "Ž", "ö", "ă"):
        assert any(sign in name for name in names), sign
    assert sum(len(place.synonyms) >= 2 for place in places) > len(places) / 2
    assert max(map(len, names)) <= 37
    assert len(load_gazetteer(TOWNS)) == len(places)


def test_all_languages_say_the_same() -> None:
    """No key is missing, and none is too many."""
    assert list(wrong_with(HERE / "words", "en")) == []


@pytest.mark.parametrize("name", ["car.png", "repair.png", "sold.png"])
def test_pictures_are_small(name: str) -> None:
    """800 by 500 pixels, and soon there."""
    picture = (HERE / name).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (picture[16:20], picture[20:24]) == ((800).to_bytes(4, "big"), (500).to_bytes(4, "big"))
    assert len(picture) < 40_000


@pytest.mark.parametrize("name", SETTINGS)
def test_every_settings_file_is_right(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`posthouse check` has nothing to say but that all is well."""
    for number, wanted in enumerate(re.findall(r"\$\{(\w+)\}", (HERE / name).read_text()), 1):
        monkeypatch.setenv(wanted, f"{number}:token" if "TOKEN" in wanted else str(number))
    code = main(["check", "--settings", str(HERE / name)])
    said = capsys.readouterr().out
    assert code == 0, said
    assert all(line.startswith("✓") for line in said.splitlines()), said


@pytest.mark.parametrize(("example", "most"), [("townboard", 150), ("signup", 60)])
def test_the_example_is_short(example: str, most: int) -> None:
    """It is all declarations."""
    source = HERE.parent / example / f"{example}.py"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= most
    assert Path(source).is_file()
