"""Subscriptions as they stand in the database: how they are found, made and changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, insert, literal_column, select, update

from posthouse.errors import MistakeError
from posthouse.publishing.items import ITEM, LIVE
from posthouse.publishing.rows import SKIPPED
from posthouse.publishing.subscriptions.timing import due, load_zones, zone_of
from posthouse.publishing.topic import Topic
from posthouse.storage.people import BLOCKED
from posthouse.storage.publishing import item, receipt, subscription
from posthouse.turn.turn import Turn

ACTIVE, PAUSED, SUSPENDED, ENDED = "active", "paused", "suspended", "ended"
MOST_LISTED = 100
"""Subscriptions of one chat that are listed, the newest first."""
MOST_AT_ONCE = 50
"""Items that are listed that were left out."""
_S, _R = subscription.c, receipt.c


class Own(Struct, frozen=True, kw_only=True):
    """A subscription of a chat, to a topic or to what a search finds."""

    id: int
    topic: str
    account: int
    chat: str
    person: str
    search: str | None
    """`app.Form` of a saved search."""
    title: str
    state: str
    reason: str
    digest: str | None
    quiet: str | None
    zone: str | None
    most: int | None
    revisions: str
    version: int


_OWN = [_S[name] for name in Own.__struct_fields__]


async def own_of(turn: Turn) -> list[Own]:
    """Return the subscriptions of a turn's chat that have not ended, the newest first."""
    found = select(*_OWN).where(*_here(turn), _S.state != ENDED)
    rows = await turn.fetch(found.order_by(_S.created.desc(), _S.id.desc()).limit(MOST_LISTED))
    return await _loaded(rows)


async def one_of(turn: Turn, id: int) -> Own | None:
    """Return one of the subscriptions of a turn's chat; None when it has none such any more."""
    rows = await turn.fetch(select(*_OWN).where(*_here(turn), _S.id == id, _S.state != ENDED))
    return next(iter(await _loaded(rows)), None)


async def to_topic(turn: Turn, topic: str) -> Own | None:
    """Return the subscription of a turn's chat to a topic, also one that has ended."""
    mine = select(*_OWN).where(*_here(turn), _S.topic == topic, _S.search.is_(None))
    rows = await turn.fetch(mine.order_by(_S.state == ENDED, _S.id.desc()).limit(1))
    return next(iter(await _loaded(rows)), None)


async def subscribe(
    turn: Turn, topic: Topic[Any], *, digest: str | None, gates: bytes | None = None
) -> Own:
    """Let a turn's chat have the items of a topic from now on; return its subscription.

    One that there is, or was, goes on as it was set; two that are made at the same moment are one.
    """
    found = await to_topic(turn, topic.name)
    now = turn.now.timestamp()
    if found is not None and found.state != ENDED:
        return change(turn, found, state=ACTIVE, reason="", digest=digest, gates=gates)
    told = {
        "person": turn.person.id,
        "language": turn.language,
        "title": topic.title,
        "state": ACTIVE,
        "reason": "",
        "digest": digest,
        "gates": gates,
        "since": now,
    }
    if found is not None:
        return change(turn, found, **told)
    made: dict[str, Any] = {
        **told,
        "id": turn.new_key(),
        "topic": topic.name,
        "account": turn.account,
        "chat": turn.chat.id,
        "search": None,
        "quiet": None,
        "zone": await _usual_zone(turn),
        "most": None,
        "revisions": topic.revisions,
        "version": 1,
        "created": now,
        "changed": now,
    }
    turn.execute(insert(subscription).values(**made))
    return Own(**{name: made[name] for name in Own.__struct_fields__})


def change(turn: Turn, found: Own, **values: Any) -> Own:
    """Change a subscription that nobody else has changed meanwhile; return it as it will be.

    What waits for it already waits for the moment that it is due now.
    """
    values |= {"version": found.version + 1, "changed": turn.now.timestamp()}
    mine = (_S.id == found.id, _S.version == found.version)
    turn.execute(update(subscription).where(*mine).values(**values), expect_rows=1)
    names = Own.__struct_fields__
    changed = msgspec.structs.replace(found, **{n: v for n, v in values.items() if n in names})
    if changed.state == ENDED:
        turn.execute(_waiting(found).values(state="cancelled", at=turn.now.timestamp()))
    elif not values.keys().isdisjoint(("digest", "quiet", "zone", "most")):
        turn.execute(_waiting(found).values(due=_due(changed, turn.now)))
    return changed


def change_zone(turn: Turn, mine: Iterable[Own], zone: str) -> None:
    """Let subscriptions keep the time of a zone."""
    for each in mine:
        change(turn, each, zone=zone)


def left_out(turn: Turn, since: float, count: int) -> Select[Any]:
    """Find the items that a line "and so many more" stood for, the newest first."""
    left = (
        select(_R.item)
        .where(
            _R.account == turn.account,
            _R.chat == turn.chat.id,
            _R.at >= since,
            _R.state == SKIPPED,
        )
        .order_by(_R.at)
        .limit(count)
    )
    found = select(*ITEM).where(item.c.id.in_(left), item.c.state == LIVE)
    return found.order_by(item.c.published.desc(), item.c.id.desc()).limit(MOST_AT_ONCE)


def _here(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    return (_S.account == turn.account, _S.chat == turn.chat.id)


async def _loaded(rows: Sequence[Any]) -> list[Own]:
    """Return rows as what they are, their time zones read.

    What rests because the chat was blocked goes on with this very turn.
    """
    found = [Own(**dict(zip(Own.__struct_fields__, row, strict=True))) for row in rows]
    found = [
        msgspec.structs.replace(each, state=ACTIVE, reason="")
        if (each.state, each.reason) == (SUSPENDED, BLOCKED)
        else each
        for each in found
    ]
    await load_zones(each.zone for each in found)
    return found


def _waiting(of: Own) -> Any:
    # In the words of the index of what waits in a chat.
    waits = _R.state == literal_column("'waiting'")
    mine = (_R.account == of.account, _R.chat == of.chat, _R.subscription == of.id)
    return update(receipt).where(waits, *mine)


def _due(of: Own, now: datetime) -> float:
    try:
        return due(now, digest=of.digest, quiet=of.quiet, zone=zone_of(of.zone)).timestamp()
    except MistakeError:
        return now.timestamp()  # written by hand; it comes at once then


async def _usual_zone(turn: Turn) -> str:
    """Return the zone of the chat's newest subscription that has one, else the bot's."""
    newest = select(_S.zone).where(*_here(turn), _S.zone.is_not(None))
    rows = await turn.fetch(newest.order_by(_S.changed.desc()).limit(1))
    zone: str = rows[0][0] if rows else getattr(turn.zone, "key", "UTC")
    await load_zones([zone])
    return zone
