"""posthouse.turn.conversation: states that apps keep between turns."""

from typing import Any, ClassVar

import msgspec
import pytest

from posthouse.turn.conversation import Conversation, Conversations, Scope, is_conversation

PERSON = Scope.PERSON_IN_CHAT


class Cart(Conversation):
    items: list[str] = []  # noqa: RUF012  msgspec copies it
    note: str = ""


class Room(Conversation):
    scope: ClassVar[Scope] = Scope.CHAT
    topic: str = ""


def row(**states: Any) -> dict[Scope, bytes | None]:
    """A row as it is kept: a map of states."""
    return {PERSON: msgspec.msgpack.encode({f"shop.{name}": s for name, s in states.items()})}


def test_a_state_begins_with_its_defaults_and_is_one_object() -> None:
    """Nothing is written until something changes."""
    states = Conversations({})
    cart = states.get(Cart, app="shop")
    assert cart == Cart()
    assert states.get(Cart, app="shop") is cart
    assert states.get(Cart, app="other") is not cart
    assert states.changed() == {}


def test_what_changed_is_found_and_read_again() -> None:
    """In its own scope, beside the states of other apps; asking twice tells the same."""
    states = Conversations(row(Other={"x": 1}))
    states.get(Cart, app="shop").items.append("tea")
    states.get(Room, app="shop").topic = "tea"
    changed = states.changed()
    assert changed == states.changed()
    assert set(changed) == {PERSON, Scope.CHAT}
    again = Conversations(changed)
    assert again.get(Cart, app="shop") == Cart(items=["tea"])
    assert again.get(Room, app="shop").topic == "tea"
    assert msgspec.msgpack.decode(changed[PERSON])["shop.Other"] == {"x": 1}
    assert again.changed() == {}


def test_a_state_that_goes_back_to_its_defaults_is_written() -> None:
    """It was something else before."""
    states = Conversations(row(Cart={"items": ["tea"], "note": ""}))
    states.get(Cart, app="shop").items.clear()
    assert Conversations(states.changed()).get(Cart, app="shop") == Cart()


def test_unknown_fields_are_kept() -> None:
    """An older version of the class may be running beside a newer one."""
    loaded = row(Cart={"items": ["tea"], "colour": "red", "note": ""})
    states = Conversations(loaded)
    cart = states.get(Cart, app="shop")
    assert states.changed() == {}
    cart.note = "milk"
    kept = msgspec.msgpack.decode(states.changed()[PERSON])["shop.Cart"]
    assert kept == {"items": ["tea"], "colour": "red", "note": "milk"}


class Thrifty(Conversation, omit_defaults=True):
    """A state that writes down only what differs from its defaults."""

    count: int = 0


def test_a_field_that_is_back_at_its_default_is_not_taken_for_an_unknown_one() -> None:
    """A class that leaves out defaults can still go back to them."""
    states = Conversations(row(Thrifty={"count": 5}))
    states.get(Thrifty, app="shop").count = 0
    changed = states.changed()
    assert Conversations(changed).get(Thrifty, app="shop") == Thrifty()


def test_new_fields_are_written_once() -> None:
    """A state from before the field was added."""
    states = Conversations(row(Cart={"items": ["tea"]}))
    states.get(Cart, app="shop")
    changed = states.changed()
    again = Conversations(changed)
    again.get(Cart, app="shop")
    assert again.changed() == {}


def test_what_no_longer_decodes_is_set_aside_and_begins_anew() -> None:
    """Its bytes are told, and gone from the row even if the new state stays as it is."""
    states = Conversations(row(Cart={"items": 3}, Other=1))
    assert states.get(Cart, app="shop") == Cart()
    [broken] = states.broken
    assert (broken.scope, broken.name) == (PERSON, "shop.Cart")
    assert msgspec.msgpack.decode(broken.body) == {"items": 3}
    assert "items" in broken.error
    assert msgspec.msgpack.decode(states.changed()[PERSON]) == {"shop.Other": 1}
    states.get(Cart, app="shop").note = "new"
    assert Conversations(states.changed()).get(Cart, app="shop") == Cart(note="new")


@pytest.mark.parametrize(
    ("kind", "expected"), [(Cart, True), (str, False), (list[int], False), (Cart(), False)]
)
def test_conversations_are_told_from_other_annotations(kind: Any, expected: bool) -> None:
    """By their class."""
    assert is_conversation(kind) is expected
