"""posthouse.errors: the tree that is drawn is the tree there is."""

import re

import pytest

from posthouse import errors
from posthouse.errors import ConflictError, NotSentError, PosthouseError

DRAWN = re.compile(r"^(?P<stem>[│├└─ ]*)(?P<name>[A-Z]\w+Error)\b(?: +(?P<what>.+))?$")


def drawn() -> dict[str, str]:
    """Each drawn class with the class above it."""
    above: list[str] = []
    found = {}
    for line in (errors.__doc__ or "").splitlines():
        if match := DRAWN.match(line):
            depth = len(match["stem"]) // 4
            found[match["name"]] = above[depth - 1] if depth else "Exception"
            above[depth:] = [match["name"]]
    return found


def classes() -> dict[str, str]:
    """Each class of the module with its base."""
    return {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, PosthouseError)
    }


def test_the_drawing_shows_every_class_under_its_base() -> None:
    """In the order of the file, too."""
    assert list(drawn().items()) == list(classes().items())


@pytest.mark.parametrize("name", classes())
def test_every_error_says_what_it_is(name: str) -> None:
    """Its docstring is one true sentence."""
    [first, *_] = (getattr(errors, name).__doc__ or "").splitlines()
    assert re.fullmatch(r"(posthouse\.toml|[A-Z]).+\.", first)


def test_branches_tell_what_the_caller_can_do() -> None:
    """Four branches, nothing beside them."""
    branches = {name for name, base in classes().items() if base == "PosthouseError"}
    assert branches == {"SetupError", "MistakeError", "TryLaterError", "GiveUpError"}


def test_a_delivery_that_did_not_leave_tells_how_long_to_wait() -> None:
    """The outbox decides by attributes, never by text."""
    assert NotSentError("busy", retry_after_s=3.0).retry_after_s == 3.0
    assert NotSentError("gone").retry_after_s is None


def test_a_conflict_tells_whether_a_constraint_refused_it() -> None:
    """Otherwise the number of rows was not the expected one."""
    assert ConflictError("taken", constraint=True).constraint
    assert not ConflictError("taken").constraint
