"""`/post_ad`: a message of staff goes to one of the bot's chats, with a link on a button."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from posthouse.errors import MistakeError
from posthouse.model.chat import Chat
from posthouse.model.media import File, Photo
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import Span, Text, link, text
from posthouse.model.update import FileMessage, PhotoMessage, TextMessage
from posthouse.people.banning import write_down
from posthouse.ready.staff import telegram
from posthouse.ready.staff.base import app, is_staff
from posthouse.turn.action import link_button
from posthouse.turn.turn import Turn

COMMAND = "post_ad"
USUAL_CHAT = "channel"
LONGEST_LABEL = 64
_HEAD = re.compile(r"/\w+(?:@\S+)?[ \t]*(?P<chat>[^\n]*)\n(?P<label>[^\n]*)\n(?P<url>[^\n]*)\n?")
_OPENS = ("http", "https", "tg", "mailto")
_COMMANDED = re.compile(rf"/{COMMAND}(?:@\S+)?(?=\s|$)", re.IGNORECASE)


class Ad(NamedTuple):
    """What staff want posted."""

    place: str
    """The name of a chat in the bot's settings."""
    label: str
    url: str
    words: Text


def is_ad(update: PhotoMessage | FileMessage) -> bool:
    """Whether a photo or a file of staff has the command under it."""
    return is_staff(update) and bool(_COMMANDED.match(update.caption or ""))


@app.command(COMMAND, where=is_staff)
async def post_ad(turn: Turn, message: TextMessage) -> Answer:
    """Post to the channel, with a button that opens a link."""
    ad = read_ad(message.formatted or Text(message.text))
    if ad is None or not ad.words.plain.strip():
        return turn.say("posthouse-staff-ad-usage", chat=USUAL_CHAT)
    return await _post(turn, ad, Reply(ad.words))


@app.on(where=is_ad)
async def post_pictured(turn: Turn, message: PhotoMessage | FileMessage) -> Answer:
    """Post a photo, a video or a file with what stands under it."""
    caption = Text(message.caption or "")
    if turn.chat.messenger == telegram.MESSENGER:
        caption = telegram.formatted_caption(message.native) or caption
    ad = read_ad(caption)
    if ad is None:
        return turn.say("posthouse-staff-ad-usage", chat=USUAL_CHAT)
    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()
    if isinstance(message, PhotoMessage):
        photos = (message.photo,)
    else:
        files = (message.file,)
    return await _post(turn, ad, Reply(ad.words, photos=photos, files=files))


def read_ad(written: Text) -> Ad | None:
    """Return what is to be posted: the command, a label, a link, then words; None if that is not.

    Formatting of the words stays as the messenger gave it, so that there is no markup to get wrong.
    """
    head = _HEAD.match(written.plain)
    if head is None:
        return None
    place, label, url = (head[name].strip() for name in ("chat", "label", "url"))
    if not label or len(label) > LONGEST_LABEL or not _is_link(url):
        return None
    return Ad(place or USUAL_CHAT, label, url, _after(written, head.end()))


async def _post(turn: Turn, ad: Ad, reply: Reply) -> Answer:
    try:
        to = turn.named(ad.place)
    except MistakeError:
        return turn.say("posthouse-staff-ad-no-chat", chat=ad.place)
    screen = Screen(reply).row(link_button(ad.label, ad.url))
    turn.send(screen, to=to, apart=True).then(posted, ad.place, to.id)
    write_down(turn, "post ad", about="", detail=f"{ad.place}: {ad.url}")
    return SILENT


@app.action
async def posted(turn: Turn, place: str, chat: str) -> Answer:
    """Tell whoever posted how it ended."""
    outcome = turn.outcome
    if outcome is None:
        return SILENT
    if outcome.state != "sent" or outcome.message_id is None:
        error = outcome.error or outcome.state
        return turn.say("posthouse-staff-ad-failed", chat=place, error=error)
    to = Chat(id=chat, bot=turn.update.bot, messenger=turn.chat.messenger)
    url = turn.permalink(to, outcome.message_id)
    done = turn.say("posthouse-staff-ad-posted", chat=place)
    return text(done, " ", link(url, url)) if url is not None else done


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that is never closed
        return False
    is_whole = bool(parts.netloc or (parts.scheme == "mailto" and parts.path))
    return parts.scheme in _OPENS and is_whole and " " not in url


def _after(written: Text, start: int) -> Text:
    """Return a text from a character on, with its formatting."""
    rest = written.plain[start:]
    begin = start + len(rest) - len(rest.lstrip())
    spans = tuple(
        Span(
            kind=span.kind,
            start=max(span.start - begin, 0),
            end=span.end - begin,
            url=span.url,
            person=span.person,
            language=span.language,
        )
        for span in written.spans
        if span.end > begin
    )
    return Text(written.plain[begin:], spans)
