"""The public names of `posthouse.publishing`."""

import ast
from pathlib import Path

import pytest

from posthouse import publishing

SOURCE = Path(publishing.__file__).with_suffix(".pyi")


def test_type_checkers_see_the_same_names_from_the_same_modules() -> None:
    """The stub and the table agree."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    told = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == publishing._HOMES
    assert {name for name in told if name not in dir(publishing)} == set()


@pytest.mark.parametrize("name", publishing.__all__)
def test_every_name_is_there(name: str) -> None:
    """And what it names says so."""
    found = getattr(publishing, name)
    assert getattr(found, "__name__", name).lstrip("_") in {name, "Union"}


def test_a_name_that_is_not_there_names_the_nearest() -> None:
    """As everywhere."""
    with pytest.raises(AttributeError, match=r"no attribute 'Topc'; did you mean 'Topic'[?]$"):
        _ = publishing.Topc  # type: ignore[attr-defined]
