"""Ready answers of a form: shown where a messenger can share something, and taken away quietly.

How this works: a keyboard of ready answers stays until a message takes it away. That is done by
whatever is said next, if that message has no buttons of its own or the messenger shows both. Else a
message is sent for it alone, and deleted at once where the messenger deletes.
"""

from msgspec.structs import replace

from posthouse.dialogs.filling.drafts import Draft
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.reply import Reply, Request, Screen
from posthouse.model.text import Words
from posthouse.turn.turn import Turn

NOTED = "posthouse-form-noted"


def offered(draft: Draft, words: Words, request: Request, rows: list[list[str]]) -> Reply:
    """Return a question with what can be shared instead of typing, and other ready answers."""
    draft.keyboard = True
    return Reply(words, choices=((request,), *map(tuple, rows)))


def taking_away(turn: Turn, draft: Draft, screen: Screen, able: Capabilities) -> Screen | Reply:
    """Return a screen of words and rows that also takes the ready answers away, if there are any.

    One without buttons becomes a plain message.
    """
    if not draft.keyboard:  # nearly always
        return screen
    draft.keyboard = False
    if turn.screen is None and not isinstance(screen.words, Reply):  # else an older one is edited
        if not screen.rows:
            return Reply(screen.words, choices=())
        if able.both_keyboards:
            return replace(screen, words=Reply(screen.words, choices=()))
    sent = turn.send(Reply(turn.say(NOTED), choices=()))
    if able.deletes > Level.FALLBACK:
        sent.delete()
    return screen


def above(draft: Draft, reply: Reply) -> Reply:
    """Return a message that stands above others, and takes the ready answers away if it can."""
    is_album = len(reply.photos) + len(reply.files) > 1
    if not draft.keyboard or is_album or reply.rows or reply.choices is not None:
        return reply
    draft.keyboard = False
    return replace(reply, choices=())
