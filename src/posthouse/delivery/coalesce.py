"""Coalescing: an operation on a message that still waits changes what waits.

What may have arrived already is not changed: a messenger that knows its key would go on showing the
old content.
"""

import msgspec

from posthouse.delivery.queues import Item, Phase
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.changes import Change, Rewrite, Settle
from posthouse.ports.records import DeliveryState

encode_outgoing = msgspec.msgpack.Encoder().encode


class Coalesced:
    """A placement that changes deliveries that wait already instead of adding one."""

    __slots__ = ("absorbed", "cancelled", "changed", "outgoing")

    def __init__(
        self,
        changed: Item | None,
        outgoing: Outgoing | None,
        *,
        absorbed: list[Item],
        cancelled: list[Item],
    ) -> None:
        self.changed = changed
        """The one that is sent with other content."""
        self.outgoing = outgoing
        """That content."""
        self.absorbed = absorbed
        """Edits between the two, which nobody needs any more."""
        self.cancelled = cancelled

    @property
    def items(self) -> list[Item]:
        """All it touches."""
        return [*([self.changed] if self.changed else ()), *self.absorbed, *self.cancelled]


def coalesce(outgoing: Outgoing, waiting: list[Item], change: Change) -> Coalesced | None:
    """Merge an edit or a delete into what waits of its message; None where it must follow."""
    if any(item.outgoing.operation is Operation.DELETE for item in waiting):
        return None
    if outgoing.operation is Operation.DELETE:
        return _cancelled(waiting, change)
    return _merged(outgoing, waiting, change)


def _cancelled(waiting: list[Item], change: Change) -> Coalesced | None:
    """Cancel a send that waits, with everything that refers to it."""
    if waiting[0].outgoing.operation is not Operation.SEND or not all(map(_is_here, waiting)):
        return None
    _hold(waiting, change, DeliveryState.CANCELLED)
    return Coalesced(None, None, absorbed=[], cancelled=list(waiting))


def _merged(outgoing: Outgoing, waiting: list[Item], change: Change) -> Coalesced | None:
    """Put an edit's content into the oldest that is pending, and drop the edits between."""
    last = waiting[-1]
    if last.phase is Phase.UNCOMMITTED and any(last.row is mine for mine in change.deliveries):
        last.outgoing = _with_content(last.outgoing, outgoing)
        last.row.body = encode_outgoing(last.outgoing)
        return Coalesced(last, last.outgoing, absorbed=[], cancelled=[])
    place = next((place for place, item in enumerate(waiting) if _may_change(item)), None)
    if place is None or not all(map(_may_change, waiting[place:])):
        return None
    oldest, *between = waiting[place:]
    merged = _with_content(oldest.outgoing, outgoing)
    oldest.phase = Phase.HELD
    change.writes.append(Rewrite(oldest.row.id, encode_outgoing(merged)))
    _hold(between, change, DeliveryState.MERGED)
    return Coalesced(oldest, merged, absorbed=between, cancelled=[])


def _is_here(item: Item) -> bool:
    """Whether it is certain that nothing of a delivery has left."""
    return item.phase is Phase.READY and not item.unsure


def _may_change(item: Item) -> bool:
    """Whether its content may be rewritten, in the database too."""
    return _is_here(item) and item.row.state is DeliveryState.PENDING


def _hold(items: list[Item], change: Change, state: DeliveryState) -> None:
    for item in items:
        item.phase = Phase.HELD
        change.writes.append(Settle(item.row.id, state))


def _with_content(waiting: Outgoing, edit: Outgoing) -> Outgoing:
    message_id = waiting.message_id or (
        edit.message_id if waiting.operation is Operation.EDIT else None
    )
    return msgspec.structs.replace(waiting, content=edit.content, message_id=message_id)
