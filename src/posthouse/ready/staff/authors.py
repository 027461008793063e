"""Who wrote a message that staff answer: an author of a post, or a person of the chat."""

from typing import Any, NamedTuple

from sqlalchemy import Select, select

from posthouse.model.update import Message
from posthouse.people import rows
from posthouse.posts.records import entry_of, posts
from posthouse.ready.staff import telegram
from posthouse.storage.schema import journal, message, post, thread
from posthouse.turn.turn import Turn


class Author(NamedTuple):
    """Somebody who wrote a message."""

    id: str
    name: str
    wrote_here: bool = False
    """The message itself is theirs; else it is a bot's about them, or was passed on by others."""


async def author_answered(turn: Turn, update: Message) -> Author | None:
    """Return who is behind the message that one answers; None where nobody can tell.

    For a post, its card, its thread and what was passed on of it that is the author of the entry;
    for another message whoever wrote it, as the messenger says or the journal.
    """
    if update.reply_to is None:
        return None
    found = await _of_post(turn, update.reply_to)
    if found is None and update.chat.messenger == telegram.MESSENGER:
        told = telegram.written_by(update.native, besides=turn.person.id)
        found = None if told is None else Author(*told)
    return found or await _of_journal(turn, update.reply_to)


async def is_of_others(turn: Turn, update: Message) -> bool:
    """Whether another bot of the same chat wrote what is answered: it is the one that is meant."""
    if update.chat.messenger != telegram.MESSENGER or not telegram.is_of_bot(update.native):
        return False
    return not await turn.fetch(_sent(turn, update.reply_to).limit(1))


def _sent(turn: Turn, message_id: str | None) -> Select[Any]:
    """Find the delivery of a message that this bot sent here."""
    return select(message.c.delivery).where(
        message.c.account == turn.account,
        message.c.chat == turn.chat.id,
        message.c.message_id == message_id,
    )


async def _of_post(turn: Turn, answered: str) -> Author | None:
    here = turn.chat.id
    sent = _sent(turn, answered)
    opened = select(thread.c.message).where(
        thread.c.account == turn.account,
        thread.c.place == here,
        thread.c.thread == answered,
        thread.c.chat == post.c.chat,
    )
    wanted: Any = (
        post.c.card.in_(sent)
        | post.c.delivery.in_(sent)
        | post.c.album.in_(sent)
        | post.c.message.in_(opened)
    )
    for one in await posts(turn, wanted, limit=1):
        of = await entry_of(turn, one.entry)
        if of is not None and of.person:
            return Author(of.person, of.name)
    return None


async def _of_journal(turn: Turn, answered: str) -> Author | None:
    """Return who wrote a message that the journal has, where the bot keeps one."""
    wanted = select(journal.c.person).where(
        journal.c.account == turn.account,
        journal.c.chat == turn.chat.id,
        journal.c.message == answered,
        journal.c.way == "in",
        journal.c.person.is_not(None),
    )
    for row in await turn.fetch(wanted.limit(1)):
        known = await turn.fetch(rows.name_of(turn.account, row.person))
        return Author(row.person, next((one.name for one in known), row.person), wrote_here=True)
    return None
