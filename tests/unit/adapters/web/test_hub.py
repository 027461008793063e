import asyncio

import pytest

from posthouse.adapters.web.archive import MessageRow
from posthouse.adapters.web.hub import QUEUE_FRAMES, TOO_SLOW, Change, Connection, Hub, Numbers


def row(seq: int) -> MessageRow:
    """Return some message."""
    return MessageRow("ann", seq, seq, f"b{seq}", "", b"{}", 0.0)


def test_changes_come_out_in_the_order_of_their_numbers() -> None:
    """A later change that is durable first waits for the earlier one."""
    out: list[int] = []
    numbers = Numbers(7, lambda change: out.append(change.seq))
    first, second, third = numbers.begin(), numbers.begin(), numbers.begin()
    for change in (third, second):
        change.row = row(change.seq)
        numbers.end(change)
    assert out == []
    numbers.end(first)
    numbers.end(first)
    assert out == [9, 10]
    assert numbers.out == 10


def test_a_change_that_fails_holds_up_nobody() -> None:
    """Its number is passed over."""
    out: list[int] = []
    numbers = Numbers(0, lambda change: out.append(change.seq))
    with pytest.raises(ZeroDivisionError), numbers.change():
        _ = 1 / 0
    with numbers.change() as change:
        change.row = row(change.seq)
    assert out == [2]


async def test_a_page_that_does_not_read_is_closed() -> None:
    """Its queue has a bound; it comes back and asks."""
    connection = Connection("ann", "Ann")
    for _ in range(QUEUE_FRAMES + 1):
        connection.offer("x")
    assert connection.close_code == TOO_SLOW
    assert await connection.taken() is None


async def test_a_page_that_catches_up_is_not_sent_changes_but_they_are_noted() -> None:
    """So that it neither misses one nor gets one out of order."""
    hub, connection = Hub(), Connection("ann", "Ann")
    hub.add(connection)
    change = Change(4)
    change.row = row(4)
    hub.show(change, to=None)
    assert connection.missed == 4
    connection.synced = True
    hub.show(change, to=lambda person: True)
    assert await connection.taken() is not None


async def test_waiting_for_everyone_to_leave() -> None:
    """It ends when the last page is gone."""
    hub, connection = Hub(), Connection("ann", "Ann")
    await hub.emptied()
    hub.add(connection)
    waiting = asyncio.ensure_future(hub.emptied())  # noqa: TID251  the test owns it
    await asyncio.sleep(0)
    assert not waiting.done()
    hub.remove(connection)
    await waiting
