"""posthouse.model.native: an object that is read when somebody looks at it, and not before."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from posthouse.model.native import Unopened
from posthouse.model.update import Update, is_opened


class Reads:
    """Counts how often something is read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, body: bytes) -> Any:
        self.count += 1
        return (body.decode(), 1)


def update(native: Any) -> Update:
    """An update with that native object."""
    return Update(id="1", bot="shop", at=datetime(2026, 1, 1, tzinfo=UTC), native=native)


def test_it_is_read_once_and_by_whoever_looks() -> None:
    """All who have a copy of the update get the same object."""
    reads = Reads()
    first = update(Unopened(reads, b"body"))
    second = replace(first, id="2")
    assert (reads.count, is_opened(first)) == (0, False)
    assert first.native == ("body", 1)
    assert second.native is first.native
    assert (reads.count, is_opened(second)) == (1, True)


def test_an_update_is_equal_to_one_that_was_opened() -> None:
    """Also by its hash, as a copy, pickled, and as it is shown."""
    opened = update(("body", 1))

    def unopened() -> Update:
        return update(Unopened(Reads(), b"body"))

    assert unopened() == opened
    assert opened == unopened()
    assert unopened() == unopened()
    assert unopened() != update(Unopened(Reads(), b"other"))
    assert hash(unopened()) == hash(opened)
    assert repr(unopened()) == repr(opened)
    assert repr(Unopened(Reads(), b"body")) == "('body', 1)"
    assert copy.copy(unopened()) == opened
    assert copy.deepcopy(unopened()) == opened
    assert pickle.loads(pickle.dumps(unopened())) == opened


def test_native_cannot_be_set() -> None:
    """Updates are frozen."""
    told = update(None)
    assert told.native is None
    assert is_opened(told)
    with pytest.raises(AttributeError):
        told.native = 1  # type: ignore[misc]  # what is tested
