"""The journal of messages: what was said, both ways, for bots whose settings want it kept.

It holds words and keys of media, never their content, and forgets what is older than the setting
says; a bot without the setting has none, and what it kept before is forgotten, too.
"""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.model.update import (
    ChatUpdate,
    ContactMessage,
    LocationMessage,
    Reaction,
    Status,
    TimerDue,
)
from posthouse.ports.changes import Change, PutSaid
from posthouse.ports.records import DeliveryRow


class Journal(Struct, frozen=True, eq=False):
    """The journal of one bot."""

    account: int
    keep: timedelta
    """How long."""

    def heard(self, update: ChatUpdate, route: str, change: Change, now: float) -> None:
        """Keep what somebody did.

        Args:
            update: What they did; what the bot does by its timers is nobody's.
            route: What took it, such as `shop.buy`; empty when nobody did.
            change: Of the turn.
            now: When.
        """
        for write in change.writes:  # what the turn says, it says to this person
            if type(write) is PutSaid:
                write.person = update.person.id
        if isinstance(update, TimerDue):
            return
        said = PutSaid(
            account=self.account,
            chat=update.chat.id,
            person=update.person.id,
            at=now,
            way="in",
            kind=type(update).__name__.lower(),
            text=_words(update),
            media=_keys([_got(update, "photo"), _got(update, "file"), *_several(update)]),
            route=route,
            message=_got(update, "message_id"),
            delivery=None,
        )
        change.writes.append(said)

    def told(self, row: DeliveryRow, outgoing: Outgoing, change: Change) -> None:
        """Keep what the bot says; the bare answer to a press says nothing."""
        content, words = outgoing.content, outgoing.content.text.plain
        if outgoing.operation is Operation.ANSWER and not words:
            return
        said = PutSaid(
            account=self.account,
            chat=row.chat,
            person=None,
            at=row.created,
            way="out",
            kind=outgoing.method or str(outgoing.operation),
            text=words,
            media=_keys([*content.photos, *content.files]),
            route="",
            message=outgoing.message_id,
            delivery=outgoing.target or row.id,
        )
        change.writes.append(said)


def _got(update: ChatUpdate, name: str) -> Any:
    return getattr(update, name, None)


def _several(update: ChatUpdate) -> list[Photo | File]:
    return [*(_got(update, "photos") or ()), *(_got(update, "files") or ())]


def _keys(media: list[Any]) -> str:
    return "\n".join(one.key for one in media if one is not None)


def _words(update: ChatUpdate) -> str:
    if isinstance(update, ContactMessage):
        return f"{update.name} {update.phone}"
    if isinstance(update, LocationMessage):
        return f"{update.latitude}, {update.longitude} {update.name}".strip()
    if isinstance(update, Reaction):
        return "".join(update.emoji)
    if isinstance(update, Status):
        return str(update.what)
    return _got(update, "text") or _got(update, "caption") or _got(update, "what") or ""
