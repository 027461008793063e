"""posthouse.model.secret: what must never be shown is not."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from posthouse.model.secret import MASK, Secret, is_secret_name, revealed

TOKEN = Secret("123:abc")


@pytest.mark.parametrize("show", [str, repr, "{}".format, "%s".__mod__, lambda s: f"{[s]!r:}"])
def test_a_secret_shows_as_a_mask(show: Callable[[Any], str]) -> None:
    """However it is printed; only reveal() gives it out."""
    assert "abc" not in show(TOKEN)
    assert MASK in show(TOKEN)
    assert TOKEN.reveal() == "123:abc"


def test_secrets_are_compared_by_value() -> None:
    """Never with plain texts."""
    assert Secret("123:abc") == TOKEN
    assert Secret("x") != TOKEN
    assert TOKEN != "123:abc"
    assert len({TOKEN, Secret("123:abc")}) == 1
    assert [bool(Secret("")), bool(TOKEN)] == [False, True]


@pytest.mark.parametrize("keep", [pickle.dumps, copy.copy])
def test_a_secret_is_not_written_anywhere(keep: Callable[[Any], object]) -> None:
    """Pickles end in files."""
    with pytest.raises(TypeError, match="not pickled"):
        keep(TOKEN)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("token", True),
        ("BOT_TOKEN", True),
        ("api-keys", True),
        ("keyboard", False),
        ("monkey", False),
    ],
)
def test_settings_are_known_to_be_secret_by_name(name: str, expected: bool) -> None:
    """Whole words only."""
    assert is_secret_name(name) is expected


def test_secrets_are_found_in_nested_data() -> None:
    """So that they can be masked wherever it is printed."""
    data = {"a": [TOKEN, {"b": (Secret("x"), "y")}], "c": 3}
    assert sorted(revealed(data)) == ["123:abc", "x"]
