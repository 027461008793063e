"""Audiences: whom a broadcast goes to, as words, as a SELECT, and counted.

How this works: an audience is a rule and no list. It is looked up when the broadcast begins, a
chunk at a time, in the tables of persons and subscriptions, so nobody has to be held in memory, and
those who came between the order and its moment are among them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, case, func, or_, select

from posthouse.errors import ConflictError, MistakeError
from posthouse.people.crowd import DAY_S
from posthouse.storage.publishing import subscription
from posthouse.storage.schema import ban, person, role

Sort: TypeAlias = Literal["all", "role", "language", "topic", "active"]
NO_CHAT, BLOCKED, BANNED, PAUSED = "no private chat", "blocked", "banned", "paused"
"""Why somebody who belongs to an audience does not get a broadcast."""
FORMS = "all, role:staff, language:uk, topic:NAME or active:30 (days)"
MOST_DAYS = 36_500
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class Whom(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The audience of one broadcast, and what it waits for."""

    sort: Sort = "all"
    value: str = ""
    at: float | None = None
    """When it begins, where that is not at once."""
    is_draft: bool = False
    """Whoever made it has not said yes yet."""

    @property
    def words(self) -> str:
        """The audience as it is written: "role:staff"."""
        return f"{self.sort}:{self.value}" if self.value else self.sort


class Of(Struct, frozen=True, kw_only=True):
    """Whose persons are looked at, and when."""

    account: int
    bot: str
    """Its name."""
    messenger: str
    now: float
    """Days are counted from it."""
    having: tuple[str, ...] = ()
    """Persons who have the role by the settings, beside those to whom it was granted."""


_encoder = msgspec.msgpack.Encoder()
encode = _encoder.encode
decode = msgspec.msgpack.Decoder(Whom).decode


class Count(Struct, frozen=True, kw_only=True):
    """How many a broadcast would go to, and how many it leaves out, by the reason."""

    recipients: int
    left_out: Mapping[str, int]


def whom(words: str) -> Whom:
    """Return the audience that is written; raises MistakeError for one that cannot be read."""
    sort, colon, value = words.strip().partition(":")
    value = value.strip()
    if sort not in get_args(Sort) or bool(value) != (sort != "all") or (colon and not value):
        raise MistakeError(f"{words!r} is no audience; write {FORMS}")
    if sort == "active" and not (value.isascii() and value.isdecimal()):
        raise MistakeError(f"{words!r}: write a number of days, such as active:30")
    if sort == "active" and not 0 < int(value) <= MOST_DAYS:
        raise MistakeError(f"{words!r}: the days are between 1 and {MOST_DAYS}")
    if sort == "language":
        value = value.lower().replace("_", "-")
        if not _LANGUAGE.fullmatch(value):
            raise MistakeError(f"{words!r}: write the language as a tag, such as language:uk")
    return Whom(sort=sort, value=value)  # type: ignore[arg-type]  # it is one of them


def recipients(to: Whom, of: Of) -> Select[Any]:
    """Select who gets a broadcast: the columns `key`, `chat` and `person`."""
    if to.sort == "topic":
        c = subscription.c
        found = select(c.chat.label("key"), c.chat, func.min(c.person).label("person"))
        here = (c.topic == to.value, c.account == of.account, c.state == "active")
        return found.where(*here).group_by(c.chat)
    p = person.c
    found = select(p.person.label("key"), p.chat, p.person)
    can = (p.chat.is_not(None), p.blocked.is_(None), ~_is_banned(of, p.person))
    return found.where(p.account == of.account, *can, *_belongs(to, of))


def reasons(to: Whom, of: Of) -> Select[Any]:
    """Count an audience: rows of the reason to leave somebody out, "" for none, and how many."""
    if to.sort == "topic":
        return _reasons_of_topic(to, of)
    p = person.c
    why = case(
        (_is_banned(of, p.person), BANNED),
        (p.chat.is_(None), NO_CHAT),
        (p.blocked.is_not(None), BLOCKED),
        else_="",
    ).label("why")
    here = (p.account == of.account, *_belongs(to, of))
    return select(why, func.count()).where(*here).group_by(why)


def _reasons_of_topic(to: Whom, of: Of) -> Select[Any]:
    c = subscription.c
    is_active = func.max(case((c.state == "active", 1), else_=0))
    is_blocked = func.max(case((c.state == "suspended", 1), else_=0))
    chats = (
        select(
            func.min(c.person).label("person"),
            is_active.label("active"),
            is_blocked.label("blocked"),
        )
        .where(c.topic == to.value, c.account == of.account, c.state != "ended")
        .group_by(c.chat)
        .subquery()
    )
    s = chats.c
    why = case(
        (_is_banned(of, s.person), BANNED),
        (s.active == 1, ""),
        (s.blocked == 1, BLOCKED),
        else_=PAUSED,
    ).label("why")
    return select(why, func.count()).group_by(why)


def counted(rows: Iterable[Any]) -> Count:
    """Return what `reasons` found."""
    found = {str(why): int(count) for why, count in rows}
    recipients = found.pop("", 0)
    return Count(recipients=recipients, left_out=dict(sorted(found.items())))


def require_some(count: Count, to: Whom, *, bot: str) -> None:
    """Raise ConflictError when nobody gets a broadcast that begins at once."""
    if count.recipients:
        return
    left_out = ", ".join(f"{why}: {many}" for why, many in count.left_out.items())
    told = f" (left out: {left_out})" if left_out else ""
    raise ConflictError(
        f"nobody would get this, so it was not sent: --to {to.words} finds no recipient of bot "
        f"{bot}{told}; give another --to"
    )


def _belongs(to: Whom, of: Of) -> tuple[ColumnElement[bool], ...]:
    """Return what persons of an audience have in common."""
    p = person.c
    if to.sort == "role":
        granted = select(role.c.person).where(role.c.bot == of.bot, role.c.role == to.value)
        has = p.person.in_(granted)
        return (or_(has, p.person.in_(of.having)) if of.having else has,)
    if to.sort == "language":
        spoken = func.lower(func.replace(func.coalesce(p.chosen, p.language), "_", "-"))
        return (or_(spoken == to.value, spoken.startswith(f"{to.value}-", autoescape=True)),)
    if to.sort == "active":
        return (p.last_day > int(of.now) // DAY_S - int(to.value),)
    return ()


def _is_banned(of: Of, who: Any) -> ColumnElement[bool]:
    return select(ban.c.person).where(ban.c.messenger == of.messenger, ban.c.person == who).exists()
