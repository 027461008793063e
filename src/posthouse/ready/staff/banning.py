"""`/ban`, as an answer to a message: its author is heard by no bot for a while.

In a group on Telegram the author cannot write there either, and the message is deleted.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.model.text import mention
from posthouse.model.update import Message, TextMessage
from posthouse.people.banning import ban, unban, write_down
from posthouse.ready.staff import telegram
from posthouse.ready.staff.authors import Author, author_answered, is_of_others
from posthouse.ready.staff.base import STAFF, app, is_refused, is_staff
from posthouse.routing.commands import end_of_command
from posthouse.routing.reading import READERS
from posthouse.storage.schema import ban as banned, role
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

USUAL = timedelta(hours=24)
LONGEST = timedelta(days=366)
"""Telegram takes what is longer for ever."""
NOW = timedelta(0)
"""Once the ban has committed."""


@app.command("ban", where=is_staff)
async def ban_author(turn: Turn, message: TextMessage) -> Answer:
    """Ban the author of the message you answer."""
    words = message.text[end_of_command(message.text) :].strip()
    lasting, reason = _read(words)
    if message.reply_to is None or not timedelta(0) < lasting <= LONGEST:
        return turn.say("posthouse-staff-ban-usage")
    who = await author_answered(turn, message)
    if who is None and await is_of_others(turn, message):
        return SILENT
    if who is None:
        return turn.say("posthouse-staff-ban-nobody")
    if who.id == turn.person.id or await _is_protected(turn, who):
        return turn.say("posthouse-staff-ban-staff", name=who.name)
    if not await ban(turn, who.id, reason, note=False):
        return turn.say("posthouse-post-banned-already", name=who.name)
    return _banned(turn, message, who, lasting, reason)


def _banned(turn: Turn, message: Message, who: Author, lasting: timedelta, reason: str) -> Screen:
    """Write the ban down, let it end by itself, and do what the group's messenger can."""
    until, since = turn.now + lasting, turn.now_s
    shown = f"{until.astimezone(turn.zone):%Y-%m-%d %H:%M}"
    write_down(turn, "ban", about=who.id, detail=": ".join(filter(None, (shown, reason))))
    is_silenced = who.wrote_here and telegram.is_group(turn)
    if is_silenced and message.reply_to is not None:
        turn.later(NOW, silence, who.id, message.reply_to, until)
    turn.later(lasting, expire, who.id, since)
    words = turn.say(
        "posthouse-staff-banned", name=mention(who.name, who.id), id=who.id, until=shown
    )
    label = turn.say("posthouse-staff-lift")
    return Screen(words).row(button(label, lift, who.id, who.name, is_silenced))


@app.action
async def silence(turn: Turn, person: str, message_id: str, until: datetime) -> Answer:
    """Let somebody write no more in a group, and delete what they wrote, once the ban holds.

    Doing it again changes nothing, so that it may be done again after a crash.
    """
    refused = [
        await telegram.silence(turn, person, until=until),
        await telegram.delete(turn, message_id),
    ]
    errors = "; ".join(filter(None, refused))
    return turn.say("posthouse-staff-ban-partly", error=errors) if errors else SILENT


@app.action
async def let_write(turn: Turn, person: str) -> Answer:
    """Give somebody the right to write in a group back."""
    error = await telegram.silence(turn, person, until=None)
    return turn.say("posthouse-staff-ban-partly", error=error) if error else SILENT


@app.action
async def lift(turn: Turn, person: str, name: str, is_silenced: bool) -> Screen | Answer:
    """Let somebody be heard again before the time is over."""
    if is_refused(turn):
        return SILENT
    if await unban(turn, person) and is_silenced:
        turn.later(NOW, let_write, person)
    return Screen(turn.say("posthouse-staff-lifted", name=name, by=turn.person.name))


@app.action
async def expire(turn: Turn, person: str, since: float) -> Answer:
    """End a ban whose time is over, unless it is a later one by now."""
    messenger = turn.persons.messenger
    here = (banned.c.messenger == messenger, banned.c.person == person, banned.c.at <= since)
    if await turn.fetch(select(banned.c.at).where(*here)) and await unban(turn, person, note=False):
        write_down(turn, "ban over", about=person)
    return SILENT


def _read(words: str) -> tuple[timedelta, str]:
    """Return how long a ban lasts and why: the first word may be a duration."""
    first, _, rest = words.partition(" ")
    try:
        return READERS[timedelta].read(first), rest.strip()
    except ValueError:
        return USUAL, words


async def _is_protected(turn: Turn, who: Author) -> bool:
    """Whether somebody is staff or in charge of the group."""
    has_role = select(role.c.role).where(
        role.c.bot == turn.persons.bot, role.c.person == who.id, role.c.role == STAFF
    )
    return bool(await turn.fetch(has_role)) or await telegram.is_in_charge(turn, who.id)
