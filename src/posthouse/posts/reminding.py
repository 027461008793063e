"""Reminders: one message to the author of a post that is live for long."""

from datetime import date, datetime, timedelta, tzinfo

from posthouse.dialogs.forms.form import placed
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.posts.board import Board, number_of
from posthouse.posts.declare import Remind
from posthouse.posts.own import Own
from posthouse.posts.records import Entry, Post, edition_of, entry_of
from posthouse.posts.redrawing import shown_by
from posthouse.posts.rendering import restored
from posthouse.turn.turn import Turn


class Reminding:
    """Reminds authors."""

    def __init__(self, board: Board, own: Own) -> None:
        self._board = board
        self._own = own
        self._remind = board.action("remind", self.remind)

    def plan(self, turn: Turn, of: Entry, out: Post) -> None:
        """Remind the author of an edition that has just come out, when the time comes."""
        remind = self._board.remind
        if remind is not None:
            sent = turn.now if out.sent is None else datetime.fromtimestamp(out.sent, turn.zone)
            turn.at(moment(remind, sent, turn.zone), self._remind, of.id, of.edition)

    async def remind(self, turn: Turn, id: str, edition: int) -> Answer:
        """Remind an author, unless something else has become of the post."""
        of, remind = await entry_of(turn, id), self._board.remind
        if of is None or remind is None or of.edition != edition or not self._board.is_open(of):
            return SILENT
        posts = [each for each in await edition_of(turn, of) if each.live]
        if not posts:
            return SILENT
        screen = self._screen(turn, of, posts, remind)
        shown_by(turn, screen, self._own.show_action, of.id)
        if turn.chat.id == of.chat:
            return screen
        turn.send(screen, to=self._board.chat_of(turn, of))
        return SILENT

    def _screen(self, turn: Turn, of: Entry, posts: list[Post], remind: Remind) -> Screen:
        own = self._own.screen(turn, of, posts)
        voice = self._board.voice(turn, of)
        link = next((each.link for each in posts if each.link), None)
        words: object
        if remind.template is not None:
            around = Surroundings(
                voice=voice, number=of.number, link=link, state=self._board.state_of(of)
            )
            words = remind.template(placed(restored(self._board.form, of.plain), around))
        else:
            words = voice.first(
                f"{self._board.key}-remind", "posthouse-post-remind", number=number_of(of)
            )
        reply = words if isinstance(words, Reply) else Reply(words)
        return Screen(reply, rows=own.rows)


def moment(remind: Remind, sent: datetime, zone: tzinfo) -> datetime:
    """Return when to remind of a post: at the time of day, on the day that is that much later."""
    day: date = (sent.astimezone(zone) + remind.after).date()
    due = datetime.combine(day, remind.at, tzinfo=zone)
    if due <= sent:  # less than a day later
        due = datetime.combine(day + timedelta(days=1), remind.at, tzinfo=zone)
    return due
