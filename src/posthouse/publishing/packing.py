"""Packing: from what a chat is to get to rows of its outbox, with the receipts that follow them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import exists

from posthouse.delivery.outbox import Placement, encode_outgoing
from posthouse.delivery.retry import EXPIRE_AFTER_S
from posthouse.engine.bot import BotRuntime
from posthouse.engine.dividing import shape_of
from posthouse.engine.signing import Signer
from posthouse.errors import InvalidReplyError, MistakeError, RejectedError
from posthouse.model.capabilities import Level
from posthouse.model.media import is_kept
from posthouse.model.outgoing import Content, DeliveryClass, Operation, Outgoing
from posthouse.model.splitting import parts
from posthouse.ports.changes import Change, Execute, PutPayload, UseMedia, Verdict
from posthouse.ports.records import DeliveryRow, DeliveryState
from posthouse.publishing.composing import Parcel
from posthouse.publishing.desk import Desk
from posthouse.publishing.receipts import Carried
from posthouse.publishing.rows import QUEUED, SENT, SKIPPED, WAITING, change
from posthouse.publishing.showing import Shown, keyed
from posthouse.storage.publishing import item as stored
from posthouse.turn.front import has_buttons

log = logging.getLogger("posthouse.publishing")

_BULK = DeliveryClass.BULK
MOST_KEPT = 256
"""Items whose media are known to be where a bot can get at them."""


class _Packed(NamedTuple):
    """A parcel as deliveries."""

    rows: list[tuple[DeliveryRow, Outgoing]]
    kept: list[PutPayload]
    """What has to be kept for its buttons."""
    key: int
    """Delivery key of the message that its receipts bear."""


class Packer:
    """Puts parcels into outboxes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[int, bytes, int], Shown] = {}

    async def send(
        self, bot: BotRuntime, chat: str, parcel: Parcel, follow: Callable[[int], object]
    ) -> "asyncio.Future[bool]":
        """Queue a parcel; the future tells whether anything came of it.

        `follow` is called with the key of every delivery that was queued.
        """
        try:
            shown = await self._media(bot, parcel)
            if parcel.beneath is not None:
                shown = replace(shown, rows=(*shown.rows, (parcel.beneath,)))
            parcel = replace(parcel, shown=shown)
            packed = self._packed(bot, bot.moved.get(chat, chat), parcel)
        except (InvalidReplyError, MistakeError, RejectedError) as error:
            log.warning("an item cannot be sent to chat %s: %s", chat, error)
            return self._ended(parcel, "rejected")
        if packed is None:
            return self._ended(parcel, SENT)
        return self._submit(bot, parcel, packed, follow)

    # --- contents

    async def _media(self, bot: BotRuntime, parcel: Parcel) -> Shown:
        """Return what a parcel shows with media that the bot can send."""
        shown, item = parcel.shown, parcel.item
        if not shown.has_media:
            return shown
        known = (item.id, item.digest, bot.account) if item is not None else (0, b"", 0)
        found = self._kept.get(known) if item is not None else None
        if found is None:
            content = await self._desk.engine.media.keep(shown.content, bot=bot.name)
            found = replace(shown, content=content)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[known] = found
        return found

    def _packed(self, bot: BotRuntime, chat: str, parcel: Parcel) -> "_Packed | None":
        """Return a parcel's deliveries; None for a change that the chat cannot show."""
        able, key = bot.adapter.capabilities(chat), self._desk.engine.new_key()
        bears = key if parcel.target is None else parcel.target
        content, kept = self._content(bot, chat, parcel, bears)
        shape = shape_of(content, able, chat=chat, messenger=bot.adapter.profile.messenger)
        if parcel.target is not None:
            if able.edits <= Level.FALLBACK or shape.messages > 1:
                return None
            edit = Outgoing(operation=Operation.EDIT, content=content, target=bears)
            carried = _carried(bot, parcel, bears, is_edit=True)
            return _Packed([(self._row(bot, chat, key, edit, parcel, carried), edit)], kept, bears)
        if shape.messages == 1:
            send = Outgoing(content=content)
            carried = _carried(bot, parcel, key)
            return _Packed([(self._row(bot, chat, key, send, parcel, carried), send)], kept, key)
        keys = [key, *(self._desk.engine.new_key() for _ in range(shape.messages - 1))]
        bears = keys[shape.handle]
        if bears != key:  # its buttons are signed for the message that bears them
            content, kept = self._content(bot, chat, parcel, bears)
        rows = []
        for n, part in enumerate(parts(content, able)):
            send = Outgoing(content=part)
            is_last = n == shape.messages - 1
            carried = _carried(bot, parcel, bears, is_first=n == 0, is_last=is_last)
            rows.append((self._row(bot, chat, keys[n], send, parcel, carried), send))
        return _Packed(rows, kept, bears)

    def _content(
        self, bot: BotRuntime, chat: str, parcel: Parcel, bears: int
    ) -> tuple[Content, list[PutPayload]]:
        """Return what a message shows, and what has to be kept for its buttons."""
        able, kept = bot.adapter.capabilities(chat), list[PutPayload]()
        signer = Signer(
            self._desk.engine.keys,
            bot.account,
            chat,
            delivery=bears,
            most=able.payload_bytes,
            now=self._desk.clock.timestamp(),
            keep=kept.append,
        )
        return keyed(parcel.shown, signer, plain=not has_buttons(able)), kept

    def _row(
        self,
        bot: BotRuntime,
        chat: str,
        key: int,
        outgoing: Outgoing,
        parcel: Parcel,
        carried: Carried | None,
    ) -> DeliveryRow:
        now = self._desk.clock.timestamp()
        expires = now + EXPIRE_AFTER_S[_BULK]
        if parcel.item is not None and parcel.item.expires is not None:
            expires = min(expires, parcel.item.expires)
        guards = self._desk.engine.guards
        return DeliveryRow(
            id=key,
            account=bot.account,
            chat=chat,
            klass=_BULK,
            state=DeliveryState.PENDING,
            body=encode_outgoing(outgoing),
            created=now,
            expires=expires,
            target=outgoing.target,
            remember=(parcel.remembers or bool(parcel.shown.rows))
            and (carried is None or key == carried.key),
            guard=None if carried is None else guards.encode(carried.guard),
        )

    # --- commits

    def _submit(
        self,
        bot: BotRuntime,
        parcel: Parcel,
        packed: _Packed,
        follow: Callable[[int], object],
    ) -> "asyncio.Future[bool]":
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        outbox, now, rows = bot.outbox, self._desk.clock.timestamp(), packed.rows
        written = Change()
        written.writes.extend(packed.kept)
        for row, outgoing in rows:
            message = row.id if outgoing.target is None else outgoing.target
            written.writes.extend(_uses(outgoing.content, message, now))
        written.writes.extend(self._follows(parcel, packed.key, now))
        placed: list[Placement] = [outbox.place(row, out, written) for row, out in rows]

        def done(change: Change) -> None:
            won = change.verdict is Verdict.WON
            for placement, (row, _) in zip(placed, rows, strict=True):
                if won:
                    if outbox.is_open(row.id):
                        follow(row.id)
                    outbox.won(placement)
                else:
                    outbox.lost(placement)
            future.set_result(won)

        written.done = done
        self._desk.writer.submit(written)
        return future

    def _follows(self, parcel: Parcel, key: int, now: float) -> list[Execute]:
        """Return how the receipts of a parcel stand once it is queued."""
        values: dict[str, Any] = {"state": QUEUED, "at": now}
        if parcel.skips:
            self._desk.note_ended(each.item for each in parcel.receipts)
            values = {"state": SKIPPED, "at": now}
        elif parcel.target is None:
            values["delivery"] = key
        if parcel.item is not None:
            values["revision"] = parcel.item.revision
        changes = [change(each, WAITING, **values) for each in parcel.receipts]
        if parcel.item is not None:  # else who gets the old words would not be told of the new
            same = (stored.c.id == parcel.item.id, stored.c.revision == parcel.item.revision)
            changes = [each.where(exists().where(*same)) for each in changes]
        return [Execute(each, expect_rows=1) for each in changes]

    def _ended(self, parcel: Parcel, state: str) -> "asyncio.Future[bool]":
        """Note how receipts end whose parcel is not sent."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        now = self._desk.clock.timestamp()
        self._desk.note_ended(each.item for each in parcel.receipts)
        if parcel.target is not None:
            state = SENT  # the message of the revision before stays
        written = Change()
        written.writes.extend(
            Execute(change(each, WAITING, state=state, at=now)) for each in parcel.receipts
        )
        written.done = lambda change: future.set_result(change.verdict is Verdict.WON)
        self._desk.writer.submit(written)
        return future


def _carried(
    bot: BotRuntime,
    parcel: Parcel,
    key: int,
    *,
    is_edit: bool = False,
    is_first: bool = True,
    is_last: bool = True,
) -> Carried | None:
    """Return what a delivery carries; None for one that its receipts do not follow."""
    if parcel.skips:
        return None
    return Carried(
        account=bot.account,
        chat=parcel.receipts[0].chat,
        key=key,
        items=tuple(each.item for each in parcel.receipts),
        is_edit=is_edit,
        is_first=is_first,
        is_last=is_last,
    )


def _uses(content: Content, message: int, now: float) -> list[UseMedia]:
    keys = [*(photo.key for photo in content.photos), *(file.key for file in content.files)]
    return [UseMedia(key, message, now) for key in keys if is_kept(key)]
