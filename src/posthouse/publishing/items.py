"""Items of topics: what was published, as statements that put, withdraw and find it.

How this works: an item is found again by its topic and its key. Putting it a second time changes
nothing unless it is another one by then; if so it has a further revision. With every revision goes
a fan-out, the order to bring it to its audience, in the same transaction.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Select, delete, func, literal, or_, select, update
from sqlalchemy.dialects import sqlite

from posthouse.dialogs.forms.form import Form, plain_of as answers_of
from posthouse.model.media import is_kept
from posthouse.model.reply import Reply
from posthouse.model.text import Words
from posthouse.ports.records import Statement
from posthouse.publishing.showing import Shown, decode_shown, encode_shown
from posthouse.storage.publishing import fan_out, item, receipt
from posthouse.storage.schema import media, media_use

LIVE, WITHDRAWN = "live", "withdrawn"
PLANNING, RUNNING, PAUSED, CANCELLED, DONE = "planning", "running", "paused", "cancelled", "done"
"""How a fan-out stands."""
TAKEN_BACK = "taken back"
"""How far a fan-out has come whose item was withdrawn before all had it."""
OPEN = (PLANNING, RUNNING, PAUSED)


class NewItem(Struct, kw_only=True):
    """An item to be put."""

    topic: str
    key: str
    """What it is known by in its topic, such as the id of an entry or of a feed's."""
    body: Any
    """Itself as plain data, which searches look at."""
    shown: Words | Reply | Shown
    title: str = ""
    """One line, for lists of several items."""
    link: str | None = None
    account: int | None = None
    """The bot and the person it is by: they do not get it."""
    person: str | None = None
    entry: str | None = None
    """The entry of a form it is made of."""
    expires: float | None = None
    """When nobody needs it any more."""

    published: float | None = None
    """When it was first published, where a source tells; now when left out."""


class Audience(Struct, frozen=True, kw_only=True):
    """To whom a fan-out goes, where it is not those who subscribe."""

    account: int
    audience: bytes
    """As whoever made it understands it."""
    person: str | None = None
    """Who ordered it."""
    state: str = PLANNING


class Item(Struct, frozen=True, kw_only=True):
    """An item as it stands in the database."""

    id: int
    topic: str
    key: str
    revision: int
    digest: bytes
    body: bytes
    shown: bytes
    title: str
    link: str | None
    account: int | None
    person: str | None
    entry: str | None
    state: str
    published: float
    changed: float
    expires: float | None

    @property
    def plain(self) -> Any:
        """Itself as plain data."""
        return msgspec.msgpack.decode(self.body)

    @property
    def content(self) -> Shown:
        """What it shows."""
        return decode_shown(self.shown)

    def is_live(self, now: float) -> bool:
        """Whether it may still be sent."""
        return self.state == LIVE and (self.expires is None or now < self.expires)


ITEM = [item.c[name] for name in Item.__struct_fields__]
"""What `item_of` makes an item of."""


def item_of(row: Any) -> Item:
    """Return an item of a row that was selected by `ITEM`."""
    return Item(**dict(zip(Item.__struct_fields__, row, strict=True)))


def plain_of(of: Any) -> Any:
    """Return a typed item as plain data: of a form its answers, else what msgspec makes of it."""
    return answers_of(of) if isinstance(of, Form) else msgspec.to_builtins(of)


def put(
    new: NewItem, at: float, *, fans_out: bool = True, to: Audience | None = None
) -> list[Statement]:
    """Return what puts an item, and orders its fan-out, in one transaction.

    Nothing happens when the item is there and is the same; one that is another has a further
    revision.

    Args:
        new: The item.
        at: The moment.
        fans_out: False for what is there when a source is first looked at: it is kept, and sent to
            nobody.
        to: Its audience, where it is not those who subscribe to the topic.
    """
    body, shown = msgspec.msgpack.encode(new.body, order="deterministic"), encode_shown(new.shown)
    told: dict[str, Any] = {
        "digest": _digest(body, shown, new.title, new.link),
        "body": body,
        "shown": shown,
        "title": new.title,
        "link": new.link,
        "expires": new.expires,
        "state": LIVE,
        "changed": at,
    }
    made = sqlite.insert(item).values(
        topic=new.topic,
        key=new.key,
        revision=1,
        account=new.account,
        person=new.person,
        entry=new.entry,
        published=at if new.published is None else new.published,
        **told,
    )
    is_other = or_(item.c.digest != made.excluded.digest, item.c.state != LIVE)
    upsert = made.on_conflict_do_update(
        index_elements=[item.c.topic, item.c.key],
        set_={**told, "revision": item.c.revision + 1},
        where=is_other,
    )
    statements: list[Statement] = [_wanted_again(new), upsert, *_uses(new, decode_shown(shown), at)]
    if fans_out:
        statements.append(_order(new, at, told["digest"], to))
    return statements


def _wanted_again(new: NewItem) -> Statement:
    """Let an item that was taken back go to those again who did not get it for that reason."""
    back = (item.c.topic == new.topic, item.c.key == new.key, item.c.state == WITHDRAWN)
    mine = select(item.c.id).where(*back).scalar_subquery()
    since = select(item.c.changed).where(*back).scalar_subquery()
    c = receipt.c
    return delete(receipt).where(c.item == mine, c.state == "cancelled", c.at >= since)


def _uses(new: NewItem, shown: Shown, at: float) -> list[Statement]:
    """Keep the photos and files that an item shows for as long as there is the item."""
    content = shown.content
    found = [*(each.key for each in content.photos), *(each.key for each in content.files)]
    of_item = (item.c.topic == new.topic, item.c.key == new.key)
    statements: list[Statement] = []
    for key in dict.fromkeys(key for key in found if is_kept(key)):
        wanted = sqlite.insert(media).values(key=key, at=at)
        statements.append(
            wanted.on_conflict_do_update(index_elements=[media.c.key], set_={"at": at})
        )
        mine = select(-item.c.id, literal(key)).where(*of_item)
        uses = sqlite.insert(media_use).from_select(["message", "key"], mine)
        statements.append(uses.on_conflict_do_nothing())
    return statements


def _order(new: NewItem, at: float, digest: bytes, to: Audience | None) -> sqlite.Insert:
    """Order the fan-out of the revision that was made right now, if one was."""
    row = {
        "item": item.c.id,
        "revision": item.c.revision,
        "account": literal(to.account if to else None),
        "audience": literal(to.audience if to else None),
        "person": literal(to.person if to else None),
        "state": literal(to.state if to else PLANNING),
        "after": literal(""),
        "created": literal(at),
    }
    made_now = select(*(value.label(name) for name, value in row.items())).where(
        item.c.topic == new.topic,
        item.c.key == new.key,
        item.c.digest == digest,
        item.c.changed == at,
    )
    return sqlite.insert(fan_out).from_select([*row], made_now).on_conflict_do_nothing()


def withdraw(topic: str, key: str, at: float) -> list[Statement]:
    """Return what takes an item back: what of it has not been sent is not sent any more.

    The dispatchers end what is queued already; what was sent stays.
    """
    mine = select(item.c.id).where(item.c.topic == topic, item.c.key == key).scalar_subquery()
    return [
        update(item)
        .where(item.c.topic == topic, item.c.key == key, item.c.state == LIVE)
        .values(state=WITHDRAWN, changed=at),
        update(receipt)
        .where(receipt.c.item == mine, receipt.c.state.in_(("waiting", "held")))
        .values(state="cancelled", at=at),
        update(fan_out)
        .where(fan_out.c.item == mine, fan_out.c.state.in_(OPEN))
        .values(state=CANCELLED, after=TAKEN_BACK, ended=at),
    ]


def newest(topic: str, *, limit: int = 20, since: float | None = None) -> Select[Any]:
    """Find the newest live items of a topic, the newest first; rows for `item_of`."""
    found = select(*ITEM).where(item.c.topic == topic, item.c.state == LIVE)
    if since is not None:
        found = found.where(item.c.published >= since)
    return found.order_by(item.c.published.desc(), item.c.id.desc()).limit(limit)


def by_key(topic: str, key: str) -> Select[Any]:
    """Find one item; a row for `item_of`."""
    return select(*ITEM).where(item.c.topic == topic, item.c.key == key)


def by_id(id: int) -> Select[Any]:
    """Find one item by its number; a row for `item_of`."""
    return select(*ITEM).where(item.c.id == id)


def counts(of: int) -> Select[Any]:
    """Count the receipts of an item by state: rows of state and count."""
    return (
        select(receipt.c.state, func.count()).where(receipt.c.item == of).group_by(receipt.c.state)
    )


def _digest(body: bytes, shown: bytes, title: str, link: str | None) -> bytes:
    told: Mapping[str, Any] = {"body": body, "shown": shown, "title": title, "link": link}
    return hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16).digest()
