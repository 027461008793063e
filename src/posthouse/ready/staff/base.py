"""The app that staff use, and who they are."""

from posthouse.app import App
from posthouse.routing.ready.access import require_role
from posthouse.turn.turn import Turn

STAFF = "staff"
"""The role, as cards of posts ask for it unless told otherwise."""

app = App("staff")
is_staff = require_role(STAFF)


def is_refused(turn: Turn) -> bool:
    """Whether somebody without the role pressed a button; they are told so."""
    if STAFF in turn.person.roles:
        return False
    turn.notify(turn.say("posthouse-post-staff-only"))
    return True
