"""posthouse.model: replies, screens and the plain data around them."""

import msgspec
import pytest

from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.outgoing import Content, DeliveryClass, Operation, Outgoing
from posthouse.model.reply import BACK, HOME, PASS, SILENT, Button, Screen, Signal
from posthouse.model.text import bold


def test_a_screen_grows_row_by_row() -> None:
    """Each call gives a new screen; the last buttons lead back and home."""
    one = Button(label="1", action="shop.one")
    screen = Screen("Shelf")
    full = screen.row(one, one.once()).back().home("start")
    assert screen.rows == ()
    assert [[b.label for b in row] for row in full.rows] == [["1", "1"], ["‹"], ["start"]]
    assert [row[0].action for row in full.rows] == ["shop.one", BACK, HOME]
    assert [b.only_once for b in full.rows[0]] == [False, True]


def test_signals_are_no_messages() -> None:
    """Two names of an enumeration, so type checkers narrow them."""
    assert (PASS, SILENT) == (Signal.PASS, Signal.SILENT)


def test_objects_are_frozen() -> None:
    """Nothing that was sent changes behind somebody's back."""
    person = Person(id="1", name="Ann")
    with pytest.raises(AttributeError):
        person.name = "Bo"  # type: ignore[misc]  # the point


def test_outgoing_operations_travel_as_data() -> None:
    """They are kept in the outbox and come back the same; what is default takes no room."""
    outgoing = Outgoing(operation=Operation.EDIT, content=Content(text=bold("x")), target=3)
    body = msgspec.msgpack.encode(outgoing)
    assert msgspec.msgpack.decode(body, type=Outgoing) == outgoing
    assert msgspec.json.encode(Outgoing()) == b"{}"


def test_words_of_the_glossary_are_values() -> None:
    """They stand in databases and logs."""
    assert [str(kind) for kind in ChatKind] == ["private", "group", "broadcast"]
    assert [str(kind) for kind in DeliveryClass] == ["answer", "bridge", "bulk"]
    assert Chat(id="1", bot="post", messenger="web").kind is ChatKind.PRIVATE
    assert Capabilities().edits is Level.FULL
    assert Level.REJECTED < Level.DROPPED < Level.FALLBACK < Level.PARTIAL < Level.FULL
