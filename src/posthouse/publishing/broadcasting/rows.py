"""Broadcasts as they stand in the database, and what changes them, as statements.

How this works: a broadcast is an item of the hidden topic `broadcast:BOT`, and its number is the
item's. The newest fan-out of the item is the order to bring it out. One that waits for its moment,
or for a yes, is a paused fan-out whose audience says so.
"""

from collections.abc import Collection, Iterable, Sequence
from secrets import token_hex
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, and_, delete, exists, func, select, update

from posthouse.errors import ConflictError
from posthouse.model.reply import Reply
from posthouse.model.text import Words
from posthouse.ports.records import Statement
from posthouse.publishing.broadcasting.audience import Whom, decode, encode
from posthouse.publishing.items import (
    CANCELLED,
    DONE,
    LIVE,
    OPEN,
    PAUSED,
    PLANNING,
    RUNNING,
    WITHDRAWN,
    Audience,
    NewItem,
    put,
)
from posthouse.publishing.rows import SENT
from posthouse.publishing.showing import Shown
from posthouse.storage.publishing import fan_out, item, receipt

PREFIX = "broadcast:"
_BEHIND = "broadcast;"
"""The first name behind those with the prefix."""
DRAFT, SCHEDULED, RETRACTED = "draft", "scheduled", "retracted"
LONGEST_TITLE = 60
WENT = (SENT, "ridden")


class Broadcast(Struct, frozen=True, kw_only=True):
    """One message to many."""

    id: int
    key: str
    topic: str
    title: str
    person: str | None
    """Who ordered it."""
    published: float
    item_state: str
    fan_out: int
    revision: int
    account: int
    audience: bytes
    state: str
    """How its fan-out stands."""
    total: int | None
    created: float
    ended: float | None

    @property
    def bot(self) -> str:
        """Name of the bot that sends it."""
        return self.topic.removeprefix(PREFIX)

    @property
    def whom(self) -> Whom:
        """To whom it goes."""
        return decode(self.audience)

    @property
    def standing(self) -> str:
        """How it stands, in one word."""
        if self.item_state == WITHDRAWN:
            return RETRACTED
        if self.state == PAUSED and self.whom.is_draft:
            return DRAFT
        if self.state == PAUSED and self.whom.at is not None:
            return SCHEDULED
        return RUNNING if self.state == PLANNING else self.state

    @property
    def is_open(self) -> bool:
        """Whether something of it may still be sent."""
        return self.item_state == LIVE and self.state in OPEN

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will be sent any more."""
        return not self.is_open


_COLUMNS = (
    item.c.id, item.c.key, item.c.topic, item.c.title, fan_out.c.person, item.c.published,
    item.c.state, fan_out.c.id, fan_out.c.revision, fan_out.c.account, fan_out.c.audience,
    fan_out.c.state, fan_out.c.total, fan_out.c.created, fan_out.c.ended,
)  # fmt: skip


def broadcasts(rows: Iterable[Any]) -> list[Broadcast]:
    """Return what a SELECT of this module found."""
    names = Broadcast.__struct_fields__
    return [Broadcast(**dict(zip(names, row, strict=True))) for row in rows]


def newest(limit: int) -> Select[Any]:
    """Find broadcasts, the newest first."""
    return _all().order_by(item.c.id.desc()).limit(limit)


def by_number(id: int) -> Select[Any]:
    """Find one broadcast."""
    return _all().where(item.c.id == id)


def by_key(topic: str, key: str) -> Select[Any]:
    """Find the broadcast that was put under a key."""
    return _all().where(item.c.topic == topic, item.c.key == key)


def waiting() -> Select[Any]:
    """Find broadcasts that are paused, or wait for their moment."""
    return _all().where(fan_out.c.state == PAUSED, item.c.state == LIVE)


def stopped() -> Select[Any]:
    """Find broadcasts that were cancelled or taken back."""
    return _all().where(fan_out.c.state == CANCELLED)


def accounts_of(bot: str) -> Select[Any]:
    """Find the newest account of a bot, by its name."""
    from posthouse.storage.schema import account  # noqa: PLC0415  its name means a number here

    return select(account.c.id).where(account.c.bot == bot).order_by(account.c.id.desc()).limit(1)


def shown_messages(id: int, limit: int) -> Select[Any]:
    """Find messages of a broadcast that can be deleted: rows of account, chat, delivery key."""
    c = receipt.c
    here = (c.item == id, c.state.in_(WENT), c.delivery.is_not(None))
    return select(c.account, c.chat, c.delivery).where(*here).limit(limit)


def taken_back(id: int, account: int, chat: str, now: float) -> Statement:
    """Note that the message of a recipient is being deleted."""
    c = receipt.c
    here = (c.item == id, c.account == account, c.chat == chat, c.state.in_(WENT))
    return update(receipt).where(*here).values(state="cancelled", at=now)


# --- what changes them


def order(
    shown: Words | Reply | Shown,
    of: Whom,
    *,
    bot: str,
    account: int,
    person: str | None,
    title: str,
    now: float,
    key: str | None = None,
) -> tuple[str, list[Statement]]:
    """Return the key of a new broadcast, and what orders it; once for each key."""
    key = key or f"{int(now * 1000):x}-{token_hex(6)}"
    waits = of.is_draft or of.at is not None
    to = Audience(
        account=account,
        audience=encode(of),
        person=person,
        state=PAUSED if waits else PLANNING,
    )
    # Without its author: whoever sends to everybody is among them, and sees what they see.
    new = NewItem(topic=f"{PREFIX}{bot}", key=key, body={}, shown=shown, title=title)
    return key, put(new, now, to=to)


def changed(
    of: Broadcast, shown: Words | Reply | Shown, *, title: str, now: float
) -> list[Statement]:
    """Return what changes a broadcast for those who have it and those who will."""
    _require(of, of.item_state == LIVE and of.state != CANCELLED, "changed")
    to = Audience(
        account=of.account,
        audience=of.audience,
        person=of.person,
        state=PAUSED if of.state == PAUSED else PLANNING,
    )
    new = NewItem(topic=of.topic, key=of.key, body={}, shown=shown, title=title)
    statements = [_stands(of, state=of.state), *put(new, now, to=to)]
    if of.is_open:
        # The order for the new revision takes the place of the one before: it reaches those, too.
        # Where nothing is new there is none, and the one before goes on.
        is_newer = select(item.c.id).where(item.c.id == of.id, item.c.revision > of.revision)
        statements.append(_stands(of, state=DONE, ended=now).where(is_newer.exists()))
    return statements


def start(of: Broadcast, now: float) -> list[Statement]:
    """Return what lets a broadcast begin now, or go on."""
    _require(of, of.item_state == LIVE and of.state == PAUSED, "resumed")
    whom = replace(of.whom, at=None, is_draft=False)
    # Whether all receipts are there is found out by planning on, which adds none twice.
    # The pace is measured from where it begins, not from where it was written.
    begun = now if of.standing in (DRAFT, SCHEDULED) else of.created
    return [_stands(of, state=PLANNING, audience=encode(whom), created=begun)]


def pause(of: Broadcast) -> list[Statement]:
    """Return what holds a broadcast up until it is resumed; a moment it had is given up."""
    _require(of, of.is_open and of.standing in (RUNNING, SCHEDULED), "paused")
    return [_stands(of, state=PAUSED, audience=encode(replace(of.whom, at=None)))]


def cancel(of: Broadcast, now: float) -> list[Statement]:
    """Return what ends a broadcast; the site then ends what of it waits, a chunk at a time."""
    _require(of, of.is_open, "cancelled")
    return [_stands(of, state=CANCELLED, ended=now)]


def retract(of: Broadcast, now: float) -> list[Statement]:
    """Return what takes a broadcast back; the site then deletes what was sent."""
    _require(of, of.item_state == LIVE, "retracted")
    gone = update(item).where(item.c.id == of.id, item.c.state == LIVE)
    return [
        _stands(of, state=CANCELLED, ended=of.ended or now),
        gone.values(state=WITHDRAWN, changed=now),
    ]


def forget_draft(of: Broadcast) -> list[Statement]:
    """Return what deletes a broadcast that nobody said yes to."""
    _require(of, of.standing == DRAFT, "dropped")
    sent = exists().where(receipt.c.item == of.id)
    return [
        delete(fan_out).where(fan_out.c.id == of.fan_out, fan_out.c.audience == of.audience),
        delete(item).where(item.c.id == of.id, ~sent),
    ]


def counts(ids: Collection[int]) -> Select[Any]:
    """Count the receipts of broadcasts: rows of the number, state, and how many."""
    c = receipt.c
    return select(c.item, c.state, func.count()).where(c.item.in_(ids)).group_by(c.item, c.state)


def title_of(words: str) -> str:
    """Return the first line of a message, for lists."""
    line = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def one(rows: Sequence[Any], id: int) -> Broadcast:
    """Return the broadcast that was looked for; raises ConflictError when there is none."""
    if not rows:
        raise ConflictError(
            f"no broadcast has number {id}; `posthouse broadcast list` shows those there are"
        )
    return broadcasts(rows)[0]


def _require(of: Broadcast, may: bool, what: str) -> None:
    if not may:
        raise ConflictError(f"broadcast {of.id} is {of.standing} and cannot be {what}")


def _stands(of: Broadcast, **values: Any) -> Any:
    """Change the fan-out of a broadcast that stands as it did."""
    here = (
        fan_out.c.id == of.fan_out,
        fan_out.c.state == of.state,
        fan_out.c.audience == of.audience,
    )
    return update(fan_out).where(*here).values(**values)


def _all() -> Select[Any]:
    newest = and_(fan_out.c.item == item.c.id, fan_out.c.revision == item.c.revision)
    named = (item.c.topic >= PREFIX, item.c.topic < _BEHIND, fan_out.c.audience.is_not(None))
    return select(*_COLUMNS).join(fan_out, newest).where(*named)
