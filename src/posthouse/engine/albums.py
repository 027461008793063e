"""Albums: photos and files that were sent together become one update.

How this works: a part is done once it is kept beside a timer, both in one commit, so it is
acknowledged at once and survives a crash. Every part moves the timer on; when none has come for a
while the timer enters the lane, and its turn gets all parts as one message. Whatever else the
sender does lets the timer in at once, before it. A part that comes later sets the timer anew: the
album is handled once more, as one that amends. The turn takes the timer with the due moment that it
has seen and as many parts as it had, so it is void when a further part was committed meanwhile.
"""

import hashlib
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from posthouse.engine.backing import Desk
from posthouse.engine.bot import BotRuntime
from posthouse.engine.lanes import Entry
from posthouse.engine.points import Point
from posthouse.engine.timer_body import TimerBody, decode_timer, encode_timer
from posthouse.errors import DecodeError
from posthouse.model.chat import ChatKind
from posthouse.model.update import AlbumMessage, FileMessage, Message, PhotoMessage, Update
from posthouse.ports.adapter import Incoming, OnSettled, Settled
from posthouse.ports.changes import Change, PutPart, PutTimer, Verdict
from posthouse.ports.records import Mark, PartRow, TimerRow

ALBUM = "albummessage"
"""Kind of the updates that are albums."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, float]).decode


class _Coming:
    """An album whose parts are coming in."""

    __slots__ = ("entry", "pending", "row", "since")

    def __init__(self, row: TimerRow, since: float) -> None:
        self.row = row
        self.since = since
        """When its first part came."""
        self.pending = 0
        """Parts that are being committed."""
        self.entry: Entry | None = None
        """Its place in its lane, which it got before its time."""


class Albums:
    """The albums of one bot whose parts are coming in.

    Args:
        enter: Gives a timer its place in its lane; None when it has it already.
        known: Told of parts that are durable.
        start: Lets a lane go on.
        timer_set: Told every timer that was set.
    """

    def __init__(
        self,
        bot: BotRuntime,
        desk: Desk,
        *,
        enter: Callable[[TimerRow], Entry | None],
        known: Callable[[Mark], None],
        start: Callable[[Entry], None],
        timer_set: Callable[[TimerRow], None],
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._enter = enter
        self._known = known
        self._start = start
        self._timer_set = timer_set
        self.are_wanted = AlbumMessage in bot.dispatcher.kinds
        """A handler asks for albums; else parts are messages like any other."""
        self._are_private = AlbumMessage in bot.dispatcher.private_kinds
        """Only forms ask for them, which are filled in private chats: elsewhere nobody waits."""
        self.coming: dict[tuple[str, str], _Coming] = {}
        """By chat and person."""

    def take(self, incoming: Incoming, mark: Mark, on_settled: OnSettled | None) -> bool:
        """Keep a part; False when it is to be handled like any other update."""
        album, chat = incoming.group, incoming.chat
        if album is None or chat is None:
            return False
        try:
            update = incoming.update or self._bot.adapter.decode(incoming.body)
        except DecodeError:
            return False  # its turn says so
        if not isinstance(update, PhotoMessage | FileMessage):
            return False
        if self._are_private and update.chat.kind is not ChatKind.PRIVATE:
            return False
        sender = (chat, update.person.id)
        id_ = _timer_id(self._bot.account, chat, album)
        coming = self.coming.get(sender)
        if coming is not None and coming.row.id != id_:
            self.close(*sender)
            coming = None
        now = self._desk.clock.timestamp()
        since = now if coming is None else coming.since
        args = _encode((album, since))
        row = TimerRow(
            id=id_,
            account=self._bot.account,
            lane=chat,
            due=now + self._bot.adapter.profile.album_s,
            body=encode_timer(TimerBody(update.chat, update.person, "", args)),
        )
        before = None if coming is None else coming.row
        if coming is None:
            coming = self.coming[sender] = _Coming(row, since)
        coming.row = row
        coming.pending += 1
        part = PartRow(mark=mark, chat=chat, album=album, body=incoming.body, received=now)
        change = Change(mark)
        change.writes += [PutPart(part), PutTimer(row)]
        whose = coming

        def done(change: Change) -> None:
            self._committed(whose, change, row, before)
            if on_settled is not None:
                on_settled(Settled.DONE if change.verdict is Verdict.WON else Settled.DUPLICATE)
            self._desk.points.reach(Point.ACKNOWLEDGED)

        change.done = done
        self._desk.writer.submit(change)
        return True

    def _committed(
        self, coming: _Coming, change: Change, row: TimerRow, before: TimerRow | None
    ) -> None:
        coming.pending -= 1
        if change.mark is not None:
            self._known(change.mark)
        if change.verdict is Verdict.WON:
            self._desk.points.reach(Point.PART_COMMITTED)
            self._timer_set(row)
        elif coming.row is row:  # it was kept before: the timer is as it was
            if before is None:
                self._forget(coming)
            else:
                coming.row = before
        entry = coming.entry
        if entry is not None and not coming.pending:
            entry.awaits_inbox = False
            self._start(entry)

    def close(self, chat: str, person: str) -> None:
        """Let an album into its lane: its sender went on to something else."""
        coming = self.coming.pop((chat, person), None)
        if coming is None:
            return
        coming.entry = entry = self._enter(coming.row)
        if entry is None:
            return
        if coming.pending:
            entry.awaits_inbox = True
        else:
            self._start(entry)

    def close_before(self, chat: str, person: str, received: float) -> None:
        """Let an album into its lane if it began before an update of its sender came."""
        coming = self.coming.get((chat, person))
        if coming is not None and coming.since <= received:
            self.close(chat, person)

    def entered(self, row: TimerRow) -> None:
        """Note that the clock let an album into its lane."""
        for coming in self.coming.values():
            if coming.row.id == row.id and coming.row.due == row.due:
                self._forget(coming)
                return

    def restore(self, rows: Sequence[TimerRow]) -> None:
        """Take up the albums that were coming in when the process before ended."""
        found = [(row, decode_timer(row.body)) for row in rows]
        for row, body in sorted(found, key=lambda each: _decode(each[1].args)[1]):
            self.close(row.lane, body.person.id)
            self.coming[row.lane, body.person.id] = _Coming(row, _decode(body.args)[1])

    def is_coming(self, chat: str) -> bool:
        """Whether an album is coming in, in a chat."""
        return any(chat == where for where, _ in self.coming)

    def _forget(self, coming: _Coming) -> None:
        self.coming = {key: each for key, each in self.coming.items() if each is not coming}


def is_album(row: TimerRow) -> bool:
    """Whether a timer is that of an album."""
    return row.id.startswith("album")


def album_in(body: bytes) -> str:
    """Return an album's own id out of the body of its timer."""
    return _decode(decode_timer(body).args)[0]


def album_of(
    rows: Sequence[PartRow], decode: Callable[[bytes], Update], *, update_id: str
) -> Message:
    """Return the message that parts are together, a lone one as it came; raises DecodeError."""
    parts = [part for part in (decode(row.body) for row in rows) if isinstance(part, Message)]
    if not parts:
        raise DecodeError(f"the parts of album {update_id} are not kept any more")
    if all(part.message_id.isdecimal() for part in parts):
        parts.sort(key=lambda part: int(part.message_id))
    first = parts[0]
    if len(parts) == 1:
        return replace(first, id=update_id)
    captions = [part.caption for part in parts if isinstance(part, PhotoMessage | FileMessage)]
    return AlbumMessage(
        id=update_id,
        bot=first.bot,
        at=first.at,
        native=tuple(part.native for part in parts),
        chat=first.chat,
        person=first.person,
        message_id=first.message_id,
        reply_to=first.reply_to,
        photos=tuple(part.photo for part in parts if isinstance(part, PhotoMessage)),
        files=tuple(part.file for part in parts if isinstance(part, FileMessage)),
        caption="\n".join(caption for caption in captions if caption) or None,
        message_ids=tuple(part.message_id for part in parts),
        amends=any(row.handled for row in rows),
    )


def _timer_id(account: int, chat: str, album: str) -> str:
    """Return the id of an album's timer, which tells it from other timers."""
    named = "\0".join((str(account), chat, album)).encode()
    return f"album{hashlib.sha256(named).hexdigest()[:24]}"
