"""posthouse.routing.splitting: the words of a command line."""

import pytest
from hypothesis import given, strategies as st

from posthouse.routing.splitting import Word, clipped, next_word


def split(text: str) -> list[str]:
    """All words of a text."""
    words, at = [], 0
    while (word := next_word(text, at)) is not None:
        words.append(word.value)
        at = word.end
    return words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  \n ", []),
        ("tea  with\nmilk", ["tea", "with", "milk"]),
        ('"green tea" now', ["green tea", "now"]),
        ("“green tea” now", ["green tea", "now"]),
        ("„grüner Tee“ jetzt", ["grüner Tee", "jetzt"]),
        ("«thé vert»", ["thé vert"]),
        (r'"a \"b\" \\ \n"', [r'a "b" \ \n']),
        ('""', [""]),
        ('"not closed', ['"not', "closed"]),
        ('"glued"x', ['"glued"x']),
        ("don't stop", ["don't", "stop"]),
    ],
)
def test_quotes_hold_words_together_and_spaces_part_them(text: str, words: list[str]) -> None:
    """Straight and curly quotes work alike; what is not closed is literal."""
    assert split(text) == words


def test_a_word_knows_its_place_quotes_included() -> None:
    """Mentions are found by their place in the text."""
    assert next_word('x "a b"', 1) == Word("a b", 2, 7)


@given(st.lists(st.text()))
def test_what_is_quoted_comes_back_word_by_word(words: list[str]) -> None:
    """Any word survives straight quotes with backslashes before quotes and backslashes."""
    quoted = ['"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words]
    assert split(" ".join(quoted)) == words


def test_what_was_typed_is_shown_cut() -> None:
    """A long word does not fill the answer."""
    assert clipped("tea") == "tea"
    assert clipped("x" * 41) == "x" * 39 + "…"
