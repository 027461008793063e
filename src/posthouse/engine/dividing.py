"""Plain replies that are too much for one message: into how many deliveries, and with which keys.

How this works: a turn that sends a reply asks first how many messages it takes, so that all of them
get their delivery keys at once, in the order in which they are to be shown: deliveries of a chat
that are read back from the database are ordered by these keys.
"""

from typing import NamedTuple

from posthouse.delivery.validate import check_levels
from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities
from posthouse.model.outgoing import Content, Key
from posthouse.model.reply import Reply, Screen
from posthouse.model.splitting import MOST_PARTS, keyboard_place, obstacle, parts
from posthouse.model.text import Text


class Shape(NamedTuple):
    """How a reply is divided."""

    messages: int
    """How many."""
    handle: int
    """Which of them its handle, and the payloads of its buttons, belong to."""


ONE = Shape(1, 0)


def shape_of(content: Content, able: Capabilities, *, chat: str, messenger: str) -> Shape:
    """Return how a reply is divided; raises InvalidReplyError when a chat cannot show it."""
    check_levels(content, able, chat=chat, messenger=messenger)
    why = obstacle(content, able)
    if why is None:
        return ONE
    divided = parts(content, able)
    if len(divided) > MOST_PARTS:
        raise InvalidReplyError(
            f"chat {chat} on {messenger}: {why}, and the reply would become {len(divided)} "
            f"messages, of which {MOST_PARTS} are the most; shorten it, or send it as a file"
        )
    return Shape(len(divided), keyboard_place(divided))


def sketch_of(message: Reply | Screen) -> Content:
    """Return what a message shows, with buttons that carry nothing yet."""
    words = message.words
    reply = words if isinstance(words, Reply) else Reply(words)
    if isinstance(message, Reply):
        reply = message
    elif reply.rows:
        message = Screen(words, (*reply.rows, *message.rows))
    return Content(
        text=words_of(reply),
        photos=reply.photos,
        files=reply.files,
        choices=reply.choices,
        rows=tuple(tuple(Key(button.label) for button in row) for row in message.rows if row),
    )


def words_of(reply: Reply) -> Text:
    """Return the words of a reply as a text."""
    return Text(reply.words) if isinstance(reply.words, str) else reply.words
