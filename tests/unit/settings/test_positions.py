"""Where each key of a TOML text stands."""

import tomllib
from typing import Any

from hypothesis import given, strategies as st

from posthouse.settings.positions import find_positions

TEXT = '''# a comment = [
a = 1
"b c" . d = "x = 1 # no comment"   # [e]

[t]   # comment
one = """
[not.a.table]
""\\"" "quoted\\""""
two = \'\'\'
'' = \'\'\'\'\'
list = [
  "a", # ]
  { x = 1, "y" = [ 1,
    2 ] },
]
[t . 'u']
when = 1979-05-27T07:32:00Z
[[many]]
k = 1
[[many]]
k = 2
[many.sub]
z = {}
'''


def test_every_key_and_item_has_its_line() -> None:
    """Through comments, strings of all four kinds, nested arrays and tables in arrays."""
    assert find_positions(TEXT) == {
        ("a",): 2,
        ("b c",): 3,
        ("b c", "d"): 3,
        ("t",): 5,
        ("t", "one"): 6,
        ("t", "two"): 9,
        ("t", "list"): 11,
        ("t", "list", 0): 12,
        ("t", "list", 1): 13,
        ("t", "list", 1, "x"): 13,
        ("t", "list", 1, "y"): 13,
        ("t", "list", 1, "y", 0): 13,
        ("t", "list", 1, "y", 1): 14,
        ("t", "u"): 16,
        ("t", "u", "when"): 17,
        ("many",): 18,
        ("many", 0): 18,
        ("many", 0, "k"): 19,
        ("many", 1): 20,
        ("many", 1, "k"): 21,
        ("many", 1, "sub"): 22,
        ("many", 1, "sub", "z"): 23,
    }


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path inside decoded TOML."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = {path} if path else set()
    for key, item in inner:
        found |= paths_of(item, (*path, key))
    return found


def test_what_tomllib_finds_has_a_position() -> None:
    """The two agree on what there is."""
    assert set(find_positions(TEXT)) == paths_of(tomllib.loads(TEXT))


@given(st.text())
def test_a_text_that_is_not_toml_is_survived(text: str) -> None:
    """The finder gives up quietly, and always ends."""
    find_positions(text)
