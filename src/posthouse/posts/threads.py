"""Threads: where a post is discussed, and the photos that go there because it shows only one.

How this works: a messenger tells that a thread was opened in the lane of the group, how the post's
delivery ended is told in the lane of its author, and nobody knows which comes first. Both write
down what they know and then look again, in a turn of their own, whether all is there; the row's
version lets one of them send the photos.
"""

from datetime import timedelta

from posthouse.model.chat import Chat
from posthouse.model.reply import PASS, SILENT, Answer, Reply
from posthouse.model.text import Text
from posthouse.model.update import ThreadOpened
from posthouse.posts.board import Board, number_of
from posthouse.posts.moderating import Moderating
from posthouse.posts.records import (
    FAILED,
    LIVE,
    SENDING,
    SENT,
    WAITING,
    Entry,
    Opened,
    Post,
    change_post,
    entry_of,
    keep_thread,
    post_of,
    posts,
    thread_of,
)
from posthouse.posts.voices import PostVoice
from posthouse.storage.schema import post
from posthouse.turn.turn import Turn

AT_ONCE = timedelta(0)
AGAIN = (timedelta(minutes=10), timedelta(hours=1))
"""When refused photos are tried again."""


class Threads:
    """Knows the threads of posts, and sends further photos into them."""

    def __init__(self, board: Board, moderating: Moderating) -> None:
        self._board = board
        self._moderating = moderating
        self._attach = board.action("attach", self.attach)
        self._attach_to = board.action("attach-to", self.attach_to)
        self._attached = board.action("attached", self.attached)
        if board.terms.extra_photos is not None or board.terms.follow_ups:
            board.app.on(self.opened)

    def expect(self, turn: Turn, found: Post) -> None:
        """Wait for the thread of a post that is out, if photos are to go there."""
        if found.extra == WAITING:
            turn.later(AT_ONCE, self._attach, found.id)
            turn.later(self._board.terms.window, self._attach, found.id, is_last=True)

    async def opened(self, turn: Turn, opened: ThreadOpened) -> Answer:
        """Take note of a thread, if it is that of a chat with posts; other apps may want it too."""
        terms = self._board.terms
        if terms.extra_photos is not None and turn.named(terms.extra_photos).id != turn.chat.id:
            return PASS
        chat = next((c for c in map(turn.named, terms.chats) if _is(c, opened)), None)
        if chat is not None:
            keep_thread(turn, chat=chat.id, message=opened.of_message, opened=opened.message_id)
            if terms.extra_photos is not None:
                turn.later(AT_ONCE, self._attach_to, chat.id, opened.of_message)
        return PASS

    async def attach_to(self, turn: Turn, chat: str, message: str) -> Answer:
        """Send the further photos of the post that is a message, if it has some."""
        whose = (post.c.message == message) | post.c.message.startswith(
            f"{message},", autoescape=True
        )
        for each in await posts(turn, post.c.chat == chat, whose):
            await self.attach(turn, each.id)
        return SILENT

    async def attach(self, turn: Turn, id: str, is_last: bool = False, tries: int = 0) -> Answer:
        """Send the further photos of a post if its thread is there, or will not be any more."""
        found = await post_of(turn, id)
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or (found.extra, found.status) != (WAITING, LIVE):
            return SILENT
        opened = await self._in_time(turn, found)
        group = self._board.terms.extra_photos
        if group is None or (opened is None and not is_last):
            return SILENT
        place = self._board.place_of(turn, found)
        photos = self._board.shown(turn, of, place, link=found.link).extra
        words = Text("") if opened else self._beside(turn, of, found)
        if opened is None:
            self._moderating.alert(
                turn, "posthouse-post-alert-thread", number=number_of(of), chat=found.place
            )
        reply = Reply(words, photos=photos)
        reply_to = opened.thread if opened else None
        sent = turn.send(reply, to=turn.named(group), reply_to=reply_to)
        change_post(turn, found, extra=SENDING, album=sent.key)
        sent.then(self._attached, id, tries)
        return SILENT

    async def attached(self, turn: Turn, id: str, tries: int) -> Answer:
        """Take note of how the delivery of the photos ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or outcome is None or found.extra != SENDING:
            return SILENT
        if outcome.state in ("sent", "ridden"):
            change_post(turn, found, extra=SENT)
            return SILENT
        # What may have arrived is not sent again: twice the photos is worse than to look there.
        is_again = outcome.state != "unknown" and tries < len(AGAIN)
        change_post(turn, found, extra=WAITING if is_again else FAILED)
        if is_again:
            turn.later(AGAIN[tries], self._attach, id, is_last=True, tries=tries + 1)
        self._moderating.alert(
            turn,
            "posthouse-post-alert-photos",
            number=number_of(of),
            again=str(is_again).lower(),
            error=outcome.error or outcome.state,
        )
        return SILENT

    async def _in_time(self, turn: Turn, found: Post) -> Opened | None:
        opened = await thread_of(turn, found)
        window_s = self._board.terms.window.total_seconds()
        late = opened is not None and found.sent is not None and opened.at > found.sent + window_s
        return None if late else opened

    def _beside(self, turn: Turn, of: Entry, found: Post) -> Text:
        voice = PostVoice(turn)
        link = found.link or ""
        return voice.say("posthouse-post-photos", number=number_of(of), link=link)


def _is(chat: Chat, opened: ThreadOpened) -> bool:
    name = opened.of_name
    return chat.id == opened.of_chat or (name is not None and chat.id.lower() == name.lower())
