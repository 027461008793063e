"""Catalogues: languages and their order, values, formatting, and what is missing."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from posthouse.errors import SetupError
from posthouse.model.text import Text, bold, link, text
from posthouse.model.values import Money
from posthouse.words.catalogue import MOST_TAGS, Catalogue, merged
from posthouse.words.reading import BUILT_IN, read_folder

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Make a folder of catalogues: `write("shop", en="hello = Hi", uk="...")`."""

    def folder(name: str = "words", **files: str) -> Path:
        path = tmp_path / name
        path.mkdir(exist_ok=True)
        for language, source in files.items():
            (path / f"{language.replace('_', '-')}.ftl").write_text(source, encoding="utf-8")
        return path

    return folder


def test_a_language_falls_back_to_its_base_then_the_bots_then_english(write: Write) -> None:
    """Word by word: what one language lacks the next one says."""
    words = Catalogue(
        [
            write(
                en="a = a-en\nb = b-en\nc = c-en\nd = d-en",
                uk="a = a-uk\nb = b-uk",
                pl="a = a-pl\nc = c-pl",
                pt_BR="a = a-br",
            )
        ],
        default="pl",
    )
    assert [words.say(key, "uk-UA").plain for key in "abcd"] == ["a-uk", "b-uk", "c-pl", "d-en"]
    assert words.say("a", "UK_ua").plain == "a-uk"
    assert words.say("a", "ja").plain == "a-pl"
    assert words.say("a", "pt").plain == "a-br"  # a sister is nearer than a stranger
    assert words.say("a", "en-GB").plain == "a-en"
    assert words.languages == ("en", "pl", "pt-BR", "uk")
    assert [words.nearest(tag) for tag in ("uk-UA", "pt-PT", "ja", "")] == [
        "uk", "pt-BR", "pl", "pl",
    ]  # fmt: skip


def test_a_bot_without_english_speaks_what_it_can(write: Write) -> None:
    """And says the framework's words in English where these have no such language."""
    words = Catalogue([write(cs="hello = Ahoj")])
    assert words.say("hello", "en").plain == "Ahoj"
    assert words.nearest("fr") == "cs"
    assert words.say("posthouse-button-gone", "cs").plain == "That button no longer works."


def test_the_framework_speaks_no_language_that_the_apps_lack(write: Write) -> None:
    """One screen is in one language."""
    words = Catalogue([write(en="hello = Hi")])
    assert words.say("posthouse-button-gone", "uk").plain == "That button no longer works."
    without = Catalogue()
    assert set(without.languages) >= {"en", "uk", "ru"}
    assert without.say("posthouse-button-gone", "uk") != without.say("posthouse-button-gone", "en")


def test_the_first_app_that_has_a_key_says_it(write: Write) -> None:
    """Apps may say what the framework would, too; each keeps its own terms."""
    first = write("one", en="-brand = One\nhello = { -brand }")
    second = write("two", en="-brand = Two\nhello = no\nbye = { -brand }\nposthouse-sorry = Oops")
    words = merged((first, second))
    said = [words.say(key, "en").plain for key in ("hello", "bye", "posthouse-sorry")]
    assert said == ["One", "Two", "Oops"]
    assert merged((first, second)) is words


def test_a_message_may_refer_to_the_frameworks(write: Write) -> None:
    """Such as to repeat its apology."""
    words = Catalogue([write(en="oops = Oh! { posthouse-button-gone }")])
    assert words.say("oops", "en").plain == "Oh! That button no longer works."


def test_values_are_written_as_the_language_does(write: Write) -> None:
    """Numbers, money, dates, times, durations, in the manner of the language that is spoken."""
    source = "x = [{ $x }]"
    words = Catalogue([write(en=source, uk=source)])
    kyiv = datetime(2031, 5, 17, 16, 5, tzinfo=ZoneInfo("Europe/Kyiv"))
    values: list[tuple[Any, str, str]] = [
        ("a <b> & {c}", "a <b> & {c}", "a <b> & {c}"),
        (7, "7", "7"),
        (1234567, "1,234,567", "1 234 567"),
        (Decimal("2.50"), "2.5", "2,5"),
        (Decimal(10) ** 30, "1" + ",000" * 10, "1" + " 000" * 10),
        (float("inf"), "∞", "∞"),
        (Money(amount=Decimal(4500), currency="USD"), "$4,500", "4 500 USD"),
        (Money(amount=Decimal("4500.50"), currency="EUR"), "€4,500.50", "4 500,50 EUR"),
        (date(2031, 5, 17), "May 17, 2031", "17 трав. 2031 р."),  # noqa: RUF001
        (kyiv, "May 17, 2031, 4:05 PM", "17 трав. 2031 р., 16:05"),  # noqa: RUF001
        (time(16, 5), "4:05 PM", "16:05"),
        (timedelta(days=3), "3 days", "3 дні"),
        (True, "true", "true"),
        (None, "None", "None"),
    ]
    for value, english, ukrainian in values:
        said = [words.say("x", tag, x=value).plain for tag in ("en", "uk")]
        assert [_spaces(s) for s in said] == [f"[{english}]", f"[{ukrainian}]"], value
        shown = [_spaces(words.show(value, tag)) for tag in ("en", "uk")]
        if not isinstance(value, float):
            assert shown == [english, ukrainian], value


def _spaces(said: str) -> str:
    return said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_plurals_follow_the_language(write: Write) -> None:
    """Three forms in Ukrainian, two in English, by the number alone."""
    words = Catalogue(
        [
            write(
                en="n = { $n ->\n    [one] one ad\n   *[other] { $n } ads\n }",
                uk="n = { $n ->\n    [one] { $n } оголошення\n    [few] { $n } оголошення!\n"
                "   *[many] { $n } оголошень\n }",
            )
        ]
    )
    assert [words.say("n", "en", n=n).plain for n in (1, 2)] == ["one ad", "2 ads"]
    assert [words.say("n", "uk", n=n).plain for n in (1, 3, 11, 21)] == [
        "1 оголошення", "3 оголошення!", "11 оголошень", "21 оголошення",
    ]  # fmt: skip


def test_formatting_stays_inside_the_sentence(write: Write) -> None:
    """Bold is bold wherever the language puts it, in plain sentences and in chosen ones."""
    words = Catalogue(
        [
            write(
                en="by = { $who } sells { $what }.",
                uk="by = { $n ->\n    [one] Одне { $what }\n"
                "   *[other] Продає { $who }: { $what }\n }",
            )
        ]
    )
    who, what = bold("Ann <b>"), text("a ", link("car", "https://example.org"))
    assert words.say("by", "en", who=who, what=what) == text(who, " sells ", what, ".")
    assert words.say("by", "uk", who=who, what=what, n=5) == text("Продає ", who, ": ", what)
    assert words.say("by", "uk", who=who, what=what, n=1) == text("Одне ", what)


@pytest.mark.parametrize("value", ["\ufdd00\ufdd1", "x" * 100_000, bold("y" * 100_000)])
def test_no_value_is_cut_or_taken_for_something_else(write: Write, value: str | Text) -> None:
    """Neither long ones, which Fluent would cut, nor those that hold the framework's own marks."""
    words = Catalogue([write(en="a = { $x }!\nb = { $n ->\n   *[other] { $x }! { $x }\n }")])
    assert words.say("a", "en", x=value) == text(value, "!")
    assert words.say("b", "en", x=value, n=1) == text(value, "! ", value)


def test_directions_are_isolated_only_where_they_mix(write: Write) -> None:
    """Marks nobody needs would stand in every copied text."""
    words = Catalogue([write(en="hi = Hello, { $name }!", ar="hi = مرحبا { $name }!")])
    assert words.say("hi", "en", name="Ann").plain == "Hello, Ann!"
    assert words.say("hi", "en", name="علي").plain == "Hello, \u2068علي\u2069!"
    assert words.say("hi", "ar", name="علي").plain == "مرحبا علي!"
    assert words.say("hi", "ar", name=bold("Ann")) == text("مرحبا \u2068", bold("Ann"), "\u2069!")


def test_a_key_that_is_nowhere_shows_itself(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    """And is told once, not with every update."""
    words = Catalogue([write(en="a = { $x }")])
    with caplog.at_level(logging.WARNING, "posthouse.words"):
        assert [words.say("nope", tag).plain for tag in ("en", "uk", "en")] == ["nope"] * 3
        assert words.say("a", "en").plain == words.say("a", "en").plain == "x"
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "words 'nope'", "words 'a' in en",
    ]  # fmt: skip
    assert not words.has("nope", "en")
    assert words.has("a", "uk")


def test_attributes_are_keys_of_their_own(write: Write) -> None:
    """A message may have nothing else."""
    words = Catalogue([write(en="car = Car?\n    .label = Car\nonly =\n    .label = Only")])
    assert words.say("car.label", "en").plain == "Car"
    assert words.say("only.label", "en").plain == "Only"
    assert not words.has("only", "en")
    assert not words.has("car.hint", "en")
    assert not words.has("-brand", "en")


def test_a_broken_message_is_named_and_the_others_work(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    """With the file and the line."""
    folder = write(en="good = Good\n\nbad = { $x\n\nlate = Late\ngood = Twice")
    with caplog.at_level(logging.WARNING, "posthouse.words"):
        words = Catalogue([folder])
        assert words.say("late", "en").plain == "Late"
    assert words.say("good", "en").plain == "Good"
    said = [record.getMessage() for record in caplog.records]
    assert said[0].startswith(f"{folder / 'en.ftl'}:3: ")
    assert said[1] == f"{folder / 'en.ftl'}:6: good stands in line 1 already"


def test_a_folder_without_catalogues_is_a_mistake(tmp_path: Path) -> None:
    """It is told when the bot starts."""
    with pytest.raises(SetupError, match=r"put files such as en\.ftl there"):
        Catalogue([tmp_path / "nowhere"]).load()


def test_languages_name_themselves(write: Write) -> None:
    """As in a menu of languages."""
    words = Catalogue([write(en="a = a", uk="a = a", ru="a = a")])
    assert words.names() == {"en": "English", "ru": "Русский", "uk": "Українська"}


def test_tags_that_somebody_makes_up_are_not_remembered_for_ever(write: Write) -> None:
    """A messenger passes on whatever a client says."""
    words = Catalogue([write(en="a = a")])
    for number in range(2 * MOST_TAGS):
        assert words.say("a", f"x{number}").plain == "a"
    assert len(words._chains) <= MOST_TAGS + 1
    assert len(words._found) <= MOST_TAGS + 2


def test_moments_have_no_zone_of_their_own(write: Write) -> None:
    """They are written as they are; who says them puts them into the bot's zone."""
    words = Catalogue([write(en='x = { DATETIME($x, dateStyle: "long") }')])
    at = datetime(2031, 5, 17, 16, 5, tzinfo=UTC)
    assert words.say("x", "en", x=at.date()).plain == "May 17, 2031"
    assert _spaces(words.say("x", "en", x=at).plain) == "May 17, 2031, 4:05 PM"


def test_every_language_says_all_that_the_framework_says() -> None:
    """With the same attributes, and nothing besides; no file has a broken message."""
    files = read_folder(BUILT_IN)
    assert set(files) >= {"en", "uk", "ru"}
    for language, file in files.items():
        assert not file.broken, language
        assert set(file.lines) == set(files["en"].lines), language
