"""New rows: the entry that a finished form becomes, and its post in a chat."""

from typing import Any

import msgspec

from posthouse.dialogs.forms.form import Form, plain_of
from posthouse.model.chat import Chat
from posthouse.posts.ids import new_id
from posthouse.posts.records import Entry, Post
from posthouse.turn.sent import Sent
from posthouse.turn.turn import Turn


def entry_from(turn: Turn, id: str, form: Form, *, name: str, state: str, **more: Any) -> Entry:
    """Return the entry of a form that the person of a turn has finished.

    Args:
        turn: The turn that submits.
        id: Its id, that of the draft.
        form: The answers.
        name: The form's, as `app.Form`.
        state: Name of its state.
        more: Values of what only some entries have.
    """
    now = turn.now_s
    return Entry(
        id=id,
        account=turn.account,
        form=name,
        person=turn.person.id,
        chat=turn.chat.id,
        name=turn.person.name,
        language=turn.language,
        answers=answers_in(form),
        state=state,
        created=now,
        changed=now,
        **more,
    )


def answers_in(form: Form) -> bytes:
    """Return the answers of a form as they are kept."""
    return msgspec.msgpack.encode(plain_of(form))


def post_from(turn: Turn, found: Entry, sent: Sent, *, place: str, chat: Chat, **more: Any) -> Post:
    """Return the post of an entry whose message is on its way.

    Args:
        turn: The turn that sends it.
        found: The entry.
        sent: The message.
        place: The chat's name in the settings.
        chat: The chat.
        more: Values of what only some posts have.
    """
    return Post(
        id=new_id(turn.now),
        entry=found.id,
        account=found.account,
        place=place,
        chat=chat.id,
        edition=found.edition,
        number=found.number,
        delivery=sent.key,
        shown=found.state,
        created=turn.now_s,
        **more,
    )
