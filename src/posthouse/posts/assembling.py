"""All that becomes of the posts of one form, put together."""

from posthouse.dialogs.forms.form import Form
from posthouse.posts.board import Board, Publishes
from posthouse.posts.changing import Changing
from posthouse.posts.declare import Terms
from posthouse.posts.follow_ups import FollowUps
from posthouse.posts.moderating import Moderating
from posthouse.posts.own import Own
from posthouse.posts.reminding import Reminding
from posthouse.posts.retiring import Retiring
from posthouse.posts.submitting import Submitting
from posthouse.posts.threads import Threads


def assemble(app: Publishes, form: type[Form], terms: Terms) -> Submitting:
    """Register what buttons, timers and outcomes call; return what submits."""
    board = Board(app, form, terms)
    own = Own(board)
    moderating = Moderating(board)
    submitting = Submitting(
        board,
        own,
        threads=Threads(board, moderating),
        moderating=moderating,
        retiring=Retiring(board, moderating),
        reminding=Reminding(board, own),
    )
    Changing(board, own, submitting=submitting, moderating=moderating)
    FollowUps(board, own, moderating)
    return submitting
