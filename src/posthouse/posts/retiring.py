"""Posting again: a new post with a new number, and what becomes of the message before it."""

from collections.abc import Sequence

import msgspec

from posthouse.model.reply import SILENT, Answer, Reply
from posthouse.posts.board import Board, number_of
from posthouse.posts.moderating import Moderating
from posthouse.posts.records import (
    GONE,
    MOVED,
    Entry,
    Post,
    change_post,
    edition_of,
    entry_of,
    post_of,
)
from posthouse.posts.voices import PostVoice
from posthouse.turn.turn import Turn


class Retiring:
    """Deals with the messages of former editions, once the new ones are out."""

    def __init__(self, board: Board, moderating: Moderating) -> None:
        self._board = board
        self._moderating = moderating
        self._retired = board.action("retired", self.retired)

    async def retire(self, turn: Turn, of: Entry, posts: Sequence[Post]) -> None:
        """Delete or edit the messages of the edition before, by the terms."""
        if of.edition == 1 or self._board.terms.repost in (None, "keep"):
            return
        links = {each.chat: each.link for each in posts}
        for old in await edition_of(turn, of, of.edition - 1):
            if old.status == MOVED:
                self._retire(turn, of, old, links.get(old.chat))

    def _retire(self, turn: Turn, of: Entry, old: Post, link: str | None) -> None:
        place = self._board.place_of(turn, old)
        handle = turn.sent(old.delivery, to=place)
        if self._board.terms.repost == "delete":
            handle.delete().then(self._retired, old.id)
            if old.album is not None and self._board.terms.extra_photos is not None:
                turn.sent(old.album, to=turn.named(self._board.terms.extra_photos)).delete()
            return
        before = msgspec.structs.replace(of, state=old.shown, number=old.number)
        photos = self._board.shown(turn, before, place).reply.photos
        words = PostVoice(turn).say(
            "posthouse-post-moved", number=number_of(old), to=number_of(of), link=link or ""
        )
        handle.edit(Reply(words, photos=photos)).then(self._retired, old.id)

    async def retired(self, turn: Turn, id: str) -> Answer:
        """Tell staff of a former message that is as it was."""
        found, outcome = await post_of(turn, id), turn.outcome
        if found is None or outcome is None:
            return SILENT
        is_deleted = self._board.terms.repost == "delete" and outcome.state == "sent"
        if outcome.is_gone or is_deleted:
            if found.status == MOVED:
                change_post(turn, found, status=GONE)
            return SILENT
        of = await entry_of(turn, found.entry)
        if of is not None and outcome.state in ("rejected", "expired", "unknown"):
            self._moderating.alert(
                turn,
                "posthouse-post-alert-old",
                number=number_of(found),
                to=number_of(of),
                error=outcome.error or outcome.state,
            )
        return SILENT
