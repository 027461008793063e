"""posthouse.model.characters: what people see as one character is not cut."""

import pytest

from posthouse.model.characters import is_torn

WHOLE = [
    "e\u0301",
    "e\u0301\u0323",
    "\u0915\u093f",
    "1\ufe0f\u20e3",
    "\u2764\ufe0f",
    "\r\n",
    "\U0001f44d\U0001f3fd",
    "\U0001f1e9\U0001f1ea",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]


@pytest.mark.parametrize("character", WHOLE, ids=ascii)
@pytest.mark.parametrize("around", ["", "a", "\U0001f600", "\U0001f1e9\U0001f1ea"], ids=ascii)
def test_a_cut_within_a_character_tears_it(character: str, around: str) -> None:
    """Between its parts everywhere, before and behind it not."""
    plain = around + character + around
    first, last = len(around), len(around) + len(character)
    assert not is_torn(plain, first)
    assert not is_torn(plain, last)
    assert all(is_torn(plain, at) for at in range(first + 1, last))


def test_the_ends_of_a_text_tear_nothing() -> None:
    """Neither does the white space behind a joiner that joins nothing."""
    assert not is_torn("\u0301a", 0)
    assert not is_torn("ab", 2)
    assert not is_torn("a\u200d b", 2)


def test_flags_in_a_row_are_cut_between_pairs() -> None:
    """Two letters make a flag."""
    flags = "\U0001f1e9\U0001f1ea" * 3
    assert [is_torn(flags, at) for at in range(1, 6)] == [True, False, True, False, True]
