"""Plain replies that are too much for one message: into how many deliveries, and with which keys.

How this works: a turn that sends a reply asks first how many messages it takes, so that all of them
get their delivery keys at once, in the order in which they are to be shown: deliveries of a chat
that are read back from the database are ordered by these keys.
"""

from typing import NamedTuple, TypeAlias

from posthouse.delivery.validate import check_levels
from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities
from posthouse.model.outgoing import Content, Key
from posthouse.model.reply import Reply, Request, Screen
from posthouse.model.splitting import MOST_PARTS, keyboard_place, obstacle, parts
from posthouse.model.text import Text

Choices: TypeAlias = tuple[tuple[str | Request, ...], ...] | None


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
        choices=labels_of(reply.choices),
        rows=tuple(
            tuple(Key(button.label, url=button.url) for button in row)
            for row in message.rows
            if row
        ),
    )


def labels_of(choices: Choices) -> tuple[tuple[str, ...], ...] | None:
    """Return the labels of ready answers."""
    if not choices:  # nearly always
        return None if choices is None else ()
    return tuple(tuple(_label(each) for each in row) for row in choices)


def _label(choice: str | Request) -> str:
    return choice.label if isinstance(choice, Request) else choice


def choices_for(
    choices: Choices, able: Capabilities
) -> tuple[Choices, tuple[tuple[str, str], ...]]:
    """Return the ready answers that a chat can show, and those of them that share something."""
    if not choices:  # nearly always
        return choices, ()
    shown = [
        [c for c in row if not isinstance(c, Request) or c.what in able.requests] for row in choices
    ]
    requests = [(c.label, str(c.what)) for row in shown for c in row if isinstance(c, Request)]
    return tuple(tuple(row) for row in shown if row), tuple(requests)


def words_of(reply: Reply) -> Text:
    """Return the words of a reply as a text."""
    return Text(reply.words) if isinstance(reply.words, str) else reply.words
