"""From a finished form to its posts: the rows, the deliveries, and what becomes of these.

How this works: the turn that submits writes the entry, a post for each chat and the deliveries in
one commit, so that there is all of it or nothing. How a delivery ended is told in a turn of its
own: only then is the post said to be out, and only then do the card, the further photos and the
reminder follow.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from posthouse.dialogs.forms.form import Form
from posthouse.model.reply import SILENT, Answer
from posthouse.model.update import Outcome
from posthouse.posts.board import Board, number_of
from posthouse.posts.making import entry_from, post_from
from posthouse.posts.moderating import Moderating
from posthouse.posts.own import Own
from posthouse.posts.records import (
    FAILED,
    LIVE,
    NONE,
    SENDING,
    UNKNOWN,
    WAITING,
    Entry,
    Post,
    add_entry,
    add_post,
    change_entry,
    change_post,
    edition_of,
    entry_of,
    post_of,
)
from posthouse.posts.reminding import Reminding
from posthouse.posts.retiring import Retiring
from posthouse.posts.threads import Threads
from posthouse.turn.turn import Turn

WENT = ("sent", "ridden")


class Submitting:
    """Publishes entries."""

    def __init__(
        self,
        board: Board,
        own: Own,
        *,
        threads: Threads,
        moderating: Moderating,
        retiring: Retiring,
        reminding: Reminding,
    ) -> None:
        self.board = board
        self._own = own
        self._threads = threads
        self._moderating = moderating
        self._retiring = retiring
        self._reminding = reminding
        self._settled = board.action("settled", self.settled)
        board.action("retry", self.retry)

    async def submit(self, turn: Turn, id: str, form: Form) -> Answer:
        """Publish a finished form; its author is shown how that goes."""
        known = await entry_of(turn, id) if turn.conflict is not None else None
        if known is not None:  # another turn has submitted it meanwhile
            return self._own.shows(turn, known, await edition_of(turn, known))
        first, terms = self.board.terms.first.name, self.board.terms
        number = await turn.number(terms.number)
        made = entry_from(turn, id, form, name=self.board.name, state=first, number=number)
        posts = self.send(turn, made, form=form)
        key = self._own.begin(turn, made, posts)
        add_entry(turn, msgspec.structs.replace(made, screen=key))
        for each in posts:
            add_post(turn, each)
        return SILENT

    def send(self, turn: Turn, found: Entry, *, form: Form | None = None) -> Sequence[Post]:
        """Send the post of an entry to every chat; return what is to be written of that."""
        return [self._send(turn, found, place, form) for place in self.board.terms.chats]

    def _send(self, turn: Turn, found: Entry, place: str, form: Form | None) -> Post:
        chat = turn.named(place)
        shown = self.board.shown(turn, found, chat, form=form)
        sent = turn.send(shown.reply, to=chat)
        extra, sequence = WAITING if shown.extra else NONE, self.board.terms.number
        made = post_from(turn, found, sent, place=place, chat=chat, sequence=sequence, extra=extra)
        sent.then(self._settled, made.id)
        return made

    # --- what became of it

    async def settled(self, turn: Turn, id: str) -> Answer:
        """Take note of how the delivery of a post ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or outcome is None:
            return SILENT
        if outcome.state in WENT:
            await self._went(turn, found, of, outcome)
        elif found.status == SENDING:
            await self._failed(turn, found, of, outcome)
        return SILENT

    async def _went(self, turn: Turn, found: Post, of: Entry, outcome: Outcome) -> None:
        message = outcome.message_id
        place = self.board.place_of(turn, found)
        link = turn.permalink(place, message) if message else None
        values: dict[str, Any] = {"message": message, "link": link}
        if found.status != SENDING:  # it was taken back, deleted or replaced meanwhile
            change_post(turn, found, **values)
            return
        values |= {"status": LIVE, "sent": turn.now_s}
        if found.place == self.board.terms.chats[0]:
            seen = msgspec.structs.replace(found, link=link)
            values["card"] = self._moderating.card(turn, of, seen)
        out = change_post(turn, found, **values)
        self._threads.expect(turn, out)
        posts = [out if p.id == out.id else p for p in await edition_of(turn, of)]
        if found.place == self.board.terms.chats[0]:
            await self.board.follow(turn, of, posts)
        if all(each.status == LIVE for each in posts):
            await self._retiring.retire(turn, of, posts)
            self._reminding.plan(turn, of, out)
        await self._own.tell(turn, of, posts)

    async def _failed(self, turn: Turn, found: Post, of: Entry, outcome: Outcome) -> None:
        status = UNKNOWN if outcome.state == "unknown" else FAILED
        out = change_post(turn, found, status=status)
        self._moderating.alert(
            turn,
            f"posthouse-post-alert-{status}",
            number=number_of(of),
            chat=found.place,
            error=outcome.error or outcome.state,
        )
        posts = [out if p.id == out.id else p for p in await edition_of(turn, of)]
        await self._own.tell(turn, of, posts, loudly=True)

    async def retry(self, turn: Turn, id: str) -> Answer:
        """Send a post again whose delivery failed; it keeps its number."""
        found = await post_of(turn, id)
        of = await self._own.found(turn, found.entry if found is not None else "")
        if found is None or of is None:
            return SILENT
        if found.live and found.status in (FAILED, UNKNOWN) and self.board.is_open(of):
            chat = turn.named(found.place)
            shown = self.board.shown(turn, of, chat)
            sent = turn.send(shown.reply, to=chat)
            values = {"delivery": sent.key, "chat": chat.id, "shown": of.state, "status": SENDING}
            found = change_post(turn, found, **values)
            sent.then(self._settled, found.id)
            of = change_entry(turn, of, **self._own.place(turn, of))
        else:
            turn.notify(turn.say("posthouse-post-done-already"))
        posts = [found if p.id == found.id else p for p in await edition_of(turn, of)]
        return self._own.shows(turn, of, posts)
