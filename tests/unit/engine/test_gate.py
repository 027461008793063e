"""The gate: what comes before a bot's lanes are there is held, in order."""

from posthouse.engine.gate import Gate
from posthouse.ports.adapter import Incoming, Settled
from posthouse.testing import FakeReceiver


def incoming(number: int) -> Incoming:
    """Return an update."""
    return Incoming(update_id=f"u{number}", chat="c", person="p", kind="textmessage", body=b"")


def test_what_comes_early_is_held_and_passed_on_in_order() -> None:
    """An adapter may receive while it starts; nothing is lost, and everything is settled."""
    gate, receiver, how = Gate(), FakeReceiver(), list[Settled]()
    gate.receive(incoming(1), how.append)
    gate.malformed("m1", b"x", reason="no JSON", on_settled=how.append)
    gate.receive(incoming(2), how.append)
    assert how == []
    gate.open(receiver)
    assert [one.update_id for one in receiver.received] == ["u1", "u2"]
    assert receiver.set_aside == [("m1", b"x", "no JSON")]
    assert sorted(how) == [Settled.DONE, Settled.DONE, Settled.QUARANTINED]


def test_once_open_everything_passes() -> None:
    """Nothing waits any more."""
    gate, receiver = Gate(), FakeReceiver()
    gate.open(receiver)
    gate.receive(incoming(1))
    gate.malformed("m1", b"x", reason="no JSON")
    assert len(receiver.received) == len(receiver.set_aside) == 1


def test_a_bot_that_is_started_again_keeps_its_place() -> None:
    """What came meanwhile goes to the receiver it had."""
    gate, receiver = Gate(), FakeReceiver()
    gate.open(receiver)
    gate.receive(incoming(1))
    gate.open(receiver)
    assert len(receiver.received) == 1
