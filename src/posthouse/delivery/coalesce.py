"""Coalescing: an edit or a deletion of a message that still waits changes what waits, instead of following it.

What may have arrived already is not changed: a messenger that knows its key would go on showing the old content.
"""

import msgspec

from posthouse.delivery.queues import Item, Phase
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.records import Change, DeliveryState, Rewrite, Settle

encode_outgoing = msgspec.msgpack.Encoder().encode


class Coalesced:
    """A placement that changes deliveries that wait already instead of adding one."""

    __slots__ = ("items", "outgoing")

    def __init__(self, items: list[Item], outgoing: Outgoing | None) -> None:
        self.items = items
        self.outgoing = outgoing
        """The new content of the only one, or None when all are cancelled."""


def coalesce(outgoing: Outgoing, waiting: list[Item], change: Change) -> Coalesced | None:
    """Merge an edit or a delete into what waits of its message; None where it must follow instead."""
    if any(item.outgoing.operation is Operation.DELETE for item in waiting):
        return None
    if outgoing.operation is Operation.DELETE:
        return _cancelled(waiting, change)
    return _merged(outgoing, waiting, change)


def _cancelled(waiting: list[Item], change: Change) -> Coalesced | None:
    """Cancel a send that waits, with everything that refers to it."""
    if waiting[0].outgoing.operation is not Operation.SEND or waiting[0].unsure:
        return None
    if any(item.phase is not Phase.READY for item in waiting):
        return None
    for item in waiting:
        item.phase = Phase.HELD
        change.writes.append(Settle(item.row.id, DeliveryState.CANCELLED))
    return Coalesced(list(waiting), None)


def _merged(outgoing: Outgoing, waiting: list[Item], change: Change) -> Coalesced | None:
    """Put an edit's content into the oldest that is pending, or that this very change adds."""
    for item in waiting:
        if item.phase is Phase.READY and item.row.state is DeliveryState.PENDING and not item.unsure:
            merged = _with_content(item.outgoing, outgoing)
            item.phase = Phase.HELD
            change.writes.append(Rewrite(item.row.id, encode_outgoing(merged)))
            return Coalesced([item], merged)
        if item.phase is Phase.UNCOMMITTED and any(item.row is mine for mine in change.deliveries):
            item.outgoing = _with_content(item.outgoing, outgoing)
            item.row.body = encode_outgoing(item.outgoing)
            return Coalesced([item], item.outgoing)
    return None


def _with_content(waiting: Outgoing, edit: Outgoing) -> Outgoing:
    message_id = waiting.message_id or (edit.message_id if waiting.operation is Operation.EDIT else None)
    return msgspec.structs.replace(waiting, content=edit.content, message_id=message_id)
