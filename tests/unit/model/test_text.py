"""posthouse.model.text: texts are literal, spans compose."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from posthouse.model import text as texts
from posthouse.model.text import Span, Text, bold, hashtag, italic, link, mention, pre, text

MARKS = [
    texts.bold, texts.italic, texts.underline, texts.strike, texts.spoiler, texts.code, texts.quote,
]  # fmt: skip


def shown(found: Text) -> list[tuple[str, str]]:
    """Each span with the characters under it."""
    return [(span.kind, found.plain[span.start : span.end]) for span in found.spans]


@st.composite
def formatted(draw: st.DrawFn) -> Text:
    """Any text that can be composed."""
    found = text(draw(st.text(max_size=5)))
    for _ in range(draw(st.integers(0, 5))):
        match draw(st.integers(0, 2)):
            case 0:
                found = draw(st.sampled_from(MARKS))(found)
            case 1:
                found += draw(st.text(max_size=3))
            case _:
                found = draw(st.text(max_size=3)) + found
    return found


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_covers_what_it_is_given(mark: Any) -> None:
    """And is named after its function; what shows nothing has no span."""
    assert shown(mark("a*b")) == [(mark.__name__, "a*b")]
    assert mark(7).plain == "7"
    assert mark("") == Text()


def test_marks_carry_what_they_need() -> None:
    """An address, a person, a language."""
    assert link("shop", "https://x").spans == (Span(kind="link", start=0, end=4, url="https://x"),)
    assert mention("Ann", "7").spans[0].person == "7"
    assert pre("x = 1", language="py").spans[0].language == "py"


def test_spans_nest_outermost_first() -> None:
    """As they were written."""
    found = bold(text("a ", italic("b")))
    assert shown(found) == [("bold", "a b"), ("italic", "b")]


def test_a_text_is_composed_like_a_string() -> None:
    """`text`, `+` from both sides and `join`; other objects are shown by str()."""
    found = "1 " + bold("2") + " 3" + italic("4")
    assert (str(found), len(found), bool(found)) == ("1 2 34", 6, True)
    assert shown(found) == [("bold", "2"), ("italic", "4")]
    assert shown(bold(", ").join(["a", italic("b"), "c"])) == [
        ("bold", ", "),
        ("italic", "b"),
        ("bold", ", "),
    ]
    assert text("Price: ", 7, None).plain == "Price: 7None"
    assert not text()


@pytest.mark.parametrize("other", [3, None, b"x"])
def test_only_texts_are_added(other: Any) -> None:
    """`text(...)` is for other objects."""
    with pytest.raises(TypeError):
        _ = bold("x") + other
    with pytest.raises(TypeError):
        _ = other + bold("x")


@given(formatted(), formatted(), formatted())
def test_composition_is_associative_and_keeps_every_span(a: Text, b: Text, c: Text) -> None:
    """The order in which texts are put together does not matter."""
    assert (a + b) + c == a + (b + c) == text(a, b, c) == text("").join([a, b, c])
    assert shown(a + b) == shown(a) + shown(b)
    assert (a + "") == a == ("" + a)


@given(formatted(), st.integers(0, 20))
def test_a_cut_text_has_no_span_outside(found: Text, length: int) -> None:
    """Spans are clipped, or go."""
    short = found.cut(length)
    assert short.plain == found.plain[:length]
    assert all(0 <= s.start < s.end <= len(short.plain) for s in short.spans)
    assert found.cut(len(found)) == found


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("Kyiv", "#Kyiv"),
        ("Nova Kakhovka", "#Nova_Kakhovka"),
        ("Кам\u2019янець-Подільський", "#Камянець_Подільський"),  # noqa: RUF001  that is the town
        ("  2 cars! ", "#2_cars"),
        ("<b>", "#b"),
        ("2024", ""),
        ("\u202e", ""),
    ],
)
def test_a_hashtag_is_one_tag_that_can_be_found(words: str, tag: str) -> None:
    """Whatever stands in the words; without a letter it is none."""
    assert hashtag(words) == Text(tag)
