"""Answers that are a text: words, mail addresses, addresses of pages."""

from typing import Any

import pytest
from msgspec.structs import replace

from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.folding import cleaned, folded
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.offers import Wrong
from posthouse.dialogs.forms.texts import MOST_CHARACTERS
from posthouse.model.text import Text, bold, text as composed
from posthouse.model.update import TextMessage
from posthouse.model.values import Email, Url
from tests.unit.dialogs.forms.given import (
    contact,
    empty,
    fault,
    kind_in,
    photo,
    sticker,
    text,
    value,
)

FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e007f!!"
"""One whose last letters cannot be seen."""


class Post(Form):
    words: str = ask(min_length=3, max_length=10)
    line: str = ask(single_line=True)
    mail: Email = ask()
    page: Url = ask()
    rich: Text = ask(max_length=10)


def read(name: str, given: Any) -> Any:
    """What a field makes of something."""
    return kind_in(Post, name).read(given, None, empty(Post))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  three \n", "three"),
        ("<b>x</b>", "<b>x</b>"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u200b a\x00b\x07c \u2800", "abc"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e007f!!",
            "\U0001f3f4\U000e0067\U000e0062\U000e007f!!",
        ),
        ("\ud800abc", "\ufffdabc"),
        ("0123456789", "0123456789"),
    ],
)
def test_a_text_is_kept_literally_and_trimmed(written: str, kept: str) -> None:
    """Markup stays markup's letters; what nobody sees falls off."""
    assert value(read("words", text(written))) == kept


@pytest.mark.parametrize(
    ("given", "key", "values"),
    [
        (text("ab"), "text-short", {"least": 3, "count": 2}),
        (text(" a           b "), "text-long", {"most": 10, "count": 13}),
        (text("x" * 100_000), "text-long", {"most": 10, "count": 100_000}),
        (text(" \n\u200b\u3164"), "expected-text-between", {"least": 3, "most": 10}),
        (text(""), "expected-text-between", {"least": 3, "most": 10}),
        (photo(), "expected-text-between", {"least": 3, "most": 10}),
        (sticker(), "expected-text-between", {"least": 3, "most": 10}),
        (contact("+1"), "expected-text-between", {"least": 3, "most": 10}),
    ],
)
def test_what_is_no_text_of_that_length_is_told(
    given: Any, key: str, values: dict[str, Any]
) -> None:
    """Counted after trimming, with what was counted and what fits."""
    assert fault(read("words", given)) == (key, values)


def test_a_text_keeps_its_formatting_when_it_is_wanted() -> None:
    """Trimmed, its spans with it; and it comes back as it was kept."""
    given = text("  so big ")
    assert isinstance(given, TextMessage)
    given = replace(given, formatted=composed("  so ", bold("big "), ""))
    kind, found = kind_in(Post, "rich"), read("rich", given).value
    assert (found, found.spans[0].end) == (composed("so ", bold("big")), 6)
    assert kind.from_plain(kind.to_plain(found)) == found
    assert read("rich", text("plain")).value == Text("plain")
    assert isinstance(read("rich", text("much too long")), Wrong)
    for raw in ("x", {"plain": 1}, {"plain": "much too long"}):
        with pytest.raises(ValueError, match="is no text"):
            kind.from_plain(raw)


def test_a_text_of_one_line() -> None:
    """Line breaks become spaces; without a limit of its own it has the usual one."""
    assert value(read("line", text("a\n\n b\tc"))) == "a b c"
    assert value(read("line", text("x" * MOST_CHARACTERS)))
    assert fault(read("line", text("x" * (MOST_CHARACTERS + 1))))[0] == "text-long"
    assert fault(read("line", sticker())) == ("expected-text", {"most": MOST_CHARACTERS})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ann.Lee+x@Example.ORG", "Ann.Lee+x@example.org"),
        (" mailto:a@b.co ", "a@b.co"),
        ("ганна@приклад.укр", "ганна@приклад.укр"),
    ],
)
def test_mail_addresses(written: str, kept: str) -> None:
    """The domain in small letters."""
    found = value(read("mail", text(written)))
    assert found == kept
    assert isinstance(found, Email)


@pytest.mark.parametrize(
    "written",
    ["a", "a@b", "@b.co", "a@", "a b@c.de", "a@b..c", "a@-b.co", ".a@b.co", "a@b.co,c@d.ef",
     "a@1.2", "x" * 65 + "@b.co", "a@" + "b" * 300 + ".co", "a@b.co\nBcc: c@d.ef", "a@b@c.de"],
)  # fmt: skip
def test_no_mail_addresses(written: str) -> None:
    """With an example of one."""
    assert fault(read("mail", text(written))) == ("expected-email", {})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTP://Example.org", "HTTP://Example.org"),
        ("example.org", "https://example.org"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ("https://приклад.укр/", "https://приклад.укр/"),
    ],
)
def test_addresses_of_pages(written: str, kept: str) -> None:
    """One without a scheme gets https."""
    found = value(read("page", text(written)))
    assert found == kept
    assert isinstance(found, Url)


@pytest.mark.parametrize(
    "written",
    ["ftp://x.org", "javascript:alert(1)", "data:text/html,x", "http://", "https://x", "a b.org",
     "https://a.org@b.org", "http://[::1", "http://x.org:99999", "https://x..org", "x" * 3000,
     "http://x.org\\@y.org", "http://300.1.1.1", "tg://resolve?domain=x", "https:///x.org", ""],
)  # fmt: skip
def test_no_addresses_of_pages(written: str) -> None:
    """Only http and https, a host that can be, and nothing before an @."""
    assert fault(read("page", text(written))) == ("expected-url", {})


def test_plain_data_that_is_no_such_text_is_refused() -> None:
    """A text that became too long for the form, or is none."""
    for name, raw in [
        ("words", "ab"), ("words", 5), ("mail", "x"), ("mail", None), ("page", "ftp://x.org"),
        ("page", 1),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match="is no"):
            kind_in(Post, name).from_plain(raw)


def test_folding_makes_alike_what_people_mean_alike() -> None:
    """Case, accents, every apostrophe or none, hyphens and spaces do not count."""
    same = [
        "Кам'янка-Бузька",
        "камʼянка бузька",
        "камʼянка  бузька".upper(),
        "Кам`янка–Бузька",
        "камянка бузька",
    ]
    assert len(set(map(folded, same))) == 1
    assert folded("Łódź") == folded("lodz")
    assert folded("Straße") == folded("STRASSE")
    assert folded("Йод") == folded("йод")
    assert cleaned("a\tb") == "a\tb"


def test_wrong_says_its_own_sentence_or_that_of_the_catalogue() -> None:
    """The one a form's check wrote comes first."""
    from tests.unit.dialogs.forms.given import Keys

    assert str(Wrong("a", {"b": 1}).words(Keys())) == "a b=1"
    assert Wrong("a", {}, "mine").words(Keys()) == "mine"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\u202aabc\u202c", "abc"),  # both stand at the edges
        ("a \u202bאבג\u202c", "a \u202bאבג\u202c"),
        ("a \u202egpj.exe", "a \u202egpj.exe\u202c"),
        ("a \u2067\u202bאבג\u2069 b", "a \u2067\u202bאבג\u202c\u2069 b"),
        ("\u202aab\u202c cd", "ab cd"),
        ("a \u2069\u202cb", "a b"),
        ("a \u202bb\nc\u202c d", "a \u202bb\u202c\nc d"),  # a line's end is the end of it, too
        ("a \u2067b\u202cc\u2069 d", "a \u2067bc\u2069 d"),
    ],
)
def test_a_change_of_direction_ends_where_its_line_does(written: str, kept: str) -> None:
    """Else what is shown behind the answer, such as another answer, would be turned as well."""
    assert cleaned(written) == kept
    assert cleaned(kept) == kept
