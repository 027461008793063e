"""From what a handler gives to a reply: words become one, what shows nothing is refused."""

from posthouse.errors import EmptyReplyError, MistakeError
from posthouse.model.reply import Reply, Screen
from posthouse.model.text import Text, Words

_WORDS = (str, Text)  # a union would be put together anew each time


def as_reply(words: Words | Reply) -> Reply:
    """Return a reply.

    Raises EmptyReplyError for one that shows nothing and MistakeError for what is no reply.
    """
    reply = Reply(words) if isinstance(words, _WORDS) else words
    if not isinstance(reply, Reply):
        raise MistakeError(f"{type(words).__name__} cannot be sent; give a str, a Text or a Reply")
    if not (reply.words or reply.photos or reply.files):
        raise EmptyReplyError(
            "a reply has neither text nor media; return SILENT (or None) to say nothing"
        )
    return reply


def as_message(words: Words | Reply | Screen) -> Reply | Screen:
    """Return a reply or a screen; raises as `as_reply` does."""
    if isinstance(words, Screen):
        as_reply(words.words)
        return words
    return as_reply(words)
