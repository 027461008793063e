"""What authors see of their entries: how one stands, what may become of it, and the list of all."""

from collections.abc import Sequence

from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.model.text import Text
from posthouse.posts.board import Board, number_of
from posthouse.posts.records import (
    FAILED,
    GONE,
    LIVE,
    PUBLISHED,
    SENDING,
    UNKNOWN,
    WITHDRAWN,
    Entry,
    Post,
    change_entry,
    edition_of,
    entries,
    entry_of,
)
from posthouse.posts.redrawing import reopen, shown_by
from posthouse.posts.voices import PostVoice
from posthouse.storage.schema import entry
from posthouse.turn.action import link_button
from posthouse.turn.turn import Turn

MOST_LISTED = 200
"""Entries of one person that are listed, the newest first."""


class Own:
    """Shows authors what is theirs."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.show_action = board.action("post", self.show)
        self.list_action = board.action("posts", self.list)

    # --- actions

    async def list(self, turn: Turn) -> Screen:
        """List a person's own entries, the newest first."""
        voice = PostVoice(turn, turn.language)
        mine = (entry.c.form == self._board.name, entry.c.person == turn.person.id)
        found = await entries(turn, *mine, limit=MOST_LISTED)
        start = self._board.start_of(self._board.form)
        if not found:
            screen = Screen(voice.say("posthouse-post-none"))
        else:
            items = [(self._line(voice, each), each.id) for each in found]
            screen = Screen(voice.say("posthouse-post-list")).options(items, self.show_action)
        label = voice.first(f"{self._board.key}-new", "posthouse-post-new")
        return screen.row(self._board.app_button(label, start)).home()

    async def show(self, turn: Turn, id: str) -> Screen | Answer:
        """Show how one entry stands."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        screen = self.screen(turn, found, await edition_of(turn, found))
        return screen.back()

    # --- for what happens to entries

    async def found(self, turn: Turn, id: str) -> Entry | None:
        """Return an entry that whoever acts may act on; else say why not, and return None."""
        found = await entry_of(turn, id)
        if found is None or found.form != self._board.name:
            turn.notify(turn.say("posthouse-post-lost"))
        elif not self._board.may(turn, found):
            turn.notify(turn.say("posthouse-post-not-yours"))
        else:
            return found
        return None

    def shows(self, turn: Turn, found: Entry, posts: Sequence[Post]) -> Answer:
        """Show how an entry stands, in the screen whose button was pressed."""
        return shown_by(turn, self.screen(turn, found, posts), self.show_action, found.id)

    def place(self, turn: Turn, found: Entry) -> dict[str, int]:
        """Return where its author looks at an entry from now on: the message that was pressed."""
        opened = turn.screen
        if opened is None or not opened.revision or opened.moves or turn.chat.id != found.chat:
            return {}
        return {"screen": opened.delivery}

    def begin(self, turn: Turn, made: Entry, posts: Sequence[Post]) -> int:
        """Show a new entry to its author; return the delivery key of the message."""
        screen = self.screen(turn, made, posts)
        return turn.send(shown_by(turn, screen, self.show_action, made.id), apart=True).key

    async def tell(
        self,
        turn: Turn,
        found: Entry,
        posts: Sequence[Post],
        *,
        loudly: bool = False,
        is_late: bool = False,
    ) -> None:
        """Show an author how an entry stands now, in a turn of the author's own chat.

        What was shown of it before is drawn anew; if that is gone, or it matters, a message of its
        own says it.
        """
        if turn.chat.id != found.chat:  # staff acted
            voice = self._board.voice(turn, found)
            turn.send(
                self._words(voice, found, posts, is_late), to=self._board.chat_of(turn, found)
            )
            return
        again = await reopen(turn, found.screen, self.show_action, found.id)
        screen = self.screen(turn, found, posts, is_late=is_late)
        screen = shown_by(turn, screen, self.show_action, found.id)
        if loudly or not again:
            key = turn.send(screen, apart=True).key
            change_entry(turn, found, screen=key)
        else:
            turn.send(screen)

    # --- the screen

    def screen(
        self, turn: Turn, found: Entry, posts: Sequence[Post], *, is_late: bool = False
    ) -> Screen:
        """Return the screen of an entry and the posts of its newest edition.

        `is_late` tells that a message could not be changed and is tried again.
        """
        voice = PostVoice(turn, turn.language)
        screen = Screen(self._words(voice, found, posts, is_late))
        for each in posts:
            if each.live and each.link is not None:
                screen = screen.row(link_button(str(voice.say("posthouse-post-open")), each.link))
        if found.standing == PUBLISHED:
            screen = self._with_repairs(screen, voice, posts)
            screen = self._with_steps(screen, voice, found, posts)
            screen = self._with_follow_ups(screen, voice, found)
            screen = self._with_end(screen, voice, found, posts)
        label = voice.first(f"{self._board.key}-new", "posthouse-post-new")
        return screen.row(self._board.app_button(label, self._board.start_of(self._board.form)))

    def _words(self, voice: PostVoice, found: Entry, posts: Sequence[Post], is_late: bool) -> Text:
        number = number_of(found)
        if found.standing != PUBLISHED:
            how = "withdrawn" if found.standing == WITHDRAWN else "removed"
            return voice.say(f"posthouse-post-{how}", number=number)
        by_status = {each.status: each for each in posts}
        state = self._board.state_name(voice, found.state)
        for status in (FAILED, UNKNOWN, GONE, SENDING):
            if status in by_status:
                return voice.say(f"posthouse-post-{status}", number=number, state=state)
        if any(each.shown != found.state for each in posts):
            how = "late" if is_late else "changing"
            return voice.say(f"posthouse-post-{how}", number=number, state=state)
        if found.state == self._board.terms.first.name:
            keys = (f"{self._board.key}-done", "posthouse-post-done")
            return voice.first(*keys, number=number)
        return voice.say("posthouse-post-is", number=number, state=state)

    def _with_repairs(self, screen: Screen, voice: PostVoice, posts: Sequence[Post]) -> Screen:
        for each in posts:
            if each.status in (FAILED, UNKNOWN):
                label = voice.say("posthouse-post-retry")
                screen = screen.row(self._board.button(label, "retry", each.id))
        return screen

    def _with_steps(
        self, screen: Screen, voice: PostVoice, found: Entry, posts: Sequence[Post]
    ) -> Screen:
        if not any(each.status == LIVE for each in posts):
            return screen
        board, number = self._board, number_of(found)
        for state in board.terms.steps_from(board.state_of(found)):
            key = f"{board.key}-to-{state.name}"
            named = board.state_name(voice, state.name)
            label = voice.first(key, "posthouse-post-to", number=number, state=named)
            question = voice.say("posthouse-post-sure", number=number, state=named)
            step = board.button(label, "step", found.id, state.name)
            screen = screen.row(step.confirm(question))
        return screen

    def _with_follow_ups(self, screen: Screen, voice: PostVoice, found: Entry) -> Screen:
        board = self._board
        for each in board.terms.follow_ups:
            name = board.key_of(each.form)
            keys = (f"{board.key}-follow-{name}", f"{name}-new", "posthouse-post-follow")
            label = voice.first(*keys, number=number_of(found), name=each.form.__name__)
            screen = screen.row(board.button(label, f"follow-{name}", found.id))
        return screen

    def _with_end(
        self, screen: Screen, voice: PostVoice, found: Entry, posts: Sequence[Post]
    ) -> Screen:
        board = self._board
        if not board.is_open(found):
            return screen
        number = number_of(found)
        is_out = all(each.status in (LIVE, GONE) for each in posts)
        if is_out and (board.terms.repost or any(each.status == GONE for each in posts)):
            label = voice.first(f"{board.key}-again", "posthouse-post-again", number=number)
            screen = screen.row(board.button(label, "again", found.id, found.edition))
        if board.terms.withdraw:
            label = voice.first(f"{board.key}-withdraw", "posthouse-post-withdraw", number=number)
            question = voice.say("posthouse-post-withdraw-sure", number=number)
            withdraw = board.button(label, "withdraw", found.id)
            screen = screen.row(withdraw.confirm(question))
        return screen

    def _line(self, voice: PostVoice, found: Entry) -> str:
        if found.standing == PUBLISHED:
            state = self._board.state_name(voice, found.state)
        else:
            state = voice.say(f"posthouse-post-state-{found.standing}")
        line = voice.say("posthouse-post-line", number=number_of(found), state=state)
        return str(line)
