"""What authors and staff do with a post that is out: transitions, posting again, taking it back."""

from datetime import timedelta

from posthouse.model.reply import SILENT, Answer
from posthouse.posts.board import Board, number_of
from posthouse.posts.moderating import Moderating
from posthouse.posts.own import Own
from posthouse.posts.records import (
    GONE,
    LIVE,
    MOVED,
    PUBLISHED,
    SENDING,
    WITHDRAWN,
    Entry,
    Post,
    add_post,
    change_entry,
    change_post,
    edition_of,
    entry_of,
    post_of,
    still_there,
)
from posthouse.posts.submitting import Submitting
from posthouse.turn.turn import Turn

AGAIN = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""When a message that could not be changed is tried again."""
BAD = ("rejected", "expired", "unknown")


class Changing:
    """Changes posts."""

    def __init__(
        self, board: Board, own: Own, *, submitting: Submitting, moderating: Moderating
    ) -> None:
        self._board = board
        self._own = own
        self._submitting = submitting
        self._moderating = moderating
        self._changed = board.action("changed", self.changed)
        self._refresh = board.action("refresh", self.refresh)
        self._withdrawn = board.action("withdrawn", self.withdrawn)
        board.action("step", self.step)
        board.action("again", self.again)
        board.action("withdraw", self.withdraw)

    # --- transitions

    async def step(self, turn: Turn, id: str, state: str) -> Answer:
        """Bring a post into another state, and its messages with it."""
        found = await self._own.found(turn, id)
        if found is None:
            return SILENT
        posts = await edition_of(turn, found)
        wrong = self._obstacle(found, state)
        if wrong is not None:
            named = self._board.state_name(self._board.voice(turn, found), found.state)
            turn.notify(turn.say(wrong, number=number_of(found), state=named))
            return self._own.shows(turn, found, posts)
        found = change_entry(turn, found, state=state, **self._own.place(turn, found))
        for each in posts:
            if each.status in (LIVE, SENDING):
                self._edit(turn, found, each, tries=0)
        await self._board.follow(turn, found, posts)
        return self._own.shows(turn, found, posts)

    def _obstacle(self, found: Entry, state: str) -> str | None:
        """Return the key of what keeps an entry from coming into a state."""
        if found.standing != PUBLISHED:
            return f"posthouse-post-{found.standing}"
        if found.state == state:
            return "posthouse-post-is-already"
        steps = self._board.terms.steps_from(self._board.state_of(found))
        return None if state in [step.name for step in steps] else "posthouse-post-no-step"

    def _edit(self, turn: Turn, found: Entry, each: Post, *, tries: int) -> None:
        place = self._board.place_of(turn, each)
        reply = self._board.shown(turn, found, place, link=each.link).reply
        sent = turn.sent(each.delivery, to=place).edit(reply)
        sent.then(self._changed, each.id, found.state, tries)

    async def changed(self, turn: Turn, id: str, state: str, tries: int) -> Answer:
        """Take note of how the change of a message ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or outcome is None:
            return SILENT
        if of.standing != PUBLISHED or not found.live or of.state != state:
            return SILENT  # something else has become of it meanwhile
        if outcome.is_gone:
            return await self._lost(turn, found, of)
        if outcome.state in BAD:
            return await self._missed(turn, found, of, outcome.error or outcome.state, tries)
        found = change_post(turn, found, shown=state)
        return await self._told(turn, of, found, loudly=tries > 0)

    async def _lost(self, turn: Turn, found: Post, of: Entry) -> Answer:
        """Give up a post whose message was deleted by hand."""
        found = change_post(turn, found, status=GONE, live=False, shown=of.state)
        self._moderating.alert(
            turn, "posthouse-post-alert-gone", number=number_of(of), chat=found.place
        )
        return await self._told(turn, of, found, loudly=True)

    async def _missed(self, turn: Turn, found: Post, of: Entry, error: str, tries: int) -> Answer:
        """Try again later; the author sees that it is not done yet."""
        is_again = tries < len(AGAIN)
        if is_again:
            turn.later(AGAIN[tries], self._refresh, found.id, tries + 1)
        if tries == 0 or not is_again:
            self._moderating.alert(
                turn,
                "posthouse-post-alert-edit",
                number=number_of(of),
                again=str(is_again).lower(),
                error=error,
            )
            return await self._told(turn, of, found, is_late=True)
        return SILENT

    async def refresh(self, turn: Turn, id: str, tries: int) -> Answer:
        """Try again to let a message show the state that its entry has."""
        found = await post_of(turn, id)
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or found.status != LIVE or found.shown == of.state:
            return SILENT
        self._edit(turn, of, found, tries=tries)
        return SILENT

    # --- posting again

    async def again(self, turn: Turn, id: str, edition: int) -> Answer:
        """Publish an entry anew, under a new number."""
        found = await self._own.found(turn, id)
        if found is None:
            return SILENT
        posts = await edition_of(turn, found)
        wrong = self._no_repost(found, posts, edition)
        if wrong is not None:
            named = self._board.state_name(self._board.voice(turn, found), found.state)
            turn.notify(turn.say(wrong, number=number_of(found), state=named))
            return self._own.shows(turn, found, posts)
        for each in posts:
            if each.live:
                change_post(turn, each, status=MOVED, live=False)
        number = await turn.number(self._board.terms.number)
        where = self._own.place(turn, found)
        found = change_entry(turn, found, edition=found.edition + 1, number=number, **where)
        made = self._submitting.send(turn, found)
        for each in made:
            add_post(turn, each)
        return self._own.shows(turn, found, made)

    def _no_repost(self, found: Entry, posts: list[Post], edition: int) -> str | None:
        if found.standing != PUBLISHED:
            return f"posthouse-post-{found.standing}"
        if found.edition != edition:
            return "posthouse-post-again-already"
        if self._board.state_of(found).ends:
            return "posthouse-post-is-already"
        is_gone = any(each.status == GONE for each in posts)
        if self._board.terms.repost is None and not is_gone:
            return "posthouse-post-no-step"
        is_out = all(each.status in (LIVE, GONE) for each in posts)
        return None if is_out else "posthouse-post-sending"

    # --- taking it back

    async def withdraw(self, turn: Turn, id: str) -> Answer:
        """Take a post back: its messages are deleted."""
        found = await self._own.found(turn, id)
        if found is None:
            return SILENT
        posts = await edition_of(turn, found)
        if not self._board.terms.withdraw:  # a button from before the terms were changed
            turn.notify(turn.say("posthouse-post-no-step", number=number_of(found)))
            return self._own.shows(turn, found, posts)
        if not self._board.is_open(found):
            named = self._board.state_name(self._board.voice(turn, found), found.state)
            is_out = found.standing == PUBLISHED
            key = "posthouse-post-is-already" if is_out else f"posthouse-post-{found.standing}"
            turn.notify(turn.say(key, number=number_of(found), state=named))
            return self._own.shows(turn, found, posts)
        found = change_entry(turn, found, standing=WITHDRAWN, **self._own.place(turn, found))
        there = await still_there(turn, found)
        taken = {each.id: self._take_back(turn, each) for each in there}
        return self._own.shows(turn, found, [taken.get(each.id, each) for each in posts])

    def _take_back(self, turn: Turn, each: Post) -> Post:
        if each.status in (LIVE, SENDING, MOVED):
            place = self._board.place_of(turn, each)
            turn.sent(each.delivery, to=place).delete().then(self._withdrawn, each.id)
        group = self._board.terms.extra_photos
        if each.album is not None and group is not None:
            turn.sent(each.album, to=turn.named(group)).delete()
        return change_post(turn, each, status=WITHDRAWN, live=False)

    async def withdrawn(self, turn: Turn, id: str) -> Answer:
        """Say it when the message of a post that was taken back could not be deleted."""
        found, outcome = await post_of(turn, id), turn.outcome
        of = await entry_of(turn, found.entry) if found is not None else None
        if found is None or of is None or outcome is None or outcome.is_gone:
            return SILENT
        if outcome.state not in BAD:
            return SILENT
        error = outcome.error or outcome.state
        self._moderating.alert(
            turn, "posthouse-post-alert-undeleted", number=number_of(of), error=error
        )
        voice = self._board.voice(turn, of)
        turn.send(
            voice.say("posthouse-post-not-withdrawn", number=number_of(of)),
            to=self._board.chat_of(turn, of),
        )
        return SILENT

    # --- inside

    async def _told(self, turn: Turn, of: Entry, found: Post, **how: bool) -> Answer:
        posts = [found if p.id == found.id else p for p in await edition_of(turn, of)]
        await self._own.tell(turn, of, posts, **how)
        return SILENT
