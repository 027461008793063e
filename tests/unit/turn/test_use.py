"""posthouse.turn.use: the marker of what modules provide, and reading annotations."""

import functools
from typing import Any

import pytest

from posthouse.errors import RouteError
from posthouse.turn.use import USE, has_known_names, hints_of, use, uses_of, where


class Shop:
    """What a module provides here."""


class Later:
    """An object that can be called."""

    def __call__(self, shop: "Nothing") -> None:  # type: ignore[name-defined]  # noqa: F821
        """Name what does not exist."""


def handler(page: int, *, shop: Shop = use()) -> str:
    """Call the shop."""
    return f"{page} {shop.name}"  # type: ignore[attr-defined]  # the point


def test_the_marker_says_what_it_is_when_it_is_touched() -> None:
    """A test that calls the handler itself forgot to pass the object."""
    with pytest.raises(AttributeError, match=r"so it has no 'name' here; .* pass the object"):
        handler(1)
    assert repr(USE) == "use()"


def test_marked_parameters_are_found_with_their_types() -> None:
    """And nothing else."""
    assert uses_of(handler) == {"shop": Shop}
    assert uses_of(lambda page: page) == {}


def test_annotations_are_read_from_whatever_can_be_called() -> None:
    """A partial's function, an object's __call__."""
    assert hints_of(functools.partial(handler, 1))["shop"] is Shop
    assert has_known_names(handler)
    assert not has_known_names(Later())
    with pytest.raises(RouteError, match="'Nothing' cannot be resolved; import it at module level"):
        hints_of(Later())


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (lambda shop=USE: shop, r"shop = use\(\) must stand after a bare \*"),
        (lambda *, shop=USE: shop, r"shop = use\(\) needs an annotation"),
    ],
)
def test_wrong_marks_are_refused(fn: Any, message: str) -> None:
    """With file and line."""
    with pytest.raises(RouteError, match=rf"test_use.py:\d+\): {message}"):
        uses_of(fn)


def test_a_place_is_told_for_built_ins_too() -> None:
    """As far as it is known."""
    assert where(len) == "builtins.len"
    assert where(handler).endswith(f"test_use.py:{handler.__code__.co_firstlineno})")
